"""GLEIF's relationship file, read with ElementTree.

Source: GLEIF, "Relationship Record Common Data File format" 1.1 / 2.1.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

OWNERS = ("IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY")
Record = tuple[str, str, str, str]  # the publisher's type, child, parent, first day


def read(path: Path) -> set[Record]:
    """The relationships that are not annulled; days are ISO days, "" where none is stated."""
    found: set[Record] = set()
    tree = ElementTree.parse(path)  # noqa: S314 - a real list
    for each in tree.iter():
        each.tag = each.tag.rpartition("}")[2]
    for node in tree.iter("RelationshipRecord"):
        if node.findtext("Registration/RegistrationStatus") == "ANNULLED":
            continue
        days = [
            (period.findtext("StartDate") or "")[:10]
            for period in node.iter("RelationshipPeriod")
            if period.findtext("PeriodType") == "RELATIONSHIP_PERIOD"
        ]
        tie = node.find("Relationship")
        assert tie is not None
        child, parent = (
            "lei-" + (tie.findtext(f"{end}/NodeID") or "").lower()
            for end in ("StartNode", "EndNode")
        )
        found.add((tie.findtext("RelationshipType") or "", child, parent, min(days, default="")))
    return found
