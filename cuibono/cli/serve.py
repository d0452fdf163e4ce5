"""The commands that serve and demonstrate."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated

import typer

from cuibono.cli.session import DONE, Session
from graph.errors import ConfigurationError

DEFAULT_PORT = 8000


def require_loopback(host: str) -> str:
    """An address that only this machine can reach.

    Raises:
        ConfigurationError: When others could reach it: there is no authentication, and a search
            term is sensitive.
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigurationError(
            f"Serving on {host!r} is refused: authentication is not available, and everyone who "
            "reaches that interface could ask and read. Use 127.0.0.1."
        )
    return host


def run_serve(
    session: Session,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port.")] = DEFAULT_PORT,
) -> int:
    """Serve the HTTP interface on this machine."""
    address = require_loopback(host)
    # The web framework: half a second that no other command owes.
    import followthemoney  # noqa: F401 - now, so that no request waits for it
    import uvicorn

    import casework.search  # noqa: F401 - the same
    from api.app import create_app

    workspace = session.workspace
    meta = workspace.meta()  # says what to do when nothing is published, before the port is taken
    session.out.message(f"snapshot {meta.snapshot} on http://{address}:{port}/api/v1/meta")
    # The application logs requests itself, without what was asked for.
    uvicorn.run(
        create_app(workspace), host=address, port=port, access_log=False, log_level="warning"
    )
    return DONE


def run_demo(
    session: Session,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Folder to build in. [default: demo in the workspace]"),
    ] = None,
    sdn: Annotated[
        Path | None,
        typer.Option("--sdn", metavar="DIR", help="Folder of the real OFAC SDN list, to load too."),
    ] = None,
) -> int:
    """Answer three questions on the sample case. Offline, with all evidence."""
    from cuibono import demo  # builds a snapshot

    out = session.out
    target = folder or session.settings.workspace / "demo"
    workspace = demo.build_demo(target, out, store=session.settings.store, sdn=sdn)
    session.closing.callback(workspace.close)
    answers = demo.ask_demo(workspace, out)
    if out.format == "json":
        out.write_json(demo.make_demo_body(workspace, answers))
    else:
        out.show(*demo.iter_demo(answers))
    for report in demo.write_reports(workspace, answers, target / "reports"):
        out.message(f"report {report}")
    if not session.settings.embedded:
        queries = demo.write_queries(answers, target / "queries.cypher")
        out.message(f"queries for Neo4j Browser {queries}")
    out.message(f"workspace {target}; ask it more with `cuibono path NAME NAME -w {target}`")
    return DONE
