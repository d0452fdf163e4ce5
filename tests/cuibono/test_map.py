"""A proposed mapping of a table: printed, or written where nothing is yet."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cuibono.cli import app


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "partners.csv"
    path.write_text("name,country,passport no\nGhost One,Gambia,A123\nGhost Two,Lebanon,B7\n")
    return path


def test_a_proposal_is_printed_and_reads_as_a_mapping(table: Path) -> None:
    result = CliRunner().invoke(app, ["map", "--guess", str(table)])
    assert result.exit_code == 0, result.stderr
    assert "queries" in next(iter(yaml.safe_load(result.stdout).values()))


def test_a_proposal_takes_no_file_away(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "mapping.yml"
    asked = ["map", "--guess", str(table), "-o", str(out)]
    first = CliRunner().invoke(app, asked)
    assert (first.exit_code, first.stdout) == (0, "")
    assert yaml.safe_load(out.read_text("utf-8"))
    out.write_text("mine")
    again = CliRunner().invoke(app, asked)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert out.read_text() == "mine"


def test_an_absent_table_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["map", "--guess", str(tmp_path / "absent.csv")])
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.stderr
