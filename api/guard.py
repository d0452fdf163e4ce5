"""What surrounds every request: host check, size limit, headers, request id, the last catch.

Plain ASGI, so that it also covers what the framework answers by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import HOST, LOG, TOO_LARGE, Fault, log_failure, make_internal, make_problem

MAX_BODY_BYTES = 1_000_000
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
# product.md §2.4, without the hash and the worker policy that only the workbench needs.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def parse_host(header: str) -> str | None:
    """The host name of a Host header, in lower case and without port; None when malformed."""
    if not header or any(char in header for char in "/@?#\\ ,"):
        return None
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port  # raises when it is no number
    except ValueError:
        return None
    return parts.hostname.rstrip(".") if parts.hostname else None


class Guard:
    """Refuses foreign host names (DNS rebinding) and large bodies; sets headers; logs one line.

    The log line holds the route's pattern, never the address: an id or a parameter may be personal.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], new_request_id: Callable[[], str]):
        self.app = app
        self.hosts = LOCAL_HOSTS | {host.lower().strip("[]") for host in hosts}
        self.new_request_id = new_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = self.new_request_id()
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        sent: list[int] = []

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.append(message["status"])
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["X-Request-ID"] = request_id
            await send(message)

        await self._serve(scope, receive, send_guarded, sent)
        route = getattr(scope.get("route"), "path", "-")
        elapsed_ms = (time.perf_counter() - started) * 1000
        LOG.info(
            "%s %s %s %.1f ms %s",
            scope["method"], route, sent[0] if sent else 0, elapsed_ms, request_id,
        )  # fmt: skip

    async def _serve(self, scope: Scope, receive: Receive, send: Send, sent: list[int]) -> None:
        request_id = scope["state"]["request_id"]
        names = [value.decode("latin-1") for key, value in scope["headers"] if key == b"host"]
        if len(names) != 1 or parse_host(names[0]) not in self.hosts:
            fault = Fault("Ask for a host name that this server is configured to serve.")
            await make_problem(HOST, fault, request_id)(scope, receive, send)
            return
        try:
            await self.app(scope, _limited(receive), send)
        except Exception as exc:  # noqa: BLE001  the process edge: nothing must leak to the client
            log_failure(exc, request_id)
            if not sent:
                await make_internal(request_id)(scope, receive, send)


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise HTTPException(TOO_LARGE.status)  # the framework passes on no other class
        return message

    return receive_limited
