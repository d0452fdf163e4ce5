"""Shapes of the requests, and what each means to the network.

Strict: an unknown part, a number given as text and `false` given as a number are refused. Parts
that this version does not support are refused by name (`UNSUPPORTED`), never ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from casework.model import DEFAULT_CUTOFF, DEFAULT_THRESHOLD, MAX_HITS, SearchQuery
from graph.dates import parse_span
from graph.model import LINK_TYPES, Status
from graph.network import (
    MAX_HOPS,
    MAX_PATHS,
    Budget,
    Filters,
    HubPolicy,
    NearestQuery,
    NeighbourQuery,
    PathQuery,
    PolicyRule,
)

# docs/decisions/0010-api-shapes.md: mean edge ends per node of the reference graph, and less than
# half the measured rate of a full search.
LINKS_PER_NODE = 5
LINKS_PER_MS = 20_000
MAX_IDS = 100

# A part by its pointer and what to do instead.
UNSUPPORTED = {
    "/from/case": "Cases are not supported yet; give `ids`.",
    "/from/topics": "Topics are not supported yet; give `ids`, or use /api/v1/nearest.",
    "/to/topics": "Topics are not supported yet; give `ids`, or use /api/v1/nearest.",
    "/to/lists": "Lists are not supported yet; give `ids`, or use /api/v1/nearest.",
    "/mode": "Supported are k_shortest and all_shortest.",
    "/loaded_at": "Not supported yet: the live snapshot answers; leave it out.",
    "/hub_policy/action": "Supported is exclude.",
    "/include_same_as": "Supported is true: confirmed identities always join.",
    "/order": "Supported are risk, degree and id.",
    "/as_of": "Not supported here yet; leave it out.",
}

# YYYY, YYYY-MM or YYYY-MM-DD of days that exist, within the range of graph.dates.
_DAY_OF_MONTH = (
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|1\d|2[0-8])"
)
_LEAP_DAY = r"(?:19(?:0[48]|[2468][048]|[13579][26])|20(?:[0246][048]|[1357][26]))-02-29"
DATE_PATTERN = rf"^(?:{_LEAP_DAY}|(?:19\d\d|20[0-7]\d)(?:-(?:0[1-9]|1[0-2]|{_DAY_OF_MONTH}))?)$"


class _OneOf:
    """Holds a text to names, which are looked up for the first value or for the document."""

    def __init__(self, find: Callable[[], Iterable[str]]) -> None:
        self._find = find

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in the order of the document."""
        return tuple(self._find())

    def check(self, value: str) -> str:
        """The text, when it is a name."""
        if value not in self.names:
            raise PydanticCustomError("unknown_name", "Unknown name; see the interface's document.")
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "enum": list(self.names)}


# FollowTheMoney takes half a second to load, and only a search by its names needs them.


def list_schemas() -> list[str]:
    """The names of FollowTheMoney's schemata."""
    from followthemoney import model

    return sorted(model.schemata)


def list_topics() -> list[str]:
    """The topics of FollowTheMoney."""
    from followthemoney.types import registry

    return sorted(registry.topic.names)


def list_countries() -> list[str]:
    """The country codes of FollowTheMoney."""
    from followthemoney.types import registry

    return sorted(registry.country.names)


# Identity is no hop: it is ruled by `doubt`, not by a list of types.
LinkType = Annotated[str, _OneOf(lambda: (name for name in LINK_TYPES if name != "SameAs"))]
AnyLinkType = Annotated[str, _OneOf(lambda: LINK_TYPES)]
SchemaName = Annotated[str, _OneOf(list_schemas)]
Topic = Annotated[str, _OneOf(list_topics)]
Country = Annotated[str, _OneOf(list_countries)]
DateText = Annotated[str, Field(pattern=DATE_PATTERN, examples=["2015-03-13"])]
EntityId = Annotated[str, Field(min_length=1, max_length=300, examples=["ofac-12451"])]
Dataset = Annotated[str, Field(min_length=1, max_length=100, examples=["us_ofac_sdn"])]
LinkStatus = Literal["asserted", "corroborated", "disputed", "refuted", "superseded"]
Direction = Literal["any", "out", "in"]
Rule = Literal["hubs", "family", "shared_values", "shared_principal"]


def _whole(value: Any) -> Any:
    """Let 5.0 pass as 5, as JSON Schema does; anything else is left to the type."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Question(BaseModel):
    """Base of the request bodies."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class SearchRequest(Question):
    """A name, and what the party must be besides. `sources` are datasets."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"q": "Hussein Tajeddine", "limit": 5}]}
    )

    q: str = Field(min_length=1, max_length=500)
    schemas: list[SchemaName] = Field(default=[], max_length=50)
    topics: list[Topic] = Field(default=[], max_length=50)
    countries: list[Country] = Field(default=[], max_length=50)
    sources: list[Dataset] = Field(default=[], max_length=50)
    fuzzy: bool = True
    threshold: float = Field(default=DEFAULT_THRESHOLD, ge=0.01, le=0.99)
    cutoff: float = Field(default=DEFAULT_CUTOFF, ge=0.01, le=0.99)
    limit: Annotated[int, Field(ge=1, le=MAX_HITS), BeforeValidator(_whole)] = 10
    cursor: str | None = Field(default=None, max_length=500)

    def to_plain(self) -> dict[str, Any]:
        """What the pages are of: the request as JSON, without the cursor."""
        return self.model_dump(mode="json", exclude={"cursor"})

    def to_query(self, offset: int) -> SearchQuery:
        """What `casework.search` takes."""
        return SearchQuery(
            q=self.q,
            schemas=tuple(self.schemas),
            topics=tuple(self.topics),
            countries=tuple(self.countries),
            sources=tuple(self.sources),
            fuzzy=self.fuzzy,
            limit=self.limit,
            offset=offset,
            threshold=self.threshold,
            cutoff=self.cutoff,
        )


class Ends(Question):
    """Any of these parties."""

    ids: list[EntityId] = Field(min_length=1, max_length=MAX_IDS)


class OneEnd(Question):
    """One party."""

    ids: list[EntityId] = Field(min_length=1, max_length=1)


class EdgeTypes(Question):
    """Types of edge that may be used; an empty `allow` means all."""

    allow: list[LinkType] = Field(default=[], max_length=50)
    deny: list[LinkType] = Field(default=[], max_length=50)


class HubRules(Question):
    """The degree above which an organisation is a hub, and rules that shall not hold."""

    max_degree: Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(_whole)] = 25
    action: Literal["exclude"] = "exclude"
    lift: list[Rule] = Field(default=[], max_length=10)

    def to_policy(self) -> HubPolicy:
        """What the network takes."""
        return HubPolicy(
            max_degree=self.max_degree, lift=tuple(PolicyRule(rule) for rule in self.lift)
        )


class SearchBudget(Question):
    """How much a search may look at; the smaller holds."""

    nodes: Annotated[int, Field(ge=1, le=100_000_000), BeforeValidator(_whole)] | None = None
    ms: Annotated[int, Field(ge=1, le=60_000), BeforeValidator(_whole)] | None = None

    def to_budget(self) -> Budget:
        """Edge ends, which are reproducible where time is not."""
        limits = [Budget().links]
        if self.nodes is not None:
            limits.append(self.nodes * LINKS_PER_NODE)
        if self.ms is not None:
            limits.append(self.ms * LINKS_PER_MS)
        return Budget(links=min(limits))


_BOTH_DATES: dict[str, JsonValue] = {"required": ["as_of", "during"]}


class Conditions(Question):
    """What an edge must be to be used. Ask for one day (`as_of`) or an interval (`during`)."""

    model_config = ConfigDict(json_schema_extra={"not": _BOTH_DATES})

    direction: Direction = "any"
    edge_types: EdgeTypes = EdgeTypes()
    datasets: list[Dataset] = Field(default=[], max_length=50)
    statuses: list[LinkStatus] = Field(
        default=["asserted", "corroborated", "disputed"], min_length=1, max_length=5
    )
    min_confidence: float = Field(default=0, ge=0, le=1)
    verified_only: bool = Field(
        default=False,
        description="Borne out by archived bytes: a quotation that was found in the copy of its "
        "source, or the publisher's own file.",
    )
    as_of: DateText | None = None
    during: Annotated[list[DateText], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="Two dates, in either order, and the days between them."
    )
    certain_dates: bool = Field(
        default=False, description="Held then for certain, rather than possibly."
    )
    known_at: DateText | None = Field(default=None, description="Published by then.")
    doubt: float = Field(default=0, ge=0, le=1)
    include_claims: bool = False
    include_same_as: Literal[True] = Field(
        default=True, description="Confirmed identities always join; `doubt` admits proposed ones."
    )
    avoid: list[EntityId] = Field(default=[], max_length=MAX_IDS)
    hub_policy: HubRules = HubRules()
    budget: SearchBudget = SearchBudget()

    @model_validator(mode="after")
    def _refuse_both_dates(self) -> Self:
        if {"as_of", "during"} <= self.model_fields_set:
            raise PydanticCustomError("both_dates", "Give as_of or during, not both.")
        return self

    def to_filters(self) -> Filters:
        """What the network takes."""
        return Filters(
            types_allow=tuple(self.edge_types.allow),
            types_deny=tuple(self.edge_types.deny),
            direction=self.direction,
            datasets=tuple(self.datasets),
            statuses=tuple(Status(status) for status in self.statuses),
            min_confidence=self.min_confidence,
            verified_only=self.verified_only,
            as_of=self.as_of,
            during=_in_order(self.during),
            known_at=self.known_at,
            certain_dates=self.certain_dates,
            doubt=self.doubt,
            include_claims=self.include_claims,
            avoid=tuple(self.avoid),
        )


def _in_order(dates: list[str] | None) -> tuple[str, str] | None:
    if dates is None:
        return None
    first, last = dates
    swapped = parse_span(first).earliest > parse_span(last).latest
    return (last, first) if swapped else (first, last)


_PATH_EXAMPLE: dict[str, JsonValue] = {
    "from": {"ids": ["ofac-12451"]},
    "to": {"ids": ["ofac-4697"]},
    "k": 3,
    "max_hops": 4,
}


class PathsRequest(Conditions):
    """Connections between any party of `from` and any of `to`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PATH_EXAMPLE], "not": _BOTH_DATES})

    from_: Ends = Field(alias="from")
    to: Ends
    mode: Literal["k_shortest", "all_shortest"] = "k_shortest"
    k: Annotated[int, Field(ge=1, le=MAX_PATHS), BeforeValidator(_whole)] = 5
    max_hops: Annotated[int, Field(ge=1, le=MAX_HOPS), BeforeValidator(_whole)] = 6

    def to_query(self) -> PathQuery:
        """What the network takes."""
        return PathQuery(
            sources=tuple(self.from_.ids),
            targets=tuple(self.to.ids),
            mode=self.mode,
            k=self.k,
            max_hops=self.max_hops,
            filters=self.to_filters(),
            policy=self.hub_policy.to_policy(),
            budget=self.budget.to_budget(),
        )


class NearestRequest(Conditions):
    """The listed parties nearest to one party. `lists` are datasets; empty means all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"from": {"ids": ["ofac-12455"]}, "limit": 3}],
            "not": _BOTH_DATES,
        }
    )

    from_: OneEnd = Field(alias="from")
    lists: list[Dataset] = Field(default=[], max_length=50)
    limit: Annotated[int, Field(ge=1, le=MAX_PATHS), BeforeValidator(_whole)] = 5
    max_hops: Annotated[int, Field(ge=1, le=MAX_HOPS), BeforeValidator(_whole)] = 4

    def to_query(self) -> NearestQuery:
        """What the network takes."""
        return NearestQuery(
            source=self.from_.ids[0],
            limit=self.limit,
            max_hops=self.max_hops,
            lists=tuple(self.lists),
            filters=self.to_filters(),
            policy=self.hub_policy.to_policy(),
            budget=self.budget.to_budget(),
        )


class NeighboursParams(BaseModel):
    """Parameters of the neighbours page. Texts, so numbers are read from them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    types: list[AnyLinkType] = Field(default=[], max_length=50)
    direction: Direction = "any"
    limit: int = Field(default=25, ge=1, le=1000)
    cursor: str | None = Field(default=None, max_length=500)
    order: Literal["risk", "degree", "id"] = "risk"
    as_of: DateText | None = None
    known_at: DateText | None = None
    doubt: float = Field(default=0, ge=0, le=1)
    include_claims: bool = False

    def to_plain(self) -> dict[str, Any]:
        """What the pages are of: the parameters that are asked for, without the cursor."""
        return self.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True)

    def to_query(self, entity_id: str, offset: int) -> NeighbourQuery:
        """What the network takes."""
        return NeighbourQuery(
            source=entity_id,
            limit=self.limit,
            offset=offset,
            order=self.order,
            filters=Filters(
                types_allow=tuple(self.types),
                direction=self.direction,
                as_of=self.as_of,
                known_at=self.known_at,
                doubt=self.doubt,
                include_claims=self.include_claims,
            ),
        )


class NoParams(BaseModel):
    """No parameters: a misspelt or unsupported one is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
