"""The benchmarks run at a tiny size; no figure is asserted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import cold, measure
from benchmarks.agree import compare
from benchmarks.embedded_engine import Embedded
from benchmarks.generate import SHARES, NumberedIds, generate
from benchmarks.neo4j_server import write_csv
from benchmarks.paths import Options, choose_pairs, run
from benchmarks.questions import PLAIN, Answer, Pair, Question, make_questions
from cuibono.demo import SAMPLE

NODES, SEED = 2000, 7


def make_options(folder: Path, *engines: str) -> Options:
    return Options(NODES, SEED, 10, engines, budget_s=0.2, folder=folder, cold=False)


def test_every_question_is_answered_equally_and_timed(tmp_path: Path) -> None:
    report, differences = run(make_options(tmp_path, "embedded", "networkx"))
    assert differences == []
    agreement, times = report.split("## Agreement")[1].split("## Times")
    for question in make_questions(NODES):
        assert question.text in agreement
        assert times.count(question.text) >= 2


def test_a_wrong_answer_is_reported_with_its_pair() -> None:
    network = generate(NODES, SEED)
    ours = Embedded(network.build(), network.ids)
    pairs = choose_pairs(network, ours, make_options(Path()))

    class Wrong:
        name = "wrong"

        def ask(self, question: Question) -> object:
            def find(pair: Pair) -> Answer:
                return 99 if pair == pairs[0] else ours.ask(question)(pair)

            return find

    agreement = compare(PLAIN, ours, Wrong(), pairs, 5)  # type: ignore[arg-type]
    assert agreement is not None
    (found,) = agreement.differences
    assert (found.pair, found.theirs) == (pairs[0], 99)


def test_a_seed_gives_one_network_of_the_described_shape() -> None:
    one, two = generate(NODES, SEED), generate(NODES, SEED)
    assert np.array_equal(one.source, two.source)
    assert not np.array_equal(one.source, generate(NODES, SEED + 1).source)
    assert [int((one.sorts == sort).sum()) for sort in range(3)] == [
        round(share * NODES) for share in SHARES
    ]
    assert len(one.source) == pytest.approx(2.5 * NODES, rel=0.01)


def test_numbered_ids_are_in_the_order_of_their_indices() -> None:
    ids = NumberedIds(20)
    names = [ids.name(index) for index in range(20)]
    assert names == sorted(names)
    assert [ids.find(name) for name in names] == list(range(20))
    assert ids.find(ids.name(20)) is None


@pytest.mark.parametrize("full", [False, True])
def test_the_files_for_neo4j_hold_every_node_and_link(tmp_path: Path, full: bool) -> None:
    network = generate(NODES, SEED)
    nodes, links = write_csv(network, tmp_path, full=full)
    assert len(nodes.read_text().splitlines()) == NODES + 1
    lines = links.read_text().splitlines()
    assert len(lines) == len(network.source) + 1
    assert ('"id"' in lines[0]) == full
    assert lines[1].startswith(f'"{network.ids.name(int(network.source[0]))}"')


def test_a_failed_call_counts_and_the_budget_cuts() -> None:
    def fail(_: int) -> None:
        raise measure.CallFailed

    timing = measure.time_calls(fail, range(10), budget_s=0)
    assert (len(timing.seconds), timing.asked, timing.failed) == (1, 10, 1)
    assert "cut by budget" in timing.note
    assert "1 ended without a whole answer" in timing.note


def test_each_step_from_files_to_an_answer_runs(tmp_path: Path) -> None:
    root = str(tmp_path / "workspace")
    first = cold.load_list(root, "evidence", str(SAMPLE))
    again = cold.load_again(root, "evidence", str(SAMPLE))
    assert not again["new"]
    assert again["unchanged"]
    ends = cold.find_ends(root)
    assert cold.first_path(root, ends["source"], ends["target"])["paths"] >= 1
    searched = cold.search_names(root, "1")
    assert searched["rows"]["cuibono"]["found"] == searched["rows"]["cuibono"]["n"]
    ours, theirs = (cold.clean_statements(root, how) for how in ("columns", "entities"))
    assert ours["statements"] == theirs["statements"] <= first["statements"]
