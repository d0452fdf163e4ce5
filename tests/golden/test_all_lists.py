"""Golden questions 18 to 23 and 30 to 32, asked of every list at once, and what joins the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

from cuibono.workspace import Workspace
from graph.model import Link, LinkKind, NodeKind
from graph.network import Filters, NeighbourQuery
from tests.data import require_data
from tests.golden.lists import LISTS, open_workspace
from tests.golden.worlds import World, Worlds, shared_folder

pytestmark = pytest.mark.lists

SDN = "us_ofac_sdn"


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Every list of the shared folder."""
    require_data()
    return open_workspace(shared_folder(tmp_path_factory) / "lists")


@pytest.fixture(scope="module")
def sdn(worlds: Worlds) -> World:
    """The SDN list and the sample case."""
    return worlds.get("published")


def iter_links(workspace: Workspace) -> Iterator[Link]:
    return (link for link, _ in workspace.network.iter_links())  # type: ignore[attr-defined]


def neighbours(workspace: Workspace, entity_id: str, **filters: object) -> dict[str, list[Link]]:
    """The links of an entity by who is at the other end."""
    query = NeighbourQuery(source=entity_id, limit=1000, filters=Filters(**filters))
    found: dict[str, list[Link]] = defaultdict(list)
    for link in workspace.neighbours(query).links.values():
        found[link.target if link.source == entity_id else link.source].append(link)
    return found


def owners(workspace: Workspace, entity_id: str) -> dict[str, str]:
    """Who is stated to own it, and in which words."""
    return {
        other: link.role
        for other, links in neighbours(workspace, entity_id).items()
        for link in links
        if link.schema_ == "Ownership" and link.target == entity_id
    }


# -- questions 18 to 23 ---------------------------------------------------------------------------


def test_q18_the_money_exchange_is_owned_by_two_and_shares_its_numbers_across_lists(
    lists: Workspace,
) -> None:
    assert owners(lists, "un-tae.010") == {"un-tai.162": "Co-owner of", "un-tai.163": "Co-owner of"}
    shared = neighbours(lists, "un-tae.010")["ofac-15006"]
    numbers = {str(link.value) for link in shared if link.role == "shared identifier"}
    for number in ("1774308", "0980338", "3187777"):
        assert any(number in value for value in numbers)
    ofac = neighbours(lists, "ofac-15006")
    assert {"ofac-15007", "ofac-15008", "ofac-6636"} <= ofac.keys()


def test_q19_the_passport_gives_the_hawala_its_owner(lists: Workspace) -> None:
    """OFAC's own entry of the hawala has empty remarks; the UN names its owner."""
    assert owners(lists, "un-tae.014") == {"un-tai.173": "Owner of"}
    shared = neighbours(lists, "un-tai.173")["ofac-17151"]
    assert any("AA3829182" in str(link.value) for link in shared)
    (listing,) = lists.entity("un-tae.014").listings
    assert listing.since == "2015-03-27"


def test_q20_and_q21_the_owners_of_roshan_and_rahat(lists: Workspace) -> None:
    assert owners(lists, "un-tae.011").keys() == {"un-tai.166"}
    assert owners(lists, "un-tae.013").keys() == {"un-tai.165"}


def test_q22_who_refers_to_the_haqqani_network(lists: Workspace) -> None:
    stated = {
        evidence.record_id.lower()
        for links in neighbours(lists, "un-tae.012").values()
        for link in links
        for evidence in link.evidence
        if link.kind is LinkKind.RELATIONSHIP
    } - {"tae.012"}
    numbers = (144, 146, 150, 155, 157, 159, 164, 169, 171)
    assert {f"tai.{number}" for number in numbers} <= stated
    assert {each for each in stated if each.startswith("tai.")} == {
        f"tai.{number}" for number in numbers
    }


def test_q23_references_to_absent_entries_are_kept_as_such(lists: Workspace) -> None:
    absent = {
        entity.id
        for entity in lists.network.iter_entities()  # type: ignore[attr-defined]
        if entity.kind is NodeKind.UNRESOLVED and entity.id.startswith("un-")
    }
    assert {"un-qdi.317", "un-qde.072", "un-qde.073", "un-tai.152"} == absent
    for each in absent:
        assert not lists.entity(each).listed, "nobody says that it is"
        assert neighbours(lists, each), "who referred to it is said"


# -- questions 30 to 32 ---------------------------------------------------------------------------


def test_q30_identifiers_shared_by_two_entries_propose_and_do_not_prove(sdn: World) -> None:
    pairs: dict[frozenset[str], list[str]] = defaultdict(list)
    for link in iter_links(sdn.workspace):
        if link.role == "shared identifier":
            pairs[frozenset((link.source, link.target))].append(str(link.value))
    exchange = pairs[frozenset(("ofac-24537", "ofac-24538"))]
    assert {value.split(" (")[0] for value in exchange} == {
        "National ID No. 14006467155", "Registration ID 503586",
    }  # fmt: skip
    (plant,) = pairs[frozenset(("ofac-20201", "ofac-36065"))]
    assert "2902060361" in plant
    families = ("Tax ID", "Registration Number", "Registration ID", "National ID", "NIT #",
                "RUC #", "Folio Mercantil", "License", "Identification Number")  # fmt: skip
    among = [value for values in pairs.values() for value in values if value.startswith(families)]
    assert 20 <= len(set(among)) <= 45, "about two dozen, by how values are normalised"
    states = {link.status for link in iter_links(sdn.workspace) if link.kind is LinkKind.IDENTITY}
    assert {each.value for each in states} <= {"proposed"}, "a shared number proves nothing"


def test_q31_the_largest_shared_premises(sdn: World) -> None:
    held: dict[str, set[str]] = defaultdict(set)
    for link in iter_links(sdn.workspace):
        if link.role == "shared premises":
            held[str(link.value)] |= {link.source, link.target}
    largest = max(held, key=lambda value: len(held[value]))
    assert "Atefi" in largest
    assert "35" in largest
    assert len(held[largest]) == 30
    (nicosia,) = [value for value in held if "Diagoras House" in value]
    assert len(held[nicosia]) == 17


def components(workspace: Workspace) -> tuple[int, int, int]:
    """Of the list's own Linked To graph: components, the largest, connected entries of the list."""
    drawn = nx.Graph(
        (link.source, link.target)
        for link in iter_links(workspace)
        if link.role == "Linked To"
        and SDN in link.datasets
        and not any("-unresolved-" in end for end in (link.source, link.target))
    )
    sizes = [len(each) for each in nx.connected_components(drawn)]
    ours = [node for node in drawn if SDN in workspace.entity(node).datasets]
    return len(sizes), max(sizes), len(ours)


def test_q32_components_of_the_linked_to_graph(sdn: World, lists: Workspace) -> None:
    """Without and with the non-SDN list, on which eight statements resolve."""
    assert components(sdn.workspace) == (659, 1527, 6324)
    assert components(lists) == (663, 1527, 6332)


# -- lists together -------------------------------------------------------------------------------


def test_every_load_of_the_folder_is_in_the_snapshot(lists: Workspace) -> None:
    built = {source.dataset for source in lists.meta().sources}
    assert {each.dataset if each.dataset != "bods" else "bods_data_standard_examples"
            for each in LISTS} <= built  # fmt: skip


def test_two_editions_of_one_list_are_one_listing_with_the_days_of_the_richer(
    lists: Workspace,
) -> None:
    """The CSV of December 2025 states no days; the XML of January does."""
    (listing,) = [each for each in lists.entity("ofac-17022").listings
                  if each.dataset == "us_ofac_cons" and each.record_id == "17022"][:1]  # fmt: skip
    assert listing.since is not None
    assert listing.until is None
    assert owners(lists, "ofac-18267").keys() == {"ofac-17022"}


def test_a_list_that_is_newer_decides_over_one_that_repeats_it(lists: Workspace) -> None:
    """The screening list of 2022 still names parties that OFAC had dropped by the end of 2023."""
    ended = [
        entity
        for entity in lists.network.iter_entities()  # type: ignore[attr-defined]
        if entity.id.startswith("ofac-") and "us_csl" in entity.datasets
        and SDN not in entity.datasets and "us_ofac_cons" not in entity.datasets
    ]  # fmt: skip
    assert len(ended) > 100
    dropped = [each for each in ended if not each.listed]
    assert len(dropped) > 0.9 * len(ended)
    for each in dropped:
        assert {listing.until for listing in each.listings} <= {"2023-12-28", "2025-12-19"}


def test_a_weak_name_is_weak_in_every_list_that_repeats_it(lists: Workspace) -> None:
    both = [
        (entity.id, item.value)
        for entity in lists.network.iter_entities()  # type: ignore[attr-defined]
        if {SDN, "us_csl"} <= set(entity.datasets)
        for item in entity.properties.get("weakAlias", ())
        if SDN in item.sources and item.value in entity.values("alias")
        and SDN not in {
            source for each in entity.properties["alias"] if each.value == item.value
            for source in each.sources
        }
    ]  # fmt: skip
    assert both == [], "the strong one would find where the weak one only confirms"


def test_the_sample_case_answers_as_it_does_alone(lists: Workspace, tmp_path: Path) -> None:
    """More lists add no path between the supermarket and the parties it must not reach."""
    assert lists.entity("ofac-12455").listed
    hits = neighbours(lists, "ofac-12455")
    assert "ofac-12452" in hits
    assert not {"ofac-24390", "ofac-24393"} & hits.keys()
