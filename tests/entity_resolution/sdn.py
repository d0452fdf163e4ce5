"""A tiny reader of the SDN list for tests of names: primary names, aliases, weak aliases."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

from entity_resolution.evidence import Facts
from entity_resolution.index import NameRecord

_SCHEMATA = {"individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
_WEAK = re.compile(r"\b([af])\.k\.a\. '([^']+)'")
_SCOPE = re.compile(r" \(THE GAMBIA LOCATION ONLY\)$")
_BIRTH = re.compile(r"DOB (?:circa )?((?:\d\d [A-Z][a-z]{2} )?\d{4})(?=[;.])")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905


def _rows(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="cp1252", newline="") as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file) if len(row) > 3]


def read_sdn(folder: Path) -> tuple[list[NameRecord], dict[str, Facts]]:
    """Names of every entry, and birth dates where the remarks state them."""
    records: list[NameRecord] = []
    facts: dict[str, Facts] = {}
    schemata: dict[str, str] = {}
    for row in _rows(folder / "sdn.csv.gz"):
        schemata[row[0]] = schema = _SCHEMATA.get(row[2], "Organization")
        records.append(NameRecord(f"ofac-{row[0]}", schema, row[1], "name", "us_ofac_sdn"))
        remarks = row[11]
        records += [
            NameRecord(f"ofac-{row[0]}", schema, name, "weakAlias", "us_ofac_sdn")
            for _, name in _WEAK.findall(remarks)
        ]
        dates = tuple(map(_iso, _BIRTH.findall(remarks)))
        if dates:
            facts[f"ofac-{row[0]}"] = Facts(birth_dates=dates)
    for row in _rows(folder / "alt.csv.gz"):
        scope = "gm" if _SCOPE.search(row[3]) else None
        records.append(
            NameRecord(
                f"ofac-{row[0]}",
                schemata[row[0]],
                _SCOPE.sub("", row[3]),
                "alias" if row[2] == "aka" else "previousName",
                "us_ofac_sdn",
                scope,
            )
        )
    return records, facts


def _iso(text: str) -> str:
    if len(text) == 4:
        return text
    day, month, year = text.split()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{day}"
