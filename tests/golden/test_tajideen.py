"""Golden questions about the sample case on the full list: what is stated, by whom, and when."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.model import Link, Status
from tests.golden.worlds import CASE, DERIVED, LIST, World

pytestmark = pytest.mark.lists

HUSAYN, ALI, KASSIM = "ofac-12451", "ofac-12450", "ofac-11494"
TAJCO, GOLFRATE, CONGO_FUTUR, KAIRABA = "ofac-12452", "ofac-12453", "ofac-12454", "ofac-12455"
OVLAS, AROSFRAN, AFRI_BELG = "ofac-12456", "ofac-12457", "ofac-12458"
HIZBALLAH, TAJCO_LTD, DHL = "ofac-4697", "case:tajco-ltd", "case:dhl"
BY_THE_LIST = (LIST, DERIVED)


def said_by(link: Link, stance: str = "asserts") -> list[tuple[str, str | None]]:
    """Who asserts or denies a link, and when."""
    return sorted((item.by, item.on) for item in link.evidence if item.stance == stance)


def test_q1_the_list_links_husayn_to_no_company_and_treasury_to_three(world: World) -> None:
    """The list file prints no tie of his: what there is was stated elsewhere, and says so."""
    assert world.page(HUSAYN, datasets=BY_THE_LIST).total == 0
    found = {
        (world.original(link.target), link.schema_, link.role): link
        for link in world.page(HUSAYN).links.values()
        if world.entity(world.original(link.target)).schema_ == "Company"
    }
    assert {target for target, _, _ in found} == {TAJCO_LTD, KAIRABA, TAJCO}
    share = found[TAJCO_LTD, "Ownership", "shareholder"]
    assert share.percentage is not None
    assert (share.percentage.minimum, share.percentage.maximum) == (50, 50)
    assert share.start == "[..2006-03]"
    assert found[TAJCO_LTD, "Directorship", "managing director"].start == "[..2006-03]"
    manager = found[KAIRABA, "Directorship", "point of contact and manager"]
    assert said_by(manager) == [("US Treasury", "2010-12-09")]
    assert manager.evidence[0].quote is not None
    owner = found[KAIRABA, "Ownership", "owner"]
    assert owner.status is Status.CORROBORATED
    assert all(link.datasets == (CASE,) for link in found.values())
    (subsidiary,) = world.links(TAJCO_LTD, KAIRABA)
    assert (subsidiary.role, world.original(subsidiary.target)) == ("subsidiary", KAIRABA)


def test_q2_within_two_hops_of_kairaba_are_exactly_the_committed_parties(world: World) -> None:
    """A party is within two hops when a default path of at most two hops leads to it.

    Neighbours of neighbours would not do: the hub policy refuses some of those ways (Ahmed
    Tajideen by kinship, Trust Bank over a shared principal), and only a path query applies it.
    """
    table = Path(__file__).with_name("kairaba_two_hops.csv")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = {row["id"]: (int(row["hops"]), row["disputed"] == "yes") for row in rows}
    near = world.neighbours(KAIRABA)
    candidates = near.union(*map(world.neighbours, near)) - {KAIRABA}
    answers = {each: world.paths(KAIRABA, each, max_hops=2, k=1) for each in candidates}
    assert all(answer.status == "complete" for answer in answers.values())
    found = {
        each: (answer.paths[0].length, answer.paths[0].disputed)
        for each, answer in answers.items()
        if answer.paths
    }
    assert found == expected
    assert all(row["reason"] for row in rows)
    assert candidates - found.keys() == {"case:ahmed-tajideen", "case:trust-bank-gambia"}


def test_q2_the_list_alone_puts_only_tajco_within_two_hops_of_kairaba(world: World) -> None:
    """62 Buckle Street is all that the list's own data tie together."""
    assert world.neighbours(KAIRABA, datasets=BY_THE_LIST) == {TAJCO}
    assert world.neighbours(TAJCO, datasets=BY_THE_LIST) == {KAIRABA}


def test_q3_only_kairaba_shares_premises_with_tajco(world: World) -> None:
    """62 Buckle Street, Banjul; Tajco's five other addresses are nobody else's."""
    assert world.neighbours(TAJCO, types_allow=("SharedPremises",)) == {KAIRABA}
    (link,) = world.links(TAJCO, KAIRABA, types_allow=("SharedPremises",))
    assert link.value == "62 Buckle Street, Banjul, The Gambia"
    assert (link.kind, link.sharers) == ("derived", 2)


def test_q4_arosfran_and_afri_belg_share_a_website_and_premises(world: World) -> None:
    """Two values of one pair are two links; both are computed and marked so."""
    assert world.neighbours(AROSFRAN, types_allow=("SharedWebsite",)) == {AFRI_BELG}
    links = world.links(AROSFRAN, AFRI_BELG)
    assert {link.type for link in links} == {"SharedWebsite", "SharedPremises"}
    values = {link.type: link.value or "" for link in links}
    assert values["SharedWebsite"] == "www.grupoarosfran.net"
    assert "Comandante" in values["SharedPremises"]
    assert "0.67" in values["SharedPremises"]


def test_q5_husayn_and_hizballah_treasury_asserts_and_the_family_denies(world: World) -> None:
    """A programme tag in the list is no link; what Treasury states, the family disputes."""
    alone = world.paths(HUSAYN, HIZBALLAH, datasets=BY_THE_LIST, max_hops=12)
    assert (alone.paths, alone.stop_reason) == ((), "exhausted")
    (link,) = world.links(HUSAYN, HIZBALLAH)
    assert link.status is Status.DISPUTED
    assert said_by(link) == [("US Treasury", "2010-12-09")]
    assert said_by(link, "denies") == [("Tajideen family", "2015-06-27")]
    assert [item.relays for item in link.evidence if item.stance == "denies"] == ["Reuters"]
    # Before the denial was published, the same link reads as it stood then.
    (then,) = world.links(HUSAYN, HIZBALLAH, known_at="2014")
    assert then.status is Status.ASSERTED


def test_q27_dhl_is_named_in_one_refuted_claim_of_congo_futur(world: World) -> None:
    """Shown without who claimed and who refuted it, the claim would be wrong and defamatory."""
    (claim,) = world.workspace.claims(world.id(DHL))
    assert (claim.kind, claim.status) == ("claim", Status.REFUTED)
    assert (claim.source, claim.target) == world.ids((CONGO_FUTUR, DHL))
    assert said_by(claim) == [(f"{world.name('Congo Futur')} (its website)", "2015")]
    assert said_by(claim, "denies") == [(world.name("DHL"), "2015")]
    assert [item.relays for item in claim.evidence if item.stance == "denies"] == [
        "Counter Extremism Project"
    ]


def test_g5_a_refuted_claim_carries_no_path_unless_claims_are_asked_for(world: World) -> None:
    """Asked for, it is one hop, says that it is refuted, and names both sides."""
    assert world.paths(CONGO_FUTUR, DHL).paths == ()
    answer = world.paths(CONGO_FUTUR, DHL, include_claims=True)
    (path,) = answer.paths
    assert (world.nodes(path), path.claimed) == ((CONGO_FUTUR, DHL), True)
    for words in ("refuted", world.name("Congo Futur"), world.name("DHL"), "denied by",
                  "Counter Extremism Project"):  # fmt: skip
        assert words in path.text


def test_q34_golfrate_is_owned_by_ovlas_and_by_kassim_and_nothing_is_added_up(
    world: World,
) -> None:
    """One sentence of Treasury states both; the one ownership runs through the other."""
    links = [
        link
        for link in world.page(GOLFRATE).links.values()
        if world.original(link.target) == GOLFRATE and link.schema_ == "Ownership"
    ]
    owners = {world.original(link.source): link for link in links}
    assert set(owners) == {OVLAS, KASSIM}
    assert owners[KASSIM].percentage is None
    whole = owners[OVLAS].percentage
    assert whole is not None
    assert whole.minimum == 100
    for link in links:
        assert {item.source_url for item in link.evidence} == {
            "https://home.treasury.gov/news/press-releases/tg997"
        }


def test_g2_one_street_is_not_one_building(world: World) -> None:
    """Ovlas is in Embassy Street, Charara in Embassies Street: other buildings."""
    assert world.links(OVLAS, "ofac-19274") == []


@pytest.mark.parametrize(
    ("day", "listed"),
    [("2009-05-26", set()), ("2010-06-01", {KASSIM}), ("2011-01-01", {KASSIM, HUSAYN})],
)
def test_g9_the_brothers_were_listed_a_year_and_a_half_apart(
    world: World, day: str, listed: set[str]
) -> None:
    """The list's files hold no dates; the announcements do, and are marked as reports."""
    found = set()
    for brother in (KASSIM, HUSAYN):
        listings = world.entity(brother).listings
        assert {each.reported for each in listings} == {True, False}
        assert all(each.since for each in listings if each.reported)
        if any(each.since and each.since <= day for each in listings):
            found.add(brother)
    assert found == listed


def test_g15_an_agency_that_repeats_the_bank_does_not_corroborate_it(world: World) -> None:
    """Reuters relays Trust Bank: one origin. Three papers on one shop's owner are several."""
    (agency,) = world.links("case:trust-bank-gambia", "case:western-union")
    assert len(agency.evidence) == 2
    assert agency.status is Status.ASSERTED
    owner = next(link for link in world.links(HUSAYN, KAIRABA) if link.schema_ == "Ownership")
    assert owner.status is Status.CORROBORATED
