"""XML as a stream: nothing in it believed, nothing in it lost."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import AssertionFailed, ParseError
from ingest.audit import Audit
from ingest.source import IssueLog
from ingest.xml import Node, iter_nodes, require_records

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<x:List xmlns:x="urn:any" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="urn:any any.xsd" date="2026-01-02">
  <x:Party id="1" note=" "><x:Name lang="ar"> Ruwa Trading </x:Name><x:Name>B</x:Name>
    <!-- a comment --><x:Empty> </x:Empty></x:Party>
  <x:Party id="2">loose<x:Party id="inner"/></x:Party>
</x:List>
"""


def nodes(path: Path, text: str | bytes, *wanted: str) -> list[Node]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(iter_nodes(path, "list.xml", wanted or ("Party",), roots=("List",), dataset="us"))


def left(*read: Node) -> list[str]:
    audit, issues = Audit(), IssueLog()
    for node in read:
        node.report(audit, "list.xml:1")
    audit.report(issues)
    return [issue.message for issue in issues.issues]


def test_namespaces_do_not_matter_and_the_root_comes_first(tmp_path: Path) -> None:
    root, first, second = nodes(tmp_path / "a", LIST)
    assert root.attribute("date") == "2026-01-02"
    assert left(root) == [], "where its schema lies says nothing of its records"
    assert [first.attribute("id"), second.attribute("id")] == ["1", "2"]
    assert first.line == 4
    plain = LIST.replace("x:", "").replace('xmlns="urn:any"', "")
    assert [node.tag for node in nodes(tmp_path / "a", plain)] == ["List", "Party", "Party"]


def test_a_field_is_given_once_and_what_is_left_is_reported(tmp_path: Path) -> None:
    _, first, second = nodes(tmp_path / "a", LIST)
    name = first.child("Name")
    assert name is not None
    assert name.text() == "Ruwa Trading"
    assert name.text() is None
    assert left(first, second) == [
        "Party/@id is not read: 2 times, first '1'.",
        "Party/Name/@lang is not read: 1 times, first 'ar'.",
        "Party/Name is not read: 1 times, first 'B'.",
        "Party is not read: 1 times, first 'loose'.",
        "Party/Party/@id is not read: 1 times, first 'inner'.",
    ]


def test_what_is_ignored_by_name_is_not_reported(tmp_path: Path) -> None:
    _, first, second = nodes(tmp_path / "a", LIST)
    first.ignore("@id", "Name")
    assert left(first) == []
    assert [each.attribute("id") for each in second.all_children()] == ["inner"]


def test_text_around_a_comment_is_whole(tmp_path: Path) -> None:
    _, party = nodes(tmp_path / "a", "<List><Party>one<!-- x --> two<?pi?> three</Party></List>")
    assert party.text() == "one two three"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<!DOCTYPE List [<!ENTITY a SYSTEM "file:///etc/passwd">]><List>&a;</List>', "document t"),
        (
            '<!DOCTYPE List [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><List x="&b;"/>',
            "document type",
        ),
        ('<!DOCTYPE List SYSTEM "https://example.org/a.dtd"><List/>', "document type"),
        ("<!doctype html><html><body>Error 503</body></html>", "not XML|document type|<html>"),
        ("<html><body>Error</body></html>", "root element is <html>, not <List>"),
        ("{}", "not XML"),
        ("", "empty"),
        ("<List><Party>", "broken off"),
        (LIST[:-20], "broken off"),
        ("<List><Party>\x00</Party></List>", "broken off|not well formed"),
        (b"<List><Party>\xff\xfe</Party></List>", "not XML|not well formed"),
        ("<List><Party>&unknown;</Party></List>", "not well formed"),
        ("<List>" + "<a>" * 300 + "<Party/>" + "</a>" * 300 + "</List>", "not XML|not well formed"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str | bytes, fault: str) -> None:
    with pytest.raises(ParseError, match=fault) as caught:
        nodes(tmp_path / "a", text)
    assert caught.value.locator is not None
    assert caught.value.locator.startswith("list.xml:")
    assert caught.value.dataset == "us"


def test_a_text_of_over_ten_megabytes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="not well formed"):
        nodes(tmp_path / "a", "<List><Party>" + "x" * 10_100_000 + "</Party></List>")


def test_utf_16_with_its_mark_is_xml_too(tmp_path: Path) -> None:
    text = LIST.replace("UTF-8", "UTF-16").encode("utf-16")
    assert [node.tag for node in nodes(tmp_path / "a", text)] == ["List", "Party", "Party"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    party = '<Party id="1"><Name>' + "n" * 500 + "</Name></Party>\n"
    path.write_text("<List>" + party * 40_000 + "</List>")
    tracemalloc.start()
    count = sum(1 for _ in iter_nodes(path, "list.xml", ("Party",), roots=("List",)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40_001
    assert peak < 2_000_000, f"{peak} bytes of Python objects for a file of 21 MB"


def test_no_records_is_an_error() -> None:
    require_records(1, "parties", "list.xml", "us")
    with pytest.raises(AssertionFailed, match=r"list.xml holds no parties"):
        require_records(0, "parties", "list.xml", "us")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_comes_through(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    path = tmp_path_factory.mktemp("xml") / "a"
    _, party = nodes(path, f"<List><Party>{escaped}</Party></List>")
    assert (party.text() or "") == text.strip()
