"""How far something is: on a terminal only, after a second, and gone in the end."""

from __future__ import annotations

import io

import pytest

from cuibono.cli import bars
from cuibono.cli.output import Output
from cuibono.settings import Settings


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def transfer(stderr: io.StringIO, settings: Settings = Settings()) -> str:  # noqa: B008 - frozen
    with Output(settings, stderr=stderr).transfer("load some_list") as tell:
        tell("reading \x1b[31m", 0, 4_000_000)
        for done in range(0, 4_000_001, 500_000):
            tell("reading \x1b[31m", done, 4_000_000)
        tell("counting", 0, 0)
    return stderr.getvalue()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "SHOW_AFTER_S", -1.0)
    monkeypatch.setattr(bars, "_REDRAW_AFTER_S", 0.0)


@pytest.mark.usefixtures("patient")
def test_bytes_are_shown_with_rate_and_time_left() -> None:
    shown = transfer(Terminal(), Settings(no_color=True))
    assert "load some_list: reading" in shown
    assert "2.0/4.0 MB" in shown
    assert "/s" in shown
    last = shown[shown.rindex("counting") :]
    assert "4.0 MB" not in last  # not measured
    assert "\x1b[31m" not in shown


@pytest.mark.usefixtures("patient")
def test_shares_are_shown_without_a_rate() -> None:
    stderr = Terminal()
    with Output(Settings(no_color=True), stderr=stderr).progress("build") as tell:
        tell("resolve", 0.5)
        tell("project", 2.0)
    assert "build: resolve" in stderr.getvalue()
    assert "/s" not in stderr.getvalue()


@pytest.mark.usefixtures("patient")
def test_nothing_is_shown_in_a_pipe_or_when_quiet() -> None:
    assert transfer(io.StringIO()) == ""
    assert transfer(Terminal(), Settings(quiet=True)) == ""


def test_what_is_over_in_a_second_shows_no_bar() -> None:
    assert transfer(Terminal()) == ""
