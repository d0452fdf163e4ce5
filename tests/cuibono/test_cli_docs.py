"""Every command and option is documented, by the page that the commands generate."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from cuibono.cli import app
from cuibono.cli.reference import iter_commands, make_reference
from tests.data import PROJECT

ROOT: Any = typer.main.get_command(app)
SINGLE = dict(iter_commands(ROOT))  # those of a group each
COMMANDS = (
    "init", "load", "fetch", "build", "status", "snapshots", "issues", "sources", "diff", "map",
    "search", "show", "export", "neighbours", "path", "nearest", "serve", "demo", "evidence",
)  # fmt: skip


def test_the_page_is_what_the_commands_generate() -> None:
    page = (PROJECT / "docs" / "cli.md").read_text("utf-8")
    assert page == make_reference(app), "run: python -m cuibono.cli.reference > docs/cli.md"


def test_the_commands_are_those_of_the_design() -> None:
    assert tuple(ROOT.commands) == COMMANDS


@pytest.mark.parametrize("command", SINGLE)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    for parameter in SINGLE[command].params:
        assert parameter.help, f"{command} {parameter.name} has no help"
    for option in ("--workspace", "--store", "--json", "--no-color", "--quiet", "--verbose"):
        assert option in result.output
