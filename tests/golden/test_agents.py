"""A list of agents beside the full list and the sample case: the outlet is found, nobody else is.

The lists are the invented ones of `cuibono/sample/agents`: one outlet stands at premises that the
published list gives for two listed parties. That is all that ties anybody of it to them.
"""

from __future__ import annotations

import csv
import fcntl

import pytest

from casework.model import SearchQuery
from cuibono.workspace import Workspace
from graph.model import Entity, Link, LinkKind, NodeKind
from graph.network import Filters, HubPolicy, NearestQuery, NeighbourQuery, PathQuery, PolicyRule
from graph.network import Path as FoundPath
from tests.data import PROJECT, require_data
from tests.golden.worlds import LIST, PUBLISHED, SAMPLE, shared_folder

pytestmark = pytest.mark.lists

AGENTS = PROJECT / "cuibono" / "sample" / "agents" / "courier_agents.csv"
DATASET = "agents_courier_agents"
PLANTED = f"{DATASET}-outlet-bp-001"
TAJCO, KAIRABA = "ofac-12452", "ofac-12455"
# Whom the planted outlet's row names; everybody else of the list has nothing to do with it.
BESIDE = {
    "Blue Pelican Parcels (invented)", "Pelican Partner Senegambia (invented)",
    "Lantern Stationery (invented)", "Lantern counter at Buckle Street", "Lantern counter",
    "Lamin Inventado", "Awa Fictiva", "Ebrima Imaginado", "Estuary Bank (invented)",
}  # fmt: skip
SHARED_BANK = """principal,sub_agent,outlet_name,outlet_address,outlet_city,outlet_country,settlement_bank
Ghost Remit (invented),Spectre Stores (invented),Spectre Corner,62 Buckle Street,Banjul,gm,Phantom Bank (invented)
Ghost Remit (invented),Wraith Stores (invented),Wraith Corner,5 Invented Row,Banjul,gm,Phantom Bank (invented)
"""  # noqa: E501 - a table


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The published list, the sample case, and two invented lists of agents."""
    list_folder = require_data("ofac_sdn_2023-12-28")
    root = shared_folder(tmp_path_factory) / "agents"
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "workspace" / "current").exists():
            (root / "shared_bank.csv").write_text(SHARED_BANK, "utf-8")
            workspace = Workspace.init(root / "workspace")
            workspace.load(LIST, list_folder, published=PUBLISHED)
            workspace.load("evidence", SAMPLE)
            workspace.load("agents", AGENTS)
            workspace.load("agents", root / "shared_bank.csv")
            workspace.build()
    return Workspace(root / "workspace")


def parties(workspace: Workspace, dataset: str = DATASET) -> list[Entity]:
    """Every node of a list of agents."""
    found = workspace.network.iter_entities()  # type: ignore[attr-defined]
    return [each for each in found if dataset in each.datasets]


def nearest(workspace: Workspace, entity_id: str, max_hops: int = 6) -> dict[str, int]:
    """Listed parties and their distance."""
    answer = workspace.nearest(NearestQuery(source=entity_id, max_hops=max_hops))
    return {each.entity: each.hops for each in answer.nearest}


def find(workspace: Workspace, name: str) -> list[str]:
    """The ids of what matches a name."""
    answer = workspace.search(SearchQuery(q=name))
    return [hit.entity.id for hit in answer.results if hit.match]


def links_of(workspace: Workspace, path: FoundPath) -> list[Link]:
    """The links of a path, in its order."""
    found = []
    for left, right in zip(path.nodes, path.nodes[1:], strict=False):
        query = NeighbourQuery(source=left, limit=1000, filters=Filters())
        links = workspace.neighbours(query).links.values()
        found.append(next(each for each in links if {each.source, each.target} == {left, right}))
    return found


def test_the_outlet_at_the_listed_premises_is_found_with_its_evidence(agents: Workspace) -> None:
    found = nearest(agents, PLANTED)
    assert found[TAJCO] == found[KAIRABA] == 1
    answer = agents.paths(PathQuery(sources=(PLANTED,), targets=(KAIRABA,), max_hops=2))
    (link,) = links_of(agents, answer.paths[0])
    assert link.kind is LinkKind.DERIVED, "premises are compared; nobody states a relation"
    assert "premises" in link.role
    assert "62 Buckle Street" in str(link.value)
    (said,) = link.evidence
    assert "courier_agents.csv:2" in said.locator
    assert "add.csv:" in said.locator, "both sides state the address"


def test_its_agent_reaches_the_listed_party_through_it(agents: Workspace) -> None:
    (agent,) = find(agents, "Lantern Stationery (invented)")
    assert nearest(agents, agent)[KAIRABA] == 2
    answer = agents.paths(PathQuery(sources=(agent,), targets=(KAIRABA,), max_hops=2))
    assert answer.paths[0].nodes == (agent, PLANTED, KAIRABA)
    stated, derived = links_of(agents, answer.paths[0])
    assert (stated.role, stated.kind) == ("operates outlet", LinkKind.RELATIONSHIP)
    assert stated.start == "2021-03-01"
    assert stated.evidence[0].locator == "courier_agents.csv:2"
    assert derived.kind is LinkKind.DERIVED


def test_an_outlet_is_found_by_name_and_by_its_premises(agents: Workspace) -> None:
    assert PLANTED in find(agents, "Lantern counter at Buckle Street")
    assert agents.entity(PLANTED).kind is NodeKind.OUTLET
    page = agents.neighbours(NeighbourQuery(source=KAIRABA, limit=1000))
    assert PLANTED in page.neighbours, "whoever looks at the listed party sees who shares its door"


def test_nobody_else_of_the_list_is_near_a_listed_party(agents: Workspace) -> None:
    """Going up to the shared partner and down again to another's outlet is refused."""
    others = [each for each in parties(agents) if each.caption not in BESIDE]
    names = {each.caption for each in others}
    assert {"Heron Pharmacy (invented)", "Heron parcel point", "Isatou Fictiva",
            "Mangrove Savings (invented)", "Quiosco Garza (invented)"} <= names  # fmt: skip
    assert {each.caption for each in others if nearest(agents, each.id)} == set()


def test_the_refusal_is_what_keeps_them_apart(agents: Workspace) -> None:
    """The path is there, for whoever asks for it: its absence above is a decision."""
    (agent,) = find(agents, "Heron Pharmacy (invented)")
    query = NearestQuery(source=agent, max_hops=6, policy=HubPolicy(lift=tuple(PolicyRule)))
    assert KAIRABA in {each.entity for each in agents.nearest(query).nearest}


def test_everybody_of_the_row_can_be_screened(agents: Workspace) -> None:
    """Proprietor, owners, manager, bank, agent, partner, principal: each is a start of its own."""
    with AGENTS.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    names = [row[column] for column in (
        "courier", "country_partner", "agent", "proprietor", "manager", "settlement_bank",
    )]  # fmt: skip
    for name in [*names, "Awa Fictiva"]:
        (entity,) = [each for each in parties(agents) if each.caption == name]
        assert entity.id in find(agents, name)
        assert not entity.listed
        assert KAIRABA in nearest(agents, entity.id), name


def test_two_outlets_of_one_agent_are_two_nodes(agents: Workspace) -> None:
    points = [each for each in parties(agents) if each.caption == "Heron parcel point"]
    assert len(points) == 2
    assert {each.kind for each in points} == {NodeKind.OUTLET}


def test_the_chain_is_walked_from_the_outlet_to_the_principal(agents: Workspace) -> None:
    (principal,) = find(agents, "Blue Pelican Parcels (invented)")
    outlet = f"{DATASET}-outlet-bp-003"
    answer = agents.paths(PathQuery(sources=(outlet,), targets=(principal,), max_hops=3))
    assert [agents.entity(each).caption for each in answer.paths[0].nodes] == [
        "Heron parcel point", "Heron Pharmacy (invented)", "Pelican Partner Senegambia (invented)",
        "Blue Pelican Parcels (invented)",
    ]  # fmt: skip


def test_a_rejected_row_stays_visible(agents: Workspace) -> None:
    codes = [each.code for each in agents.issues(DATASET)]
    assert codes.count("rejected-row") == 1
    assert "rows-received" in codes


def test_agents_of_one_settlement_bank_are_not_tied_by_it(agents: Workspace) -> None:
    bank = "agents_shared_bank"
    (other,) = [each for each in parties(agents, bank)
                if each.caption == "Wraith Stores (invented)"]  # fmt: skip
    assert nearest(agents, other.id) == {}
