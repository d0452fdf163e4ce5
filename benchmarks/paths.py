"""Paths in a large network: cuibono beside networkx and Neo4j, in one run.

`python -m benchmarks.paths --help`. The network is generated from a seed. Answers are compared
before anything is timed; each row has a budget, so that a slow engine cannot run for ever.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.agree import Difference, compare
from benchmarks.embedded_engine import Embedded, Kernel
from benchmarks.generate import ADDRESS, FIRST_DAY, LAST_DAY, Generated, generate
from benchmarks.measure import (
    CallFailed,
    EngineLost,
    Timing,
    describe_machine,
    ms,
    number,
    run_twice_cached,
    table,
    time_calls,
    times,
    write_report,
)
from benchmarks.questions import PLAIN, Engine, Pair, Question, make_questions

ENGINES = ("embedded", "networkx", "neo4j", "backend")
COMPARED_PAIRS = 100
# Longer than a row should ever take: what a server does after that is ended with the server.
WATCHDOG_S = 120.0
HEADS = (
    *("question", "engine", "n", "p50", "p99", "mean"),
    *("p50 to cuibono's", "p99 to cuibono's", "warm-up, remarks"),
)
T = TypeVar("T")
PACKAGES = ("numpy", "numba", "networkx", "neo4j", "pyarrow")


@dataclass(frozen=True, slots=True)
class Options:
    """What a run does."""

    nodes: int
    seed: int
    queries: int
    engines: tuple[str, ...]
    budget_s: float
    folder: Path
    cold: bool = True  # whether cold processes are started too


@dataclass(slots=True)
class Run:
    """The engines that are loaded, and what loading them said."""

    engines: list[Engine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kill_server: Callable[[], None] | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 when engines disagree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paths", description=__doc__)
    parser.add_argument("--nodes", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument(
        "--engines",
        default="embedded,networkx,neo4j",
        help=f"of {', '.join(ENGINES)}; embedded always runs, backend is cuibono on Neo4j",
    )
    parser.add_argument("--budget", type=float, default=30.0, help="seconds for each row")
    parser.add_argument("--markdown", type=Path, help="file that also receives the report")
    given = parser.parse_args(arguments)
    engines = tuple(given.engines.split(","))
    if unknown := sorted(set(engines) - set(ENGINES)):
        parser.error(f"no engine is called {unknown[0]!r}; known: {', '.join(ENGINES)}")
    if "backend" in engines and "neo4j" not in engines:
        parser.error("backend runs on the server of neo4j: name both")
    with tempfile.TemporaryDirectory(prefix="cuibono-benchmark-") as folder:
        options = Options(
            given.nodes, given.seed, given.queries, engines, given.budget, Path(folder)
        )
        report, differences = run(options)
    write_report(report, given.markdown)
    return 1 if differences else 0


def run(options: Options) -> tuple[str, list[Difference]]:
    """The report, and what engines disagree on; then nothing was timed."""
    machine = describe_machine(PACKAGES)
    network, seconds = _timed(lambda: generate(options.nodes, options.seed))
    parts = ["# Paths", machine, f"{network.describe()}; generated in {number(seconds)} s"]
    with ExitStack() as stack:
        loaded = Run()
        ours = _load_embedded(options, network, loaded)
        pairs = choose_pairs(network, ours, options)
        distances = [ours.ask(PLAIN)(pair) for pair in pairs]
        counts = np.bincount([each for each in distances if isinstance(each, int)])
        spread = ", ".join(f"{count:,} of {hops}" for hops, count in enumerate(counts) if count)
        parts.append(f"{len(pairs):,} pairs of connected parties; hops: {spread}")
        if options.cold:
            loaded.notes += _open_cold(options, pairs[0])
        _load_peers(options, network, loaded, stack)
        parts.append("## Loading\n\n" + "\n".join(f"* {each}" for each in loaded.notes))
        text, differences = _compare(loaded, ours, pairs, options)
        parts.append(f"## Agreement\n\n{text}")
        if not differences:
            parts.append(f"## Times, ms\n\n{_time(loaded, pairs, options)}")
            parts.append(f"## Identities, ms\n\n{_time_identities(network, pairs, options)}")
    return "\n\n".join(parts), differences


# -- loading --------------------------------------------------------------------------------------


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    result = call()
    return result, time.perf_counter() - began


def _load_embedded(options: Options, network: Generated, loaded: Run) -> Embedded:
    csr, built = _timed(network.build)
    folder = options.folder / "csr"
    folder.mkdir()
    _, saved = _timed(lambda: csr.save(folder))
    size = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
    ours = Embedded(type(csr).open(folder), network.ids)
    loaded.engines += [ours, Kernel(ours.engine)]
    loaded.notes.append(
        f"cuibono: arrays built in {number(built)} s, written in {number(saved)} s, "
        f"{size:,.0f} MB on disk"
    )
    return ours


def choose_pairs(network: Generated, ours: Embedded, options: Options) -> list[Pair]:
    """Pairs of parties within eight hops of each other, drawn at random."""
    rng = np.random.default_rng(options.seed + 1)
    parties = np.flatnonzero(network.sorts != ADDRESS)
    find = ours.ask(PLAIN)
    pairs: list[Pair] = []
    for _ in range(20 * options.queries):
        left, right = (int(each) for each in rng.choice(parties, 2))
        pair = Pair(left, right, int(rng.integers(FIRST_DAY, LAST_DAY)))
        if left != right and find(pair) is not None:
            pairs.append(pair)
        if len(pairs) == options.queries:
            break
    return pairs


def _open_cold(options: Options, pair: Pair) -> list[str]:
    arguments = ["-m", "benchmarks.cold", "open-arrays", str(options.folder / "csr")]
    arguments += [str(pair.source), str(pair.target)]
    notes = []
    names = ("without compiled kernels on disk", "with them")
    for name, child in zip(names, run_twice_cached(arguments), strict=True):
        inner = child.report
        notes.append(
            f"cuibono, cold process {name}: {number(child.wall_s)} s in all; imports "
            f"{number(inner['import_s'])} s, open {ms(inner['open_s'])} ms, first path "
            f"{ms(inner['first_s'])} ms, the same again {ms(inner['second_s'])} ms"
        )
    return notes


def _load_peers(options: Options, network: Generated, loaded: Run, stack: ExitStack) -> None:
    if "networkx" in options.engines:
        from benchmarks.networkx_engine import Networkx

        peer, seconds = _timed(lambda: Networkx(network))
        loaded.engines.append(peer)
        loaded.notes.append(f"networkx: graph built in {number(seconds)} s; it has no disk form")
    if "neo4j" in options.engines:
        _load_neo4j(options, network, loaded, stack)
    gc.collect()
    stack.callback(gc.unfreeze)
    gc.freeze()  # else each full collection walks the peer's millions of objects in our time


def _load_neo4j(options: Options, network: Generated, loaded: Run, stack: ExitStack) -> None:
    from benchmarks.neo4j_engine import BackendEngine, CypherEngine
    from benchmarks.neo4j_server import run_loaded

    full = "backend" in options.engines
    server = stack.enter_context(run_loaded(network, options.folder / "neo4j", full=full))
    loaded.kill_server = server.kill
    loaded.engines.append(stack.enter_context(closing(CypherEngine(server.uri, network.ids))))
    if full:
        loaded.engines.append(stack.enter_context(closing(BackendEngine(server.uri, network.ids))))
    loaded.notes.append(
        f"Neo4j {server.version}: CSV written in {number(server.csv_s)} s, imported in "
        f"{number(server.import_s)} s, id constraint {number(server.index_s)} s, server start to "
        f"first connection {number(server.start_s)} s, {server.disk_mb:,.0f} MB on disk"
    )


# -- comparing and timing -------------------------------------------------------------------------


@contextmanager
def _watched(loaded: Run, budget_s: float) -> Iterator[None]:
    """End the server when a row takes far longer than its budget."""
    if loaded.kill_server is None:
        yield
        return
    timer = threading.Timer(2 * budget_s + WATCHDOG_S, loaded.kill_server)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _compare(
    loaded: Run, ours: Embedded, pairs: Sequence[Pair], options: Options
) -> tuple[str, list[Difference]]:
    rows: list[list[str]] = []
    found: list[Difference] = []
    for question in make_questions(options.nodes):
        for engine in [each for each in loaded.engines if each is not ours]:
            sample = pairs[:COMPARED_PAIRS]
            try:
                with _watched(loaded, options.budget_s):
                    agreement = compare(question, ours, engine, sample, options.budget_s)
            except EngineLost as exc:
                rows.append([question.text, engine.name, "0", f"lost: {exc}"])
                loaded.engines.remove(engine)
                continue
            if agreement is None:
                continue
            found += agreement.differences
            verdict = f"{len(agreement.differences)} differ" if agreement.differences else "equal"
            failed = f"; {agreement.failed} without a whole answer" if agreement.failed else ""
            rows.append([question.text, engine.name, str(agreement.compared), verdict + failed])
    text = table(["question", "engine", "pairs compared with cuibono", "answers"], rows)
    lines = [f"* {each}" for each in found[:20]]
    return "\n\n".join([text, *(["\n".join(lines)] if lines else [])]), found


def _time(loaded: Run, pairs: Sequence[Pair], options: Options) -> str:
    rows = []
    for question in make_questions(options.nodes):
        base: Timing | None = None
        for engine in list(loaded.engines):
            call = engine.ask(question)
            if call is None:
                continue
            try:
                with _watched(loaded, options.budget_s):
                    timing = time_calls(call, pairs, options.budget_s)
            except (EngineLost, CallFailed) as exc:
                rows.append([question.text, engine.name, *[""] * 6, f"lost: {exc}"])
                loaded.engines.remove(engine)
                continue
            base = base or timing
            rows.append(_row(question, engine, timing, base))
    return table(HEADS, rows)


def _time_identities(network: Generated, pairs: Sequence[Pair], options: Options) -> str:
    """The same questions where some parties count as one. No peer has identities."""
    questions = (PLAIN, make_questions(options.nodes)[3])
    rows: dict[Question, list[list[str]]] = {question: [] for question in questions}
    base: dict[Question, Timing] = {}
    for count in (0, options.nodes // 10_000, options.nodes // 1000):
        csr = network.with_identities(count, options.seed).build()
        engine = Embedded(csr, network.ids, f"cuibono, {count:,} identities")
        for question in questions:
            timing = time_calls(engine.ask(question), pairs, options.budget_s)
            first = base.setdefault(question, timing)
            rows[question].append(_row(question, engine, timing, first))
    return table(HEADS, [row for question in questions for row in rows[question]])


def _row(question: Question, engine: Engine, timing: Timing, base: Timing) -> list[str]:
    remarks = [f"{timing.warm_up} before", timing.note]
    return [
        question.text,
        engine.name,
        f"{len(timing.seconds):,}",
        ms(timing.p(0.5)),
        ms(timing.p(0.99)),
        ms(timing.mean),
        times(timing.p(0.5) / base.p(0.5)),
        times(timing.p(0.99) / base.p(0.99)),
        "; ".join(each for each in remarks if each),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
