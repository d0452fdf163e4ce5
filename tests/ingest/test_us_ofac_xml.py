"""OFAC's legacy XML, on small invented lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.us_ofac.xml import OfacXmlSource, join_name
from tests.ingest.ofac_files import Parsed, parse
from tests.ingest.ofac_formats import make_legacy


def _read(folder: Path, text: str) -> Parsed:
    path = folder / "sdn.xml"
    path.write_text(text, "utf-8")
    return parse(path, folder / "out", OfacXmlSource("us_ofac_sdn"))


def _entry(uid: int, last: str, more: str = "", remarks: str = "") -> str:
    return (f"<sdnEntry><uid>{uid}</uid><lastName>{last}</lastName><sdnType>Entity</sdnType>"
            f"<remarks>{remarks}</remarks>{more}</sdnEntry>")  # fmt: skip


def test_the_file_states_its_own_day_in_american_order(tmp_path: Path) -> None:
    path = tmp_path / "sdn.xml"
    path.write_text(make_legacy().replace("12/28/2023", "03/04/2024"), "utf-8")
    source = OfacXmlSource("us_ofac_sdn")
    assert source.published({"sdn.xml": path}) == "2024-03-04"


def test_linked_to_in_parentheses_finds_names_with_parentheses(tmp_path: Path) -> None:
    extra = _entry(201, "GUARD (OLD)-FORCE") + _entry(
        202, "ZOR LTD", remarks="all offices worldwide; (Linked To: GUARD (OLD)-FORCE; Linked To: "
        "QUUX, Foo Bar)"
    )  # fmt: skip
    parsed = _read(tmp_path, make_legacy(extra, 7))
    pairs = {(row["source"], row["target"]) for row in parsed.tables.relations.to_pylist()}
    assert {("ofac-202", "ofac-201"), ("ofac-202", "ofac-101")} <= pairs
    assert parsed.values("ofac-202", "notes") == ["all offices worldwide"]
    assert parsed.codes() == []


def test_a_name_on_no_entry_is_a_stub_with_an_issue(tmp_path: Path) -> None:
    extra = _entry(202, "ZOR LTD", remarks="(Linked To: NOBODY)")
    parsed = _read(tmp_path, make_legacy(extra, 6))
    targets = {row["target"] for row in parsed.tables.relations.to_pylist()}
    assert "ofac-unresolved-nobody" in targets
    assert parsed.codes() == ["unresolved-link"]


def test_fewer_entries_than_announced_are_reported(tmp_path: Path) -> None:
    parsed = _read(tmp_path, make_legacy(count=6))
    (issue,) = parsed.issues.issues
    assert (issue.code, issue.locator, issue.level) == ("record-count", "sdn.xml", "warning")


def test_new_elements_and_alias_types_are_reported_once(tmp_path: Path) -> None:
    more = ("<newList><new>1</new></newList><akaList><aka><type>q.k.a.</type><lastName>Q</lastName>"
            "</aka></akaList>")  # fmt: skip
    extra = _entry(201, "A LTD", more) + _entry(202, "B LTD", more)
    parsed = _read(tmp_path, make_legacy(extra, 7))
    assert parsed.codes() == ["unknown-alias-type", "unknown-alias-type", "unread-field"]
    assert "2 times" in parsed.messages("unread-field")[0]
    assert parsed.values("ofac-201", "alias") == ["Q"]


def test_an_unknown_label_with_a_number_is_a_document_and_without_one_a_note(
    tmp_path: Path,
) -> None:
    ids = (
        "<idList><id><idType>RSIN</idType><idNumber>858100034</idNumber></id><id>"
        "<idType>Colour of hat:</idType><idNumber>green 5</idNumber></id></idList>"
    )
    parsed = _read(tmp_path, make_legacy(_entry(201, "A LTD", ids), 6))
    assert parsed.values("ofac-201", "registrationNumber") == ["858100034"]
    assert parsed.values("ofac-201", "notes") == ["Colour of hat: green 5"]
    assert parsed.codes() == ["unknown-remark"]


def test_an_empty_list_and_a_cut_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="no entries"):
        _read(tmp_path, "<sdnList></sdnList>")
    with pytest.raises(ParseError, match="line"):
        _read(tmp_path, make_legacy()[:-30])
    bomb = '<!DOCTYPE sdnList [<!ENTITY a "aaaa">]>' + make_legacy().split("\n", 1)[1]
    with pytest.raises(ParseError, match="document type"):
        _read(tmp_path, bomb)


def test_a_name_is_joined_as_the_other_files_print_it() -> None:
    assert join_name("QUUX", "Foo Bar") == "QUUX, Foo Bar"
    assert join_name("ZORBAL LTD", None) == "ZORBAL LTD"
