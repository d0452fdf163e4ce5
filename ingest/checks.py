"""Whether a staged list can be whole: its size against the catalogue and the version before.

A publisher's file that was cut or emptied reads well and answers "not listed" for everybody whom it
lost; one whose column was renamed reads well without it. What is counted here is what a screening
rests on: entries, names, addresses, the lines of each file, and the share of the entries that have
a property. Case files are not checked: their author decides how large they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import AssertionFailed
from ingest.catalog import Bounds, Fill

# requirements.md I23: a list that lost more than a fifth is a broken file until a person says not.
SHRINK_LIMIT = 0.2
SHRINK_FEW = 5  # so few may go from a short list without a word
# A property that fewer have comes and goes with single entries: it is judged by what chance leaves.
RARE = 0.05
_DEVIATIONS = 3
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


def check_filled(dataset: str, filled: Mapping[str, Fill], counts: Mapping[str, Any]) -> list[str]:
    """Compare the shares of the entities that have a property with the catalogue.

    Args:
        filled: By "Schema.property".

    Returns:
        A sentence for each share over its maximum.

    Raises:
        AssertionFailed: When a share is under its minimum.
    """
    warnings = []
    for name, fill in filled.items():
        having, entities = _count_filled(name, counts)
        share = having / entities if entities else 0.0
        schema, _, prop = name.partition(".")
        stated = f"{having} of {entities} entities of {schema} ({share:.1%}) have {prop}"
        if share < fill.minimum:
            raise AssertionFailed(
                f"{dataset}: {stated}, at least {fill.minimum:.1%} are expected; a column is "
                "missing or was renamed: compare the files with the publisher's format.",
                metric=name, expected=fill.minimum, actual=share, dataset=dataset,
            )  # fmt: skip
        if share > fill.maximum:
            warnings.append(f"{stated}, at most {fill.maximum:.1%} expected.")
    return warnings


def check_shares(
    dataset: str, counts: Mapping[str, Any], before: Mapping[str, Any], *, accept: bool
) -> list[str]:
    """Compare the shares of the entities that have a property with the version before.

    Args:
        accept: Report a share that fell instead of refusing it.

    Raises:
        AssertionFailed: When a share fell by more than `SHRINK_LIMIT` of itself, and it is not
            accepted.
    """
    warnings = []
    for name, having in before.get("filled", {}).items():
        _, entities_before = _count_filled(name, before)
        new, entities = _count_filled(name, counts)
        if not entities or not entities_before:
            continue  # that a schema vanished shows in the numbers of entities
        expected = entities * having / entities_before
        lost = expected - new
        noise = _DEVIATIONS * math.sqrt(expected) if having < RARE * entities_before else 0.0
        if lost <= SHRINK_LIMIT * expected or lost < max(SHRINK_FEW, noise):
            continue
        schema, _, prop = name.partition(".")
        fault = (f"{dataset}: {prop} stood in {having / entities_before:.1%} of the entities of "
                 f"{schema}, now in {new / entities:.1%}")  # fmt: skip
        if not accept:
            raise AssertionFailed(
                f"{fault}, by more than {SHRINK_LIMIT:.0%} less; check the files, and load them "
                "with --accept-shrink if the publisher did take it out.",
                metric=name, expected=having / entities_before, actual=new / entities,
                dataset=dataset,
            )  # fmt: skip
        warnings.append(f"{fault}; accepted.")
    return warnings


def _count_filled(name: str, counts: Mapping[str, Any]) -> tuple[int, int]:
    """(entities of the schema that have the property, entities of the schema)."""
    return counts["filled"].get(name, 0), counts["schemata"].get(name.partition(".")[0], 0)


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
    for name, new in counts["lines"].items():
        # A file that one version has in another format is compared by its entries alone.
        yield f"lines of {name}", before.get("lines", {}).get(name, 0), new
