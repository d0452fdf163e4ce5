"""Search hits with the reasons for each. A hit is a possible match for a person to judge."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from casework.model import ListVersion
from casework.search import SearchAnswer, SearchHit
from cuibono.render.dates import describe_date
from cuibono.render.layout import HEADING, QUIET, WARNING, count, heading, indent, join, line, table
from entity_resolution.evidence import FeatureResult
from graph.text import describe_listing

HIT_HEADER = ("id", "name", "schema", "score", "result", "listed", "query", "matched", "countries")


def iter_search_answer(answer: SearchAnswer) -> Iterator[RenderableType]:
    """Every hit with its explanation, then the statement and the lists that were checked."""
    for number, hit in enumerate(answer.results, 1):
        yield from iter_hit(hit, number)
    if answer.next_offset is not None:
        more = "at least " if answer.total.relation == "gte" else ""
        yield line(
            f"{more}{answer.total.value:,} hits in all: --offset {answer.next_offset}", style=QUIET
        )
    yield heading("Scope")
    yield line(answer.statement, level=1)
    for version in answer.lists:
        stale = version.stale is True
        yield line(describe_list(version), level=1, style=WARNING if stale else QUIET)
    yield line(f"snapshot {answer.snapshot}", level=1, style=QUIET)


def iter_hit(hit: SearchHit, number: int) -> Iterator[RenderableType]:
    """One hit: who, how well it fits, the two strings that matched, each feature."""
    entity = hit.entity
    yield heading(f"{number}. {entity.caption}")
    yield line(
        f"{entity.id} ({entity.schema_}) · {describe_result(hit)}, score {hit.score:.2f}", level=1
    )
    yield line(describe_listed(hit), level=1)
    strings = find_matched_strings(hit)
    if strings:
        yield line(f"matched “{strings[0]}” with “{strings[1]}”", level=1, style=HEADING)
    yield line(hit.text, level=1)
    if hit.explanation:
        yield indent(
            table(
                ("feature", "query", "candidate", "stated in", "weight (log-odds)"),
                (_feature_row(each) for each in hit.explanation),
            )
        )


def describe_result(hit: SearchHit) -> str:
    """`possible match`, and on which side of the threshold; never more than that."""
    side = "at or above the threshold" if hit.match else "below the threshold"
    return f"possible match, {side}"


def describe_listed(hit: SearchHit) -> str:
    """Which lists name the party now, and which did."""
    now = [item for item in hit.entity.listings if item.until is None]
    if now:
        return "; ".join(dict.fromkeys(map(describe_listing, now)))
    if hit.entity.listings:
        return f"delisted: {join(sorted({item.authority for item in hit.entity.listings}))}"
    return "not named by a list in this snapshot"


def find_matched_strings(hit: SearchHit) -> tuple[str, str] | None:
    """What was asked and what it met: the feature that speaks most for the hit."""
    spoken = [item for item in hit.explanation if item.query and item.candidate]
    if not spoken:
        return None
    best = max(spoken, key=lambda item: item.log_odds)
    return best.query, best.candidate


def _feature_row(feature: FeatureResult) -> list[str]:
    stated = join([feature.property or "", feature.dataset or ""])
    return [feature.name, feature.query, feature.candidate, stated, f"{feature.log_odds:+.2f}"]


def iter_hit_rows(answer: SearchAnswer) -> Iterator[list[object]]:
    """One row a hit."""
    for hit in answer.results:
        strings = find_matched_strings(hit) or ("", "")
        yield [
            hit.entity.id,
            hit.entity.caption,
            hit.entity.schema_,
            f"{hit.score:.4f}",
            describe_result(hit),
            describe_listed(hit),
            *strings,
            join(hit.entity.countries),
        ]


def describe_list(version: ListVersion) -> str:
    """One list with its date, size and whether it is older than it should be."""
    title = f"{version.title} ({version.dataset})" if version.title else version.dataset
    published = (
        f"published {describe_date(version.published)}"
        if version.published
        else "publication date not stated"
    )
    records = f", {count(version.records, 'record')}" if version.records is not None else ""
    stale = ", STALE: older than its publisher's rhythm" if version.stale else ""
    return f"{title}: {published}{records}{stale}"
