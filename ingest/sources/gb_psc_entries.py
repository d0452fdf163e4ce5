"""The entries of the register of people with significant control, as rows of columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from graph.countries import find_country
from graph.statements import RowOrigins, StatementWriter
from ingest.audit import Audit
from ingest.dates import parse_date
from ingest.ids import digest, make_id
from ingest.sources.gb_coh import PREFIX as COMPANY_PREFIX
from ingest.sources.gb_psc_columns import OwnerRow, write_owners
from ingest.sources.gb_psc_natures import parse_natures
from ingest.sources.gleif_columns import Tally

ASIDE = 2  # keys of an entry: company_number and data
_PREFIX = "gb-psc"
_OWNER_KEYS = frozenset(
    {"address", "ceased", "ceased_on", "country_of_residence", "date_of_birth", "description",
     "identification", "identity_verification_details", "is_sanctioned", "kind", "links", "name",
     "name_elements", "nationality", "natures_of_control", "notified_on",
     "principal_office_address", "etag"}
)  # fmt: skip
_NAME_KEYS = frozenset({"title", "forename", "other_forenames", "middle_name", "surname"})
_BIRTH_KEYS = frozenset({"year", "month", "day"})
_ADDRESS_KEYS = frozenset({"premises", "address_line_1", "address_line_2", "locality", "region",
                           "postal_code", "country", "care_of", "po_box"})  # fmt: skip
_REGISTER_KEYS = frozenset({"legal_form", "legal_authority", "country_registered",
                            "place_registered", "registration_number"})  # fmt: skip
_LINK_KEYS = frozenset({"self", "statement"})
_STATEMENT_KEYS = frozenset(
    {"kind", "statement", "notified_on", "ceased_on", "etag", "links", "linked_psc_name",
     "restrictions_notice_withdrawal_reason"}
)  # fmt: skip
# Companies House gives its numbers in eight places; England and Wales have digits alone.
_DIGITS = re.compile(r"\d{1,8}")
_LETTERED = re.compile(
    r"(SC|NI|OC|SO|NC|FC|SF|NF|OE|LP|SL|NL|IP|SP|NP|RC|SR|NR|RS|NO|GE|CE|CS|PC|SE|ES|SG|IC|SI|NV|"
    r"AC|SA|NA|GN|GS|GI|CN|RO|R)0*(\d{1,7})"
)
_NUMBER_PLACES = 8
_UK = frozenset({"gb", "gb-eng", "gb-wls", "gb-sct", "gb-nir"})
_UK_REGISTER = re.compile(
    r"companies?\s*house|register of companies.*(england|wales|scotland|northern ireland)"
    r"|(england|wales|scotland|northern ireland|united kingdom|\buk\b).*(regist|compan)", re.I,
)  # fmt: skip


class _Register(NamedTuple):
    """Where an owner that is no person is registered."""

    legal_form: str | None
    authority: str | None
    country: str | None
    place: str | None
    number: str | None


class Owners:
    """The owners of a batch, until they are flushed."""

    def __init__(self, writer: StatementWriter, sha256: str, audit: Audit, tally: Tally) -> None:
        self.audit, self.tally = audit, tally
        self._writer, self._sha256 = writer, sha256
        self._rows: list[OwnerRow] = []

    def __len__(self) -> int:
        return len(self._rows)

    def see_outside(self, entry: dict[str, Any], locator: str) -> None:
        """What stands beside the data of an entry."""
        _audit(entry, frozenset({"company_number", "data"}), "", self.audit, locator)

    def add(self, company: str, sort: str, data: dict[str, Any], locator: str) -> None:
        """Take one owner."""
        audit = self.audit
        _audit(data, _OWNER_KEYS, "data.", audit, locator)
        names = _part(data, "name_elements", _NAME_KEYS, audit, locator)
        birth = _part(data, "date_of_birth", _BIRTH_KEYS, audit, locator)
        link = _text(_part(data, "links", _LINK_KEYS, audit, locator).get("self"))
        register = _read_register(data, audit, locator)
        published = _text(data.get("name"))
        forenames = _text(names.get("forename")), _text(names.get("other_forenames"))
        middle, surname = _text(names.get("middle_name")), _text(names.get("surname"))
        parts = [part for part in (*forenames, middle, surname) if part]
        kind = _text(data.get("kind")) or ""
        own = self._make_id(company, link, kind, published, data, locator)
        number = None if sort == "individual" else _find_number(register, company)
        natures = data.get("natures_of_control")
        words = tuple(filter(None, map(_text, natures))) if isinstance(natures, list) else ()
        holdings = parse_natures(words, kind)
        for each in holdings:
            if not each.known:
                self.tally.see("unknown-nature", f"the nature {each.role[:80]!r} is not known; it "
                               "is a link of this role", locator)  # fmt: skip
        if not words and sort != "super-secure":
            self.tally.see("no-nature", "an entry states no nature of control", locator)
        start, end, note = self._read_days(data, locator)
        is_person = sort in ("individual", "super-secure")
        self._rows.append(OwnerRow(
            id=make_id(COMPANY_PREFIX, number) if number else own,
            own_id=own,
            company=company,
            schema="Company" if number else _SCHEMATA.get(sort, "LegalEntity"),
            is_resolved=number is not None,
            locator=locator,
            link=link,
            name=(" ".join(parts) or published) if is_person else published,
            published=published,
            title=_text(names.get("title")),
            first=_join(" ", *forenames), middle=middle, last=surname,
            birth=self._read_birth(birth, locator),
            nationality=_text(data.get("nationality")),
            residence=_text(data.get("country_of_residence")),
            register=register,
            address=_read_address(_part(data, "address", _ADDRESS_KEYS, audit, locator)),
            office=_read_address(
                _part(data, "principal_office_address", _ADDRESS_KEYS, audit, locator)),
            notes=tuple(self._iter_notes(sort, data)),
            holdings=holdings, start=start, end=end, note=note,
        ))  # fmt: skip

    def flush(self) -> None:
        """State what was taken."""
        if self._rows:
            write_owners(self._writer, self._rows, self._sha256, self.tally)
            self._rows = []

    def _make_id(
        self,
        company: str,
        link: str | None,
        kind: str,
        name: str | None,
        data: dict[str, Any],
        locator: str,
    ) -> str:
        key = link.rstrip("/").rpartition("/")[2] if link else ""
        if not key:
            self.tally.see("no-link", "an entry without links.self has an id made of its name and "
                           "day", locator)  # fmt: skip
            key = digest(kind, name, _text(data.get("notified_on")), _text(data.get("etag")))
        return make_id(_PREFIX, company, key)

    def _read_birth(self, birth: dict[str, Any], locator: str) -> str | None:
        """ "1963-05": the register publishes month and year."""
        year, month, day = (_text(birth.get(part)) for part in ("year", "month", "day"))
        if year is None:
            return None
        text = "-".join(
            [year, *(part.zfill(2) for part in (month, day if month else None) if part)]
        )
        found = parse_date(text)
        if found is None:
            self.tally.see("unclean-value", f"the birth date {text[:40]!r} is none", locator)
        return found

    def _read_days(
        self, data: dict[str, Any], locator: str
    ) -> tuple[str | None, str | None, str | None]:
        """Start, end, and what of them is not understood; years like 9999 are typing errors."""
        days, notes = [], []
        for name in ("notified_on", "ceased_on"):
            text = _text(data.get(name))
            day = parse_date(text) if text else None
            if text and day is None:
                self.tally.see("unclean-value", f"{name} {text[:40]!r} is no day", locator)
                notes.append(f"{name}: {text}")
            days.append(day)
        start, end = days
        if start and end and end < start:
            self.tally.see("ends-before-start", "an entry ceased before it was notified; both days "
                           "are kept", locator)  # fmt: skip
        if end is None and (data.get("ceased") is True or _text(data.get("ceased_on"))):
            notes.append("ceased, day not known")
            published = self._writer.version.published
            end = f"[..{published}]" if published else None
        return start, end, "; ".join(notes) or None

    def _iter_notes(self, sort: str, data: dict[str, Any]) -> Iterator[str]:
        if sort == "super-secure":
            yield "Details protected: the register shows no name of this person."
        if data.get("is_sanctioned") is True:
            yield "The register marks this owner as sanctioned (is_sanctioned)."
        details = data.get("identity_verification_details")
        if isinstance(details, dict):
            if preferred := _text(details.get("preferred_name")):
                yield f"Preferred name: {preferred}"
            if verified := _text(details.get("identity_verified_on")):
                yield f"Identity verified on {verified}"


_SCHEMATA = {"individual": "Person", "super-secure": "Person", "corporate-entity": "Company",
             "legal-person": "LegalEntity"}  # fmt: skip


class Companies:
    """What the register says of companies themselves."""

    def __init__(self, writer: StatementWriter, sha256: str) -> None:
        self._writer, self._sha256 = writer, sha256
        self._rows: list[tuple[str, str, str]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def note(self, number: str, text: str, locator: str) -> None:
        """A company's statement, or why it has no owner to name."""
        self._rows.append((number, text, locator))

    def flush(self) -> None:
        """State what was taken."""
        if not self._rows:
            return
        numbers, texts, locators = (pa.array(each, pa.string()) for each in
                                    zip(*self._rows, strict=True))  # fmt: skip
        ids = pa.array([make_id(COMPANY_PREFIX, row[0]) for row in self._rows], pa.string())
        rows = RowOrigins(numbers, locators, self._sha256)
        self._writer.add_columns("Company", "registrationNumber", ids, numbers, rows)
        self._writer.add_columns("Company", "notes", ids, texts, rows)
        self._rows = []


def read_statement(data: dict[str, Any], audit: Audit, locator: str) -> str:
    """A statement of a company about its owners, in the register's words."""
    _audit(data, _STATEMENT_KEYS, "data.", audit, locator)
    parts = [f"Statement on people with significant control: {_text(data.get('statement'))}"]
    for key, words in (
        ("linked_psc_name", "about"), ("notified_on", "notified"), ("ceased_on", "withdrawn"),
        ("restrictions_notice_withdrawal_reason", "restrictions withdrawn:"),
    ):  # fmt: skip
        if text := _text(data.get(key)):
            parts.append(f"{words} {text}")
    return ", ".join(parts)


def read_exemptions(data: dict[str, Any], audit: Audit, locator: str) -> Iterator[str]:
    """Why a company need not name its owners, one text for each ground and period."""
    _audit(data, frozenset({"kind", "exemptions", "etag", "links"}), "data.", audit, locator)
    exemptions = data.get("exemptions")
    for name, ground in exemptions.items() if isinstance(exemptions, dict) else ():
        ground = ground if isinstance(ground, dict) else {}
        what = _text(ground.get("exemption_type")) or name
        items = ground.get("items")
        for item in items if isinstance(items, list) and items else [{}]:
            item = item if isinstance(item, dict) else {}
            parts = [f"Exempt from naming people with significant control: {what}"]
            for key, words in (("exempt_from", "from"), ("exempt_to", "to")):
                if text := _text(item.get(key)):
                    parts.append(f"{words} {text}")
            yield " ".join(parts)


def _read_register(data: dict[str, Any], audit: Audit, locator: str) -> _Register:
    found = _part(data, "identification", _REGISTER_KEYS, audit, locator)
    return _Register(*(_text(found.get(key)) for key in (
        "legal_form", "legal_authority", "country_registered", "place_registered",
        "registration_number")))  # fmt: skip


def _find_number(register: _Register, company: str) -> str | None:
    """The owner's number on the UK register, when it says that it is on it.

    An owner that gives the number of the company it owns has filled the form wrongly.
    """
    if register.number is None:
        return None
    country = find_country(register.country) if register.country else None
    if country not in _UK and (country or not _UK_REGISTER.search(register.place or "")):
        return None
    number = register.number.replace(" ", "").upper()
    if _DIGITS.fullmatch(number):
        number = number.zfill(_NUMBER_PLACES)
    elif match := _LETTERED.fullmatch(number):
        number = match[1] + match[2].zfill(_NUMBER_PLACES - len(match[1]))
    else:
        return None
    return None if number == company.upper() or number == "0" * _NUMBER_PLACES else number


def _read_address(address: dict[str, Any]) -> tuple[str | None, ...]:
    """Parts in the order of `gb_psc_columns.ADDRESS`: a service address, not where they live."""
    premises, line = _text(address.get("premises")), _text(address.get("address_line_1"))
    # "12" and "High Street" are one line; a house with a name stands before it.
    street = _join(" " if premises and premises[0].isdigit() else ", ", premises, line)
    return (
        _join(", ", street, _text(address.get("address_line_2"))), _text(address.get("po_box")),
        _text(address.get("locality")), _text(address.get("region")),
        _text(address.get("postal_code")), _text(address.get("country")),
        _text(address.get("care_of")),
    )  # fmt: skip


def _part(
    data: dict[str, Any], name: str, keys: frozenset[str], audit: Audit, locator: str
) -> dict[str, Any]:
    """An object within the data; empty when there is none."""
    part = data.get(name)
    if isinstance(part, dict):
        _audit(part, keys, f"data.{name}.", audit, locator)
        return part
    if part is not None:
        audit.see(f"data.{name}", str(part), locator)
    return {}


def _audit(
    part: dict[str, Any], keys: frozenset[str], path: str, audit: Audit, locator: str
) -> None:
    if not part.keys() <= keys:
        for key in part.keys() - keys:
            if part[key] not in (None, "", [], {}):
                audit.see(f"{path}{key}", str(part[key]), locator)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    return None if value is None or isinstance(value, bool | list | dict) else str(value)


def _join(separator: str, *parts: str | None) -> str | None:
    return separator.join(part for part in parts if part) or None
