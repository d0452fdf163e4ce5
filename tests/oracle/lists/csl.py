"""The US Consolidated Screening List, read with csv: the rows that bear OFAC's numbers.

Source: US Department of Commerce, ITA, "Consolidated Screening List" (consolidated.csv).
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from pathlib import Path

from tests.oracle.lists.parties import Party, Reading, squeeze

KINDS = {"Individual": "Person", "Entity": "Organization", "Vessel": "Vessel",
         "Aircraft": "Airplane"}  # fmt: skip
LINKED = re.compile(r"\(Linked To: (.*)\)")
Pair = tuple[str, str]


def read(path: Path) -> tuple[Reading, set[Pair]]:
    """The parties by the product's ids, and the (party, name it is linked to) pairs."""
    with gzip.open(path) as stream:
        rows = list(csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8", newline="")))
    found: Reading = defaultdict(Party)
    links: set[Pair] = set()
    for row in rows:
        if not row["entity_number"]:
            continue
        key = "ofac-" + row["entity_number"]
        party = found[key]
        party.kind = KINDS.get(row["type"], "LegalEntity")
        party.names.add(("name", squeeze(row["name"])))
        person = party.kind == "Person"
        for alias in row["alt_names"].split(";"):
            if squeeze(alias):
                weak = person and "," not in alias
                party.names.add(("weakAlias" if weak else "alias", squeeze(alias)))
        births = (squeeze(each) for each in row["dates_of_birth"].split(";"))
        party.births.update(each for each in births if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", each))
        for prop, column in (("nationality", "nationalities"), ("citizenship", "citizenships")):
            codes = (squeeze(each).lower() for each in row[column].split(";"))
            party.countries.update((prop, each) for each in codes if each)
        for address in row["addresses"].split("; "):
            *before, last = squeeze(address).split(", ")
            if re.fullmatch(r"[A-Z]{2}", last):
                if before:
                    party.places.add(last.lower())
                else:
                    party.countries.add(("country", last.lower()))
        party.programs.update(squeeze(each) for each in row["programs"].split(";") if each.strip())
        for linked in LINKED.findall(row["remarks"]):
            links.update((key, squeeze(each)) for each in linked.split("; Linked To: "))
    return dict(found), links
