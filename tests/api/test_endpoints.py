"""Every endpoint: what it answers, and what each request means to the network."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from api.app import AppOptions
from api.questions import LINKS_PER_MS, LINKS_PER_NODE
from graph.network import NearestQuery, NeighbourQuery, PathQuery, PolicyRule
from tests.api.client import Client
from tests.api.fake import HOSTILE, FakeInvestigation, FakeNetwork

PATHS = {"from": {"ids": ["xx-1"]}, "to": {"ids": ["xx-4"]}}
NEAREST = {"from": {"ids": ["xx-4"]}}


@pytest.fixture
def client() -> Client:
    return Client()


def ask_paths(client: Client, **parts: Any) -> PathQuery:
    """The query that a request came to."""
    answer = client.post("/api/v1/paths", {**PATHS, **parts})
    assert answer.status_code == 200, answer.text
    query = client.network.asked[-1]
    assert isinstance(query, PathQuery)
    return query


ANSWERS = (
    ("GET", "/api/v1/meta", None),
    ("POST", "/api/v1/search", {"q": "example"}),
    ("GET", "/api/v1/entities/xx-1", None),
    ("GET", "/api/v1/entities/xx-1/neighbours", None),
    ("GET", "/api/v1/entities/xx-1/timeline", None),
    ("GET", "/api/v1/edges/l-1", None),
    ("POST", "/api/v1/paths", PATHS),
    ("POST", "/api/v1/nearest", NEAREST),
)


@pytest.mark.parametrize(("method", "address", "body"), ANSWERS)
def test_every_answer_says_what_it_rests_on(
    client: Client, method: str, address: str, body: Any
) -> None:
    answer = client.request(method, address, json=body)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["snapshot"] == "s-1"
    assert [version["dataset"] for version in said["list_versions"]] == ["xx_list", "xx_case"]
    assert said["config_hash"] == "cfg-1"
    assert said["request_id"] == answer.headers["x-request-id"]
    assert "not a finding about anyone" in said["disclaimer"]
    assert datetime.fromisoformat(said["generated_at"]).tzinfo is not None
    assert "as_of" in said


@pytest.mark.parametrize(("method", "address", "body"), ANSWERS)
def test_equal_requests_have_equal_bytes(method: str, address: str, body: Any) -> None:
    options = AppOptions(
        clock=lambda: datetime(2024, 2, 3, tzinfo=UTC), new_request_id=lambda: "r-1"
    )
    first = Client(options=options).request(method, address, json=body)
    second = Client(options=options).request(method, address, json=body)
    assert first.content == second.content


def test_a_newly_published_snapshot_is_served_at_the_next_request() -> None:
    client = Client()
    assert client.get("/api/v1/meta").json()["snapshot"] == "s-1"
    client.investigation.live = FakeNetwork(snapshot="s-2")
    assert client.get("/api/v1/meta").json()["snapshot"] == "s-2"


def test_a_snapshot_published_between_two_reads_does_not_mix_versions() -> None:
    class Publishing(FakeInvestigation):
        """Publishes once, after the first read of the network."""

        published = False

        @property
        def network(self) -> FakeNetwork:
            found = super().network
            if not self.published:
                self.published = True
                self.live = FakeNetwork(snapshot="s-2")
            return found

    assert Client(Publishing()).get("/api/v1/meta").json()["snapshot"] == "s-2"


def test_meta_lists_the_sources(client: Client) -> None:
    said = client.get("/api/v1/meta").json()
    assert said["version"] == "0.0.1"
    source = said["sources"][0]
    assert source["published"] == "2024-02-01"
    assert source["files"] == {"list.csv": "ab" * 32}
    assert source["records"] == 3


def test_search_gives_hits_with_reasons_and_pages(client: Client) -> None:
    first = client.post("/api/v1/search", {"q": "example", "limit": 2}).json()
    assert [hit["entity"]["id"] for hit in first["results"]] == ["xx-1", "xx-2"]
    hit = first["results"][0]
    assert hit["entity"]["listed"] is True
    assert hit["explanation"][0]["candidate"] == "ALPHA, Example"
    assert first["total"] == {"value": 3, "relation": "eq"}
    body = {"q": "example", "limit": 2, "cursor": first["next_cursor"]}
    second = client.post("/api/v1/search", body).json()
    assert [hit["entity"]["id"] for hit in second["results"]] == ["xx-5"]
    assert second["next_cursor"] is None


def test_a_cursor_belongs_to_its_request_and_its_snapshot(client: Client) -> None:
    cursor = client.post("/api/v1/search", {"q": "example", "limit": 2}).json()["next_cursor"]
    other = client.post("/api/v1/search", {"q": "alpha", "limit": 2, "cursor": cursor})
    assert (other.status_code, other.json()["type"]) == (404, "/problems/unknown-cursor")
    client.investigation.live = FakeNetwork(snapshot="s-2")
    stale = client.post("/api/v1/search", {"q": "example", "limit": 2, "cursor": cursor})
    assert stale.json()["errors"][0]["pointer"] == "/cursor"


@pytest.mark.parametrize("cursor", ["", "x", "ä", "MQ", "LTEuYWJj", "=" * 40, "\x00"])
def test_a_made_up_cursor_is_refused(client: Client, cursor: str) -> None:
    answer = client.post("/api/v1/search", {"q": "example", "cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-cursor")


def test_an_entity_is_whole_and_found_by_a_former_id_in_any_case(client: Client) -> None:
    said = client.get("/api/v1/entities/OLD-1").json()
    assert (said["id"], said["canonical_id"], said["referents"]) == ("xx-1", "xx-1", ["old-1"])
    assert said["properties"]["name"][0]["value"] == "ALPHA, Example"
    assert said["listings"][0]["authority"] == "Invented Authority"
    assert said["degree"] == {"total": 1, "by_type": {"Ownership": 1}}


def test_an_id_may_hold_slashes() -> None:
    entity = FakeNetwork().entities[0].model_copy(update={"id": "case:a/b c"})
    client = Client(FakeInvestigation(FakeNetwork(entities=(entity,), links=())))
    for address in ("/api/v1/entities/case:a/b c", "/api/v1/entities/case%3Aa%2Fb%20c"):
        assert client.get(address).json()["id"] == "case:a/b c"
    page = client.get("/api/v1/entities/case%3Aa%2Fb%20c/neighbours")
    assert page.json()["id"] == "case:a/b c"


def test_neighbours_come_in_pages_that_link_to_the_next(client: Client) -> None:
    first = client.get("/api/v1/entities/xx-2/neighbours?limit=1")
    assert first.json()["neighbours"] == ["xx-1"]
    assert first.json()["counts_by_type"] == {"Ownership": 1, "SharedPremises": 1}
    link = re.fullmatch(r'<(/api/v1/[^>]+)>; rel="next"', first.headers["link"])
    assert link is not None
    second = client.get(link[1])
    assert second.json()["neighbours"] == ["xx-3"]
    assert second.json()["next_cursor"] is None
    assert "link" not in second.headers
    assert set(second.json()["nodes"]) == {"xx-2", "xx-3"}
    assert second.json()["edges"]["l-2"]["value"] == "1 Invented Street"


def test_the_parameters_of_neighbours_reach_the_network(client: Client) -> None:
    client.get(
        "/api/v1/entities/xx-2/neighbours?types=Ownership&types=Control&direction=out"
        "&order=degree&as_of=2015&known_at=2016-01&doubt=0.3&include_claims=true"
    )
    query = client.network.asked[-1]
    assert isinstance(query, NeighbourQuery)
    assert query.order == "degree"
    filters = query.filters
    assert filters.types_allow == ("Ownership", "Control")
    assert (filters.direction, filters.as_of, filters.known_at) == ("out", "2015", "2016-01")
    assert (filters.doubt, filters.include_claims) == (0.3, True)


def test_a_timeline_holds_listings_events_and_claims(client: Client) -> None:
    said = client.get("/api/v1/entities/xx-2/timeline").json()
    assert [event["role"] for event in said["events"]] == ["settlement"]
    (claim,) = said["claims"]
    assert (claim["kind"], claim["status"]) == ("claim", "refuted")
    assert set(said["nodes"]) == {"xx-2", "xx-4", "xx-5"}
    assert client.get("/api/v1/entities/xx-1/timeline").json()["listings"][0]["list"]


def test_an_edge_carries_its_evidence_and_no_active_address(client: Client) -> None:
    said = client.get("/api/v1/edges/l-1").json()["edge"]
    assert said["start"] == "[..2006-03]"
    assert [item["by"] for item in said["evidence"]] == ["Invented Authority", "Second Source"]
    evidence = said["evidence"][0]
    assert evidence["source"] == "xx_case"
    assert evidence["url"] == "https://authority.example/note/1"
    assert (evidence["locator"], evidence["sha256"]) == ("case.csv:2", "cd" * 32)
    hostile = client.get("/api/v1/edges/l-2").json()["edge"]["evidence"][0]
    assert hostile["url"] is None
    assert hostile["reference"] == "javascript:alert(1)"


def test_paths_state_steps_strength_weakness_and_completeness(client: Client) -> None:
    said = client.post("/api/v1/paths", PATHS).json()
    (path,) = said["paths"]
    assert path["nodes"] == ["xx-1", "xx-2", "xx-3", "xx-4"]
    assert path["edges"] == ["l-1", "l-2", "l-3"]
    assert path["steps"][1] == {"source": "xx-2", "target": "xx-3", "edges": ["l-2"]}
    assert path["weakest"] == {"step": 2, "edge": "l-3", "why": "one source only"}
    assert path["possible"] == [["2011-01-01", "2015-03-13"]]
    assert (said["status"], said["stop_reason"]) == ("complete", "exhausted")
    assert said["explored"] == {"nodes": 5, "edges": 6}
    assert set(said["edges"]) == {"l-1", "l-2", "l-3"}
    assert said["nodes"]["xx-3"]["caption"] == HOSTILE
    assert said["query"]["max_hops"] == 6


def test_a_refuted_claim_stands_beside_and_carries_no_path(client: Client) -> None:
    body = {"from": {"ids": ["xx-2"]}, "to": {"ids": ["xx-5"]}}
    said = client.post("/api/v1/paths", body).json()
    assert (said["paths"], said["beside"]) == ([], ["c-1"])
    assert said["edges"]["c-1"]["status"] == "refuted"
    assert said["statement"]


def test_every_condition_reaches_the_network(client: Client) -> None:
    query = ask_paths(
        client,
        mode="all_shortest",
        k=7,
        max_hops=3,
        direction="out",
        edge_types={"allow": ["Ownership"], "deny": ["Family"]},
        datasets=["xx_case"],
        statuses=["asserted"],
        min_confidence=0.25,
        verified_only=True,
        during=["2015", "2010-06-01"],
        certain_dates=True,
        known_at="2014-12-31",
        doubt=0.4,
        include_claims=True,
        include_same_as=True,
        avoid=["OLD-1"],
        hub_policy={"max_degree": 50, "action": "exclude", "lift": ["family", "hubs"]},
        budget={"nodes": 1000},
    )
    assert (query.mode, query.k, query.max_hops) == ("all_shortest", 7, 3)
    assert query.policy.max_degree == 50
    assert query.policy.lift == (PolicyRule.FAMILY, PolicyRule.HUBS)
    assert query.budget.links == 1000 * LINKS_PER_NODE
    filters = query.filters
    assert filters.verified_only
    assert filters.during == ("2010-06-01", "2015")
    assert (filters.types_allow, filters.types_deny) == (("Ownership",), ("Family",))
    assert filters.avoid == ("xx-1",)
    assert (filters.doubt, filters.known_at, filters.certain_dates) == (0.4, "2014-12-31", True)
    assert (filters.datasets, filters.statuses) == (("xx_case",), ("asserted",))
    assert (filters.min_confidence, filters.include_claims) == (0.25, True)


def test_the_smaller_budget_holds_and_is_echoed(client: Client) -> None:
    query = ask_paths(client, budget={"nodes": 100_000_000, "ms": 2})
    assert query.budget.links == 2 * LINKS_PER_MS
    said = client.post("/api/v1/paths", {**PATHS, "budget": {"ms": 2}}).json()
    assert said["query"]["budget"] == {"edges": 2 * LINKS_PER_MS}


def test_a_former_id_means_the_same_party(client: Client) -> None:
    assert ask_paths(client, **{"from": {"ids": ["OLD-1"]}}).sources == ("xx-1",)


def test_as_of_is_repeated_by_the_answer(client: Client) -> None:
    said = client.post("/api/v1/paths", {**PATHS, "as_of": "2015-03-13"}).json()
    assert said["as_of"] == said["query"]["as_of"] == "2015-03-13"


def test_nearest_names_listed_parties_with_their_paths(client: Client) -> None:
    body = {**NEAREST, "lists": ["xx_list"], "limit": 2, "max_hops": 5}
    said = client.post("/api/v1/nearest", body).json()
    (found,) = said["nearest"]
    assert (found["entity"], found["hops"]) == ("xx-1", 3)
    assert found["path"]["nodes"][-1] == "xx-1"
    assert said["query"]["lists"] == ["xx_list"]
    query = client.network.asked[-1]
    assert isinstance(query, NearestQuery)
    assert (query.source, query.lists, query.limit, query.max_hops) == ("xx-4", ("xx_list",), 2, 5)


def test_health_does_not_need_data_and_readiness_does() -> None:
    client = Client(FakeInvestigation(None))
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert Client().get("/readyz").json() == {"status": "ready"}
