"""What strangers wrote into a list reaches a terminal, a table and a report as plain letters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cuibono.cli import app
from ingest import load as loading
from ingest.catalog import read_catalog
from tests.ingest.hostile.samples import MAKERS, spoil, write
from tests.ingest.test_evidence import LINK, make_csv

# Colours, a title of the window, a link, a cursor move, the eight-bit forms; direction and hidden
# marks; a formula; markup of rich, of HTML, of Cypher.
EVIL = (
    "\x1b[31mZarkon\x1b[0m \x1b]0;owned\x07 \x1b]8;;http://a.example\x1b\\x\x1b]8;;\x1b\\ \x1b[2J"
    "\x9b31m \u202egnp\u202c \u200b\u2066 [bold red]b[/] <img src=x onerror=alert(1)> "
    "' }) DETACH DELETE n // \u2028 end"
)  # fmt: skip
SHORT = "Zar\u200bkon \u202eTrading\u202c <b>"
_RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
SUBJECT, OBJECT = "case:zed", "case:example-trading"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A built workspace of a case and of two lists with hostile names, notes, roles and quotes."""
    folder = tmp_path_factory.mktemp("hostile")
    case = {**LINK, "subject": f"Zed {EVIL}", "object": SHORT, "role": EVIL, "quote": EVIL,
            "source_title": EVIL, "asserted_by": f"Gazette {EVIL}"}  # fmt: skip
    write(folder / "reg", {"evidence.csv": make_csv([case])})
    fcdo = spoil(MAKERS["gb_fcdo_csv"](), name=f"FCDO {EVIL}")
    write(folder / "fcdo", fcdo)
    plain = EVIL.translate(dict.fromkeys((*range(32), 155)))  # what XML cannot hold
    un = spoil(MAKERS["un_sc_xml"](), name=f"UNSC {plain}")
    write(folder / "un", {name: str(body).replace("A comment.", _quote(plain))
                          for name, body in un.items()})  # fmt: skip
    entries = {name: entry.model_copy(update={"expected": {}, "filled": {}})
               for name, entry in read_catalog().items()}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "read_catalog", lambda: entries)
        for arguments in (["init"], ["load", "evidence", "--from", str(folder / "reg")],
                          ["load", "gb_fcdo", "--from", str(folder / "fcdo")],
                          ["load", "un_sc", "--from", str(folder / "un")], ["build"]):  # fmt: skip
            run(folder / "workspace", *arguments)
        yield folder / "workspace"


def _quote(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def run(root: Path, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> str:
    """What a command prints, which must be inert."""
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    result = runner.invoke(app, [*arguments, "-w", str(root)])
    assert result.exception is None or isinstance(result.exception, SystemExit), arguments
    assert result.exit_code in codes, (arguments, result.output)
    for line in result.output.split("\n"):
        assert not _RAW.search(line), (arguments, line)
    return result.output


def test_a_hostile_party_is_found_by_what_is_readable_of_its_name(root: Path) -> None:
    found = json.loads(run(root, "search", "Zarkon Trading", "--format", "json"))
    assert OBJECT in json.dumps(found)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_search_path_and_issues_print_nothing_that_acts(root: Path, form: str) -> None:
    for arguments in (["search", "Zarkon"], ["path", SUBJECT, OBJECT], ["neighbours", SUBJECT],
                      ["nearest", OBJECT], ["issues"], ["snapshots"]):  # fmt: skip
        out = run(root, *arguments, "--format", form)
        if form == "csv":
            for line in out.splitlines():
                assert not line.startswith(("=", "+", "@", "-")), line


@pytest.mark.parametrize("form", ["table", "json"])
def test_cards_print_nothing_that_acts(root: Path, form: str) -> None:
    for arguments in (["show", SUBJECT], ["show", OBJECT], ["show", "gb-zzz0001"],
                      ["show", "un-tai.901"], ["status"], ["build"]):  # fmt: skip
        out = run(root, *arguments, "--format", form)
        if form == "json":
            json.loads(out[out.index("{") :] if arguments[0] == "build" else out)


def test_hostile_text_names_no_other_party(root: Path) -> None:
    """A path is asked with the words of a list, as a person would copy them."""
    for arguments in (["path", EVIL, OBJECT], ["search", EVIL], ["show", EVIL]):
        run(root, *arguments, codes=(0, 1, 2))  # 2: no party has that name
