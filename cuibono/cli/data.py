"""Commands on what a workspace holds: init, load, fetch, build, status, snapshots, issues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuibono.cli.options import Card, Rows
from cuibono.cli.session import DONE, Session

if TYPE_CHECKING:
    from ingest.load import LoadReport

# Inside the commands: parquet, FollowTheMoney and rich's tables, which `--help` does not owe.

Dataset = Annotated[
    str,
    typer.Argument(metavar="DATASET", help="us_ofac_sdn, us_ofac_cons, or evidence: a case file."),
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
            help="Day of publication; default: a date in the folder's or a file's name.",
        ),
    ] = None,
    accept_shrink: Annotated[
        bool,
        typer.Option("--accept-shrink", help="Load a list that lost more than a fifth."),
    ] = False,
) -> int:
    """Read published files into the workspace. The next build uses them."""
    with session.out.progress(f"load {dataset}") as progress:
        progress("reading", 0.0)
        report = session.workspace.load(
            dataset, location, published=published, accept_shrink=accept_shrink
        )
    return _show_load(session, report)


def run_fetch(session: Session, dataset: Dataset, card: Card) -> int:
    """Download a list and load it. The only command that calls out."""
    with session.out.progress(f"fetch {dataset}") as progress:
        progress("downloading", 0.0)
        report = session.workspace.fetch(dataset)
    return _show_load(session, report)


def _show_load(session: Session, report: LoadReport) -> int:
    from cuibono.render.data import iter_load

    if session.out.format == "json":
        for warning in report.warnings:  # whoever pipes the document still sees them
            session.out.message(f"warning: {warning}")
        session.out.write_json(report)
    else:
        session.out.show(*iter_load(report))
    return DONE


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
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="Issues shown in the table. [default: all]"),
    ] = None,
) -> int:
    """List what the loads could not read."""
    from cuibono.render.data import ISSUE_HEADER, iter_issue_rows
    from cuibono.render.layout import table

    out, issues = session.out, session.workspace.issues(dataset)
    shown = issues[:limit]
    match out.format:
        case "json":
            out.write_json(shown)
        case "jsonl":
            out.write_lines(shown)
        case "csv":
            out.write_csv(ISSUE_HEADER, iter_issue_rows(shown))
        case _:
            out.show(table(ISSUE_HEADER, iter_issue_rows(shown)))
    for sentence in session.workspace.explain_issues(dataset):
        out.message(sentence)
    if len(shown) < len(issues):
        out.message(f"{len(issues) - len(shown):,} more; raise --limit")
    return DONE
