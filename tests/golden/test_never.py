"""What must not be found, and what must be said with what is (N1 to N6)."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import pytest

from graph.model import LinkKind, Status
from graph.network import HubPolicy, Path, PathAnswer, PolicyRule
from tests.golden.days import Row, held_at_once
from tests.golden.worlds import CASE, NO_POLICY, World

pytestmark = pytest.mark.lists

HUSAYN, ALI, KASSIM, AHMED = "ofac-12451", "ofac-12450", "ofac-11494", "case:ahmed-tajideen"
TAJCO, CONGO_FUTUR, KAIRABA = "ofac-12452", "ofac-12454", "ofac-12455"
COMPANIES = tuple(f"ofac-{number}" for number in range(12452, 12459))
LOCAL = ("case:tajco-ltd", "case:tajco-sarl", "case:trans-m", "case:congo-futur-affiliates")
DHL, WESTERN_UNION, BANK = "case:dhl", "case:western-union", "case:wu-master-agent-bank"
TRUST_BANK, SHOP = "case:trust-bank-gambia", "case:tbg-pos-shop"
UNDISPUTED = (Status.ASSERTED, Status.CORROBORATED)


def links_of(answer: PathAnswer, path: Path) -> set[str]:
    """Ids of every link of a path, identities among them."""
    return {each for hop in path.hops for each in hop.links} | set(path.identity_links)


# -- N1 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [HubPolicy(), NO_POLICY])
@pytest.mark.parametrize("doubt", [0, 1])
def test_n1_no_path_of_any_length_leads_from_the_tajideens_to_dhl(
    world: World, policy: HubPolicy, doubt: float
) -> None:
    """Two settlements with one authority are events: with every rule lifted, still no path."""
    parties = (HUSAYN, ALI, KASSIM, AHMED, *COMPANIES, *LOCAL)
    answer = world.paths(parties, DHL, max_hops=12, policy=policy, doubt=doubt)
    assert answer.paths == ()
    assert (answer.status, answer.stop_reason) == ("complete", "exhausted")
    assert answer.pruned.hops_without_policy is None
    # Silence would mislead: the refuted claim stands beside the answer.
    assert {answer.links[each].status for each in answer.beside} == {Status.REFUTED}


def test_n1_dhl_is_linked_to_nobody_and_its_settlement_is_an_event(world: World) -> None:
    """An untyped search by another library over every link of the snapshot finds no way either."""
    graph = nx.Graph(
        (link.source, link.target)
        for link, _ in world.network.iter_links()
        if link.kind is not LinkKind.CLAIM
    )
    graph.add_node(world.id(DHL))
    assert nx.node_connected_component(graph, world.id(DHL)) == {world.id(DHL)}
    assert nx.has_path(graph, world.id(HUSAYN), world.id(WESTERN_UNION))
    roles = [event.role for event in world.workspace.timeline(world.id(DHL))]
    assert [role for role in roles if role.startswith("civil settlement")]


# -- N2 ----------------------------------------------------------------------------------------


def test_n2_no_undisputed_path_leads_from_ahmed_tajideen_to_western_union(world: World) -> None:
    """He is unlisted, and kinship is no path; what refuses it is named."""
    answer = world.paths(AHMED, WESTERN_UNION, statuses=UNDISPUTED, max_hops=12)
    assert answer.paths == ()
    assert (answer.status, answer.stop_reason) == ("complete", "hub_policy")
    assert answer.pruned.rules == (PolicyRule.FAMILY,)


def test_n2_his_disputed_paths_all_run_through_congo_futur_and_show_both_statements(
    world: World,
) -> None:
    """He and Treasury state its ownership differently: every contested hop is marked."""
    answer = world.paths(AHMED, WESTERN_UNION, k=100)
    routes = world.routes(answer)
    assert (AHMED, CONGO_FUTUR, KASSIM, HUSAYN, KAIRABA, WESTERN_UNION) in routes
    for path, route in zip(answer.paths, routes, strict=True):
        assert path.disputed
        assert "disputed" in path.text
        at = route.index(CONGO_FUTUR)
        assert route[at + 1] == KASSIM
        contested = [answer.links[each] for each in path.hops[at].links]
        assert [link.status for link in contested] == [Status.DISPUTED]
        assert {item.stance for item in contested[0].evidence} == {"asserts", "denies"}
        assert "denied by Ahmed Tajideen" in path.text
        assert "US Treasury" in path.text
        used = {answer.links[each] for each in links_of(answer, path)}
        assert not [
            link for link in used if link.schema_ == "Family" and world.id(AHMED) in
            (link.source, link.target)
        ]  # fmt: skip


def test_n2_undisputed_paths_come_before_disputed_ones(world: World) -> None:
    """A disputed hop carries a default path, after all that nobody disputes."""
    answer = world.paths((AHMED, HUSAYN), WESTERN_UNION, k=100)
    marks = [path.disputed for path in answer.paths]
    assert marks == sorted(marks)
    assert set(marks) == {False, True}


# -- N3 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2014", "2014-12-31"])
def test_n3_by_the_end_of_2014_nothing_had_been_published_of_dhl_and_congo_futur(
    world: World, day: str
) -> None:
    """The claim was published in 2015; before that there is nothing to show or to doubt."""
    answer = world.paths(CONGO_FUTUR, DHL, known_at=day, include_claims=True)
    assert (answer.paths, answer.beside, answer.indeterminate) == ((), (), ())


@pytest.mark.parametrize("day", ["2015", "2015-12-31", "2016-01-01"])
def test_n3_by_the_end_of_2015_there_was_a_claim_and_its_refutation(world: World, day: str) -> None:
    """Both were published within that year, so by its end both certainly were."""
    answer = world.paths(CONGO_FUTUR, DHL, known_at=day, include_claims=True)
    (path,) = answer.paths
    assert path.claimed
    (link,) = (answer.links[each] for each in path.hops[0].links)
    assert link.status is Status.REFUTED
    by = {item.stance: (item.by, item.relays) for item in link.evidence}
    assert by["asserts"][0].startswith(world.name("Congo Futur"))
    assert by["denies"] == (world.name("DHL"), "Counter Extremism Project")
    default = world.paths(CONGO_FUTUR, DHL, known_at=day)
    assert (default.paths, default.beside) == ((), (link.id,))


@pytest.mark.parametrize("day", ["2015-01-01", "2015-06", "2015-06-15", "2015-12-30"])
def test_n3_for_a_day_inside_2015_the_answer_is_indeterminate(world: World, day: str) -> None:
    """The sources give the year alone: neither yes nor no would be true to them."""
    answer = world.paths(CONGO_FUTUR, DHL, known_at=day, include_claims=True)
    assert (answer.paths, answer.beside) == ((), ())
    (claim,) = world.workspace.claims(world.id(DHL))
    assert answer.indeterminate == (claim.id,)


# -- N4 ----------------------------------------------------------------------------------------


def test_n4_kairaba_and_the_firms_on_kairaba_avenue_have_nothing_in_common(world: World) -> None:
    """An avenue is named like the shop; that is no tie. Longer ways run over stated links only."""
    on_the_avenue = {
        world.original(entity.id)
        for entity in world.network.iter_entities()
        if entity.id != world.id(KAIRABA)
        and any("Kairaba Ave" in address for address in entity.values("address"))
    }
    assert {"ofac-24390", "ofac-24393"} <= on_the_avenue
    for each in on_the_avenue:
        assert world.links(KAIRABA, each, doubt=1, include_claims=True) == []
        answer = world.paths(KAIRABA, each, k=100)
        used = {answer.links[link] for path in answer.paths for link in links_of(answer, path)}
        shared = [link for link in used if link.kind is LinkKind.DERIVED]
        assert not [link for link in shared if "Kairaba Ave" in (link.value or "")]


def test_n4_kairaba_and_tajco_share_premises_and_one_is_a_subsidiary_by_treasury(
    world: World,
) -> None:
    """Two reasons of different standing: one computed from the list, one stated by Treasury."""
    (premises,) = world.links(KAIRABA, TAJCO)
    assert (premises.kind, premises.value) == (
        LinkKind.DERIVED, "62 Buckle Street, Banjul, The Gambia",
    )  # fmt: skip
    (subsidiary,) = world.links(KAIRABA, "case:tajco-ltd")
    assert (subsidiary.role, subsidiary.datasets) == ("subsidiary", (CASE,))
    assert {item.by for item in subsidiary.evidence} == {"US Treasury"}


# -- N5 ----------------------------------------------------------------------------------------


def test_n5_without_doubt_kairaba_is_nowhere_the_sub_agent_of_trust_bank(world: World) -> None:
    """OFAC names no bank, and the bank names no shop: only inferences would join them."""
    answer = world.paths(KAIRABA, TRUST_BANK, k=100)
    assert not [path for path in answer.paths if path.identity_links]
    assert not [route for route in world.routes(answer) if BANK in route]
    assert not [route for route in world.routes(answer) if WESTERN_UNION in route]
    shortest = answer.paths[0]
    assert world.nodes(shortest) == (KAIRABA, HUSAYN, SHOP, TRUST_BANK)
    (proprietor,) = (answer.links[each] for each in shortest.hops[1].links)
    assert [(item.by, item.relays) for item in proprietor.evidence] == [
        ("Gambian government sources", "Reuters")
    ]
    assert "Gambian government sources, via Reuters" in shortest.text
    # All others take the same hop over the unnamed shop.
    assert all(route[-3:] == (HUSAYN, SHOP, TRUST_BANK) for route in world.routes(answer))


def test_n5_with_doubt_the_path_names_the_inference_that_it_rests_on(world: World) -> None:
    """Two inferences of the project, decided by nobody: each path says which one it needs."""
    answer = world.paths(KAIRABA, TRUST_BANK, k=100, doubt=0.1)
    inferred = {world.nodes(path): path for path in answer.paths if path.identity_links}
    assert {(KAIRABA, BANK, TRUST_BANK), (KAIRABA, SHOP, TRUST_BANK)} <= set(inferred)
    for path in inferred.values():
        for each in path.identity_links:
            assert answer.links[each].status is Status.PROPOSED
        assert "rests on the inference that" in path.text
        assert "proposed by project inference" in path.text
        assert "not decided by anybody" in path.text


def test_n5_up_to_western_union_and_down_to_trust_bank_needs_the_rule_lifted(
    world: World,
) -> None:
    """A shared principal is no tie between its agents, by agency or by payouts."""
    turns = {(KAIRABA, WESTERN_UNION, TRUST_BANK), (KAIRABA, BANK, WESTERN_UNION, TRUST_BANK)}
    default = world.routes(world.paths(KAIRABA, TRUST_BANK, k=100))
    assert not turns & set(default)
    lifted = HubPolicy(lift=(PolicyRule.SHARED_PRINCIPAL,))
    assert turns <= set(world.routes(world.paths(KAIRABA, TRUST_BANK, k=100, policy=lifted)))


# -- N6 ----------------------------------------------------------------------------------------


def rows_between(world: World) -> dict[frozenset[str], list[list[Row]]]:
    """The rows of the case that carry paths, by the two ends, then by what they state."""
    grouped: dict[frozenset[str], dict[tuple[str, ...], list[Row]]] = defaultdict(dict)
    for row in world.case_rows():
        if row["kind"] in ("link", "location", "coverage"):
            what = (row["subject_id"], row["relation_schema"], row["role"])
            ends = frozenset((row["subject_id"], row["object_id"]))
            grouped[ends].setdefault(what, []).append(row)
    return {ends: list(found.values()) for ends, found in grouped.items()}


def test_n6_husayn_reaches_western_union_over_kairaba_in_two_ways(world: World) -> None:
    """Remittances paid out at the shop, or the shop's agency for an unnamed bank."""
    answer = world.paths(HUSAYN, WESTERN_UNION, k=100)
    routes = world.routes(answer)
    assert routes[0] == (HUSAYN, KAIRABA, WESTERN_UNION)
    assert (HUSAYN, KAIRABA, BANK, WESTERN_UNION) in routes
    assert not [path for path in answer.paths if path.identity_links]
    first = [answer.links[each] for each in answer.paths[0].hops[0].links]
    assert {link.schema_ for link in first} == {"Directorship", "Ownership"}
    assert (HUSAYN, "case:tajco-ltd", KAIRABA, WESTERN_UNION) in routes


def test_n6_certain_and_possible_intervals_are_those_of_the_evidence_rows(world: World) -> None:
    """Reckoned a second time, day by day, from the table: an unknown bound widens nothing."""
    rows = rows_between(world)
    answer = world.paths(HUSAYN, WESTERN_UNION, k=100)
    checked = set()
    for path in answer.paths:
        pairs = [frozenset((hop.source, hop.target)) for hop in path.hops]
        links = {answer.links[each] for each in links_of(answer, path)}
        if path.disputed or any(link.kind is not LinkKind.RELATIONSHIP for link in links):
            continue
        certain, possible = held_at_once([rows[pair] for pair in pairs])
        assert (path.certain, path.possible) == (certain, possible), world.nodes(path)
        checked.add(world.nodes(path))
    paid, agency = (HUSAYN, KAIRABA, WESTERN_UNION), (HUSAYN, KAIRABA, BANK, WESTERN_UNION)
    assert {paid, agency} <= checked
    found = {world.nodes(path): path for path in answer.paths}
    for route in (paid, agency):
        assert found[route].certain != found[route].possible
        assert all(first and last for first, last in found[route].certain)
    assert found[paid].possible == (("2010-12-09", "2015-03-13"),)
    assert found[agency].possible[0][1] == "2015-03-13"
