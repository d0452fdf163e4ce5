"""Problem details (RFC 9457) for everything that goes wrong, and the table from error to status.

A body names the part at fault and the remedy. It never holds a stack; the log holds neither names
nor messages, which may quote a query.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.cursors import UnknownCursor
from api.models import FaultyPart, Problem
from api.questions import UNSUPPORTED
from graph import errors

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
LOG = logging.getLogger("cuibono.api")


class Kind(NamedTuple):
    """A kind of problem: its URI ends in `slug`."""

    slug: str
    status: int
    title: str


class AbsentParts(errors.QueryError):
    """A request refers to things that are not there. `parts` are (pointer, detail)."""

    def __init__(self, message: str, parts: Sequence[tuple[str, str]]) -> None:
        super().__init__(message, pointer=parts[0][0])
        self.parts = list(parts)


MALFORMED = Kind("malformed-body", 400, "The body is not readable JSON")
INVALID = Kind("invalid-request", 422, "The request does not fit")
HOST = Kind("host-not-served", 400, "This host name is not served")
TOO_LARGE = Kind("body-too-large", 413, "The body is too large")
INTERNAL = Kind("internal-error", 500, "The server failed")
_BY_STATUS = {
    400: MALFORMED,
    404: Kind("not-found", 404, "Nothing is at this address"),
    405: Kind("method-not-allowed", 405, "The address does not take this method"),
    413: TOO_LARGE,
}

# The first class that fits holds: the particular before the general.
TABLE: tuple[tuple[type[Exception], Kind], ...] = (
    (UnknownCursor, Kind("unknown-cursor", 404, "No page has this cursor")),
    (AbsentParts, Kind("absent-reference", 404, "The request names what is not there")),
    (errors.EntityNotFound, Kind("entity-not-found", 404, "No entity has this id")),
    (errors.QueryLimitExceeded, Kind("limit-exceeded", 422, "The query exceeds a limit")),
    (errors.QueryError, Kind("invalid-query", 422, "The query is not answerable as put")),
    (errors.AmbiguousName, Kind("ambiguous-name", 409, "The name fits several parties")),
    (errors.ConflictingJudgement, Kind("conflicting-judgement", 409, "A judgement stands")),
    (errors.ResolutionError, Kind("undecided", 422, "Entity resolution cannot decide")),
    (errors.InvalidEntity, Kind("invalid-entity", 422, "The entity does not fit its schema")),
    (errors.UnsupportedOperation, Kind("unsupported", 501, "This backend cannot answer this")),
    (errors.StoreUnavailable, Kind("unavailable", 503, "No data can be read now")),
    (errors.CuibonoError, INTERNAL),
)
KINDS: Mapping[str, Kind] = {
    kind.slug: kind for kind in (INVALID, HOST, INTERNAL, *_BY_STATUS.values())
} | {kind.slug: kind for _, kind in TABLE}


# Where a part of the network's query stands in the body; the particular before the general.
_POINTERS = (
    ("/filters/types_allow", "/edge_types/allow"),
    ("/filters/types_deny", "/edge_types/deny"),
    ("/filters", ""),
    ("/sources", "/from/ids"),
    ("/source", "/from/ids/0"),
    ("/targets", "/to/ids"),
    ("/policy", "/hub_policy"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a problem says besides its kind."""

    detail: str
    parts: tuple[FaultyPart, ...] = ()


def make_problem(
    kind: Kind, fault: Fault, request_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The response for one problem."""
    body = Problem(
        type=f"/problems/{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=fault.detail,
        errors=fault.parts,
        request_id=request_id,
    )
    return JSONResponse(
        body.model_dump(), kind.status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def find_kind(error: Exception) -> Kind:
    """The kind of problem that an error is."""
    return next((kind for cls, kind in TABLE if isinstance(error, cls)), INTERNAL)


def log_failure(error: Exception, request_id: str) -> None:
    """Log where an unexpected error arose, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    LOG.error("request %s failed: %s at %s", request_id, type(error).__name__, place)


def _request_id(request: Request) -> str:
    return str(request.state.request_id)


def make_internal(request_id: str) -> Response:
    """The response for an unexpected error: nothing about its cause."""
    fault = Fault(f"The request could not be answered; the log names it as {request_id}.")
    return make_problem(INTERNAL, fault, request_id)


async def _on_cuibono_error(request: Request, exc: Exception) -> Response:
    kind = find_kind(exc)
    request_id = _request_id(request)
    if kind is INTERNAL:
        log_failure(exc, request_id)
        return make_internal(request_id)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if kind.status == 503 else None
    return make_problem(kind, Fault(str(exc), _faulty_parts(exc)), request_id, headers)


def _faulty_parts(exc: Exception) -> tuple[FaultyPart, ...]:
    if isinstance(exc, AbsentParts):
        return tuple(FaultyPart(pointer=pointer, detail=detail) for pointer, detail in exc.parts)
    if isinstance(exc, errors.QueryError) and exc.pointer:
        return (FaultyPart(pointer=_to_surface(exc.pointer), detail=str(exc)),)
    if isinstance(exc, errors.AmbiguousName):
        return tuple(
            FaultyPart(pointer="", detail=f"{entity_id}: {caption} ({score:.2f})")
            for entity_id, caption, score in exc.candidates
        )
    return ()


def _to_surface(pointer: str) -> str:
    """The pointer into the request's body for one into the network's query."""
    for inner, outer in _POINTERS:
        if pointer.startswith(inner):
            return outer + pointer.removeprefix(inner)
    return pointer


def _to_part(error: Mapping[str, Any]) -> FaultyPart:
    # The first element says where: body, query, path.
    pointer = "".join(
        "/" + str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"][1:]
    )
    detail = str(error["msg"])
    if error["type"] in ("extra_forbidden", "literal_error") and pointer in UNSUPPORTED:
        detail = UNSUPPORTED[pointer]
    elif error["type"] == "extra_forbidden":
        detail = "Unknown part; see the interface's document at /docs."
    return FaultyPart(pointer=pointer, detail=detail)


async def _on_invalid_request(request: Request, exc: Exception) -> Response:
    found = cast(RequestValidationError, exc).errors()  # registered for this class only
    if any(error["type"] == "json_invalid" for error in found):
        return make_problem(MALFORMED, Fault("The body must be JSON."), _request_id(request))
    parts = tuple(_to_part(error) for error in found)
    named = ", ".join(dict.fromkeys(part.pointer or "the body" for part in parts))
    return make_problem(INVALID, Fault(f"See `errors`: {named}.", parts), _request_id(request))


async def _on_http_error(request: Request, exc: Exception) -> Response:
    error = cast(HTTPException, exc)  # registered for this class only
    kind = _BY_STATUS.get(error.status_code) or Kind("http-error", error.status_code, "Refused")
    details = {
        400: "The body must be JSON in UTF-8.",
        404: "Nothing is at this address; /docs lists the addresses.",
        405: "The address does not take this method; see the Allow header.",
        413: "The body exceeds the size that is taken.",
    }
    fault = Fault(details.get(error.status_code, kind.title))
    return make_problem(kind, fault, _request_id(request), error.headers)


def install(app: FastAPI) -> None:
    """Answer every error of the application with problem details."""
    app.add_exception_handler(errors.CuibonoError, _on_cuibono_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
