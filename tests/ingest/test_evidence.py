"""Evidence files: what is accepted, what is rejected and why, what becomes of a row."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import ConfigurationError, ParseError
from graph.model import Percentage
from graph.statements import DatasetTables, DatasetVersion, StatementWriter
from ingest.catalog import get_source
from ingest.source import IssueLog
from ingest.sources.evidence.facts import check_fact, parse_percentage
from ingest.sources.evidence.source import EvidenceSource, make_relation_id
from ingest.sources.evidence.tables import OPTIONAL, REQUIRED, Row
from tests.data import PROJECT, require_data

LINK = {
    "kind": "link",
    "subject": "Zed Example",
    "subject_id": "case:zed",
    "relation_schema": "Ownership",
    "role": "owner",
    "object": "Example Trading Ltd",
    "object_id": "case:example-trading",
    "asserted_by": "The Example Gazette",
    "asserted_on": "2020-01-02",
    "source_url": "https://example.org/a",
}
Table = list[dict[str, Any]]


def read_case(location: Path, out: Path) -> tuple[dict[str, Table], IssueLog]:
    """The three tables that a case becomes, and the issues."""
    source = get_source("evidence", location)
    files = source.find_files(location)
    hashes = dict.fromkeys(files, "ab" * 32)
    version = DatasetVersion(source.dataset, "v1", None, "2026-01-01T00:00:00Z", hashes)
    writer, issues = StatementWriter(version), IssueLog()
    source.parse(files, writer, issues)
    out.mkdir(exist_ok=True)
    writer.write(out)
    tables = DatasetTables.read(out)
    return {
        name: getattr(tables, name).to_pylist() for name in ("statements", "relations", "evidence")
    }, issues


def make_csv(rows: Sequence[dict[str, str]]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def read_rows(tmp_path: Path, *rows: dict[str, str]) -> tuple[dict[str, Table], IssueLog]:
    (tmp_path / "example.csv").write_text(make_csv(rows), encoding="utf-8")
    return read_case(tmp_path / "example.csv", tmp_path / "out")


def find_values(tables: dict[str, Table], entity_id: str, prop: str) -> list[str]:
    return [
        row["value"]
        for row in tables["statements"]
        if row["entity_id"] == entity_id and row["prop"] == prop
    ]


def find_schema(tables: dict[str, Table], entity_id: str) -> set[str]:
    return {row["schema"] for row in tables["statements"] if row["entity_id"] == entity_id}


def codes(issues: IssueLog) -> list[str]:
    return [issue.code for issue in issues.issues]


# The case file that the project is judged by.


@pytest.fixture(scope="module")
def tajideen(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Table], IssueLog]:
    path = require_data().parent / "cases" / "tajideen.facts.csv"
    if not path.exists():
        pytest.skip("the case file is absent")
    return read_case(path, tmp_path_factory.mktemp("tajideen"))


@pytest.mark.lists
def test_no_row_of_the_case_file_is_rejected(
    tajideen: tuple[dict[str, Table], IssueLog],
) -> None:
    tables, issues = tajideen
    said = [row for row in tables["evidence"] if row["stance"] == "asserts"]
    listed = [row for row in tables["statements"] if row["prop"] == "authority"]
    assert len(said) + len(listed) == 115
    assert codes(issues) == []


@pytest.mark.lists
def test_listing_rows_become_designation_dates_and_no_links(
    tajideen: tuple[dict[str, Table], IssueLog],
) -> None:
    tables, _ = tajideen
    listing = {
        row["value"]: row["entity_id"] for row in tables["statements"] if row["prop"] == "entity"
    }
    assert len(listing) == 16
    assert find_values(tables, listing["ofac-11494"], "startDate") == ["2009-05-27"]
    assert find_values(tables, listing["ofac-12451"], "listingDate") == ["2010-12-09"]
    assert find_values(tables, listing["ofac-12451"], "program") == ["SDGT"]
    assert {row["kind"] for row in tables["relations"]} == {
        *("link", "location", "coverage", "identity", "event", "claim")
    }


@pytest.mark.lists
def test_names_in_parentheses_keep_nodes_of_their_own(
    tajideen: tuple[dict[str, Table], IssueLog],
) -> None:
    tables, _ = tajideen
    unnamed = {
        row["entity_id"] for row in tables["statements"] if row["value"] == "unnamed in the source"
    }
    assert unnamed == {
        *("case:congo-futur-affiliates", "case:unnamed-relative-ali", "case:tbg-pos-shop"),
        *("case:wu-master-agent-bank", "case:ksc-outlet-1", "case:ksc-outlet-2"),
    }
    assert all(find_values(tables, entity_id, "name")[0].startswith("(") for entity_id in unnamed)


@pytest.mark.lists
def test_evidence_rows_restate_no_listed_party(
    tajideen: tuple[dict[str, Table], IssueLog],
) -> None:
    tables, _ = tajideen
    assert not [row for row in tables["statements"] if row["entity_id"].startswith("ofac-")]


# What becomes of a row.


def test_a_row_becomes_a_link_with_evidence_that_points_at_its_line(tmp_path: Path) -> None:
    tables, issues = read_rows(
        tmp_path,
        LINK
        | {
            "percentage": ">25-50",
            "start_date": "[..2006-03]",
            "confidence": "0.5",
            "status": "corroborated",
            "quote": "Zed owns it",
        },
    )
    (relation,), (evidence,) = tables["relations"], tables["evidence"]
    assert (relation["kind"], relation["schema"], relation["start"]) == (
        *("link", "Ownership", "[..2006-03]"),
    )
    assert (relation["percentage_minimum"], relation["percentage_minimum_open"]) == (25, True)
    assert relation["confidence"] == 0.5
    assert (evidence["locator"], evidence["sha256"]) == ("example.csv:2", "ab" * 32)
    assert (evidence["by"], evidence["declared_status"]) == ("The Example Gazette", "corroborated")
    assert (evidence["dataset"], issues.issues) == ("case_example", [])


def test_two_sources_of_one_statement_are_two_pieces_of_evidence(tmp_path: Path) -> None:
    other = LINK | {"asserted_by": "Another Paper", "source_url": "https://example.org/b"}
    tables, _ = read_rows(tmp_path, LINK, other | {"role": " OWNER "})
    assert len(tables["relations"]) == 1
    assert [row["by"] for row in tables["evidence"]] == ["The Example Gazette", "Another Paper"]


def test_sources_that_differ_keep_the_first_value_and_log_it(tmp_path: Path) -> None:
    undated = LINK | {"start_date": ""}
    first = LINK | {"start_date": "2006", "asserted_by": "Another Paper"}
    second = LINK | {"start_date": "2007", "asserted_by": "A Third Paper"}
    tables, issues = read_rows(tmp_path, undated, first, second)
    assert [row["start"] for row in tables["relations"]] == ["2006"]
    assert [(i.code, i.locator) for i in issues.issues] == [("values-differ", "example.csv:4")]


def test_a_denial_falls_back_to_the_source_of_its_row(tmp_path: Path) -> None:
    denied = {"denied_by": "Zed Example", "denied_on": "2021", "denied_quote": "not so"}
    own = {"denied_by": "His lawyer", "denied_source_url": "https://example.org/c"}
    tables, _ = read_rows(tmp_path, LINK | denied, LINK | own)
    assert [(row["stance"], row["by"], row["source_url"]) for row in tables["evidence"]] == [
        ("asserts", "The Example Gazette", "https://example.org/a"),
        ("denies", "Zed Example", "https://example.org/a"),
        ("denies", "His lawyer", "https://example.org/c"),
    ]


def test_events_on_two_days_are_two_events(tmp_path: Path) -> None:
    event = LINK | {"kind": "event", "relation_schema": "UnknownLink", "role": "fined"}
    tables, _ = read_rows(
        tmp_path, event | {"start_date": "2019"}, event | {"start_date": "2020-05"}
    )
    assert [row["start"] for row in sorted(tables["relations"], key=lambda r: r["start"])] == [
        "2019",
        "2020-05",
    ]


def test_outlets_are_organisations_and_other_places_addresses(tmp_path: Path) -> None:
    place = LINK | {"kind": "location", "relation_schema": "UnknownLink"}
    tables, _ = read_rows(
        tmp_path,
        place | {"role": "operates outlet", "object": "Shop 1", "object_id": "case:shop-1"},
        place | {"role": "operates outlet", "object": "Shop 2", "object_id": "case:shop-2"},
        place | {"role": "located at", "object": "1 Example Street", "object_id": "case:street"},
    )
    assert find_schema(tables, "case:shop-1") == find_schema(tables, "case:shop-2")
    assert find_schema(tables, "case:shop-2") == {"Organization"}
    assert find_values(tables, "case:shop-2", "classification") == ["outlet"]
    assert find_schema(tables, "case:street") == {"Address"}
    assert find_values(tables, "case:street", "full") == ["1 Example Street"]


def test_an_end_is_what_the_relation_says_and_nothing_is_guessed_from_its_name(
    tmp_path: Path,
) -> None:
    sister = {"relation_schema": "Family", "role": "sister", "object": "Ann Example"}
    tables, issues = read_rows(tmp_path, LINK, LINK | sister | {"object_id": "case:ann"})
    assert find_schema(tables, "case:zed") == {"Person"}
    assert find_schema(tables, "case:example-trading") == {"Company"}
    assert issues.issues == []
    tables, _ = read_rows(tmp_path, LINK)
    assert find_schema(tables, "case:zed") == {"LegalEntity"}


def test_a_declared_schema_is_narrowed_by_what_the_relation_needs(tmp_path: Path) -> None:
    tables, issues = read_rows(tmp_path, LINK | {"object_schema": "Organization"})
    assert find_schema(tables, "case:example-trading") == {"Company"}
    tables, issues = read_rows(tmp_path, LINK | {"object_schema": "Vessel"})
    assert find_schema(tables, "case:example-trading") == {"Vessel"}
    assert ([row["schema"] for row in tables["relations"]], issues.issues) == (["Ownership"], [])


def test_a_relation_that_its_ends_do_not_allow_becomes_an_unknown_link(tmp_path: Path) -> None:
    row = LINK | {"relation_schema": "Family", "role": "family firm", "object_schema": "Company"}
    tables, issues = read_rows(tmp_path, row)
    (relation,) = tables["relations"]
    assert (relation["schema"], relation["role"]) == ("UnknownLink", "family firm")
    assert codes(issues) == ["schema-generalised"]


def test_contradictory_schemata_and_names_of_one_id_are_logged(tmp_path: Path) -> None:
    other = LINK | {"subject": "Somebody Else", "role": "founder", "subject_schema": "Company"}
    tables, issues = read_rows(tmp_path, LINK | {"subject_schema": "Person"}, other)
    assert codes(issues) == ["schema-differs", "name-differs"]
    assert find_values(tables, "case:zed", "name") == ["Zed Example", "Somebody Else"]


def test_a_qualified_date_of_a_listing_is_left_out_and_logged(tmp_path: Path) -> None:
    listing = LINK | {
        "kind": "listing",
        "relation_schema": "Sanction",
        "object": "Example list, program EXA",
        "object_id": "case:list",
        "start_date": "[..2010]",
        "end_date": "2012-01",
    }
    tables, issues = read_rows(tmp_path, listing)
    assert {row["prop"]: row["value"] for row in tables["statements"] if "ate" in row["prop"]} == {
        "endDate": "2012-01"
    }
    assert set(codes(issues)) == {"unusable-date"}
    assert tables["relations"] == []


def test_ids_are_lower_cased_and_a_repeated_row_is_read_once(tmp_path: Path) -> None:
    tables, issues = read_rows(tmp_path, LINK | {"object_id": "OFAC-12452"}, LINK, LINK)
    assert {row["target"] for row in tables["relations"]} == {
        *("ofac-12452", "case:example-trading")
    }
    assert [(issue.code, issue.locator) for issue in issues.issues] == [
        ("repeated-row", "example.csv:4")
    ]


def test_entity_rows_add_values_with_several_in_a_cell(tmp_path: Path) -> None:
    folder = tmp_path / "My Case"
    folder.mkdir()
    (folder / "evidence.csv").write_text(make_csv([LINK]), encoding="utf-8")
    entity = {
        "id": "ofac-12452",
        "schema": "Organization",
        "name": "EXAMPLE; NOT SPLIT",
        "alias": "ONE; TWO",
        "weak_alias": "THREE",
        "birthDate": "",
        "website": "https://example.org/",
        "source_url": "https://example.org/list",
    }
    case = {"id": "case:zed", "schema": "Person", "name": "Zed", "birthDate": "1963"}
    text = make_csv([entity, case | {"source_url": "https://example.org/z"}])
    (folder / "Entities.CSV.gz").write_bytes(
        gzip.compress(b"\xef\xbb\xbf" + text.encode(), mtime=0)
    )
    tables, issues = read_case(folder, tmp_path / "out")
    assert issues.issues == []
    assert {row["dataset"] for row in tables["statements"]} == {"case_my_case"}
    assert find_values(tables, "ofac-12452", "alias") == ["ONE", "TWO"]
    assert find_values(tables, "ofac-12452", "weakAlias") == ["THREE"]
    assert find_values(tables, "ofac-12452", "name") == ["EXAMPLE; NOT SPLIT"]
    assert find_values(tables, "case:zed", "name") == ["Zed"]
    assert find_values(tables, "case:zed", "birthDate") == ["1963"]


def test_yaml_says_the_same_as_csv(tmp_path: Path) -> None:
    row = LINK | {"start_date": "2006-03-01", "percentage": "50", "subject": "Zed: “Z”"}
    tables, _ = read_rows(tmp_path, row)
    text = yaml.safe_dump({"evidence": [row]}, allow_unicode=True).replace("'", "")
    (tmp_path / "example.yaml").write_text(text.replace("Zed: ", "'Zed: ").replace("”", "”'"))
    same, issues = read_case(tmp_path / "example.yaml", tmp_path / "yaml")
    assert issues.issues == []
    assert same["relations"] == tables["relations"]
    assert [r["value"] for r in same["statements"]] == [r["value"] for r in tables["statements"]]


# What is rejected.

BAD_CELLS = {
    "no source": ({"source_url": ""}, "source_url is empty"),
    "no author": ({"asserted_by": ""}, "asserted_by is empty"),
    "no name": ({"object": ""}, "object is empty"),
    "no id": ({"subject_id": ""}, "subject_id is empty"),
    "bad id": ({"subject_id": "tajco-ltd"}, "'tajco-ltd' is no id"),
    "script": ({"source_url": "javascript:alert(1)"}, "no http or https address"),
    "no host": ({"source_url": "https://"}, "no http or https address"),
    "bad host": ({"source_url": "https://[::1"}, "is no address"),
    "blank": ({"denied_by": "X", "denied_source_url": "http://a b"}, "no http or https address"),
    "long quote": ({"quote": "x" * 301}, "quote has 301 characters"),
    "long denial": ({"denied_by": "X", "denied_quote": "x" * 301}, "denied_quote has 301"),
    "nobody denies": ({"denied_on": "2020"}, "denied_by is empty"),
    "date": ({"start_date": "21 Mar 1955"}, "start_date: '21 Mar 1955' is not a date"),
    "no such day": ({"end_date": "2015-02-30"}, "end_date"),
    "said on": ({"asserted_on": "last week"}, "asserted_on"),
    "denied on": ({"denied_by": "X", "denied_on": "?"}, "denied_on"),
    "backwards": ({"start_date": "2015", "end_date": "[..2014-12]"}, "before it starts"),
    "share": ({"percentage": "half"}, "'half' is no share"),
    "confidence": ({"confidence": "nan"}, "between 0 and 1"),
    "confidence text": ({"confidence": "high"}, "is no number"),
    "probability": ({"probability": "0.5"}, "for identity rows"),
    "kind": ({"kind": "edge"}, "kind 'edge' is unknown"),
    "derived": ({"kind": "derived"}, "kind 'derived' is unknown"),
    "schema": ({"relation_schema": "Owns"}, "no schema 'Owns'"),
    "no edge": ({"relation_schema": "Person"}, "Person links nothing"),
    "sanction": ({"relation_schema": "Sanction"}, "kind listing goes with"),
    "end schema": ({"object_schema": "Ownership"}, "object_schema Ownership is not"),
    "abstract": ({"object_schema": "Thing"}, "object_schema Thing is not"),
    "itself": ({"object_id": "case:zed"}, "case:zed stands on both sides"),
}


@pytest.mark.parametrize(("cells", "reason"), BAD_CELLS.values(), ids=BAD_CELLS.keys())
def test_a_faulty_row_is_rejected_with_line_and_reason(
    tmp_path: Path, cells: dict[str, str], reason: str
) -> None:
    good = LINK | dict.fromkeys(cells, "") | {k: LINK[k] for k in cells if k in LINK}
    tables, issues = read_rows(tmp_path, LINK | cells, good, good | {"role": "director"})
    assert len(tables["relations"]) == 2
    (issue,) = issues.issues
    assert (issue.level, issue.code, issue.locator) == ("warning", "rejected-row", "example.csv:2")
    assert reason in issue.message


def test_a_row_with_too_many_cells_is_rejected_at_its_first_line(tmp_path: Path) -> None:
    text = make_csv([LINK | {"quote": "two\nlines"}, LINK, LINK | {"role": "x"}])
    lines = text.splitlines()
    (tmp_path / "example.csv").write_text("\n".join([*lines[:3], lines[3] + ",more", *lines[4:]]))
    _, issues = read_case(tmp_path / "example.csv", tmp_path / "out")
    (issue,) = issues.issues
    assert (issue.code, issue.locator) == ("rejected-row", "example.csv:4")
    assert "12 cells, the header 11" in issue.message


ENTITY = {"id": "case:zed", "schema": "Person", "name": "Zed", "source_url": "https://a.example/"}
BAD_ENTITIES = {
    "no source": ({"source_url": ""}, "source_url is empty"),
    "schema": ({"schema": "Human"}, "no schema 'Human'"),
    "edge": ({"schema": "Ownership"}, "schema Ownership is not"),
    "property": ({"imoNumber": "1"}, "Person has no property 'imoNumber'"),
    "id": ({"id": "zed"}, "'zed' is no id"),
}


@pytest.mark.parametrize(("cells", "reason"), BAD_ENTITIES.values(), ids=BAD_ENTITIES.keys())
def test_a_faulty_entity_row_is_rejected(
    tmp_path: Path, cells: dict[str, str], reason: str
) -> None:
    (tmp_path / "evidence.csv").write_text(make_csv([LINK]))
    rows = [ENTITY | cells, ENTITY, ENTITY | {"id": "case:ann"}]
    (tmp_path / "entities.csv").write_text(make_csv(rows))
    _, issues = read_case(tmp_path, tmp_path / "out")
    (issue,) = issues.issues
    assert (issue.code, issue.locator) == ("rejected-row", "entities.csv:2")
    assert reason in issue.message


HEADER = ",".join(REQUIRED["evidence"])
BAD_FILES = {
    "empty": ("example.csv", b"", 1, "is empty"),
    "blank": ("example.csv", b"\n \n", 1, "is empty"),
    "no rows": ("example.csv", HEADER.encode(), 1, "no evidence row"),
    "html": ("example.csv", b"\n<!DOCTYPE html><html>", 1, "HTML"),
    "nul": ("example.csv", make_csv([LINK]).encode() + b"\0", 3, "NUL"),
    "utf-16": ("example.csv", make_csv([LINK]).encode("utf-16"), 1, "UTF-8"),
    "cp1252": ("example.csv", b"kind\nlink\nPr\xe4sident", 3, "UTF-8"),
    "no header": ("example.csv", ",".join(LINK.values()).encode(), 1, "unknown columns 'link'"),
    "semicolons": ("example.csv", HEADER.replace(",", ";").encode(), 1, "unknown columns"),
    "lacking": ("example.csv", b"kind,subject", 1, "header lacks subject_id"),
    "unknown": ("example.csv", make_csv([LINK | {"colour": "red"}]).encode(), 1, "'colour'"),
    "twice": ("example.csv", (HEADER + ",kind").encode(), 1, "given twice: kind"),
    "open quote": ("example.csv", make_csv([LINK]).encode() + b'"link,', 3, "CSV is damaged"),
    "gzip": ("example.csv.gz", gzip.compress(b"x" * 9, mtime=0)[:-4], 1, "gzip is damaged"),
    "yaml": ("example.yaml", b"evidence: [", 1, "YAML is damaged"),
    "yaml text": ("example.yaml", b"evidence: none", 1, "is no table"),
    "yaml key": ("example.yml", b"rows: []", 1, "is no table"),
    "yaml column": ("example.yml", b"- kind: link\n- colour: red", 2, "'colour'"),
    "deep": ("example.yaml", b"[" * 5000, 1, "YAML is damaged"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "line", "reason"), BAD_FILES.values(), ids=BAD_FILES.keys()
)
def test_a_bad_file_is_refused_with_file_line_and_remedy(
    tmp_path: Path, name: str, content: bytes, line: int, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ParseError) as caught:
        read_case(tmp_path / name, tmp_path / "out")
    assert reason in str(caught.value)
    assert caught.value.locator.startswith(name.removesuffix(".gz") + ":")
    if "damaged" not in reason:
        assert caught.value.locator.endswith(f":{line}")
    assert caught.value.dataset == "case_example"


def test_a_file_most_of_whose_rows_are_rejected_is_refused(tmp_path: Path) -> None:
    bad = [LINK | {"asserted_by": "", "role": str(number)} for number in range(2)]
    with pytest.raises(ParseError, match=r"2 of 3 rows .* example.csv:3: asserted_by is empty"):
        read_rows(tmp_path, LINK, *bad)


def test_half_of_the_rows_may_be_rejected(tmp_path: Path) -> None:
    _, issues = read_rows(tmp_path, LINK, LINK | {"asserted_by": ""})
    assert codes(issues) == ["rejected-row"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "no evidence.csv"),
        (("entities.csv",), "no evidence.csv"),
        (("evidence.csv", "evidence.yaml"), "keep one of them"),
        (("evidence.csv", "evidence.csv.gz"), "keep one of them"),
    ],
)
def test_a_folder_must_hold_one_evidence_table(
    tmp_path: Path, names: Iterable[str], message: str
) -> None:
    for name in names:
        (tmp_path / name).write_text("x")
    with pytest.raises(ParseError, match=message):
        EvidenceSource("case_a").find_files(tmp_path)


def test_only_csv_and_yaml_are_read_and_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("x")
    with pytest.raises(ParseError, match="neither CSV nor YAML"):
        EvidenceSource("case_a").find_files(tmp_path / "a.xlsx")
    with pytest.raises(ParseError, match="absent"):
        EvidenceSource("case_b").find_files(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("tajideen.facts.csv", "case_tajideen"),
        ("My Case-2.yaml.gz", "case_my_case_2"),
        ("дело.csv", "case_delo"),
    ],
)
def test_the_dataset_is_named_after_the_file(name: str, dataset: str) -> None:
    assert get_source("evidence", Path(name)).dataset == dataset


def test_a_name_without_letters_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="rename"):
        get_source("evidence", Path("---.csv"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50", (50, 50, False, False)),
        ("33.3 %", (33.3, 33.3, False, False)),
        ("25-50", (25, 50, False, False)),
        ("25 – 50%", (25, 50, False, False)),
        (">25-<50", (25, 50, True, True)),
        (">50", (50, 100, True, False)),
        (">=25", (25, 100, False, False)),
        ("<10", (0, 10, False, True)),
        ("<=10", (0, 10, False, False)),
        ("100", (100, 100, False, False)),
    ],
)
def test_a_share_keeps_its_bounds(text: str, expected: tuple[float, float, bool, bool]) -> None:
    low, high, low_open, high_open = expected
    assert parse_percentage(text) == Percentage(
        minimum=low, maximum=high, minimum_open=low_open, maximum_open=high_open
    )


@pytest.mark.parametrize(
    "text", ["half", "101", "50-25", ">100", "<0", ">50-50", "-5", "1e1", "50-"]
)
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        parse_percentage(text)


# Laws.

_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "subject_id": st.sampled_from(["case:a", "case:b", "ofac-1"]),
            "object_id": st.sampled_from(["case:x", "case:y", "ofac-2"]),
            "relation_schema": st.sampled_from(["Ownership", "Family", "UnknownLink"]),
            "role": st.sampled_from(["", "owner", "Owner ", "brother"]),
            "start_date": st.sampled_from(["", "2006", "2006~", "[..2006-03]"]),
            "kind": st.sampled_from(["link", "event", "claim", "location"]),
            "asserted_by": st.sampled_from(["A", "B"]),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(rows=_ROWS, data=st.data())
def test_the_order_of_rows_changes_neither_ids_nor_what_stands_behind_them(
    rows: list[dict[str, str]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    full = [LINK | row for row in rows]
    folder = tmp_path_factory.mktemp("order")
    seen = []
    for order in (full, data.draw(st.permutations(full))):
        tables, _ = read_rows(folder, *order)
        evidence = {(row["relation_id"], row["by"]) for row in tables["evidence"]}
        links = {
            (r["id"], r["schema"], r["source"], r["target"], r["kind"]) for r in tables["relations"]
        }
        schemata = {(row["entity_id"], row["schema"]) for row in tables["statements"]}
        seen.append((evidence, links, schemata))
    assert seen[0] == seen[1]


def test_the_source_is_no_part_of_the_id_and_the_dataset_is() -> None:
    here = check_fact(Row("a.csv:2", LINK))
    there = check_fact(Row("b.csv:9", LINK | {"asserted_by": "B", "start_date": "2006"}))
    assert make_relation_id("case_a", here) == make_relation_id("case_a", there)
    assert make_relation_id("case_a", here) != make_relation_id("case_b", here)


def test_every_column_is_documented() -> None:
    text = (PROJECT / "docs" / "evidence-files.md").read_text(encoding="utf-8")
    columns = {*REQUIRED["evidence"], *OPTIONAL, *REQUIRED["entities"]}
    assert [column for column in sorted(columns) if f"`{column}`" not in text] == []
