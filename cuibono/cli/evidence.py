"""Commands on evidence: add the bytes behind it, propose rows, review and accept them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuibono.cli.options import Card
from cuibono.cli.session import DONE, Session
from graph.errors import ConfigurationError, QueryError

if TYPE_CHECKING:
    from ingest.captures import Capture

Sheet = Annotated[Path, typer.Argument(metavar="SHEET", help="Sheet made by `evidence propose`.")]


def run_add(
    session: Session,
    capture: Annotated[
        Path,
        typer.Option(
            "--capture",
            metavar="PATH",
            help="Page or document as saved (HTML, Markdown, text, PDF), or a folder of such.",
        ),
    ],
    card: Card,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="URL",
            help="Where it was taken from; default: what the page says of itself.",
        ),
    ] = None,
) -> int:
    """Archive the page behind evidence. The next build checks quotations against it."""
    from ingest.captures import check_all, find_pages

    if not capture.exists():
        raise ConfigurationError(f"{str(capture)!r} does not exist; give a file or a folder.")
    paths = find_pages(capture)
    if url and len(paths) > 1:
        raise QueryError("--url is for one page; the pages of a folder name their own.")
    if url is None:
        check_all(paths)
    register = session.workspace.captures
    captures = [register.add(path, url) for path in paths]
    if session.out.format == "json":
        session.out.write_json(captures)
        return DONE
    for each in captures:
        session.out.write(_describe(each))
    session.out.message(f"{len(captures)} archived; run `cuibono build` to check quotations")
    return DONE


def _describe(capture: Capture) -> str:
    from cuibono.render.clean import clean

    note = "" if capture.searchable else "  stored, but not searchable: quotations stay unchecked"
    return clean(f"{capture.sha256[:12]}  {capture.urls[-1]}  {capture.title}{note}")


def run_propose(
    session: Session,
    source: Annotated[
        Path,
        typer.Option("--from", metavar="PATH", help="A press release, or a folder of releases."),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="SHEET", help="CSV file for the proposals.")
    ],
    card: Card,
) -> int:
    """Propose evidence rows from press releases. Nothing enters the graph unreviewed."""
    from casework.proposals import ListedNames, merge_sheet, write_sheet
    from ingest.captures import find_pages
    from ingest.press.proposals import propose
    from ingest.press.release import read_release

    if not source.exists():
        raise ConfigurationError(f"{str(source)!r} does not exist; give a file or a folder.")
    listed = ListedNames.open(session.settings.workspace)
    rows: list[dict[str, str]] = []
    paths = find_pages(source)
    for path in paths:
        rows += propose(read_release(path), listed.find)
    merged = merge_sheet(output, rows)
    write_sheet(output, merged)
    if session.out.format == "json":
        session.out.write_json(rows)
    session.out.message(
        f"{len(rows)} proposals from {len(paths)} documents in {output}; decide them with "
        f"`cuibono evidence review {output}`"
    )
    return DONE


def run_review(session: Session, sheet: Sheet, card: Card) -> int:
    """Decide proposals one by one. Enter a, r, s (later) or q (stop)."""
    from casework.proposals import ACCEPT, REJECT, count_decisions, read_sheet, write_sheet
    from ingest.press.proposals import iter_undecided

    rows = read_sheet(sheet)
    waiting = list(iter_undecided(rows))
    for number, row in enumerate(waiting, 1):
        session.out.write(_show(row, number, len(waiting)))
        answer = _ask()
        if answer == "q":
            break
        row["decision"] = {"a": ACCEPT, "r": REJECT}.get(answer, "")
        if row["decision"]:
            write_sheet(sheet, rows)  # each decision at once: an interrupted review keeps them
    counts = count_decisions(rows)
    if session.out.format == "json":
        session.out.write_json(counts)
    session.out.message(", ".join(f"{number} {name}" for name, number in counts.items()))
    return DONE


def _ask() -> str:
    while True:
        sys.stderr.write("accept, reject, skip or quit [a/r/s/q]? ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        word = line.strip().lower()[:1]
        if not line or word == "q":  # the end of a pipe ends the review
            return "q"
        if word in ("a", "r", "s"):
            return word


def _show(row: dict[str, str], number: int, total: int) -> str:
    from cuibono.render.clean import clean

    period = f" ({row['start_date']} – {row['end_date']})" if row["start_date"] else ""
    lines = [
        f"[{number}/{total}] {row['subject']} <{row['subject_id']}>",
        f"    {row['relation_schema']}: {row['role']}{period}",
        f"    {row['object']} <{row['object_id']}>",
        f"    “{row['quote']}”",
        f"    {row['source_title']} · {row['source_url']}",
        *([f"    note: {row['note']}"] if row["note"] else []),
    ]
    return "\n".join(line[: len(line) - len(line.lstrip())] + clean(line) for line in lines)


def run_accept(
    session: Session,
    sheet: Sheet,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="Evidence file (CSV) to add them to."),
    ],
    card: Card,
) -> int:
    """Move accepted proposals into an evidence file. Load it with `cuibono load evidence`."""
    from casework.proposals import accept_rows, count_decisions, read_sheet

    rows = read_sheet(sheet)
    written, repeated = accept_rows(rows, output)
    counts = count_decisions(rows)
    if session.out.format == "json":
        session.out.write_json({"written": written, "already_there": repeated, **counts})
    session.out.message(
        f"{written} rows added to {output}, {repeated} already there; {counts['reject']} rejected, "
        f"{counts['open']} open"
    )
    return DONE
