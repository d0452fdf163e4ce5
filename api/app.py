"""Makes the application: routes, errors, guard and document around one investigation."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from api import documents, errors
from api.guard import Guard
from api.ports import Investigation
from api.routers import entities, paths, search, service

# Of the interface, not of the program: the document is the same for every build.
INTERFACE_VERSION = "1.0.0"


def _now() -> datetime:
    return datetime.now(UTC)


def _new_request_id() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class AppOptions:
    """How the interface is served.

    Attributes:
        hosts: Host names that are served besides localhost, 127.0.0.1 and [::1].
        clock: Gives `generated_at`; aware, UTC.
        new_request_id: Gives each request its id.
    """

    hosts: tuple[str, ...] = ()
    clock: Callable[[], datetime] = _now
    new_request_id: Callable[[], str] = _new_request_id


def create_app(investigation: Investigation, options: AppOptions | None = None) -> FastAPI:
    """Make the application.

    It has no authentication: bind it to a loopback address only. Serve it without the server's own
    access log, which would write addresses; `api.guard` logs one line for each request.

    Args:
        investigation: Answers every request; asked anew each time.
        options: How to serve; the defaults are for one machine.
    """
    chosen = options or AppOptions()
    app = FastAPI(
        title="cuibono",
        version=INTERFACE_VERSION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.investigation = investigation
    app.state.options = chosen
    for router in (
        service.router, search.router, entities.router, paths.router, documents.router,
    ):  # fmt: skip
        app.include_router(router)
    errors.install(app)
    app.add_middleware(Guard, hosts=chosen.hosts, new_request_id=chosen.new_request_id)
    made: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        if not made:
            made.append(documents.make_openapi(app))
        return made[0]

    app.openapi = openapi  # type: ignore[method-assign]
    return app
