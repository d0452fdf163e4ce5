"""OFAC's two lists, and where the XML files of each are found.

Each list is published in four formats: the comma-separated quartet, the legacy XML, the Advanced
XML and the Enhanced XML. All four are one dataset: an entry has one id and one listing, whichever
file it was read from.

Source: US Department of the Treasury, Office of Foreign Assets Control, Sanctions List Service.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from graph.errors import AssertionFailed, ParseError
from ingest.xml import iter_nodes

AUTHORITY = "Office of Foreign Assets Control"
DETAILS = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id={uid}"
SCHEMATA = {"": "Organization", "individual": "Person", "entity": "Organization",
            "vessel": "Vessel", "aircraft": "Airplane"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfacList:
    """One list: how it is cited, and how its records are told from those of others."""

    suffix: str  # of the ids of its listings: "ofac-36-sdn"
    title: str
    membership: str  # the word by which the XML files say that a party is on it
    stem: str  # of the canonical names of the Advanced and Enhanced XML
    legacy: str  # canonical name of the legacy XML
    topic: str  # what it means to be on the list


SDN_LIST = OfacList("sdn", "OFAC Specially Designated Nationals List", "SDN List", "sdn", "sdn.xml",
                    "sanction")  # fmt: skip
# Its sectoral, menu-based and other lists restrict some dealings and block no property.
CONSOLIDATED_LIST = OfacList("cons", "OFAC Consolidated Non-SDN List", "Consolidated List", "cons",
                             "consolidated.xml", "reg.action")  # fmt: skip
LISTS = {"us_ofac_sdn": SDN_LIST, "us_ofac_cons": CONSOLIDATED_LIST}


def find_document(
    location: Path, name: str, dataset: str, *, stems: Collection[str], root: str
) -> dict[str, Path]:
    """The one XML file of a format: plain, gzipped or zipped, whatever the case of its name.

    A file that is given itself is known by its root element: people rename what they download.

    Args:
        location: The folder, or the file.
        name: The canonical name.
        stems: Names that it goes by in a folder, lower-case, without endings.
        root: Local name of the root element.

    Raises:
        ParseError: When it is absent, there twice, or of another format.
    """
    if location.is_file():
        next(iter(iter_nodes(location, name, (), roots=(root,), dataset=dataset, member="*.xml")))
        return {name: location}
    present = [path for path in sorted(location.iterdir()) if _stem(path) in stems] if (
        location.is_dir()
    ) else []  # fmt: skip
    if len(present) != 1:
        several = " and ".join(path.name for path in present)
        fault = f"stands there twice ({several}); keep one" if present else "is missing; add it"
        raise ParseError(
            f"{name} {fault} in {location.as_posix()!r}, plain, gzipped or zipped.",
            locator=name,
            dataset=dataset,
        )
    return {name: present[0]}


def _stem(path: Path) -> str | None:
    """The name without ".xml", ".gz" and ".zip"; None of what cannot be an XML file."""
    if not path.is_file():
        return None
    stem = path.name.lower()
    packed = stem.removesuffix(".gz").removesuffix(".zip")
    plain = packed.removesuffix(".xml")
    return plain if plain != packed or stem.endswith(".zip") else None


def require_membership(found: int, wanted: OfacList, name: str, dataset: str) -> None:
    """Refuse the file of the other list: every party in it would be on the wrong one.

    Raises:
        AssertionFailed: When no party is on this list.
    """
    if found == 0:
        raise AssertionFailed(
            f"{name} lists nobody on the {wanted.membership!r}: it is the file of another list; "
            f"load it as the dataset of that list, not as {dataset}.",
            metric="memberships", expected=1, actual=0, dataset=dataset,
        )  # fmt: skip
