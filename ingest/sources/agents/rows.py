"""One row of a list of agents as typed values: who is named, where, since when, with which shares.

Nothing is written here. What cannot be understood stays as published, with an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from graph.dates import parse_span
from graph.model import Percentage
from ingest.dates import is_approximate, parse_dates
from ingest.parties import Place
from ingest.sources.agents.layout import Headings
from ingest.table.shares import parse_share

_PARTS = ("address", "city", "region", "postcode", "country")
_SEPARATOR = re.compile(r"[;|\n\r]+")
# A comma stands inside names ("EXAMPLE, Zed"): it ends one only behind a share.
_BEHIND_SHARE = re.compile(
    r"(?<=%)\)?\s*(?:,|/|&|\+|\band\b)\s*|\s*[,/&+]\s*(?=\d[\d.,]*\s*%\s*[^\W\d])", re.IGNORECASE
)
_SHARE = r"(?:[<>]=?\s*)?[\d.,]+(?:\s*%?\s*(?:-|–|to)\s*[\d.,]+)?"
_SHARE_LAST = re.compile(rf"(?P<name>.*?)[\s:,(\[–=-]*(?P<share>{_SHARE})\s*%\s*[)\]]?", re.DOTALL)
_SHARE_FIRST = re.compile(rf"(?P<share>{_SHARE})\s*%\s*[:–-]?\s*(?P<name>\D.*)", re.DOTALL)
_ANY_SHARE = re.compile(r"^(?P<name>.*?)[\s:,(\[=-]*(?P<share>[^\s:,(\[=]*%.*)$", re.DOTALL)
_ABOUT = re.compile(r"[\s(\[]*\b(?:approx\w*|about|around|circa|ca|est\w*)\.?$", re.IGNORECASE)
_PHONES = re.compile(r"[;|\n\r,]+|\s/\s|\s+or\s+")
_TO = re.compile(r"\s*(?:–|to)\s*")
_WHOLE = 100.0
# Words of lists for what works no more. Other words are kept as published, and judged by nobody.
_INACTIVE = re.compile(
    r"\b(?:in-?active|de-?activated|terminated|closed|ceased|suspended|revoked|cancell?ed|expired"
    r"|withdrawn|former|ended|not active|delisted)\b",
    re.IGNORECASE,
)


class Owner(NamedTuple):
    """One owner as the cell names it."""

    name: str
    share: Percentage | None = None  # None: not stated, or not understood
    fault: str | None = None  # why a stated share is not understood


@dataclass(frozen=True, slots=True)
class AgentRow:
    """The cells of one row under our names, and where the row stands."""

    cells: Mapping[str, str]  # with the constants of the settings where the row states nothing
    stated: Mapping[str, str]  # without them
    headings: Headings
    locator: str

    def get(self, column: str) -> str | None:
        """The cell of one of our columns; None when it is empty."""
        return self.cells.get(column)

    @property
    def has_outlet(self) -> bool:
        """Whether the row names a place of business: an address alone is one, too."""
        return any(name in self.cells for name in ("outlet_name", "outlet_address"))

    @property
    def describes_principal(self) -> bool:
        """Whether the list is a register of principals."""
        return self.headings.layout.subject == "principal"

    @property
    def names_somebody(self) -> bool:
        """Whether there is an agent, an outlet or the party that the list describes."""
        names = ["outlet_name", "outlet_address", "sub_agent", "master_agent"]
        if self.describes_principal:
            names.append("principal")
        return any(name in self.stated for name in names)

    def place(self, *, outlet: bool) -> Place | None:
        """The address of the outlet or of the agent; where a row has no outlet, both are his."""
        sides = ["outlet_"] if outlet else ["agent_"]
        if not outlet and not self.has_outlet:
            sides.append("outlet_")
        stated = [next((self.cells[side + part] for side in sides if side + part in self.cells),
                       None) for part in _PARTS]  # fmt: skip
        street, city, region, postcode, country = stated
        if not any(stated):
            return None
        return Place(street=street, city=city, region=region, postal_code=postcode, country=country)

    @property
    def month_first(self) -> bool:
        """How the list prints dates in digits."""
        return self.headings.month_first

    @property
    def country(self) -> str | None:
        """The country of the agent, else that of the outlet."""
        return self.cells.get("agent_country") or self.cells.get("outlet_country")

    def phones(self, *, outlet: bool) -> list[str]:
        """The numbers of the outlet or of the agent; unassigned ones are the outlet's, if any."""
        columns = ["outlet_phone"] if outlet else ["agent_phone"]
        if outlet or not self.has_outlet:
            columns.append("phones")
        if not outlet and not self.has_outlet:
            columns.append("outlet_phone")
        texts = [self.cells[name] for name in columns if name in self.cells]
        return [part.strip() for text in texts for part in _PHONES.split(text) if part.strip()]

    def quote(self, *columns: str) -> str:
        """The cells of some columns under the table's own headings: "Agent: Zed; Since: 2001"."""
        parts = [f"{self.headings.of.get(name, name)}: {self.cells[name][:120]}"
                 for name in columns if name in self.cells]  # fmt: skip
        text = "; ".join(parts)
        return text if len(text) <= 300 else text[:299] + "…"

    @property
    def is_inactive(self) -> bool:
        """Whether the status says in plain words that the agency or outlet works no more."""
        return bool(_INACTIVE.search(self.cells.get("status", "")))


def split_names(text: str | None) -> list[str]:
    """Names of a packed cell; a comma does not part them."""
    return [part.strip() for part in _SEPARATOR.split(text or "") if part.strip()]


def parse_owners(text: str | None) -> list[Owner]:
    """The owners of a cell with their shares.

    Example:
        >>> [(each.name, each.share.minimum) for each in parse_owners("Zed 60%; ABE, B. (40 %)")]
        [('Zed', 60.0), ('ABE, B.', 40.0)]
    """
    parts = [part.strip(" ,") for piece in split_names(text) for part in _BEHIND_SHARE.split(piece)]
    return [_parse_owner(part) for part in parts if part]


def _parse_owner(text: str) -> Owner:
    if "%" not in text:
        return Owner(text)
    match = _SHARE_LAST.fullmatch(text) or _SHARE_FIRST.fullmatch(text)
    if match and match["name"].strip():
        name, about = _ABOUT.subn("", match["name"].strip())
        if about:  # an interval cannot say "about"
            return Owner(name or text, None, f"{text!r} states a share that is about so")
        share = _TO.sub("-", match["share"].replace("%", "")).strip()
        try:
            return Owner(name, parse_share(share))
        except ValueError as exc:
            return Owner(name, None, str(exc))
    loose = _ANY_SHARE.match(text)
    name = loose["name"].strip() if loose and loose["name"].strip() else text
    return Owner(name, None, f"{text!r} states no share that is understood")


def find_total(shares: Iterator[Percentage]) -> float:
    """The least that shares come to together."""
    return sum(each.minimum for each in shares)


def is_over_whole(total: float) -> bool:
    """Whether shares come to more than there is; thirds as published (33.34) do not."""
    return total > _WHOLE + 0.1


def parse_day(text: str | None, *, month_first: bool) -> str | None:
    """One date text of `graph.dates`, as precise as published; None when it is not understood."""
    if not text:
        return None
    try:
        parse_span(text)
    except ValueError:
        found = parse_dates(text, month_first=month_first)
        if len(found) != 1:
            return None
        return f"{found[0][:4]}~" if is_approximate(text) else found[0]
    return text
