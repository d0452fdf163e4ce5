"""Streams the records of an XML file, with its memory bounded and nothing in it believed.

Names are local names: publishers change their namespaces, and a reader with the old one would find
zero records in silence. A document type, and with it every entity, is refused: no published list
has one. Every attribute, text and child is taken, ignored, or reported (`ingest.audit`).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from graph.errors import AssertionFailed
from ingest.audit import Audit
from ingest.unpack import MAX_UNPACKED, open_stream, refuse

Element = Any  # lxml's stubs leave open whether names and texts are bytes
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"  # where its schema is
_HEAD = 1 << 16  # bytes within which the root element begins
_DOCUMENT_TYPE = "the file declares a document type, which no published list does"


class Node:
    """An element: its attributes, its text and its children, each to be taken once."""

    __slots__ = ("_attributes", "_children", "_given", "_text", "line", "tag")

    def __init__(self, element: Element) -> None:
        self.tag = _local(element.tag)
        self.line: int = element.sourceline or 0
        self._attributes = {
            _local(name): value
            for name, value in element.attrib.items()
            if not name.startswith(_SCHEMA_INSTANCE)
        }
        text = element.text
        children: dict[str, list[Node]] = {}
        for child in element:
            if isinstance(child.tag, str):  # neither a comment nor an instruction
                node = Node(child)
                children.setdefault(node.tag, []).append(node)
            if child.tail and not child.tail.isspace():  # mixed content, or split by a comment
                text = (text or "") + child.tail
        self._text = text if text and not text.isspace() else None
        self._children = children
        self._given: list[Node] = []

    def attribute(self, name: str) -> str | None:
        """The value of an attribute, stripped; None when absent, empty or taken."""
        value = self._attributes.pop(name, None)
        return (value.strip() or None) if value else None

    def text(self) -> str | None:
        """The text of the element itself, stripped; None when it is blank."""
        text, self._text = self._text, None
        return text.strip() if text else None

    def children(self, tag: str) -> list[Node]:
        """The children of this name, in order."""
        nodes = self._children.pop(tag, [])
        self._given.extend(nodes)
        return nodes

    def all_children(self) -> list[Node]:
        """All children that were not taken, grouped by name."""
        return [node for tag in list(self._children) for node in self.children(tag)]

    def child(self, tag: str) -> Node | None:
        """The first child of this name; further ones are left, and so reported."""
        nodes = self._children.get(tag)
        if not nodes:
            return None
        node = nodes.pop(0)
        if not nodes:
            del self._children[tag]
        self._given.append(node)
        return node

    def child_text(self, tag: str) -> str | None:
        """The text of the first child of this name."""
        node = self.child(tag)
        return node.text() if node is not None else None

    def texts(self, tag: str) -> list[str]:
        """The texts of the children of this name, blank ones left out."""
        found = (node.text() for node in self.children(tag))
        return [text for text in found if text]

    def ignore(self, *names: str) -> None:
        """Children ("note") and attributes ("@id") that say nothing that is wanted."""
        for name in names:
            if name.startswith("@"):
                self._attributes.pop(name[1:], None)
            else:
                self._children.pop(name, None)

    def report(self, audit: Audit, locator: str) -> None:
        """The record is done: what was not taken of it or of what it gave goes to the audit."""
        for path, value in self._iter_left(self.tag):
            audit.see(path, value, locator)

    def _iter_left(self, path: str) -> Iterator[tuple[str, str]]:
        for name, value in self._attributes.items():
            if value.strip():
                yield f"{path}/@{name}", value
        if self._text:
            yield path, self._text.strip()
        for node in self._given:
            yield from node._iter_left(f"{path}/{node.tag}")
        for tag, nodes in self._children.items():
            for node in nodes:
                yield from node._iter_left(f"{path}/{tag}")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def iter_nodes(
    path: Path,
    name: str,
    wanted: Collection[str],
    *,
    roots: Collection[str],
    dataset: str = "",
    member: str | None = None,
    limit: int = MAX_UNPACKED,
) -> Iterator[Node]:
    """The elements of these local names, in the order of the file; each is dropped when read.

    The root itself comes first, childless: its attributes (a date of issue) and its line. Name
    every large section: what is not wanted stays in memory until the end. A wanted element inside
    a wanted one is part of that one.

    Args:
        name: Canonical name of the file, for messages.
        wanted: Local names of the records, without the namespace.
        roots: Local names that the root may have.
        member: Pattern of the file in a ZIP.

    Raises:
        ParseError: When it is not XML, is broken off, has another root or a document type, holds
            a text of over 10 MB or nests over 256 levels.
    """
    with open_stream(path, name, dataset, member=member, limit=limit) as stream:
        yield _read_root(stream, name, roots, dataset)
        yield from _iter_wanted(stream, name, wanted, dataset)


def require_records(count: int, what: str, name: str, dataset: str) -> None:
    """Refuse a file in which nothing was found: it is of another format, or was emptied.

    Raises:
        AssertionFailed: When the count is 0.
    """
    if count == 0:
        raise AssertionFailed(
            f"{name} holds no {what}; it is empty or of another format: download it again.",
            metric=what, expected=1, actual=0, dataset=dataset,
        )  # fmt: skip


def _read_root(stream: io.BufferedReader, name: str, roots: Collection[str], dataset: str) -> Node:
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False,
    )  # fmt: skip
    try:
        parser.feed(stream.peek(_HEAD))
        root: Element = next(iter(parser.read_events()))[1]
    except (etree.XMLSyntaxError, StopIteration) as exc:
        head = stream.peek(_HEAD)
        fault = "the file is empty" if not head else "this is not XML, or broken off at once"
        if b"<!DOCTYPE" in head:  # of which the entities were refused before the root was met
            fault = _DOCUMENT_TYPE
        raise refuse(name, 1, fault, dataset=dataset) from exc
    if root.getroottree().docinfo.doctype:
        raise refuse(name, 1, _DOCUMENT_TYPE, dataset=dataset)
    local = _local(root.tag)
    if local not in roots:
        fault = f"the root element is <{local}>, not <{'> or <'.join(roots)}>"
        raise refuse(name, root.sourceline or 1, fault, dataset=dataset)
    node = Node(root)
    node._children.clear()
    node._text = None
    return node


def _iter_wanted(
    stream: io.BufferedReader, name: str, wanted: Collection[str], dataset: str
) -> Iterator[Node]:
    names = frozenset(wanted)
    context: Any = etree.iterparse(
        stream, events=("end",), tag=[f"{{*}}{each}" for each in names], resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for _, element in context:
            if any(_local(each.tag) in names for each in element.iterancestors()):
                continue
            yield Node(element)
            _drop(element)
    except etree.XMLSyntaxError as exc:
        line = exc.lineno or 1
        fault = f"the XML is broken off or not well formed ({' '.join(exc.msg.split())})"
        raise refuse(name, line, fault, dataset=dataset) from exc


def _drop(element: Element) -> None:
    """Free an element that was read, and those before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
