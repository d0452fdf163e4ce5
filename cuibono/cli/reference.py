"""The reference of the command line as Markdown, made from the commands themselves.

    python -m cuibono.cli.reference > docs/cli.md

A test holds docs/cli.md to what this makes, so that no command or option is undocumented.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer.main

HEAD = """# Command line

Made by `python -m cuibono.cli.reference`; edit the commands, not this page.

Data goes to stdout, messages and progress to stderr. The format is the one asked for, also in a
pipe; `--json` prints the body that the HTTP interface sends. Names from lists are shown without
control, escape and direction characters, and never as markup.

| exit | meaning |
|---|---|
| 0 | done |
| 1 | error |
| 2 | usage; an ambiguous name, with its candidates listed |
| 3 | only with `--exit-code`: a possible match, or a path, was found |
| 4 | only with `--exit-code`: incomplete (budget met, or a list stale or missing); wins over 3 |
| 130 | interrupted |
"""


def make_reference(app: typer.Typer) -> str:
    """The page: every command with every argument and option."""
    root: Any = typer.main.get_command(app)
    parts = [HEAD]
    parts += ["\n".join(_iter_command(name, command)) for name, command in iter_commands(root)]
    return "\n".join(parts)


def iter_commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its words, those of a group after each other."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from iter_commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def _iter_command(name: str, command: Any) -> Iterator[str]:
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    options = [item for item in command.params if item.param_type_name == "option"]
    words = " ".join(_argument_word(item) for item in arguments)
    yield f"## cuibono {name}\n"
    yield f"{command.help}\n"
    yield f"`cuibono {name}{' ' + words if words else ''} [OPTIONS]`\n"
    if arguments:
        yield "| argument | meaning |\n|---|---|"
        yield from (f"| `{_argument_word(item)}` | {_cell(item.help)} |" for item in arguments)
        yield ""
    yield "| option | meaning | default |\n|---|---|---|"
    for item in options:
        names = ", ".join(f"`{each}`" for each in item.opts)
        yield f"| {names} | {_cell(item.help)} | {_default(item)} |"
    yield ""


def _argument_word(item: Any) -> str:
    return str(item.metavar or item.name.upper())


def _default(item: Any) -> str:
    value = item.default
    if item.required:
        return "required"
    if value is None or value is False or value == [] or not item.show_default:
        return ""
    return f"`{getattr(value, 'value', value)}`"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


if __name__ == "__main__":
    from cuibono.cli import app

    sys.stdout.write(make_reference(app))
