"""The reader of the ICIJ Offshore Leaks Database, on small invented tables."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.models import DISCLAIMER
from cuibono import Workspace, bodies
from cuibono.cli import app
from graph.errors import AssertionFailed, ParseError
from graph.project import project
from ingest.catalog import get_source, read_catalog, require_entry
from ingest.disclaimers import find_disclaimers
from ingest.sources.icij.source import IcijSource
from ingest.sources.icij.words import is_bearer, schemata_of
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, links, parse_list

ENTITY = {
    "node_id": "10", "name": "ZAPP LTD.", "original_name": "ZAPP LIMITED",
    "former_name": "OLD ZAPP",
    "jurisdiction": "SAM", "jurisdiction_description": "Samoa", "company_type": "Standard",
    "address": "1 QUAY; ZZYZX", "internal_id": "1001", "incorporation_date": "23-MAR-2006",
    "inactivation_date": "", "struck_off_date": "15-FEB-2013", "dorm_date": "31-DEC-1969",
    "status": "Defaulted", "service_provider": "Nemo & Co", "ibcRUC": "25221",
    "country_codes": "HKG;GBR", "countries": "Hong Kong;United Kingdom",
    "sourceID": "Panama Papers", "valid_until": "Current through 2015", "note": "",
}  # fmt: skip
NODE = {"node_id": "", "name": "", "countries": "", "country_codes": "",
        "sourceID": "Panama Papers", "valid_until": "", "note": ""}  # fmt: skip
EDGE = {"node_id_start": "", "node_id_end": "", "rel_type": "", "link": "", "status": "",
        "start_date": "", "end_date": "", "sourceID": "Panama Papers"}  # fmt: skip


def table(model: dict[str, str], *rows: dict[str, str]) -> str:
    """Rows as the database publishes them."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(model), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**model, **row} for row in rows)
    return buffer.getvalue()


def edge(start: str, end: str, kind: str, link: str = "", **more: str) -> dict[str, str]:
    """One relationship."""
    return {"node_id_start": start, "node_id_end": end, "rel_type": kind, "link": link, **more}


def tables(*edges: dict[str, str], officers: tuple[dict[str, str], ...] = ()) -> dict[str, str]:
    """A small database."""
    people = officers or ({"node_id": "20", "name": "Nemo Quux"},)
    address = {**NODE, "address": ""}
    return {
        "nodes-entities.csv": table(ENTITY, {}),
        "nodes-officers.csv": table(NODE, *people),
        "nodes-intermediaries.csv": table(NODE, {"node_id": "30", "name": "Agents & Co"}),
        "nodes-addresses.csv": table(address, {"node_id": "40", "address": "1 Quay; Zzyzx"}),
        "relationships.csv": table(EDGE, *(edges or (edge("20", "10", "officer_of", "director"),))),
    }


def read(tmp_path: Path, files: dict[str, str]) -> Parsed:
    """What the reader makes of the tables in a folder."""
    folder = tmp_path / "leak"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return parse_list(IcijSource("icij"), folder, tmp_path / "out")


def codes(parsed: Parsed) -> Counter[str]:
    """Issues by code."""
    return Counter(issue.code for issue in parsed.issues.issues)


def stated(parsed: Parsed, own: str) -> set[tuple[str, str]]:
    """(property, value) of one entity."""
    return {(row["prop"], row["value"]) for row in parsed.statements
            if row["entity_id"] == own and row["prop"] != "id"}  # fmt: skip


def test_every_column_of_a_company_is_stated(tmp_path: Path) -> None:
    parsed = read(tmp_path, tables())
    assert {
        ("name", "ZAPP LTD."), ("alias", "ZAPP LIMITED"), ("previousName", "OLD ZAPP"),
        ("jurisdiction", "ws"), ("legalForm", "Standard"), ("address", "1 QUAY, ZZYZX"),
        ("incorporationDate", "2006-03-23"), ("dissolutionDate", "2013-02-15"),
        ("status", "Defaulted"), ("registrationNumber", "25221"), ("icijId", "10"),
        ("country", "hk"), ("country", "gb"), ("publisher", "ICIJ: Panama Papers"),
        ("notes", "Current through 2015"), ("notes", "Service provider: Nemo & Co"),
        ("sourceUrl", "https://offshoreleaks.icij.org/nodes/10"),
    } <= stated(parsed, "icij-10")  # fmt: skip
    assert not any("1969" in value for _, value in stated(parsed, "icij-10"))
    assert codes(parsed) == {"no-date": 1}
    assert parsed.rejected == []


def test_relationships_become_links_by_their_words(tmp_path: Path) -> None:
    parsed = read(tmp_path, tables(
        edge("20", "10", "officer_of", "shareholder of", start_date="01-JAN-2008",
             end_date="31-DEC-1969"),
        edge("20", "10", "officer_of", "director of"),
        edge("20", "10", "officer_of", "moonlighter of"),
        edge("30", "10", "intermediary_of", "intermediary of"),
        edge("10", "40", "registered_address", "registered address"),
        edge("10", "30", "connected_to"),
    ))  # fmt: skip
    assert [(schema, role) for schema, _, _, role in links(parsed)] == [
        ("Directorship", "director of"), ("Ownership", "shareholder of"),
        ("Representation", "intermediary of"), ("UnknownLink", "connected_to"),
        ("UnknownLink", "moonlighter of"),
    ]  # fmt: skip
    assert ("addressEntity", "icij-40") in stated(parsed, "icij-10")
    owned = next(row for row in parsed.tables.relations.to_pylist() if row["schema"] == "Ownership")
    assert (owned["source"], owned["target"]) == ("icij-20", "icij-10")
    assert (owned["start"], owned["end"], owned["percentage_minimum"]) == ("2008-01-01", None, None)
    said = {row["relation_id"]: row for row in parsed.tables.evidence.to_pylist()}[owned["id"]]
    assert said["quote"] == "shareholder of"
    assert said["source_title"] == "ICIJ Offshore Leaks Database: Panama Papers"
    assert codes(parsed)["unknown-role"] == 2


def test_the_bearer_is_nobody_and_never_the_same_twice(tmp_path: Path) -> None:
    parsed = read(tmp_path, tables(
        edge("21", "10", "officer_of", "shareholder of"),
        edge("22", "10", "officer_of", "shareholder of"),
        officers=({"node_id": "21", "name": "THE BEARER"}, {"node_id": "22", "name": "THE BEARER"}),
    ))  # fmt: skip
    assert {source for _, source, _, _ in links(parsed)} == {"icij-21", "icij-22"}
    assert not any(row["value"] == "THE BEARER" for row in parsed.statements)
    assert ("notes", "Published without a name: THE BEARER") in stated(parsed, "icij-21")
    entities = project([parsed.tables]).entities
    assert entities["icij-21"].values("name") == []


@pytest.mark.parametrize(
    "name", ["THE BEARER", "Bearer", "EL PORTADOR", "To Bearer.", "BEARER 1", "Bearer Shares",
             "AL PORTADOR", "Bearer Share Holder"],
)  # fmt: skip
def test_names_that_say_whoever_holds_it(name: str) -> None:
    assert is_bearer(name)


@pytest.mark.parametrize(
    "name", ["Bearer Holdings Ltd", "John Bearer", "Portadown Ltd", "Inhaberin"]
)
def test_names_that_only_look_so(name: str) -> None:
    assert not is_bearer(name)


@pytest.mark.parametrize(
    "kind", ["same_name_as", "similar", "same_id_as", "probably_same_officer_as",
             "similar_company_as", "same_as"],
)  # fmt: skip
def test_what_looks_alike_is_no_link_and_is_counted(tmp_path: Path, kind: str) -> None:
    parsed = read(tmp_path, tables(edge("20", "30", kind), edge("20", "10", "officer_of", "owner")))
    assert [schema for schema, *_ in links(parsed)] == ["Ownership"]
    assert codes(parsed)["alike"] == 1


def test_roles_are_read_from_their_words() -> None:
    assert schemata_of("beneficial owner of") == ("Ownership",)
    assert schemata_of("Power of Attorney of") == ("Representation",)
    assert schemata_of("trustee of trust of") == ("Control",)
    assert schemata_of("nominee shareholder of") == ("Ownership",)
    assert schemata_of("beneficiary of") == ("UnknownLink",)


def test_several_roles_in_one_text_are_several_links(tmp_path: Path) -> None:
    parsed = read(tmp_path, tables(edge("20", "10", "officer_of", "Director / Shareholder of")))
    assert [schema for schema, *_ in links(parsed)] == ["Directorship", "Ownership"]
    assert len({row["id"] for row in parsed.tables.relations.to_pylist()}) == 2


def test_a_node_that_no_table_has_is_a_stub_with_an_issue(tmp_path: Path) -> None:
    parsed = read(tmp_path, tables(edge("99", "10", "officer_of", "director of")))
    assert [source for _, source, _, _ in links(parsed)] == ["icij-unresolved-99"]
    assert "icij-unresolved-99" in existing(parsed)
    assert codes(parsed)["unresolved-reference"] == 1


def test_a_row_with_broken_quotes_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    files = tables()
    head = files["nodes-officers.csv"].splitlines(keepends=True)[0]
    files["nodes-officers.csv"] = head + (
        '20,"Nemo\nQuux",,,Panama Papers,,\n'
        '21,"Broken "name" here,,,Panama Papers,,\n'
        "22,Too,many,cells,Panama Papers,,,,\n"
        "23,Other Quux,,,Panama Papers,,\n"
    )
    parsed = read(tmp_path, files)
    assert {"icij-20", "icij-23"} <= set(existing(parsed))
    assert not {"icij-21", "icij-22"} & set(existing(parsed))
    assert codes(parsed)["bad-row"] == 2
    assert ("name", "Nemo Quux") in stated(parsed, "icij-20")


def test_a_zip_says_the_same_as_the_folder(tmp_path: Path) -> None:
    files = tables()
    plain = read(tmp_path, files)
    path = tmp_path / "full-oldb.LATEST.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.txt", "Terms of use")
        for name, text in files.items():
            archive.writestr(f"leaks/{name}", text)
    zipped = parse_list(IcijSource("icij"), path, tmp_path / "zipped")
    assert links(zipped) == links(plain)
    assert existing(zipped) == existing(plain)


def test_names_with_the_leak_before_them_are_known(tmp_path: Path) -> None:
    files = {f"Paradise_Papers.{name}": text for name, text in tables().items()}
    assert len(existing(read(tmp_path, files))) == 4


def test_an_unread_column_is_told(tmp_path: Path) -> None:
    files = tables()
    files["nodes-officers.csv"] = table({**NODE, "moon": ""}, {"node_id": "20", "moon": "full"})
    assert codes(read(tmp_path, files))["unread-field"] == 1


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("relationships.csv", "<!DOCTYPE html>", "web page"),
        ("relationships.csv", "a,b\n1,2\n", "no column"),
        ("nodes-entities.csv", "", "empty"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, name: str, text: str, fault: str) -> None:
    with pytest.raises(ParseError, match=fault):
        read(tmp_path, {**tables(), name: text})


def test_a_table_that_breaks_off_is_refused(tmp_path: Path) -> None:
    files = tables()
    files["relationships.csv"] += "20,10,offi"
    with pytest.raises(ParseError, match="breaks off"):
        read(tmp_path, files)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    files = tables()
    del files["relationships.csv"]
    with pytest.raises(ParseError, match=r"no relationships\.csv"):
        read(tmp_path, files)


def test_a_database_without_relationships_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="no relationships"):
        read(tmp_path, {**tables(), "relationships.csv": table(EDGE)})


def test_the_catalog_knows_the_dataset_and_its_disclaimer() -> None:
    assert isinstance(get_source("icij", None), IcijSource)
    assert "suggests no wrongdoing" in (require_entry("icij").disclaimer or "")


def test_disclaimers_read_by_themselves_are_those_of_the_catalog() -> None:
    stated = {name: entry.disclaimer for name, entry in read_catalog().items()}
    for name, disclaimer in stated.items():
        assert find_disclaimers([name]) == ([disclaimer] if disclaimer else [])
    assert find_disclaimers(["../catalog", "case_x", "icij", "icij"]) == [stated["icij"]]


# -- the disclaimer, on a workspace -------------------------------------------------------------


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace of the small database and of a file of somebody else's."""
    root = tmp_path_factory.mktemp("icij")
    folder = root / "leak"
    folder.mkdir()
    for name, text in tables().items():
        (folder / name).write_text(text, "utf-8")
    other = root / "other.ftm.json"
    other.write_text('{"id": "x", "schema": "Person", "properties": {"name": ["Other Zzyzx"]}}\n')
    opened = Workspace.init(root / "workspace")
    opened.load("icij", folder, published="2024-01-01")
    opened.load("ftm", other, published="2024-01-01")
    opened.build()
    yield opened
    opened.close()


def test_the_disclaimer_is_shown_with_a_party_of_the_database_and_no_other(
    workspace: Workspace,
) -> None:
    def show(party: str) -> str:
        result = CliRunner().invoke(app, ["show", party, "-w", str(workspace.root)])
        assert result.exit_code == 0, result.stderr
        return result.stdout

    assert "suggests no wrongdoing" in show("icij-20")
    assert "suggests no wrongdoing" not in show("ftm-other-x")


def test_the_disclaimer_is_in_the_answer_about_an_entity(workspace: Workspace) -> None:
    page = workspace.degree("icij-20")
    body = bodies.make_entity_body(workspace.meta(), workspace.entity("icij-20"), page)
    assert "suggests no wrongdoing" in body.disclaimer
    assert body.disclaimer.startswith(DISCLAIMER)
