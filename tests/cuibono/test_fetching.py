"""From an address to a loaded version, against a server of this machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cuibono import Workspace
from cuibono.cli import app
from graph.errors import ChecksumMismatch, ConfigurationError, DownloadError, ParseError
from ingest import fetch as fetching
from ingest import load as loading
from ingest.catalog import CatalogEntry, read_catalog
from tests.ingest.ofac_files import party, write_list
from tests.ingest.test_fetch import Server, body, status, versioned

LIST = "us_ofac_sdn"
PARTIES = [party(uid, f"GHOST {uid}") for uid in range(1, 6)]


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(loading, "read_catalog", dict)
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    return Workspace.init(tmp_path / "w")


def publish(server: Server, folder: Path, parties: list[str], tag: str | None = None) -> Path:
    """Serve a list at /; with a tag as a server that knows its versions."""
    write_list(folder, parties)
    for path in folder.iterdir():
        content = path.read_bytes()
        answer = versioned(content, f'"{tag}-{path.name}"') if tag else body(content)
        server.answers[f"/{path.name.upper()}"] = [answer]
    return folder


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "-w", str(workspace.root)])


def test_a_list_is_downloaded_once_and_then_only_asked_for(
    workspace: Workspace, server: Server, tmp_path: Path
) -> None:
    publish(server, tmp_path / "1", PARTIES, "one")
    first = workspace.fetch(LIST, origin=server.url)
    assert (first.new, first.downloaded) == (True, True)
    server.asked.clear()
    again = workspace.fetch(LIST, origin=server.url)
    assert (again.new, again.downloaded, again.version) == (False, False, first.version)
    assert len(server.asked) == 4
    (dataset,) = workspace.status().datasets
    assert dataset.checked_at is not None
    publish(server, tmp_path / "2", [*PARTIES, party(9, "GHOST 9")], "two")
    newer = workspace.fetch(LIST, origin=server.url)
    assert (newer.new, newer.previous) == (True, first.version)
    assert list(workspace.root.glob(".fetch-*")) == []


def test_what_was_taken_out_of_the_archive_is_downloaded_again(
    workspace: Workspace, server: Server, tmp_path: Path
) -> None:
    publish(server, tmp_path / "1", PARTIES, "one")
    workspace.fetch(LIST, origin=server.url)
    (version,) = workspace.archive.versions(LIST)
    (workspace.root / workspace.archive.record_name(version)).unlink()
    assert workspace.fetch(LIST, origin=server.url).new


def test_a_page_instead_of_a_list_is_refused_and_asked_for_again(
    workspace: Workspace, server: Server, tmp_path: Path
) -> None:
    publish(server, tmp_path / "1", PARTIES, "one")
    good = server.answers["/ALT.CSV"]
    server.answers["/ALT.CSV"] = [versioned(b"<!doctype html><p>Maintenance", '"page"')]
    with pytest.raises(ParseError, match=r"alt\.csv, line 1: this is a web page"):
        workspace.fetch(LIST, origin=server.url)
    assert workspace.archive.datasets() == []
    assert list(workspace.root.glob(".fetch-*")) == []
    server.answers["/ALT.CSV"] = good
    assert workspace.fetch(LIST, origin=server.url).new


def test_a_folder_of_this_machine_calls_nobody(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httpx.Client", None)
    folder = write_list(tmp_path / "list-2024-01-01", PARTIES)
    digest = hashlib.sha256((folder / "sdn.csv").read_bytes()).hexdigest()
    with pytest.raises(ChecksumMismatch, match="Nothing is loaded"):
        workspace.fetch(LIST, origin=folder, sha256={"sdn.csv": "0" * 64})
    with pytest.raises(ConfigurationError, match=r"known: sdn\.csv"):
        workspace.fetch(LIST, origin=folder, sha256={"sdn.xml": "0" * 64})
    assert workspace.archive.datasets() == []
    report = workspace.fetch(LIST, origin=folder, sha256={"sdn.csv": digest})
    assert (report.new, report.published, report.downloaded) == (True, "2024-01-01", None)


def test_a_list_without_an_address_says_where_it_is_found(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = read_catalog()[LIST].model_copy(
        update={"urls": {}, "page": "https://publisher.invalid/lists"}
    )
    monkeypatch.setattr("cuibono.fetching.require_entry", lambda _: entry)
    with pytest.raises(ConfigurationError, match=r"by hand from https://publisher\.invalid/lists"):
        workspace.fetch(LIST)


def test_a_dead_publisher_is_one_sentence_with_the_way_out(
    workspace: Workspace, server: Server
) -> None:
    server.answers = {"/SDN.CSV": [status(503)]}
    result = run(workspace, "fetch", LIST, "--from", server.url)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "cuibono load --from" in result.stderr
    with pytest.raises(DownloadError):
        workspace.fetch(LIST, origin=server.url)


def test_the_command_says_that_nothing_has_changed(
    workspace: Workspace, server: Server, tmp_path: Path
) -> None:
    publish(server, tmp_path / "1", PARTIES, "one")
    assert ": new" in run(workspace, "fetch", LIST, "--from", server.url).stdout
    again = run(workspace, "fetch", LIST, "--from", server.url)
    assert "its publisher says that nothing has changed" in again.stdout
    report = json.loads(run(workspace, "fetch", LIST, "--from", server.url, "--json").stdout)
    assert (report["new"], report["downloaded"]) == (False, False)


def test_a_digest_is_given_by_file_where_there_are_several(
    workspace: Workspace, server: Server, tmp_path: Path
) -> None:
    folder = publish(server, tmp_path / "1", PARTIES)
    digest = hashlib.sha256((folder / "sdn.csv").read_bytes()).hexdigest()
    ask = ("fetch", LIST, "--from", server.url, "--sha256")
    assert run(workspace, *ask, digest).exit_code == 2
    assert run(workspace, *ask, f"sdn.csv={'0' * 64}").exit_code == 1
    assert workspace.archive.datasets() == []
    assert run(workspace, *ask, f"sdn.csv={digest}").exit_code == 0


@pytest.mark.parametrize("arguments", [[], [LIST, "--all-stale"], ["--all-stale", "--from", "x"]])
def test_one_list_or_all_stale_ones(workspace: Workspace, arguments: list[str]) -> None:
    result = run(workspace, "fetch", *arguments)
    assert result.exit_code == 2
    assert "--all-stale" in result.stderr


def test_all_stale_lists_are_fetched_and_one_that_fails_does_not_stop_the_others(
    workspace: Workspace, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def entry(name: str) -> CatalogEntry:
        known = read_catalog()[name]
        urls = {file: f"{server.url}/{file.upper()}" for file in known.urls}
        return known.model_copy(update={"urls": urls})

    monkeypatch.setattr("cuibono.fetching.require_entry", entry)
    assert "no loaded list" in run(workspace, "fetch", "--all-stale").stderr
    old = write_list(tmp_path / "old", PARTIES[:4])
    workspace.load(LIST, old, published="2024-01-01")
    cons = tmp_path / "cons"
    cons.mkdir()
    for path in old.iterdir():
        name = path.name.replace("sdn_comments", "comments").replace("sdn", "prim")
        (cons / f"cons_{name}").write_bytes(path.read_bytes())
    workspace.load("us_ofac_cons", cons, published="2024-01-01")  # its addresses answer 404
    publish(server, tmp_path / "new", PARTIES, "one")
    result = run(workspace, "fetch", "--all-stale", "--json")
    assert result.exit_code == 1
    assert "CONS_PRIM.CSV answered 404" in result.stderr
    assert [each["dataset"] for each in json.loads(result.stdout)] == [LIST]
    assert workspace.stale() == ["us_ofac_cons"]
