"""What a row of a list of agents says as parties and links: the chain from principal to outlet.

Every party is a node: principal, master agent, sub-agent, proprietor, owner, manager, bank; and
every outlet is one of its own, to be screened like a party. Links that make the chain are those of
the evidence files (`operates outlet`, Representation): the hub policy knows which way is up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from followthemoney.types import registry
from rigour.names import extract_org_types

from graph.countries import clean_country
from graph.dates import parse_span
from graph.model import NodeKind, Percentage
from graph.statements import Assertion, Provenance, Relation, RelationKind, StatementWriter
from ingest.parties import Party, PartyWriter, Place, Props
from ingest.source import IssueLog
from ingest.sources.agents.ids import AgentIds, Chain, make_key
from ingest.sources.agents.rows import (
    AgentRow,
    find_total,
    is_over_whole,
    parse_day,
    parse_owners,
    split_names,
)

# What a row says of its agent or outlet in words, and what the note calls it.
_NOTES = {
    "service": "Type of service",
    "branches": "Number of branches or sub-agents",
    "months_over": "Months in which gross transactions exceeded $100,000",
    "note": "Note",
}
_OWN = ("status", "start", "end")  # columns of the row's own link


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says what the rows state, and when."""

    by: str
    on: str | None = None
    title: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Dates:
    """When the row's own link began and ended, and what is said of it in words."""

    start: str | None = None
    end: str | None = None
    note: str | None = None


class AgentNetwork:
    """Writes the rows of one load."""

    def __init__(
        self, writer: StatementWriter, issues: IssueLog, speaker: Speaker, ids: AgentIds
    ) -> None:
        self._writer, self._issues = writer, issues
        self._parties = PartyWriter(writer, issues)
        self._speaker, self.ids = speaker, ids
        self._stated: set[int] = set()  # hashes of what was stated once: lists repeat themselves
        self._shares: dict[str, dict[str, Percentage]] = {}  # asset -> owner -> share

    def write(self, row: AgentRow) -> None:
        """Write what a row says; it names an agent, an outlet or the party that it describes."""
        named = self.ids.find(row)
        sha256 = self._writer.version.files.get(row.locator.rpartition(":")[0], "")
        provenance = Provenance(named.subject, row.locator, sha256)
        scribe = _Scribe(self, row, named, provenance)
        scribe.write_names()
        scribe.write_chain()
        scribe.write_people()
        scribe.write_bank()

    def once(self, *what: object) -> bool:
        """Whether this is said for the first time."""
        key = hash(what)
        if key in self._stated:
            return False
        self._stated.add(key)
        return True

    def party(self, entity_id: str, schema: str, provenance: Provenance) -> Party:
        """A party, stated to exist with its first row."""
        if self.once(entity_id, schema):
            return self._parties.party(entity_id, schema, provenance)
        return Party(self._parties, entity_id, schema, provenance)

    def put(self, party: Party, props: Props, value: str | None, original: str = "") -> None:
        """State a value once."""
        if value and self.once(party.id, props, value):
            party.put(props, value, original=original or None)

    def link(self, relation: Relation, quote: str, note: str | None, where: Provenance) -> None:
        """Write a link, with the first row that says so in these words."""
        if self.once(relation.id, note):
            said = self._speaker
            assertion = Assertion(
                by=said.by, on=said.on, source_title=said.title, source_url=said.url,
                quote=quote or None, note=note, standing=True,
            )  # fmt: skip
            self._writer.add_relation(relation, assertion, where)

    def warn(self, code: str, message: str, row: AgentRow, entity_id: str | None = None) -> None:
        """Log what may change an answer."""
        self._issues.warn(code, message, entity_id=entity_id, locator=row.locator)

    def note(self, code: str, message: str, row: AgentRow, entity_id: str | None = None) -> None:
        """Log what is kept as published."""
        self._issues.note(code, message, entity_id=entity_id, locator=row.locator)

    def add_share(self, asset: str, owner: str, share: Percentage) -> float:
        """What the shares in a business come to with this one, over all rows."""
        known = self._shares.setdefault(asset, {})
        known[owner] = share
        return find_total(iter(known.values()))

    def name_once(self, party: Party, name: str, row: AgentRow) -> None:
        """State a name; where a number has a second one, both stand, and an issue says so."""
        if not self.once(party.id, "name", name):
            return
        if not self.once(party.id, "named"):
            self.note("name-differs", f"{name!r} has the number of a party that another row calls "
                      "otherwise; both names are kept.", row, party.id)  # fmt: skip
        party.put("name", name)


class _Scribe:
    """One row while it is written."""

    def __init__(
        self, network: AgentNetwork, row: AgentRow, named: Chain, provenance: Provenance
    ) -> None:
        self._into, self._row, self._named, self._where = network, row, named, provenance
        self._dates = self._read_dates()

    # -- who is named ---------------------------------------------------------------------

    def write_names(self) -> None:
        """State the parties of the chain and what the row says of them."""
        row, named = self._row, self._named
        for entity_id, column, country in (
            (named.principal, "principal", "principal_country"),
            (named.master, "master_agent", "master_agent_country"),
            (named.sub, "sub_agent", "agent_country"),
        ):
            if entity_id:
                party = self._party(entity_id)
                self._into.name_once(party, row.cells[column], row)
                self._put_country(party, row.get(country))
        if named.outlet:
            self._write_outlet(named.outlet)
        self._describe(self._party(named.agent or named.subject))

    def _write_outlet(self, outlet_id: str) -> None:
        outlet = self._party(outlet_id)
        if self._into.ids.is_ambiguous(self._row):
            message = f"the number {self._row.get('id')!r} stands at more than one address; "
            self._into.warn("outlet-number-repeats", message + "each is an outlet of its own.",
                            self._row, outlet_id)  # fmt: skip
        name = self._row.get("outlet_name")
        if name:
            self._into.name_once(outlet, name, self._row)
        else:
            operator = self._row.get("sub_agent") or self._row.get("master_agent")
            self._into.put(outlet, "name", f"(outlet of {operator})" if operator else "(outlet)")
            self._into.put(outlet, "notes", "unnamed in the source")
        self._into.put(outlet, "classification", NodeKind.OUTLET.value)
        self._put_place(outlet, self._row.place(outlet=True))
        self._put_phones(outlet, self._row.phones(outlet=True))

    def _describe(self, party: Party) -> None:
        """What the row says of its agent, or of the outlet when it names no agent."""
        row, named = self._row, self._named
        if party.id != named.outlet:
            self._put_place(party, row.place(outlet=False))
            self._put_phones(party, row.phones(outlet=False))
        for name in split_names(row.get("trading_name")):
            self._into.put(party, "alias", name)
        self._into.put(party, "registrationNumber", row.get("registration_number"))
        subject = self._party(named.subject)
        self._into.put(subject, "status", row.get("status"))
        for column, title in _NOTES.items():
            if text := row.get(column):
                self._into.put(subject, "notes", f"{title}: {text}")
        for column in ("email", "website"):
            for value in split_names(row.get(column)):
                self._into.put(subject, column, value)

    def _party(self, entity_id: str, schema: str = "LegalEntity") -> Party:
        if entity_id == self._named.outlet and schema == "LegalEntity":
            schema = "Organization"
        return self._into.party(entity_id, schema, self._where)

    def _put_country(self, party: Party, country: str | None) -> None:
        self._into.put(party, "country", country)

    def _put_place(self, party: Party, place: Place | None) -> None:
        if place and self._into.once(party.id, "place", place):
            party.address(place)

    def _put_phones(self, party: Party, numbers: list[str]) -> None:
        country = clean_country(self._row.country or "") or None
        for number in numbers:
            cleaned = registry.phone.clean(number, format=country) if country else None
            self._into.put(party, "phone", cleaned or number, number)

    # -- the chain ------------------------------------------------------------------------

    def write_chain(self) -> None:
        """Link agent to master agent to principal, and the outlet to who operates it."""
        named = self._named
        above = named.master or named.principal
        if named.master and named.principal:
            self._represent(named.master, named.principal, "master agent",
                            ("principal", "master_agent"))  # fmt: skip
        if named.sub and above:
            self._represent(named.sub, above, "sub-agent" if named.master else "agent",
                            ("principal", "master_agent", "sub_agent"))  # fmt: skip
        operator = named.sub or above
        if named.outlet and operator:
            columns = ("principal", "master_agent", "sub_agent", "outlet_name", "outlet_address",
                       "outlet_city", *_OWN)  # fmt: skip
            self._link("UnknownLink", operator, named.outlet, "operates outlet", columns,
                       self._dates, kind="location")  # fmt: skip
        elif named.outlet:
            self._into.note("no-operator", "nobody is named who operates this outlet.",
                            self._row, named.outlet)  # fmt: skip
        if (operator if named.outlet or named.sub else named.master and named.principal) is None:
            self._keep_dates()

    def _represent(self, agent: str, client: str, role: str, columns: tuple[str, ...]) -> None:
        """The row's dates are those of the agency where it is what the row is about."""
        own = agent == self._named.subject
        self._link("Representation", agent, client, role, (*columns, *(_OWN if own else ())),
                   self._dates if own else _Dates())  # fmt: skip

    def _keep_dates(self) -> None:
        """A row that links its subject to nobody keeps its dates in words."""
        party = self._party(self._named.subject)
        for column in ("start", "end"):
            if text := self._row.quote(column):
                self._into.put(party, "notes", text)

    def _link(
        self, schema: str, source: str, target: str, role: str, columns: Iterable[str],
        dates: _Dates, *, kind: RelationKind = "link", share: Percentage | None = None,
    ) -> None:  # fmt: skip
        if source == target:
            self._into.note("self-link", f"{role}: the row names one party twice; no link is made.",
                            self._row, source)  # fmt: skip
            return
        key = make_key(schema, source, target, role, dates.start, dates.end, repr(share))
        relation = Relation(
            id=f"{self._named.prefix}-link-{key}", kind=kind, schema=schema, source=source,
            target=target, role=role, start=dates.start, end=dates.end, percentage=share,
        )  # fmt: skip
        self._into.link(relation, self._row.quote(*columns), dates.note, self._where)

    def _read_dates(self) -> _Dates:
        """When the row's link began and ended; the status stays a word, it makes no date."""
        row = self._row
        start, end = self._read_day("start"), self._read_day("end")
        notes = [f"Status as published: {row.cells['status']}."] if "status" in row.cells else []
        kept = [name for name, day in (("start", start), ("end", end)) if row.get(name) and not day]
        if start and end and parse_span(start).earliest > parse_span(end).latest:
            self._into.warn("ends-before-start", f"ends ({end}) before it starts ({start}); "
                            "neither day is used.", row, self._named.subject)  # fmt: skip
            start, end, kept = None, None, ["start", "end"]
        notes += [f"As published, {name}: {row.cells[name]}." for name in kept]
        if row.is_inactive and not end:
            self._into.note("inactive-without-end", f"the status is {row.cells['status']!r}, and "
                            "no end is stated; the link is kept without end.",
                            row, self._named.subject)  # fmt: skip
        return _Dates(start, end, " ".join(notes) or None)

    def _read_day(self, column: str) -> str | None:
        text = self._row.get(column)
        day = parse_day(text, month_first=self._row.month_first)
        if text and not day:
            self._into.warn("unclean-date", f"{column} {text!r} is no date that is understood; "
                            "kept in words.", self._row, self._named.subject)  # fmt: skip
        return day

    # -- people and banks -----------------------------------------------------------------

    def write_people(self) -> None:
        """Proprietor and managers of the place, owners of the agent."""
        place, business = self._named.subject, self._named.agent or self._named.subject
        for name in split_names(self._row.get("proprietor")):
            if owner := self._person(name, "LegalEntity", "proprietor"):
                self._own(owner, place, "proprietor", None)
        for each in parse_owners(self._row.get("owners")):
            owner = self._person(each.name, "LegalEntity", "owners")
            if each.fault:
                self._into.warn("no-share", f"{each.fault}; the share is left unknown.",
                                self._row, owner)  # fmt: skip
            if owner:
                self._own(owner, business, "owner", each.share)
        for name in split_names(self._row.get("managers")):
            self._write_manager(name, place)

    def _own(self, owner: str, asset: str, role: str, share: Percentage | None) -> None:
        column = "owners" if role == "owner" else role
        self._party(asset, "Company")
        self._link("Ownership", owner, asset, role, self._subject_columns(column), _Dates(),
                   share=share)  # fmt: skip
        if share is None or role != "owner":
            return
        total = self._into.add_share(asset, owner, share)
        if is_over_whole(total) and self._into.once(asset, "over"):
            self._into.warn("shares-over-100", f"the shares come to {total:g} % together; each is "
                            "kept as stated.", self._row, asset)  # fmt: skip

    def _write_manager(self, name: str, place: str) -> None:
        firm = bool(extract_org_types(name))
        manager = self._person(name, "LegalEntity" if firm else "Person", "managers")
        if manager:
            self._party(place, "Organization")
            self._link("Directorship" if firm else "Employment", manager, place, "manager",
                       self._subject_columns("managers"), _Dates())  # fmt: skip

    def _person(self, name: str, schema: str, column: str) -> str | None:
        """Somebody who belongs to the row's agent: of the same name elsewhere is another."""
        if not any(map(str.isalnum, name)):
            self._into.warn("no-name", f"{column} {name!r} names nobody.", self._row)
            return None
        entity_id = self._named.person(name)
        self._into.put(self._party(entity_id, schema), "name", name)
        return entity_id

    def _subject_columns(self, column: str) -> list[str]:
        return ["sub_agent", "outlet_name", "outlet_address", column]

    def write_bank(self) -> None:
        """The bank of settlement, and the account there."""
        row, business = self._row, self._named.agent or self._named.subject
        bank_id = self._named.bank
        if bank_id:
            bank = self._party(bank_id, "Organization")
            self._into.put(bank, "name", row.cells["settlement_bank"])
            if address := row.get("bank_address"):
                self._put_place(bank, Place(full=address))
            self._link("UnknownLink", business, bank_id, "settlement bank",
                       self._subject_columns("settlement_bank"), _Dates())  # fmt: skip
        for number in split_names(row.get("account")):
            self._write_account(number, business)

    def _write_account(self, number: str, business: str) -> None:
        account_id = f"{self._named.prefix}-account-{make_key(self._named.bank, number)}"
        account = self._party(account_id, "BankAccount")
        iban = registry.identifier.clean(number, format="iban")
        self._into.put(account, "iban" if iban else "accountNumber", iban or number, number)
        self._into.put(account, "bankName", self._row.get("settlement_bank"))
        self._link("Ownership", business, account_id, "account holder",
                   self._subject_columns("account"), _Dates())  # fmt: skip
