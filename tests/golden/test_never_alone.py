"""N7: a surname, a street, a programme or a country alone is never a link.

Every link of the whole snapshot is looked at, and explained from the published files alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from graph.model import Link, LinkKind
from tests.data import require_data
from tests.golden.permute import read_rows
from tests.golden.worlds import CASE, LIST, World

pytestmark = pytest.mark.lists

HIZBALLAH = "ofac-4697"
TAG = "Hizballah Financial Sanctions Regulations"
_LINKED = re.compile(r"Linked To: (.*?)(?:; |$)")
_CITED = re.compile("“([^”]*)”")
_STREET = re.compile(
    r"[^,\d]*\b(?:street|st|avenue|ave|road|rd|boulevard|blvd|highway|lane|calle|avenida|rue)\b"
    r"[^,\d]*",
    re.IGNORECASE,
)
_BUILDING = re.compile(
    r"\b(?:building|bldg|tower|cent(?:er|re)|complex|plaza|house|villa|mall|block|c/o)\b",
    re.IGNORECASE,
)


@cache
def published() -> Path:
    """The folder of the list as published."""
    return require_data("ofac_sdn_2023-12-28")


def text_of(cell: str) -> str:
    """The text of a raw cell, empty for a null."""
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else ""


@cache
def remarks() -> dict[str, tuple[str, str]]:
    """Name and whole remarks of each entry."""
    more = {row[0]: text_of(row[1]) for row in read_rows(published() / "sdn_comments.csv.gz")}
    return {
        f"ofac-{row[0]}": (text_of(row[1]), text_of(row[11]) + more.get(row[0], ""))
        for row in read_rows(published() / "sdn.csv.gz")
    }


@cache
def linked_pairs() -> frozenset[tuple[str, str]]:
    """Who states "Linked To" whom; a name that several bear means each of them."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for entity_id, (name, _) in remarks().items():
        bearers[name].add(entity_id)
    pairs = set()
    for entity_id, (_, text) in remarks().items():
        for name in _LINKED.findall(text):
            # The dot may end the remarks, or belong to the name.
            found = bearers.get(name, set()) - {entity_id}
            found = found or bearers.get(name.removesuffix("."), set()) - {entity_id}
            pairs |= {(entity_id, target) for target in found}
    return frozenset(pairs)


@cache
def streets() -> dict[str, str]:
    """The street column of each address, by the address in one line."""
    found = {}
    for row in read_rows(published() / "add.csv.gz"):
        street, *rest = map(text_of, row[2:5])
        found[", ".join(part for part in (street, *rest) if part)] = street
    return found


def iter_links(world: World, *kinds: LinkKind) -> Iterator[Link]:
    """The links of some kinds."""
    return (link for link, _ in world.network.iter_links() if link.kind in kinds)


def ends(world: World, link: Link) -> tuple[str, str]:
    """Source and target in original ids."""
    return world.original(link.source), world.original(link.target)


def test_the_lists_links_are_exactly_those_that_it_states(world: World) -> None:
    """No shared programme, country or surname adds a link, and no statement is lost."""
    found = {
        ends(world, link)
        for link in iter_links(world, LinkKind.RELATIONSHIP)
        if LIST in link.datasets and "unresolved" not in link.target
    }
    assert found == linked_pairs()
    assert len(found) > 5900


def test_every_other_link_is_a_row_of_the_case_or_a_value_that_both_ends_state(
    world: World,
) -> None:
    """There is no fourth kind of reason."""
    rows = {(row["subject_id"], row["object_id"]) for row in world.case_rows()}
    for link, _ in world.network.iter_links():
        if link.kind in (LinkKind.DERIVED, LinkKind.IDENTITY) and CASE not in link.datasets:
            assert link.evidence[0].by == "cuibono (derived)"
            assert _CITED.findall(link.evidence[0].note or "")
            assert link.type in {"SharedPremises", "SharedWebsite", "SharedEmail", "SharedPhone",
                                 "SharedIdentifier", "SharedWallet", "SameAs"}  # fmt: skip
        elif LIST not in link.datasets:
            assert (link.source, link.target) in rows


def test_a_surname_alone_links_nobody(world: World) -> None:
    """Persons of one surname are linked where the list or the case states it, or by a value."""
    surnames = {
        entity.id: frozenset(entity.values("lastName"))
        for entity in world.network.iter_entities()
        if entity.schema_ == "Person"
    }
    rows = {(row["subject_id"], row["object_id"]) for row in world.case_rows()}
    shared = [
        link
        for link, _ in world.network.iter_links()
        if surnames.get(link.source, frozenset()) & surnames.get(link.target, frozenset())
    ]
    assert len(shared) > 100
    for link in shared:
        stated = ends(world, link) in linked_pairs() or (link.source, link.target) in rows
        assert stated or link.kind in (LinkKind.DERIVED, LinkKind.IDENTITY)
        if link.kind is LinkKind.IDENTITY:
            assert "shared" in (link.evidence[0].note or "")  # an identifier, not a name


def test_a_programme_alone_links_nobody_to_hizballah(world: World) -> None:
    """189 entries carry the tag of its regulations; those who state no link have none."""
    tagged = {each for each, (_, text) in remarks().items() if TAG in text}
    assert len(tagged) == 189
    silent = tagged - {source for source, target in linked_pairs() if target == HIZBALLAH}
    assert "ofac-12451" in silent
    assert not silent & world.neighbours(HIZBALLAH, datasets=(LIST, "derived"))


def test_a_country_alone_links_nobody(world: World) -> None:
    """Of the eighteen parties with a Gambian address, those are linked that something ties."""
    numbers = (12451, 12452, 12455, 23305, *range(23323, 23335), 24390, 24393)
    parties = sorted(f"ofac-{number}" for number in numbers)
    seen = {each: world.page(each, datasets=(LIST, "derived")) for each in parties}
    linked = set()
    for left, right in combinations(parties, 2):
        between = {world.id(left), world.id(right)}
        for link in seen[left].links.values():
            if {link.source, link.target} == between:
                linked.add((left, right))
                stated = {(left, right), (right, left)} & linked_pairs()
                assert stated or link.value
    assert ("ofac-12452", "ofac-12455") in linked
    assert not [pair for pair in linked if "ofac-12451" in pair]
    assert ("ofac-24390", "ofac-12455") not in linked


def test_a_street_without_house_number_or_building_is_no_premises(world: World) -> None:
    """Of all links by premises, none cites an address that names a street and no more."""
    cited = {
        streets()[text]
        for link in iter_links(world, LinkKind.DERIVED)
        if link.type == "SharedPremises"
        for text in _CITED.findall(link.evidence[0].note or "")
        if text in streets()
    }
    assert len(cited) > 500
    bare = {text for text in cited if _STREET.fullmatch(text) and not _BUILDING.search(text)}
    assert bare == set()
    # The lists do hold such streets, shared by parties that nothing else ties.
    assert [text for text in streets().values() if _STREET.fullmatch(text)]


def test_a_town_with_its_postal_code_is_no_premises(world: World) -> None:
    """An address without street says in which town a party is, and a town is no building."""
    towns = {
        text
        for link in iter_links(world, LinkKind.DERIVED)
        if link.type == "SharedPremises"
        for text in _CITED.findall(link.evidence[0].note or "")
        if text in streets() and not streets()[text]
    }
    assert towns == set()
