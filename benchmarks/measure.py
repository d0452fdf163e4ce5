"""What every benchmark shares: timings with a budget, tables, child processes, machine facts.

A timing never runs for longer than its budget by more than one call, and says when it was cut.
Nothing here judges a figure.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
WARM_UP_CALLS = 50
CHILD_TIMEOUT_S = 1800.0
T = TypeVar("T")


class CallFailed(Exception):
    """An engine gave no whole answer to one call: a time-out or a limit of its own."""


class EngineLost(Exception):
    """An engine will answer nothing any more."""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank).

    Example:
        >>> percentile([4.0, 1.0, 3.0, 2.0], 0.5)
        2.0
    """
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations of calls in seconds. A failed call counts with the time that it took to fail."""

    seconds: tuple[float, ...]
    asked: int
    failed: int
    warm_up: int

    def p(self, share: float) -> float:
        """A percentile in seconds."""
        return percentile(self.seconds, share)

    @property
    def mean(self) -> float:
        """Mean in seconds."""
        return sum(self.seconds) / len(self.seconds)

    @property
    def note(self) -> str:
        """What a reader must know before the figures are compared."""
        notes = []
        if len(self.seconds) < self.asked:
            notes.append("cut by budget")
        if len(self.seconds) < 100:
            notes.append("p99 is the maximum")
        if self.failed:
            notes.append(f"{self.failed} ended without a whole answer: a lower bound")
        return "; ".join(notes)


def time_calls(call: Callable[[T], object], arguments: Sequence[T], budget_s: float) -> Timing:
    """Time a call over its arguments, after a warm-up that is not counted.

    Args:
        call: May raise `CallFailed`.
        arguments: One for each call; at least one is timed.
        budget_s: The warm-up takes at most a quarter of it, the timed calls all of it.
    """
    warm_up, _ = _run(call, arguments[:WARM_UP_CALLS], budget_s / 4)
    seconds, failed = _run(call, arguments, budget_s)
    return Timing(tuple(seconds), len(arguments), failed, len(warm_up))


def _run(
    call: Callable[[T], object], arguments: Sequence[T], budget_s: float
) -> tuple[list[float], int]:
    deadline = time.monotonic() + budget_s
    seconds: list[float] = []
    failed = 0
    for argument in arguments:
        began = time.perf_counter()
        try:
            call(argument)
        except CallFailed:
            failed += 1
        seconds.append(time.perf_counter() - began)
        if time.monotonic() > deadline:
            break
    return seconds, failed


# -- tables ---------------------------------------------------------------------------------------


def number(value: float) -> str:
    """Three significant digits, without an exponent.

    Example:
        >>> number(0.0304), number(12.34), number(20480.0)
        ('0.0304', '12.3', '20,480')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def ms(seconds: float) -> str:
    """Seconds as milliseconds."""
    return number(seconds * 1000)


def times(ratio: float) -> str:
    """A ratio, as "12×"."""
    return f"{number(ratio)}×"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, padded so that it also reads on a terminal."""
    every = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in every) for column in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in every
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


# -- the machine ----------------------------------------------------------------------------------


def describe_machine(packages: Sequence[str]) -> str:
    """Processor, cores, memory, load and versions: a figure without them says little."""
    model = _find_line(Path("/proc/cpuinfo"), "model name") or platform.processor() or "unknown"
    memory = _find_line(Path("/proc/meminfo"), "MemTotal")
    gib = f"{int(memory.split()[0]) / 2**20:.0f} GiB" if memory else "unknown memory"
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    versions = ", ".join(f"{name} {_version(name)}" for name in packages)
    return (
        f"{model}, {os.cpu_count()} cores, {gib}; {platform.system()} {platform.release()}; "
        f"load average before the run {load}\n\n"
        f"Python {platform.python_version()}, {versions}"
    )


def _find_line(path: Path, key: str) -> str | None:
    if not path.is_file():
        return None
    for line in path.read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def peak_memory_mb() -> float:
    """Highest resident memory of this process so far.

    From /proc: `getrusage` in a child starts with the memory of the parent that forked it.
    """
    line = _find_line(Path("/proc/self/status"), "VmHWM")
    return int(line.split()[0]) / 1024 if line else float("nan")


# -- child processes ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Child:
    """A finished child: its duration as its parent saw it, and what it printed."""

    wall_s: float
    output: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON object in its last line."""
        found: dict[str, Any] = json.loads(self.output.strip().splitlines()[-1])
        return found


def run_child(arguments: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Child:
    """Run the interpreter of this process anew and wait for it.

    Raises:
        RuntimeError: When it fails, with the end of what it wrote to stderr.
    """
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=CHILD_TIMEOUT_S,
        check=False,
    )
    wall = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {done.stderr[-2000:]}")
    return Child(wall, done.stdout)


def run_twice_cached(arguments: Sequence[str]) -> tuple[Child, Child]:
    """A child without compiled kernels on the disk, and the same one again with them."""
    with tempfile.TemporaryDirectory(prefix="cuibono-numba-") as folder:
        environment = {"NUMBA_CACHE_DIR": folder}
        first = run_child(arguments, environment=environment)
        return first, run_child(arguments, environment=environment)


def write_report(text: str, path: Path | None) -> None:
    """Print a report and, where a path is given, keep it."""
    print(text)
    if path is not None:
        path.write_text(text + "\n", "utf-8")
