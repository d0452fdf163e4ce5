"""A workspace of three invented parties with hostile names, for what is printed and how.

What is found is tested where it is found; here an answer is given, and the front door shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.ports import Meta
from casework.model import Facets, ListVersion, SearchQuery, Total
from casework.search import SearchAnswer, SearchHit
from entity_resolution.evidence import FeatureResult
from graph.errors import AmbiguousName, EntityNotFound
from graph.model import (
    Entity,
    Event,
    Evidence,
    Link,
    LinkKind,
    Listing,
    Percentage,
    PropertyValue,
    Status,
)
from graph.network import (
    Explored,
    Hop,
    Nearest,
    NearestAnswer,
    NearestQuery,
    NeighbourAnswer,
    NeighbourQuery,
    Path,
    PathAnswer,
    PathQuery,
    Pruned,
    Weakest,
)

HOSTILE = "[red]Evil[/red] \x1b[31mColour\x1b[0m\x9b2J \u202eReversed\nNext:smile:"
SHOWN = "[red]Evil[/red] Colour Reversed Next:smile:"
FORMULA = "=HYPERLINK(1)"
SNAPSHOT = "0123abcd"
LISTS = (ListVersion(dataset="test_list", title="Test list", version="v1", published="2026-11-01"),)


def _evidence(by: str, on: str | None, stance: str = "asserts") -> Evidence:
    return Evidence.model_validate(
        {
            "stance": stance,
            "by": by,
            "on": on,
            "relays": "Upstream Wire" if stance == "asserts" else None,
            "source_title": HOSTILE,
            "source_url": "https://example.org/a",
            "quote": f"the quotation {HOSTILE}",
            "dataset": "test_case",
            "record_id": "7",
            "locator": "facts.csv:7",
        }
    )


ENTITIES = {
    "t-a": Entity(
        id="t-a",
        schema_="Person",
        caption=HOSTILE,
        properties={
            "name": (PropertyValue(value=HOSTILE, sources=("test_list",)),),
            "weakAlias": (PropertyValue(value="Shorty", scope="gm", sources=("test_list",)),),
            "birthDate": (
                PropertyValue(value="1963", original="circa 1963", sources=("test_list",)),
            ),
        },
        listings=(
            Listing(
                authority="Test Authority",
                list="Test list",
                programs=("[bold]PROG",),
                since="2010-12-09",
                dataset="test_list",
                record_id="7",
            ),
        ),
        datasets=("test_list",),
    ),
    "t-b": Entity(id="t-b", schema_="Company", caption=FORMULA, datasets=("test_case",)),
    "t-c": Entity(id="t-c", schema_="Company", caption="Third Example Ltd"),
}
LINKS = {
    "l1": Link(
        id="l1",
        schema_="Ownership",
        role="owner [green]",
        source="t-a",
        target="t-b",
        start="[..2006-03]",
        status=Status.DISPUTED,
        percentage=Percentage(minimum=25, maximum=50, minimum_open=True),
        evidence=(
            _evidence("First Source", "2010-12-09"),
            _evidence("Second Source", "2012-03", "denies"),
        ),
    ),
    "l2": Link(
        id="l2",
        schema_="UnknownLink",
        role="possibly same as",
        source="t-b",
        target="t-c",
        kind=LinkKind.IDENTITY,
        status=Status.PROPOSED,
        evidence=(_evidence("an analyst", "2015"),),
    ),
    "claim": Link(
        id="claim",
        schema_="UnknownLink",
        role="claimed partner",
        source="t-a",
        target="t-c",
        kind=LinkKind.CLAIM,
        status=Status.REFUTED,
        evidence=(_evidence("First", "2015"), _evidence("Third Example", "2015", "denies")),
    ),
}
EVENT = Event(
    id="e1",
    schema_="UnknownLink",
    role="wrote to",
    source="t-b",
    target="t-a",
    start="2015-03-04",
    evidence=(_evidence("First Source", None),),
)
PATH = Path(
    nodes=("t-a", "t-b", "t-c"),
    hops=(
        Hop(source="t-a", target="t-b", links=("l1",)),
        Hop(source="t-b", target="t-c", links=("l2",)),
    ),
    length=1,
    strength=0.42,
    weakest=Weakest(hop=1, why="an identity nobody put a figure on"),
    disputed=True,
    claimed=False,
    identity_links=("l2",),
    certain=(),
    possible=(("2006-03-01", None),),
    text=f"{HOSTILE} owns {FORMULA}.",
)
_SCOPE = {
    "completed_depth": 6,
    "explored": Explored(nodes=3, links=5),
    "pruned": Pruned(),
    "executed": "embedded",
    "snapshot": SNAPSHOT,
    "nodes": ENTITIES,
    "links": LINKS,
}


class FakeNetwork:
    """Answers what it was given."""

    snapshot = SNAPSHOT

    def get_entities(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        return {each: ENTITIES[each] for each in entity_ids if each in ENTITIES}


class FakeWorkspace:
    """The public face of a workspace, over given answers."""

    network = FakeNetwork()

    def __init__(self, *, stale: bool = False, partial: bool = False, found: bool = True) -> None:
        self.stale, self.partial, self.found = stale, partial, found
        self.asked: list[object] = []

    def meta(self) -> Meta:
        lists = tuple(each.model_copy(update={"stale": self.stale}) for each in LISTS)
        return Meta(version="0", snapshot=SNAPSHOT, config_hash="c0", sources=lists)

    def resolve_party(self, text: str) -> str:
        if text == "Twins":
            raise AmbiguousName(text, [("t-a", HOSTILE, 0.9), ("t-b", FORMULA, 0.9)])
        return text

    def entity(self, entity_id: str) -> Entity:
        if entity_id not in ENTITIES:
            raise EntityNotFound(entity_id)
        return ENTITIES[entity_id]

    def degree(self, entity_id: str) -> NeighbourAnswer:
        return self.neighbours(NeighbourQuery(source=entity_id, limit=1))

    def timeline(self, entity_id: str) -> list[Event]:
        return [EVENT]

    def claims(self, entity_id: str) -> list[Link]:
        return [LINKS["claim"]]

    def search(self, query: SearchQuery) -> SearchAnswer:
        self.asked.append(query)
        feature = FeatureResult(
            name="name_tokens",
            query=query.q,
            candidate=HOSTILE,
            property="name",
            dataset="test_list",
            log_odds=3.5,
        )
        hit = SearchHit(
            entity=ENTITIES["t-a"],
            score=0.91,
            match=True,
            log_odds=3.5,
            explanation=(feature,),
            text=f"possible match: {HOSTILE}",
        )
        return SearchAnswer(
            results=(hit,) if self.found else (),
            facets=Facets(),
            total=Total(value=1 if self.found else 0, relation="eq"),
            next_offset=None,
            snapshot=SNAPSHOT,
            lists=self.meta().sources,
            statement="One list of 2026-11-01 was checked.",
        )

    def neighbours(self, query: NeighbourQuery) -> NeighbourAnswer:
        self.asked.append(query)
        return NeighbourAnswer(
            neighbours=("t-b",),
            hops=(Hop(source="t-a", target="t-b", links=("l1",)),),
            total=1,
            counts_by_type={"Ownership": 1},
            next_offset=None,
            supernode=False,
            executed="embedded",
            snapshot=SNAPSHOT,
            nodes=ENTITIES,
            links=LINKS,
        )

    def paths(self, query: PathQuery) -> PathAnswer:
        self.asked.append(query)
        return PathAnswer.model_validate(
            {
                **_SCOPE,
                "status": "partial" if self.partial else "complete",
                "stop_reason": "budget" if self.partial else "exhausted",
                "statement": "Scope of this answer.",
                "paths": (PATH,) if self.found else (),
                "beside": ("claim",),
            }
        )

    def nearest(self, query: NearestQuery) -> NearestAnswer:
        self.asked.append(query)
        return NearestAnswer.model_validate(
            {
                **_SCOPE,
                "status": "complete",
                "stop_reason": "exhausted",
                "statement": "Scope of this answer.",
                "nearest": (Nearest(entity="t-a", hops=1, path=PATH),) if self.found else (),
            }
        )
