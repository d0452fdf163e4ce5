"""`cuibono evidence`: from a saved page to a checked quotation, from a release to a row."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from casework.proposals import ListedNames, name_key
from cuibono import Workspace
from cuibono.cli import app
from graph.network import Filters, PathQuery
from ingest.sources.evidence.tables import OPTIONAL, REQUIRED

BASE = "https://home.treasury.gov/news/press-releases"
RELEASE = """---
title: Example Office Names Zed
date: 2020-01-02T08:00:00-05:00
url: /news/press-releases/zz0001
---
Ali Zed owns Quux Trading LLC. Omar Zed is the manager of Corge Exchange.
"""
HEAD = (
    "kind,subject,subject_id,relation_schema,role,object,object_id,asserted_by,asserted_on,"
    "source_url,quote\n"
)


def row(subject: str, target: str, quote: str, url: str = f"{BASE}/zz0001") -> str:
    return (
        f"link,{subject},case:{subject},Ownership,owner,{target},case:{target},Example Office,"
        f"2020-01-02,{url},{quote}\n"
    )


CASE = (
    HEAD
    + row("ali", "quux", "Ali Zed … Quux Trading LLC")
    + row("ali", "corge", "Ali Zed owns Corge Exchange")
    + row("quux", "grault", "Quux owns Grault", "https://example.org/elsewhere")
    + row("corge", "grault", "")
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    Workspace.init(tmp_path / "ws")
    (tmp_path / "zed.csv").write_text(CASE, encoding="utf-8")
    (tmp_path / "zz0001.md").write_text(RELEASE, encoding="utf-8")
    return tmp_path


def run(root: Path, *arguments: str, typed: str | None = None) -> Result:
    words = [arguments[0], *map(str, arguments[1:]), "-w", str(root / "ws")]
    return CliRunner().invoke(app, words, input=typed)


def find_paths(root: Path, *, verified_only: bool) -> list[tuple[str, ...]]:
    workspace = Workspace(root / "ws")
    query = PathQuery(
        sources=("case:ali",),
        targets=("case:quux", "case:corge", "case:grault"),
        filters=Filters(verified_only=verified_only),
    )
    try:
        return sorted(path.nodes for path in workspace.paths(query).paths)
    finally:
        workspace.close()


def test_quotations_are_checked_by_the_next_build(root: Path) -> None:
    assert run(root, "load", "evidence", "--from", str(root / "zed.csv")).exit_code == 0
    assert run(root, "build").exit_code == 0
    before = run(root, "path", "case:ali", "case:quux")
    assert "quotation not checked: no archived copy" in before.stdout
    added = run(root, "evidence", "add", "--capture", str(root / "zz0001.md"))
    assert added.exit_code == 0, added.stderr
    assert f"{BASE}/zz0001" in added.stdout
    assert "run `cuibono build`" in added.stderr
    assert run(root, "build").exit_code == 0
    good = run(root, "path", "case:ali", "case:quux")
    assert "quotation verified in the archived copy" in good.stdout
    bad = run(root, "path", "case:ali", "case:corge")
    assert "quotation NOT FOUND in the archived copy" in bad.stdout
    body = json.loads(run(root, "path", "case:ali", "case:corge", "--json").stdout)
    (edge,) = (each for each in body["edges"].values() if each["target"] == "case:corge")
    assert edge["evidence"][0]["quotation"] == "not found"
    assert len(edge["evidence"][0]["capture"]) == 64
    issues = json.loads(run(root, "issues", "--json").stdout)
    (misquoted,) = [each for each in issues if each["code"] == "quotation-not-found"]
    assert "Ali Zed owns Corge Exchange" in misquoted["message"]
    assert misquoted["level"] == "warning"


def test_paths_can_be_asked_to_rest_on_verified_quotations(root: Path) -> None:
    run(root, "load", "evidence", "--from", str(root / "zed.csv"))
    run(root, "evidence", "add", "--capture", str(root / "zz0001.md"))
    assert run(root, "build").exit_code == 0
    direct = [("case:ali", "case:corge"), ("case:ali", "case:quux")]
    assert find_paths(root, verified_only=False) == direct
    assert find_paths(root, verified_only=True) == direct[1:]
    shown = run(root, "path", "case:ali", "case:grault", "--verified-only")
    assert "verified only: yes" in shown.stdout


def test_a_snapshot_is_made_of_the_archive_alone(root: Path) -> None:
    run(root, "load", "evidence", "--from", str(root / "zed.csv"))
    run(root, "evidence", "add", "--capture", str(root / "zz0001.md"))
    first = json.loads(run(root, "build", "--json").stdout)["snapshot"]
    again = json.loads(run(root, "build", "--json").stdout)
    assert (again["snapshot"], again["unchanged"]) == (first, True)
    (root / "zz0001.md").unlink()  # the archive has its own
    assert json.loads(run(root, "build", "--json").stdout)["snapshot"] == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--capture", "absent.md"), "does not exist"),
        (("--capture", "plain.txt"), "the file names no address"),
        (("--capture", "plain.txt", "--url", "ftp://example.org"), "no http or https address"),
        (("--capture", "pages", "--url", "https://example.org/"), "--url is for one page"),
    ],
)
def test_what_cannot_be_added_is_refused_with_a_remedy(
    root: Path, arguments: tuple[str, ...], said: str
) -> None:
    (root / "plain.txt").write_text("words")
    (root / "pages").mkdir()
    for name in ("a.md", "b.md"):
        (root / "pages" / name).write_text(RELEASE)
    words = [str(root / each) if "." in each or each == "pages" else each for each in arguments]
    words = [each if "://" not in each else arguments[-1] for each in words]
    result = run(root, "evidence", "add", *words)
    assert result.exit_code != 0
    assert said in result.stderr
    assert not (root / "ws" / "archive" / "captures").exists()


def test_of_a_folder_all_pages_are_added_or_none(root: Path) -> None:
    folder = root / "pages"
    folder.mkdir()
    (folder / "a.md").write_text(RELEASE)
    (folder / "b.md").write_text("no front matter")
    assert run(root, "evidence", "add", "--capture", str(folder)).exit_code != 0
    assert not (root / "ws" / "archive" / "captures").exists()
    (folder / "b.md").write_text(RELEASE.replace("zz0001", "zz0002"))
    assert run(root, "evidence", "add", "--capture", str(folder)).exit_code == 0
    assert len(list((root / "ws" / "archive" / "captures").iterdir())) == 2


def test_a_document_that_cannot_be_searched_says_so(root: Path) -> None:
    (root / "a.pdf").write_bytes(b"%PDF-1.7 nothing")
    url = "https://example.org/a.pdf"
    result = run(root, "evidence", "add", "--capture", str(root / "a.pdf"), "--url", url)
    assert result.exit_code == 0
    assert "not searchable" in result.stdout


# Proposals.


def propose(root: Path) -> Path:
    sheet = root / "proposals.csv"
    result = run(root, "evidence", "propose", "--from", str(root / "zz0001.md"), "-o", str(sheet))
    assert result.exit_code == 0, result.stderr
    return sheet


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_only_what_a_person_accepts_becomes_evidence(root: Path) -> None:
    sheet, case = propose(root), root / "case" / "evidence.csv"
    assert [row["decision"] for row in read(sheet)] == ["", ""]
    nothing = run(root, "evidence", "accept", str(sheet), "-o", str(case))
    assert nothing.exit_code == 0
    assert "0 rows added" in nothing.stderr
    assert not case.exists()
    reviewed = run(root, "evidence", "review", str(sheet), typed="x\na\nr\n")
    assert "Ali Zed owns Quux Trading LLC." in reviewed.stdout
    assert "1 accept, 1 reject, 0 open" in reviewed.stderr
    accepted = run(root, "evidence", "accept", str(sheet), "-o", str(case))
    assert "1 rows added" in accepted.stderr
    (row,) = read(case)
    assert set(row) == {*REQUIRED["evidence"], *OPTIONAL}
    assert (row["subject"], row["object"]) == ("Ali Zed", "Quux Trading LLC")
    again = run(root, "evidence", "accept", str(sheet), "-o", str(case))
    assert "0 rows added" in again.stderr
    assert len(read(case)) == 1
    loaded = run(root, "load", "evidence", "--from", str(case.parent))
    assert loaded.exit_code == 0, loaded.stderr


def test_a_review_that_is_broken_off_keeps_its_decisions(root: Path) -> None:
    sheet = propose(root)
    run(root, "evidence", "review", str(sheet), typed="r\n")  # then the input ends
    assert [row["decision"] for row in read(sheet)] == ["reject", ""]
    propose(root)  # proposing again leaves decisions as they are
    assert [row["decision"] for row in read(sheet)] == ["reject", ""]
    run(root, "evidence", "review", str(sheet), typed="q\n")
    assert [row["decision"] for row in read(sheet)] == ["reject", ""]


def test_a_decision_that_means_nothing_is_refused(root: Path) -> None:
    sheet = propose(root)
    sheet.write_text(sheet.read_text().replace(",,,owner,", ",perhaps,,owner,", 1))
    result = run(root, "evidence", "accept", str(sheet), "-o", str(root / "evidence.csv"))
    assert result.exit_code != 0
    assert "'perhaps'" in result.stderr
    assert not (root / "evidence.csv").exists()


def test_accepting_never_damages_another_file(root: Path) -> None:
    sheet = propose(root)
    run(root, "evidence", "review", str(sheet), typed="a\na\n")
    other = root / "other.csv"
    other.write_text("a,b\n1,2\n")
    result = run(root, "evidence", "accept", str(sheet), "-o", str(other))
    assert result.exit_code != 0
    assert other.read_text() == "a,b\n1,2\n"
    mine = root / "zed.csv"
    assert run(root, "evidence", "accept", str(sheet), "-o", str(mine)).exit_code == 0
    assert len(read(mine)) == 6  # the rows that it held stay, before the new ones


def test_names_are_looked_up_whole_and_in_any_order() -> None:
    listed = ListedNames({name_key("ZÉD, Ali"): frozenset({"ofac-1"})})
    assert listed.find("Ali Zed") == ["ofac-1"]
    assert listed.find("Ali") == []
    assert listed.find("Ali Zed Omar") == []
