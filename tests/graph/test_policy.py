"""The facts behind the hub policy: principals, context, shared values, spread."""

from __future__ import annotations

import pytest
from followthemoney import model

from graph.columns import make_link_row, make_node_rows
from graph.model import Entity, Link
from graph.policy import (
    SPREAD_DEGREE,
    Context,
    Principal,
    find_context,
    find_principal,
    find_widely_shared,
    is_organisation,
    is_spread,
    value_key,
)
from tests.oracle.worlds import entity, link


@pytest.mark.parametrize(
    ("schema", "role", "principal"),
    [
        ("Representation", "master agent", Principal.TARGET),
        ("Representation", "", Principal.TARGET),
        ("UnknownLink", "paid out at", Principal.SOURCE),
        ("UnknownLink", "remittances paid out through", Principal.SOURCE),
        ("Payment", "pays out", Principal.SOURCE),
        ("UnknownLink", "operates an outlet", Principal.SOURCE),
        ("UnknownLink", "appointed as agent", Principal.SOURCE),
        ("UnknownLink", "point of sale of", Principal.TARGET),
        ("UnknownLink", "Sub-Agent of", Principal.TARGET),
        ("UnknownLink", "master agent for", Principal.TARGET),
        ("UnknownLink", "franchisee of", Principal.TARGET),
        ("UnknownLink", "linked to", Principal.NEITHER),
        ("UnknownLink", "agentless offer", Principal.NEITHER),
        ("UnknownLink", "payout ratio", Principal.NEITHER),
        ("Ownership", "outlet of", Principal.NEITHER),
    ],
)
def test_which_side_the_other_acts_for(schema: str, role: str, principal: Principal) -> None:
    assert find_principal(link("1", "a", "b", schema=schema, role=role)) is principal


@pytest.mark.parametrize("kind", ["derived", "identity"])
def test_shared_values_and_identities_have_no_principal(kind: str) -> None:
    role = "shared premises" if kind == "derived" else "outlet of"
    made = link("1", "a", "b", schema="Representation", kind=kind, role=role)
    assert find_principal(made) is Principal.NEITHER


@pytest.mark.parametrize(
    ("left", "right", "context"),
    [
        ([], [], Context.FAMILY),
        (["P"], [], Context.FAMILY),
        (["P"], ["P"], Context.NONE),
    ],
)
def test_family_is_context_unless_both_are_listed(
    left: list[str], right: list[str], context: Context
) -> None:
    ends = {"a": entity("a", "Person", left), "b": entity("b", "Person", right)}
    assert find_context(link("1", "a", "b", schema="Family"), ends) == context
    assert find_context(link("1", "a", "b", schema="Associate"), ends) == Context.NONE


def shared(number: int, sharers: int, role: str = "shared premises") -> Link:
    ends = (f"n{number}", f"n{number + 1}")
    return link(str(number), *ends, kind="derived", role=role, value="1 X St", sharers=sharers)


def test_many_sharers_of_many_programmes_make_a_service_provider() -> None:
    ids = [f"n{number}" for number in range(6)]
    mixed = {each: entity(each, "Company", [f"P{each}"]) for each in ids}
    alike = {each: entity(each, "Company", ["P"]) for each in ids}
    wide = [shared(number, 12) for number in range(5)]
    assert find_widely_shared(wide, mixed) == {value_key(wide[0])}
    assert find_widely_shared(wide[:1], alike) == frozenset(), "a real network: one programme"
    few = [shared(number, 3) for number in range(2)]
    assert find_widely_shared(few, alike) == frozenset()


def test_a_value_is_its_kind_and_text() -> None:
    assert value_key(shared(1, 2)) != value_key(shared(1, 2, "shared website"))
    assert value_key(shared(1, 2)) == value_key(shared(5, 9))


def test_organisations_are_those_of_the_model() -> None:
    for schema in model:
        made = entity("a", schema.name)
        wanted = schema.is_a("Organization") or schema.name == "LegalEntity"
        assert is_organisation(made) is wanted, schema.name


def tied(count: int, programs: int, countries: int) -> list[Entity]:
    return [
        entity(f"n{number}", "Company", [f"P{number % programs}"]).model_copy(
            update={"countries": (f"c{number % countries}",)}
        )
        for number in range(count)
    ]


def test_an_organisation_that_unrelated_parties_are_tied_to_is_spread() -> None:
    organisation, person = entity("o", "Organization"), entity("p", "Person")
    assert is_spread(organisation, tied(SPREAD_DEGREE, 5, 5))
    assert not is_spread(person, tied(SPREAD_DEGREE, 5, 5))
    assert not is_spread(organisation, tied(SPREAD_DEGREE - 1, 5, 5))
    assert not is_spread(organisation, tied(30, 1, 5)), "one programme: a real network"
    assert not is_spread(organisation, tied(30, 5, 1))


def test_outlets_do_not_count_towards_a_principals_degree() -> None:
    """Agency chains are never cut by degree, however many outlets a principal has."""
    parties = {"p": entity("p", "Company"), "o": entity("o", "Company")}
    parties |= {f"a{number}": entity(f"a{number}", "Company") for number in range(40)}
    agencies = [
        link(f"{number}", f"a{number}", "p", schema="Representation") for number in range(40)
    ]
    payouts = [link(f"p{number}", "p", f"a{number}", role="paid out at") for number in range(40)]
    owner = link("z", "o", "p", schema="Ownership")
    links = [*agencies, *payouts, owner, owner.model_copy(update={"id": "zz"})]
    pairs = [(each, make_link_row(each, parties, {})) for each in links]
    rows = make_node_rows(parties, pairs, {})
    assert rows["p"].degree == 1
    assert rows["o"].degree == 1
    assert all(rows[f"a{number}"].degree == 1 for number in range(40))
    assert not rows["p"].spread


def test_persons_have_no_degree_and_claims_none_to_give() -> None:
    parties = {"p": entity("p"), "c": entity("c", "Company"), "d": entity("d", "Company")}
    links = [
        link("1", "p", "c"), link("2", "c", "d", kind="claim"),
        link("3", "c", "d", kind="derived", role="shared premises"),
        link("4", "c", "d", kind="identity"),
    ]  # fmt: skip
    pairs = [(each, make_link_row(each, parties, {})) for each in links]
    rows = make_node_rows(parties, pairs, {})
    assert (rows["p"].degree, rows["c"].degree, rows["d"].degree) == (0, 1, 0)
