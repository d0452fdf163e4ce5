"""Commands on lists as such: which there are, what changed between two, how a table maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cuibono.cli.options import Rows
from cuibono.cli.session import DONE, Session
from graph.errors import ConfigurationError

# Inside the commands: the catalog, FollowTheMoney and rich's tables, which `--help` does not owe.


def run_sources(
    session: Session,
    rows: Rows,
    dataset: Annotated[
        str | None,
        typer.Argument(metavar="[DATASET]", help="Everything that is known of this one."),
    ] = None,
) -> int:
    """Show which lists can be loaded, and which are. With their publishers, licences and ages."""
    from cuibono.catalogue import KnownSource, require_source
    from cuibono.render.sources import SOURCE_HEADER, iter_own, iter_source, iter_source_rows
    from cuibono.render.sources import iter_sources as iter_table

    out, sources = session.out, session.workspace.sources()
    chosen = require_source(sources, dataset) if dataset else None
    if isinstance(chosen, KnownSource):
        sources = sources.model_copy(update={"datasets": (chosen,), "own": ()})
    elif chosen is not None:
        sources = sources.model_copy(update={"datasets": (), "own": (chosen,)})
    match out.format:
        case "json":
            out.write_json(chosen or sources)
        case "jsonl":
            out.write_lines([*sources.datasets, *sources.own])
        case "csv":
            out.write_csv(SOURCE_HEADER, iter_source_rows(sources))
        case _ if isinstance(chosen, KnownSource):
            out.show(*iter_source(chosen))
        case _ if chosen is not None:
            out.show(*iter_own(chosen))
        case _:
            out.show(*iter_table(sources))
    return DONE


def run_diff(
    session: Session,
    rows: Rows,
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="Name of a loaded dataset.")],
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="[A]",
            help="The earlier version: the beginning of its id, or a day on which it stood. "
            "Without it, the one before the newest.",
        ),
    ] = None,
    second: Annotated[
        str | None,
        typer.Argument(metavar="[B]", help="The later version, likewise. Without it, the newest."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="DATASET",
            help="Another dataset that names the same parties by the same ids: who is on one list "
            "only, and what differs. A is then a version of DATASET, B one of this.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Parties shown in each part of the text.")
    ] = 20,
) -> int:
    """Show what changed on a list between two versions. Who came, who went, and what of whom."""
    from cuibono.render.diff import DIFF_HEADER, iter_difference, iter_difference_rows

    out = session.out
    difference = session.workspace.diff(dataset, first, second, against=against)
    match out.format:
        case "json":
            out.write_json(difference)
        case "jsonl":
            header = DIFF_HEADER
            out.write_lines(
                dict(zip(header, row, strict=True)) for row in iter_difference_rows(difference)
            )
        case "csv":
            out.write_csv(DIFF_HEADER, iter_difference_rows(difference))
        case _:
            out.show(*iter_difference(difference, limit))
    return DONE


def run_map(
    session: Session,
    table: Annotated[
        Path,
        typer.Option("--guess", metavar="FILE", help="Table whose columns are looked at."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where the mapping is written. [default: stdout]"
        ),
    ] = None,
) -> int:
    """Propose a mapping of a table's columns. To be checked and corrected before it is loaded."""
    from ingest.table.guess import guess_mapping

    mapping = guess_mapping(table)
    if output is None:
        session.out.write(mapping)
        return DONE
    try:
        with output.open("x", encoding="utf-8") as stream:
            stream.write(mapping)
    except FileExistsError as exc:
        raise ConfigurationError(
            f"{output.as_posix()!r} is there already; give another name, or remove it."
        ) from exc
    session.out.message(f"mapping {output}")
    return DONE
