"""The OpenAPI document, and the page that shows it from local files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from api.models import Problem

PAGES = Path(__file__).parent / "pages"
_MEDIA_TYPES = {"docs.html": "text/html", "docs.js": "text/javascript", "docs.css": "text/css"}
_MEANINGS = {
    400: "The body is not JSON in UTF-8, or the host name is not served.",
    404: "Something that the request names is not there.",
    413: "The body is too large.",
    422: "The request does not fit, or asks for what is not supported; `errors` names the part.",
    501: "This backend cannot answer this question.",
    503: "No snapshot can be read now; `Retry-After` says when to ask again.",
}
_DESCRIPTION = """How a listed party is connected to a business, with evidence, dates and doubt.

A possible match is not an identity, and a path is not a finding about anyone. Answers name the
lists and dates that were checked. What is not supported is refused by name, never ignored."""
_SECURITY = {
    "bearerKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "Key of a client. On a loopback address none is asked for.",
    }
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of an operation, as problem details."""
    return {
        status: {
            "description": _MEANINGS[status],
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status in statuses
    }


def make_openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the application."""
    document = get_openapi(
        title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = _SECURITY
    return document


router = APIRouter(include_in_schema=False)


def _page(name: str) -> Response:
    return Response((PAGES / name).read_bytes(), media_type=f"{_MEDIA_TYPES[name]}; charset=utf-8")


@router.get("/docs")
def get_docs() -> Response:
    """Serve the page."""
    return _page("docs.html")


@router.get("/docs/page.js")
def get_docs_script() -> Response:
    """Serve its script."""
    return _page("docs.js")


@router.get("/docs/page.css")
def get_docs_style() -> Response:
    """Serve its style."""
    return _page("docs.css")
