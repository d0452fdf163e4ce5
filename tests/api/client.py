"""Asks an application without a server, and without an event loop in the tests."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from api.app import AppOptions, create_app
from tests.api.fake import FakeInvestigation, FakeNetwork


class Client:
    """One application and the network behind it."""

    def __init__(
        self,
        investigation: FakeInvestigation | None = None,
        options: AppOptions | None = None,
    ) -> None:
        self.investigation = investigation or FakeInvestigation()
        self.app = create_app(self.investigation, options)

    @property
    def network(self) -> FakeNetwork:
        """The network that answers."""
        return self.investigation.network

    def request(self, method: str, address: str, **parts: Any) -> httpx.Response:
        """One request, to http://localhost unless the address is absolute."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost:8765"
            ) as client:
                return await client.request(method, address, **parts)

        return asyncio.run(ask())

    def get(self, address: str, **parts: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", address, **parts)

    def post(self, address: str, body: Any) -> httpx.Response:
        """POST of JSON."""
        return self.request("POST", address, json=body)
