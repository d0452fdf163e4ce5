"""A small network in memory, and the investigation around it.

Invented parties; paths by exhaustive enumeration, without a hub policy. It stands in for a snapshot
where a test is about the HTTP surface or the report, not about the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.ports import Meta
from casework.model import Facet, Facets, ListVersion, SearchQuery, Total
from casework.search import SearchAnswer, SearchHit
from entity_resolution.evidence import FeatureResult
from graph.errors import EntityNotFound, QueryError, StoreUnavailable
from graph.model import Entity, Event, Evidence, Link, LinkKind, Listing, PropertyValue, Status
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

HOSTILE = '<img src=x onerror=alert(1)> "Ltd" & Sons'
LISTS = (
    ListVersion(
        dataset="xx_list",
        title="Invented list",
        version="a1b2c3",
        published="2024-02-01",
        retrieved_at="2024-02-02T08:00:00Z",
        files={"list.csv": "ab" * 32},
        licence="invented",
        records=3,
    ),
    ListVersion(dataset="xx_case", version="d4e5f6", retrieved_at="2024-02-02T08:00:00Z"),
)


def make_entity(entity_id: str, caption: str, **parts: object) -> Entity:
    """An entity with a name."""
    value = PropertyValue(value=caption, sources=("xx_case",))
    given = {"schema": "Company", "datasets": ("xx_case",), "properties": {"name": (value,)}}
    return Entity.model_validate({"id": entity_id, "caption": caption, **given, **parts})


def make_evidence(**parts: object) -> Evidence:
    """Evidence of an invented authority."""
    given = {
        "by": "Invented Authority",
        "on": "2010-12-09",
        "source_title": "Press note 1",
        "source_url": "https://authority.example/note/1",
        "quote": "Beta is owned by Alpha.",
        "dataset": "xx_case",
        "record_id": "row 1",
        "locator": "case.csv:2",
        "sha256": "cd" * 32,
        "retrieved_at": "2024-02-02T08:00:00Z",
    }
    return Evidence.model_validate({**given, **parts})


LISTING = Listing(
    authority="Invented Authority",
    list="Invented list",
    programs=("PROG",),
    since="2010-12-09",
    dataset="xx_list",
    record_id="1",
)
ENTITIES = (
    make_entity(
        "xx-1",
        "ALPHA, Example",
        schema="Person",
        topics=("sanction",),
        countries=("gm",),
        datasets=("xx_list", "xx_case"),
        listings=(LISTING,),
        referents=("old-1",),
    ),
    make_entity("xx-2", "Beta Example Trading", countries=("gm",)),
    make_entity("xx-3", HOSTILE),
    make_entity("xx-4", "شركة مثال"),
    make_entity("xx-5", "Epsilon Example Courier"),
)
LINKS = (
    Link(
        id="l-1",
        schema_="Ownership",
        role="owner",
        source="xx-1",
        target="xx-2",
        start="[..2006-03]",
        status=Status.CORROBORATED,
        datasets=("xx_case",),
        evidence=(make_evidence(), make_evidence(by="Second Source", record_id="row 2")),
    ),
    Link(
        id="l-2",
        schema_="UnknownLink",
        role="shared premises",
        kind=LinkKind.DERIVED,
        source="xx-2",
        target="xx-3",
        value="1 Invented Street",
        sharers=2,
        evidence=(make_evidence(source_url="javascript:alert(1)", quote=None),),
    ),
    Link(
        id="l-3",
        schema_="Representation",
        role="agent",
        source="xx-3",
        target="xx-4",
        start="2011",
        end="2015-03-13",
        status=Status.DISPUTED,
        evidence=(
            make_evidence(),
            make_evidence(stance="denies", by="<b>Gamma</b>", quote="No.", on="2012"),
        ),
    ),
)
CLAIM = Link(
    id="c-1",
    schema_="UnknownLink",
    role="claimed partner",
    kind=LinkKind.CLAIM,
    source="xx-2",
    target="xx-5",
    status=Status.REFUTED,
    evidence=(make_evidence(by="Beta"), make_evidence(stance="denies", by="Epsilon", on="2015")),
)
EVENT = Event(
    id="e-1",
    schema_="UnknownLink",
    role="settlement",
    source="xx-2",
    target="xx-4",
    start="2019-06-07",
    evidence=(make_evidence(),),
)


@dataclass
class FakeNetwork:
    """The parties above, or others."""

    entities: tuple[Entity, ...] = ENTITIES
    links: tuple[Link, ...] = LINKS
    snapshot: str = "s-1"
    failure: Exception | None = None
    asked: list[PathQuery | NearestQuery | NeighbourQuery] = field(default_factory=list)

    def get_entity(self, entity_id: str) -> Entity | None:
        """By id or referent."""
        if self.failure:
            raise self.failure
        for entity in self.entities:
            if entity_id in (entity.id, *entity.referents):
                return entity
        return None

    def get_entities(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """By id."""
        wanted = set(entity_ids)
        return {entity.id: entity for entity in self.entities if entity.id in wanted}

    def get_link(self, link_id: str) -> Link | None:
        """A link or the claim."""
        return next((link for link in (*self.links, CLAIM) if link.id == link_id), None)

    def get_events(self, entity_id: str) -> list[Event]:
        """The event, if it names the entity."""
        return [EVENT] if entity_id in (EVENT.source, EVENT.target) else []

    def get_claims(self, entity_id: str) -> list[Link]:
        """The claim, if it names the entity."""
        return [CLAIM] if entity_id in (CLAIM.source, CLAIM.target) else []

    def _around(self, entity_id: str) -> Iterator[tuple[str, Link]]:
        for link in self.links:
            if entity_id in (link.source, link.target):
                yield (link.target if link.source == entity_id else link.source), link

    def neighbours(self, query: NeighbourQuery) -> NeighbourAnswer:
        """By id; types are respected."""
        self.asked.append(query)
        if self.get_entity(query.source) is None:
            raise EntityNotFound(query.source)
        allowed = query.filters.types_allow
        found = [
            (other, link)
            for other, link in self._around(query.source)
            if not allowed or link.type in allowed
        ]
        found.sort(key=lambda pair: pair[0])
        page = found[query.offset : query.offset + query.limit]
        more = query.offset + query.limit
        counts: dict[str, int] = {}
        for _, link in found:
            counts[link.type] = counts.get(link.type, 0) + 1
        return NeighbourAnswer(
            neighbours=tuple(other for other, _ in page),
            hops=tuple(
                Hop(source=query.source, target=other, links=(link.id,)) for other, link in page
            ),
            total=len(found),
            counts_by_type=counts,
            next_offset=more if more < len(found) else None,
            supernode=False,
            executed="embedded",
            snapshot=self.snapshot,
            nodes=dict(self.get_entities([query.source, *(other for other, _ in page)])),
            links={link.id: link for _, link in page},
        )

    def _walk(
        self, path: list[str], used: list[Link], targets: set[str], limit: int
    ) -> Iterator[tuple[list[str], list[Link]]]:
        if path[-1] in targets:
            yield path, used
            return
        if len(used) == limit:
            return
        for other, link in self._around(path[-1]):
            if other not in path:
                yield from self._walk([*path, other], [*used, link], targets, limit)

    def _paths(self, source: str, targets: set[str], max_hops: int) -> list[Path]:
        found = sorted(
            self._walk([source], [], targets, max_hops), key=lambda each: (len(each[1]), each[0])
        )
        return [_to_path(nodes, links) for nodes, links in found]

    def paths(self, query: PathQuery) -> PathAnswer:
        """All simple paths, shortest first."""
        self.asked.append(query)
        same = set(query.sources) & set(query.targets)
        if same:
            raise QueryError("Ask for two different parties.", pointer="/targets")
        paths = [
            path
            for source in query.sources
            for path in self._paths(source, set(query.targets), query.max_hops)
        ][: query.k]
        ends = {*query.sources, *query.targets}
        beside = tuple(claim.id for claim in (CLAIM,) if {claim.source, claim.target} <= ends)
        return PathAnswer(
            paths=tuple(paths),
            beside=beside,
            statement=f"{len(paths)} paths of at most {query.max_hops} hops.",
            **self._answer(paths, ends, beside),
        )

    def nearest(self, query: NearestQuery) -> NearestAnswer:
        """Listed parties by hops."""
        self.asked.append(query)
        listed = [entity.id for entity in self.entities if entity.listed]
        found = [
            Nearest(entity=path.nodes[-1], hops=path.length, path=path)
            for path in self._paths(query.source, set(listed), query.max_hops)
        ][: query.limit]
        return NearestAnswer(
            nearest=tuple(found),
            statement=f"{len(found)} listed parties.",
            **self._answer([item.path for item in found], {query.source}, ()),
        )

    def _answer(self, paths: list[Path], ends: set[str], beside: tuple[str, ...]) -> dict[str, Any]:
        links = [link for path in paths for hop in path.hops for link in hop.links]
        names = ends | {node for path in paths for node in path.nodes}
        return {
            "status": "complete",
            "stop_reason": "exhausted",
            "completed_depth": 6,
            "explored": Explored(nodes=5, links=6),
            "pruned": Pruned(),
            "executed": "embedded",
            "snapshot": self.snapshot,
            "nodes": dict(self.get_entities(names)),
            "links": {key: link for key in (*links, *beside) if (link := self.get_link(key))},
        }

    def close(self) -> None:
        """Nothing to release."""


def _to_path(nodes: list[str], links: list[Link]) -> Path:
    return Path(
        nodes=tuple(nodes),
        hops=tuple(
            Hop(source=source, target=target, links=(link.id,))
            for source, target, link in zip(nodes, nodes[1:], links, strict=False)
        ),
        length=len(links),
        strength=round(0.9 ** len(links), 6),
        weakest=Weakest(hop=len(links) - 1, why="one source only"),
        disputed=any(link.status is Status.DISPUTED for link in links),
        claimed=False,
        identity_links=(),
        certain=(),
        possible=(("2011-01-01", "2015-03-13"),),
        text=" – ".join(nodes),
    )


@dataclass
class FakeInvestigation:
    """Serves a network, and finds every party whose name holds the text."""

    live: FakeNetwork | None = field(default_factory=FakeNetwork)

    @property
    def network(self) -> FakeNetwork:
        """The live network."""
        if self.live is None:
            raise StoreUnavailable("No snapshot is published.")
        return self.live

    def meta(self) -> Meta:
        """Invented lists."""
        return Meta(
            version="0.0.1",
            snapshot=self.network.snapshot,
            config_hash="cfg-1",
            sources=LISTS,
        )

    def search(self, query: SearchQuery) -> SearchAnswer:
        """By part of the caption."""
        found = [
            entity
            for entity in self.network.entities
            if query.q.casefold() in entity.caption.casefold()
        ]
        page = found[query.offset : query.offset + query.limit]
        more = query.offset + query.limit
        return SearchAnswer(
            results=tuple(_to_hit(query.q, entity) for entity in page),
            facets=Facets(schemas=(Facet(value="Company", count=len(found)),)),
            total=Total(value=len(found), relation="eq"),
            next_offset=more if more < len(found) else None,
            snapshot=self.network.snapshot,
            lists=LISTS,
            statement=f"{len(found)} possible matches.",
        )

    def ready(self) -> bool:
        """Whether there is a network."""
        return self.live is not None


def _to_hit(text: str, entity: Entity) -> SearchHit:
    feature = FeatureResult(
        name="name", query=text, candidate=entity.caption, property="name", log_odds=2.6
    )
    return SearchHit(
        entity=entity,
        score=0.93,
        match=True,
        log_odds=2.6,
        explanation=(feature,),
        text=f"“{text}” fits “{entity.caption}”: 0.93",
    )
