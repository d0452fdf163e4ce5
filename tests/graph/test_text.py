"""Wording: who said what and when, with its scope; never a verdict on a person."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import text
from graph.model import Link, Percentage
from graph.network import NearestQuery, NeighbourQuery, PolicyRule
from tests.data import PROJECT
from tests.oracle.ask import iter_cases
from tests.oracle.worlds import entity, link, said

VERDICT = re.compile(r"terroris|guilt|criminal|culprit|offender|suspect", re.IGNORECASE)
PARTIES = {each: entity(each) for each in ("a", "b")}


@settings(max_examples=40, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(st.integers(0, 2**32))
def test_no_text_calls_anybody_guilty_and_no_path_has_its_scope(seed: int) -> None:
    for case in iter_cases([seed]):
        answer = case.network.paths(case.query)
        nearest = case.network.nearest(NearestQuery(
            source=case.query.sources[0], filters=case.query.filters, policy=case.query.policy,
            max_hops=case.query.max_hops))  # fmt: skip
        case.network.neighbours(NeighbourQuery(source=case.query.sources[0]))
        texts = [answer.statement, nearest.statement]
        texts += [each.text for each in answer.paths] + [each.weakest.why for each in answer.paths]
        assert not any(VERDICT.search(each) for each in texts)
        assert "in snapshot oracle" in answer.statement
        if not answer.paths:
            assert f"No path of at most {case.query.max_hops} hops between" in answer.statement
        if not nearest.nearest:
            assert f"within {case.query.max_hops} hops of" in nearest.statement
            assert nearest.statement.startswith("No listed party")
            assert "in snapshot oracle" in nearest.statement
        stated = case.query.filters.model_dump(exclude_defaults=True)
        for name in stated:
            assert name.replace("_", " ") in answer.statement
        if case.query.policy.lift:
            assert "lifted" in answer.statement


def test_every_link_of_a_path_is_in_its_text_with_source_and_status() -> None:
    for case in iter_cases(range(900, 930)):
        answer = case.network.paths(case.query)
        for path in answer.paths:
            for each in [one for hop in path.hops for one in hop.links]:
                found = answer.links[each]
                assert text.describe_link(found, answer.nodes) in path.text
                assert f"({found.status}: " in text.describe_link(found, answer.nodes)


def test_the_code_holds_no_verdicts() -> None:
    """Apart from the sentence that forbids them, and the names of lists and regulations."""
    for path in sorted((PROJECT / "graph").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        strings = re.findall(r'"([^"\n]*)"', re.sub(r'"""(?:.|\n)*?"""', "", source))
        found = [each for each in strings if re.search(r"terrorist|guilty", each, re.IGNORECASE)]
        assert not found, path


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (link("1", "a", "b", schema="Ownership", role="owner"),
         "A – owner – B (asserted: A, undated)"),
        (link("1", "a", "b", start="[..2006-03]", evidence=(said("Treasury", "2010-12-09"),)),
         "A – linked to – B, since 2006-03 at the latest (asserted: Treasury, 2010-12-09)"),
        (link("1", "a", "b", kind="claim", role="partner", status="refuted",
              evidence=(said("A", "2015"), said("B", None, "denies"))),
         "A – partner (claimed) – B (refuted: A, 2015), denied by B, undated"),
        (link("1", "a", "b", kind="derived", role="shared premises", value="62 X St", sharers=2),
         "A – shared premises: 62 X St – B (asserted: A, undated)"),
    ],
)  # fmt: skip
def test_a_link_in_words(made: Link, words: str) -> None:
    assert text.describe_link(made, PARTIES) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Percentage(minimum=50, maximum=50), "owner, 50 %"),
        (
            Percentage(minimum=25, maximum=50, minimum_open=True),
            "owner, more than 25 %, at most 50 %",
        ),
        (Percentage(minimum=75, maximum=100), "owner, at least 75 %, at most 100 %"),
        (None, "owner"),
    ],
)  # fmt: skip
def test_a_band_stays_a_band(share: Percentage | None, words: str) -> None:
    made = link("1", "a", "b", schema="Ownership", role="owner", percentage=share)
    assert text.link_words(made) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, ""),
        ("1963", None, "since 1963"),
        (None, "2015-03-13", "until 2015-03-13"),
        ("2006~", "2015-03-13", "from about 2006 to 2015-03-13"),
        ("[2015-03..]", None, "since 2015-03 at the earliest"),
        ("1951/1953", None, "since some time between 1951 and 1953"),
    ],
)
def test_dates_keep_their_precision(start: str | None, end: str | None, words: str) -> None:
    assert text.date_words(start, end) == words


def test_a_relayed_report_names_both() -> None:
    made = link("1", "a", "b", evidence=(said("The Point").model_copy(
        update={"relays": "Reuters"}),))  # fmt: skip
    assert "The Point, via Reuters" in text.describe_link(made, PARTIES)


def test_every_rule_has_words() -> None:
    assert set(text.POLICY_WORDS) == set(PolicyRule)
