"""What is exported, FollowTheMoney reads; what it cannot hold, a sentence says."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from followthemoney import EntityProxy
from followthemoney.statement import Statement
from followthemoney.statement.serialize import CSV_COLUMNS, read_csv_statements
from typer.testing import CliRunner, Result

from cuibono import Workspace
from cuibono.cli import app
from graph.export import (
    Left,
    describe_sidecar,
    make_selection,
    select_all,
    write_entities,
    write_statements,
)
from graph.model import (
    Entity,
    Evidence,
    Link,
    LinkKind,
    Listing,
    Percentage,
    PropertyValue,
    Status,
)
from graph.snapshot import open_current
from ingest.sources.ftm.source import FtmSource
from tests.ingest.parsed_list import links, parse_list

SAID = Evidence(by="Register", on="2024", quote="owns", source_url="https://register.example/1",
                dataset="zz_list", record_id="7", locator="a:1")  # fmt: skip


def make_entity(own: str, schema: str, **more: Any) -> Entity:
    """A party with one name in two datasets."""
    name = PropertyValue(value=f"{own} Quux", original=f"{own} QUUX", lang="eng",
                         sources=("zz_list", "zz_other"), first_seen="2020-01-01",
                         last_seen="2024-01-01")  # fmt: skip
    properties = {"name": (name,), **more.pop("properties", {})}
    return Entity(id=own, schema_=schema, caption=f"{own} Quux", properties=properties,
                  datasets=("zz_list", "zz_other"), **more)  # fmt: skip


def make_link(own: str = "own", **more: Any) -> Link:
    """An ownership of nemo in zapp."""
    stated: dict[str, Any] = {
        "id": own, "schema_": "Ownership", "role": "owner", "source": "nemo", "target": "zapp",
        "start": "2010-05", "datasets": ("zz_list",), "evidence": (SAID,), **more,
    }  # fmt: skip
    return Link(**stated)


NEMO = make_entity("nemo", "Person")
ZAPP = make_entity("zapp", "Company", listings=(
    Listing(authority="Neverland", list="Watch list", programs=("NL-1",), since="2019-02-03",
            dataset="zz_list", record_id="9"),
    Listing(authority="Gazette", list="x", dataset="case_x", record_id="1", reported=True),
))  # fmt: skip


def export(entities: list[Entity], made: list[Link]) -> tuple[dict[str, dict[str, Any]], Left]:
    """The lines written, by id."""
    stream = io.BytesIO()
    left = write_entities(stream, make_selection(entities, made))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    return {line["id"]: line for line in lines}, left


def read_statements(content: bytes) -> list[Statement]:
    """Statements as FollowTheMoney reads them; it closes what it reads."""
    return list(read_csv_statements(io.BytesIO(content)))


def test_followthemoney_reads_and_validates_every_line() -> None:
    lines, _ = export([ZAPP, NEMO], [make_link(percentage=Percentage(minimum=50, maximum=50))])
    assert list(lines) == ["nemo", "zapp", "zapp-listing-1", "own"]
    for line in lines.values():
        proxy = EntityProxy.from_dict(line, cleaned=False)
        proxy.schema.validate({"properties": line["properties"]})
        assert {name: sorted(proxy.get(name)) for name in proxy.properties} == {
            name: sorted(values) for name, values in line["properties"].items()
        }
    edge = lines["own"]["properties"]
    assert (edge["owner"], edge["asset"], edge["role"]) == (["nemo"], ["zapp"], ["owner"])
    assert (edge["percentage"], edge["startDate"]) == (["50"], ["2010-05"])
    assert lines["zapp-listing-1"]["properties"]["programId"] == ["NL-1"]


def test_what_followthemoney_has_no_place_for_is_said_in_the_summary() -> None:
    band = Percentage(minimum=25, maximum=50, minimum_open=True)
    denied = SAID.model_copy(update={"stance": "denies", "by": "Nemo", "on": None, "quote": None})
    link = make_link(percentage=band, end="[..2020-01]", confidence=0.5, status=Status.DISPUTED,
                     evidence=(SAID.model_copy(update={"relays": "Agency"}), denied))  # fmt: skip
    lines, _ = export([NEMO, ZAPP], [link])
    edge = lines["own"]["properties"]
    assert "percentage" not in edge
    assert edge["endDate"] == ["2020-01"]  # a link that has ended does not read as one that stands
    assert edge["summary"] == [
        "Status: disputed. Asserted by Register, 2024, relaying Agency. Denied by Nemo. Share: "
        "more than 25 %, at most 50 %. End: [..2020-01] (ISO 8601-2; the day given is one that it "
        "allows). Confidence: 0.5."
    ]
    assert edge["description"] == ["Register: owns"]
    assert describe_sidecar(link) == edge["summary"][0]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        (make_link(status=Status.REFUTED), "Left out: 1 refuted links."),
        (make_link(kind=LinkKind.CLAIM), "Left out: 1 claims of one side."),
        (make_link(kind=LinkKind.IDENTITY, schema_="UnknownLink", role="same as"),
         "Left out: 1 links that say two parties may be the same."),
        (make_link(kind=LinkKind.DERIVED, schema_="UnknownLink", role="shared phone"),
         "Left out: 1 links derived from shared values."),
    ],
)  # fmt: skip
def test_what_would_read_as_a_plain_fact_is_left_out_and_counted(link: Link, sentence: str) -> None:
    lines, left = export([NEMO, ZAPP], [link])
    assert "own" not in lines
    assert sentence in left.sentences()
    assert left.links == 0
    assert "Left out: 1 listings that someone other than the list reports." in left.sentences()


def test_references_to_what_is_not_exported_are_counted() -> None:
    address = {"addressEntity": (PropertyValue(value="nowhere", sources=("zz_list",)),)}
    lines, left = export([make_entity("zapp", "Company", properties=address)], [])
    assert "addressEntity" not in lines["zapp"]["properties"]
    assert any("references to entities" in sentence for sentence in left.sentences())


def test_statements_are_in_followthemoneys_columns_with_dataset_language_and_original() -> None:
    stream = io.BytesIO()
    write_statements(stream, make_selection([NEMO, ZAPP], [make_link()]))
    header = stream.getvalue().splitlines()[0].decode().replace('"', "").split(",")
    assert header == CSV_COLUMNS
    statements = read_statements(stream.getvalue())
    names = [each for each in statements if each.entity_id == "nemo" and each.prop == "name"]
    assert {each.dataset for each in names} == {"zz_list", "zz_other"}
    (kept,) = {(each.lang, each.original_value, each.first_seen, each.last_seen) for each in names}
    assert kept == ("eng", "nemo QUUX", "2020-01-01", "2024-01-01")
    assert {each.entity_id for each in statements if each.prop == "id"} == {
        "nemo", "zapp", "zapp-listing-1", "own",
    }  # fmt: skip


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_what_is_exported_is_read_back_as_the_same(tmp_path: Path, suffix: str) -> None:
    write = {"json": write_entities, "csv": write_statements}[suffix]
    path = tmp_path / f"out.{suffix}"
    share = Percentage(minimum=12.5, maximum=12.5)
    with path.open("wb") as stream:
        write(stream, make_selection([NEMO, ZAPP], [make_link(percentage=share)]))
    parsed = parse_list(FtmSource("ftm_back"), path, tmp_path / "back")
    assert links(parsed) == [("Ownership", "ftm-back-nemo", "ftm-back-zapp", "owner")]
    (relation,) = parsed.tables.relations.to_pylist()
    assert (relation["percentage_minimum"], relation["start"]) == (12.5, "2010-05")
    names = {row["value"] for row in parsed.statements if row["prop"] == "name"}
    assert names == {"nemo Quux", "zapp Quux"}
    assert {issue.code for issue in parsed.issues.issues} <= {"seen-days"}


# -- on a workspace, from the command line ----------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of one small file."""
    folder = tmp_path_factory.mktemp("export")
    path = folder / "zapp.ftm.json"
    with path.open("wb") as stream:
        other = make_entity("other", "Person")
        write_entities(stream, make_selection([NEMO, ZAPP, other], [make_link()]))
    workspace = Workspace.init(folder / "workspace")
    workspace.load("ftm", path, published="2024-01-01")
    workspace.build()
    workspace.close()
    return workspace.root


def run(root: Path, *arguments: str) -> Result:
    """The command on the workspace."""
    return CliRunner().invoke(app, ["export", *arguments, "-w", str(root)])


def read_lines(content: bytes) -> Iterator[EntityProxy]:
    """Entities as FollowTheMoney reads them."""
    for line in content.splitlines():
        yield EntityProxy.from_dict(json.loads(line))


def test_the_command_writes_one_party_with_its_links(root: Path) -> None:
    result = run(root, "nemo Quux")
    assert result.exit_code == 0, result.stderr
    assert {proxy.schema.name for proxy in read_lines(result.stdout_bytes)} == {
        "Person", "Company", "Sanction", "Ownership",
    }  # fmt: skip
    assert "exported 2 entities and 1 links" in result.stderr
    assert "Left out: what no search follows" in result.stderr


@pytest.mark.parametrize("kind", ["ftm", "statements"])
def test_the_command_writes_the_whole_snapshot(root: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "all"
    result = run(root, "--all", "--format", kind, "-o", str(path))
    assert result.exit_code == 0, result.stderr
    assert list(tmp_path.iterdir()) == [path]
    if kind == "ftm":
        found = {proxy.id for proxy in read_lines(path.read_bytes())}
    else:
        found = {statement.entity_id for statement in read_statements(path.read_bytes())}
    assert {"ftm-zapp-nemo", "ftm-zapp-other", "ftm-zapp-zapp"} <= found


def test_the_whole_snapshot_need_not_fit_into_memory(root: Path) -> None:
    snapshot = open_current(root)
    selection = select_all(snapshot.network)
    assert [entity.id for entity in selection.entities()] == sorted(selection.ids)
    snapshot.close()


@pytest.mark.parametrize(
    ("stated", "start", "end"),
    [("2006~", "2006", "2006"), ("[2015-03-13..]", "2015-03-13", "2015-03-13"),
     ("1951/1953", "1951", "1953"), ("2010-05", "2010-05", "2010-05")],
)  # fmt: skip
def test_days_known_by_their_bounds_are_exported_as_one_that_they_allow(
    stated: str, start: str, end: str
) -> None:
    lines, _ = export([NEMO, ZAPP], [make_link(start=stated, end=stated)])
    edge = lines["own"]["properties"]
    assert (edge["startDate"], edge["endDate"]) == ([start], [end])
    assert (stated in edge["summary"][0]) is (stated != "2010-05")


def test_the_command_leaves_stdout_open(root: Path) -> None:
    result = run(root, "--all", "--format", "statements")
    assert result.exit_code == 0, result.stderr
    assert {each.prop for each in read_statements(result.stdout_bytes)} >= {"id", "owner", "asset"}


def test_the_command_wants_parties_or_all_and_not_both(root: Path) -> None:
    assert run(root).exit_code == 2
    assert run(root, "nemo Quux", "--all").exit_code == 2


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(
    root: Path, tmp_path: Path
) -> None:
    result = run(root, "--all", "-o", str(tmp_path / "absent" / "out.json"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
