"""Shapes of the answers: the names of the HTTP surface over the models of `graph`.

The requests are in `api.questions`. Nothing here computes; `api.answers` fills the shapes.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from casework.model import Facets, ListVersion, Total
from entity_resolution.evidence import FeatureResult
from graph.model import Listing, Percentage, PropertyValue
from graph.network import Explored as _Explored
from graph.network import PolicyRule

DISCLAIMER = (
    "A possible match is not an identity, and a path is a set of reported links, not a finding "
    "about anyone. Only the lists and dates named here were checked."
)


class Model(BaseModel):
    """Base of the answers."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True
    )


class FaultyPart(Model):
    """A part of the request and what is wrong with it."""

    pointer: str = Field(description="JSON pointer into the body, or /name of a parameter.")
    detail: str


class Problem(Model):
    """RFC 9457 problem details."""

    type: str = Field(examples=["/problems/invalid-request"])
    title: str
    status: int
    detail: str
    errors: tuple[FaultyPart, ...] = ()
    request_id: str


class Envelope(Model):
    """What every answer says of itself."""

    snapshot: str = Field(description="Id of the data version that answered.")
    list_versions: tuple[ListVersion, ...]
    as_of: str | None = Field(default=None, description="Date asked for; null: no date.")
    generated_at: str = Field(description="ISO 8601, UTC.")
    request_id: str
    config_hash: str = Field(description="Names the installation's settings that shape answers.")
    disclaimer: str = DISCLAIMER


class MetaAnswer(Envelope):
    """What is installed and loaded."""

    version: str
    sources: tuple[ListVersion, ...]


class Node(Model):
    """A party, outlet or premises, without its properties."""

    id: str
    schema_: str = Field(alias="schema")
    caption: str
    kind: Literal["party", "outlet", "premises", "unresolved"]
    listed: bool = Field(description="A loaded list names it now.")
    topics: tuple[str, ...]
    countries: tuple[str, ...]
    datasets: tuple[str, ...]
    listings: tuple[Listing, ...]


class Degree(Model):
    """How many links the entity has, by type."""

    total: int
    by_type: dict[str, int]


class EntityAnswer(Envelope):
    """One entity with all that the datasets state of it."""

    id: str
    canonical_id: str
    schema_: str = Field(alias="schema")
    caption: str
    kind: Literal["party", "outlet", "premises", "unresolved"]
    listed: bool
    properties: dict[str, tuple[PropertyValue, ...]]
    topics: tuple[str, ...]
    countries: tuple[str, ...]
    datasets: tuple[str, ...]
    listings: tuple[Listing, ...]
    referents: tuple[str, ...]
    degree: Degree


class EvidenceItem(Model):
    """One source that states or denies. `url` is http(s); any other address is in `reference`."""

    stance: Literal["asserts", "denies"]
    by: str
    on: str | None
    relays: str | None
    source: str = Field(description="Dataset.")
    record_id: str
    title: str | None
    url: str | None
    reference: str | None
    locator: str
    quote: str | None
    note: str | None
    declared_status: str | None = Field(description="The author's own word; never used.")
    retrieved_at: str | None
    sha256: str
    quotation: Literal["verified", "not found", "no copy"] | None = Field(
        description="Whether the quotation is in the archived copy of its source; null: nothing to "
        "look for, or read from the publisher's own file."
    )
    capture: str | None = Field(description="SHA-256 of that copy.")


class Statement(Model):
    """What an edge and an event share: two ends, a role, dates, a derived status, evidence."""

    id: str
    schema_: str = Field(alias="schema")
    role: str
    source: str
    target: str
    start: str | None
    end: str | None
    status: str
    datasets: tuple[str, ...]
    evidence: tuple[EvidenceItem, ...]


class Edge(Statement):
    """A link of the network: a relationship, derived, an identity, or a claim."""

    kind: Literal["relationship", "derived", "identity", "claim"]
    type: str
    percentage: Percentage | None
    confidence: float | None
    probability: float | None
    value: str | None
    sharers: int


class EdgeAnswer(Envelope):
    """One edge with its evidence and its two ends."""

    edge: Edge
    nodes: dict[str, Node]


class TimelineAnswer(Envelope):
    """What is dated about an entity. None of it carries a path."""

    id: str
    listings: tuple[Listing, ...]
    events: tuple[Statement, ...]
    claims: tuple[Edge, ...]
    nodes: dict[str, Node]


class Step(Model):
    """Every usable edge between two parties."""

    source: str
    target: str
    edges: tuple[str, ...]


class NeighboursAnswer(Envelope):
    """A page of neighbours, and counts over all of them."""

    id: str
    neighbours: tuple[str, ...] = Field(description="Ids in the order asked for.")
    steps: tuple[Step, ...]
    nodes: dict[str, Node]
    edges: dict[str, Edge]
    counts_by_type: dict[str, int]
    total: Total
    next_cursor: str | None
    supernode: bool = Field(description="More neighbours than anyone can look at.")
    executed: Literal["embedded", "native", "fetched"]


class Hit(Model):
    """A party whose name fits, and why. Not a finding that it is the party meant."""

    entity: Node
    score: float
    match: bool
    log_odds: float
    explanation: tuple[FeatureResult, ...]
    text: str


class SearchResponse(Envelope):
    """Hits, best first. An empty answer says in `statement` what was checked."""

    results: tuple[Hit, ...]
    facets: Facets
    total: Total
    next_cursor: str | None
    statement: str


class WeakestStep(Model):
    """The step that a path hangs on most."""

    step: int
    edge: str
    why: str


class FoundPath(Model):
    """One path. `certain` and `possible` say when all steps held at once; null: no bound known."""

    nodes: tuple[str, ...]
    edges: tuple[str, ...] = Field(description="The first edge of each step.")
    steps: tuple[Step, ...]
    hops: int = Field(description="An identity edge costs none.")
    strength: float
    weakest: WeakestStep
    disputed: bool
    claimed: bool
    merges_relied_on: tuple[str, ...] = Field(description="Identity edges.")
    certain: tuple[tuple[str | None, str | None], ...]
    possible: tuple[tuple[str | None, str | None], ...]
    text: str


class ExploredCounts(Model):
    """How much the search looked at."""

    nodes: int
    edges: int

    @classmethod
    def of(cls, explored: _Explored) -> ExploredCounts:
        """From the network's own counts."""
        return cls(nodes=explored.nodes, edges=explored.links)


class LeftOut(Model):
    """What the hub policy left out, and by which rules."""

    hubs_met: int
    hubs: tuple[str, ...]
    hops_without_policy: int | None
    rules: tuple[PolicyRule, ...]


class ResolvedBudget(Model):
    """What the budget came to, in edge ends."""

    edges: int


class ResolvedQuery(Model):
    """What the request came to, with every default."""

    sources: tuple[str, ...]
    targets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    mode: str | None = None
    k: int | None = None
    limit: int | None = None
    max_hops: int
    direction: str
    types_allow: tuple[str, ...]
    types_deny: tuple[str, ...]
    datasets: tuple[str, ...]
    statuses: tuple[str, ...]
    min_confidence: float
    verified_only: bool
    as_of: str | None
    during: tuple[str, str] | None
    certain_dates: bool
    known_at: str | None
    doubt: float
    include_claims: bool
    avoid: tuple[str, ...]
    max_degree: int
    lift: tuple[PolicyRule, ...]
    budget: ResolvedBudget


class Completeness(Envelope):
    """What a search over the network says of itself. `partial`: a limit cut it."""

    status: Literal["complete", "partial"]
    stop_reason: Literal["found", "exhausted", "hop_limit", "k_reached", "budget", "hub_policy"]
    completed_depth: int
    explored: ExploredCounts
    pruned: LeftOut
    executed: Literal["embedded", "native", "fetched"]
    statement: str
    query: ResolvedQuery
    nodes: dict[str, Node]
    edges: dict[str, Edge]


class PathsAnswer(Completeness):
    """Paths, best first; claims, refuted and undated edges beside them."""

    paths: tuple[FoundPath, ...]
    beside: tuple[str, ...]
    indeterminate: tuple[str, ...]


class NearestParty(Model):
    """A listed party and the best path to it."""

    entity: str
    hops: int
    path: FoundPath


class NearestAnswer(Completeness):
    """Listed parties, nearest first."""

    nearest: tuple[NearestParty, ...]


class Health(Model):
    """The process answers."""

    status: Literal["ok", "ready"]
