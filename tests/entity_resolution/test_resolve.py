from __future__ import annotations

import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entity_resolution.resolve import (
    MAX_PAIRWISE,
    derive_links,
    find_shared,
    find_shared_values,
    propose_identities,
)
from entity_resolution.shared_rows import SharedValue
from graph.statements import (
    STATEMENTS,
    DatasetTables,
    DatasetVersion,
    Relation,
    StatementWriter,
)
from ingest.source import IssueLog
from ingest.sources.us_ofac.csv import OfacSource
from tests.data import require_data

Fact = tuple[str, str, str, str]  # entity, schema, property, value


def make_table(facts: list[Fact], *, dataset: str = "list_a", on: str = "2024-01-01") -> pa.Table:
    """Statements as a staged dataset holds them."""
    size = len(facts)
    columns: dict[str, list[Any]] = {name: [None] * size for name in STATEMENTS.names}
    for name, at in (
        ("entity_id", 0),
        ("canonical_id", 0),
        ("schema", 1),
        ("prop", 2),
        ("value", 3),
    ):
        columns[name] = [fact[at] for fact in facts]
    columns["dataset"] = [dataset] * size
    columns["last_seen"] = [on] * size
    columns["record_id"] = [fact[0] for fact in facts]
    columns["locator"] = [f"a.csv:{at}" for at in range(size)]
    return pa.table(columns, schema=STATEMENTS)


def at(party: str, street: str, city: str = "Banjul", country: str = "gm") -> list[Fact]:
    address = f"addr-{party}-{street}"
    return [
        (party, "Company", "addressEntity", address),
        (address, "Address", "full", f"{street}, {city}"),
        (address, "Address", "street", street),
        (address, "Address", "city", city),
        (address, "Address", "country", country),
    ]


def document(
    party: str, number: str, *, kind: str = "Tax ID No.", country: str = "ru"
) -> list[Fact]:
    entity = f"doc-{party}-{kind}-{number}"
    return [
        (entity, "Identification", "holder", party),
        (entity, "Identification", "type", kind),
        (entity, "Identification", "number", number),
        (entity, "Identification", "country", country),
    ]


def named(party: str, name: str, schema: str = "Company") -> list[Fact]:
    return [(party, schema, "id", party), (party, schema, "name", name)]


def pairs(links: list[Any]) -> list[tuple[str, str, str]]:
    return sorted((link.source, link.target, link.role) for link, _, _ in links)


def test_a_link_names_both_texts_and_where_they_stand() -> None:
    table = pa.concat_tables(
        [
            make_table(at("p-b", "62 Buckle Street")),
            make_table(at("p-a", "62 Buckle St."), dataset="list_b", on="2025-02-03"),
        ]
    )
    [(link, assertion, provenance)] = derive_links(table).links
    assert (link.source, link.target) == ("p-a", "p-b")
    assert (link.kind, link.schema, link.role) == ("derived", "UnknownLink", "shared premises")
    assert link.sharers == 2
    assert re.fullmatch(r"shared-premises-[0-9a-f]{16}", link.id)
    assert assertion.by == "cuibono (derived)"
    assert assertion.on == "2025-02-03"
    assert assertion.quote is None
    assert assertion.source_title == "list_a, list_b"
    assert assertion.note is not None
    assert "62 Buckle Street" in assertion.note
    assert "62 Buckle St." in assertion.note
    assert provenance.record_id == "p-a; p-b"


def test_the_date_given_for_a_dataset_wins() -> None:
    table = make_table(at("a", "62 Buckle Street") + at("b", "62 Buckle St"))
    [(_, assertion, _)] = derive_links(table, published={"list_a": "2026-01-05"}).links
    assert assertion.on == "2026-01-05"


@pytest.mark.parametrize(
    ("prop", "left", "right", "role"),
    [
        ("website", "www.grupo-x.net", "http://grupo-x.net/en", "shared website"),
        ("email", "A@grupo-x.net", "a@grupo-x.net", "shared e-mail"),
        ("phone", "+35621241232", "+356 2124 1232", "shared phone"),
        ("registrationNumber", "503-586-77", "50358677", "shared identifier"),
        ("address", "9 High Road, Accra, Ghana", "High Rd. 9, Accra, Ghana", "shared premises"),
    ],
)
def test_each_kind_of_value_links_two_parties(prop: str, left: str, right: str, role: str) -> None:
    table = make_table([("a", "Company", prop, left), ("b", "Company", prop, right)])
    assert pairs(derive_links(table).links) == [("a", "b", role)]


def test_wallets_link_holders_and_accounts_link_owners() -> None:
    wallet = "1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL"
    facts = [
        *((f"w-{each}", "CryptoWallet", "holder", each) for each in "ab"),
        *((f"w-{each}", "CryptoWallet", "publicKey", wallet) for each in "ab"),
        ("acc", "BankAccount", "accountNumber", "1234 5678 99"),
        *((f"own-{each}", "Ownership", "owner", each) for each in "ab"),
        *((f"own-{each}", "Ownership", "asset", "acc") for each in "ab"),
    ]
    assert pairs(derive_links(make_table(facts)).links) == [
        ("a", "b", "shared account"),
        ("a", "b", "shared wallet"),
    ]


def test_a_party_never_shares_with_itself() -> None:
    facts = at("a", "62 Buckle Street") + at("a", "62 Buckle St") + document("a", "12345678")
    facts += [("a", "Company", "taxNumber", "12345678")]
    assert derive_links(make_table(facts)).links == []


def test_one_address_with_house_number_and_box_is_one_link() -> None:
    street = "62 Buckle Street, P.O. Box 9981"
    links = derive_links(make_table(at("a", street) + at("b", street))).links
    assert len(links) == 1


def test_issuers_that_differ_do_not_share_a_number() -> None:
    facts = document("a", "503586123", country="ir") + document("b", "503586123", country="ru")
    assert derive_links(make_table(facts)).links == []


def test_an_address_without_district_does_not_bridge_two_districts() -> None:
    facts = (
        at("a", "Calle Hidalgo 100, Colonia Centro")
        + at("b", "Calle Hidalgo 100, Colonia Roma")
        + at("c", "Calle Hidalgo 100")
    )
    assert [link[:2] for link in pairs(derive_links(make_table(facts)).links)] == [
        ("a", "c"),
        ("b", "c"),
    ]


def test_a_value_of_very_many_parties_is_left_out_and_reported() -> None:
    facts = [fact for n in range(MAX_PAIRWISE + 1) for fact in at(f"p{n:03}", "1 Orange Street")]
    links, wide = derive_links(make_table(facts))
    assert links == []
    assert [(each.kind, each.sharers) for each in wide] == [("premises", MAX_PAIRWISE + 1)]
    assert "1 Orange Street" in wide[0].value


def test_an_id_does_not_depend_on_who_else_is_loaded() -> None:
    facts = at("a", "62 Buckle Street") + at("b", "62 Buckle St.")
    more = facts + at("c", "62 Buckle Street, Half Die") + at("d", "1 Picton Street")
    [before] = [link.id for link, _, _ in derive_links(make_table(facts)).links]
    assert before in {link.id for link, _, _ in derive_links(make_table(more)).links}


def test_a_shared_number_with_agreeing_names_proposes_an_identity() -> None:
    facts = (
        named("a", "SHIP REPAIR CENTER ZVEZDOCHKA JSC")
        + named("b", "Joint Stock Company Ship Repair Center 'Zvezdochka'", "Organization")
        + document("a", "2902060361")
        + document("b", "2902060361")
    )
    [(link, assertion, _)] = propose_identities(make_table(facts))
    assert (link.kind, link.source, link.target, link.probability) == ("identity", "a", "b", 0.9)
    assert assertion.note is not None
    assert "2902060361" in assertion.note


def test_other_names_make_the_proposal_weaker() -> None:
    facts = named("a", "RASHED EXCHANGE") + named("b", "KHEDMATI AND ASSOCIATES")
    facts += document("a", "14006467155") + document("b", "14006467155")
    [(link, _, _)] = propose_identities(make_table(facts))
    assert link.probability == 0.5


@pytest.mark.parametrize(
    "against",
    [
        [("a", "Person", "birthDate", "1979-08-01"), ("b", "Person", "birthDate", "1985-08-30")],
        document("a", "1111222233", kind="National ID No.")
        + document("b", "4444555566", kind="National ID No."),
        [("b", "Company", "name", "Ali Muhammad")],
    ],
    ids=["birth dates", "another number of one kind", "schemata"],
)
def test_what_speaks_against_identity_leaves_no_proposal(against: list[Fact]) -> None:
    facts = named("a", "Ali Muhammad", "Person") + named("b", "Ali Muhammad", "Person")
    facts += document("a", "AA3829182", kind="Passport") + document(
        "b", "AA 3829182", kind="Passport"
    )
    assert len(propose_identities(make_table(facts))) == 1
    assert propose_identities(make_table(facts + against)) == []


_FACT = st.one_of(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(["Company", "Person"]),
        st.sampled_from(["website", "email", "phone", "address", "taxNumber", "name"]),
        st.sampled_from(
            ["x-y.net", "a@x-y.net", "+35621241232", "9 High Rd, Accra", "High Road 9, Accra"]
        )
        | st.text(min_size=1, max_size=20),
    ).map(lambda fact: [fact]),
    st.builds(
        at,
        st.sampled_from("abcd"),
        st.sampled_from(["62 Buckle St", "Buckle Street 62", "Buckle Street", "PO Box 123456"]),
    ),
    st.builds(document, st.sampled_from("abcd"), st.sampled_from(["12345670", "1234-5670"])),
)


@settings(deadline=None)
@given(st.lists(_FACT, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_statements_changes_nothing(
    groups: list[list[Fact]], chance: random.Random
) -> None:
    table = make_table([fact for group in groups for fact in group])
    order = list(range(table.num_rows))
    chance.shuffle(order)
    shuffled = table.take(order) if order else table
    links = derive_links(table)
    assert derive_links(shuffled) == links
    assert propose_identities(shuffled) == propose_identities(table)
    shared = find_shared(table)
    assert derive_links(table, shared=shared) == links
    assert propose_identities(table, shared=shared) == propose_identities(table)
    assert [link.id for link, _, _ in links.links] == sorted(
        {link.id for link, _, _ in links.links}
    )
    assert all(link.source < link.target for link, _, _ in links.links)


# --- the full SDN list ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sdn(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    folder = require_data("ofac_sdn_2023-12-28")
    directory: Path = tmp_path_factory.mktemp("sdn")
    source = OfacSource("us_ofac_sdn")
    writer = StatementWriter(
        DatasetVersion("us_ofac_sdn", "v", "2023-12-28", "2026-01-01T00:00:00Z", {})
    )
    source.parse(source.find_files(folder), writer, IssueLog())
    writer.write(directory)
    return DatasetTables.read(directory).statements


@pytest.fixture(scope="module")
def sdn_values(sdn: pa.Table) -> list[SharedValue]:
    return list(find_shared_values(sdn))


@pytest.fixture(scope="module")
def sdn_links(sdn: pa.Table) -> list[Relation]:
    return [link for link, _, _ in derive_links(sdn).links]


def neighbours(links: list[Relation], party: str, role: str) -> set[str]:
    return {
        link.target if link.source == party else link.source
        for link in links
        if link.role == role and party in (link.source, link.target)
    }


@pytest.mark.lists
def test_kairaba_shares_premises_with_tajco_only(sdn_links: list[Relation]) -> None:
    assert neighbours(sdn_links, "ofac-12455", "shared premises") == {"ofac-12452"}
    assert neighbours(sdn_links, "ofac-12452", "shared premises") == {"ofac-12455"}
    [link] = [
        each for each in sdn_links if (each.source, each.target) == ("ofac-12452", "ofac-12455")
    ]
    assert link.value == "62 Buckle Street, Banjul, The Gambia"
    assert link.sharers == 2


@pytest.mark.lists
def test_arosfran_and_afri_belg_share_website_and_premises(sdn_links: list[Relation]) -> None:
    shared = {
        link.role: link.value
        for link in sdn_links
        if (link.source, link.target) == ("ofac-12457", "ofac-12458")
    }
    assert set(shared) == {"shared premises", "shared website"}
    assert shared["shared website"] == "www.grupoarosfran.net"
    assert neighbours(sdn_links, "ofac-12457", "shared website") == {"ofac-12458"}


@pytest.mark.lists
def test_a_street_or_district_in_common_links_nobody(sdn_links: list[Relation]) -> None:
    together = {frozenset((link.source, link.target)) for link in sdn_links}
    for left, right in (
        ("12455", "24390"),
        ("12455", "24393"),
        ("24390", "24393"),
        ("12456", "19274"),
    ):
        assert frozenset((f"ofac-{left}", f"ofac-{right}")) not in together


@pytest.mark.lists
def test_no_link_rests_on_a_country_alone(sdn_links: list[Relation]) -> None:
    assert not any("ofac-12451" in (link.source, link.target) for link in sdn_links)


@pytest.mark.lists
def test_known_clusters_are_whole(sdn_values: list[SharedValue]) -> None:
    sizes = {value.key: len(value.parties) for value in sdn_values if value.kind == "premises"}
    assert max(sizes.values()) == 30
    assert sizes["ir|number|35|shahidatefieast"] == 30
    assert sizes["cy|number|16|pantelikatelari"] == 17


# As printed by two entries each under one of nine labels, punctuation and all (counted from the
# CSV by itself, not by the code under test).
PRINTED_TWICE = {
    *("65256", "3QL4V4.99999.SL.643", "533917", "6070026706", "7142099", "844191-K"),
    *("14006467155", "155608664-2-2015", "503586", "1047401500046", "1074345039339"),
    *("1114345026784", "1197746628640", "1207500001851", "1227700488003", "5067847016782"),
    *("2902060361", "4345309407", "7445024175", "7719019691", "7750004150", "9703077116"),
    *("9704004093", "9709058222", "9715263396"),
}
# Only equal once the hyphen before the check digit is no part of the number.
PRINTED_DIFFERENTLY = {"66865883", "1198063K", "7690495"}
# One of its two entries does not print the country: not shared where the country must be equal.
COUNTRY_ONCE = {"9715263396"}


@pytest.mark.lists
def test_identifiers_that_two_entries_share(sdn_values: list[SharedValue]) -> None:
    label = re.compile(
        r"(?:alt\. )?(Tax ID No\.|Registration Number|Registration ID|National ID No\.|NIT #|RUC #"
        r"|Folio Mercantil No\.|License|Identification Number) (\S+)(.*)"
    )
    printed: dict[tuple[str, ...], set[str]] = defaultdict(set)
    with_country: dict[tuple[str, ...], set[str]] = defaultdict(set)
    numbers = set()
    for value in sdn_values:
        if value.kind != "identifier":
            continue
        matches = [(label.match(each.text), each.party) for each in value.holdings]
        if len({party for match, party in matches if match}) > 1:
            numbers.add(value.key.split("|")[2])
        for match, party in matches:
            if match is not None:
                printed[match[1], match[2]].add(party)
                with_country[match[1], match[2], match[3]].add(party)
    assert {key[1] for key, parties in printed.items() if len(parties) > 1} == PRINTED_TWICE
    shared = {key[1] for key, parties in with_country.items() if len(parties) > 1}
    assert shared == PRINTED_TWICE - COUNTRY_ONCE
    plain = {re.sub(r"\W", "", number) for number in PRINTED_TWICE}
    assert numbers == plain | PRINTED_DIFFERENTLY


@pytest.mark.lists
def test_a_shared_number_proposes_and_does_not_prove(sdn: pa.Table) -> None:
    proposed = {(link.source, link.target): link for link, _, _ in propose_identities(sdn)}
    assert proposed["ofac-24537", "ofac-24538"].probability == 0.5
    assert proposed["ofac-20201", "ofac-36065"].probability == 0.9
    assert {link.kind for link in proposed.values()} == {"identity"}
