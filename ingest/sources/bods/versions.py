"""What the versions of the standard have in common: which statement of a record stands.

From 0.4 on a statement is about a record and says whether it is new, updated or closed. Before, a
statement names those that it replaces, and references are to statements: a chain of replacements is
then one record, called by its first statement.

Source: Open Ownership, Beneficial Ownership Data Standard 0.4, "Statement"; 0.2 and 0.3,
"Entity", "Person", "Ownership-or-control statement"; standard.openownership.org.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ingest.sources.bods.files import Placed

ENTITY, PERSON, RELATIONSHIP = "entity", "person", "relationship"
_OLD_TYPES = {
    "entityStatement": ENTITY,
    "personStatement": PERSON,
    "ownershipOrControlStatement": RELATIONSHIP,
}


def statement_id(raw: dict[str, Any]) -> str:
    """The id of a statement."""
    return str(raw.get("statementId") or raw.get("statementID") or "")


def record_type(raw: dict[str, Any]) -> str | None:
    """What a statement is about; None when the type is not of the standard."""
    if "statementType" in raw:
        return _OLD_TYPES.get(str(raw["statementType"]))
    stated = raw.get("recordType")
    return str(stated) if stated in (ENTITY, PERSON, RELATIONSHIP) else None


class _Seen(NamedTuple):
    day: str
    order: int
    statement: str


@dataclass(slots=True)
class Records:
    """The records of a load: which statement of each stands, and what each is about."""

    kinds: dict[str, str] = field(default_factory=dict)  # record -> record type
    _seen: dict[str, list[_Seen]] = field(default_factory=dict)
    _replaces: dict[str, str] = field(default_factory=dict)  # statement -> the one it replaces
    _replaced: set[str] = field(default_factory=set)
    _record_of: dict[str, str] = field(default_factory=dict)  # statement -> record
    _standing: dict[str, int] = field(default_factory=dict)  # record -> order of its statement
    superseded: int = 0

    @classmethod
    def read(cls, statements: Iterable[Placed]) -> Records:
        """Look through all statements once."""
        records = cls()
        kinds: dict[str, str] = {}
        for order, (raw, _) in enumerate(statements):
            own = statement_id(raw)
            kind = record_type(raw)
            if kind is None:
                continue
            record = _stated_record(raw)
            if record is None:
                records._add_replaced(own, raw.get("replacesStatements"))
            else:
                records._record_of[own] = record
            day = str(raw.get("statementDate") or "")
            records._seen.setdefault(record or own, []).append(_Seen(day, order, own))
            kinds[record or own] = kind
        records._settle(kinds)
        return records

    def find(self, reference: str) -> str | None:
        """The record that a reference names, by its own id or that of one of its statements."""
        if reference in self.kinds:
            return reference
        root = self._root(reference)
        found = self._record_of.get(reference, root)
        return found if found in self.kinds else None

    def record_of(self, raw: dict[str, Any]) -> str:
        """The record that a statement is about."""
        return _stated_record(raw) or self._root(statement_id(raw))

    def stands(self, raw: dict[str, Any], order: int) -> bool:
        """Whether this, the so-manieth statement, is the last one about its record."""
        return self._standing.get(self.record_of(raw)) == order

    def _add_replaced(self, own: str, replaced: object) -> None:
        names = [str(each) for each in replaced] if isinstance(replaced, list) else []
        names = [each for each in names if each != own]
        self._replaced.update(names)
        if names:
            self._replaces[own] = names[0]
        for name in names[1:]:  # several became one: all are read under the first one's name
            self._replaces.setdefault(name, names[0])

    def _root(self, statement: str) -> str:
        passed = {statement}
        while (before := self._replaces.get(statement)) is not None and before not in passed:
            passed.add(before)
            statement = before
        return statement

    def _settle(self, kinds: dict[str, str]) -> None:
        chains: dict[str, list[_Seen]] = {}
        for name, seen in self._seen.items():
            root = self._root(name)
            chains.setdefault(root, []).extend(seen)
            self.kinds[root] = kinds[name]
        for root, seen in chains.items():
            last = max(seen, key=lambda each: (each.statement not in self._replaced, *each))
            self._standing[root] = last.order
            self.superseded += len({each.statement for each in seen}) - 1
        self._seen.clear()


def _stated_record(raw: dict[str, Any]) -> str | None:
    """The record as 0.4 states it; before, there is none."""
    if "statementType" in raw:
        return None
    stated = raw.get("recordId")
    return str(stated) if stated else statement_id(raw)
