"""A workspace of the sample case, built once, asked through the façade and the command line."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.app import create_app
from api.ports import Investigation, read_live
from casework.model import SearchQuery
from cuibono import Workspace
from cuibono.cli import app
from cuibono.demo import SAMPLE, find_inferred
from graph.errors import ConfigurationError, EntityNotFound, StoreUnavailable
from graph.model import Status
from graph.network import Filters, PathQuery
from tests.data import PROJECT

HUSAYN, WESTERN_UNION, CONGO_FUTUR, DHL = (
    "ofac-12451", "case:western-union", "ofac-12454", "case:dhl",
)  # fmt: skip


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("demo")
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, ["demo", "--folder", str(folder)])


@pytest.fixture(scope="session")
def root(demo: Result) -> Path:
    assert demo.exit_code == 0, demo.stderr
    last = next(line for line in demo.stderr.splitlines() if line.startswith("workspace "))
    return Path(last.removeprefix("workspace ").partition(";")[0])


@pytest.fixture
def workspace(root: Path) -> Iterator[Workspace]:
    workspace = Workspace(root)
    yield workspace
    workspace.close()


def run(root: Path, *arguments: str) -> Result:
    """A command on the built workspace; its stdout is no terminal."""
    return CliRunner().invoke(app, [*arguments, "-w", str(root)])


def test_the_facade_is_what_the_interface_asks(workspace: Workspace) -> None:
    investigation: Investigation = workspace
    network, meta = read_live(investigation)
    assert network.snapshot == meta.snapshot == workspace.search(SearchQuery(q="x")).snapshot
    assert investigation.ready()
    assert [source.dataset for source in meta.sources] == ["case_tajideen"]


def test_a_snapshot_is_opened_once(workspace: Workspace) -> None:
    assert workspace.network is workspace.network


def test_a_newly_published_snapshot_answers_at_once(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path)
    workspace.load("evidence", SAMPLE)
    workspace.build()
    before = workspace.network
    case = tmp_path / "second"
    case.mkdir()
    (case / "evidence.csv").write_bytes((SAMPLE / "evidence.csv").read_bytes())
    workspace.load("evidence", case)
    assert workspace.status().build_due
    workspace.build()
    assert workspace.network.snapshot != before.snapshot
    assert before.get_entity(HUSAYN) is not None
    assert not workspace.status().build_due
    assert workspace.status().snapshots == len(workspace.snapshots()) == 2


def test_building_the_same_again_gives_the_same_snapshot(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path)
    workspace.load("evidence", SAMPLE)
    first = workspace.build()
    stages: list[tuple[str, float]] = []
    second = workspace.build(lambda stage, fraction: stages.append((stage, fraction)))
    assert first.snapshot == second.snapshot
    assert second.unchanged
    assert [fraction for _, fraction in stages] == sorted(fraction for _, fraction in stages)


def test_without_a_snapshot_the_remedy_is_named(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path)
    assert not workspace.ready()
    with pytest.raises(StoreUnavailable, match="cuibono"):
        workspace.meta()
    with pytest.raises(ConfigurationError, match="load"):
        workspace.build()


def test_a_file_is_no_workspace(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(ConfigurationError, match="is a file"):
        Workspace.init(path)


def test_an_entity_shows_its_timeline_and_claims(workspace: Workspace) -> None:
    assert workspace.entity(HUSAYN).listed
    assert workspace.timeline(HUSAYN)
    assert Status.REFUTED in {link.status for link in workspace.claims(CONGO_FUTUR)}
    with pytest.raises(EntityNotFound):
        workspace.timeline("nobody")


def test_names_mean_parties(workspace: Workspace) -> None:
    assert workspace.resolve_party("Hussein Tajeddine") == HUSAYN
    assert workspace.resolve_party("OFAC-12451") == HUSAYN


def test_the_demo_shows_evidence_and_doubt_and_what_is_refuted(demo: Result) -> None:
    shown = demo.stdout
    for text in (
        "(a) Who is", "(b) How is", "(c) What is said", "matched “Hussein Tajeddine” with",
        "KAIRABA SUPERMARKET", "all hops certainly held at once", "all hops possibly held at once",
        "rests on the inference that", "probability not stated", "status refuted", "denied by",
        "No path of at most 6 hops between",
    ):  # fmt: skip
        assert text in " ".join(shown.split()), text
    assert "terrorist" not in shown.lower().replace("anti-terrorist", "")


def test_the_demo_prints_what_the_engine_answers(demo: Result, workspace: Workspace) -> None:
    default = workspace.paths(PathQuery(sources=(HUSAYN,), targets=(WESTERN_UNION,)))
    shown = " ".join(demo.stdout.split())
    at = [shown.index(" ".join(path.text.split())) for path in default.paths]
    assert at
    assert at == sorted(at)
    doubtful = workspace.paths(
        PathQuery(sources=(HUSAYN,), targets=(WESTERN_UNION,), filters=Filters(doubt=0.5), k=100)
    )
    inferred = [path for path in doubtful.paths if path.identity_links]
    assert inferred
    assert all(find_inferred(path, doubtful) for path in inferred)
    assert all(path.text not in shown or path.identity_links for path in inferred)


def test_the_demo_writes_reports(demo: Result, root: Path) -> None:
    for name in ("paths", "paths-with-doubt"):
        page = root / "reports" / f"{name}.html"
        assert f"report {page}" in demo.stderr
        assert "KAIRABA SUPERMARKET" in page.read_text("utf-8")
        assert json.loads(page.with_suffix(".json").read_text("utf-8"))


def test_the_demo_can_be_run_again_and_as_json(root: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "--folder", str(root), "--json"])
    assert result.exit_code == 0, result.stderr
    body = json.loads(result.stdout)
    assert body["paths"]["paths"]
    assert not body["paths_of_claim"]["paths"]
    assert [claim["status"] for claim in body["claims"]] == ["refuted"]


def test_what_loads_noticed_is_listed(root: Path) -> None:
    assert isinstance(json.loads(run(root, "issues", "--json").stdout), list)
    result = run(root, "issues", "absent")
    assert result.exit_code == 2
    assert "case_tajideen" in result.stderr


def test_before_the_first_build_the_issues_of_what_is_loaded_are_listed(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path)
    with pytest.raises(StoreUnavailable):
        workspace.issues()
    rows = (SAMPLE / "evidence.csv").read_text("utf-8").splitlines()
    case = tmp_path / "case.csv"
    case.write_text("\n".join([*rows, "spoilt" + "," * rows[0].count(",")]) + "\n", "utf-8")
    version = workspace.load("evidence", case).version
    shutil.rmtree(tmp_path / "statements" / "case_case")  # made again when asked for
    listed = run(tmp_path, "issues", "--json")
    assert listed.exit_code == 0, listed.stderr
    issues = json.loads(listed.stdout)
    assert issues
    assert {(each["dataset"], each["version"]) for each in issues} == {("case_case", version)}
    assert "Nothing is built yet" in listed.stderr
    absent = run(tmp_path, "issues", "absent")
    assert absent.exit_code == 2
    assert "case_case" in absent.stderr


def test_issues_say_when_a_newer_loaded_version_is_not_built(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path)
    workspace.load("evidence", SAMPLE)
    built = workspace.build()
    assert run(tmp_path, "issues").stderr == ""
    case = tmp_path / SAMPLE.name
    case.mkdir()
    rows = (SAMPLE / "evidence.csv").read_text("utf-8")
    (case / "evidence.csv").write_text(rows + "spoilt" + "," * rows.partition("\n")[0].count(","))
    workspace.load("evidence", case)
    result = run(tmp_path, "issues", "--json")
    assert all("spoilt" not in each["message"] for each in json.loads(result.stdout))
    assert result.stderr.count("\n") == 1
    assert "case_tajideen is not built yet" in result.stderr
    assert workspace.meta().snapshot == built.snapshot


def write_case(folder: Path, *pairs: tuple[str, str]) -> Path:
    """A case of ownerships."""
    folder.mkdir(parents=True, exist_ok=True)
    header = (
        "kind,subject,subject_id,object,object_id,relation_schema,subject_schema,object_schema,"
        "asserted_by,source_url"
    )
    rows = [f"link,{owner},case:{owner.lower()},{held},case:{held.lower()},Ownership,Company,"
            "Company,Gazette,https://example.org/a" for owner, held in pairs]  # fmt: skip
    (folder / "evidence.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return folder


def test_a_load_tells_what_changed_and_when_a_case_replaces_another(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    first = write_case(tmp_path / "a" / "Case 1", ("Ghost", "Phantom"))
    grown = write_case(tmp_path / "b" / "case-1", ("Ghost", "Phantom"), ("Ghost", "Spirit"))
    other = write_case(tmp_path / "c" / "case_1", ("Moon", "Star"))
    shown = [run(workspace.root, "load", "evidence", "--from", str(each))
             for each in (first, grown, other)]  # fmt: skip
    assert [each.exit_code for each in shown] == [0, 0, 0], [each.stderr for each in shown]
    versions = [each.version for each in workspace.archive.versions("case_case_1")]
    assert "since" not in shown[0].stdout
    assert f"2 added, 0 removed, 0 changed since version {versions[0]}" in shown[1].stdout
    assert "warning" not in shown[1].stdout
    text = " ".join(shown[2].stdout.split())
    assert "warning: This replaces all of case_case_1" in text
    assert "give another case another folder name" in text


def test_a_running_build_is_waited_for_and_no_usage_error(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path)
    workspace.load("evidence", SAMPLE)
    with (tmp_path / ".build.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        result = run(tmp_path, "build")
        with pytest.raises(StoreUnavailable) as caught:
            workspace.build()
    assert caught.value.retryable
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "Another build is running" in result.stderr


def test_a_taken_port_is_one_sentence_before_anything_is_announced(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(root, "serve", "--port", str(port))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"cuibono: Port {port} on 127.0.0.1 cannot be had (address")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["status", "snapshots"])
def test_a_pipe_gets_plain_text_on_stdout(root: Path, command: str) -> None:
    result = run(root, command)
    assert result.exit_code == 0, result.stderr
    assert result.stdout
    assert result.stderr == ""
    assert "\x1b" not in result.stdout


def test_a_pipe_does_not_break_lines(root: Path) -> None:
    command = [sys.executable, "-m", "cuibono", "path", "Hussein Tajeddine", "Western Union"]
    result = subprocess.run(
        [*command, "-w", str(root)], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    assert result.returncode == 0, result.stderr
    answer = Workspace(root).paths(PathQuery(sources=(HUSAYN,), targets=(WESTERN_UNION,)))
    assert all(f"\n  {path.text}\n" in result.stdout for path in answer.paths)
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


async def request(workspace: Workspace, method: str, address: str, body: object) -> httpx.Response:
    transport = httpx.ASGITransport(app=create_app(workspace))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, address, json=body)


ENDS = {"from": {"ids": [HUSAYN]}, "to": {"ids": [WESTERN_UNION]}}


@pytest.mark.parametrize(
    ("arguments", "method", "address", "body"),
    [
        (["path", HUSAYN, WESTERN_UNION], "POST", "paths", ENDS),
        (["nearest", HUSAYN], "POST", "nearest", {"from": ENDS["from"]}),
        (["search", "Tajco", "--limit", "1"], "POST", "search", {"q": "Tajco", "limit": 1}),
        (["show", HUSAYN], "GET", f"entities/{HUSAYN}", None),
        (["neighbours", HUSAYN], "GET", f"entities/{HUSAYN}/neighbours", None),
        (
            ["neighbours", HUSAYN, "--limit", "2", "--doubt", "0.5"],
            "GET",
            f"entities/{HUSAYN}/neighbours?limit=2&doubt=0.5",
            None,
        ),
        (
            ["neighbours", HUSAYN, "--limit", "1", "--allow-type", "Ownership"],
            "GET",
            f"entities/{HUSAYN}/neighbours?limit=1&types=Ownership&doubt=0",
            None,
        ),
    ],
)
def test_json_is_the_body_that_the_interface_sends(
    root: Path, workspace: Workspace, arguments: list[str], method: str, address: str, body: object
) -> None:
    sent = asyncio.run(request(workspace, method, f"/api/v1/{address}", body))
    assert sent.status_code == 200, sent.text
    printed = json.loads(run(root, *arguments, "--json").stdout)
    for own in ("generated_at", "request_id"):
        assert printed.pop(own)
    assert printed == {name: value for name, value in sent.json().items() if name in printed}
    assert sent.json().keys() - printed.keys() == {"generated_at", "request_id"}


def test_two_equal_questions_get_equal_bytes_but_for_clock_and_request(root: Path) -> None:
    bodies = [
        json.loads(run(root, "path", HUSAYN, WESTERN_UNION, "--json").stdout) for _ in range(2)
    ]
    for body in bodies:
        del body["generated_at"], body["request_id"]
    assert bodies[0] == bodies[1]


def test_an_absent_server_is_one_sentence(root: Path) -> None:
    result = run(root, "path", HUSAYN, WESTERN_UNION, "--store", "bolt://127.0.0.1:1")
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_interruption_ends_with_130(root: Path) -> None:
    command = [sys.executable, "-m", "cuibono", "serve", "--port", "0", "-w", str(root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stderr is not None
        assert "snapshot" in process.stderr.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        assert process.returncode in (0, 130)


def test_a_reader_that_leaves_early_causes_no_traceback(root: Path) -> None:
    command = [sys.executable, "-m", "cuibono", "path", HUSAYN, WESTERN_UNION, "-w", str(root)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


def test_help_imports_nothing_slow(record_property: Callable[[str, object], None]) -> None:
    script = (
        "import sys, cuibono.cli\n"
        "try: cuibono.cli.app(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'followthemoney', 'pyarrow', 'numba', 'fastapi', 'pydantic', 'rapidfuzz'}\n"
        "sys.exit(f'{slow & set(sys.modules)}' if slow & set(sys.modules) else 0)\n"
    )
    started = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    record_property("help_seconds", round(time.perf_counter() - started, 2))
    assert result.returncode == 0, result.stderr


def test_a_path_between_ids_loads_nothing_that_builds_or_reads_names(root: Path) -> None:
    script = (
        "import sys, cuibono.cli\n"
        "try: cuibono.cli.app(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code\n"
        "slow = {'followthemoney', 'pyarrow', 'sqlalchemy', 'rigour', 'rapidfuzz', 'fastapi',\n"
        "        'casework.search', 'entity_resolution.index', 'graph.project', 'ingest'}\n"
        "sys.exit(f'{slow & set(sys.modules)}' if slow & set(sys.modules) else 0)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, "path", HUSAYN, WESTERN_UNION, "-w", str(root)],
        capture_output=True, text=True, check=False, cwd=PROJECT,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "KAIRABA SUPERMARKET" in result.stdout
