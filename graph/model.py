"""What the network is made of: entities, links, events, evidence.

Schemata, properties and their types are FollowTheMoney's; this module adds the sidecar fields that
it lacks. The three kinds of link (relationship, derived, identity) carry paths. Listings, events
and claims do not: listings and events are never links, a claim joins a path only where a query
asks. A link without evidence cannot be constructed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class LinkKind(StrEnum):
    """Why a link exists. The order is the code in packed arrays; append only."""

    RELATIONSHIP = "relationship"  # stated by a source
    DERIVED = "derived"  # computed from a shared value
    IDENTITY = "identity"  # same as; costs no hop
    CLAIM = "claim"  # what one side says of another; no link unless asked for


class Status(StrEnum):
    """What the sources together say. The order is the code in packed arrays; append only."""

    ASSERTED = "asserted"
    CORROBORATED = "corroborated"
    DISPUTED = "disputed"
    REFUTED = "refuted"
    SUPERSEDED = "superseded"
    # Of identity links, by judgement:
    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    REJECTED = "rejected"


# FollowTheMoney's schemata with an edge, then our derived and identity links. The order is the code
# in packed arrays; append only. `tests/graph/test_model.py` holds the first part against the model.
LINK_TYPES = (
    "Associate",
    "ContractAward",
    "Control",
    "CourtCaseParty",
    "Debt",
    "Directorship",
    "Documentation",
    "Employment",
    "Family",
    "Membership",
    "Occupancy",
    "Ownership",
    "Payment",
    "ProjectParticipant",
    "Representation",
    "Succession",
    "UnknownLink",
    "SharedPremises",
    "SharedWebsite",
    "SharedEmail",
    "SharedPhone",
    "SharedIdentifier",
    "SharedAccount",
    "SharedWallet",
    "SameAs",
)
LEDGER = "ledger"  # the dataset of what people decided
DERIVED_ROLES = {
    "shared premises": "SharedPremises",
    "shared website": "SharedWebsite",
    "shared e-mail": "SharedEmail",
    "shared phone": "SharedPhone",
    "shared identifier": "SharedIdentifier",
    "shared account": "SharedAccount",
    "shared wallet": "SharedWallet",
}


class NodeKind(StrEnum):
    """What a node stands for, where the schema alone does not say."""

    PARTY = "party"
    OUTLET = "outlet"  # a place of business that is screened like a party
    PREMISES = "premises"  # an address or building that a link names
    UNRESOLVED = "unresolved"  # named by a list, found on none of those loaded


class Frozen(BaseModel):
    """Immutable; unknown keys refused, so that a misspelt one is found."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# Whether the words quoted were found in the archived copy of their source. None: there is no
# quotation to look for, or the row was read from the publisher's own file, which is the copy.
Quotation = Literal["verified", "not found", "no copy"]
CASE_PREFIX = "case_"  # datasets of evidence files, which people write


class Evidence(Frozen):
    """One source that says, or denies, what a link or an event states.

    Dates are texts as in `graph.dates`. `relays` names the upstream source that `by` repeats.
    """

    stance: Literal["asserts", "denies"] = "asserts"
    by: str
    on: str | None = None
    relays: str | None = None
    source_title: str | None = None
    source_url: str | None = None
    quote: str | None = None
    note: str | None = None
    declared_status: str | None = None  # the file's author's own word: kept, never used
    standing: bool = False  # a list's entry: stated on that day, and perhaps long before
    dataset: str
    record_id: str
    locator: str  # file and line, or file and XPath
    sha256: str = ""  # of the file in the archive
    retrieved_at: str | None = None
    quotation: Quotation | None = None  # of `quote` in the archived copy of `source_url`
    capture: str | None = None  # SHA-256 of that copy

    @property
    def checked(self) -> bool:
        """Whether archived bytes bear it out: its quotation, or the list it was read from."""
        by_people = self.dataset.startswith(CASE_PREFIX)
        return self.quotation == "verified" or (self.quotation is None and not by_people)


class Percentage(Frozen):
    """A share as an interval, 0..100; an end may be open. Absent is unknown, never 0 or 100."""

    minimum: float = Field(ge=0, le=100)
    maximum: float = Field(ge=0, le=100)
    minimum_open: bool = False
    maximum_open: bool = False


class Stated(Frozen):
    """What links and events share: two ends, a role, dates, a derived status, evidence."""

    id: str
    schema_: str = Field(alias="schema")
    role: str = ""
    source: str
    target: str
    start: str | None = None
    end: str | None = None
    status: Status = Status.ASSERTED
    datasets: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = Field(min_length=1)

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True
    )


class Link(Stated):
    """An edge of the projected network. `source` and `target` are FtM's sides of the schema."""

    kind: LinkKind = LinkKind.RELATIONSHIP
    percentage: Percentage | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    probability: float | None = Field(default=None, ge=0, le=1)  # of an identity; None: not stated
    value: str | None = None  # of a derived link: what the two share
    sharers: int = 0  # of a derived link: how many parties share it

    @property
    def type(self) -> str:
        """One of `LINK_TYPES`: the schema, or what is shared, or SameAs."""
        if self.kind is LinkKind.DERIVED:
            return DERIVED_ROLES[self.role]
        return "SameAs" if self.kind is LinkKind.IDENTITY else self.schema_


class Event(Stated):
    """A dated fact on a timeline (settlement, letter, order, proceeding). Never part of a path."""


class Listing(Frozen):
    """A party is, or was, on a list. `since` None: the list does not say when.

    `reported` means that someone other than the list says so: it adds dates, and it does not keep a
    party listed once the list itself has dropped it. `unconfirmed` are reports about a party that
    none of the lists loaded names: they are shown as reports and count as no listing. `ends` is an
    end that was still to come when the list was published: the listing stands.
    """

    authority: str
    list: str
    programs: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    ends: str | None = None
    measures: tuple[str, ...] = ()  # "Asset freeze", "Travel ban", as the list words them
    reasons: tuple[str, ...] = ()  # the list's statement of its reasons
    dataset: str
    record_id: str
    source_url: str | None = None
    reported: bool = False
    unconfirmed: bool = False


class PropertyValue(Frozen):
    """One value of a property, with every dataset that states it."""

    value: str
    original: str | None = None
    lang: str | None = None
    scope: str | None = None  # country code within which an alias is in use
    sources: tuple[str, ...] = ()
    first_seen: str | None = None
    last_seen: str | None = None


class Entity(Frozen):
    """A node: a party, an outlet or premises, with its listings."""

    id: str
    schema_: str = Field(alias="schema")
    caption: str
    kind: NodeKind = NodeKind.PARTY
    properties: dict[str, tuple[PropertyValue, ...]] = Field(default_factory=dict)
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    referents: tuple[str, ...] = ()

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True
    )

    @property
    def listed(self) -> bool:
        """Whether a loaded list names it now. A former listing does not count."""
        by_lists = [listing for listing in self.listings if not listing.reported]
        counted = by_lists or [each for each in self.listings if not each.unconfirmed]
        return any(listing.until is None for listing in counted)

    def values(self, name: str) -> list[str]:
        """The values of one property, in stated order; empty when it has none."""
        return [item.value for item in self.properties.get(name, ())]
