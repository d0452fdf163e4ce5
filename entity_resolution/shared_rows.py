"""Statements as the search for shared values needs them: by party, and by what parties refer to.

Only the properties that can be shared are read; addresses, documents, wallets, accounts and their
ownership are gathered by entity.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from followthemoney import model

from entity_resolution.normalise.identifiers import PROPERTY_FAMILIES
from graph.statements import read_column

SharedKind = Literal["premises", "website", "e-mail", "phone", "identifier", "account", "wallet"]

_ADDRESS_PROPS = (
    "full",
    "street",
    "street2",
    "postOfficeBox",
    "city",
    "state",
    "postalCode",
    "country",
)
_DOCUMENT_PROPS = ("holder", "type", "number", "passportNumber", "country")
_WALLET_PROPS = ("holder", "publicKey", "cryptoAddress")
_ACCOUNT_PROPS = ("accountNumber", "iban")
_PARTS = {
    "Address": _ADDRESS_PROPS,
    "Identification": _DOCUMENT_PROPS,
    "Passport": _DOCUMENT_PROPS,
    "CryptoWallet": _WALLET_PROPS,
    "BankAccount": _ACCOUNT_PROPS,
    "Ownership": ("owner", "asset"),
}
_PARTY_PROPS = frozenset(
    {"address", "addressEntity", "website", "email", "phone", *PROPERTY_FAMILIES}
)
_COLUMNS = (
    "entity_id", "schema", "prop", "value", "original_value", "dataset", "last_seen", "record_id",
    "locator", "sha256",
)  # fmt: skip


class Row(NamedTuple):
    """One statement, as far as it is read here."""

    at: int  # its place among those read
    entity_id: str
    schema: str
    prop: str
    value: str
    original_value: str | None


@dataclass(frozen=True, slots=True, order=True)
class Holding:
    """One party states one value: the text as published and where it stands."""

    party: str
    text: str
    dataset: str
    record_id: str
    locator: str
    sha256: str = ""
    published: str = ""
    place: str = ""  # of premises: the city, so that ids differ between cities


@dataclass(frozen=True, slots=True)
class SharedValue:
    """A value that at least two parties state."""

    kind: SharedKind
    key: str
    value: str  # readable
    holdings: tuple[Holding, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Distinct parties, sorted."""
        return tuple(sorted({holding.party for holding in self.holdings}))


@cache
def is_party(schema: str) -> bool:
    """Whether entities of the schema share values: people, organisations, vessels, aircraft."""
    found = model.get(schema)
    return found is not None and (found.is_a("LegalEntity") or found.is_a("Vehicle"))


def _read_columns(
    statements: pa.Table, mask: pa.ChunkedArray, names: Sequence[str]
) -> list[list[Any]]:
    wanted = statements.select(list(names)).filter(mask)
    return [read_column(wanted, name) for name in names]


def read_rows(statements: pa.Table, props: Iterable[str]) -> Iterator[Row]:
    """The statements of some properties, in the order of the table."""
    prop = statements["prop"].cast(pa.string())
    mask = pc.is_in(prop, value_set=pa.array(sorted(props), pa.string()))
    columns = _read_columns(statements, mask, _COLUMNS[:5])
    return map(Row, itertools.count(), *columns)


def read_parties(statements: pa.Table) -> Collector:
    """What parties state, and what they refer to."""
    prop, schema = (statements[name].cast(pa.string()) for name in ("prop", "schema"))
    mask = pc.is_in(prop, value_set=pa.array(sorted(_PARTY_PROPS), pa.string()))
    for part, props in _PARTS.items():
        own = pc.is_in(prop, value_set=pa.array(props, pa.string()))
        mask = pc.or_(mask, pc.and_(pc.equal(schema, part), own))
    return Collector(_read_columns(statements, mask, _COLUMNS))


Part = dict[str, list["Row"]]


class Collector:
    """Statements by what they belong to.

    Rows stay columns until they are looked at: hundreds of thousands of small objects would cost
    more in garbage collection than all the comparing.
    """

    def __init__(self, columns: list[list[Any]]) -> None:
        self._columns = columns
        self._read = columns[:5]
        self._by_prop: dict[str, list[int]] = defaultdict(list)  # of parties
        self._parts: dict[str, dict[str, list[int]]] = {name: {} for name in _PARTS}
        entities, schemata, props = columns[:3]
        for at, schema in enumerate(schemata):
            parts = self._parts.get(schema)
            if parts is None:
                if is_party(schema):
                    self._by_prop[props[at]].append(at)
            elif entities[at] in parts:
                parts[entities[at]].append(at)
            else:
                parts[entities[at]] = [at]

    def row(self, at: int) -> Row:
        """One statement."""
        entity, schema, prop, value, original = self._read
        return Row(at, entity[at], schema[at], prop[at], value[at], original[at])

    def hold(self, stated: Stated) -> Holding:
        """A statement as evidence."""
        dataset, seen, record, locator, sha256 = (each[stated.at] for each in self._columns[5:])
        return Holding(
            stated.party, stated.text, dataset, record, locator, sha256 or "", seen or "",
            stated.place,
        )  # fmt: skip

    def of_parties(self, prop: str) -> Iterator[Row]:
        """The statements of one property of parties."""
        return map(self.row, self._by_prop.get(prop, ()))

    def texts(self, schema: str, entity_id: str) -> dict[str, str]:
        """The least value of each property of such an entity; empty when it is not described."""
        props, values = self._columns[2], self._columns[3]
        least: dict[str, str] = {}
        for at in self._parts[schema].get(entity_id, ()):
            known = least.get(props[at])
            if known is None or values[at] < known:
                least[props[at]] = values[at]
        return least

    def of_schema(self, *schemata: str) -> Iterator[Part]:
        """The statements of each such entity of some schemata."""
        for schema in schemata:
            yield from map(self._group, self._parts[schema].values())

    def _group(self, rows: Iterable[int]) -> Part:
        part: Part = {}
        props = self._columns[2]
        for at in rows:
            part.setdefault(props[at], []).append(self.row(at))
        return part


class Stated(NamedTuple):
    """Statement `at` gives a party a value; becomes a `Holding` where the value is shared."""

    at: int
    party: str
    text: str
    place: str = ""


def published_text(row: Row) -> str:
    """The value as its source prints it."""
    return row.original_value or row.value


def make_value(
    kind: SharedKind, key: str, stated: list[Stated], found: Collector
) -> SharedValue | None:
    """The shared value; None when only one party states it."""
    if len(stated) < 2 or all(each.party == stated[0].party for each in stated):
        return None
    distinct = tuple(sorted(set(map(found.hold, stated))))
    texts = Counter(holding.text for holding in distinct)
    readable = min(texts, key=lambda text: (-texts[text], len(text), text))
    return SharedValue(kind, key, readable, distinct)
