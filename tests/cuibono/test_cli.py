"""What the commands print, where, and with which exit code, over given answers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from pydantic import BaseModel
from rich.console import Console
from typer.testing import CliRunner, Result

from api.models import EntityAnswer, NearestAnswer, NeighboursAnswer, PathsAnswer, SearchResponse
from cuibono.cli import app
from cuibono.cli.filters import join_during
from cuibono.cli.serve import require_loopback
from cuibono.render.paths import make_path_tree
from graph.errors import ConfigurationError
from graph.network import NearestQuery, NeighbourQuery, PathQuery, PolicyRule
from tests.cuibono.fakes import FORMULA, HOSTILE, LINKS, PATH, SHOWN, FakeWorkspace

QUESTIONS = {
    "search": ["search", "Evil"],
    "show": ["show", "t-a"],
    "neighbours": ["neighbours", "t-a"],
    "path": ["path", "t-a", "t-c"],
    "nearest": ["nearest", "t-a"],
}
SHAPES: dict[str, type[BaseModel]] = {
    "search": SearchResponse,
    "show": EntityAnswer,
    "neighbours": NeighboursAnswer,
    "path": PathsAnswer,
    "nearest": NearestAnswer,
}


def run(*arguments: str, workspace: FakeWorkspace | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), obj=workspace or FakeWorkspace())


def asked(*arguments: str) -> object:
    workspace = FakeWorkspace()
    result = run(*arguments, workspace=workspace)
    assert result.exit_code == 0, result.output
    return workspace.asked[-1]


SHOWN_AS = [(command, "table") for command in QUESTIONS]
SHOWN_AS += [(command, "csv") for command in QUESTIONS if command != "show"]
SHOWN_AS += [(command, "tree") for command in ("neighbours", "path", "nearest")]


@pytest.mark.parametrize(("command", "form"), SHOWN_AS)
def test_hostile_names_are_inert(command: str, form: str) -> None:
    result = run(*QUESTIONS[command], "--format", form)
    assert result.exit_code == 0
    assert SHOWN in result.stdout or (command, form) == ("neighbours", "csv")
    assert not {"\x1b", "\x9b", "\u202e"} & set(result.output)


@pytest.mark.parametrize("command", QUESTIONS)
def test_json_is_the_shape_of_the_api_and_keeps_the_names(command: str) -> None:
    result = run(*QUESTIONS[command], "--json")
    assert result.exit_code == 0
    body = SHAPES[command].model_validate_json(result.stdout)
    assert json.loads(result.stdout) == json.loads(body.model_dump_json())
    assert json.dumps(HOSTILE) in json.dumps(json.loads(result.stdout))
    assert not {"\x1b", "\x9b", "\u202e"} & set(result.stdout)


def test_json_keys_are_sorted() -> None:
    body = json.loads(run("path", "t-a", "t-c", "--json").stdout)
    assert list(body) == sorted(body)


def test_a_path_shows_all_its_evidence() -> None:
    shown = run("path", "t-a", "t-c").stdout
    for text in (
        "Ownership: owner [green]", "more than 25 %", "2006-03 at the latest", "status disputed",
        "asserted by First Source on 2010-12-09, via Upstream Wire",
        "denied by Second Source on 2012-03", "https://example.org/a",
        f"“the quotation {SHOWN}”", "all hops certainly held at once: on no day known",
        "all hops possibly held at once: from 2006-03-01, end unknown", "strength 0.42",
        f"rests on the inference that {FORMULA} is Third Example Ltd, proposed by an analyst, "
        "probability not stated", "status refuted", "Scope of this answer.",
    ):  # fmt: skip
        assert text in shown


def test_csv_holds_a_row_for_each_source_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(run("path", "t-a", "t-c", "--format", "csv").stdout)))
    assert len(rows) == sum(len(LINKS[each].evidence) for each in ("l1", "l2"))
    assert {row["target"] for row in rows} == {f"'{FORMULA}", "Third Example Ltd"}


def test_a_tree_shows_where_an_identity_is_taken_for_granted() -> None:
    first, second = PATH.hops
    broken = PATH.model_copy(
        update={"hops": (first, second.model_copy(update={"source": "t-c", "target": "t-a"}))}
    )
    answer = FakeWorkspace().paths(PathQuery(sources=("t-a",), targets=("t-c",)))
    console = Console(file=io.StringIO(), width=300)
    console.print(make_path_tree([PATH, broken], answer))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "taken to be Third Example Ltd [t-c]" in shown
    assert shown.count("Ownership: owner") == 1


def test_jsonl_is_one_document_a_line() -> None:
    lines = run("path", "t-a", "t-c", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["hops"] for line in lines] == [1]


def test_rows_and_scope_do_not_mix() -> None:
    result = run("path", "t-a", "t-c", "--format", "csv")
    assert "Scope of this answer." in result.stderr
    assert "Scope of this answer." not in result.stdout


def test_quiet_leaves_the_data_alone() -> None:
    result = run("path", "t-a", "t-c", "--format", "csv", "--quiet")
    assert result.stderr == ""
    assert result.stdout.startswith("path,hop")


@pytest.mark.parametrize("command", ["search", "path", "nearest"])
def test_exit_codes_for_scripts(command: str) -> None:
    arguments = [*QUESTIONS[command], "--exit-code"]
    assert run(*arguments).exit_code == 3
    assert run(*arguments, workspace=FakeWorkspace(found=False)).exit_code == 0
    assert run(*arguments, workspace=FakeWorkspace(stale=True)).exit_code == 4
    assert run(*QUESTIONS[command]).exit_code == 0


def test_a_search_cut_short_is_incomplete_and_not_a_no() -> None:
    cut = FakeWorkspace(partial=True, found=False)
    assert run("path", "t-a", "t-c", "--exit-code", workspace=cut).exit_code == 4


def test_an_ambiguous_name_lists_its_candidates() -> None:
    result = run("path", "Twins", "t-c")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"t-a  {SHOWN}" in result.stderr
    assert "\x1b" not in result.stderr


def test_an_absent_party_is_an_error_in_one_sentence() -> None:
    result = run("show", "nobody")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_a_traceback_only_when_asked_for() -> None:
    assert "Traceback" in run("show", "nobody", "-v").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--as-of", "2010-13"],
        ["--as-of", "yesterday"],
        ["--known-at", "2010-02-30"],
        ["--during", "2010"],
        ["--allow-type", "Ownershp"],
        ["--deny-type", "x"],
        ["--status", "true"],
        ["--lift", "everything"],
        ["--dataset", "absent_list"],
        ["--direction", "up"],
        ["--k", "0"],
        ["--max-hops", "99"],
        ["--mode", "longest"],
        ["--doubt", "2"],
        ["--format", "xml"],
        ["--store", "http://x"],
    ],
)
def test_a_bad_option_is_a_usage_error_that_names_it(arguments: list[str]) -> None:
    result = run("path", "t-a", "t-c", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert arguments[0].lstrip("-").replace("-", "_") in result.stderr.replace("-", "_")
    assert "Traceback" not in result.stderr


def test_a_list_that_is_not_loaded_is_no_silent_no() -> None:
    assert run("nearest", "t-a", "--list", "absent").exit_code == 2
    assert run("search", "x", "--dataset", "absent").exit_code == 2
    assert run("search", "x", "--schema", "Persson").exit_code == 2


def test_every_option_of_a_path_reaches_the_query() -> None:
    query = asked(
        "path", "t-a", "t-c", "--k", "3", "--max-hops", "4", "--mode", "all_shortest",
        "--during", "2012", "2010-03", "--known-at", "2019", "--certain", "--doubt", "0.5",
        "--include-claims", "--allow-type", "ownership", "--deny-type", "Family",
        "--dataset", "test_list", "--status", "corroborated", "--min-confidence", "0.2",
        "--direction", "out", "--avoid", "t-b", "--lift", "hubs", "--max-degree", "7",
        "--budget", "99",
    )  # fmt: skip
    assert isinstance(query, PathQuery)
    filters = query.filters
    assert (query.k, query.max_hops, query.mode) == (3, 4, "all_shortest")
    assert filters.during == ("2010-03", "2012")
    assert (filters.known_at, filters.certain_dates, filters.doubt) == ("2019", True, 0.5)
    assert filters.include_claims
    assert "Ownership" in filters.types_allow
    assert filters.types_deny == ("Family",)
    assert (filters.datasets, filters.statuses) == (("test_list",), ("corroborated",))
    assert (filters.min_confidence, filters.direction, filters.avoid) == (0.2, "out", ("t-b",))
    assert (query.policy.lift, query.policy.max_degree) == ((PolicyRule.HUBS,), 7)
    assert query.budget.links == 99


def test_without_options_the_defaults_of_the_network_hold() -> None:
    assert asked("path", "t-a", "t-c") == PathQuery(sources=("t-a",), targets=("t-c",))
    assert asked("nearest", "t-a") == NearestQuery(source="t-a")
    assert asked("neighbours", "t-a") == NeighbourQuery(source="t-a")


@pytest.mark.parametrize("words", [["--during", "2010", "2012"], ["--during", "2010/2012"]])
def test_a_period_can_be_written_in_two_ways(words: list[str]) -> None:
    query = asked("path", "t-a", *words, "t-c")
    assert isinstance(query, PathQuery)
    assert query.filters.during == ("2010", "2012")


def test_a_period_does_not_swallow_what_is_no_date() -> None:
    assert join_during(["--during", "2010", "t-a"]) == ["--during", "2010", "t-a"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])  # noqa: S104
def test_serving_to_others_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="authentication"):
        require_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_serving_this_machine_is_allowed(host: str) -> None:
    assert require_loopback(host) == host


def test_a_folder_that_is_no_workspace_is_said_to_be_none(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["status", "-w", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "cuibono init" in result.stderr
