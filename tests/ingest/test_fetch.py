"""Downloads, against a server of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from graph.errors import DownloadError
from ingest.fetch import ATTEMPTS, fetch

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers by path, and counts the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answers = outer.answers.get(self.path, [status(404)])
                (answers.pop(0) if len(answers) > 1 else answers[0])(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def body(content: bytes, announced: int | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(announced or len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def _quiet(_: float) -> None:
    """Wait for nothing."""


def test_files_arrive_under_their_canonical_names(server: Server, tmp_path: Path) -> None:
    server.answers = {"/x/SDN.CSV": [body(b"one")], "/x/ALT.CSV": [body(b"two")]}
    urls = {"sdn.csv": f"{server.url}/x/SDN.CSV", "alt.csv": f"{server.url}/x/ALT.CSV"}
    found = fetch("some_list", urls, tmp_path / "new", sleep=_quiet)
    assert {name: path.read_bytes() for name, path in found.items()} == {
        "sdn.csv": b"one",
        "alt.csv": b"two",
    }
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["alt.csv", "sdn.csv"]


def test_a_base_url_replaces_the_publishers(server: Server, tmp_path: Path) -> None:
    server.answers = {"/mirror/SDN.CSV": [body(b"one")]}
    urls = {"sdn.csv": "https://publisher.invalid/api/exports/SDN.CSV"}
    fetch("some_list", urls, tmp_path, base_url=f"{server.url}/mirror/", sleep=_quiet)
    assert (tmp_path / "sdn.csv").read_bytes() == b"one"


def test_redirects_are_followed(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": [status(302, Location="/b")], "/b": [body(b"one")]}
    fetch("some_list", {"a.csv": f"{server.url}/a"}, tmp_path, sleep=_quiet)
    assert (tmp_path / "a.csv").read_bytes() == b"one"


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_passing_fault_is_tried_again_after_longer_waits(
    server: Server, tmp_path: Path, code: int
) -> None:
    server.answers = {"/a": [status(code), status(code), body(b"one")]}
    waits: list[float] = []
    fetch("some_list", {"a.csv": f"{server.url}/a"}, tmp_path, sleep=waits.append)
    assert (tmp_path / "a.csv").read_bytes() == b"one"
    assert waits == [2.0, 4.0]


@pytest.mark.parametrize(
    ("answer", "attempts", "fault"),
    [
        (status(404), 1, "answered 404; check the URL"),
        (status(503), ATTEMPTS, "answered 503; try again later"),
        (body(b"half", announced=100), ATTEMPTS, "could not be read"),
        (body(b""), ATTEMPTS, "sent an empty file"),
        (status(302, Location="ftp://example.invalid/x"), 1, "cannot be requested"),
        (status(302, Location="/a"), 1, "redirects in a circle"),
    ],
)
def test_a_lasting_fault_names_url_and_remedy_and_leaves_the_folder_alone(
    server: Server, tmp_path: Path, answer: Answer, attempts: int, fault: str
) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    server.answers = {"/good": [body(b"one")], "/a": [answer]}
    urls = {"b.csv": f"{server.url}/good", "a.csv": f"{server.url}/a"}
    with pytest.raises(DownloadError, match=fault) as caught:
        fetch("some_list", urls, tmp_path, sleep=_quiet)
    assert "cuibono load --from" in str(caught.value)
    assert caught.value.url == f"{server.url}/a"
    assert caught.value.retryable is (attempts > 1)
    assert caught.value.dataset == "some_list"
    if "circle" not in fault:
        assert server.asked.count("/a") == attempts
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"old"


def test_only_http_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="neither http nor https"):
        fetch("some_list", {"a.csv": "file:///etc/hostname"}, tmp_path, sleep=_quiet)


def test_a_dead_server_is_a_passing_fault(tmp_path: Path) -> None:
    gone = Server()
    gone.close()
    with pytest.raises(DownloadError, match="could not be read") as caught:
        fetch("some_list", {"a.csv": f"{gone.url}/a"}, tmp_path, sleep=_quiet)
    assert caught.value.retryable
