"""Captures: what is kept of a page, and whether a quotation stands in it."""

from __future__ import annotations

import csv
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ConfigurationError, ParseError
from graph.tables import EVIDENCE
from ingest.archive import Archive
from ingest.captures import (
    HTML,
    MARKDOWN,
    PDF,
    TEXT,
    Captures,
    address_key,
    find_pages,
    read_page,
)
from ingest.quotations import find_quotation, normalise
from ingest.verify import Verifier
from tests.data import PROJECT, require_data
from tests.ingest.test_evidence import codes, read_case

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
URL = "https://example.org/news/zed"
SAMPLES = PROJECT / "cuibono" / "sample"
RELEASE = """---
title: 'Example Office Names Zed'
date: 2020-01-02T08:00:00-05:00
url: /news/press-releases/zz0001
---
**WASHINGTON** – The Office named **Zed Trading** ([Zed](https://example.org)) &amp; others today.

### ZED’S OWNERS

Ali Example *owns* Zed Trading. He is
its manager.
"""
PAGE = """<!doctype html><html><head><title>Zed &amp; Sons</title>
<link rel="canonical" href="https://example.org/news/zed">
<style>p {color: red}</style><script>var hidden = "secret words";</script></head>
<body><nav>Home</nav><p>Ali <b>Exam</b>ple owns&nbsp;Zed&#8217;s shop<br>in Port Zed.</p>
<table><tr><td>Owner</td><td>Ali</td></tr></table><!-- a comment --></body></html>"""


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(Archive(tmp_path / "archive"))


def save(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Quotations.


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("owned 50 percent", "He owned\n 50  percent of it."),
        ("“Zed” – the firm’s", '"Zed" - the firm\'s owner'),
        ("since—at least—2006", "since - at least – 2006"),
        ("Zed … in Port Zed", "Zed owns a shop in Port Zed."),
        ("Zed [...] in Port Zed", "Zed owns a shop in Port Zed."),
        ("Zed ... in Port Zed", "Zed owns a shop in Port Zed."),
        ("ownes [sic] Zed", "He ownes Zed."),
        ("co\u00adoperation", "co\u200boperation with Zed"),
        ("ﬁnanced Zed", "financed Zed"),
        ("Husayn Example", "Ali andHusayn Example met."),  # a blank that the page has lost
        ("Zed…", "Zed and nothing else"),
    ],
)
def test_typography_is_no_difference(quote: str, text: str) -> None:
    assert find_quotation(quote, normalise(text))


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("zed owns it", "Zed owns it."),  # case
        ("Zed owns it", "Zed owned it."),
        ("owned by Zed", "disowned by Zed"),  # a part of another word
        ("sanctioned", "unsanctioned"),
        ("Port Zed … shop", "A shop in Port Zed."),  # the order of parts
        ("He is [not] an owner", "He is an owner"),  # words that are not in the text
        ("…", "anything"),
        ("", "anything"),
        ("Zed … Zed", "Zed once."),
    ],
)
def test_words_case_and_order_are(quote: str, text: str) -> None:
    assert not find_quotation(quote, normalise(text))


@given(st.text(max_size=60))
def test_a_text_in_one_form_stays_so(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(
    st.lists(st.text("abcdé", min_size=2, max_size=6), min_size=3, max_size=12),
    st.data(),
)
def test_every_run_of_words_is_found_in_its_text(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert find_quotation(" ".join(words[start:end]), normalise(" ".join(words)))


# Pages.


def test_html_becomes_its_visible_words(tmp_path: Path) -> None:
    page = read_page(save(tmp_path, "zed.html", PAGE))
    assert (page.media_type, page.url, page.title) == (HTML, URL, "Zed & Sons")
    text = normalise(page.text)
    assert find_quotation("Ali Example owns Zed's shop in Port Zed.", text)
    assert find_quotation("Owner Ali", text)  # cells do not run together
    assert "secret" not in text
    assert "comment" not in text


def test_markdown_loses_its_marks_and_states_its_address(tmp_path: Path) -> None:
    page = read_page(save(tmp_path, "zed.md", RELEASE))
    assert page.media_type == MARKDOWN
    assert page.url == "https://home.treasury.gov/news/press-releases/zz0001"
    assert (page.title, page.date) == ("Example Office Names Zed", "2020-01-02")
    text = normalise(page.text)
    assert find_quotation("named Zed Trading (Zed) & others today", text)
    assert find_quotation("Ali Example owns Zed Trading. He is its manager.", text)
    assert "url:" not in text


def test_what_the_bytes_are_counts_more_than_the_name(tmp_path: Path) -> None:
    assert read_page(save(tmp_path, "a.txt", PAGE)).media_type == HTML
    assert read_page(save(tmp_path, "a.html", b"%PDF-1.7 ...")).media_type == PDF
    assert read_page(save(tmp_path, "a.pdf", "plain words")).media_type == TEXT
    cp1252 = read_page(save(tmp_path, "b.txt", "Caf\u00e9 \u201cZed\u201d".encode("cp1252")))
    assert find_quotation('Café "Zed"', normalise(cp1252.text))


def test_a_broken_page_is_no_crash(tmp_path: Path) -> None:
    for content in ("<html>", "<!doctype html><p><b>Zed", "---\n: [\n---\nZed", "<html>\0</html>"):
        read_page(save(tmp_path, "a.html", content))
    with pytest.raises(ParseError, match="holds 0 bytes"):
        read_page(save(tmp_path, "b.html", ""))


# The register.


def test_a_capture_is_kept_under_its_digest_and_found_by_its_address(
    captures: Captures, tmp_path: Path
) -> None:
    made = captures.add(save(tmp_path, "zed.html", PAGE), now=NOW)
    assert made.captured_at == "2026-01-02T03:04:05+00:00"
    assert captures.find("http://www.example.org/news/zed/#top") == [made]
    assert captures.find("https://example.org/news/other") == []
    register = tmp_path / "archive" / "captures" / f"{made.sha256}.json"
    assert URL in register.read_text()
    again = captures.add(save(tmp_path, "copy.html", PAGE))
    assert again == made  # the same bytes: the first capture stands
    assert captures.list_all() == [made]


def test_one_file_may_stand_at_two_addresses(captures: Captures, tmp_path: Path) -> None:
    path = save(tmp_path, "zed.txt", "Zed owns it.")
    captures.add(path, URL, now=NOW)
    both = captures.add(path, f"{URL}?print=1", now=NOW)
    assert both.urls == (URL, f"{URL}?print=1")
    assert address_key(URL) != address_key(f"{URL}?print=1")


def test_a_page_without_an_address_is_refused(captures: Captures, tmp_path: Path) -> None:
    path = save(tmp_path, "zed.txt", "Zed owns it.")
    for url in (None, "ftp://example.org/a", "https://example.org/a b", "javascript:x"):
        with pytest.raises(ParseError, match="--url"):
            captures.add(path, url)
    assert captures.list_all() == []


def test_a_damaged_register_names_itself(captures: Captures, tmp_path: Path) -> None:
    made = captures.add(save(tmp_path, "zed.html", PAGE), now=NOW)
    register = tmp_path / "archive" / "captures" / f"{made.sha256}.json"
    register.write_text("{}")
    with pytest.raises(ConfigurationError, match=made.sha256):
        captures.list_all()


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    save(tmp_path, "zed.csv", "a,b")
    with pytest.raises(ParseError, match="holds no page"):
        find_pages(tmp_path)


# Verdicts.


def test_a_quotation_is_verified_not_found_or_without_a_copy(
    captures: Captures, tmp_path: Path
) -> None:
    old = captures.add(save(tmp_path, "old.txt", "Zed owned it."), URL, now=NOW)
    new = captures.add(save(tmp_path, "new.txt", "Zed owns it."), URL, now=NOW.replace(year=2027))
    pdf = captures.add(save(tmp_path, "a.pdf", b"%PDF-1.7 Zed owns it"), f"{URL}.pdf", now=NOW)
    verifier = Verifier(captures)
    assert verifier.check("Zed owns it", URL) == ("verified", new.sha256)
    assert verifier.check("Zed owned it", URL) == ("verified", old.sha256)
    assert verifier.check("Zed sold it", URL) == ("not found", new.sha256)
    assert verifier.check("Zed owns it", f"{URL}.pdf") == ("no copy", pdf.sha256)
    assert verifier.check("Zed owns it", "https://example.org/other") == ("no copy", None)


def test_lists_are_looked_up_only_where_their_address_was_captured(
    captures: Captures, tmp_path: Path
) -> None:
    rows = [
        {"relation_id": "1", "quote": "Zed owns it", "source_url": URL},
        {"relation_id": "2", "quote": None, "source_url": URL},
        {"relation_id": "3", "quote": "Zed owns it", "source_url": "https://example.org/list"},
    ]
    table = pa.Table.from_pylist(rows, schema=EVIDENCE)
    assert Verifier(captures).annotate("xx_list", table) is table
    people = Verifier(captures).annotate("case_zed", table)
    assert people["quotation"].to_pylist() == ["no copy", None, "no copy"]
    captures.add(save(tmp_path, "a.txt", "Zed owns it."), URL, now=NOW)
    listed = Verifier(captures).annotate("xx_list", table)
    assert listed["quotation"].to_pylist() == ["verified", None, None]
    assert listed.schema == EVIDENCE


# The sample cases, against the releases themselves.


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Captures:
    folder = require_data("us_treasury_press")
    root = tmp_path_factory.mktemp("releases")
    with tarfile.open(folder / "press_releases_13224_hizballah.tar.xz") as archive:
        archive.extractall(root, filter="data")
    captures = Captures(Archive(root / "archive"))
    for path in [*find_pages(folder / "md"), *sorted(root.rglob("*.md"))]:
        captures.add(path, now=NOW)
    return captures


@pytest.mark.lists
@pytest.mark.parametrize(
    ("case", "least"), [("tajideen", 70), ("exchange_houses", 20), ("airline_agents", 25)]
)
def test_every_treasury_quotation_of_a_sample_case_is_verified(
    releases: Captures, case: str, least: int
) -> None:
    verifier = Verifier(releases)
    with (SAMPLES / case / "evidence.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    quotes = [
        (row[f"{side}quote"], row[f"{side}source_url"] or row["source_url"])
        for row in rows
        for side in ("", "denied_")
        if row.get(f"{side}quote")
    ]
    treasury = [each for each in quotes if "home.treasury.gov" in each[1]]
    assert len(treasury) >= least
    assert [each for each in treasury if verifier.check(*each).quotation != "verified"] == []
    if case != "tajideen":
        assert treasury == quotes


@pytest.mark.parametrize("case", ["exchange_houses", "airline_agents"])
def test_the_further_sample_cases_load_without_an_issue(case: str, tmp_path: Path) -> None:
    tables, issues = read_case(SAMPLES / case, tmp_path / "out")
    assert codes(issues) == []
    assert tables["relations"]
    said = [row["quote"] for row in tables["evidence"]]
    assert all(said)
    assert max(map(len, said)) <= 300
