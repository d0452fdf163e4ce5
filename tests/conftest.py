"""For all tests: examples that CI can repeat, and figures that stand at the end of a run."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# CI draws the same examples each time, so that a failure there belongs to the change; at a desk
# every run draws new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")

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
