"""Golden questions that the list alone answers: what it links, and through what it does not."""

from __future__ import annotations

import pytest

from graph.network import HubPolicy, PolicyRule
from tests.golden.worlds import LIST, NO_POLICY, World

pytestmark = pytest.mark.lists

HIZBALLAH, ISIL, HAMAS = "ofac-4697", "ofac-8759", "ofac-4695"


def stated(world: World, party: str) -> tuple[set[str], set[str]]:
    """Who states "Linked To" the party, and whom the party states."""
    links = world.page(party, datasets=(LIST,)).links.values()
    own = world.id(party)
    inbound = {world.original(link.source) for link in links if link.target == own}
    outbound = {world.original(link.target) for link in links if link.source == own}
    return inbound, outbound


def test_q6_euro_african_group_reaches_hizballah_over_bazzi_in_two_hops(world: World) -> None:
    """Two "Linked To" statements in a row; nothing shorter exists, and no other of that length."""
    answer = world.paths("ofac-24393", HIZBALLAH, mode="all_shortest")
    assert world.routes(answer) == [("ofac-24393", "ofac-24389", HIZBALLAH)]
    assert answer.status == "complete"
    assert all(answer.links[each].evidence for hop in answer.paths[0].hops for each in hop.links)


def test_q7_six_parties_are_linked_to_bazzi_and_he_to_hizballah(world: World) -> None:
    """The list's own statements; that Nazem Ahmad has ties to him is evidence, not list data."""
    inbound, outbound = stated(world, "ofac-24389")
    assert inbound == world.ofac(24390, 24392, 24393, 24394, 24563, 26745)
    assert outbound == {HIZBALLAH}
    (ties,) = world.links("ofac-24389", "ofac-28163")
    assert (ties.role, ties.datasets) == ("maintains ties to", ("case_tajideen",))
    assert [item.by for item in ties.evidence] == ["US Treasury"]


def test_q8_bazzi_and_charara_have_a_company_and_hizballah_in_common(world: World) -> None:
    """Common neighbours: Car Escort Services is linked to both, and both to Hizballah."""
    common = world.neighbours("ofac-24389") & world.neighbours("ofac-19274")
    assert common == {"ofac-24563", HIZBALLAH}


def test_g7_euro_african_group_and_car_escort_services_share_bazzi(world: World) -> None:
    """The same question between two companies has one answer."""
    common = world.neighbours("ofac-24393") & world.neighbours("ofac-24563")
    assert common == {"ofac-24389"}


def test_q9_nine_parties_are_linked_to_adham_tabaja(world: World) -> None:
    """All statements that name him, and no more."""
    inbound, _ = stated(world, "ofac-18218")
    assert inbound == world.ofac(18219, 18220, 20560, 20561, 20562, 23664, 25140, 26749, 28175)


def test_q10_hassan_tabaja_reaches_hizballah_over_adham_in_two_hops(world: World) -> None:
    """His own entry names Adham only."""
    answer = world.paths("ofac-26749", HIZBALLAH, mode="all_shortest")
    assert world.routes(answer) == [("ofac-26749", "ofac-18218", HIZBALLAH)]


def test_q11_kallas_is_linked_to_tabaja_and_hizballah(world: World) -> None:
    """Two statements in one entry are two links."""
    assert stated(world, "ofac-20562")[1] == {"ofac-18218", HIZBALLAH}


def test_q12_atlas_holding_leads_to_the_martyrs_foundation_and_no_further(world: World) -> None:
    """The foundation is the last listed parent: the list does not link it to Hizballah."""
    inbound, outbound = stated(world, "ofac-28527")
    members = (28528, 28529, 28530, 28531, 28532, 28533, 28534, 28536, 28538, 28539)
    assert inbound == world.ofac(*members)
    assert outbound == {"ofac-10411"}
    assert stated(world, "ofac-10411")[1] == set()
    assert world.links("ofac-10411", HIZBALLAH) == []
    # A small listed firm carries paths: its members reach the foundation through it.
    route = world.routes(world.paths("ofac-28529", "ofac-10411"))[0]
    assert route == ("ofac-28529", "ofac-28527", "ofac-10411")


def test_q13_jammal_trust_bank_has_three_companies_and_a_swift_code(world: World) -> None:
    """The code is an identifier of the bank, read from its remarks."""
    inbound, outbound = stated(world, "ofac-27189")
    assert inbound == world.ofac(27190, 27191, 27192)
    assert outbound == {HIZBALLAH}
    assert world.entity("ofac-27189").values("swiftBic") == ["JTBKLBBE"]


def test_q14_twenty_eight_parties_are_linked_to_nazem_ahmad(world: World) -> None:
    """Two rounds of listings four years apart name the same man."""
    inbound, _ = stated(world, "ofac-28163")
    later = (42157, 42159, 42160, 42162, 42176, 42177, 42193, 42197, 42205, 42217, 42236, 42297,
             42322, 42325, 42327, 42341, 42396)  # fmt: skip
    assert inbound == world.ofac(*range(28164, 28175), *later)
    assert len(inbound) == 28


def test_q15_six_money_service_firms_state_a_link_to_isil(world: World) -> None:
    """A firm with the same programme but no statement is not linked: the trap of the question."""
    inbound, _ = stated(world, ISIL)
    hints = {world.name(word) for word in ("EXCHANGE", "MONEY", "TRANSFER")}
    firms = {each for each in inbound if hints & set(world.entity(each).caption.split())}
    assert firms == world.ofac(25063, 27973, 24760, 21124, 27971, 25059)
    assert "ofac-40398" in inbound  # Sham Express: linked, though its name gives no hint
    assert world.page("ofac-26700").total == 0


def test_q16_redin_exchange_stands_between_two_men_and_hamas(world: World) -> None:
    """Inbound and outbound statements of one money-service firm."""
    inbound, outbound = stated(world, "ofac-27123")
    assert inbound == world.ofac(27124, 27125)
    assert outbound == {HAMAS}


def test_q17_g11_mutual_links_are_two_statements_and_a_search_through_them_ends(
    world: World,
) -> None:
    """A cycle must neither loop nor lose one of its two statements."""
    inbound, outbound = stated(world, "ofac-20820")
    assert inbound == world.ofac(20840, 20841)
    assert outbound == world.ofac(11695, 20840, 20841)
    assert len(world.links("ofac-20820", "ofac-20840")) == 2
    answer = world.paths("ofac-20820", "ofac-11695", k=100, max_hops=12)
    assert answer.status == "complete"
    assert set(world.routes(answer)) == {
        ("ofac-20820", "ofac-11695"),
        ("ofac-20820", "ofac-20840", "ofac-11695"),
        ("ofac-20820", "ofac-20841", "ofac-11695"),
    }


def test_g4_afaq_dubai_reaches_hizballah_only_through_hubs_and_the_answer_says_so(
    world: World,
) -> None:
    """Seven hops over ISIL, the Taliban and the Qods Force mean nothing, and are not hidden."""
    answer = world.paths("ofac-25069", HIZBALLAH)
    assert answer.paths == ()
    assert (answer.status, answer.stop_reason) == ("complete", "hub_policy")
    assert answer.pruned.hops_without_policy == 7
    assert answer.pruned.rules == (PolicyRule.HUBS,)
    assert set(map(world.original, answer.pruned.hubs)) == {ISIL}
    assert "7 hops" in answer.statement
    lifted = HubPolicy(lift=(PolicyRule.HUBS,))
    free = world.paths("ofac-25069", HIZBALLAH, max_hops=7, k=100, policy=lifted)
    assert {len(route) - 1 for route in world.routes(free)} == {7}
    assert all({ISIL, "ofac-6636", "ofac-10465"} <= set(route) for route in world.routes(free))
    assert world.paths("ofac-25069", HIZBALLAH, max_hops=6, policy=NO_POLICY).paths == ()
