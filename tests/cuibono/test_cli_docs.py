"""Every command and option is documented, by the page that the commands generate."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from cuibono.cli import app
from cuibono.cli.reference import make_reference
from tests.data import PROJECT

ROOT: Any = typer.main.get_command(app)
COMMANDS = (
    "init", "load", "fetch", "build", "status", "snapshots", "issues", "search", "show",
    "neighbours", "path", "nearest", "serve", "demo",
)  # fmt: skip


def test_the_page_is_what_the_commands_generate() -> None:
    page = (PROJECT / "docs" / "cli.md").read_text("utf-8")
    assert page == make_reference(app), "run: python -m cuibono.cli.reference > docs/cli.md"


def test_the_commands_are_those_of_the_design() -> None:
    assert tuple(ROOT.commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    for parameter in ROOT.commands[command].params:
        assert parameter.help, f"{command} {parameter.name} has no help"
    for option in ("--workspace", "--store", "--json", "--no-color", "--quiet", "--verbose"):
        assert option in result.output
