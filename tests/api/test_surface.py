"""Headers, host names, the page and the document."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from api.app import AppOptions
from api.documents import PAGES
from tests.api.client import Client

DOCUMENT = Path(__file__).resolve().parents[2] / "api" / "openapi.json"


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    said: dict[str, Any] = client.get("/openapi.json").json()
    return said


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/api/v1/meta"),
        ("GET", "/nothing"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("POST", "/api/v1/search"),
        ("DELETE", "/healthz"),
        ("GET", "http://evil.example/healthz"),
    ],
)
def test_every_answer_carries_the_headers(client: Client, method: str, address: str) -> None:
    headers = client.request(method, address).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for"):
        assert part in policy
    assert "unsafe" not in policy
    assert len(headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "127.0.0.1:1",
        "[::1]:8000",
        "[::1]",
        "LocalHost",
        "cb.example",
    ],
)
def test_local_and_configured_hosts_are_served(host: str) -> None:
    client = Client(options=AppOptions(hosts=("CB.example",)))
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "evil.example:80@localhost",
        "127.0.0.1.evil.example",
        "localhost:x",
        "10.0.0.1",
        "[::2]",
        "[",
        "localhost/",
        "localhost, evil.example",
    ],
)
def test_any_other_host_is_refused(client: Client, host: str) -> None:
    answer = client.get("/healthz", headers={"host": host})
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/host-not-served"


def test_the_committed_document_is_what_the_application_makes(document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("CUIBONO_BLESS") == "1":
        DOCUMENT.write_text(text, "utf-8")
    assert DOCUMENT.read_text("utf-8") == text, "run this test with CUIBONO_BLESS=1 and review"


def test_the_document_is_complete(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]
    operations = [each for path in document["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert sorted(names) == sorted(set(names))
    for operation in operations:
        assert operation["summary"]
        for status, answer in operation["responses"].items():
            kinds = set(answer["content"])
            expected = "application/json" if status == "200" else "application/problem+json"
            assert kinds == {expected}
    for path, methods in document["paths"].items():
        if "post" in methods:
            body = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
            schema = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
            assert schema["examples"], path


def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in schemas


def test_examples_are_understood(client: Client, document: dict[str, Any]) -> None:
    for path in ("/api/v1/search", "/api/v1/paths", "/api/v1/nearest"):
        said = document["paths"][path]["post"]
        reference = said["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        name = reference.rpartition("/")[2]
        for example in document["components"]["schemas"][name]["examples"]:
            assert client.post(path, example).status_code in (200, 404)


@pytest.mark.parametrize("address", ["/docs", "/docs/page.js", "/docs/page.css", "/openapi.json"])
def test_no_page_names_anything_outside(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert not re.search(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", answer.text.replace("// ", ""))


def test_the_page_works_under_the_policy() -> None:
    page = (PAGES / "docs.html").read_text("utf-8")
    assert "style=" not in page
    assert re.findall(r"<script\b([^>]*)>(.*?)</script>", page, re.DOTALL) == [
        (' src="/docs/page.js" defer', "")
    ]
    script = (PAGES / "docs.js").read_text("utf-8")
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in script
