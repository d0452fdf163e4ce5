"""What changed on a list: counts first, then names with their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType

from casework.model import ListVersion
from cuibono.differences import ChangedParty, ListDifference, NamedParty
from cuibono.render.layout import HEADING, QUIET, WARNING, count, heading, join, line

DIFF_HEADER = ("change", "id", "schema", "caption", "lists", "property", "removed", "added")
_SEPARATOR = "; "  # between the values of a cell
_MANY = 6  # values shown of one property


def iter_difference(difference: ListDifference, limit: int) -> Iterator[RenderableType]:
    """The two sides, how much differs and on which lists, then who.

    Args:
        limit: Parties shown in each part.
    """
    left, right = difference.left, difference.right
    if left.dataset == right.dataset:
        gone, come = "removed", "added"
        yield line(f"{left.dataset}: {_side(left)} → {_side(right)}", style=HEADING)
    else:
        gone, come = f"only on {left.dataset}", f"only on {right.dataset}"
        yield line(f"{left.dataset} {_side(left)} ↔ {right.dataset} {_side(right)}", style=HEADING)
        yield line(f"compared: {difference.compared}", level=1, style=QUIET)
    for name, number, groups in (
        (gone, len(difference.removed), difference.removed_by_list),
        (come, len(difference.added), difference.added_by_list),
        ("on both, changed", len(difference.changed), difference.changed_by_field),
    ):
        yield line(f"{count(number, 'party', 'parties')} {name}{_groups(groups)}", level=1)
    if difference.links_removed or difference.links_added:
        yield line(
            f"{count(len(difference.links_removed), 'link')} removed, "
            f"{len(difference.links_added):,} added",
            level=1,
        )
    if difference.printed_differently:
        printed = _groups(difference.printed_differently).removeprefix(": ")
        yield line(
            f"printed differently by the two lists, not compared: {printed} parties",
            level=1,
            style=QUIET,
        )
    if difference.left_out:
        yield line(
            f"{difference.left_out:,} changes are too many to be listed; their parties are counted",
            level=1,
            style=WARNING,
        )
    for name, parties in (
        (f"Parties {gone}", difference.removed),
        (f"Parties {come}", difference.added),
        ("Changed", difference.changed),
        ("Links removed", difference.links_removed),
        ("Links added", difference.links_added),
        ("No longer mentioned, without an entry", difference.named_removed),
        ("Newly mentioned, without an entry", difference.named_added),
    ):
        yield from _iter_part(name, parties, limit)


def _side(version: ListVersion) -> str:
    day = f"published {version.published}" if version.published else "day not stated"
    return f"{version.version} ({day}, {count(version.records or 0, 'entity', 'entities')})"


def _groups(numbers: Mapping[str, int]) -> str:
    text = join(f"{name} {number:,}" for name, number in numbers.items())
    return f": {text}" if text else ""


def _iter_part(name: str, parties: Sequence[NamedParty], limit: int) -> Iterator[RenderableType]:
    if not parties:
        return
    yield heading(f"{name} ({len(parties):,})")
    for party in parties[:limit]:
        lists = f" · {join(party.lists)}" if party.lists else ""
        yield line(f"{party.caption} [{party.id}] {party.schema_}{lists}", level=1)
        if isinstance(party, ChangedParty):
            for change in party.changes:
                yield line(f"{change.field}: {_values(change.removed, change.added)}", level=2)
    if len(parties) > limit:
        yield line(f"{len(parties) - limit:,} more; raise --limit", level=1, style=QUIET)


def _values(removed: Sequence[str], added: Sequence[str]) -> str:
    """`− old` and `+ new`, not by colour alone."""
    parts = [f"− {value}" for value in removed[:_MANY]] + [f"+ {value}" for value in added[:_MANY]]
    more = max(len(removed) - _MANY, 0) + max(len(added) - _MANY, 0)
    return _SEPARATOR.join(parts) + (f"; {more:,} more" if more else "")


def iter_difference_rows(difference: ListDifference) -> Iterator[list[str]]:
    """One row a party that came or went, and one a property that changed."""
    for name, parties in (
        ("removed", difference.removed), ("added", difference.added),
        ("link removed", difference.links_removed), ("link added", difference.links_added),
        ("no longer mentioned", difference.named_removed),
        ("newly mentioned", difference.named_added),
    ):  # fmt: skip
        for party in parties:
            yield [name, *_cells(party), "", "", ""]
    for changed in difference.changed:
        for change in changed.changes:
            yield [
                "changed",
                *_cells(changed),
                change.field,
                _SEPARATOR.join(change.removed),
                _SEPARATOR.join(change.added),
            ]


def _cells(party: NamedParty) -> list[str]:
    return [party.id, party.schema_, party.caption, _SEPARATOR.join(party.lists)]
