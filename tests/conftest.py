"""For all tests: figures that a test wants shown stand at the end of the run, also under xdist."""

from __future__ import annotations

import pytest

SHOWN = "shown"  # name of the property that `record_property` gives


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded to be shown."""
    reports = [each for each in terminalreporter.stats.get("passed", []) if each.when == "call"]
    lines = [
        str(value) for each in reports for name, value in each.user_properties if name == SHOWN
    ]
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
