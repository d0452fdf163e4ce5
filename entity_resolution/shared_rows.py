"""Statements as the search for shared values needs them: by party, and by what parties refer to.

Only the properties that can be shared are read; addresses, documents, wallets, accounts and their
ownership are gathered by entity.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from followthemoney import model

from entity_resolution.normalise.identifiers import PROPERTY_FAMILIES

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

    entity_id: str
    schema: str
    prop: str
    value: str
    original_value: str | None
    dataset: str
    last_seen: str | None
    record_id: str
    locator: str
    sha256: str | None


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


def _to_list(column: pa.ChunkedArray) -> list[Any]:
    """As `to_pylist`, several times faster for text."""
    values: list[Any] = column.cast(pa.string()).to_numpy().tolist()
    return values


def read_rows(
    statements: pa.Table, props: Iterable[str], *, but_parts_of: frozenset[str] = frozenset()
) -> list[Row]:
    """The statements of some properties, in the order of the table.

    Args:
        but_parts_of: Schemata of which only their own properties in `_PARTS` are read; entities of
            other schemata then do not give those. Empty reads every schema alike.
    """
    prop, schema = (statements[name].cast(pa.string()) for name in ("prop", "schema"))
    mask = pc.is_in(prop, value_set=pa.array(sorted(props), pa.string()))
    for each in sorted(but_parts_of):
        own = pc.is_in(prop, value_set=pa.array(_PARTS[each], pa.string()))
        mask = pc.or_(mask, pc.and_(pc.equal(schema, each), own))
    columns = [_to_list(statements[name].filter(mask)) for name in _COLUMNS]
    return list(map(Row._make, zip(*columns, strict=True)))


def read_parties(statements: pa.Table) -> Collector:
    """What parties state, and what they refer to."""
    return Collector(read_rows(statements, _PARTY_PROPS, but_parts_of=frozenset(_PARTS)))


class Collector:
    """Rows by what they belong to."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.parties: dict[str, list[Row]] = defaultdict(list)  # by property
        self.parts: dict[str, dict[str, dict[str, list[Row]]]] = {name: {} for name in _PARTS}
        wanted = _PARTY_PROPS
        for row in rows:
            parts = self.parts.get(row.schema)
            if parts is not None:
                part = parts.get(row.entity_id)
                if part is None:
                    part = parts[row.entity_id] = {}
                part.setdefault(row.prop, []).append(row)
            elif row.prop in wanted and is_party(row.schema):
                self.parties[row.prop].append(row)

    def of_schema(self, *schemata: str) -> Iterator[dict[str, list[Row]]]:
        """The statements of each part entity of some schemata, by property."""
        for schema in schemata:
            yield from self.parts[schema].values()


class Stated(NamedTuple):
    """A row that gives a party a value; becomes a `Holding` where the value is shared."""

    row: Row
    party: str
    text: str
    place: str = ""

    def hold(self) -> Holding:
        """As evidence."""
        row = self.row
        return Holding(
            self.party, self.text, row.dataset, row.record_id, row.locator, row.sha256 or "",
            row.last_seen or "", self.place,
        )  # fmt: skip


def published_text(row: Row) -> str:
    """The value as its source prints it."""
    return row.original_value or row.value


def make_value(kind: SharedKind, key: str, stated: Iterable[Stated]) -> SharedValue | None:
    """The shared value; None when only one party states it."""
    stated = list(stated)
    first = stated[0].party if stated else ""
    if all(each.party == first for each in stated):
        return None
    distinct = tuple(sorted({each.hold() for each in stated}))
    texts = Counter(holding.text for holding in distinct)
    readable = min(texts, key=lambda text: (-texts[text], len(text), text))
    return SharedValue(kind, key, readable, distinct)
