"""OFSI's ConList table, read with csv: one row for each name and address, one group a party.

Source: HM Treasury, OFSI, "Consolidated List of Targets" (ConList.csv).
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from pathlib import Path

from tests.oracle.lists.parties import Party, Reading, code, squeeze

NUMBERED = re.compile(r"\(?\b\d{1,2}\)\s*")
STRENGTHS = {"AKA": "alias", "FKA": "previousName"}


def read(path: Path) -> Reading:
    """The parties by the product's ids."""
    with gzip.open(path) as stream:
        text = io.TextIOWrapper(stream, encoding="cp1252", newline="")
        next(text)  # Last Updated
        rows = list(csv.DictReader(text))
    found: Reading = defaultdict(Party)
    for row in rows:
        party = found["gb-" + row["Group ID"]]
        party.kind = "Person" if row["Group Type"] == "Individual" else "Organization"
        names = [row[f"Name {number}"] for number in (1, 2, 3, 4, 5, 6)]
        strength = STRENGTHS.get(row["Alias Type"], "name")
        party.names.add((strength, squeeze(" ".join(names))))
        if birth := iso_day(row["DOB"]):
            party.births.add(birth)
        for prop, column in (("nationality", "Nationality"), ("birthCountry", "Country of Birth")):
            for value in NUMBERED.split(row[column]):
                if country := code(value):
                    party.countries.add((prop, country))
        if country := code(row["Country"]):
            stated = any(row[f"Address {number}"] for number in range(1, 7))
            if stated or row["Post/Zip Code"]:
                party.places.add(country)
            else:
                party.countries.add(("country", country))
        party.programs.add(squeeze(row["Regime"]))
        party.listed.add(iso_day(row["Listed On"]))
        party.topics.add("sanction")
    return dict(found)


def iso_day(text: str) -> str:
    """A printed day as an ISO prefix: "00/00/1980" is a year, "00/05/1980" a month."""
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", squeeze(text))
    if not match or match[3] == "0000":
        return ""
    day, month, year = match.groups()
    parts = [year] if month == "00" else [year, month] if day == "00" else [year, month, day]
    return "-".join(parts)
