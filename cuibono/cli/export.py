"""The command that hands parties and links on to other programs."""

from __future__ import annotations

from contextlib import closing, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cuibono.cli.session import DONE, Session
from graph.errors import ConfigurationError, QueryError

if TYPE_CHECKING:
    from graph.export import Left, Selection

# Inside the command: FollowTheMoney and the snapshot, which `--help` does not owe.


class ExportFormat(StrEnum):
    """What is written."""

    FTM = "ftm"
    STATEMENTS = "statements"


def run_export(
    session: Session,
    party: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PARTY", help="Id or name of a party to export with its links; repeatable."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Export the whole live snapshot.")
    ] = False,
    format: Annotated[
        ExportFormat,
        typer.Option(
            "--format", help="FollowTheMoney entities as JSON lines, or statements as CSV."
        ),
    ] = ExportFormat.FTM,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="File to write; default: stdout."),
    ] = None,
) -> int:
    """Write parties and links as FollowTheMoney, and say what that cannot hold."""
    if bool(party) == everything:
        raise QueryError("Name one or more parties, or give --all.")
    from graph.snapshot import open_current

    ids = [session.workspace.resolve_party(each) for each in party or ()]
    # The snapshot on the disk, also where a server answers questions: it holds the same.
    with closing(open_current(session.workspace.root)) as snapshot:
        from graph.export import select_all, select_around

        network = snapshot.network
        selection = select_all(network) if everything else select_around(network, ids)
        left = _write(session, selection, format, out)
        if everything:
            left.counts["events, which stand on timelines"] = sum(1 for _ in network.iter_events())
    session.out.message(f"exported {left.entities:,} entities and {left.links:,} links")
    for sentence in left.sentences():
        session.out.message(sentence)
    if not everything:
        session.out.message("Left out: what no search follows (claims, refuted links, events).")
    return DONE


def _write(session: Session, selection: Selection, kind: ExportFormat, out: Path | None) -> Left:
    """Write to stdout, or to a file that is whole or absent."""
    from graph.export import write_entities, write_statements

    write = write_entities if kind is ExportFormat.FTM else write_statements
    if out is None:
        stdout: BinaryIO = session.out.stdout.buffer
        with nullcontext(stdout) as stream:
            return write(stream, selection)
    partial = out.with_name(out.name + ".partial")
    try:
        with partial.open("wb") as stream:
            left = write(stream, selection)
        partial.replace(out)
    except OSError as exc:
        partial.unlink(missing_ok=True)
        raise ConfigurationError(f"{out.as_posix()!r} cannot be written: {exc.strerror}.") from exc
    return left
