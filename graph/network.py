"""The query interface that every backend answers, and the shapes of its questions and answers.

`Network` is the only door to a store. Every backend gives the same answers in the same order; one
contract test body holds them to it. An answer never reads as "no link" without its scope: status,
stop reason, completed depth, what was explored and what the policy left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import Field

from graph.model import Entity, Event, Frozen, Link, Status

MAX_HOPS = 12
MAX_PATHS = 100


class PolicyRule(StrEnum):
    """What the hub policy refuses by default (domain.md §6). A query may lift each rule."""

    HUBS = "hubs"  # an organisation that unrelated parties are tied to carries no path
    FAMILY = "family"  # family carries no path to or through an unlisted relative
    SHARED_VALUES = "shared_values"  # widely shared premises and values carry no path
    SHARED_PRINCIPAL = "shared_principal"  # not up to a principal and down to another agent


class HubPolicy(Frozen):
    """Which rules hold, and the degree above which an organisation is a hub."""

    max_degree: int = Field(default=25, ge=1)
    lift: tuple[PolicyRule, ...] = ()


class Filters(Frozen):
    """What a link must be to be used. Dates are date texts of `graph.dates`.

    `as_of` and `during` ask when a link was valid, `known_at` what had been published by then.
    `certain_dates` asks for links that certainly held then; otherwise those that possibly did.
    `doubt` (0..1) admits proposed identity links whose probability is at least 1 - doubt and, above
    zero, those whose probability nobody stated. `statuses` does not apply to claims.
    `verified_only` asks for links of which an assertion is borne out by archived bytes: its
    quotation was found in the copy of its source, or it was read from the publisher's own file.
    """

    types_allow: tuple[str, ...] = ()
    types_deny: tuple[str, ...] = ()
    direction: Literal["any", "out", "in"] = "any"
    datasets: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = (Status.ASSERTED, Status.CORROBORATED, Status.DISPUTED)
    min_confidence: float = Field(default=0, ge=0, le=1)
    verified_only: bool = False
    as_of: str | None = None
    during: tuple[str, str] | None = None
    known_at: str | None = None
    certain_dates: bool = False
    doubt: float = Field(default=0, ge=0, le=1)
    include_claims: bool = False
    avoid: tuple[str, ...] = ()


class Budget(Frozen):
    """How much a search may explore: link ends looked at. A limit met makes the answer partial."""

    links: int = Field(default=20_000_000, ge=1)


class PathQuery(Frozen):
    """Connections between any of the sources and any of the targets.

    `k_shortest` gives the k shortest simple paths, undisputed ones first; `all_shortest` gives all
    of the smallest length, up to k.
    """

    sources: tuple[str, ...] = Field(min_length=1)
    targets: tuple[str, ...] = Field(min_length=1)
    mode: Literal["k_shortest", "all_shortest"] = "k_shortest"
    k: int = Field(default=5, ge=1, le=MAX_PATHS)
    max_hops: int = Field(default=6, ge=1, le=MAX_HOPS)
    filters: Filters = Filters()
    policy: HubPolicy = HubPolicy()
    budget: Budget = Budget()


class NearestQuery(Frozen):
    """The listed parties nearest to one entity, by hops, each with its best path."""

    source: str
    limit: int = Field(default=5, ge=1, le=MAX_PATHS)
    max_hops: int = Field(default=4, ge=1, le=MAX_HOPS)
    lists: tuple[str, ...] = ()  # datasets whose listings count; empty: all
    filters: Filters = Filters()
    policy: HubPolicy = HubPolicy()
    budget: Budget = Budget()


class NeighbourQuery(Frozen):
    """The entities one link away. The hub policy does not apply: nothing is carried."""

    source: str
    limit: int = Field(default=25, ge=1, le=1000)
    offset: int = Field(default=0, ge=0)
    order: Literal["risk", "degree", "id"] = "risk"
    filters: Filters = Filters()


class Explored(Frozen):
    """How much a search looked at."""

    nodes: int
    links: int


class Pruned(Frozen):
    """What the hub policy left out.

    `hubs` are the organisations met that may end a path but not carry one (at most 20 named,
    `hubs_met` counts them). For an answer without paths, `hops_without_policy` is the length of a
    shortest path if every rule were lifted, None when there is none of at most `MAX_HOPS`, and
    `rules` are those that refuse it; not `measured`: the budget was spent before that was known.
    """

    hubs_met: int = 0
    hubs: tuple[str, ...] = ()
    hops_without_policy: int | None = None
    rules: tuple[PolicyRule, ...] = ()
    measured: bool = True


class Hop(Frozen):
    """One step of a path: every usable link between the two parties."""

    source: str
    target: str
    links: tuple[str, ...] = Field(min_length=1)


class Weakest(Frozen):
    """The hop a path hangs on most."""

    hop: int
    why: str


class Path(Frozen):
    """Alternating parties and hops, with what it rests on.

    `certain` and `possible` are the intervals in which every hop held at once, as ISO dates with
    None for an unknown bound; both empty: never at once.
    """

    nodes: tuple[str, ...]
    hops: tuple[Hop, ...]
    length: int  # hops; an identity link costs none
    strength: float  # 0..1
    weakest: Weakest
    disputed: bool
    claimed: bool
    identity_links: tuple[str, ...]
    certain: tuple[tuple[str | None, str | None], ...]
    possible: tuple[tuple[str | None, str | None], ...]
    text: str


class Answer(Frozen):
    """What every search says of itself."""

    status: Literal["complete", "partial"]
    stop_reason: Literal["found", "exhausted", "hop_limit", "k_reached", "budget", "hub_policy"]
    completed_depth: int
    explored: Explored
    pruned: Pruned
    executed: Literal["embedded", "native", "fetched"]
    snapshot: str
    nodes: dict[str, Entity]
    links: dict[str, Link]
    statement: str


class PathAnswer(Answer):
    """Paths, best first, and what stands beside them.

    `beside` are claims and refuted links between the ends that no path uses; `indeterminate` are
    links of which the sources' dates do not say whether they count at the asked dates.
    """

    paths: tuple[Path, ...]
    beside: tuple[str, ...] = ()
    indeterminate: tuple[str, ...] = ()


class Nearest(Frozen):
    """One listed party and the best path to it."""

    entity: str
    hops: int
    path: Path


class NearestAnswer(Answer):
    """Listed parties, nearest first; ties by strength of the path, then id."""

    nearest: tuple[Nearest, ...]


class NeighbourAnswer(Frozen):
    """One page of neighbours with counts over all of them.

    `neighbours` are ids in the asked order; `hops` hold the links to each. `supernode` says that
    there are more neighbours than anyone can look at: expand by type.
    """

    neighbours: tuple[str, ...]
    hops: tuple[Hop, ...]
    total: int
    counts_by_type: dict[str, int]
    next_offset: int | None
    supernode: bool
    executed: Literal["embedded", "native", "fetched"]
    snapshot: str
    nodes: dict[str, Entity]
    links: dict[str, Link]


class Network(Protocol):
    """A loaded snapshot that can be asked. Read-only; safe to share between threads."""

    @property
    def snapshot(self) -> str:
        """Id of the snapshot that answers."""
        ...

    def get_entity(self, entity_id: str) -> Entity | None:
        """An entity by id, or by the id of one that was merged into it; None when absent."""
        ...

    def get_entities(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """Entities by id; absent ones are left out."""
        ...

    def get_link(self, link_id: str) -> Link | None:
        """A link or claim by id; None when absent."""
        ...

    def get_events(self, entity_id: str) -> list[Event]:
        """Events on the timeline of an entity, earliest first."""
        ...

    def get_claims(self, entity_id: str) -> list[Link]:
        """Claims and refuted links that name the entity, by id."""
        ...

    def neighbours(self, query: NeighbourQuery) -> NeighbourAnswer:
        """The entities one link away.

        Raises:
            EntityNotFound: When the source is absent.
            QueryError: When a filter is malformed.
        """
        ...

    def paths(self, query: PathQuery) -> PathAnswer:
        """Connections between two sets of entities; an empty answer states its scope.

        Raises:
            EntityNotFound: When an end is absent.
            QueryError: When a filter is malformed, or source and target are the same.
        """
        ...

    def nearest(self, query: NearestQuery) -> NearestAnswer:
        """The nearest listed parties.

        Raises:
            EntityNotFound: When the source is absent.
            QueryError: When a filter is malformed.
        """
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
