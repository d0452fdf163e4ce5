"""What is loaded, whether the service works, and what its problems mean."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from api.documents import problems
from api.errors import KINDS
from api.live import LiveDep
from api.models import Health, MetaAnswer
from api.questions import NoParams
from graph.errors import StoreUnavailable

router = APIRouter()


@router.get(
    "/api/v1/meta",
    operation_id="get_meta",
    summary="Version, snapshot and list versions",
    response_model=MetaAnswer,
    responses=problems(422, 503),
    tags=["service"],
)
def get_meta(_: Annotated[NoParams, Query()], live: LiveDep) -> MetaAnswer:
    """Answer what is installed and loaded."""
    return MetaAnswer(**live.envelope(), version=live.meta.version, sources=live.meta.sources)


@router.get(
    "/healthz",
    operation_id="get_health",
    summary="The process answers",
    response_model=Health,
    tags=["service"],
)
def get_health() -> Health:
    """Answer without touching any data."""
    return Health(status="ok")


@router.get(
    "/readyz",
    operation_id="get_readiness",
    summary="A snapshot can be read",
    response_model=Health,
    responses=problems(503),
    tags=["service"],
)
def get_readiness(request: Request) -> Health:
    """Answer whether questions about data can be answered now."""
    if not request.app.state.investigation.ready():
        raise StoreUnavailable("No snapshot can be read; load lists with `cuibono build`.")
    return Health(status="ready")


@router.get("/problems/{slug}", include_in_schema=False)
def get_problem(slug: str) -> Response:
    """Answer what the type of a problem means."""
    kind = KINDS.get(slug)
    if kind is None:
        raise HTTPException(404)
    return PlainTextResponse(f"{kind.title}.\nStatus {kind.status}.\n")
