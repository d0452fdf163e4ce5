"""The reader of FollowTheMoney: entities and statements of invented parties."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from graph.errors import AssertionFailed, ParseError
from graph.project import project
from ingest.sources.ftm.source import FtmSource
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, links, parse_list

COLUMNS = (
    "canonical_id", "entity_id", "prop", "prop_type", "schema", "value", "dataset", "origin",
    "lang", "original_value", "external", "first_seen", "last_seen", "id",
)  # fmt: skip


def entity(
    own: str, schema: str, datasets: tuple[str, ...] = ("zz_list",), **props: Any
) -> dict[str, Any]:
    """An entity as OpenSanctions publishes it."""
    values = {name: value if isinstance(value, list) else [value] for name, value in props.items()}
    return {"id": own, "caption": own, "schema": schema, "properties": values,
            "datasets": list(datasets), "referents": [own], "target": True,
            "first_seen": "2023-04-05T06:07:08", "last_seen": "2024-04-05T06:07:08",
            "last_change": "2023-04-05T06:07:08"}  # fmt: skip


def row(own: str, schema: str, prop: str, value: str, **more: str) -> dict[str, str]:
    """A statement."""
    return {"canonical_id": own, "entity_id": own, "schema": schema, "prop": prop, "value": value,
            "dataset": "zz_list", "external": "f", **more}  # fmt: skip


def read_lines(tmp_path: Path, *documents: Any) -> Parsed:
    """What the reader makes of JSON lines."""
    path = tmp_path / "quux.ftm.json"
    path.write_text("".join(json.dumps(each) + "\n" for each in documents), "utf-8")
    return parse_list(FtmSource("ftm_quux"), path, tmp_path / "out")


def read_rows(tmp_path: Path, *rows: dict[str, str]) -> Parsed:
    """What the reader makes of a table of statements."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, dialect=csv.unix_dialect)
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "statements.csv"
    path.write_text(buffer.getvalue(), "utf-8")
    return parse_list(FtmSource("ftm_quux"), path, tmp_path / "out")


def stated(parsed: Parsed, own: str) -> set[tuple[str, str]]:
    """(property, value) of one entity."""
    return {(each["prop"], each["value"]) for each in parsed.statements
            if each["entity_id"] == own and each["prop"] != "id"}  # fmt: skip


def codes(parsed: Parsed) -> Counter[str]:
    """Issues by code, but for the one that every file with days has."""
    found = Counter(issue.code for issue in parsed.issues.issues)
    del found["seen-days"]
    return found


ZAPP = entity("zapp", "Company", name="Zapp Ltd", jurisdiction="gm")
NEMO = entity("nemo", "Person", name="Nemo Quux", birthDate="1961-04")


def test_edges_become_links_with_evidence_for_each_dataset(tmp_path: Path) -> None:
    own = entity("own", "Ownership", ("zz_list", "us_ofac_sdn"), owner="nemo", asset="zapp",
                 role="silent partner", percentage="25-50", startDate="2010-05", summary="As told.",
                 sourceUrl="https://register.example/1", sharesCount="7")  # fmt: skip
    parsed = read_lines(tmp_path, own, NEMO, ZAPP)
    assert links(parsed) == [
        ("Ownership", "ftm-quux-nemo", "ftm-quux-zapp", "silent partner"),
    ]  # fmt: skip
    (relation,) = parsed.tables.relations.to_pylist()
    assert (relation["kind"], relation["start"]) == ("link", "2010-05")
    assert (relation["percentage_minimum"], relation["percentage_maximum"]) == (25, 50)
    said = parsed.tables.evidence.to_pylist()
    assert [each["on"] for each in said] == ["2023-04-05"] * 2
    assert said[0]["by"] == "zz_list"
    assert "OFAC" in said[1]["by"]  # a dataset of the catalog is called by its title
    assert said[0]["note"] == "As told."
    kept = stated(parsed, "ftm-quux-own")
    assert {("sharesCount", "7"), ("summary", "As told."), ("percentage", "25-50")} <= kept
    assert not codes(parsed)


def test_an_id_that_looks_like_a_publishers_does_not_speak_for_it(tmp_path: Path) -> None:
    parsed = read_lines(tmp_path, entity("ofac-12345", "Person", name="Nemo Quux"))
    assert set(existing(parsed)) == {"ftm-quux-ofac-12345"}


def test_ids_that_differ_by_case_stay_apart_and_are_the_same_each_time(tmp_path: Path) -> None:
    pair = (entity("NK-aB", "Person", name="A"), entity("NK-Ab", "Person", name="B"))
    (tmp_path / "again").mkdir()
    first, second = read_lines(tmp_path, *pair), read_lines(tmp_path / "again", *pair[::-1])
    assert len(existing(first)) == 2
    assert existing(first) == existing(second)


def test_a_foreign_id_cannot_pass_as_a_party_named_without_an_id(tmp_path: Path) -> None:
    parsed = read_lines(tmp_path, entity("x-unresolved-y", "Organization", name="Zapp Ltd"),
                        entity("z-unnamed-z", "Person"))  # fmt: skip
    assert not [own for own in existing(parsed) if "-unresolved-" in own or "-unnamed-" in own]


def test_an_edge_of_several_owners_is_a_link_of_each(tmp_path: Path) -> None:
    other = entity("other", "Person", name="Other Quux")
    own = entity("own", "Ownership", owner=["nemo", "other"], asset="zapp")
    parsed = read_lines(tmp_path, NEMO, other, ZAPP, own)
    assert {source for _, source, _, _ in links(parsed)} == {"ftm-quux-nemo", "ftm-quux-other"}
    assert len({each["id"] for each in parsed.tables.relations.to_pylist()}) == 2


def test_an_end_that_the_file_has_not_is_a_stub_with_an_issue(tmp_path: Path) -> None:
    own = entity("own", "Directorship", director="nobody", organization="zapp")
    parsed = read_lines(tmp_path, ZAPP, own)
    ((_, source, _, _),) = links(parsed)
    assert source.startswith("ftm-quux-unresolved-")
    assert codes(parsed) == {"unresolved-reference": 1}


def test_an_edge_without_an_end_is_kept_and_links_nothing(tmp_path: Path) -> None:
    parsed = read_lines(tmp_path, ZAPP, entity("own", "Ownership", asset="zapp", role="owner"))
    assert links(parsed) == []
    assert stated(parsed, "ftm-quux-own") == {("asset", "ftm-quux-zapp"), ("role", "owner")}
    assert codes(parsed) == {"edge-without-end": 1}


def test_records_of_lists_stay_with_their_party(tmp_path: Path) -> None:
    record = entity("s", "Sanction", entity="zapp", authority="Neverland", listingDate="2019-02-03")
    parsed = read_lines(tmp_path, record, ZAPP)
    entities = project([parsed.tables]).entities
    assert [listing.authority for listing in entities["ftm-quux-zapp"].listings] == ["Neverland"]


def test_nested_entities_are_entities_of_their_own(tmp_path: Path) -> None:
    address = {"id": "addr", "schema": "Address", "properties": {"full": ["1 Quay, Zzyzx"]}}
    parsed = read_lines(tmp_path, entity("zapp", "Company", name="Zapp", addressEntity=[address]))
    assert existing(parsed)["ftm-quux-addr"] == "Address"
    assert ("addressEntity", "ftm-quux-addr") in stated(parsed, "ftm-quux-zapp")


def test_nothing_unknown_is_lost_in_silence(tmp_path: Path) -> None:
    odd = {**entity("zapp", "Company", name="Zapp", moon="full", birthDate="1961"), "score": 0.7}
    parsed = read_lines(tmp_path, odd, entity("m", "Moonbase", name="M"), 7,
                        entity("nemo", "Person", birthDate="soon"))  # fmt: skip
    assert codes(parsed) == {
        "unknown-property": 2, "unknown-schema": 1, "bad-line": 1, "unread-field": 1,
        "unclean-value": 1,
    }  # fmt: skip
    assert {("notes", "moon: full"), ("notes", "birthDate: 1961")} <= stated(
        parsed, "ftm-quux-zapp"
    )


def test_ids_that_were_merged_lead_to_the_entity_that_stands(tmp_path: Path) -> None:
    merged = {**NEMO, "id": "Q42", "referents": ["Q42", "old-nemo"]}
    own = entity("own", "Ownership", owner="old-nemo", asset="zapp")
    parsed = read_lines(tmp_path, merged, ZAPP, own)
    ((_, source, _, _),) = links(parsed)
    assert source in existing(parsed)
    assert ("wikidataId", "Q42") in stated(parsed, source)
    assert ("notes", "Merged in the file from: old-nemo") in stated(parsed, source)


def test_statements_keep_dataset_language_original_and_origin(tmp_path: Path) -> None:
    parsed = read_rows(
        tmp_path,
        row("nemo", "Person", "id", "checksum"),
        row("nemo", "Person", "name", "Немо", lang="rus", dataset="a", original_value="НЕМО"),
        row("nemo", "Person", "alias", "Nemo", origin="translit", dataset="b"),
        row("nemo", "Person", "alias", "Guess", external="t"),
    )
    rows = {each["value"]: each for each in parsed.statements if each["prop"] != "id"}
    assert set(rows) == {"Немо", "Nemo"}
    assert (rows["Немо"]["lang"], rows["Немо"]["original_value"]) == ("rus", "НЕМО")
    assert rows["Nemo"]["origin"] == "translit"
    assert [each["record_id"] for each in rows.values()] == ["a:nemo", "b:nemo"]
    assert codes(parsed) == {"unread-field": 1}  # the external one, said once


def test_scattered_statements_of_an_edge_are_one_link(tmp_path: Path) -> None:
    parsed = read_rows(
        tmp_path,
        row("own", "Ownership", "owner", "nemo", dataset="a"),
        row("zapp", "Company", "name", "Zapp Ltd"),
        row("own", "Ownership", "asset", "zapp", dataset="b", first_seen="2020-01-01"),
        row("nemo", "Person", "name", "Nemo Quux"),
    )
    assert links(parsed) == [("Ownership", "ftm-quux-nemo", "ftm-quux-zapp", "")]
    assert [each["by"] for each in parsed.tables.evidence.to_pylist()] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"name,age\nZapp,3\n", "no file of FollowTheMoney"),
        (b"<!DOCTYPE html>", "no file of FollowTheMoney"),
        (b"", "no file of FollowTheMoney"),
        (b'{"id": "a", "schema": "Person"}\n{"id": "b', "breaks off"),
        (b'entity_id,prop,schema,value\na,name,Person,"unclosed', "broken off"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(ParseError, match=fault):
        parse_list(FtmSource("ftm_x"), path, tmp_path / "out")


def test_a_file_without_entities_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="no entities"):
        read_rows(tmp_path)


def test_packed_files_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "QUUX.JSON.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(NEMO).encode()))
    parsed = parse_list(FtmSource("ftm_quux"), tmp_path, tmp_path / "out")
    assert set(existing(parsed)) == {"ftm-quux-nemo"}


def test_hostile_text_crashes_nothing(tmp_path: Path) -> None:
    text = "\u202eevil\u0000\u200b '; DROP {0} %s <b>"
    edge = entity("e", "UnknownLink", subject=text, object=text, role=text)
    parsed = read_lines(tmp_path, entity(text, "Person", name=text), edge)
    assert len(links(parsed)) == 1
