"""The edge of the process: settings, workspace and output of one command, and its exit code.

| exit | meaning |
|---|---|
| 0 | done |
| 1 | error |
| 2 | usage; an ambiguous name, with its candidates |
| 3 | only with --exit-code: something was found |
| 4 | only with --exit-code: the answer is incomplete; wins over 3 |
| 130 | interrupted |
"""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any

import typer

from cuibono.cli.expand import expand
from cuibono.cli.options import Card, Common, Rows, Signals, Trees
from cuibono.cli.output import Output
from cuibono.settings import Settings, make_settings
from graph.errors import AmbiguousName, ConfigurationError, CuibonoError, QueryError

if TYPE_CHECKING:
    from cuibono.workspace import Workspace

DONE, ERROR, USAGE, FOUND, INCOMPLETE, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Session:
    """What a command works with. The workspace is opened when it is first asked for."""

    def __init__(self, settings: Settings, out: Output, workspace: Workspace | None) -> None:
        self.settings = settings
        self.out = out
        self.closing = ExitStack()  # of what a command opened
        self._given = workspace

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace of the settings, or the one that the caller of the command gave."""
        if self._given is not None:
            return self._given
        from cuibono.workspace import Workspace  # pydantic, numpy, numba: not for --help

        opened = Workspace(self.settings.workspace, store=self.settings.store)
        self.closing.callback(opened.close)
        return opened


def add_command(app: typer.Typer, function: Callable[..., int], **options: Any) -> None:
    """Register a command. Its first parameter is the `Session`; it returns its exit code."""
    name = function.__name__.removeprefix("run_")
    app.command(name, **options)(_as_command(function))


def _as_command(function: Callable[..., int]) -> Callable[..., Any]:
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    by_keyword = inspect.Parameter.KEYWORD_ONLY

    def run(context: typer.Context, common: Common, **values: Any) -> None:
        code = _run_guarded(function, context.obj, common, values)
        raise typer.Exit(code)

    run.__doc__ = function.__doc__
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("context", by_keyword, annotation=typer.Context),
            *(item.replace(kind=by_keyword) for item in parameters),
            inspect.Parameter("common", by_keyword, annotation=Common),
        ]
    )
    return expand(run)


def _run_guarded(
    function: Callable[..., int], workspace: Workspace | None, common: Common, values: Any
) -> int:
    """The one place where an exception becomes a sentence and an exit code."""
    out = Output(Settings(quiet=common.quiet, no_color=common.no_color, verbose=common.verbose))
    try:
        settings = make_settings(
            os.environ,
            workspace=common.workspace,
            store=common.store,
            no_color=common.no_color,
            quiet=common.quiet,
            verbose=common.verbose,
        )
        out = Output(settings)
        out.format = "json" if common.as_json else _chosen_format(values)
        session = Session(settings, out, workspace)
        with session.closing:
            return function(session, **values)
    except AmbiguousName as error:
        return _fail(out, error, USAGE, _describe_candidates(error))
    except (QueryError, ConfigurationError) as error:
        return _fail(out, error, USAGE)
    except CuibonoError as error:
        return _fail(out, error, ERROR)
    except BrokenPipeError:
        raise  # typer ends the process quietly
    except (KeyboardInterrupt, typer.Abort):
        out.error("interrupted; what was already published is untouched")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the process edge: no traceback for a reader
        return _fail_unexpected(out, error)


def _chosen_format(values: dict[str, Any]) -> str:
    shapes = (item for item in values.values() if isinstance(item, Rows | Trees | Card))
    return next((str(shape.format) for shape in shapes), "table")


def _fail(out: Output, error: Exception, code: int, more: list[str] | None = None) -> int:
    out.error(str(error))
    for sentence in more or []:
        out.hint(sentence)
    if out.settings.verbose:
        out.trace("".join(traceback.format_exception(error)))
    return code


def _fail_unexpected(out: Output, error: Exception) -> int:
    from pydantic import ValidationError  # already imported by whatever raised it

    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or error.title
        return _fail(out, QueryError(f"{where}: {first['msg'].rstrip('.')}."), USAGE)
    hint = [] if out.settings.verbose else ["run it again with -v for the traceback"]
    if isinstance(error, OSError):
        return _fail(out, error, ERROR, hint)
    message = f"internal error: {type(error).__name__}: {error}"
    out.error(message)
    for sentence in hint:
        out.hint(sentence)
    if out.settings.verbose:
        out.trace("".join(traceback.format_exception(error)))
    return ERROR


def _describe_candidates(error: AmbiguousName) -> list[str]:
    return [f"  {key}  {name}  (score {score:.2f})" for key, name, score in error.candidates]


def settle_exit_code(signals: Signals, workspace: Workspace, *, found: bool, complete: bool) -> int:
    """0 unless asked for; *incomplete* wins, so that a script cannot take it for 0.

    An answer from lists of which one is known to be out of date is incomplete, too.
    """
    if not signals.exit_code:
        return DONE
    from cuibono.meta import is_current

    if not complete or not is_current(workspace.meta()):
        return INCOMPLETE
    return FOUND if found else DONE
