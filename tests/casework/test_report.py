"""The report: whole, honest, inert, and the same bytes for the same input."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from casework.model import SearchQuery
from casework.report import ReportInput, write_report
from casework.report.content import find_web_address
from casework.report.write import isolate, render_html, render_json
from graph.model import LinkKind, Status
from graph.network import NearestQuery, PathAnswer, PathQuery, PolicyRule, Pruned
from tests.api.fake import (
    CLAIM,
    EVENT,
    HOSTILE,
    LINKS,
    LISTS,
    FakeInvestigation,
    FakeNetwork,
    make_evidence,
)

QUERY = PathQuery(sources=("xx-1",), targets=("xx-4",))


def make_answer(**changes: object) -> PathAnswer:
    """Paths from Alpha to the company with the Arabic name, a claim beside them."""
    network = FakeNetwork()
    answer = network.paths(QUERY)
    given = {
        "links": {**answer.links, CLAIM.id: CLAIM},
        "nodes": {**answer.nodes, **network.get_entities(["xx-5"])},
        "beside": (CLAIM.id,),
    }
    return answer.model_copy(update={**given, **changes})


def make_report(**changes: object) -> ReportInput:
    """A report of everything."""
    report = ReportInput(
        question="How is ALPHA, Example connected with شركة مثال?",
        made_on="2024-02-03",
        version="0.1.0",
        snapshot="s-1",
        config_hash="cfg-1",
        lists=LISTS,
        searches=(FakeInvestigation().search(SearchQuery(q="alpha")),),
        query=QUERY,
        answer=make_answer(),
        events=(EVENT,),
        not_checked=("Bank accounts were not checked.",),
    )
    return report.model_copy(update=changes)


class Reader(HTMLParser):
    """Collects tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.feed(page)
        self.text = re.sub(r"\s+", " ", "".join(self.parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def test_a_report_is_a_page_and_json_beside_it(tmp_path: Path) -> None:
    page = write_report(tmp_path / "out", make_report())
    assert page == tmp_path / "out" / "report.html"
    assert json.loads(page.with_suffix(".json").read_text("utf-8"))["snapshot"] == "s-1"
    named = write_report(tmp_path / "alpha.html", make_report())
    assert named.name == "alpha.html"
    assert (tmp_path / "alpha.json").exists()


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    first, second = (write_report(tmp_path / name, make_report()) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert first.with_suffix(".json").read_bytes() == second.with_suffix(".json").read_bytes()


@pytest.mark.parametrize(
    "expected",
    [
        "How is ALPHA, Example connected with شركة مثال?",
        "Made on 2024-02-03 from snapshot s-1",
        "listed by Invented Authority (PROG) since 2010-12-09",
        "since 2006-03 at the latest",
        "Stated by Invented Authority, 2010-12-09",
        "“Beta is owned by Alpha.”",
        "xx_case, record row 1, case.csv:2",
        "cd" * 32,
        "Possibly all at once from 2011-01-01 to 2015-03-13; on no day for certain.",
        "hop 3: one source only",
        "shared premises: 1 Invented Street",
        "computed from a value that 2 parties share",
        "Denied by <b>Gamma</b>, 2012",
        "has a disputed hop",
        "claimed partner (claimed)",
        "refuted",
        "2019-06-07",
        "settlement",
        "The search was complete within its scope.",
        "having looked at 5 parties and 6 link ends",
        "Connections of more than 6 hops.",
        "Bank accounts were not checked.",
        "Invented list",
        "2024-02-02T08:00:00Z",
        "ab" * 32,
        "possible match",
        "configuration cfg-1",
        "not a finding about anyone",
    ],
)
def test_a_report_holds_what_a_reader_must_know(expected: str) -> None:
    assert expected in Reader(render_html(make_report())).text


def test_hostile_names_are_text() -> None:
    page = render_html(make_report(question=f"What about {HOSTILE}?"))
    reader = Reader(page)
    assert HOSTILE in reader.text
    assert not {"script", "img", "iframe", "object", "form", "link", "svg"} & {
        tag for tag, _ in reader.tags
    }
    assert not any(name.startswith("on") for _, attributes in reader.tags for name in attributes)


def test_only_web_addresses_become_links_and_lead_away_without_a_trace() -> None:
    reader = Reader(render_html(make_report()))
    links = [attributes for tag, attributes in reader.tags if tag == "a"]
    assert {link["href"] for link in links} == {"https://authority.example/note/1"}
    assert all(link["rel"] == "noopener noreferrer nofollow" for link in links)
    assert "javascript:alert(1)" in reader.text
    loaded = [
        attributes
        for _, attributes in reader.tags
        if {"src", "srcset", "background", "data", "poster"} & set(attributes)
    ]
    assert loaded == []


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "https:",
        "https://a b",
        "https://[",
        "java\nscript:x",
        " https://a.example",
        "",
        None,
    ],
)
def test_anything_but_a_web_address_is_no_link(text: str | None) -> None:
    assert find_web_address(text) == ""


def test_the_page_forbids_everything_but_its_own_style() -> None:
    page = render_html(make_report())
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'\""
    ) in page
    assert "url(" not in style
    assert "@import" not in style
    assert " style=" not in page


def test_every_name_is_isolated_from_the_direction_of_its_neighbours() -> None:
    page = render_html(make_report())
    for place in re.finditer("شركة مثال", page.partition("</title>")[2]):
        before = page.partition("</title>")[2][: place.start()]
        assert before.rpartition("<")[2].startswith('bdi dir="auto"'), before[-80:]


def test_a_sentence_isolates_the_longest_names_in_it_and_stays_escaped() -> None:
    assert isolate("A <b> met A <b> Ltd.", ["A <b> Ltd", "A <b>"]) == (
        '<bdi dir="auto">A &lt;b&gt;</bdi> met <bdi dir="auto">A &lt;b&gt; Ltd</bdi>.'
    )


def test_control_and_override_characters_are_replaced() -> None:
    page = render_html(make_report(question="A\u202eB\x00C"))
    assert "A\ufffdB\ufffdC" in page
    assert "\u202e" not in page


def test_derived_links_are_dashed_disputed_ones_marked_refuted_ones_struck_through() -> None:
    page = render_html(make_report())
    assert 'class="tie derived"' in page
    assert 'class="tie stated disputed"' in page
    assert 'class="words refuted"' in page


def test_identities_that_a_path_relies_on_are_named_with_their_probability() -> None:
    same = LINKS[0].model_copy(
        update={
            "id": "same",
            "kind": LinkKind.IDENTITY,
            "status": Status.PROPOSED,
            "probability": 0.82,
            "evidence": (make_evidence(by="resolver"),),
        }
    )
    answer = make_answer()
    path = answer.paths[0].model_copy(update={"identity_links": ("same",)})
    answer = make_answer(paths=(path,), links={**answer.links, "same": same})
    text = Reader(render_html(make_report(answer=answer))).text
    assert "If one of these is wrong, the path does not hold" in text
    assert "inferred, not decided; probability 0.82" in text
    assert "Paths over identities that were inferred and not confirmed." in text


def test_a_cut_search_and_the_hub_policy_are_said() -> None:
    pruned = Pruned(hubs_met=3, hubs=("xx-2",), hops_without_policy=2, rules=(PolicyRule.HUBS,))
    answer = make_answer(status="partial", stop_reason="budget", paths=(), pruned=pruned)
    text = Reader(render_html(make_report(answer=answer))).text
    assert "The search is incomplete: a limit cut it." in text
    assert "connections may exist that it did not reach" in text
    assert "3 hubs were met" in text
    assert "Without the hub policy a path of 2 hops exists." in text


def test_the_nearest_listed_parties_can_be_reported() -> None:
    query = NearestQuery(source="xx-4")
    report = make_report(query=query, answer=FakeNetwork().nearest(query))
    assert "Nearest 1: ALPHA, Example" in Reader(render_html(report)).text


def test_a_search_alone_can_be_reported() -> None:
    empty = FakeInvestigation().search(SearchQuery(q="nobody"))
    report = make_report(query=None, answer=None, searches=(empty,), events=())
    text = Reader(render_html(report)).text
    assert empty.statement in text
    assert "clear" not in text.lower()


def test_no_word_of_guilt_is_written() -> None:
    report = make_report(searches=(), events=())
    for text in (Reader(render_html(report)).text, render_json(report)):
        assert not re.search(r"terrorist|guilt|criminal|suspect", text, re.IGNORECASE)
