"""Search by name. POST, so that no name stands in an address or an access log."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.answers import to_hit
from api.cursors import UnknownCursor, make_cursor, make_scope, parse_cursor
from api.documents import problems
from api.live import LiveDep
from api.models import SearchResponse
from api.questions import SearchRequest

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.post(
    "/search",
    operation_id="search",
    summary="Find parties by name, with reasons",
    response_model=SearchResponse,
    responses=problems(400, 404, 413, 422, 503),
)
def search(body: SearchRequest, live: LiveDep, request: Request) -> SearchResponse:
    """Answer possible matches, best first; an empty answer names the lists checked."""
    live.require_datasets("/sources", body.sources)
    asked = body.to_plain()
    offset = parse_cursor(body.cursor, make_scope(live.meta.snapshot, asked))
    answer = request.app.state.investigation.search(body.to_query(offset))
    if offset and answer.snapshot != live.meta.snapshot:
        raise UnknownCursor
    return SearchResponse(
        **{**live.envelope(), "snapshot": answer.snapshot, "list_versions": answer.lists},
        results=tuple(to_hit(hit) for hit in answer.results),
        facets=answer.facets,
        total=answer.total,
        next_cursor=make_cursor(answer.next_offset, make_scope(answer.snapshot, asked)),
        statement=answer.statement,
    )
