"""The demo on a real Neo4j: the same answers, and saved queries that run there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import neo4j
import pytest
from typer.testing import CliRunner

from cuibono.cli import app
from graph.neo4j.browser import SAVED_QUERIES

pytest_plugins = ("tests.neo4j.fixtures",)
pytestmark = pytest.mark.neo4j

_PARAMETER = re.compile(r"^:param (\w+) => (.*);$", re.MULTILINE)


def read_queries(text: str) -> tuple[dict[str, str], list[str]]:
    """Parameters and queries of a saved file, as Neo4j Browser takes them."""
    parameters = {name: json.loads(value) for name, value in _PARAMETER.findall(text)}
    code = "\n".join(
        line for line in text.splitlines() if not line.startswith(("//", ":param")) and line
    )
    return parameters, [each.strip() for each in code.split(";") if each.strip()]


def run_demo(folder: Path, *arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["demo", "--folder", str(folder), "--json", *arguments])
    assert result.exit_code == 0, result.stderr
    body: dict[str, object] = json.loads(result.stdout)
    return body


def test_the_demo_answers_the_same_and_its_queries_run(empty_neo4j: str, tmp_path: Path) -> None:
    on_server = run_demo(tmp_path, "--store", empty_neo4j)
    embedded = run_demo(tmp_path)
    for asked in ("paths", "paths_with_doubt", "paths_of_claim", "paths_to_claimed"):
        assert on_server[asked]["paths"] == embedded[asked]["paths"]  # type: ignore[index]
    assert on_server["claims"] == embedded["claims"]

    parameters, queries = read_queries((tmp_path / "queries.cypher").read_text("utf-8"))
    with neo4j.GraphDatabase.driver(empty_neo4j) as driver:
        counts = [len(driver.execute_query(query, parameters).records) for query in queries]
    assert len(counts) == len(SAVED_QUERIES)
    found = {title for (title, _), count in zip(SAVED_QUERIES, counts, strict=True) if count}
    assert {"Parties by name", "Who is near a party", "Which snapshot is loaded"} <= found
    assert any(title.startswith("Shortest paths between two parties") for title in found)
