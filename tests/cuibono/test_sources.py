"""What can be loaded, what is loaded, how old it is, and what could not be read of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cuibono import Workspace
from cuibono.catalogue import make_page
from cuibono.cli import app
from cuibono.render.data import describe_hours
from ingest import load as loading
from ingest.archive import Archive
from ingest.catalog import OWN, read_catalog
from ingest.fetch import Validators
from ingest.fetched import LastFetch, write_last_fetch
from tests.cuibono.test_workspace import write_case
from tests.data import PROJECT
from tests.ingest.ofac_files import party, write_list

LIST = "us_ofac_sdn"


def run(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(app, [*arguments, "-w", str(root)])
    assert result.exit_code == 0, result.stderr
    return result


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A stale list, a fresh case."""
    monkeypatch.setattr(loading, "read_catalog", dict)
    workspace = Workspace.init(tmp_path / "w")
    parties = [party(uid, f"GHOST {uid}", remarks=remarks) for uid, remarks in
               ((1, "DOB 1963."), (2, "DOB 1964."), (3, "\u202e[red]Xyzzy 1 = 2."))]  # fmt: skip
    folder = write_list(tmp_path / "list-2024-01-01", parties)
    (folder / "alt.csv").write_bytes(b'1,1,"aka","SPECTRE",-0- \r\n')  # no end mark: a warning
    workspace.load(LIST, folder)
    workspace.load("evidence", write_case(tmp_path / "case", ("Ghost", "Phantom")))
    return workspace


def test_the_page_of_datasets_and_licences_is_what_the_catalog_says() -> None:
    page = (PROJECT / "docs" / "datasets.md").read_text("utf-8")
    assert page == make_page(), "run: python -m cuibono.catalogue > docs/datasets.md"


def test_sources_need_no_workspace(tmp_path: Path) -> None:
    shown = run(tmp_path / "nowhere", "sources").stdout
    for name, entry in read_catalog().items():
        assert name in shown
        assert entry.title in shown
    assert all(kind in shown for kind in OWN)
    assert "not loaded" in shown
    assert not (tmp_path / "nowhere").exists()


def test_sources_say_what_is_loaded_and_that_it_is_stale_in_words(workspace: Workspace) -> None:
    rows = run(workspace.root, "sources", "--format", "csv").stdout
    loaded = {row["dataset"]: row["loaded"] for row in csv.DictReader(io.StringIO(rows))}
    assert loaded.keys() == read_catalog().keys()
    assert "published 2024-01-01" in loaded[LIST]
    assert loaded[LIST].endswith("STALE")
    assert {each for name, each in loaded.items() if name != LIST} == {"not loaded"}
    assert "case_case" in run(workspace.root, "sources").stdout


def test_one_source_shows_everything_that_is_known_of_it(workspace: Workspace) -> None:
    entry = read_catalog()[LIST]
    shown = run(workspace.root, "sources", LIST).stdout
    for text in (entry.coverage, entry.licence, *entry.urls.values(), *entry.formats, "STALE"):
        assert text in shown
    for name, bounds in entry.expected.items():
        assert f"expected {name}" in shown
        assert f"{bounds.minimum:,} to {bounds.maximum:,}" in shown
    (version,) = workspace.archive.versions(LIST)
    assert version.version in shown
    body = json.loads(run(workspace.root, "sources", LIST, "--json").stdout)
    assert body["entry"]["urls"] == dict(entry.urls)
    assert [each["version"] for each in body["versions"]] == [version.version]
    assert "`cuibono fetch us_ofac_cons`" in run(workspace.root, "sources", "us_ofac_cons").stdout


def test_a_kind_of_own_files_is_shown_by_its_name_or_by_that_of_a_loaded_one(
    workspace: Workspace,
) -> None:
    shown = [run(workspace.root, "sources", name).stdout for name in ("evidence", "case_case")]
    assert shown[0] == shown[1]
    assert "loaded: case_case" in shown[0]


def test_an_unknown_source_lists_the_known_ones(workspace: Workspace) -> None:
    result = CliRunner().invoke(app, ["sources", "no_list", "-w", str(workspace.root)])
    assert result.exit_code == 2
    assert LIST in result.stderr
    assert "evidence" in result.stderr


def test_a_status_says_how_old_each_list_is(workspace: Workspace) -> None:
    listed = run(workspace.root, "status").stdout
    (line,) = [each for each in listed.splitlines() if f"({LIST})" in each]
    days = (datetime.now(UTC).date() - datetime(2024, 1, 1, tzinfo=UTC).date()).days
    assert "STALE" in line
    assert f"{days:,} days old, expected every day" in line
    (case,) = [each for each in listed.splitlines() if "case_case" in each]
    assert "0 days old" in case
    assert "STALE" not in case
    body = json.loads(run(workspace.root, "status", "--json").stdout)
    assert {each["source"]["dataset"]: each["age_days"] for each in body["datasets"]} == {
        LIST: days, "case_case": 0
    }  # fmt: skip


def test_a_status_says_when_the_publisher_was_last_asked(workspace: Workspace) -> None:
    (version,) = workspace.archive.versions(LIST)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    known = {"sdn.csv": Validators("https://publisher.invalid/sdn.csv", '"1"')}
    write_last_fetch(
        Archive(workspace.root / "archive"), LIST, LastFetch(version.version, yesterday, known)
    )
    shown = run(workspace.root, "status").stdout
    assert f"its publisher had nothing newer on {yesterday[:10]}" in shown


@pytest.mark.parametrize(
    ("hours", "words"),
    [(1, "1 hour"), (12, "12 hours"), (24, "day"), (36, "36 hours"), (168, "7 days")],
)
def test_a_rhythm_is_said_in_hours_or_whole_days(hours: int, words: str) -> None:
    assert describe_hours(hours) == words


def test_issues_are_counted_by_code_with_an_example_warnings_first(workspace: Workspace) -> None:
    issues = workspace.issues()
    shown = run(workspace.root, "issues").stdout
    assert "\u202e" not in shown
    assert "[red]Xyzzy" in shown
    rows = [line.split() for line in shown.splitlines() if line.startswith(LIST)]
    assert {(row[1], row[2]) for row in rows} == {(each.level, each.code) for each in issues}
    assert sum(int(row[3]) for row in rows) == len(issues)
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    assert f"{len(issues)} issues; --all lists each" in shown


def test_each_issue_is_listed_when_asked_for_and_in_every_format_for_programs(
    workspace: Workspace,
) -> None:
    number = len(workspace.issues())
    every = run(workspace.root, "issues", "--all").stdout.splitlines()
    assert sum(line.startswith(LIST) for line in every) == number
    assert len(json.loads(run(workspace.root, "issues", "--json").stdout)) == number
    assert len(run(workspace.root, "issues", "--format", "jsonl").stdout.splitlines()) == number
    rows = run(workspace.root, "issues", "--format", "csv").stdout
    assert len(list(csv.DictReader(io.StringIO(rows)))) == number
    cut = run(workspace.root, "issues", "--all", "--limit", "1")
    assert f"{number - 1} more" in cut.stderr
