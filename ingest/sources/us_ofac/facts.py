"""What a fact of an entry becomes: properties, identity documents, wallets, notes.

Every value ends in a statement or, where its property's type rejects it, in the party's `notes`
with an issue beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from followthemoney.types import registry

from graph.cleaning import Cleaner
from graph.countries import find_country
from graph.statements import Provenance, StatementWriter, require_property, require_schema
from ingest.source import IssueLog
from ingest.sources.us_ofac.ids import document_schema, flat_property
from ingest.sources.us_ofac.remarks import Fact, parse_dates, split_scope


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the primary file, ready for statements."""

    uid: str
    id: str
    schema: str
    name: str
    sanction_id: str
    title: str | None
    provenance: Provenance


# Kind of fact -> properties in order of preference; the first that the schema has is taken.
_SIMPLE = {
    "nationality": ("nationality", "country"),
    "citizenship": ("citizenship", "country"),
    "gender": ("gender",),
    "website": ("website",),
    "email": ("email",),
    "sector": ("sector",),
    "classification": ("classification",),
    "registered": ("jurisdiction", "flag", "country"),
    "flag": ("flag",),
    "past_flag": ("pastFlags",),
    "type": ("type",),
    "past_type": ("pastTypes",),
    "call_sign": ("callSign",),
    "model": ("model",),
}
# Columns and features of vessels and aircraft, by kind of fact.
_VEHICLE = {"tonnage": "tonnage", "gross_tonnage": "grossRegisteredTonnage"}
_DATES = {"birth": ("birthDate",), "established": ("incorporationDate",), "built": ("buildDate",)}
# "+" and a country code make a number of this many digits; with fewer it may be a national one.
_INTERNATIONAL_DIGITS = 10


class FactWriter:
    """Writes the facts of one file's entries; knows how to keep what a type rejects."""

    def __init__(
        self,
        writer: StatementWriter,
        issues: IssueLog,
        find_party: Callable[[str], str | None],
    ) -> None:
        """Write to `writer`.

        Args:
            find_party: Id of the only party whose primary name is this one, whatever the case.
        """
        self.writer = writer
        self.issues = issues
        self.find_party = find_party
        self._accepted: dict[tuple[str, str], bool] = {}

    def accepts(self, schema: str, prop: str, value: str) -> bool:
        """Whether the property's type cleans the value to something."""
        kind = require_property(schema, prop).type
        if kind is registry.country:
            return find_country(value) is not None
        key = (kind.name, value)
        if key not in self._accepted:
            self._accepted[key] = Cleaner(kind, None).accepts(value)
        return self._accepted[key]

    def put(self, entry: Entry, prop: str, value: str, raw: str | None = None) -> None:
        """State a property of the party; a value that its type rejects becomes a note."""
        if self.accepts(entry.schema, prop, value):
            original = raw if raw is not None and raw != value else None
            self.writer.add(entry.id, entry.schema, prop, value, entry.provenance,
                            original=original)  # fmt: skip
            return
        self.keep_note(entry, raw or value)
        self.issues.note(
            "unclean-value",
            f"{raw or value!r} is no value that {prop} takes; kept in notes.",
            entity_id=entry.id,
            locator=entry.provenance.locator,
        )

    def keep_note(self, entry: Entry, text: str) -> None:
        """Keep a text as published."""
        self.writer.add(entry.id, entry.schema, "notes", text, entry.provenance)

    def write(self, entry: Entry, fact: Fact) -> None:
        """State one fact; "linked" is not one of them."""
        kind = fact.kind
        if kind in _SIMPLE:
            self._first_of(entry, _SIMPLE[kind], fact)
        elif kind in _DATES:
            self._dates(entry, _DATES[kind], fact)
        elif kind in _VEHICLE:
            self.vehicle(entry, _VEHICLE[kind], fact.value)
        elif kind == "title":
            self.titles(entry, fact.value)
        elif kind in ("weak_alias", "former_name", "alias"):
            # In quotation marks both are weak: they confirm and never find.
            if kind == "former_name":
                self.keep_note(entry, fact.raw)
            self.name(entry, "alias" if kind == "alias" else "weakAlias", fact.value)
        elif kind == "birthplace":
            self._birthplace(entry, fact)
        elif kind == "phone":
            self._phone(entry, fact)
        elif kind == "id":
            self._identifier(entry, fact)
        elif kind == "wallet":
            self._wallet(entry, fact)
        elif kind in ("owner", "operator"):
            self.vehicle_party(entry, kind, fact.value, fact.raw)
        elif kind == "provision":
            self.writer.add(entry.sanction_id, "Sanction", "provisions", fact.raw, entry.provenance)
        else:
            self.keep_note(entry, fact.raw)
            if kind == "free" and not (entry.title and fact.raw in entry.title):
                self._unknown(entry, fact)

    def titles(self, entry: Entry, text: str) -> None:
        """State the titles of a person, "; " between them; of others they are notes."""
        for part in text.split("; "):
            if entry.schema == "Person":
                self.put(entry, "title", part)
            else:
                self.keep_note(entry, part)

    def vehicle(self, entry: Entry, prop: str, value: str) -> None:
        """State what a vessel, or the type of an aircraft, is; of others it is a note."""
        if entry.schema == "Vessel" or (entry.schema == "Airplane" and prop == "type"):
            # Thousands separators are the publisher's; the type takes plain numbers.
            plain = value.replace(",", "") if "onnage" in prop else value
            self.put(entry, prop, plain, value)
        else:
            self.keep_note(entry, f"{prop}: {value}")

    def name(
        self,
        entry: Entry,
        prop: str,
        name: str,
        provenance: Provenance | None = None,
        lang: str | None = None,
    ) -> None:
        """State a name; "(… ONLY)" behind it becomes the scope of the statement."""
        bare, scopes = split_scope(name)
        original = name if bare != name else None
        for scope in scopes or (None,):
            self.writer.add(entry.id, entry.schema, prop, bare, provenance or entry.provenance,
                            original=original, scope=scope, lang=lang)  # fmt: skip
        if not scopes and name.upper().rstrip(") ").endswith(" ONLY"):
            self.issues.note(
                "unknown-scope",
                f"The name {name!r} is limited to something that is no country; kept whole.",
                entity_id=entry.id,
                locator=(provenance or entry.provenance).locator,
            )

    def vehicle_party(self, entry: Entry, prop: str, name: str, raw: str) -> None:
        """State owner or operator where the name is one listed party's, else keep a note."""
        party = self.find_party(name)
        if party and require_schema(entry.schema).get(prop):
            self.writer.add(entry.id, entry.schema, prop, party, entry.provenance, original=raw)
        else:
            self.keep_note(entry, raw)

    def _first_of(self, entry: Entry, props: tuple[str, ...], fact: Fact) -> None:
        schema = require_schema(entry.schema)
        prop = next((name for name in props if schema.get(name)), None)
        if prop is None:
            self._misplaced(entry, fact)
            return
        self.put(entry, prop, fact.value)

    def _dates(self, entry: Entry, props: tuple[str, ...], fact: Fact) -> None:
        prop = next((name for name in props if require_schema(entry.schema).get(name)), None)
        dates = parse_dates(fact.value)
        if prop is None or not dates:
            self._misplaced(entry, fact)
            return
        for value in dates:
            self.put(entry, prop, value, fact.value)

    def _birthplace(self, entry: Entry, fact: Fact) -> None:
        if entry.schema != "Person":
            self._misplaced(entry, fact)
            return
        self.put(entry, "birthPlace", fact.value)
        for text in (fact.value, fact.value.rpartition(", ")[2]):
            code = find_country(text)
            if code:
                self.put(entry, "birthCountry", code, text)
                break

    def _phone(self, entry: Entry, fact: Fact) -> None:
        if not require_schema(entry.schema).get("phone"):
            self._misplaced(entry, fact)
            return
        number = fact.value
        digits = sum(character.isdigit() for character in number)
        if not self.accepts(entry.schema, "phone", number) and digits >= _INTERNATIONAL_DIGITS:
            # OFAC prints international numbers without the plus.
            number = "+" + number.lstrip("+ ").removeprefix("00")
        self.put(entry, "phone", number, fact.value)

    def _identifier(self, entry: Entry, fact: Fact) -> None:
        flat = flat_property(entry.schema, fact)
        if flat:
            self.put(entry, flat[0], flat[1], fact.value)
        if not require_schema(entry.schema).is_a("LegalEntity"):
            if flat is None:
                self._misplaced(entry, fact)
            return
        schema = document_schema(fact)
        parts = "|".join((fact.key.lower(), fact.value, fact.country or ""))
        document = f"{entry.id}-id-{digest(parts)}"
        values = (
            ("holder", entry.id, None),
            ("type", fact.key, None),
            ("number", fact.value, fact.raw),
            ("country", fact.country, None),
            ("authority", fact.place, None),
            ("startDate", fact.issued, None),
            ("endDate", fact.expires, None),
            ("date", fact.dated, None),
        )
        for prop, value, raw in values:
            if value:
                self.writer.add(document, schema, prop, value, entry.provenance, original=raw)

    def _wallet(self, entry: Entry, fact: Fact) -> None:
        currency, _, address = fact.value.partition(" ")
        address = address.strip()
        if not address or not require_schema(entry.schema).is_a("LegalEntity"):
            self._misplaced(entry, fact)
            return
        # One address is one wallet, whoever holds it and whatever is kept in it.
        wallet = f"ofac-wallet-{digest(address)}"
        for prop, value in (
            ("cryptoAddress", address),
            ("publicKey", address),
            ("currencySymbol", currency),
            ("holder", entry.id),
        ):
            self.writer.add(wallet, "CryptoWallet", prop, value, entry.provenance)

    def _misplaced(self, entry: Entry, fact: Fact) -> None:
        self.keep_note(entry, fact.raw)
        self.issues.note(
            "misplaced-remark",
            f"{fact.raw!r} does not fit a {entry.schema}, or cannot be read; kept in notes.",
            entity_id=entry.id,
            locator=entry.provenance.locator,
        )

    def _unknown(self, entry: Entry, fact: Fact) -> None:
        self.issues.note(
            "unknown-remark",
            f"{fact.raw!r} has no known form; kept in notes.",
            entity_id=entry.id,
            locator=entry.provenance.locator,
        )


def digest(text: str) -> str:
    """Twelve hex digits: short, and 2^48 is far above the number of values on any list."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
