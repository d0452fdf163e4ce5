"""Whether a staged list can be whole: its size against the catalogue and the version before.

A publisher's file that was cut or emptied reads well and answers "not listed" for everybody whom it
lost. What is counted here is what a screening rests on: entries, names, addresses, and the lines of
each file. Case files are not checked: their author decides how large they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import AssertionFailed
from ingest.catalog import Bounds

# requirements.md I23: a list that lost more than a fifth is a broken file until a person says not.
SHRINK_LIMIT = 0.2
SHRINK_FEW = 5  # so few may go from a short list without a word
_TOTALS = ("entities", "statements", "relations")
_PARTS = {
    "schemata": ("Sanction", "Address"),
    "properties": ("alias", "previousName", "weakAlias", "addressEntity", "birthDate"),
}


def check_bounds(
    dataset: str, expected: Mapping[str, Bounds], counts: Mapping[str, Any]
) -> list[str]:
    """Compare with the catalogue.

    Args:
        expected: By name of a schema (entities) or of a property (values).

    Returns:
        A sentence for each count over its maximum.

    Raises:
        AssertionFailed: When a count is under its minimum.
    """
    numbers = {**counts["properties"], **counts["schemata"]}
    warnings = []
    for name, bounds in expected.items():
        actual = numbers.get(name, 0)
        noun = f"entities of {name}" if name[0].isupper() else f"values of {name}"
        if actual < bounds.minimum:
            raise AssertionFailed(
                f"{dataset} has {actual} {noun}, at least {bounds.minimum} are expected; the files "
                "are not the whole list: download them again.",
                metric=name, expected=bounds.minimum, actual=actual, dataset=dataset,
            )  # fmt: skip
        if actual > bounds.maximum:
            warnings.append(f"{actual} {noun}, at most {bounds.maximum} expected.")
    return warnings


def check_shrink(
    dataset: str, counts: Mapping[str, Any], before: Mapping[str, Any], *, accept: bool
) -> list[str]:
    """Compare with the version before.

    Args:
        accept: Report a list that shrank instead of refusing it.

    Raises:
        AssertionFailed: When a count lost more than `SHRINK_LIMIT`, and it is not accepted.
    """
    warnings = []
    for metric, old, new in _iter_pairs(before, counts):
        if new >= old * (1 - SHRINK_LIMIT) or old - new < SHRINK_FEW:
            continue
        fault = f"{dataset} shrank from {old} to {new} ({metric})"
        if not accept:
            raise AssertionFailed(
                f"{fault}, by more than {SHRINK_LIMIT:.0%}; check the files, and load them with "
                "--accept-shrink if the publisher did remove so many.",
                metric=metric, expected=old, actual=new, dataset=dataset,
            )  # fmt: skip
        warnings.append(f"{fault}; accepted.")
    return warnings


def _iter_pairs(
    before: Mapping[str, Any], counts: Mapping[str, Any]
) -> Iterator[tuple[str, int, int]]:
    """(what is counted, its number before, its number now)."""
    for metric in _TOTALS:
        yield metric, before[metric], counts[metric]
    for group, names in _PARTS.items():
        for name in names:
            # A version that was recorded before this was counted is not compared.
            yield name, before.get(group, {}).get(name, 0), counts[group].get(name, 0)
    for name, old in before.get("lines", {}).items():
        yield f"lines of {name}", old, counts["lines"].get(name, 0)
