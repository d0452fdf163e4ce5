"""The links that the list states as "Linked To: NAME", between entries of one file.

OFAC gives neither direction nor kind, and names the target by its primary name only. A name that
several entries bear stays a link to each of them, with the doubt stated; a name that none bears
becomes a stub, to be replaced when another dataset has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.statements import Assertion, Relation, StatementWriter
from ingest.source import IssueLog
from ingest.sources.us_ofac.facts import Entry, digest
from ingest.sources.us_ofac.remarks import Fact

STUB_PREFIX = "ofac-unresolved-"


@dataclass(frozen=True, slots=True)
class ListTitle:
    """How the list is cited."""

    title: str
    published: str | None

    def __str__(self) -> str:
        return f"{self.title}, {self.published}" if self.published else self.title


class LinkWriter:
    """Resolves and writes the links of one file."""

    def __init__(
        self,
        writer: StatementWriter,
        issues: IssueLog,
        by_name: Mapping[str, Sequence[Entry]],
        title: ListTitle,
        relayed_by: str | None = None,
    ) -> None:
        """Resolve against `by_name`, the entries by exact primary name.

        Args:
            relayed_by: Who publishes the file, when it is not OFAC itself.
        """
        self.writer = writer
        self.issues = issues
        self.by_name = by_name
        self.title = title
        self._relayed_by = relayed_by
        self._stubs: dict[str, str] = {}

    def write(self, entry: Entry, fact: Fact, source_url: str) -> None:
        """Write one "Linked To" of an entry."""
        name, candidates = self._resolve(entry, fact.value)
        note = None
        targets = [candidate.id for candidate in candidates]
        if not targets:
            targets = [self._stub(name, entry)]
        elif len(targets) > 1:
            note = (
                f"Ambiguous: {len(targets)} entries have this primary name: {', '.join(targets)}."
            )
            self._warn("ambiguous-link", entry, f"Linked To {name!r} fits {', '.join(targets)}; "
                       "all kept, none chosen.")  # fmt: skip
        assertion = Assertion(
            by=self._relayed_by or "OFAC",
            relays="OFAC" if self._relayed_by else None,
            on=self.title.published,
            source_title=str(self.title),
            source_url=source_url,
            quote=f"Linked To: {name}",
            note=note,
            standing=True,
        )
        for target in targets:
            relation = Relation(
                id=f"ofac-linked-{entry.id.removeprefix('ofac-')}-{target.removeprefix('ofac-')}",
                kind="link",
                schema="UnknownLink",
                source=entry.id,
                target=target,
                role="Linked To",
                confidence=1 / len(targets) if len(targets) > 1 else None,
            )
            self.writer.add_relation(relation, assertion, entry.provenance)

    def _resolve(self, entry: Entry, value: str) -> tuple[str, list[Entry]]:
        """The name, exact or without the dot that ends the remarks, and its bearers."""
        names = (value, value[:-1].rstrip()) if value.endswith(".") else (value,)
        for name in names:
            # Nobody is linked to itself: a second bearer of the name is meant.
            found = [each for each in self.by_name.get(name, ()) if each.id != entry.id]
            if found:
                return name, found
        return names[-1], []

    def _stub(self, name: str, entry: Entry) -> str:
        if name not in self._stubs:
            slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
            stub = STUB_PREFIX + slug
            if not slug or stub in self._stubs.values():
                stub += f"-{digest(name)}"
            self._stubs[name] = stub
            provenance = entry.provenance
            self.writer.add_entity(stub, "LegalEntity", provenance)
            self.writer.add(stub, "LegalEntity", "name", name, provenance,
                            origin="linked-to")  # fmt: skip
        self._warn("unresolved-link", entry, f"Linked To {name!r} names no entry of this list.")
        return self._stubs[name]

    def _warn(self, code: str, entry: Entry, message: str) -> None:
        self.issues.warn(code, message, entity_id=entry.id, locator=entry.provenance.locator)
