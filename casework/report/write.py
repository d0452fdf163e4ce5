"""Writes a report: HTML with print style, no script and no outside reference; JSON beside it.

Names and quotations come from lists and are hostile text: the template escapes everything, and the
page forbids itself scripts, images, frames, forms and any connection.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from casework.report.content import (
    WORDING,
    ReportInput,
    describe_not_checked,
    describe_scope,
    make_links,
    make_paths,
    make_sources,
)
from graph.model import Event
from graph.network import PathAnswer
from graph.text import date_words

_FOLDER = Path(__file__).parent
# Bidirectional overrides would reorder what stands beside them; NUL and the like end some readers.
_CONTROLS = {*range(0x20), 0x7F, *range(0x202A, 0x202F)} - set(map(ord, "\t\n\r"))
_INVISIBLE = dict.fromkeys(_CONTROLS, "\ufffd")


def write_report(target: Path, report: ReportInput) -> Path:
    """Write a report and its JSON.

    Args:
        target: A folder, which then holds `report.html` and `report.json`, or the name of the HTML
            file (ending in .html), beside which the JSON is put.
        report: What it holds. Equal input gives equal bytes.

    Returns:
        The HTML file.
    """
    page = target if target.suffix.lower() in (".html", ".htm") else target / "report.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render_html(report), "utf-8", newline="\n")
    page.with_suffix(".json").write_text(render_json(report), "utf-8", newline="\n")
    return page


def render_json(report: ReportInput) -> str:
    """Input and derived content as JSON, keys sorted."""
    content: dict[str, Any] = {
        **report.model_dump(mode="json"),
        "scope": [{"name": name, "value": value} for name, value in describe_scope(report)],
        "not_checked": describe_not_checked(report),
        "wording": list(WORDING),
    }
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def render_html(report: ReportInput) -> str:
    """The page as text."""
    style = (_FOLDER / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    names = _find_names(report)
    environment.filters["isolate"] = lambda text: isolate(text, names)
    answer = report.answer
    beside = answer.beside if isinstance(answer, PathAnswer) else ()
    undecided = answer.indeterminate if isinstance(answer, PathAnswer) else ()
    return environment.get_template("report.html.j2").render(
        report=report,
        answer=answer,
        style=style,
        style_digest=digest,
        scope=describe_scope(report),
        paths=make_paths(report),
        beside=make_links(beside, answer) if answer else (),
        undecided=make_links(undecided, answer) if answer else (),
        events=[_event_row(event, report) for event in report.events],
        not_checked=describe_not_checked(report),
        wording=WORDING,
    )


def isolate(text: str, names: Sequence[str]) -> Markup:
    """A generated sentence as HTML with each name in it set apart.

    A right-to-left name would otherwise reorder the digits and punctuation beside it.

    Args:
        text: The sentence.
        names: Names that may occur in it, longest first.
    """
    if not names:
        return _bdi(text)
    parts = re.split("(" + "|".join(map(re.escape, names)) + ")", text)
    inner = (_bdi(part) if place % 2 else escape(_clean(part)) for place, part in enumerate(parts))
    return Markup("").join(inner)


def _bdi(text: str) -> Markup:
    return Markup('<bdi dir="auto">{}</bdi>').format(_clean(text))


def _find_names(report: ReportInput) -> list[str]:
    """Captions and matched names that generated sentences may hold, longest first."""
    nodes = report.answer.nodes.values() if report.answer else ()
    found = {entity.caption for entity in nodes}
    for search in report.searches:
        for hit in search.results:
            found.add(hit.entity.caption)
            for feature in hit.explanation:
                found |= {feature.query, feature.candidate}
    return sorted((name for name in found if name.strip()), key=lambda name: (-len(name), name))


def _clean(value: Any) -> Any:
    return value.translate(_INVISIBLE) if type(value) is str else value


def _event_row(event: Event, report: ReportInput) -> dict[str, Any]:
    nodes = report.answer.nodes if report.answer else {}

    def name(entity_id: str) -> str:
        return nodes[entity_id].caption if entity_id in nodes else entity_id

    return {
        "role": event.role or event.schema_,
        "left": name(event.source),
        "right": name(event.target),
        "dates": _event_dates(event),
        "status": event.status.value,
        "sources": make_sources(event.evidence),
    }


def _event_dates(event: Event) -> str:
    if event.start and not event.end:
        return date_words(event.start, event.end).removeprefix("since ")
    return date_words(event.start, event.end) or "dates not stated"
