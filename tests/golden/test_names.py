"""Golden questions about who is on the list, and under which name.

On the renamed copy only what the network holds is asserted: how close two spellings are is a
question about the published letters.
"""

from __future__ import annotations

import pytest

from casework.model import SearchQuery
from graph.model import Entity
from tests.golden.worlds import World

pytestmark = pytest.mark.lists

AHMED = "case:ahmed-tajideen"


def matches(world: World, name: str) -> list[Entity]:
    """The parties that match a name as published."""
    answer = world.workspace.search(SearchQuery(q=world.name(name), limit=100))
    return [hit.entity for hit in answer.results if hit.match]


def test_q24_two_parties_called_national_liberation_army_are_two_parties(world: World) -> None:
    """Colombia and the Balkans: other programmes, nothing in common but the name."""
    colombia, balkans = world.entity("ofac-4706"), world.entity("ofac-7755")
    assert colombia.caption == balkans.caption
    assert {code for each in colombia.listings for code in each.programs} == {"FTO", "SDGT"}
    assert {code for each in balkans.listings for code in each.programs} == {"BALKANS"}
    assert world.links("ofac-4706", "ofac-7755", doubt=1.0) == []
    assert not set(colombia.referents) | set(balkans.referents)
    if not world.renamed:
        found = {each.id for each in matches(world, "National Liberation Army")}
        assert world.ofac(4706, 7755) <= found


def test_q25_ahmed_tajideen_is_not_listed_and_matches_none_of_his_brothers(world: World) -> None:
    """A surname is no match: he is the unlisted brother who contradicts Treasury."""
    ahmed = world.entity(AHMED)
    assert not ahmed.listed
    assert ahmed.listings == ()
    brothers = ("ofac-11494", "ofac-12450", "ofac-12451")
    for brother in brothers:
        assert {link.type for link in world.links(AHMED, brother, doubt=1.0)} == {"Family"}
    if not world.renamed:
        assert [each.id for each in matches(world, "Ahmed Tajideen")] == [ahmed.id]


def test_q26_western_union_is_not_listed_and_paid_out_through_a_sub_agent(world: World) -> None:
    """What it had to do with Kairaba ended on 2015-03-13; the settlement is an event of 2019."""
    western_union = world.entity("case:western-union")
    assert not western_union.listed
    if not world.renamed:
        assert [each for each in matches(world, "Western Union") if each.listed] == []
    (paid,) = world.links("ofac-12455", "case:western-union")
    assert (paid.start, paid.end) == ("2010-12-09", "2015-03-13")
    (agency,) = world.links("ofac-12455", "case:wu-master-agent-bank")
    assert (agency.role, agency.start, agency.end) == ("sub-agent", "2006~", "2015-03-13")
    (master,) = world.links("case:wu-master-agent-bank", "case:western-union")
    assert (master.role, master.end) == ("master agent", "2015-03-13")
    settled = [
        (event.start, world.original(event.target))
        for event in world.workspace.timeline(western_union.id)
        if "settlement" in event.role
    ]
    assert settled == [("2019-06-07", "case:ofac")]


def test_q28_a_number_that_left_the_list_is_inherited_by_nobody(world: World) -> None:
    """FARC-EP and Segunda Marquetalia are entries of their own, not the former 4711."""
    assert world.network.get_entity(world.id("ofac-4711")) is None
    for number in (33983, 33974):
        entity = world.entity(f"ofac-{number}")
        assert entity.listed
        assert entity.referents == ()
    between = world.links("ofac-33983", "ofac-33974", doubt=1.0)
    assert "SameAs" not in {link.type for link in between}
    if not world.renamed:
        name = "Revolutionary Armed Forces of Colombia"
        assert {each.id for each in matches(world, name)} <= world.ofac(33983)


def test_q29_eighteen_listed_parties_state_an_address_in_the_gambia(world: World) -> None:
    """Addresses, not nationality: two Gambian nationals live elsewhere."""
    found = {
        world.original(entity.id)
        for entity in world.network.iter_entities()
        if entity.listed and any("Gambia" in address for address in entity.values("address"))
    }
    assert found == world.ofac(12451, 12452, 12455, 23305, *range(23323, 23335), 24390, 24393)
    assert len(found) == 18
    assert all("gm" in world.entity(each).countries for each in found)
