"""The links that a list states by name: parents, subsidiaries, owners and operators of ships.

A name that several parties of the list bear stays a link to each, with the doubt stated; one that
none bears becomes a stub. A parent is an owner without a share: how much it holds, no list says.
An "owner/operator" is one or the other, so the link does not say which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from graph.statements import Assertion, Provenance, Relation, StatementWriter
from ingest.ids import digest, make_id
from ingest.source import IssueLog


class Link(NamedTuple):
    """One published name beside a party."""

    source: str  # id of the party whose entry states it
    role: str  # the publisher's words
    name: str
    provenance: Provenance
    owner: str = ""  # "named" or "source", where one owns the other


@dataclass(slots=True)
class NamedLinks:
    """Collects the links of one list, and resolves them when all of its names are known."""

    prefix: str  # of the ids: "gb"
    by: str  # who says so
    title: str  # how the list is cited
    url: str
    links: list[Link] = field(default_factory=list)
    _bearers: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _aliases: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _schemata: dict[str, str] = field(default_factory=dict)

    def learn(self, party: str, schema: str, name: str, *, primary: bool) -> None:
        """A party of the list bears a name."""
        self._schemata[party] = schema
        (self._bearers if primary else self._aliases)[_fold(name)][party] = None

    def write(self, writer: StatementWriter, issues: IssueLog) -> None:
        """Write all links."""
        for link in dict.fromkeys(self.links):
            targets = list(self._find(link))
            if not targets:
                targets = [self._stub(link, writer, issues)]
            note = None
            if len(targets) > 1:
                note = f"Ambiguous: {', '.join(targets)} bear this name."
                issues.warn("ambiguous-link", f"{link.role} {link.name!r}: {note} All are kept.",
                            entity_id=link.source, locator=link.provenance.locator)  # fmt: skip
            for target in targets:
                self._write(link, target, len(targets), note, writer)

    def _find(self, link: Link) -> Iterator[str]:
        key = _fold(link.name)
        for known in (self._bearers, self._aliases):
            found = [each for each in known.get(key, ()) if each != link.source]
            if found:
                yield from found
                return

    def _stub(self, link: Link, writer: StatementWriter, issues: IssueLog) -> str:
        stub = make_id(f"{self.prefix}-unresolved", link.name)
        schema = "Company" if link.owner == "source" else "LegalEntity"
        issues.warn("unresolved-link", f"{link.role} {link.name!r} is no party of this list.",
                    entity_id=link.source, locator=link.provenance.locator)  # fmt: skip
        if self._schemata.get(stub) != schema:
            self._schemata[stub] = schema
            writer.add_entity(stub, schema, link.provenance)
            writer.add(stub, schema, "name", link.name, link.provenance, origin="named-link")
        return stub

    def _write(
        self, link: Link, target: str, bearers: int, note: str | None, writer: StatementWriter
    ) -> None:
        source, target, schema = self._orient(link, target, writer)
        relation = Relation(
            id=f"{self.prefix}-link-{digest(source, target, link.role)}", kind="link",
            schema=schema, source=source, target=target, role=link.role,
            confidence=1 / bearers if bearers > 1 else None,
        )  # fmt: skip
        day = writer.version.published
        assertion = Assertion(
            by=self.by, on=day, standing=True, note=note, source_url=self.url,
            source_title=f"{self.title}, {day}" if day else self.title,
            quote=f"{link.role}: {link.name}",
        )  # fmt: skip
        writer.add_relation(relation, assertion, link.provenance)

    def _orient(self, link: Link, named: str, writer: StatementWriter) -> tuple[str, str, str]:
        """(source, target, schema): owner first where there is one that can own."""
        if not link.owner:
            return link.source, named, "UnknownLink"
        owner, asset = (named, link.source) if link.owner == "named" else (link.source, named)
        if self._schemata.get(owner) == "Vessel" or self._schemata.get(asset) == "Person":
            return link.source, named, "UnknownLink"
        if self._schemata.get(asset) not in ("Company", "Vessel"):
            # An organisation that is owned is a company: only those can be.
            self._schemata[asset] = "Company"
            writer.add_entity(asset, "Company", link.provenance)
        return owner, asset, "Ownership"


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
