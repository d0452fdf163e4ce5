"""Owners of the register of people with significant control, as statements and relations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from graph.countries import find_country
from graph.model import Percentage
from graph.statements import Assertion, RowOrigins, StatementWriter
from ingest.columns import keep_where, make_ids, map_distinct, prefix_texts
from ingest.sources.gb_coh import PREFIX as COMPANY_PREFIX
from ingest.sources.gb_psc_natures import Holding
from ingest.sources.gleif_columns import Tally, write_addresses

ADDRESS = ("street", "postOfficeBox", "city", "state", "postalCode", "country", "remarks")
TITLE = "Register of people with significant control, Companies House"
_SITE = "https://find-and-update.company-information.service.gov.uk"
_BY = "Companies House"
_SEVERAL = re.compile(r"\s*(?:[,;/&]|\band\b)\s*", re.I)


class OwnerRow(NamedTuple):
    """One entry of the register, its texts as published."""

    id: str  # of the party
    own_id: str  # of the entry, whoever the party is
    company: str
    schema: str
    is_resolved: bool  # whether the party is one of the company register
    locator: str
    link: str | None
    name: str | None
    published: str | None  # the name with its title
    title: str | None
    first: str | None
    middle: str | None
    last: str | None
    birth: str | None
    nationality: str | None
    residence: str | None
    register: tuple[str | None, ...]  # form, authority, country, place, number
    address: tuple[str | None, ...]
    office: tuple[str | None, ...]
    notes: tuple[str, ...]
    holdings: tuple[Holding, ...]
    start: str | None
    end: str | None
    note: str | None


def write_owners(
    writer: StatementWriter, owners: Sequence[OwnerRow], sha256: str, tally: Tally
) -> None:
    """State the owners, the companies that they hold, and what they hold."""
    _write_companies(writer, owners, sha256)
    by_schema: dict[tuple[str, bool], list[OwnerRow]] = {}
    for owner in owners:
        by_schema.setdefault((owner.schema, owner.is_resolved), []).append(owner)
    for (schema, is_resolved), some in by_schema.items():
        _write_parties(writer, schema, some, sha256, tally, is_resolved=is_resolved)
    by_edge: dict[str, list[tuple[OwnerRow, Holding]]] = {}
    for owner in owners:
        for holding in owner.holdings:
            by_edge.setdefault(holding.schema, []).append((owner, holding))
    for schema, held in by_edge.items():
        _write_holdings(writer, schema, held, sha256)


def _write_companies(writer: StatementWriter, owners: Sequence[OwnerRow], sha256: str) -> None:
    """State that the companies exist: the register of companies may not be loaded."""
    first = list({owner.company: owner for owner in reversed(owners)}.values())
    numbers = _texts([owner.company for owner in first])
    ids = make_ids(COMPANY_PREFIX, numbers)
    rows = RowOrigins(numbers, _texts([owner.locator for owner in first]), sha256)
    writer.add_entities("Company", ids, rows)
    writer.add_columns("Company", "registrationNumber", ids, numbers, rows)


def _write_parties(
    writer: StatementWriter,
    schema: str,
    owners: Sequence[OwnerRow],
    sha256: str,
    tally: Tally,
    *,
    is_resolved: bool,
) -> None:
    columns = dict(zip(OwnerRow._fields, zip(*owners, strict=True), strict=True))
    ids, own_ids = _texts(columns["id"]), _texts(columns["own_id"])
    rows = RowOrigins(own_ids, _texts(columns["locator"]), sha256)
    writer.add_entities(schema, ids, rows)

    def put(prop: str, values: pa.StringArray, original: pa.StringArray | None = None) -> None:
        if values.null_count < len(values):
            writer.add_columns(schema, prop, ids, values, rows, original=original)

    # The name by which a company is known is that of its own entry in the register.
    put("alias" if is_resolved else "name", _texts(columns["name"]), _texts(columns["published"]))
    if schema == "Person":
        _write_person(columns, put, tally)
    form, authority, country, place, number = map(_texts, zip(*columns["register"], strict=True))
    if schema != "Person":
        put("legalForm", form)
        _write_register(put, (authority, country, place, number), is_resolved=is_resolved)
    for name, key in (("address", "service"), ("office", "principal")):
        parts = map(_texts, zip(*columns[name], strict=True))
        # Entries of one company under its own number may state several addresses.
        key = f"psc-{key}" if is_resolved else key
        write_addresses(writer, schema, ids, rows, dict(zip(ADDRESS, parts, strict=True)), key=key)
    longest = max(map(len, columns["notes"]))
    for at in range(longest):
        put("notes", _texts([notes[at] if at < len(notes) else None for notes in columns["notes"]]))


def _write_person(columns: dict[str, Any], put: Callable[..., None], tally: Tally) -> None:
    for prop, name in (("title", "title"), ("firstName", "first"), ("middleName", "middle"),
                       ("lastName", "last"), ("birthDate", "birth")):  # fmt: skip
        put(prop, _texts(columns[name]))
    locators = columns["locator"]
    for prop, name in (("nationality", "nationality"), ("country", "residence")):
        published = _texts(columns[name])
        if published.null_count == len(published):
            continue
        codes = map_distinct(published, _find_countries)
        parts = codes.to_pylist()
        for at in range(max((text.count(" ") + 1 for text in parts if text), default=0)):
            put(prop, _texts([_nth(text, at) for text in parts]), published)
        lost = pc.and_(published.is_valid(), codes.is_null())
        kept = keep_where(lost, published)
        put("notes", prefix_texts(f"{name.capitalize()}: ", kept))
        for count in pc.value_counts(kept.drop_null()).to_pylist():
            first = locators[published.index(count["values"]).as_py()]
            tally.see("unknown-country", f"{name} {count['values'][:80]!r} is not known; kept in "
                      "notes", first, count["counts"])  # fmt: skip


def _write_register(
    put: Callable[..., None],
    register: tuple[pa.StringArray, ...],
    *,
    is_resolved: bool,
) -> None:
    authority, country, place, number = register
    put("notes", prefix_texts("Governed by: ", authority))
    put("notes", prefix_texts("Registered in: ", place))
    if is_resolved:
        return  # number and country are those of the party that it was found to be
    put("registrationNumber", number)
    code = map_distinct(country, find_country)
    put("jurisdiction", code, country)
    put("notes", prefix_texts("Country of register: ", keep_where(code.is_null(), country)))


def _write_holdings(
    writer: StatementWriter,
    schema: str,
    held: Sequence[tuple[OwnerRow, Holding]],
    sha256: str,
) -> None:
    owners, holdings = zip(*held, strict=True)
    own_ids = _texts([owner.own_id for owner in owners])
    rows = RowOrigins(own_ids, _texts([owner.locator for owner in owners]), sha256)
    roles = _texts([holding.role for holding in holdings])
    ids = [f"{owner.own_id}-{holding.key}" for owner, holding in held]
    links = prefix_texts(_SITE, _texts([owner.link for owner in owners]))
    writer.add_relation_columns(
        schema,
        {
            "id": _texts(ids),
            "source": _texts([owner.id for owner in owners]),
            "target": make_ids(COMPANY_PREFIX, _texts([owner.company for owner in owners])),
            "role": roles,
            "start": _texts([owner.start for owner in owners]),
            "end": _texts([owner.end for owner in owners]),
            **_share_columns([holding.share for holding in holdings]),
        },
        Assertion(by=_BY, on=writer.version.published, source_title=TITLE, standing=True),
        rows,
        stated={"quote": roles, "source_url": links,
                "note": _texts([_note(owner, holding) for owner, holding in held])},
    )  # fmt: skip


def _share_columns(shares: Sequence[Percentage | None]) -> dict[str, pa.Array]:
    columns = {}
    for name in ("minimum", "maximum", "minimum_open", "maximum_open"):
        kind = pa.bool_() if name.endswith("_open") else pa.float64()
        values = [share and getattr(share, name) for share in shares]
        columns[f"percentage_{name}"] = pa.array(values, kind)
    return columns


def _note(owner: OwnerRow, holding: Holding) -> str | None:
    band = "The band is of what is held directly or indirectly." if holding.share else None
    return " ".join(filter(None, (band, owner.note))) or None


def _find_countries(text: str) -> str | None:
    """Codes, separated by blanks, of "British" or "Irish, Polish"; None when one is not known."""
    whole = find_country(text)
    if whole:
        return whole
    parts = [part for part in _SEVERAL.split(text) if part]
    codes = [find_country(part) for part in parts]
    return " ".join(dict.fromkeys(filter(None, codes))) if codes and all(codes) else None


def _nth(text: str | None, at: int) -> str | None:
    parts = text.split(" ") if text else []
    return parts[at] if at < len(parts) else None


def _texts(values: Sequence[str | None]) -> pa.StringArray:
    return pa.array(values, pa.string())
