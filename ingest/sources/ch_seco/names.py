"""Names of the Swiss list: parts in order, each with spellings in other languages and scripts.

The spellings of the parts belong together by language and script and by their order. Multiplying
all of one part with all of another would state thousands of names that the list does not print.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from followthemoney.types import registry

from ingest.parties import Party
from ingest.xml import Node

MAX_SPELLINGS = 24  # of one name in one language and script; the list has a handful
_TYPES = {"primary-name": "name", "alias": "alias", "formerly-known-as": "previousName"}
# Part -> property of a person; None: part of the whole name only.
_PARTS: dict[str, str | None] = {
    "family-name": "lastName", "maiden-name": "lastName", "given-name": "firstName",
    "further-given-name": "middleName", "father-name": "fatherName", "title": "title",
    "suffix": "nameSuffix", "grand-father-name": None, "tribal-name": None, "whole-name": None,
    "other": None,
}  # fmt: skip


class _Culture(NamedTuple):
    language: str | None
    script: str | None


class _Part(NamedTuple):
    kind: str
    value: str
    spellings: dict[_Culture, list[str]]


def write_name(party: Party, node: Node, *, main: bool) -> None:
    """State a name with its spellings.

    Args:
        main: Whether it is of the main identity; the primary name of another one is an alias.
    """
    kind, quality = node.attribute("name-type") or "", node.attribute("quality") or ""
    language = registry.language.clean(node.attribute("lang"))
    node.ignore("@ssid")  # no other file refers to it
    prop = _TYPES.get(kind)
    if prop is None:
        party.warn("unknown-name-type", f"A name has the unknown type {kind!r}; taken as an alias.")
        prop = "alias"
    if prop == "name" and not main:
        prop = "alias"
    if quality == "low":
        prop = "weakAlias"
    elif quality not in ("good", ""):
        party.warn("unknown-quality", f"A name has the unknown quality {quality!r}; taken as good.")
    parts = list(_iter_parts(party, node))
    spoken = [part for part in parts if part.kind != "title"]
    if spoken:
        party.put(prop, " ".join(part.value for part in spoken), lang=language)
    _write_parts(party, parts, primary=prop == "name")
    for culture in dict.fromkeys(each for part in spoken for each in part.spellings):
        _write_spellings(party, "alias" if prop == "name" else prop, spoken, culture)


def _iter_parts(party: Party, node: Node) -> Iterator[_Part]:
    numbered: list[tuple[int, Node]] = []
    for child in node.children("name-part"):
        order = child.attribute("order") or ""
        numbered.append((int(order) if order.isdecimal() else len(numbered) + 1, child))
    for _, child in sorted(numbered, key=lambda each: each[0]):
        kind = child.attribute("name-part-type") or "whole-name"
        if kind not in _PARTS:
            party.warn("unknown-name-part", f"A name has a part of the unknown type {kind!r}; it "
                       "is kept in the whole name.")  # fmt: skip
        spellings: dict[_Culture, list[str]] = {}
        for each in child.children("spelling-variant"):
            script, text = each.attribute("script"), each.text()
            language = registry.language.clean(each.attribute("lang"))
            each.ignore("@spelling-variant-type", "@ssid")  # "not-defined", or how it was made
            if text:
                spellings.setdefault(_Culture(language, script), []).append(text)
        # A description of the format has the text in the part itself.
        value = child.child_text("value") or child.text()
        if value is None and spellings:
            value = next(iter(spellings.values()))[0]
        if value:
            yield _Part(kind, value, spellings)


def _write_parts(party: Party, parts: list[_Part], *, primary: bool) -> None:
    for part in parts:
        prop = _PARTS.get(part.kind)
        if part.kind == "title":
            for value in (part.value, *(each for held in part.spellings.values() for each in held)):
                party.put(("title", "summary"), value)
        elif prop and primary and party.has(prop):
            party.put(prop, part.value)


def _write_spellings(party: Party, prop: str, parts: list[_Part], culture: _Culture) -> None:
    """State the name in one language and script, its parts' spellings taken in step."""
    held = [part.spellings.get(culture, []) for part in parts]
    longest = max(map(len, held))
    if longest > MAX_SPELLINGS:
        party.warn("capped-spellings", f"A name has {longest} spellings of one part; those after "
                   f"the first {MAX_SPELLINGS} are kept in notes.")  # fmt: skip
        for spellings in held:
            for text in spellings[MAX_SPELLINGS:]:
                party.note(f"Spelling of a name: {text}")
    # The other parts in the list's own letters may stand beside Latin ones only.
    is_latin = (culture.script or "LATN").upper().startswith("LAT")
    partial = not is_latin and not all(held)
    for at in range(min(longest, MAX_SPELLINGS)):
        words = [
            spellings[at] if at < len(spellings) else spellings[0] if spellings else part.value
            for part, spellings in zip(parts, held, strict=True)
            if spellings or not partial
        ]
        party.put("weakAlias" if partial else prop, " ".join(words), lang=culture.language)
