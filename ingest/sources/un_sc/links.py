"""The relations that the UN list states in its comments, as links between its entries.

A link is an `UnknownLink` whose role is the published phrase, from the entry that has the comment
to the one it names; where the party named is the one that does it, the role is the whole clause.
Two phrases are plain enough for a schema of their own. "Owner of", "Co-owner of", "Owns" and "Owned
by" are an `Ownership` without a percentage, from owner to asset whichever entry says so, and one
link with two pieces of evidence where both do: who owns a money exchange is asked of ownerships, as
OFAC's "owned or controlled by" is, and an unknown share is never taken for a number. Kinship of two
persons is a `Family`. Former owners stay an `UnknownLink`: nothing says that they still own.

A reference that is on no list any more keeps its own id, without a name: the party of that id in
another version is the same one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graph.statements import Assertion, Provenance, Relation, StatementWriter
from ingest.ids import make_id
from ingest.source import IssueLog
from ingest.sources.un_sc.text import Mention

_FORMER = re.compile(
    r"\b(?:former|formerly|previous|previously|until|past)\b|\bwas (?:the|an?|(?:co-)?owne[rd])\b",
    re.IGNORECASE,
)
_OWNS = re.compile(r"\bowners? of$|^(?:co-)?owns\b", re.IGNORECASE)
_OWNED = re.compile(r"\b(co-)?owned(?: and \w+)? by$", re.IGNORECASE)
_KIN = (
    r"brother|sister|son|daughter|father|mother|wife|husband|spouse|cousin|uncle|aunt|nephew|niece|"
    r"grandson|grandfather"
)
_FAMILY = re.compile(
    rf"\b(?:half-)?(?:{_KIN})(?:-in-law)? of\b|\b(?:{_KIN})[’'`]s name (?:is|was|:)$|"
    r"\bby marriage to$",
    re.IGNORECASE,
)


class _Said(NamedTuple):
    """One mention: which entry says it of which reference, and where."""

    source: str
    mention: Mention
    provenance: Provenance


class _Key(NamedTuple):
    """What makes mentions one relation."""

    schema: str
    source: str  # reference number, or the key of an entry without one
    target: str


_SHORT = {"Ownership": "own", "Family": "kin", "UnknownLink": "link"}


@dataclass(slots=True)
class LinkWriter:
    """Collects the mentions of a whole list and writes them when all its entries are known."""

    writer: StatementWriter
    issues: IssueLog
    by: str
    title: str
    url: str
    published: str | None
    _said: list[_Said] = field(default_factory=list)
    _absent: set[tuple[str, str]] = field(default_factory=set)

    def collect(self, source: str, mentions: Iterable[Mention], provenance: Provenance) -> None:
        """Keep what one entry says."""
        self._said.extend(_Said(source, mention, provenance) for mention in mentions)

    def write(self, listed: Mapping[str, str]) -> None:
        """Write the links.

        Args:
            listed: Id by reference number of the entries, by former numbers too.
        """
        told: dict[_Key, list[tuple[str, _Said]]] = {}
        for said in self._said:
            if self._is_link(said, listed):
                key, role = _read(said)
                told.setdefault(key, []).append((role, said))
        for key, parts in told.items():
            self._write_one(key, parts, listed)

    def _is_link(self, said: _Said, listed: Mapping[str, str]) -> bool:
        reference = said.mention.reference
        if said.mention.former or listed.get(reference) == listed.get(said.source):
            return False  # a number of its own: stated with the listing
        if reference in listed:
            return True
        where = {"entity_id": listed[said.source], "locator": said.provenance.locator}
        if said.mention.doubtful:
            self.issues.note("no-reference", f"{reference} without its dot is no reference number "
                             "of the list; no link is made.", **where)  # fmt: skip
            return False
        if (said.source, reference) not in self._absent:
            self._absent.add((said.source, reference))
            self.issues.warn("unlisted-reference", f"{reference} is not on the list; the link "
                             "leads to a party without a name.", **where)  # fmt: skip
        return True

    def _write_one(
        self, key: _Key, parts: list[tuple[str, _Said]], listed: Mapping[str, str]
    ) -> None:
        ends = [listed.get(each) or make_id("un", each) for each in (key.source, key.target)]
        roles = list(dict.fromkeys(role for role, _ in parts if role))
        if key.schema == "Ownership":
            roles = roles[:1]  # the other side says the same in other words
        relation = Relation(
            id=make_id("un", _SHORT[key.schema], *(end.removeprefix("un-") for end in ends)),
            kind="link", schema=key.schema, source=ends[0], target=ends[1],
            role="; ".join(roles),
        )  # fmt: skip
        for quote, said in {said.mention.sentence: said for _, said in parts}.items():
            assertion = Assertion(
                by=self.by, on=self.published, standing=True, source_title=self.title,
                source_url=self.url, quote=quote,
            )  # fmt: skip
            self.writer.add_relation(relation, assertion, said.provenance)


def _read(said: _Said) -> tuple[_Key, str]:
    """What kind of relation a mention states, its ends in order, and its role."""
    source, target, role = said.source, said.mention.reference, said.mention.role
    if not _FORMER.search(role):
        owned = _OWNED.search(role)
        if owned and _is_entity(source):
            return _Key("Ownership", target, source), "Co-owner of" if owned[1] else "Owner of"
        if _OWNS.search(role) and _is_entity(target):
            return _Key("Ownership", source, target), role
    if _FAMILY.search(role) and not (_is_entity(source) or _is_entity(target)):
        return _Key("Family", source, target), role
    return _Key("UnknownLink", source, target), role


def _is_entity(reference: str) -> bool:
    """The third letter of a reference number: "i" for an individual, "e" for an entity."""
    return reference[2:3] == "e"
