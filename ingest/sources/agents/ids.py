"""Who is who in one list of agents: ids, and what makes two rows speak of one party.

Two rows name one party when they give it one number, or the same name in the same country, letter
by letter but for case and blanks. Everything else stays two: resolution proposes, people decide. A
person (proprietor, owner, manager) is one only within one agent or outlet, since names of people
recur. An outlet is one by its number, else by name and address under one operator.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from itertools import chain

from graph.countries import clean_country
from graph.project import UNRESOLVED_MARK
from ingest.ids import make_id
from ingest.sources.agents.rows import AgentRow

_LONG = 60  # characters of a number in an id; what is longer is digested
_ADDRESS = ("outlet_address", "outlet_city", "outlet_region", "outlet_postcode", "outlet_country")


@dataclass(frozen=True, slots=True)
class Chain:
    """The ids of what one row names."""

    prefix: str
    subject: str  # what the row is about: its outlet, else its agent, else its principal
    principal: str | None
    master: str | None
    sub: str | None
    outlet: str | None
    bank: str | None

    @property
    def agent(self) -> str | None:
        """Whose owners, bank and numbers the row states: the sub-agent; None when it has none."""
        return self.sub

    def person(self, name: str) -> str:
        """The id of somebody who belongs to the row's agent, or to its outlet."""
        return f"{self.prefix}-person-{make_key(self.agent or self.subject, fold_name(name))}"


def make_key(*parts: str | None) -> str:
    """Sixteen hex digits: the largest networks have half a million outlets, each a party."""
    joined = "|".join(part or "" for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def fold_name(name: str | None) -> str:
    """A name without case and superfluous blanks; nothing else is taken away."""
    return " ".join(unicodedata.normalize("NFKC", name or "").casefold().split())


def fold_number(number: str) -> str:
    """A number of the list's own without case and outer blanks."""
    return number.strip().casefold()


def find_address(row: AgentRow) -> str:
    """What tells the addresses of outlets apart."""
    return "|".join(fold_name(row.get(name)) for name in _ADDRESS)


class AgentIds:
    """Makes the ids of one load. See all rows before any is found."""

    def __init__(self, dataset: str) -> None:
        """`dataset` is what every id begins with."""
        self._prefix = dataset
        self._addresses: dict[str, str] = {}  # outlet number -> its address
        self._ambiguous: set[str] = set()

    def see(self, row: AgentRow) -> None:
        """Look at a row: a number that two addresses bear is not the number of an outlet."""
        number = row.get("id")
        if number and row.has_outlet:
            key, address = fold_number(number), find_address(row)
            if self._addresses.setdefault(key, address) != address:
                self._ambiguous.add(key)

    def is_ambiguous(self, row: AgentRow) -> bool:
        """Whether the row's outlet number stands at other addresses too."""
        return fold_number(row.get("id") or "") in self._ambiguous

    def find(self, row: AgentRow) -> Chain:
        """The ids of a row that names an agent, an outlet or the party that it describes."""
        principal = self._firm(row, "principal", row.get("principal_country"))
        master = self._firm(row, "master_agent", row.get("master_agent_country") or row.country)
        sub = self._find_sub(row)
        outlet = self._find_outlet(row, sub or master or principal) if row.has_outlet else None
        if row.describes_principal and not (outlet or sub or master):
            principal = self._numbered(row, "registration_number") or principal
        subject = next(chain(filter(None, (outlet, sub, master, principal))))
        bank = self._firm(row, "settlement_bank", row.country)
        return Chain(self._prefix, subject, principal, master, sub, outlet, bank)

    def _find_sub(self, row: AgentRow) -> str | None:
        if not row.get("sub_agent"):
            return None
        numbers = [self._numbered(row, name) for name in ("agent_id", "registration_number")]
        if not row.has_outlet and (number := row.get("id")):
            numbers.insert(1, self._number("agent-id", number))
        return next(filter(None, numbers), None) or self._firm(row, "sub_agent", row.country)

    def _find_outlet(self, row: AgentRow, operator: str | None) -> str:
        number = row.get("id")
        if number:
            made = self._number("outlet", number)
            return f"{made}-{make_key(find_address(row))}" if self.is_ambiguous(row) else made
        name = fold_name(row.get("outlet_name"))
        return f"{self._prefix}-outlet-{make_key(operator, name, find_address(row))}"

    def _firm(self, row: AgentRow, column: str, country: str | None) -> str | None:
        name = row.get(column)
        if not name:
            return None
        # A bank, a principal and an agent of one name in one country are one firm.
        place = clean_country(country or "") or fold_name(country)
        return f"{self._prefix}-party-{make_key(fold_name(name), place)}"

    def _numbered(self, row: AgentRow, column: str) -> str | None:
        number = row.get(column)
        return self._number(column.replace("_", "-"), number) if number else None

    def _number(self, kind: str, number: str) -> str:
        """`…-outlet-a.17`; a digest follows where the slug leaves a character out."""
        plain = fold_number(number)
        slug = make_id(f"{self._prefix}-{kind}", plain[:_LONG])
        if slug != f"{self._prefix}-{kind}-{plain}":
            slug = f"{slug}-{make_key(plain)}"
        if UNRESOLVED_MARK in slug:  # the mark of parties that a list only refers to
            return f"{self._prefix}-{kind}-{make_key(plain)}"
        return slug
