"""Which parties state the same premises, website, mailbox, phone, identifier, account or wallet.

Works on the statements of all loaded datasets together. A shared value is a fact about what was
published, and no more: group companies, tenants of one tower and clients of one agent share values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from entity_resolution.normalise.addresses import Premises, compare_premises, parse_premises
from entity_resolution.normalise.identifiers import (
    GLOBAL_FAMILIES,
    PROPERTY_FAMILIES,
    clean_account,
    clean_email,
    clean_identifier,
    clean_phone,
    clean_wallet,
    clean_website,
)
from entity_resolution.shared_rows import (
    Collector,
    Part,
    Row,
    SharedKind,
    SharedValue,
    Stated,
    make_value,
    published_text,
    read_parties,
)
from graph.bulk import bulk

# Beyond this many spellings of premises under one key they are compared by equality only:
# comparing each with each would be quadratic, and such an address is a hub anyway.
MAX_COMPARED = 300
# A number without issuer is compared with others without issuer only from this length on.
MIN_WITHOUT_ISSUER = 7

_SIMPLE: dict[str, tuple[SharedKind, Callable[[str], str | None]]] = {
    "website": ("website", clean_website),
    "email": ("e-mail", clean_email),
    "phone": ("phone", clean_phone),
}
_DOCUMENTS = ("Identification", "Passport")

# What is stated of each identifier by (family, number), then by issuer.
Numbers = dict[tuple[str, str], dict[str, list[Stated]]]


# --- premises -------------------------------------------------------------------------------------


def _first(part: Part, prop: str) -> str | None:
    rows = part.get(prop)
    if not rows:
        return None
    return rows[0].value if len(rows) == 1 else min(row.value for row in rows)


def _join(*texts: str | None) -> str | None:
    return ", ".join(filter(None, texts)) or None


def _parse_address(part: Mapping[str, str]) -> tuple[str, Premises | None]:
    """Readable text and premises of an Address entity."""
    street = _join(part.get("street"), part.get("street2"))
    box = part.get("postOfficeBox")
    if box:
        marked = box if any(letter.isalpha() for letter in box) else f"P.O. Box {box}"
        street = _join(street, marked)
    city = _join(part.get("city"), part.get("state"))
    country = part.get("country")
    full = part.get("full") or _join(street, city, country) or ""
    # An address without street of its own may still hold everything in its full text; what is
    # stated as town, region or postal code there is no house number.
    rest = full
    for place in filter(None, map(part.get, ("city", "state", "region", "postalCode"))):
        rest = rest.replace(place, " ")
    premises = parse_premises(
        rest, street=street, city=city, country=country, postal_code=part.get("postalCode")
    )
    return full, premises


def _collect_premises(found: Collector) -> dict[str, list[tuple[Premises, Stated]]]:
    """What is stated of each key."""
    buckets: dict[str, list[tuple[Premises, Stated]]] = defaultdict(list)
    parsed: dict[str, tuple[str, Premises | None]] = {}
    repeated: set[tuple[str, str]] = set()  # texts that an Address entity of the party gives too

    def keep(row: Row, text: str, premises: Premises | None) -> None:
        if premises is not None:
            place = premises.city[0] if premises.city else ""
            stated = Stated(row.at, row.entity_id, text, place)
            for key in premises.keys:
                buckets[key].append((premises, stated))

    for row in found.of_parties("addressEntity"):
        if row.value not in parsed:
            part = found.texts("Address", row.value)
            parsed[row.value] = _parse_address(part) if part else ("", None)
        text, premises = parsed[row.value]
        if text:
            repeated.add((row.entity_id, text))
            keep(row, text, premises)
    plain: dict[str, Premises | None] = {}
    for row in found.of_parties("address"):
        if (row.entity_id, row.value) not in repeated:
            if row.value not in plain:
                plain[row.value] = parse_premises(row.value)
            keep(row, published_text(row), plain[row.value])
    return buckets


def _sort_key(each: Premises) -> tuple[str, ...]:
    return (
        each.country or "", *each.city, *each.keys, each.postal_code, *sorted(each.parts),
        *sorted(each.context),
    )  # fmt: skip


def _group_premises(premises: Iterable[Premises]) -> Iterator[list[Premises]]:
    """Groups in which each is the same as each; one that fits several groups is in all of them.

    Sameness does not chain: an address without district may equal two that differ by district.
    The most specific come first, so that the vague join them and never bridge them.
    """
    ordered = sorted(
        premises,
        key=lambda each: (-len(each.context) - len(each.parts) - len(each.city), _sort_key(each)),
    )
    if len(ordered) > MAX_COMPARED:
        yield from ([each] for each in ordered)
        return
    groups: list[list[Premises]] = []
    for each in ordered:
        fitting = [
            group
            for group in groups
            if all(compare_premises(each, other).verdict == "same" for other in group)
        ]
        for group in fitting:
            group.append(each)
        if not fitting:
            groups.append([each])
    yield from groups


def _find_shared_premises(found: Collector) -> Iterator[SharedValue]:
    seen: set[frozenset[tuple[str, str]]] = set()
    rank = {"number": 0, "box": 1, "building": 2, "care of": 3}
    buckets = _collect_premises(found)
    shared = [key for key, held in buckets.items() if len({each.party for _, each in held}) > 1]
    for key in sorted(shared, key=lambda key: (rank[key.partition("|")[0]], key)):
        bucket: dict[Premises, list[Stated]] = defaultdict(list)
        for premises, stated in buckets[key]:
            bucket[premises].append(stated)
        for group in _group_premises(bucket):
            held = [each for premises in group for each in bucket[premises]]
            countries = sorted({each.country for each in group if each.country})
            value = make_value("premises", f"{'/'.join(countries)}|{key}", held, found)
            texts = frozenset((each.party, each.text) for each in held)
            if value is not None and texts not in seen:
                seen.add(texts)
                yield value


# --- other values ---------------------------------------------------------------------------------


def _name_number(kind: str, row: Row, country: str | None) -> str:
    """Readable form of an identifier; a source's own wording is kept where it names the type."""
    published = published_text(row)
    if kind in published:
        return published
    return f"{kind} {published}" + (f" ({country.upper()})" if country else "")


def _collect_numbers(found: Collector) -> Numbers:
    """What is stated of each identifier by (family, number), then by issuer."""
    numbers: Numbers = defaultdict(lambda: defaultdict(list))
    documented: set[tuple[str, str]] = set()

    def keep(row: Row, party: str, kind: str, country: str | None) -> None:
        key = clean_identifier(kind, row.value, country)
        if key is not None:
            family, issuer, number = key.split("|")
            text = _name_number(kind, row, country)
            numbers[family, number][issuer].append(Stated(row.at, party, text))
            documented.add((party, number))

    for part in found.of_schema(*_DOCUMENTS):
        holders = {row.value for row in part.get("holder", ())}
        for row in (*part.get("number", ()), *part.get("passportNumber", ())):
            kind = _first(part, "type") or row.schema
            for holder in holders:
                keep(row, holder, kind, _first(part, "country"))
    with_documents = frozenset(documented)
    for prop in PROPERTY_FAMILIES:
        for row in found.of_parties(prop):
            key = clean_identifier(prop, row.value)
            # A document says more of the same number: its type and issuer.
            if key and (row.entity_id, key.split("|")[2]) not in with_documents:
                keep(row, row.entity_id, prop, None)
    return numbers


def _find_shared_identifiers(found: Collector, numbers: Numbers) -> Iterator[SharedValue]:
    for family, number in sorted(numbers):
        issuers = numbers[family, number]
        unknown = issuers.get("", [])
        known = sorted(issuer for issuer in issuers if issuer)
        if not known and family not in GLOBAL_FAMILIES and len(number) < MIN_WITHOUT_ISSUER:
            continue
        for issuer in known or [""]:
            # An unstated issuer fits a stated one only where there is no choice between two.
            held = issuers[issuer] + (unknown if len(known) == 1 else [])
            value = make_value("identifier", f"{family}|{issuer}|{number}", held, found)
            if value is not None:
                yield value


def _collect_simple(found: Collector) -> dict[tuple[SharedKind, str], list[Stated]]:
    held: dict[tuple[SharedKind, str], list[Stated]] = defaultdict(list)
    for prop, (kind, clean) in _SIMPLE.items():
        cleaned: dict[str, str | None] = {}
        for row in found.of_parties(prop):
            if row.value not in cleaned:
                cleaned[row.value] = clean(row.value)
            key = cleaned[row.value]
            if key is not None:
                held[kind, key].append(Stated(row.at, row.entity_id, published_text(row)))
    _collect_wallets_and_accounts(found, held)
    return held


def _collect_wallets_and_accounts(
    found: Collector, held: dict[tuple[SharedKind, str], list[Stated]]
) -> None:
    """An account has no holder of its own in FollowTheMoney: its owner holds it."""
    owners: dict[str, set[str]] = defaultdict(set)
    for part in found.of_schema("Ownership"):
        for asset in part.get("asset", ()):
            owners[asset.value] |= {row.value for row in part.get("owner", ())}
    for part in found.of_schema("CryptoWallet"):
        holders = {row.value for row in part.get("holder", ())}
        for row in (*part.get("publicKey", ()), *part.get("cryptoAddress", ())):
            key = clean_wallet(row.value)
            if key is not None:
                held["wallet", key] += [
                    Stated(row.at, each, published_text(row)) for each in holders
                ]
    for part in found.of_schema("BankAccount"):
        for row in (*part.get("accountNumber", ()), *part.get("iban", ())):
            key = clean_account(row.value)
            if key is not None:
                text = published_text(row)
                holders = owners.get(row.entity_id, set())
                held["account", key] += [Stated(row.at, each, text) for each in holders]


@dataclass(frozen=True, slots=True)
class Shared:
    """What parties share, found once and used for derived links and for proposed identities."""

    values: list[SharedValue]  # in a fixed order whatever that of the statements
    numbers: Numbers

    def numbers_of(self, parties: Collection[str]) -> dict[str, dict[str, set[str]]]:
        """The identifiers of some parties: by party and "family|issuer", the numbers."""
        held: dict[str, dict[str, set[str]]] = {party: defaultdict(set) for party in parties}
        for (family, number), issuers in self.numbers.items():
            for issuer, stated in issuers.items():
                for each in stated:
                    if each.party in held:
                        held[each.party][f"{family}|{issuer}"].add(number)
        return held


def find_shared(statements: pa.Table, *, kinds: frozenset[SharedKind] | None = None) -> Shared:
    """Every value that two or more parties state, and every party's identifiers.

    See `find_shared_values`, which is enough where identities are not asked for.
    """
    with bulk():
        found = read_parties(statements)
        numbers = _collect_numbers(found) if kinds is None or "identifier" in kinds else {}
        return Shared(list(_iter_shared_values(found, numbers, kinds)), numbers)


def find_shared_values(
    statements: pa.Table, *, kinds: frozenset[SharedKind] | None = None
) -> Iterator[SharedValue]:
    """Every value that two or more parties state, in a fixed order whatever that of the table.

    Parties are told apart by entity id: one that states a value twice does not share it. Holders
    that the table does not describe are kept, as their listing may be in another dataset.

    Args:
        statements: Columns as in `graph.statements.STATEMENTS`, of all datasets together.
        kinds: Only these; None is all.
    """
    yield from find_shared(statements, kinds=kinds).values


def _iter_shared_values(
    found: Collector, numbers: Numbers, kinds: frozenset[SharedKind] | None
) -> Iterator[SharedValue]:
    if kinds is None or "premises" in kinds:
        yield from _find_shared_premises(found)
    yield from _find_shared_identifiers(found, numbers)
    if kinds is not None and not kinds - {"premises", "identifier"}:
        return
    simple = _collect_simple(found)
    for kind, key in sorted(simple):
        if kinds is None or kind in kinds:
            value = make_value(kind, key, simple[kind, key], found)
            if value is not None:
                yield value
