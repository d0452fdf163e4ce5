"""The table of FinCEN's special measures, read with csv.

Source: FinCEN, findings and orders under section 311 of the USA PATRIOT Act.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from tests.oracle.lists.parties import code, squeeze

ENDS = ("owner", "subsidiary", "related")


def read(path: Path) -> tuple[dict[str, set[str]], set[tuple[str, str, str]]]:
    """Countries by name of a party, and (relationship, name, name of the measure's target)."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    countries: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if name := squeeze(row["Name"]):
            countries[name].update(
                found for each in row["Country"].split(";") if (found := code(each))
            )
    ties = {
        (row["Relationship"], squeeze(row["Name"]), squeeze(row["Measure"]))
        for row in rows if row["Relationship"] in ENDS and row["Name"]
    }  # fmt: skip
    return dict(countries), ties
