"""The commands that serve and demonstrate."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from cuibono.cli.session import DONE, ERROR, Session
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


def open_listener(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything is announced.

    Args:
        port: 0 for any that is free.

    Raises:
        OSError: When the port is taken or not allowed.
    """
    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family)


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
    try:
        listener = open_listener(address, port)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        session.out.error(
            f"Port {port} on {address} cannot be had ({reason}); choose another with --port, or "
            "end what listens there."
        )
        return ERROR
    with listener:
        name = f"[{address}]" if ":" in address else address
        at = f"http://{name}:{listener.getsockname()[1]}/api/v1/meta"
        session.out.message(f"snapshot {meta.snapshot} on {at}")
        # The application logs requests itself, without what was asked for.
        config = uvicorn.Config(create_app(workspace), access_log=False, log_level="warning")
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):  # the way to end it
            server.run(sockets=[listener])
    return DONE if server.started else ERROR


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
