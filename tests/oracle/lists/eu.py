"""The annexes of the EU's acts as tables, read with csv; one `Party` for each printed entry.

Source: the tables' own FORMAT.md; acts of the Official Journal.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

from tests.oracle.lists.parties import COUNTRIES, Party, squeeze

DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
Key = tuple[str, str, str]  # act, annex, number
TOPICS = {"Asset freeze": "sanction", "Export control": "export.control"}


def cells(text: str) -> list[str]:
    """The values of one cell."""
    if not text:
        return []
    return [
        squeeze(each) for each in next(csv.reader([text], delimiter=";", skipinitialspace=True))
    ]


def read(folder: Path) -> dict[Key, list[Party]]:
    """The numbered entries of the consolidated annexes, each row a party."""
    found: dict[Key, list[Party]] = defaultdict(list)
    for path in sorted((folder / "consolidated").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["recordId"]:
                    key = (row["celex"], row["annex"], row["recordId"])
                    found[key].append(_read_party(row))
    return found


def _read_party(row: dict[str, str]) -> Party:
    party = Party(row["schema"], {("name", squeeze(row["name"]))})
    for prop in ("alias", "weakAlias", "previousName"):
        party.names.update((prop, each) for each in cells(row[prop]))
    for text in cells(row["birthDate"]):
        if match := DOTTED.fullmatch(text):
            day, month, year = match.groups()
            party.births.add(f"{year}-{int(month):02}-{int(day):02}")
        elif re.fullmatch(r"\d{4}", text):
            party.births.add(text)
    for prop in COUNTRIES:
        party.countries.update((prop, each) for each in cells(row.get(prop, "")))
    party.numbers.update(cells(row["passportNumber"]))
    party.programs.add(row["programKey"])
    if match := DOTTED.fullmatch(row["startDate"]):
        day, month, year = match.groups()
        party.listed.add(f"{year}-{int(month):02}-{int(day):02}")
    party.topics.add(TOPICS.get(row["measure"], "reg.action"))
    return party
