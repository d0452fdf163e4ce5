"""One entity, its neighbours, its timeline; one edge with its evidence."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Response

from api.answers import to_edge, to_edges, to_node, to_nodes, to_statement, to_steps
from api.cursors import make_cursor, make_scope, parse_cursor
from api.documents import problems
from api.errors import AbsentParts
from api.live import LiveDep
from api.models import (
    Degree,
    EdgeAnswer,
    EntityAnswer,
    NeighboursAnswer,
    TimelineAnswer,
)
from api.questions import NeighboursParams, NoParams
from casework.model import Total
from graph.network import NeighbourQuery

router = APIRouter(prefix="/api/v1", tags=["entities"])

EntityId = Annotated[
    str, Path(alias="id", min_length=1, max_length=300, description="Id of an entity.")
]
EdgeId = Annotated[
    str, Path(alias="id", min_length=1, max_length=300, description="Id of an edge.")
]
No = Annotated[NoParams, Query()]


@router.get(
    "/entities/{id:path}/neighbours",
    operation_id="get_neighbours",
    summary="Neighbours of an entity, with counts by type",
    response_model=NeighboursAnswer,
    responses=problems(404, 422, 503),
)
def get_neighbours(
    entity_id: EntityId,
    params: Annotated[NeighboursParams, Query()],
    live: LiveDep,
    response: Response,
) -> NeighboursAnswer:
    """Answer one page; the hub policy does not apply, since nothing is carried."""
    entity = live.require_entity(entity_id)
    asked = params.to_plain()
    scope = make_scope(live.meta.snapshot, [entity.id, asked])
    page = live.network.neighbours(params.to_query(entity.id, parse_cursor(params.cursor, scope)))
    next_cursor = make_cursor(page.next_offset, scope)
    if next_cursor:
        address = f"/api/v1/entities/{quote(entity.id, safe='')}/neighbours"
        parameters = urlencode({**asked, "cursor": next_cursor}, doseq=True)
        response.headers["Link"] = f'<{address}?{parameters}>; rel="next"'
    return NeighboursAnswer(
        **live.envelope(params.as_of),
        id=entity.id,
        neighbours=page.neighbours,
        steps=to_steps(page.hops),
        nodes=to_nodes(page.nodes),
        edges=to_edges(page.links),
        counts_by_type=page.counts_by_type,
        total=Total(value=page.total, relation="eq"),
        next_cursor=next_cursor,
        supernode=page.supernode,
        executed=page.executed,
    )


@router.get(
    "/entities/{id:path}/timeline",
    operation_id="get_timeline",
    summary="Listings, events and claims of an entity",
    response_model=TimelineAnswer,
    responses=problems(404, 422, 503),
)
def get_timeline(entity_id: EntityId, _: No, live: LiveDep) -> TimelineAnswer:
    """Answer what is dated about an entity. None of it carries a path."""
    entity = live.require_entity(entity_id)
    events, claims = live.network.get_events(entity.id), live.network.get_claims(entity.id)
    ends = {end for item in (*events, *claims) for end in (item.source, item.target)}
    return TimelineAnswer(
        **live.envelope(),
        id=entity.id,
        listings=entity.listings,
        events=tuple(to_statement(event) for event in events),
        claims=tuple(to_edge(claim) for claim in claims),
        nodes=to_nodes(live.network.get_entities(sorted(ends | {entity.id}))),
    )


@router.get(
    "/entities/{id:path}",
    operation_id="get_entity",
    summary="One entity with all that the datasets state of it",
    response_model=EntityAnswer,
    responses=problems(404, 422, 503),
)
def get_entity(entity_id: EntityId, _: No, live: LiveDep) -> EntityAnswer:
    """Answer an entity by its id, or by the id of one that was merged into it."""
    entity = live.require_entity(entity_id)
    page = live.network.neighbours(NeighbourQuery(source=entity.id, limit=1))
    node = to_node(entity).model_dump()
    return EntityAnswer(
        **live.envelope(),
        **node,
        canonical_id=entity.id,
        properties=entity.properties,
        referents=entity.referents,
        degree=Degree(total=page.total, by_type=page.counts_by_type),
    )


@router.get(
    "/edges/{id:path}",
    operation_id="get_edge",
    summary="One edge with its evidence",
    response_model=EdgeAnswer,
    responses=problems(404, 422, 503),
    tags=["edges"],
)
def get_edge(edge_id: EdgeId, _: No, live: LiveDep) -> EdgeAnswer:
    """Answer a link or a claim with every source that states or denies it."""
    link = live.network.get_link(edge_id)
    if link is None:
        message = f"No edge has the id {edge_id!r} in this snapshot."
        raise AbsentParts(message, [("/id", message)])
    return EdgeAnswer(
        **live.envelope(),
        edge=to_edge(link),
        nodes=to_nodes(live.network.get_entities(sorted({link.source, link.target}))),
    )
