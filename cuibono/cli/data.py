"""Commands that fill a workspace and say what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuibono.cli.options import Card, Rows
from cuibono.cli.session import DONE, ERROR, Session
from graph.errors import QueryError, SourceError

if TYPE_CHECKING:
    from ingest.load import LoadReport

# Inside the commands: parquet, FollowTheMoney and rich's tables, which `--help` does not owe.

Dataset = Annotated[
    str,
    typer.Argument(
        metavar="DATASET",
        help="Name of a list (us_ofac_sdn), or a kind of own files (evidence: a case); "
        "`cuibono sources` shows them.",
    ),
]
AcceptShrink = Annotated[
    bool,
    typer.Option(
        "--accept-shrink",
        help="Load a list that lost more than a fifth, or of which a property lost as much.",
    ),
]


def run_init(session: Session) -> int:
    """Make a workspace: a folder for lists, snapshots and decisions."""
    from cuibono.workspace import Workspace

    workspace = Workspace.init(session.settings.workspace, store=session.settings.store)
    if session.out.format == "json":
        session.out.write_json(workspace.status())
    else:
        session.out.message(f"workspace {workspace.root}")
    return DONE


def run_load(
    session: Session,
    dataset: Dataset,
    location: Annotated[
        Path,
        typer.Option("--from", metavar="PATH", help="Folder or file of the published files."),
    ],
    card: Card,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            metavar="YYYY-MM-DD",
            help="Day of publication; default: what the file states, else a date in the folder's "
            "or a file's name.",
        ),
    ] = None,
    accept_shrink: AcceptShrink = False,
) -> int:
    """Read published files into the workspace. The next build uses them."""
    with session.out.transfer(f"load {dataset}") as progress:
        report = session.workspace.load(
            dataset, location, published=published, accept_shrink=accept_shrink, progress=progress
        )
    _show_load(session, report)
    return DONE


def run_fetch(
    session: Session,
    card: Card,
    dataset: Annotated[
        str | None,
        typer.Argument(metavar="[DATASET]", help="Name of a list; `cuibono sources` shows them."),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="URL_OR_PATH",
            help="A mirror: the address of a folder with the same files, or a folder or file of "
            "this machine, for which nothing calls out. [default: the publisher's address]",
            show_default=False,
        ),
    ] = None,
    sha256: Annotated[
        list[str] | None,
        typer.Option(
            "--sha256",
            metavar="[FILE=]DIGEST",
            help="The digest that the file must have; FILE= where the list has several; "
            "repeatable.",
        ),
    ] = None,
    all_stale: Annotated[
        bool,
        typer.Option(
            "--all-stale", help="Every loaded list that is older than its publisher's rhythm."
        ),
    ] = False,
    accept_shrink: AcceptShrink = False,
) -> int:
    """Download a list and load it. The only command that calls out.

    What has not changed at the publisher since the last time is neither downloaded nor loaded.
    """
    if all_stale == (dataset is not None) or (all_stale and (origin or sha256)):
        raise QueryError("Give DATASET, or --all-stale without DATASET, --from and --sha256.")
    names = session.workspace.stale() if dataset is None else [dataset]
    reports, failed = [], 0
    for name in names:
        try:
            with session.out.transfer(f"fetch {name}") as progress:
                report = session.workspace.fetch(
                    name, origin=origin, sha256=_read_digests(name, sha256 or ()),
                    accept_shrink=accept_shrink, progress=progress,
                )  # fmt: skip
        except SourceError as error:
            if not all_stale:
                raise
            session.out.error(str(error))  # the others are still fetched
            failed += 1
        else:
            reports.append(report)
            if session.out.format != "json" or not all_stale:
                _show_load(session, report)
    if all_stale and session.out.format == "json":
        session.out.write_json(reports)
    if not names:
        session.out.message("no loaded list that can be fetched is stale")
    return ERROR if failed else DONE


def _read_digests(dataset: str, given: Sequence[str]) -> dict[str, str]:
    """File name -> digest, from DIGEST or FILE=DIGEST."""
    from ingest.catalog import require_entry

    if not given:
        return {}
    names = list(require_entry(dataset).urls)
    digests = {}
    for text in given:
        name, equals, digest = text.rpartition("=")
        if not equals and len(names) != 1:
            raise QueryError(f"--sha256: {dataset} has {', '.join(names)}; give FILE=DIGEST.")
        digests[name if equals else names[0]] = digest
    return digests


def _show_load(session: Session, report: LoadReport) -> None:
    from cuibono.render.data import iter_load

    if session.out.format == "json":
        for warning in report.warnings:  # whoever pipes the document still sees them
            session.out.message(f"warning: {warning}")
        session.out.write_json(report)
    else:
        session.out.show(*iter_load(report))


def run_build(session: Session, card: Card) -> int:
    """Compute a snapshot of all that is loaded. It is published when it is whole."""
    from cuibono.render.data import iter_build

    with session.out.progress("build") as progress:
        report = session.workspace.build(progress)
    if session.out.format == "json":
        session.out.write_json(report)
    else:
        session.out.show(*iter_build(report))
    return DONE


def run_status(session: Session, card: Card) -> int:
    """Show what is loaded and published. Says how old it is and whether a build is due."""
    from cuibono.render.data import iter_status

    status = session.workspace.status()
    if session.out.format == "json":
        session.out.write_json(status)
    else:
        session.out.show(*iter_status(status))
    return DONE


def run_snapshots(session: Session, rows: Rows) -> int:
    """List the snapshots of the workspace."""
    from cuibono.render.data import SNAPSHOT_HEADER, iter_snapshot_rows
    from cuibono.render.layout import table

    out, manifests = session.out, session.workspace.snapshots()
    match out.format:
        case "json":
            out.write_json(manifests)
        case "jsonl":
            out.write_lines(manifests)
        case "csv":
            out.write_csv(SNAPSHOT_HEADER, iter_snapshot_rows(manifests))
        case _:
            out.show(table(SNAPSHOT_HEADER, iter_snapshot_rows(manifests)))
    return DONE


def run_issues(
    session: Session,
    rows: Rows,
    dataset: Annotated[
        str | None, typer.Argument(metavar="[DATASET]", help="Of this dataset only.")
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Each issue; without it the table counts them by code."),
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="Rows shown in the table. [default: all]"),
    ] = None,
) -> int:
    """Say what the loads could not read.

    Counted by dataset and code with an example each, or each with --all. JSON, JSON lines and CSV
    always hold each.
    """
    from cuibono.render.data import (
        ISSUE_GROUP_HEADER,
        ISSUE_HEADER,
        iter_issue_groups,
        iter_issue_rows,
    )
    from cuibono.render.layout import QUIET, count, line, table

    out, issues = session.out, session.workspace.issues(dataset)
    shown = issues[:limit]
    total, shows = len(issues), len(shown)
    match out.format:
        case "json":
            out.write_json(shown)
        case "jsonl":
            out.write_lines(shown)
        case "csv":
            out.write_csv(ISSUE_HEADER, iter_issue_rows(shown))
        case _ if every:
            out.show(table(ISSUE_HEADER, iter_issue_rows(shown)))
        case _:
            groups = list(iter_issue_groups(issues))
            total, shows = len(groups), len(groups[:limit])
            out.show(table(ISSUE_GROUP_HEADER, groups[:limit]))
            if issues:
                out.show(line(f"{count(len(issues), 'issue')}; --all lists each", style=QUIET))
    for sentence in session.workspace.explain_issues(dataset):
        out.message(sentence)
    if shows < total:
        out.message(f"{total - shows:,} more; raise --limit")
    return DONE
