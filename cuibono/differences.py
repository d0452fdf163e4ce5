"""What changed on a list, told by party: who came, who went, and what is said of them now.

Two versions of one dataset are compared whole. Two datasets are compared where their ids come from
one publisher: a list that repeats another names its entries by the same numbers. That a party is
gone from a list does not say that it was delisted under this name only; whether it *reappears* is
for entity resolution and a person to judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict, Field

from casework.model import ListVersion
from graph.model import Frozen
from ingest.delta import Delta, compare
from ingest.facts import Ends, Facts, find_residents, read_ends, read_facts

# Columns of the relations table that say what a link is; its statements repeat them.
_OF_LINKS = frozenset({
    "role", "start", "end", "kind", "confidence", "probability", "value", "sharers", "evidence",
    "percentage_minimum", "percentage_maximum", "percentage_minimum_open",
    "percentage_maximum_open",
})  # fmt: skip
_NO_LIST = "list not stated"
STUB = "-unresolved-"  # in the id of a party that is mentioned and has no entry
_REPEATED = {"Sanction.programId": "Sanction.program"}  # shown once where they change alike


class NamedParty(Frozen):
    """A party or link of one version. `lists`: titles of the lists that name it there."""

    id: str
    schema_: str = Field(alias="schema")
    caption: str
    lists: tuple[str, ...] = ()

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True
    )


class FieldChange(Frozen):
    """What went and came of one property; `Sanction.program` is one of the party's sanctions."""

    field: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


class ChangedParty(NamedParty):
    """A party or link that both have."""

    changes: tuple[FieldChange, ...]


class ListDifference(Frozen):
    """What is only in `left`, only in `right`, or in both and differs; sorted by caption.

    `named_…`: parties that a list mentions and that have no entry on it. `…_by_list`, `…_by_field`:
    how many parties, by the title of their list and by the property. `left_out`: changes that were
    too many to keep in detail.
    """

    left: ListVersion
    right: ListVersion
    removed: tuple[NamedParty, ...]
    added: tuple[NamedParty, ...]
    changed: tuple[ChangedParty, ...]
    links_removed: tuple[NamedParty, ...] = ()
    links_added: tuple[NamedParty, ...] = ()
    named_removed: tuple[NamedParty, ...] = ()
    named_added: tuple[NamedParty, ...] = ()
    removed_by_list: dict[str, int] = Field(default_factory=dict)
    added_by_list: dict[str, int] = Field(default_factory=dict)
    changed_by_field: dict[str, int] = Field(default_factory=dict)
    compared: str = "all"  # what of the two was compared, in words
    printed_differently: dict[str, int] = Field(default_factory=dict)  # property -> parties
    left_out: int = 0


def compare_versions(left: ListVersion, right: ListVersion, old: Path, new: Path) -> ListDifference:
    """Compare two staged versions of one dataset.

    Args:
        left: The earlier version, for the answer; `old` is its directory.
        right: The later one; `new` is its directory.
    """
    delta = compare(old, new)
    return _Telling.of(delta, old, new).tell(left, right)


@dataclass(slots=True)
class _Side:
    """What one version states of the entities that differ and of those that they name."""

    facts: dict[str, Facts]
    ends: dict[str, Ends]
    residents: dict[str, str]
    names: dict[str, Facts] = field(default_factory=dict)

    @classmethod
    def read(cls, directory: Path, ids: set[str]) -> _Side:
        facts, ends = read_facts(directory, ids), read_ends(directory, ids)
        places = {each.id for each in facts.values() if each.schema == "Address"}
        side = cls(facts, ends, find_residents(directory, places) if places else {})
        side.names = read_facts(directory, side._named() - facts.keys())
        return side

    def _named(self) -> set[str]:
        """Ids that the facts and links name."""
        named = {each for end in self.ends.values() for each in (end.source, end.target)}
        for facts in self.facts.values():
            named |= {value for prop in facts.references for value in facts.values[prop]}
        return named | set(self.residents.values())

    def find(self, entity_id: str) -> Facts | None:
        return self.facts.get(entity_id) or self.names.get(entity_id)

    def owner(self, entity_id: str) -> str | None:
        """The party that something belongs to; None for a party or a link."""
        if entity_id in self.ends:
            return None
        facts = self.facts.get(entity_id)
        return self.residents.get(entity_id) or (facts.owner if facts else None)


@dataclass(slots=True)
class _Telling:
    """Turns a difference by entity into one by party."""

    delta: Delta
    old: _Side
    new: _Side
    changes: dict[str, dict[str, tuple[set[str], set[str]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, delta: Delta, old: Path, new: Path) -> _Telling:
        both = set(delta.changed)
        return cls(
            delta,
            _Side.read(old, both | set(delta.removed)),
            _Side.read(new, both | set(delta.added)),
        )

    def tell(self, left: ListVersion, right: ListVersion) -> ListDifference:
        """The difference, by party."""
        removed, links_removed = self._split(self.delta.removed, self.old)
        added, links_added = self._split(self.delta.added, self.new)
        self._add_belongings(set(removed), set(added))
        for change in self.delta.changes:
            self._add_change(change.entity_id, change.prop, change.removed, change.added)
        for entity_id in self.delta.changed:  # one whose changes were too many to keep
            if not self.delta.left_out:
                break
            self.changes.setdefault(self.new.owner(entity_id) or entity_id, {})
        gone, named_gone = _part_stubs(self._name_all(removed, self.old))
        come, named_come = _part_stubs(self._name_all(added, self.new))
        changed = self._changed()
        return ListDifference(
            left=left,
            right=right,
            removed=gone,
            added=come,
            changed=changed,
            links_removed=self._name_all(links_removed, self.old),
            links_added=self._name_all(links_added, self.new),
            named_removed=named_gone,
            named_added=named_come,
            removed_by_list=count_lists(gone),
            added_by_list=count_lists(come),
            changed_by_field=count_fields(changed),
            left_out=self.delta.left_out,
        )

    def _split(self, ids: Iterable[str], side: _Side) -> tuple[list[str], list[str]]:
        """(parties, links) of these ids; what belongs to a party is neither."""
        parties, links = [], []
        for entity_id in ids:
            facts = side.facts.get(entity_id)
            if entity_id in side.ends or (facts and facts.is_link):
                links.append(entity_id)
            elif side.owner(entity_id) is None:
                parties.append(entity_id)
        return parties, links

    def _add_belongings(self, removed: set[str], added: set[str]) -> None:
        """A sanction or document that came or went is a change of the party that stays."""
        for ids, side, others, at in (
            (self.delta.removed, self.old, removed, 0),
            (self.delta.added, self.new, added, 1),
        ):
            for entity_id in ids:
                owner, facts = side.owner(entity_id), side.facts.get(entity_id)
                if owner is None or facts is None or owner in others or facts.schema == "Address":
                    continue  # a party's addresses are properties of the party
                self._note(owner, facts.schema, describe_belonging(facts), at)

    def _add_change(
        self, entity_id: str, prop: str, removed: Iterable[str], added: Iterable[str]
    ) -> None:
        owner = self.new.owner(entity_id)
        facts = self.new.facts.get(entity_id)
        if entity_id in self.new.ends and prop not in _OF_LINKS:
            return
        name = f"{facts.schema}.{prop}" if owner and facts else prop
        if prop == "addressEntity":
            name = "address"
        for values, side, at in ((removed, self.old, 0), (added, self.new, 1)):
            for value in values:
                named = side.find(value) if facts and prop in facts.references else None
                shown = value if named is None else named.caption
                self._note(owner or entity_id, name, shown, at)

    def _note(self, party: str, name: str, value: str, at: int) -> None:
        sides = self.changes.setdefault(party, {}).setdefault(name, (set(), set()))
        sides[at].add(value)

    def _changed(self) -> tuple[ChangedParty, ...]:
        found = []
        for party, fields in self.changes.items():
            changes = tuple(
                FieldChange(
                    field=name, removed=tuple(sorted(gone - come)), added=tuple(sorted(come - gone))
                )
                for name, (gone, come) in sorted(fields.items())
                if gone != come and fields.get(_REPEATED.get(name, "")) != (gone, come)
            )
            if changes or not fields:
                named = self._name(party, self.new)
                found.append(ChangedParty(**dict(named), changes=changes))
        return tuple(sorted(found, key=_by_caption))

    def _name_all(self, ids: Iterable[str], side: _Side) -> tuple[NamedParty, ...]:
        lists: dict[str, set[str]] = {}
        for facts in side.facts.values():
            if facts.schema == "Sanction" and facts.owner:
                lists.setdefault(facts.owner, set()).update(list_titles(facts))
        named = (self._name(each, side, tuple(sorted(lists.get(each, ())))) for each in ids)
        return tuple(sorted(named, key=_by_caption))

    def _name(self, entity_id: str, side: _Side, lists: tuple[str, ...] = ()) -> NamedParty:
        ends, facts = side.ends.get(entity_id), side.find(entity_id)
        if ends is None:
            return NamedParty(
                id=entity_id,
                schema_=facts.schema if facts else "",
                caption=facts.caption if facts else entity_id,
                lists=lists,
            )
        names = [named.caption if (named := side.find(each)) else each
                 for each in (ends.source, ends.target)]  # fmt: skip
        caption = f"{names[0]} —{ends.role or ends.schema}→ {names[1]}"
        return NamedParty(id=entity_id, schema_=ends.schema, caption=caption)


def describe_belonging(facts: Facts) -> str:
    """A sanction by programme and list, a document by kind and number, else its caption."""
    order = ("type", "program", "number", "publisher", "country", "startDate", "listingDate")
    parts = [value for name in order for value in facts.values.get(name, ())]
    return ", ".join(dict.fromkeys(parts)) or facts.caption


def list_titles(facts: Facts) -> list[str]:
    """The titles of the lists that a sanction record stands on, else its authority."""
    return facts.values.get("publisher") or facts.values.get("authority") or [_NO_LIST]


def count_lists(parties: Iterable[NamedParty]) -> dict[str, int]:
    """Number of parties by the title of their list, most first."""
    return dict(Counter(title for each in parties for title in each.lists).most_common())


def count_fields(parties: Iterable[ChangedParty]) -> dict[str, int]:
    """Number of parties by the property that changed, most first."""
    return dict(Counter(change.field for each in parties for change in each.changes).most_common())


def _part_stubs(
    parties: Iterable[NamedParty],
) -> tuple[tuple[NamedParty, ...], tuple[NamedParty, ...]]:
    """Those with an entry, and those that are mentioned only."""
    found = tuple(parties)
    return (tuple(each for each in found if STUB not in each.id),
            tuple(each for each in found if STUB in each.id))  # fmt: skip


def _by_caption(party: NamedParty) -> tuple[str, str]:
    return party.caption.casefold(), party.id
