"""The API's answers, for `--json` and for whoever wants the API's shape without HTTP.

`api.answers` fills the parts and the envelope; this module names the moment and the request.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.answers import (
    make_envelope,
    to_completeness,
    to_edges,
    to_hit,
    to_node,
    to_nodes,
    to_path,
    to_steps,
)
from api.cursors import make_cursor, make_scope
from api.models import (
    Degree,
    EntityAnswer,
    MetaAnswer,
    NearestAnswer,
    NearestParty,
    NeighboursAnswer,
    PathsAnswer,
    SearchResponse,
)
from api.ports import Meta
from api.questions import NeighboursParams, SearchRequest
from casework.model import Total
from graph.model import Entity
from graph.network import NearestAnswer as FoundNearest
from graph.network import NearestQuery, NeighbourAnswer, NeighbourQuery, PathAnswer, PathQuery

if TYPE_CHECKING:
    from casework.search import SearchAnswer  # loads the names index


def _make_envelope(meta: Meta, as_of: str | None = None) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return make_envelope(meta, str(uuid.uuid4()), now, as_of)


def make_meta_body(meta: Meta) -> MetaAnswer:
    """What `/meta` answers."""
    return MetaAnswer(**_make_envelope(meta), version=meta.version, sources=meta.sources)


def make_search_body(meta: Meta, request: SearchRequest, answer: SearchAnswer) -> SearchResponse:
    """What `/search` answers."""
    scope = make_scope(answer.snapshot, request.to_plain())
    return SearchResponse(
        **{**_make_envelope(meta), "snapshot": answer.snapshot, "list_versions": answer.lists},
        results=tuple(to_hit(hit) for hit in answer.results),
        facets=answer.facets,
        total=answer.total,
        next_cursor=make_cursor(answer.next_offset, scope),
        statement=answer.statement,
    )


def make_entity_body(meta: Meta, entity: Entity, page: NeighbourAnswer) -> EntityAnswer:
    """What `/entities/{id}` answers."""
    return EntityAnswer(
        **_make_envelope(meta),
        **to_node(entity).model_dump(),
        canonical_id=entity.id,
        properties=entity.properties,
        referents=entity.referents,
        degree=Degree(total=page.total, by_type=page.counts_by_type),
    )


def make_neighbours_body(
    meta: Meta, query: NeighbourQuery, answer: NeighbourAnswer
) -> NeighboursAnswer:
    """What `/entities/{id}/neighbours` answers."""
    return NeighboursAnswer(
        **_make_envelope(meta, query.filters.as_of),
        id=query.source,
        neighbours=answer.neighbours,
        steps=to_steps(answer.hops),
        nodes=to_nodes(answer.nodes),
        edges=to_edges(answer.links),
        counts_by_type=answer.counts_by_type,
        total=Total(value=answer.total, relation="eq"),
        next_cursor=_make_neighbours_cursor(query, answer),
        supernode=answer.supernode,
        executed=answer.executed,
    )


def _make_neighbours_cursor(query: NeighbourQuery, answer: NeighbourAnswer) -> str | None:
    """A cursor that the interface takes; None where it cannot ask with these filters."""
    filters = query.filters
    params = NeighboursParams(
        types=list(filters.types_allow),
        direction=filters.direction,
        limit=query.limit,
        order=query.order,
        as_of=filters.as_of,
        known_at=filters.known_at,
        doubt=filters.doubt,
        include_claims=filters.include_claims,
    )
    if params.to_query(query.source, query.offset) != query:
        return None
    scope = make_scope(answer.snapshot, [query.source, params.to_plain()])
    return make_cursor(answer.next_offset, scope)


def make_paths_body(meta: Meta, query: PathQuery, answer: PathAnswer) -> PathsAnswer:
    """What `/paths` answers."""
    return PathsAnswer(
        **_make_envelope(meta, query.filters.as_of),
        **to_completeness(answer, query),
        paths=tuple(to_path(path) for path in answer.paths),
        beside=answer.beside,
        indeterminate=answer.indeterminate,
    )


def make_nearest_body(meta: Meta, query: NearestQuery, answer: FoundNearest) -> NearestAnswer:
    """What `/nearest` answers."""
    return NearestAnswer(
        **_make_envelope(meta, query.filters.as_of),
        **to_completeness(answer, query),
        nearest=tuple(
            NearestParty(entity=each.entity, hops=each.hops, path=to_path(each.path))
            for each in answer.nearest
        ),
    )
