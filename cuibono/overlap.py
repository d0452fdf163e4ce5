"""Two lists that name the same parties by the same numbers: who is on one only, and what differs.

A list that repeats another (the Consolidated Screening List repeats the SDN list) is often older or
newer than it. Compared by entity id, the difference between the two is a delta of the list itself.
Only properties that both lists state are compared: what one of them never prints is no change. Nor
is a name, a country or a number that the other list has under another heading (a weak alias that
one calls an alias, a tax number that the other calls a registration number). A property in which
most parties differ is printed differently by the two lists; it is named, and not compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casework.model import ListVersion
from cuibono.differences import (
    STUB,
    ChangedParty,
    FieldChange,
    ListDifference,
    NamedParty,
    count_fields,
    count_lists,
    list_titles,
)
from graph.errors import ConfigurationError
from graph.schemata import require_schema
from ingest.facts import Facts, read_all_facts

# Both lists are held in memory: some 100 bytes a statement.
MAX_STATEMENTS = 5_000_000
_PROGRAM = "Sanction.program"
_FEW = 5  # parties: of so few nothing can be said
# They hold free text, or say where a list is published, or name entities by ids of the dataset.
_BY_TYPE = frozenset({"name", "country", "identifier"})  # FollowTheMoney's types of properties
PRINTED_DIFFERENTLY = 0.5
_NOT_COMPARED = frozenset({"notes", "summary", "sourceUrl", "addressEntity", "topics", "proof"})


@dataclass(slots=True)
class _Roster:
    """The parties that one version lists, by id, and the titles of the lists that name them."""

    parties: dict[str, Facts]
    lists: dict[str, set[str]]
    programs: dict[str, set[str]]
    countries: dict[str, list[str]]  # of the Address entities
    properties: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, directory: Path, day: str) -> _Roster:
        """Read a version as it stood on its day of publication."""
        facts = read_all_facts(directory)
        lists, programs = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for each in facts.values():
            if each.schema == "Sanction" and each.owner and not _has_ended(each, day):
                lists[each.owner].update(list_titles(each))
                programs[each.owner].update(each.values.get("program", ()))
        parties = {
            each.id: each for each in facts.values()
            if STUB not in each.id and (each.id in lists if lists else _is_party(each))
        }  # fmt: skip
        countries = {each.id: each.values.get("country", []) for each in facts.values()
                     if each.schema == "Address"}  # fmt: skip
        return cls(parties, lists, programs, countries)

    def keep(self, prefixes: set[str]) -> _Roster:
        """Only the parties whose ids are of these publishers."""
        parties = {key: each for key, each in self.parties.items() if prefix_of(key) in prefixes}
        stated = {prop for each in parties.values() for prop in each.values}
        return _Roster(parties, self.lists, self.programs, self.countries, stated - _NOT_COMPARED)

    def known(self, entity_id: str) -> dict[str, set[str]]:
        """The values of a party by what they are compared under."""
        facts = self.parties[entity_id]
        known = defaultdict[str, set[str]](set)
        for prop, values in facts.values.items():
            known[_heading(facts.schema, prop)].update(map(_fold, values))
        for place in facts.values.get("addressEntity", ()):
            known["country"].update(self.countries.get(place, ()))
        return known

    def name(self, entity_id: str) -> NamedParty:
        facts = self.parties[entity_id]
        return NamedParty(
            id=entity_id,
            schema_=facts.schema,
            caption=facts.caption,
            lists=tuple(sorted(self.lists.get(entity_id, ()))),
        )


def compare_lists(
    left: ListVersion, right: ListVersion, left_folder: Path, right_folder: Path
) -> ListDifference:
    """Compare versions of two datasets by the ids that they share a publisher of.

    Raises:
        ConfigurationError: When no publisher's ids stand in both.
    """
    first = _Roster.read(left_folder, _day(left))
    second = _Roster.read(right_folder, _day(right))
    prefixes = {prefix_of(key) for key in first.parties} & {
        prefix_of(key) for key in second.parties
    }
    if not prefixes:
        raise ConfigurationError(
            f"{left.dataset} and {right.dataset} share no publisher's ids; compare versions of one "
            "dataset, or lists of which one repeats the other."
        )
    first, second = first.keep(prefixes), second.keep(prefixes)
    removed = _name_all(first, first.parties.keys() - second.parties.keys())
    added = _name_all(second, second.parties.keys() - first.parties.keys())
    both = len(first.parties.keys() & second.parties.keys())
    changed, printed = _part_printing(_iter_changed(first, second), both)
    ids = ", ".join(f"{each}-…" for each in sorted(prefixes))
    return ListDifference(
        left=left,
        right=right,
        removed=removed,
        added=added,
        changed=tuple(sorted(changed, key=lambda each: (each.caption.casefold(), each.id))),
        removed_by_list=count_lists(removed),
        added_by_list=count_lists(added),
        changed_by_field=count_fields(changed),
        compared=f"parties with ids {ids}, properties that both lists state",
        printed_differently=printed,
    )


def prefix_of(entity_id: str) -> str:
    """The publisher in an id: `ofac` of `ofac-12345`."""
    return entity_id.partition("-")[0]


def _day(version: ListVersion) -> str:
    return version.published or (version.retrieved_at or "")[:10]


def _has_ended(sanction: Facts, day: str) -> bool:
    ends = sanction.values.get("endDate", ())
    return bool(ends) and max(ends) < day


def _is_party(facts: Facts) -> bool:
    return not facts.is_link and facts.owner is None and facts.schema not in ("Address", "Sanction")


def _name_all(roster: _Roster, ids: Iterable[str]) -> tuple[NamedParty, ...]:
    named = (roster.name(each) for each in ids)
    return tuple(sorted(named, key=lambda each: (each.caption.casefold(), each.id)))


def _iter_changed(first: _Roster, second: _Roster) -> Iterator[ChangedParty]:
    shared = first.properties & second.properties
    for entity_id in sorted(first.parties.keys() & second.parties.keys()):
        before, after = first.parties[entity_id], second.parties[entity_id]
        known = (first.known(entity_id), second.known(entity_id))
        changes = []
        for prop in sorted({*before.values, *after.values} & shared):
            removed = _without(before, prop, known[1])
            added = _without(after, prop, known[0])
            changes.append(FieldChange(field=prop, removed=removed, added=added))
        old, new = first.programs.get(entity_id, set()), second.programs.get(entity_id, set())
        changes.append(
            FieldChange(
                field=_PROGRAM, removed=tuple(sorted(old - new)), added=tuple(sorted(new - old))
            )
        )
        found = tuple(each for each in changes if each.removed or each.added)
        if found:
            yield ChangedParty(**dict(second.name(entity_id)), changes=found)


def _part_printing(
    changed: Iterable[ChangedParty], parties: int
) -> tuple[tuple[ChangedParty, ...], dict[str, int]]:
    """The changes without the properties that two lists print differently; and how many of those.

    A property in which most of the parties differ says how a list is printed, not who changed.
    """
    listed = tuple(changed)
    numbers = count_fields(listed)
    printed = {name: number for name, number in numbers.items()
               if number > max(parties * PRINTED_DIFFERENTLY, _FEW)}  # fmt: skip
    left = []
    for party in listed:
        changes = tuple(each for each in party.changes if each.field not in printed)
        if changes:
            left.append(party.model_copy(update={"changes": changes}))
    return tuple(left), printed


def _without(facts: Facts, prop: str, known: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The values that the other list does not know, whatever the case and the spaces."""
    there = known.get(_heading(facts.schema, prop), set())
    return tuple(sorted(each for each in facts.values.get(prop, ()) if _fold(each) not in there))


def _heading(schema: str, prop: str) -> str:
    """What a value is compared under: its type where headings differ, else its property."""
    found = require_schema(schema).get(prop)
    return found.type.name if found is not None and found.type.name in _BY_TYPE else prop


def _fold(value: str) -> str:
    return " ".join(value.casefold().split())
