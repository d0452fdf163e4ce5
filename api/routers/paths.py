"""Connections: paths between parties, and the listed parties nearest to one."""

from __future__ import annotations

from fastapi import APIRouter

from api.answers import to_completeness, to_path
from api.documents import problems
from api.live import Live, LiveDep
from api.models import NearestAnswer, NearestParty, PathsAnswer
from api.questions import Conditions, NearestRequest, PathsRequest

router = APIRouter(prefix="/api/v1", tags=["paths"])
_PROBLEMS = problems(400, 404, 413, 422, 501, 503)


def _resolve_avoid(body: Conditions, live: Live) -> tuple[str, ...]:
    live.require_datasets("/datasets", body.datasets)
    return live.resolve_ids([("/avoid", body.avoid)])[0]


@router.post(
    "/paths",
    operation_id="find_paths",
    summary="Connections between parties",
    response_model=PathsAnswer,
    responses=_PROBLEMS,
)
def find_paths(body: PathsRequest, live: LiveDep) -> PathsAnswer:
    """Answer paths, best first. An empty answer states its scope in `statement`."""
    sources, targets = live.resolve_ids([("/from/ids", body.from_.ids), ("/to/ids", body.to.ids)])
    query = body.to_query()
    filters = query.filters.model_copy(update={"avoid": _resolve_avoid(body, live)})
    query = query.model_copy(update={"sources": sources, "targets": targets, "filters": filters})
    answer = live.network.paths(query)
    return PathsAnswer(
        **live.envelope(body.as_of),
        **to_completeness(answer, query),
        paths=tuple(to_path(path) for path in answer.paths),
        beside=answer.beside,
        indeterminate=answer.indeterminate,
    )


@router.post(
    "/nearest",
    operation_id="find_nearest",
    summary="The listed parties nearest to a party",
    response_model=NearestAnswer,
    responses=_PROBLEMS,
)
def find_nearest(body: NearestRequest, live: LiveDep) -> NearestAnswer:
    """Answer listed parties by hops, each with its best path."""
    live.require_datasets("/lists", body.lists)
    (source,) = live.resolve_ids([("/from/ids", body.from_.ids)])[0]
    query = body.to_query()
    filters = query.filters.model_copy(update={"avoid": _resolve_avoid(body, live)})
    query = query.model_copy(update={"source": source, "filters": filters})
    answer = live.network.nearest(query)
    return NearestAnswer(
        **live.envelope(body.as_of),
        **to_completeness(answer, query),
        nearest=tuple(
            NearestParty(entity=item.entity, hops=item.hops, path=to_path(item.path))
            for item in answer.nearest
        ),
    )
