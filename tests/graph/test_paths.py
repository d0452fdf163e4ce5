"""Path answers on networks small enough to read: what is carried, refused, said beside."""

from __future__ import annotations

import pytest

from graph.errors import EntityNotFound, QueryError
from graph.model import Entity, Link, Status
from graph.network import (
    Budget,
    Filters,
    HubPolicy,
    NearestQuery,
    PathAnswer,
    PathQuery,
    PolicyRule,
)
from tests.oracle.build import open_world
from tests.oracle.worlds import entity, link, said, world_of


def paths(links: list[Link], *, parties: list[Entity] | None = None, **asked: object) -> PathAnswer:
    """From "a" to "b"; ends of links are persons unless given."""
    given = {each.id: each for each in parties or []}
    ids = {end for each in links for end in (each.source, each.target)} | {"a", "b"}
    world = world_of([given.get(each) or entity(each) for each in sorted(ids)], links)
    query = PathQuery.model_validate({"sources": ("a",), "targets": ("b",), **asked})
    with open_world(world) as network:
        return network.paths(query)


def nodes(answer: PathAnswer) -> list[str]:
    return ["".join(path.nodes) for path in answer.paths]


def agency(number: str, agent: str, principal: str) -> Link:
    return link(number, agent, principal, schema="Representation", role="agent")


UP_DOWN = [agency("1", "a", "w"), agency("2", "b", "w")]
UP = [agency("1", "a", "m"), agency("2", "m", "b")]


def test_agency_chains_run_upward_and_not_down_again() -> None:
    assert nodes(paths(UP)) == ["amb"]
    refused = paths(UP_DOWN)
    assert nodes(refused) == []
    assert refused.stop_reason == "hub_policy"
    assert refused.pruned.rules == (PolicyRule.SHARED_PRINCIPAL,)
    assert refused.pruned.hops_without_policy == 2
    assert nodes(paths(UP_DOWN, policy=HubPolicy(lift=(PolicyRule.SHARED_PRINCIPAL,)))) == ["awb"]


@pytest.mark.parametrize(
    "hops",
    [
        pytest.param(2),
        3, 12,
    ],
)  # fmt: skip
def test_a_lifted_turn_is_found_within_exactly_the_hops_asked(hops: int) -> None:
    lifted = HubPolicy(lift=(PolicyRule.SHARED_PRINCIPAL,))
    assert nodes(paths(UP_DOWN, policy=lifted, max_hops=hops)) == ["awb"]


def test_down_and_up_again_is_no_shared_principal() -> None:
    assert nodes(paths([agency("1", "m", "a"), agency("2", "m", "b")])) == ["amb"]


@pytest.mark.parametrize("schema", ["Organization", "Company"])
def test_hubs_end_a_path_and_carry_none(schema: str) -> None:
    spokes = [link(f"{number}", f"s{number}", "h") for number in range(4)]
    links = [*spokes, link("x", "a", "h"), link("y", "h", "b")]
    hub, small = [entity("h", schema)], HubPolicy(max_degree=5)
    refused = paths(links, parties=hub, policy=small)
    assert nodes(refused) == []
    assert (refused.pruned.hubs, refused.pruned.rules) == (("h",), (PolicyRule.HUBS,))
    assert nodes(paths(links, parties=hub, policy=small, targets=("h",))) == ["ah"]
    assert nodes(paths(links, parties=hub, policy=small, sources=("h",))) == ["hb"]
    assert nodes(paths(links, parties=hub, policy=HubPolicy(max_degree=6))) == ["ahb"]
    assert nodes(paths(links, policy=small)) == ["ahb"], "a person is no hub"


def test_mutual_links_and_cycles_end() -> None:
    """requirements.md G11."""
    links = [link("1", "a", "m"), link("2", "m", "a"), link("3", "m", "n"), link("4", "n", "a"),
             link("5", "n", "b")]  # fmt: skip
    assert nodes(paths(links)) == ["anb", "amnb"]


def test_undisputed_comes_before_disputed_however_long() -> None:
    links = [link("1", "a", "b", status="disputed"), link("2", "a", "m"), link("3", "m", "b")]
    answer = paths(links)
    assert nodes(answer) == ["amb", "ab"]
    assert [path.disputed for path in answer.paths] == [False, True]
    assert "disputed" in answer.paths[1].text
    assert nodes(paths(links, mode="all_shortest")) == ["amb"]


def test_a_refuted_link_is_beside_and_not_in_a_path() -> None:
    """requirements.md G5: shown on request, with both sources."""
    claim = [link("1", "a", "b", kind="claim", status="refuted",
                  evidence=(said("A", "2015"), said("B", "2015-05-01", "denies")))]  # fmt: skip
    plain = paths(claim)
    assert (nodes(plain), plain.beside) == ([], ("1",))
    assert {each.by for each in plain.links["1"].evidence} == {"A", "B"}
    asked = paths(claim, filters=Filters(include_claims=True))
    (path,) = asked.paths
    assert path.claimed
    assert "refuted" in path.text
    assert "denied by B" in path.text
    refuted = paths([link("1", "a", "b", status="refuted")])
    assert (nodes(refuted), refuted.beside) == ([], ("1",))


def test_beside_are_claims_that_no_path_uses() -> None:
    answer = paths([link("1", "a", "b", kind="claim")], filters=Filters(include_claims=True))
    assert len(answer.paths) == 1
    assert answer.beside == ()


def test_a_refuted_family_link_is_beside_too() -> None:
    assert paths([link("1", "a", "b", status="refuted", schema="Family")]).beside == ("1",)


def test_parallel_links_are_one_hop_with_all_its_evidence() -> None:
    links = [link("1", "a", "b"), link("2", "b", "a", status="disputed"),
             link("3", "a", "b", schema="Ownership")]  # fmt: skip
    (path,) = paths(links).paths
    assert path.hops[0].links == ("1", "2", "3")
    assert not path.disputed


def test_an_identity_costs_no_hop_and_is_named() -> None:
    links = [link("1", "a", "m"), link("2", "m", "n", kind="identity", status="confirmed"),
             link("3", "n", "b")]  # fmt: skip
    (path,) = paths(links, max_hops=2).paths
    assert (path.length, path.nodes, path.identity_links) == (2, ("a", "m", "n", "b"), ("2",))
    assert "rests on the inference that M is N" in path.text


def chain(size: int) -> list[Link]:
    same = [
        link(f"i{number}", f"m{number}", f"m{number + 1}", kind="identity", status="confirmed")
        for number in range(size)
    ]
    return [link("1", "a", "m0"), *same, link("2", f"m{size}", "b")]


@pytest.mark.parametrize(
    "size",
    [1, *(pytest.param(size)
          for size in (2, 3))],
)  # fmt: skip
def test_a_chain_of_identities_is_named_whole(size: int) -> None:
    (path,) = paths(chain(size)).paths
    assert path.identity_links == tuple(f"i{number}" for number in range(size))


@pytest.mark.parametrize(
    ("probability", "doubt", "found"),
    [
        (0.75, 0.25, True),
        (0.75, 0.2, False),
        (None, 0.01, True),
        (None, 0.0, False),
        (1.0, 0.0, False),
        pytest.param(0.9, 0.1, True),
    ],
)  # fmt: skip
def test_doubt_admits_identities_of_at_least_its_complement(
    probability: float | None, doubt: float, found: bool
) -> None:
    same = link("1", "a", "m", kind="identity", status="proposed", probability=probability)
    answer = paths([same, link("2", "m", "b")], filters=Filters(doubt=doubt))
    assert bool(answer.paths) is found


def test_a_rejected_identity_joins_nothing() -> None:
    same = link("1", "a", "m", kind="identity", status="rejected", probability=1.0)
    assert nodes(paths([same, link("2", "m", "b")], filters=Filters(doubt=1))) == []


def known(*evidence: tuple[str, str, str], at: str, **filters: object) -> PathAnswer:
    links = [link("1", "a", "b", status=filters.pop("status"),
                  evidence=tuple(said(by, on, stance) for by, on, stance in evidence))]  # fmt: skip
    return paths(links, filters=Filters.model_validate({"known_at": at, **filters}))


def test_at_an_earlier_date_a_link_reads_as_it_stood_then() -> None:
    news = (("A", "2010", "asserts"), ("C", "2014-05-01", "denies"))
    early = known(*news, at="2013", status="disputed")
    assert early.links["1"].status is Status.ASSERTED
    assert not early.paths[0].disputed
    assert known(*news, at="2014-12-31", status="disputed").paths[0].disputed
    assert nodes(known(*news, at="2009-12-31", status="disputed")) == []


@pytest.mark.parametrize(
    ("news", "status", "filters", "found"),
    [
        pytest.param(
            (("A", "2010", "asserts"), ("C", "2012", "denies"), ("A", "2016", "denies")),
            "refuted", {}, True, id="disputed then, refuted since",
        ),
        pytest.param(
            (("A", "2010", "asserts"), ("A", "2012", "denies"), ("B", "2016", "asserts")),
            "disputed", {}, False, id="refuted then, disputed since",
        ),
        pytest.param(
            (("A", "2010", "asserts"), ("B", "2016", "asserts")),
            "corroborated", {"statuses": ("corroborated",)}, False, id="asserted then",
        ),
    ],
)  # fmt: skip
def test_the_status_of_the_asked_day_decides(
    news: tuple[tuple[str, str, str], ...], status: str, filters: dict[str, object], found: bool
) -> None:
    answer = known(*news, at="2013", status=status, **filters)
    assert bool(answer.paths) is found


def test_what_the_dates_do_not_decide_is_indeterminate() -> None:
    """golden.md N3: the sources' precision, a year, does not decide for a day inside it."""
    news = (("A", "2015", "asserts"),)
    inside = known(*news, at="2015-03-04", status="asserted")
    assert (nodes(inside), inside.indeterminate) == ([], ("1",))
    assert known(*news, at="2014", status="asserted").indeterminate == ()
    after = known(*news, at="2015-12-31", status="asserted")
    assert (nodes(after), after.indeterminate) == (["ab"], ())


LONG_COHERENT = [
    link("1", "a", "m", start="2010"), link("2", "m", "b", end="2005"),
    link("3", "a", "c"), link("4", "c", "d"), link("5", "d", "b"), link("6", "c", "e"),
    link("7", "e", "b"),
]  # fmt: skip


def test_coherent_paths_rank_first_and_the_others_say_never_at_once() -> None:
    """requirements.md G14."""
    answer = paths(LONG_COHERENT, k=5)
    assert nodes(answer) == ["acdb", "aceb", "amb"]
    assert (answer.paths[2].possible, answer.paths[2].certain) == ((), ())
    assert "never held at once" in answer.paths[2].text


def test_a_larger_k_keeps_the_shortest_path() -> None:
    assert "amb" in nodes(paths(LONG_COHERENT, k=1))
    assert "amb" in nodes(paths(LONG_COHERENT, k=2))


def test_what_the_policy_left_out_counts_the_claims_asked_for() -> None:
    links = [link("1", "a", "h", kind="claim"), link("2", "h", "b"), link("3", "h", "c")]
    answer = paths(links, parties=[entity("h", "Company")], policy=HubPolicy(max_degree=1),
                   filters=Filters(include_claims=True))  # fmt: skip
    assert nodes(answer) == []
    assert answer.pruned.hops_without_policy == 2


def test_what_the_policy_left_out_keeps_the_filters() -> None:
    answer = paths(
        [link("1", "a", "b", status="disputed")], filters=Filters(statuses=("asserted",))
    )
    assert nodes(answer) == []
    assert answer.pruned.hops_without_policy is None
    assert answer.stop_reason == "exhausted"


def test_more_routes_than_can_be_collected_are_partial() -> None:
    """Three layers of 25 parties: 15,625 routes of four hops."""
    layers = [[f"{name}{number:02d}" for number in range(25)] for name in "klm"]
    ends = [("a", each) for each in layers[0]] + [(each, "b") for each in layers[2]]
    for left, right in ((layers[0], layers[1]), (layers[1], layers[2])):
        ends += [(one, other) for one in left for other in right]
    links = [link(f"{number:05d}", *pair) for number, pair in enumerate(ends)]
    answer = paths(links, k=3)
    assert answer.status == "partial"
    assert len(answer.paths) == 3
    assert "may be more" in answer.statement


def test_malformed_questions_are_refused() -> None:
    one = [link("1", "a", "b")]
    with pytest.raises(EntityNotFound, match="'z'"):
        paths(one, targets=("z",))
    with pytest.raises(QueryError, match="both sides"):
        paths(one, targets=("a",))
    with pytest.raises(QueryError, match="No link type is called 'Onwership'"):
        paths(one, filters=Filters(types_allow=("Onwership",)))
    with pytest.raises(QueryError, match="not both"):
        paths(one, filters=Filters(as_of="2010", during=("2009", "2010")))
    with pytest.raises(QueryError, match="before it starts") as caught:
        paths(one, filters=Filters(during=("2010", "2009")))
    assert caught.value.pointer == "/filters/during"
    with pytest.raises(QueryError, match="not a date"):
        paths(one, filters=Filters(known_at="soon"))


def test_a_surname_a_street_or_a_programme_is_no_link() -> None:
    """golden.md N7: parties with all of these in common have no path, whatever is lifted."""
    parties = [entity(each, "Person", ["SDGT"]).model_copy(update={"caption": f"TAJIDEEN, {each}"})
               for each in ("a", "b")]  # fmt: skip
    everything = HubPolicy(lift=tuple(PolicyRule))
    answer = paths([], parties=parties, policy=everything, filters=Filters(include_claims=True))
    assert (nodes(answer), answer.stop_reason) == ([], "exhausted")


def test_events_and_family_carry_nothing_by_default() -> None:
    """golden.md N2: an unlisted brother is no path, and lifting the rule says what it adds."""
    links = [link("1", "a", "m", schema="Family"), link("2", "m", "b")]
    parties = [entity("m", "Person", ["SDGT"])]
    refused = paths(links, parties=parties)
    assert (nodes(refused), refused.pruned.rules) == ([], (PolicyRule.FAMILY,))
    lifted = HubPolicy(lift=(PolicyRule.FAMILY,))
    assert nodes(paths(links, parties=parties, policy=lifted)) == ["amb"]


def test_a_listed_party_is_not_lost_to_the_budget_of_its_path() -> None:
    world = world_of([entity("a"), entity("l", "Person", ["P"])], [link("1", "a", "l")])
    with open_world(world) as network:
        for links in range(1, 6):
            answer = network.nearest(NearestQuery(source="a", budget=Budget(links=links)))
            found = [each.entity for each in answer.nearest]
            assert answer.status == "partial" or found == ["l"], links
