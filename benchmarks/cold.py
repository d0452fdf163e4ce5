"""What a cold process does: the programs that the benchmarks start anew.

`python -m benchmarks.cold NAME ARGUMENT…` prints one JSON object with what it measured of itself.
The parent measures the process as a whole.
"""

from __future__ import annotations

import time

BEGAN = time.perf_counter()  # before anything of ours is imported

import json  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from contextlib import closing  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

SEARCHED = 500
SEED = 7


def open_arrays(folder: str, source: str, target: str) -> dict[str, Any]:
    """Map saved arrays and find one path."""
    from benchmarks.embedded_engine import Embedded
    from benchmarks.generate import NumberedIds
    from benchmarks.questions import PLAIN, Pair
    from graph.embedded.csr import Csr

    imported = time.perf_counter()
    csr = Csr.open(Path(folder))
    engine = Embedded(csr, NumberedIds(csr.node_count))
    opened = time.perf_counter()
    find, pair = engine.ask(PLAIN), Pair(int(source), int(target), 0)
    hops = find(pair)
    first = time.perf_counter()
    find(pair)
    return {
        "hops": hops,
        "import_s": imported - BEGAN,
        "open_s": opened - imported,
        "first_s": first - opened,
        "second_s": time.perf_counter() - first,
    }


def load_list(root: str, dataset: str, location: str) -> dict[str, Any]:
    """Load published files and build a snapshot of them."""
    from cuibono.workspace import Workspace

    imported = time.perf_counter()
    workspace = Workspace.init(root)
    report = workspace.load(dataset, location)
    loaded = time.perf_counter()
    built = workspace.build()
    finished = time.perf_counter()
    cpu = time.process_time()
    return {
        "import_s": imported - BEGAN,
        "load_s": loaded - imported,
        "build_s": finished - loaded,
        "cpu_s": cpu,
        "stages": built.seconds,
        "counts": dict(built.counts),
        "statements": report.counts["statements"],
        "snapshot": built.snapshot,
        "peak_mb": _peak(),
    }


def load_again(root: str, dataset: str, location: str) -> dict[str, Any]:
    """Load files that are loaded already, and build what is built already."""
    from cuibono.workspace import Workspace

    imported = time.perf_counter()
    workspace = Workspace(root)
    report = workspace.load(dataset, location)
    loaded = time.perf_counter()
    built = workspace.build()
    return {
        "new": report.new,
        "unchanged": built.unchanged,
        "load_s": loaded - imported,
        "build_s": time.perf_counter() - loaded,
        "peak_mb": _peak(),
    }


def find_ends(root: str) -> dict[str, Any]:
    """Two parties that a third one joins, by default policy: ends for a first path."""
    from cuibono.workspace import Workspace
    from graph.network import PathQuery

    neighbours: dict[str, list[str]] = {}
    with closing(Workspace(root)) as workspace:
        for link, _ in workspace.network.iter_links():  # type: ignore[attr-defined]
            if link.kind == "relationship":
                neighbours.setdefault(link.source, []).append(link.target)
                neighbours.setdefault(link.target, []).append(link.source)
        for ends in neighbours.values():
            if len(ends) == 2 and ends[0] != ends[1] and ends[1] not in neighbours[ends[0]]:
                answer = workspace.paths(PathQuery(sources=(ends[0],), targets=(ends[1],)))
                if answer.paths and answer.paths[0].length == 2:
                    return {"source": ends[0], "target": ends[1]}
    raise RuntimeError("no two parties are two hops apart")


def first_path(root: str, source: str, target: str) -> dict[str, Any]:
    """Open a workspace and find one path."""
    from cuibono.workspace import Workspace
    from graph.network import PathQuery

    imported = time.perf_counter()
    with closing(Workspace(root)) as workspace:
        _ = workspace.network
        opened = time.perf_counter()
        query = PathQuery(sources=(source,), targets=(target,))
        answer = workspace.paths(query)
        first = time.perf_counter()
        workspace.paths(query)
        second = time.perf_counter()
    return {
        "paths": len(answer.paths),
        "import_s": imported - BEGAN,
        "open_s": opened - imported,
        "first_s": first - opened,
        "second_s": second - first,
        "peak_mb": _peak(),
    }


def search_names(root: str, budget: str) -> dict[str, Any]:
    """Search for aliases; beside it, one plain scan with a fuzzy scorer over the same names.

    Found means that the party whose alias it is stands among the first ten.
    """
    from cuibono.workspace import Workspace

    with closing(Workspace(root)) as workspace:
        return _search_names(workspace, float(budget))


def _search_names(workspace: Any, budget_s: float) -> dict[str, Any]:
    from rapidfuzz import fuzz, process, utils

    from benchmarks.measure import time_calls
    from casework.model import SearchQuery

    entities = list(workspace.network.iter_entities())
    pairs = [(name, each.id) for each in entities for name in each.values("alias")]
    pairs = sorted(set(pairs))
    asked = random.Random(SEED).sample(pairs, min(SEARCHED, len(pairs)))
    properties = ("name", "alias", "previousName", "weakAlias")
    owned = [
        (name, each.id) for each in entities for key in properties for name in each.values(key)
    ]
    names = [utils.default_process(name) for name, _ in owned]
    found: dict[str, set[tuple[str, str]]] = {"cuibono": set(), "scan": set()}

    def search(each: tuple[str, str]) -> None:
        answer = workspace.search(SearchQuery(q=each[0]))
        if any(hit.entity.id == each[1] for hit in answer.results):
            found["cuibono"].add(each)

    def scan(each: tuple[str, str]) -> None:
        query = utils.default_process(each[0])
        hits = process.extract(query, names, scorer=fuzz.token_sort_ratio, limit=10)
        if any(owned[position][1] == each[1] for _, _, position in hits):
            found["scan"].add(each)

    rows = {}
    for name, call in (("cuibono", search), ("scan", scan)):
        timing = time_calls(call, asked, budget_s)
        rows[name] = {
            "n": len(timing.seconds),
            "p50_s": timing.p(0.5),
            "p99_s": timing.p(0.99),
            "mean_s": timing.mean,
            "found": len(found[name].intersection(asked[: len(timing.seconds)])),
            "note": timing.note,
        }
    return {"names": len(names), "rows": rows, "peak_mb": _peak()}


def clean_statements(root: str, how: str) -> dict[str, Any]:
    """Clean and hold the list's statements again: with our writer, or as FollowTheMoney entities.

    Both get the values as published. Ours writes Parquet besides; the peer holds entities.
    """
    from benchmarks.cleaning import clean_as_entities, clean_in_columns, read_published

    statements = read_published(Path(root))
    clean = {"columns": clean_in_columns, "entities": clean_as_entities}[how]
    began = time.perf_counter()
    kept = clean(statements)
    return {
        "statements": len(statements),
        "kept": kept,
        "seconds": time.perf_counter() - began,
    }


def _peak() -> float:
    from benchmarks.measure import peak_memory_mb

    return peak_memory_mb()


PROGRAMS: dict[str, Callable[..., dict[str, Any]]] = {
    "open-arrays": open_arrays,
    "load-list": load_list,
    "load-again": load_again,
    "find-ends": find_ends,
    "first-path": first_path,
    "search-names": search_names,
    "clean-statements": clean_statements,
}

if __name__ == "__main__":
    print(json.dumps(PROGRAMS[sys.argv[1]](*sys.argv[2:])))
