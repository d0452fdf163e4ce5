"""How far something is, on one line of a terminal that is written over.

No thread draws it: a crash leaves nothing running, and a piece of work that says nothing for long
shows what it said last.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from cuibono.render.clean import clean

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

# A bar for what is over in a second would only flicker.
SHOW_AFTER_S = 1.0
_REDRAW_AFTER_S = 0.1
_WIDTH = 30


class Bar:
    """A bar with the stage; for bytes also with rate and time left."""

    def __init__(self, stderr: TextIO, title: str, *, no_color: bool = False) -> None:
        self._stderr = stderr
        self._title = title
        self._no_color = no_color
        self._started = self._drawn = time.monotonic()
        self._progress: Progress | None = None
        self._stage = ""

    def update(self, stage: str, fraction: float) -> None:
        """So large a share of everything is done."""
        self._draw(stage, min(max(fraction, 0.0), 1.0), 1.0, in_bytes=False)

    def advance(self, stage: str, done: int, total: int) -> None:
        """So many bytes of so many are done in a stage; 0 of 0 when that is not measured."""
        self._draw(stage, done, total or None, in_bytes=True)

    def close(self) -> None:
        """Take the line away."""
        if self._progress is not None:
            self._progress.stop()

    def _draw(self, stage: str, done: float, total: float | None, *, in_bytes: bool) -> None:
        now = time.monotonic()
        if now - self._started < SHOW_AFTER_S:
            return
        if self._progress is None:
            self._progress = self._make(in_bytes)
        elif stage == self._stage and now - self._drawn < _REDRAW_AFTER_S:
            return
        if stage != self._stage:  # a task of its own: rate and time left are those of the stage
            for task in self._progress.task_ids:
                self._progress.remove_task(task)
            self._progress.add_task(f"{self._title}: {clean(stage)}", total=total)
        (task,) = self._progress.task_ids
        self._progress.update(task, completed=done)
        self._progress.start()
        self._progress.refresh()
        self._stage, self._drawn = stage, now

    def _make(self, in_bytes: bool) -> Progress:
        from rich.console import Console  # slow to import, and not needed in a pipe
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns: list[ProgressColumn] = [TextColumn("{task.description}", markup=False)]
        columns.append(BarColumn(_WIDTH))
        if in_bytes:
            columns += [DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()]
        console = Console(
            file=self._stderr, force_terminal=True, no_color=self._no_color or None,
            color_system=None if self._no_color else "auto",
        )  # fmt: skip
        return Progress(
            *columns, console=console, auto_refresh=False, transient=True,
            redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
