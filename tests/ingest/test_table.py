"""Tables through mappings: links and their evidence, ids, files in every form, restaging."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from followthemoney import model

from graph.errors import AssertionFailed, ConfigurationError, ParseError
from ingest.archive import Archive
from ingest.catalog import get_source
from ingest.load import load, restage
from ingest.sources.table import TableSource
from ingest.table.identity import make_published_id
from tests.data import PROJECT
from tests.ingest.table_files import (
    HEADER,
    MAPPING,
    ROW,
    Read,
    make_csv,
    read_csv,
    write_folder,
)

AGENTS = """
agents:
  queries:
    - csv_url: agents.csv
      entities:
        sub_agent:
          schema: LegalEntity
          key: sub_agent
          key_literal: agent
          properties: {name: {column: sub_agent}}
        principal:
          schema: LegalEntity
          key: principal
          key_literal: agent
          properties: {name: {column: principal}}
        outlet:
          schema: Organization
          keys: [sub_agent, outlet_name, outlet_address]
          key_literal: outlet
          properties:
            name: {column: outlet_name}
            address: {column: outlet_address}
            country: {column: country}
            classification: {literal: outlet}
        acts:
          schema: Representation
          keys: [sub_agent, principal]
          properties: {agent: {entity: sub_agent}, client: {entity: principal}}
        runs:
          schema: Representation
          keys: [sub_agent, outlet_name, outlet_address]
          key_literal: runs
          properties:
            agent: {entity: outlet}
            client: {entity: sub_agent}
            role: {literal: outlet}
            startDate: {column: start}
            endDate: {column: end}
            status: {column: status}
          cuibono:
            status: {column: status, ended: [Terminated], date: ended_on}
"""
ENDS = ("minimum", "maximum", "minimum_open", "maximum_open")
AGENT_ROWS = make_csv(
    ("principal", "sub_agent", "outlet_name", "outlet_address", "country", "status", "start", "end",
     "ended_on"),
    ("Ghost Pay", "Zed Example", "Shop", "1 Elm Row", "Gambia", "active", "2010-01-01", "", ""),
    ("Ghost Pay", "Zed Example", "Shop", "2 Elm Row", "Gambia", "terminated", "2010", "",
     "5.6.2012"),
    ("Ghost Pay", "Yan Example", "Kiosk", "3 Elm Row", "Gambia", "TERMINATED", "", "", ""),
    ("Spectre Pay", "Zed Example", "Shop", "1 Elm Row", "Gambia", "active", "2010-01-01", "", ""),
)  # fmt: skip


def test_an_outlet_is_a_node_and_two_outlets_of_one_sub_agent_are_two(tmp_path: Path) -> None:
    read = Read(write_folder(tmp_path / "agents", AGENTS, agents_csv=AGENT_ROWS))
    assert len(read.ids("Organization")) == 3
    names = {row["entity_id"]: row["value"] for row in read.statements if row["prop"] == "name"}
    links = [(names[row["source"]], names[row["target"]], row["start"], row["end"])
             for row in read.relations]  # fmt: skip
    assert sorted(links, key=str) == sorted([
        ("Zed Example", "Ghost Pay", None, None),
        ("Yan Example", "Ghost Pay", None, None),
        ("Zed Example", "Spectre Pay", None, None),
        ("Shop", "Zed Example", "2010-01-01", None),
        ("Shop", "Zed Example", "2010", "2012-06-05"),
        # Ended, nobody says when: by the day on which the table was read, at the latest.
        ("Kiosk", "Yan Example", None, "[..2025-01-01]"),
    ], key=str)  # fmt: skip
    assert len(read.evidence) == 8  # a row that repeats a link is evidence for it


def test_a_link_has_evidence_that_quotes_the_row_and_names_its_line(tmp_path: Path) -> None:
    read = read_csv(tmp_path, ROW)
    (relation,), (evidence,) = read.relations, read.evidence
    assert (relation["kind"], relation["schema"], relation["start"]) == (
        "link", "Ownership", "2010-02-03",
    )  # fmt: skip
    assert (relation["percentage_minimum"], relation["percentage_maximum"]) == (25, 25)
    assert evidence["by"] == "Registrar of Ghostland"
    assert (evidence["on"], evidence["standing"]) == ("2024-03-01", True)
    assert evidence["source_title"] == "Register of Ghostland"
    assert evidence["quote"] == (
        "name: Ghost Trading Ltd; number: 1; owner: Zed Example; share: 25; since: 2010-02-03"
    )
    assert (evidence["locator"], evidence["record_id"]) == ("companies.csv:2", "1 | Zed Example")
    assert evidence["sha256"] == "ab" * 32
    assert {row["sha256"] for row in read.statements} == {"ab" * 32}
    assert read.codes() == set()


def test_a_long_row_is_quoted_in_at_most_300_characters(tmp_path: Path) -> None:
    read = read_csv(tmp_path, ("1", "Ghost " * 100, "Zed " * 100, "25", "x" * 200))
    assert len(read.evidence[0]["quote"]) == 300
    assert read.evidence[0]["quote"].endswith("…")


@pytest.mark.parametrize(
    ("share", "interval"),
    [
        ("25%", (25, 25, False, False)),
        ("12,5 %", (12.5, 12.5, False, False)),
        (">25-50", (25, 50, True, False)),
        ("0", (0, 0, False, False)),
        ("120", None),
        ("half", None),
        ("50-25", None),
    ],
)
def test_a_share_is_an_interval_or_unknown(
    tmp_path: Path, share: str, interval: tuple[float, float, bool, bool] | None
) -> None:
    read = read_csv(tmp_path, ("1", "Ghost", "Zed", share, ""))
    (relation,) = read.relations
    found = tuple(relation[f"percentage_{end}"] for end in ENDS)
    assert found == (interval or (None,) * 4)
    assert ("no-share" in read.codes()) == (interval is None)
    assert share in read.evidence[0]["quote"]


def test_shares_of_two_columns_say_whether_their_ends_are_included(tmp_path: Path) -> None:
    mapping = MAPPING + (
        "          cuibono:\n"
        "            percentage: {minimum: low, maximum: high, minimum_inclusive: false,"
        " maximum_inclusive: included}\n"
    )
    header = (*HEADER, "low", "high", "included")
    rows = [("25", "50", "no"), ("75", "", ""), ("", "", ""), ("60", "40", ""), ("", "110", "")]
    table = make_csv(
        header, *((str(at), "Ghost", "Zed", "", "", *row) for at, row in enumerate(rows))
    )
    read = Read(write_folder(tmp_path / "reg", mapping, companies_csv=table))
    shares = {
        int(row["record_id"].split(" ")[0]): row["relation_id"] for row in read.evidence
    }  # fmt: skip
    by_id = {row["id"]: row for row in read.relations}
    found = [tuple(by_id[shares[at]][f"percentage_{end}"] for end in ENDS) for at in range(5)]
    assert found == [
        (25, 50, True, True), (75, 100, True, False), (None,) * 4, (None,) * 4, (None,) * 4,
    ]  # fmt: skip
    assert len(read.messages("no-share")) == 2


def test_an_entity_with_one_end_or_two_equal_ends_gives_no_link(tmp_path: Path) -> None:
    read = read_csv(tmp_path, ("1", "Ghost", "", "10", ""), ("2", "Beta", "Zed", "20", ""))
    assert len(read.relations) == 1
    assert len(read.ids("Ownership")) == 2
    assert read.messages("link-without-end") == [
        "companies.csv:2: owns has one end only; kept without a link."
    ]
    mapping = MAPPING.replace("{entity: owner}", "{entity: company}")
    itself = read_csv(tmp_path, ROW, mapping=mapping)
    assert itself.relations == []
    assert itself.codes() >= {"self-link"}


def test_cycles_are_links_like_others(tmp_path: Path) -> None:
    mapping = """
loops:
  queries:
    - csv_url: companies.csv
      entities:
        one: {schema: Company, key: number, properties: {name: {column: number}}}
        two: {schema: Company, key: owner, properties: {name: {column: owner}}}
        owns:
          schema: Ownership
          keys: [number, owner]
          properties: {owner: {entity: two}, asset: {entity: one}, role: {column: share}}
"""
    # FollowTheMoney sorts key cells: 1 owns 2 and 2 owns 1 have one digest.
    read = read_csv(tmp_path, ("1", "", "2", "a", ""), ("2", "", "3", "b", ""),
                    ("3", "", "1", "c", ""), ("2", "", "1", "d", ""), mapping=mapping)  # fmt: skip
    assert len(read.relations) == 3
    assert len(read.messages("ends-differ")) == 1
    assert "Add the columns of both ends" in read.messages("ends-differ")[0]


def test_a_repeated_link_keeps_its_first_dates_and_states_the_others(tmp_path: Path) -> None:
    again = (*ROW[:3], "30", "2015")
    read = read_csv(tmp_path, ROW, again)
    assert [row["start"] for row in read.relations] == ["2010-02-03"]
    assert len(read.evidence) == 2
    assert read.values("startDate") == ["2010-02-03", "2015"]
    assert read.values("percentage") == ["25", "30"]


def test_ids_are_those_of_the_dataset_or_of_a_known_publisher(tmp_path: Path) -> None:
    mapping = MAPPING.replace("key: number", "id_column: number")
    read = read_csv(
        tmp_path, ("OFAC-4697", "Ghost", "Zed", "", ""), ("SC12", "Beta", "Zed", "", ""),
        mapping=mapping,
    )  # fmt: skip
    assert read.ids("Company") == {"ofac-4697", "table_reg-sc12"}
    assert "first 'ofac-4697'" in read.messages("publishers-id")[0]
    assert all(each.startswith("table_reg-") for each in read.ids("Person"))


def test_numbers_that_differ_in_case_are_one_entity_with_a_warning(tmp_path: Path) -> None:
    mapping = MAPPING.replace("key: number", "id_column: number")
    rows = [("sc12", "Ghost", "Zed", "", ""), ("SC12", "Beta", "Zed", "", "")]
    read = read_csv(tmp_path, *rows, mapping=mapping)
    assert read.ids("Company") == {"table_reg-sc12"}
    assert "'SC12' and 'sc12' are one entity here" in read.messages("ids-differ-in-case")[0]
    assert len(read_csv(tmp_path, *rows).ids("Company")) == 2  # FollowTheMoney's keys tell case


@pytest.mark.parametrize(
    ("left", "right"), [("A/1", "A-1"), ("A 1", "A_1"), ("é", "e"), ("١", "1"), ("a" * 99, "a" * 9)]
)  # fmt: skip
def test_numbers_that_differ_in_more_than_case_are_two_entities(left: str, right: str) -> None:
    assert make_published_id("table_x", left) != make_published_id("table_x", right)


def test_what_makes_no_entity_or_is_not_read_is_said(tmp_path: Path) -> None:
    mapping = MAPPING.replace(
        "      entities:", "      filters_not: {share: ['0']}\n      entities:"
    )
    table = make_csv((*HEADER, "more"), (*ROW, "kept"), ("", "", "", "5", "", ""),
                     ("2", "Beta", "Zed", "0", "", ""))  # fmt: skip
    read = Read(write_folder(tmp_path / "reg", mapping, companies_csv=table))
    assert read.messages("row-without-entity") == [
        "companies.csv:3: gives no entity: its key cells are empty."
    ]
    assert "1 rows are left out by the filters" in read.messages("filtered-rows")[0]
    assert "more is not read: 1 times, first 'kept'" in read.messages("unread-field")[0]


def test_a_column_that_is_ignored_by_name_is_not_reported(tmp_path: Path) -> None:
    mapping = MAPPING.replace(
        "      entities:", "      cuibono: {ignore: [more]}\n      entities:", 1
    )
    table = make_csv((*HEADER, "more"), (*ROW, "x"))
    read = Read(write_folder(tmp_path / "reg", mapping, companies_csv=table))
    assert read.codes() == set()


def test_a_table_that_gives_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="no row that gives an entity"):
        read_csv(tmp_path, ("", "Ghost", "", "", ""))


def test_an_entity_that_no_row_gives_is_reported(tmp_path: Path) -> None:
    read = read_csv(tmp_path, ("1", "Ghost", "", "", ""))
    assert any("'owner'" in message for message in read.messages("entity-never-made"))


def test_words_of_a_column_make_topics_and_others_make_none(tmp_path: Path) -> None:
    sidecar = "          cuibono: {topics: {column: share, values: {Wanted man: wanted}}}\n"
    mapping = MAPPING.replace("          key: owner\n", f"          key: owner\n{sidecar}")
    read = read_csv(tmp_path, ("1", "G", "Zed", "WANTED MAN", ""), ("2", "G", "Yan", "", ""),
                    mapping=mapping)  # fmt: skip
    assert read.values("topics") == ["wanted"]


def make_jsonl(rows: list[dict[str, object]]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def make_parquet(rows: list[dict[str, object]]) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), content)
    return content.getvalue()


def make_zip(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(name.replace("_", "."), member)
    return content.getvalue()


CSV = make_csv(HEADER, ROW).encode()
RECORD: dict[str, object] = dict(zip(HEADER, ROW, strict=True))
FORMS = {
    "plain": CSV,
    "bom": b"\xef\xbb\xbf" + CSV,
    "utf-16": CSV.decode().encode("utf-16"),
    "utf-16 without a mark": CSV.decode().encode("utf-16-le"),
    "semicolons": CSV.replace(b",", b";"),
    "tabs": CSV.replace(b",", b"\t"),
    "carriage returns": CSV.replace(b"\n", b"\r"),
    "no last line break": CSV.rstrip(),
    "title above": b"Register of Ghostland,,\n\n" + CSV,
    "gzip": gzip.compress(CSV),
    "zip": make_zip(companies_csv=CSV),
    "zip of two": make_zip(companies_csv=CSV, readme_txt=b"hello"),
    "json lines": make_jsonl([RECORD]),
    "parquet": make_parquet([RECORD]),
    "gzipped parquet": gzip.compress(make_parquet([RECORD])),
    "padded header": CSV.replace(b"number,name", b" number , name "),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_table_says_the_same_in_every_form(tmp_path: Path, form: str) -> None:
    read = Read(write_folder(tmp_path / "reg", companies_csv=FORMS[form]))
    plain = Read(write_folder(tmp_path / "plain", companies_csv=CSV))
    said = {(row["prop"], row["value"]) for row in read.statements if row["prop_type"] != "entity"}
    expected = {
        (row["prop"], row["value"].replace("table_plain", "table_reg"))
        for row in plain.statements
        if row["prop_type"] != "entity"
    }
    assert said == expected
    assert len(read.relations) == 1


def test_a_version_is_built_again_from_the_archive_alone(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reg", companies_csv=CSV)
    archive, staging = Archive(tmp_path / "archive"), tmp_path / "staging"
    source = get_source("table", folder)
    clock = datetime(2025, 1, 1, tzinfo=UTC)
    report = load(archive, source, folder, staging=staging, clock=lambda: clock)
    assert (report.dataset, report.published) == ("table_reg", "2024-03-01")
    (version,) = archive.versions("table_reg")
    assert set(version.files) == {"mapping.yml", "companies.csv"}
    first = {path.name: path.read_bytes() for path in
             (staging / "table_reg" / report.version).iterdir()}  # fmt: skip
    again = restage(archive, get_source("table_reg", None), version, tmp_path / "again")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == first
    packed = tmp_path / "reg2"
    packed.mkdir()
    (packed / "mapping.yml").write_text(MAPPING, "utf-8")
    (packed / "COMPANIES.CSV.gz").write_bytes(gzip.compress(CSV))
    same = load(archive, TableSource("table_reg"), packed, staging=staging, clock=lambda: clock)
    assert not same.new


def test_a_mapping_file_stands_for_its_folder(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reg", companies_csv=CSV)
    assert Read(folder / "mapping.yml").dataset == "table_reg"
    (folder / "mapping.yml").rename(folder / "xx_registry.yml")
    assert Read(folder / "xx_registry.yml").dataset == "table_xx_registry"
    assert Read(folder).dataset == "table_reg"


def test_a_name_that_ids_cannot_begin_with_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="lower-case"):
        TableSource("table_X-y")


def test_followthemoney_reads_a_mapping_with_our_keys(tmp_path: Path) -> None:
    ((name, meta),) = yaml.safe_load(AGENTS).items()
    (query,) = meta["queries"]
    mapping = model.make_mapping(query, key_prefix=name)
    assert len(mapping.entities) == 5


def test_files_that_are_absent_double_or_elsewhere_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reg")
    with pytest.raises(ParseError, match=r"companies\.csv.*is absent\. The mapping names it"):
        Read(folder)
    (tmp_path / "outside.csv").write_bytes(CSV)
    (folder / "companies.csv").symlink_to(tmp_path / "outside.csv")
    with pytest.raises(ParseError, match="a link out of the mapping's folder"):
        Read(folder)
    (folder / "companies.csv").unlink()
    for name in ("Companies.csv", "companies.csv.gz"):
        (folder / name).write_bytes(CSV)
    with pytest.raises(ParseError, match=r"twice .*Keep one"):
        Read(folder)
    with pytest.raises(ParseError, match="does not exist"):
        Read(tmp_path / "nowhere")
    (folder / "mapping.yml").unlink()
    with pytest.raises(ParseError, match=r"no mapping\.yml"):
        Read(folder)


def test_the_worked_example_of_the_guide_gives_what_the_guide_says(tmp_path: Path) -> None:
    guide = (PROJECT / "docs" / "mapping.md").read_text("utf-8")
    table, mapping = (
        guide.partition(f"```{language}\n")[2].partition("```")[0] for language in ("csv", "yaml")
    )
    read = Read(write_folder(tmp_path / "ghost", mapping, companies_csv=table))
    assert (len(read.ids("Company")), len(read.ids("Person"))) == (2, 1)
    shares = [
        (row["percentage_minimum"], row["percentage_minimum_open"], row["percentage_maximum"],
         row["end"]) for row in read.relations
    ]  # fmt: skip
    assert sorted(shares, key=str) == [(25, True, 50, None), (75, True, 100, "[..2024-03-01]")]
    assert {row["by"] for row in read.evidence} == {"Registrar of Ghostland"}
    assert read.values("previousName") == ["Spectre Ltd", "Wraith Ltd"]
    assert read.codes() == set()


def test_the_guide_lists_every_issue_that_reading_tables_may_log() -> None:
    guide = (PROJECT / "docs" / "mapping.md").read_text("utf-8")
    modules = (PROJECT / "ingest").glob("*/*.py")
    sources = "".join(
        path.read_text("utf-8") for path in modules if "table" in path.parent.name + path.stem
    )
    logged = re.findall(r'(?:\.warn|\.note|_tell)\(\s*(?:\w+, )?"([a-z-]+)"', sources)
    assert len(set(logged)) > 15
    assert [code for code in sorted(set(logged)) if f"`{code}`" not in guide] == []
