"""Downloads, against a server of this machine."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from graph.errors import ChecksumMismatch, ConfigurationError, DownloadError
from ingest import fetch as fetching
from ingest.fetch import ATTEMPTS, SET_ROUNDS, Validators, fetch, parse_retry_after

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers by path, and counts the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.conditions: list[tuple[str | None, str | None]] = []  # of each request
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                conditions = ("If-None-Match", "If-Modified-Since")
                first, second = (self.headers.get(name) for name in conditions)
                outer.conditions.append((first, second))
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


def versioned(content: bytes, etag: str | None, modified: str | None = None) -> Answer:
    """What a server that knows its versions answers."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        same = etag is not None and handler.headers.get("If-None-Match") == etag
        same |= modified is not None and handler.headers.get("If-Modified-Since") == modified
        handler.send_response(304 if same else 200)
        for name, value in (("ETag", etag), ("Last-Modified", modified)):
            if value:
                handler.send_header(name, value)
        if not same:
            handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if not same:
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
    assert {name: path.read_bytes() for name, path in found.files.items()} == {
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


MODIFIED = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("etag", "modified"), [('"1"', None), (None, MODIFIED), ('W/"1"', MODIFIED)]
)
def test_what_has_not_changed_is_not_downloaded_again(
    server: Server, tmp_path: Path, etag: str | None, modified: str | None
) -> None:
    server.answers = {"/a": [versioned(b"one", etag, modified)]}
    urls = {"a.csv": f"{server.url}/a"}
    first = fetch("some_list", urls, tmp_path / "1", sleep=_quiet)
    assert first.validators == {"a.csv": Validators(urls["a.csv"], etag, modified)}
    again = fetch("some_list", urls, tmp_path / "2", known=first.validators, sleep=_quiet)
    assert again.files == {}
    assert list((tmp_path / "2").iterdir()) == []
    assert server.conditions == [(None, None), (etag, modified)]
    server.answers = {"/a": [versioned(b"two", '"2"')]}
    new = fetch("some_list", urls, tmp_path / "3", known=first.validators, sleep=_quiet)
    assert new.files["a.csv"].read_bytes() == b"two"


def test_when_one_file_of_a_set_changed_all_are_downloaded(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": [versioned(b"one", '"1"')], "/b": [versioned(b"two", '"1"')]}
    urls = {"a.csv": f"{server.url}/a", "b.csv": f"{server.url}/b"}
    first = fetch("some_list", urls, tmp_path / "1", sleep=_quiet)
    server.answers["/b"] = [versioned(b"three", '"2"')]
    new = fetch("some_list", urls, tmp_path / "2", known=first.validators, sleep=_quiet)
    found = {name: path.read_bytes() for name, path in new.files.items()}
    assert found == {"a.csv": b"one", "b.csv": b"three"}
    assert list(new.files) == ["a.csv", "b.csv"]


def test_another_address_or_a_file_more_is_downloaded(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": [versioned(b"one", '"1"')], "/b": [versioned(b"two", '"1"')]}
    urls = {"a.csv": f"{server.url}/a"}
    known = fetch("some_list", urls, tmp_path / "1", sleep=_quiet).validators
    moved = {"a.csv": f"{server.url}/b"}
    assert fetch("some_list", moved, tmp_path / "2", known=known, sleep=_quiet).files
    more = {**urls, "b.csv": f"{server.url}/b"}
    assert len(fetch("some_list", more, tmp_path / "3", known=known, sleep=_quiet).files) == 2


def test_a_set_that_is_replaced_while_it_is_downloaded_is_fetched_again(
    server: Server, tmp_path: Path
) -> None:
    old, new = versioned(b"old", '"1"'), versioned(b"new", '"2"')
    server.answers = {"/a": [old, new], "/b": [versioned(b"two", '"2"')]}
    urls = {"a.csv": f"{server.url}/a", "b.csv": f"{server.url}/b"}
    fetch("some_list", urls, tmp_path, sleep=_quiet)
    assert (tmp_path / "a.csv").read_bytes() == b"new"
    assert server.asked.count("/b") >= 2


def test_a_set_that_never_rests_is_given_up(server: Server, tmp_path: Path) -> None:
    answers = [versioned(b"one", f'"{number}"') for number in range(99)]
    server.answers = {"/a": [*answers], "/b": [versioned(b"two", '"1"')]}
    urls = {"a.csv": f"{server.url}/a", "b.csv": f"{server.url}/b"}
    with pytest.raises(DownloadError, match="is replaced, or another file of its set") as caught:
        fetch("some_list", urls, tmp_path, sleep=_quiet)
    assert caught.value.retryable
    assert server.asked.count("/b") == SET_ROUNDS
    assert list(tmp_path.iterdir()) == []


def test_not_modified_without_a_question_is_a_fault(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": [status(304)]}
    with pytest.raises(DownloadError, match="answered 304"):
        fetch("some_list", {"a.csv": f"{server.url}/a"}, tmp_path, sleep=_quiet)


def test_a_server_that_asks_to_wait_is_waited_for(server: Server, tmp_path: Path) -> None:
    busy = [status(503, **{"Retry-After": "7"}), status(429, **{"Retry-After": "1"})]
    server.answers = {"/a": [*busy, body(b"one")]}
    waits: list[float] = []
    fetch("some_list", {"a.csv": f"{server.url}/a"}, tmp_path, sleep=waits.append)
    assert waits == [7.0, 4.0]  # never less than it would wait by itself


def test_a_server_that_asks_to_wait_for_long_is_left_alone(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": [status(503, **{"Retry-After": "3600"})]}
    with pytest.raises(DownloadError, match="asks to wait 3600 s; try again later"):
        fetch("some_list", {"a.csv": f"{server.url}/a"}, tmp_path, sleep=_quiet)
    assert server.asked == ["/a"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("Tue, 24 Nov 2026 12:01:40 GMT", 100), ("", None),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0), ("soon", None), ("-5", None), ("1.5", None),
        ("٣", None), ("Tue, 24 Nov 2026 12:01:40 -0000", 100),
    ],
)  # fmt: skip
def test_a_pause_is_a_number_of_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert parse_retry_after(text, datetime(2026, 11, 24, 12, tzinfo=UTC)) == seconds


def test_a_file_of_another_digest_is_refused(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": [body(b"one")]}
    urls = {"a.csv": f"{server.url}/a"}
    digest = hashlib.sha256(b"one").hexdigest()
    assert fetch("x", urls, tmp_path / "1", sha256={"a.csv": digest.upper()}, sleep=_quiet).files
    other = hashlib.sha256(b"two").hexdigest()
    with pytest.raises(ChecksumMismatch, match="Nothing is loaded") as caught:
        fetch("x", urls, tmp_path / "2", sha256={"a.csv": other}, sleep=_quiet)
    assert (caught.value.expected, caught.value.actual) == (other, digest)
    assert list((tmp_path / "2").iterdir()) == []


@pytest.mark.parametrize("given", [{"b.csv": "0" * 64}, {"a.csv": "0" * 63}, {"a.csv": "g" * 64}])
def test_a_digest_that_is_none_is_refused_before_anything_is_asked(
    server: Server, tmp_path: Path, given: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError, match=r"known: a\.csv|64 hexadecimal"):
        fetch("x", {"a.csv": f"{server.url}/a"}, tmp_path, sha256=given, sleep=_quiet)
    assert server.asked == []


def test_a_file_that_does_not_fit_on_the_disk_is_not_begun(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = {"/a": [body(b"content")]}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 3, 6))
    with pytest.raises(DownloadError, match=r"has 7 bytes, .* room for 6; make room"):
        fetch("x", {"a.csv": f"{server.url}/a"}, tmp_path, sleep=_quiet)


def test_a_file_that_is_too_large_is_given_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * 5000)  # no length is announced

    monkeypatch.setattr(fetching, "MAX_BYTES", 4096)
    for answer in (endless, body(b"x" * 5000)):
        server.answers = {"/a": [answer]}
        with pytest.raises(DownloadError, match="larger than 4096 bytes") as caught:
            fetch("x", {"a.csv": f"{server.url}/a"}, tmp_path, sleep=_quiet)
        assert not caught.value.retryable


def test_a_mirror_is_asked_by_canonical_name_where_the_address_ends_in_none(
    server: Server, tmp_path: Path
) -> None:
    server.answers = {"/m/list.xml": [body(b"one")]}
    urls = {"list.xml": "https://publisher.invalid/list/content?token="}
    fetch("some_list", urls, tmp_path, base_url=f"{server.url}/m", sleep=_quiet)
    assert (tmp_path / "list.xml").read_bytes() == b"one"


def test_what_is_received_is_told(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": [body(b"content")]}
    told: list[tuple[str, int, int]] = []
    fetch("x", {"a.csv": f"{server.url}/a"}, tmp_path, tell=lambda *each: told.append(each))
    assert told[-1] == ("downloading a.csv", 7, 7)
