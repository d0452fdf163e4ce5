"""Owners of the register of people with significant control: who they are."""

from __future__ import annotations

import re
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.countries import find_country
from graph.statements import RowOrigins, StatementWriter
from ingest.columns import Batch, join_texts, keep_where, make_ids, map_distinct, prefix_texts
from ingest.dates import parse_date
from ingest.ids import digest
from ingest.sources.gb_coh import PREFIX as COMPANY_PREFIX
from ingest.sources.gleif.columns import write_addresses
from ingest.tally import Tally

PREFIX = "gb-psc"
_SCHEMATA = {"individual": "Person", "super-secure": "Person", "corporate-entity": "Company"}
_OTHERWISE = "LegalEntity"
_PERSON = "Person"
_PROTECTED = "Details protected: the register shows no name of this person."
_SANCTIONED = "The register marks this owner as sanctioned (is_sanctioned)."
# Companies House gives its numbers in eight places; those of England and Wales are digits alone.
_DIGITS = re.compile(r"\d{1,8}")
_LETTERED = re.compile(
    r"(SC|NI|OC|SO|NC|FC|SF|NF|OE|LP|SL|NL|IP|SP|NP|RC|SR|NR|RS|NO|GE|CE|CS|PC|SE|ES|SG|IC|SI|NV|"
    r"AC|SA|NA|GN|GS|GI|CN|RO|R)0*(\d{1,7})"
)
_NUMBER_PLACES = 8
_UK = frozenset({"gb", "gb-eng", "gb-wls", "gb-sct", "gb-nir"})
_UK_REGISTER = re.compile(
    r"companies?\s*house|(england|wales|scotland|northern ireland|united kingdom|\buk\b)", re.I
)
_SEVERAL = re.compile(r"\s*(?:[,;/&]|\band\b)\s*", re.I)
_COUNTRIES = 3  # that one text may name: more are a slip or a sentence
_REGISTER = "data.identification."


class Owners:
    """The owners of a batch: their ids, and what the register says of each."""

    def __init__(self, batch: Batch, sorts: pa.StringArray, sha256: str, tally: Tally) -> None:
        """Read the ids.

        Args:
            batch: Entries of owners.
            sorts: "individual", "corporate-entity", "legal-person", "super-secure" or "".
            sha256: Of the file.
            tally: For what is not understood.
        """
        self.batch, self.sorts, self.tally = batch, sorts, tally
        self.companies = batch.column("company_number")
        self.company_ids = make_ids(COMPANY_PREFIX, self.companies)
        self.entry_ids = _make_entry_ids(batch, tally)
        self.numbers = _find_numbers(batch, sorts)
        self.ids = pc.coalesce(make_ids(COMPANY_PREFIX, self.numbers), self.entry_ids)
        self.rows = batch.origins(self.entry_ids, sha256)

    def write(self, writer: StatementWriter) -> None:
        """State the owners, and that their companies exist: no other dataset may be loaded."""
        first = _first_of_each(self.companies)
        some = RowOrigins(
            self.companies.take(first), self.batch.locators.take(first), self.rows.sha256
        )
        held = self.company_ids.take(first)
        writer.add_entities("Company", held, some)
        writer.add_columns("Company", "registrationNumber", held, some.record_ids, some)
        schemata = map_distinct(self.sorts, lambda sort: _SCHEMATA.get(sort, _OTHERWISE))
        is_found = self.numbers.is_valid()
        for schema in pc.unique(schemata).to_pylist():
            own = pc.and_(pc.equal(schemata, schema), pc.invert(is_found))
            self._write_some(writer, schema, own)
        self._write_some(writer, "Company", is_found, is_found=True)

    def _write_some(
        self,
        writer: StatementWriter,
        schema: str,
        mask: pa.BooleanArray,
        *,
        is_found: bool = False,
    ) -> None:
        at = pc.indices_nonzero(mask)
        if len(at):
            batch = self.batch.where(mask)
            entry_ids = self.entry_ids.take(at)
            ids = self.ids.take(at) if is_found else entry_ids
            rows = RowOrigins(entry_ids, batch.locators, self.rows.sha256)
            party = _Some(writer, schema, batch, ids, rows, self.tally)
            party.write(self.sorts.take(at), is_found=is_found)


class _Some:
    """The owners of one schema."""

    def __init__(
        self,
        writer: StatementWriter,
        schema: str,
        batch: Batch,
        ids: pa.StringArray,
        rows: RowOrigins,
        tally: Tally,
    ) -> None:
        self.writer, self.schema, self.batch = writer, schema, batch
        self.ids, self.rows, self.tally = ids, rows, tally

    def write(self, sorts: pa.StringArray, *, is_found: bool) -> None:
        """State them.

        Args:
            sorts: As in `Owners`.
            is_found: Whether they are parties of the company register, which knows them better.
        """
        self.writer.add_entities(self.schema, self.ids, self.rows)
        if self.schema == _PERSON:
            self._write_person()
        else:
            self._put("alias" if is_found else "name", self._column("name"))
            self._write_register(is_found=is_found)
            for name in ("nationality", "country_of_residence"):  # not of such owners; if it is,
                self._put("notes", prefix_texts(f"{name}: ", self._column(name)))
        for name, key in (("address", "service"), ("principal_office_address", "principal")):
            # What an owner writes on a form is not the office that the register has of it.
            key = f"psc-{key}" if is_found else key
            parts = _read_address(self.batch, f"data.{name}.")
            write_addresses(self.writer, self.schema, self.ids, self.rows, parts, key=key)
        size = len(self.batch)
        protected = pc.equal(sorts, "super-secure")
        self._put("notes", keep_where(protected, pa.repeat(_PROTECTED, size)))
        marked = self._column("is_sanctioned").is_valid()
        self._put("notes", keep_where(marked, pa.repeat(_SANCTIONED, size)))
        self._write_verification()
        self.batch.ignore("data.description")  # of protected owners: their kind again

    def _write_person(self) -> None:
        published = self._column("name")
        names = {part: self._column(f"name_elements.{part}") for part in (
            "title", "forename", "other_forenames", "middle_name", "surname")}  # fmt: skip
        first = join_texts(" ", names["forename"], names["other_forenames"])
        whole = join_texts(" ", first, names["middle_name"], names["surname"])
        self._put("name", pc.coalesce(whole, published), published)
        self._put("title", names["title"])
        self._put("firstName", first)
        self._put("middleName", names["middle_name"])
        self._put("lastName", names["surname"])
        birth = join_texts(
            "-", *(self._column(f"date_of_birth.{part}") for part in ("year", "month", "day"))
        )
        day = map_distinct(birth, _parse_birth)
        self.tally.see_unmapped("unclean-value", "the birth date", self.batch, birth, day)
        self._put("birthDate", day, birth)
        self._put("notes", prefix_texts("Born: ", keep_where(day.is_null(), birth)))
        self._put_countries("nationality", "nationality")
        self._put_countries("country", "country_of_residence")

    def _write_register(self, *, is_found: bool) -> None:
        form, authority, country, place, number = (
            self.batch.column(f"{_REGISTER}{name}") for name in (
                "legal_form", "legal_authority", "country_registered", "place_registered",
                "registration_number")
        )  # fmt: skip
        self._put("legalForm", form)
        self._put("notes", prefix_texts("Governed by: ", authority))
        self._put("notes", prefix_texts("Registered in: ", place))
        if not is_found:
            self._put("registrationNumber", number)
            code = map_distinct(country, find_country)
            self._put("jurisdiction", code, country)
            country = keep_where(code.is_null(), country)
            self._put("notes", prefix_texts("Country of register: ", country))

    def _write_verification(self) -> None:
        """Under which name and when the register verified an identity; not who did, by when."""
        stem = "data.identity_verification_details."
        for name, words in (("preferred_name", "Preferred name: "),
                            ("identity_verified_on", "Identity verified on ")):  # fmt: skip
            self._put("notes", prefix_texts(words, self.batch.column(stem + name)))
        self.batch.ignore(*(name for name in self.batch.names if name.startswith(stem)))

    def _put_countries(self, prop: str, name: str) -> None:
        published = self._column(name)
        codes = map_distinct(published, _find_countries)
        for place in range(_COUNTRIES):
            self._put(prop, map_distinct(codes, partial(_nth, place)), published)
        self.tally.see_unmapped("unknown-country", name, self.batch, published, codes)
        lost = keep_where(codes.is_null(), published)
        self._put("notes", prefix_texts(f"{name}: ", lost))

    def _column(self, name: str) -> pa.StringArray:
        return self.batch.column(f"data.{name}")

    def _put(
        self, prop: str, values: pa.StringArray, original: pa.StringArray | None = None
    ) -> None:
        if values.null_count < len(values):
            self.writer.add_columns(
                self.schema, prop, self.ids, values, self.rows, original=original
            )


def _make_entry_ids(batch: Batch, tally: Tally) -> pa.StringArray:
    """The last part of the entry's address; where there is none, what it says, digested."""
    link = batch.column("data.links.self")
    key = pc.replace_substring_regex(pc.utf8_rtrim(link, "/"), r"^.*/", "")
    lost = key.is_null()
    if pc.any(lost).as_py():
        tally.see_where("no-link", "an entry without links.self has an id made of what it says",
                        batch, lost)  # fmt: skip
        texts = zip(*(batch.column(f"data.{name}").to_pylist() for name in
                      ("kind", "name", "notified_on", "etag")), strict=True)  # fmt: skip
        key = pc.coalesce(key, pa.array([digest(*each) for each in texts], pa.string()))
    return make_ids(PREFIX, batch.column("company_number"), key)


def _find_numbers(batch: Batch, sorts: pa.StringArray) -> pa.StringArray:
    """Numbers of those owners that say that they are on the UK's company register."""
    columns = [batch.column(f"{_REGISTER}{name}") for name in (
        "registration_number", "country_registered", "place_registered")]  # fmt: skip
    stated = pc.and_(columns[0].is_valid(), pc.not_equal(sorts, "individual"))
    at = pc.indices_nonzero(stated)
    found: list[str | None] = [None] * len(batch)
    parts = (column.take(at).to_pylist() for column in (*columns, batch.column("company_number")))
    for place, number, country, register, company in zip(at.to_pylist(), *parts, strict=True):
        found[place] = find_number(number, country, register, company)
    return pa.array(found, pa.string())


def find_number(number: str, country: str | None, register: str | None, company: str) -> str | None:
    """An owner's number in the UK's company register as the register writes it; or None.

    An owner with the number of the very company that it owns has filled the form wrongly.
    """
    if not _is_uk(country, register):
        return None
    plain = number.replace(" ", "").upper()
    if _DIGITS.fullmatch(plain):
        plain = plain.zfill(_NUMBER_PLACES)
    elif match := _LETTERED.fullmatch(plain):
        plain = match[1] + match[2].zfill(_NUMBER_PLACES - len(match[1]))
    else:
        return None
    return None if plain == company.upper() or not plain.strip("0") else plain


@lru_cache(maxsize=4096)
def _is_uk(country: str | None, register: str | None) -> bool:
    """Whether a register is that of Companies House, from what an owner says of it."""
    code = find_country(country) if country else None
    if code:
        return code in _UK
    return _UK_REGISTER.search(f"{country or ''} {register or ''}") is not None


def _read_address(batch: Batch, stem: str) -> dict[str, pa.StringArray]:
    """An address by properties of Address: one for letters, not where a person lives."""

    def part(name: str) -> pa.StringArray:
        return batch.column(stem + name)

    premises, line = part("premises"), part("address_line_1")
    # "12" and "High Street" are one line; the name of a house stands before it.
    is_number = pc.fill_null(pc.match_substring_regex(premises, "^[0-9]"), False)
    first = pc.if_else(is_number, join_texts(" ", premises, line), join_texts(", ", premises, line))
    return {
        "street": join_texts(", ", first, part("address_line_2")),
        "postOfficeBox": part("po_box"),
        "city": part("locality"),
        "state": part("region"),
        "postalCode": part("postal_code"),
        "country": part("country"),
        "remarks": part("care_of"),
    }


def _parse_birth(text: str) -> str | None:
    """A birth date of parts, such as "1963-5"; the register shows no day."""
    year, *rest = text.split("-")
    return parse_date("-".join([year, *(part.zfill(2) for part in rest)]))


def _find_countries(text: str) -> str | None:
    """Codes, separated by blanks, of "British" or "Irish, Polish"; None when one is not known."""
    whole = find_country(text)
    if whole:
        return whole
    codes = [find_country(part) for part in _SEVERAL.split(text) if part]
    known = list(dict.fromkeys(code for code in codes if code))
    return " ".join(known) if all(codes) and 0 < len(known) <= _COUNTRIES else None


def _nth(at: int, text: str) -> str | None:
    parts = text.split(" ")
    return parts[at] if at < len(parts) else None


def _first_of_each(column: pa.StringArray) -> pa.Array:
    # The codes of a dictionary are numbers in order of appearance.
    codes = column.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    highest = np.maximum.accumulate(codes)
    return pa.array(np.flatnonzero(np.diff(highest, prepend=-1)))
