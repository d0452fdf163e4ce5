"""What the product stores of each real list equals a naive second reading of it.

Every difference that is allowed is named here with its reason; any other one is a defect of one of
the two readings. The product may understand more of a packed cell, and never less.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.data import require_data
from tests.oracle.lists import cons, csl, eu, fincen, gleif, uk, un
from tests.oracle.lists.parties import Link, Reading, differing, read_product

pytestmark = pytest.mark.lists


def pairs_of(links: set[Link]) -> set[tuple[str, str]]:
    """(source, target) of each relation."""
    return {(source, target) for _, source, target, _ in links}


def same(ours: Reading, theirs: Reading, *aspects: str) -> None:
    """Every party agrees in these aspects."""
    for aspect in aspects:
        assert differing(ours, theirs, aspect) == {}, aspect


def lost(ours: Reading, theirs: Reading, aspect: str) -> dict[str, set[Any]]:
    """What only the naive reading found."""
    return {key: less for key, (_, less) in differing(ours, theirs, aspect).items() if less}


def bare(text: str) -> str:
    """A name without the quotation marks around it."""
    return text.strip("\"'")


def test_the_un_list(tmp_path: Path) -> None:
    folder = require_data("un_2026-02-27")
    ours, links = read_product("un_sc", folder, tmp_path)
    theirs, pairs = un.read(folder / "UN_consolidated.xml.gz")
    assert len(theirs) == 1003
    same(ours, theirs, "kind", "births", "programs", "listed", "topics")
    for key, (more, less) in differing(ours, theirs, "names").items():
        for strength, name in less:
            # A note calls it a former name; quotation marks and what follows a name are no name.
            assert strength == "alias", key
            assert any(prop in ("alias", "previousName") and bare(name).startswith(each)
                       for prop, each in ours[key].names), (key, name)  # fmt: skip
        assert all(name in theirs[key].text for _, name in more), key  # in another script: a note
    # TAe.014 has all of an address in the street, and another country alone in an address.
    assert lost(ours, theirs, "countries").keys() == {"un-tae.014"}
    assert lost(ours, theirs, "places") == {}
    for key, party in ours.items():  # a number is told from the words around it
        assert all(each in theirs[key].text for each in party.numbers), key
    # TAi.048 is a former number of TAi.038: the same person, and no link.
    linked = pairs_of(links) | {(target, source) for source, target in pairs_of(links)}
    assert len(pairs) == 513
    assert pairs - linked == {("un-tai.038", "un-tai.048")}


def test_the_eu_annexes(tmp_path: Path) -> None:
    folder = require_data("eu_2026-08")
    ours, _ = read_product("eu_journal", folder, tmp_path)
    entries = eu.read(folder)
    for (act, annex, number), parties in entries.items():
        plain = f"eu-{act}-{annex}-{number}".lower()
        by_name = [key for key in ours if key.startswith(f"eu-{act.lower()}-")] if (
            plain not in ours
        ) else []  # fmt: skip
        for party in parties:
            key = plain if plain in ours else next(
                each for each in by_name if party.names & ours[each].names
            )  # fmt: skip
            known = ours[key]
            assert party.births <= known.births, key
            assert party.programs <= known.programs, key
            assert party.listed <= known.listed, key
            assert party.kind == known.kind, key
            # Restrictions of dealings with a bank are financial sanctions to us.
            assert party.topics <= known.topics | {"reg.action"}, key
            for strength, name in party.names - known.names:
                # Another spelling in brackets is an alias, so the name is stated without it.
                # Quotation marks are no name, nor is a date of birth behind one.
                assert strength != "previousName", (key, name)
                assert "(" in name or any(each in name for _, each in known.names), (key, name)
    assert len(entries) == 7467


def test_ofsis_list(tmp_path: Path) -> None:
    folder = require_data("uk_ofsi_2018-04-13")
    ours, _ = read_product("gb_ofsi", folder, tmp_path)
    theirs = uk.read(folder / "sanctionsconlist.csv.gz")
    assert len(theirs) == 2106
    same(ours, theirs, "kind", "names", "births", "programs", "listed", "topics")
    # "(1) to (6) Algeria" is not Tonga.
    assert lost(ours, theirs, "countries") == {"gb-7860": {("birthCountry", "to")}}
    assert lost(ours, theirs, "places") == {}


def test_ofacs_parties_of_the_screening_list(tmp_path: Path) -> None:
    folder = require_data("us_csl_2022-04")
    found, links = read_product("us_csl", folder, tmp_path)
    theirs, pairs = csl.read(folder / "consolidated.csv.gz")
    ours = {key: party for key, party in found.items() if key in theirs}
    assert len(theirs) == len(ours) == 10_423
    same(ours, theirs, "kind", "places", "programs", "listed")
    for key, (more, less) in differing(ours, theirs, "names").items():
        # Quotation marks are no name, and "(… ONLY)" is where a name is in use.
        plain = {(strength, bare(name).partition(" (THE ")[0]) for strength, name in less}
        assert more == plain, key
    assert lost(ours, theirs, "births") == lost(ours, theirs, "countries") == {}
    named = defaultdict(set)
    for key, party in theirs.items():
        for strength, name in party.names:
            if strength == "name":
                named[name].add(key)
    stated = {(key, target) for key, name in pairs for target in named[name]}
    assert pairs_of(links) == stated  # of two parties of one name both, marked as ambiguous


def test_ofacs_other_list(tmp_path: Path) -> None:
    path = require_data("ofac_nonsdn", "CONS_ENHANCED.ZIP")
    ours, links = read_product("us_ofac_cons", path, tmp_path)
    theirs, pairs = cons.read(path)
    assert len(theirs) == 443
    same(ours, theirs, "names", "births", "programs", "listed", "topics")
    for key, (schemata, _) in differing(ours, theirs, "kind").items():
        assert schemata == {"Company"}, key  # what is owned must be one
        assert any(target == key for _, target in pairs), key
    # A country alone is an address here, as OFAC gives it a number.
    for key, countries in lost(ours, theirs, "countries").items():
        assert {each for _, each in countries} <= ours[key].places, key
    assert lost(ours, theirs, "places") == {}
    for key, numbers in lost(ours, theirs, "numbers").items():
        assert {each.removesuffix(" (Russia)") for each in numbers} <= ours[key].numbers, key
    assert pairs_of(links) == pairs
    assert len(pairs) == 283


def test_fincens_special_measures(tmp_path: Path) -> None:
    folder = require_data("us_fincen")
    ours, links = read_product("us_fincen", folder, tmp_path)
    theirs, ties = fincen.read(folder / "special_measures_details.csv")
    ids = {name: key for key, party in ours.items() for _, name in party.names}
    # The asterisks are footnotes; the measure against Burma names no party.
    unnamed = {name for name in theirs if name.rstrip("* ") not in ids}
    assert unnamed == {"Burma****"}
    for name in theirs.keys() - unnamed:
        party = ours[ids[name.rstrip("* ")]]
        assert {country for prop, country in party.countries if prop == "country"} == theirs[name]
    tied = {key for pair in pairs_of(links) for key in pair}
    untied = {target for _, name, target in ties if ids[name] not in tied}
    assert untied == {
        # measures against a country or a class of transactions: there is no party to tie to
        "Islamic Republic of Iran", "Democratic People’s Republic of Korea", "Nauru",
        "Convertible Virtual Currency Mixing",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["rr-data.xml", "rr-updates-data2-new.xml"])
def test_gleifs_relationships(tmp_path: Path, name: str) -> None:
    path = require_data("gleif", name)
    _, links = read_product("gleif_rr", path, tmp_path)
    records = gleif.read(path)
    subfund = {(child, parent) for kind, child, parent, _ in records if kind == "IS_SUBFUND_OF"}
    others = {(parent, child) for kind, child, parent, _ in records if kind != "IS_SUBFUND_OF"}
    assert pairs_of(links) == subfund | others
    owned = {(parent, child) for kind, child, parent, _ in records if kind in gleif.OWNERS}
    assert pairs_of({link for link in links if link[0] == "Ownership"}) == owned
    assert len(records) == len(links) == 10
