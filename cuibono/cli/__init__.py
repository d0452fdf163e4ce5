"""The command line. Everything slow is imported where it is used: `--help` answers at once."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from cuibono.cli import ask, data, evidence, export, lists, serve
from cuibono.cli.filters import join_during
from cuibono.cli.session import add_command
from cuibono.version import __version__

__all__ = ["app", "main"]

# What loading the modules makes stays until the end: looking through it for garbage every 700
# objects is a tenth of what a question costs.
GC_THRESHOLD = 100_000

app = typer.Typer(
    name="cuibono",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help in a pipe and on a terminal, and no rich import for it
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class DuringCommand(typer.core.TyperCommand):
    """Reads `--during A B` as well as `--during A/B`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the two dates before the parser sees them."""
        parsed: list[str] = super().parse_args(ctx, join_during(args))
        return parsed


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"cuibono {__version__}")
        raise typer.Exit


@app.callback()
def _describe(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Trace how a listed party is connected to a business, with evidence on every hop."""


_ON_WORKSPACES: list[Callable[..., int]] = [
    data.run_init,
    data.run_load,
    data.run_fetch,
    data.run_build,
    data.run_status,
    data.run_snapshots,
    data.run_issues,
    lists.run_sources,
    lists.run_diff,
    lists.run_map,
    ask.run_search,
    ask.run_show,
    export.run_export,
]
_WITH_PERIODS: list[Callable[..., int]] = [ask.run_neighbours, ask.run_path, ask.run_nearest]
_SHOWING: list[Callable[..., int]] = [serve.run_serve, serve.run_demo]

for _function in _ON_WORKSPACES:
    add_command(app, _function)
for _function in _WITH_PERIODS:
    add_command(app, _function, cls=DuringCommand)
for _function in _SHOWING:
    add_command(app, _function)

_evidence = typer.Typer(
    name="evidence",
    help="Evidence behind links: archive pages, and review what press releases propose.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for _function in (
    evidence.run_add,
    evidence.run_propose,
    evidence.run_review,
    evidence.run_accept,
):
    add_command(_evidence, _function)
app.add_typer(_evidence)


def main() -> None:
    """Run the command line of this process."""
    gc.set_threshold(GC_THRESHOLD)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name in a script that the terminal cannot show must not end the command.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    finally:
        gc.freeze()  # the collections at the end would look through all of it again
