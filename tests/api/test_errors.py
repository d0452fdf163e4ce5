"""Every way to fail: one body shape, the part at fault by name, nothing leaked."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from api.errors import KINDS, find_kind
from graph import errors
from tests.api.client import Client
from tests.api.fake import FakeInvestigation, FakeNetwork

PATHS = {"from": {"ids": ["xx-1"]}, "to": {"ids": ["xx-4"]}}


@pytest.fixture
def client() -> Client:
    return Client()


def problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    """The body, after what holds for every problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors", "request_id"}
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def pointers(body: dict[str, Any]) -> list[str]:
    return [part["pointer"] for part in body["errors"]]


@pytest.mark.parametrize(
    ("part", "pointer"),
    [
        ({"from": {"ids": ["xx-1"], "case": "1"}}, "/from/case"),
        ({"from": {"ids": ["xx-1"], "topics": ["sanction"]}}, "/from/topics"),
        ({"to": {"ids": ["xx-1"], "topics": ["sanction"]}}, "/to/topics"),
        ({"to": {"ids": ["xx-1"], "lists": ["xx_list"]}}, "/to/lists"),
        ({"mode": "strongest"}, "/mode"),
        ({"loaded_at": "2024-01-01"}, "/loaded_at"),
        ({"include_same_as": False}, "/include_same_as"),
        ({"hub_policy": {"action": "downrank"}}, "/hub_policy/action"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(
    client: Client, part: dict[str, Any], pointer: str
) -> None:
    body = problem(client.post("/api/v1/paths", {**PATHS, **part}), 422, "invalid-request")
    assert pointers(body) == [pointer]
    assert "upport" in body["errors"][0]["detail"]
    assert client.network.asked == []


@pytest.mark.parametrize(
    ("part", "pointer"),
    [
        ({"misspelt": 1}, "/misspelt"),
        ({"edge_types": {"allow": ["Friendship"]}}, "/edge_types/allow/0"),
        ({"edge_types": {"allow": ["SameAs"]}}, "/edge_types/allow/0"),
        ({"edge_types": {"forbid": []}}, "/edge_types/forbid"),
        ({"doubt": False}, "/doubt"),
        ({"min_confidence": "0.5"}, "/min_confidence"),
        ({"k": True}, "/k"),
        ({"k": 2.5}, "/k"),
        ({"k": 101}, "/k"),
        ({"max_hops": 13}, "/max_hops"),
        ({"as_of": "2015-02-30"}, "/as_of"),
        ({"as_of": "2015~"}, "/as_of"),
        ({"as_of": "1850"}, "/as_of"),
        ({"known_at": 2015}, "/known_at"),
        ({"during": ["2015"]}, "/during"),
        ({"statuses": []}, "/statuses"),
        ({"statuses": ["confirmed"]}, "/statuses/0"),
        ({"hub_policy": {"lift": ["gravity"]}}, "/hub_policy/lift/0"),
        ({"budget": {"nodes": 0}}, "/budget/nodes"),
        ({"from": {"ids": []}}, "/from/ids"),
        ({"from": ["xx-1"]}, "/from"),
        ({"to": {"ids": [""]}}, "/to/ids/0"),
        ({"as_of": "2015", "during": ["2014", "2015"]}, ""),
    ],
)
def test_what_does_not_fit_is_refused_by_pointer(
    client: Client, part: dict[str, Any], pointer: str
) -> None:
    body = problem(client.post("/api/v1/paths", {**PATHS, **part}), 422, "invalid-request")
    assert pointers(body) == [pointer]


@pytest.mark.parametrize(
    "query",
    ["order=recent", "misspelt=1", "types=Friendship", "limit=0", "limit=x", "as_of=2015-13"],
)
def test_a_parameter_that_does_not_fit_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"/api/v1/entities/xx-2/neighbours?{query}")
    name = query.partition("=")[0]
    body = problem(answer, 422, "invalid-request")
    assert pointers(body)[0].split("/")[1] == name


def test_a_date_on_an_entity_is_not_ignored(client: Client) -> None:
    body = problem(client.get("/api/v1/entities/xx-1?as_of=2015"), 422, "invalid-request")
    assert body["errors"] == [
        {"pointer": "/as_of", "detail": "Not supported here yet; leave it out."}
    ]


@pytest.mark.parametrize("body", [{"q": ""}, {"q": 5}, {}, [], None, {"q": "x", "fuzzy": 1}])
def test_a_search_that_does_not_fit_is_refused(client: Client, body: Any) -> None:
    problem(client.post("/api/v1/search", body), 422, "invalid-request")


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"{", b"\x00", b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(client: Client, content: bytes) -> None:
    answer = client.request(
        "POST", "/api/v1/search", content=content, headers={"content-type": "application/json"}
    )
    problem(answer, 400, "malformed-body")


@pytest.mark.parametrize("content", [b'{"q": "\\ud800"}', b'{"q": "\xed\xa0\x80"}'])
def test_a_lone_surrogate_is_refused(client: Client, content: bytes) -> None:
    answer = client.request(
        "POST", "/api/v1/search", content=content, headers={"content-type": "application/json"}
    )
    problem(answer, 422, "invalid-request")


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_large_is_refused(client: Client, chunked: bool) -> None:
    async def parts() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    content: Any = parts() if chunked else b" " * 2_000_000
    answer = client.request(
        "POST", "/api/v1/search", content=content, headers={"content-type": "application/json"}
    )
    problem(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/nothing",
        "/api/v1/",
        "/api/v1/meta/",
        "/problems/none",
        "/redoc",
        "/docs/../app.py",
    ],
)
def test_an_unknown_address_is_a_problem_too(client: Client, address: str) -> None:
    problem(client.get(address), 404, "not-found")


def test_a_method_that_is_not_taken_names_those_that_are(client: Client) -> None:
    answer = client.request("DELETE", "/api/v1/search")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


def test_an_absent_entity_or_edge_is_not_found(client: Client) -> None:
    for address in (
        "/api/v1/entities/none",
        "/api/v1/entities/none/neighbours",
        "/api/v1/entities/none/timeline",
    ):
        body = problem(client.get(address), 404, "entity-not-found")
        assert "'none'" in body["detail"]
    problem(client.get("/api/v1/edges/none"), 404, "absent-reference")


def test_all_absent_ids_of_a_body_are_named_at_once(client: Client) -> None:
    body = {"from": {"ids": ["xx-1", "a"]}, "to": {"ids": ["b"]}}
    answer = problem(client.post("/api/v1/paths", body), 404, "absent-reference")
    assert pointers(answer) == ["/from/ids/1", "/to/ids/0"]


@pytest.mark.parametrize(
    ("address", "body", "pointer"),
    [
        ("/api/v1/search", {"q": "x", "sources": ["xx_lits"]}, "/sources/0"),
        ("/api/v1/nearest", {"from": {"ids": ["xx-4"]}, "lists": ["xx_lits"]}, "/lists/0"),
        ("/api/v1/paths", {**PATHS, "datasets": ["xx_case", "none"]}, "/datasets/1"),
        ("/api/v1/paths", {**PATHS, "avoid": ["none"]}, "/avoid/0"),
    ],
)
def test_a_dataset_or_party_that_is_not_loaded_is_named(
    client: Client, address: str, body: Any, pointer: str
) -> None:
    assert pointers(problem(client.post(address, body), 404, "absent-reference")) == [pointer]


def test_the_networks_pointers_become_those_of_the_body(client: Client) -> None:
    body = {"from": {"ids": ["xx-1"]}, "to": {"ids": ["old-1"]}}
    answer = problem(client.post("/api/v1/paths", body), 422, "invalid-query")
    assert pointers(answer) == ["/to/ids"]


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (errors.QueryLimitExceeded("Too many.", limit=1, value=2), 422, "limit-exceeded"),
        (errors.UnsupportedOperation("Not here."), 501, "unsupported"),
        (errors.AmbiguousName("x", [("xx-1", "X", 0.9)]), 409, "ambiguous-name"),
        (
            errors.ConflictingJudgement("No.", left="a", right="b", existing="c"),
            409,
            "conflicting-judgement",
        ),
        (errors.UnknownAlgorithm("x"), 422, "undecided"),
        (errors.StoreUnavailable("Away."), 503, "unavailable"),
        (errors.StoreError("A secret."), 500, "internal-error"),
        (errors.ConfigurationError("A secret."), 500, "internal-error"),
        (RuntimeError("A secret."), 500, "internal-error"),
    ],
)
def test_each_class_of_error_has_its_status(error: Exception, status: int, slug: str) -> None:
    client = Client(FakeInvestigation(FakeNetwork(failure=error)))
    answer = client.get("/api/v1/entities/xx-1")
    body = problem(answer, status, slug)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    if status == 503:
        assert answer.headers["retry-after"] == "5"
    if slug == "ambiguous-name":
        assert body["errors"][0]["detail"] == "xx-1: X (0.90)"


def test_every_error_class_has_a_kind() -> None:
    classes: list[type[Exception]] = [errors.CuibonoError]
    for cls in classes:
        classes += cls.__subclasses__()
    for cls in classes:
        assert find_kind(cls.__new__(cls)).slug in KINDS


def test_no_snapshot_is_unavailable() -> None:
    answer = Client(FakeInvestigation(None)).get("/api/v1/meta")
    problem(answer, 503, "unavailable")


def test_the_type_of_a_problem_can_be_fetched(client: Client) -> None:
    for slug, kind in KINDS.items():
        answer = client.get(f"/problems/{slug}")
        assert answer.status_code == 200
        assert kind.title in answer.text


def test_the_log_holds_neither_names_nor_messages(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(FakeInvestigation(FakeNetwork(failure=RuntimeError("about Zarvath"))))
    client.get("/api/v1/entities/zarvath?as_of=zarvath")
    client.get("/api/v1/entities/zarvath")
    client.post("/api/v1/search", {"q": "zarvath"})
    ours = [record for record in caplog.records if record.name.startswith("cuibono")]
    assert any("RuntimeError" in record.getMessage() for record in ours)
    assert any("/api/v1/search 200" in record.getMessage() for record in ours)
    assert not any("zarvath" in record.getMessage().lower() for record in ours)
