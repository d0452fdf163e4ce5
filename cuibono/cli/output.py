"""Where a command's answer and its messages go: data on stdout, everything else on stderr."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, TextIO

from cuibono.cli.bars import Bar
from cuibono.render.clean import clean, clean_cell, make_json_inert
from cuibono.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Progress = Callable[[str, float], None]
Transfer = Callable[[str, int, int], None]
# A pipe has no width: one thing stays on one line, so that grep and cut find it.
PIPE_WIDTH = 100_000


def dump_json(value: object, indent: int | None = None) -> str:
    """JSON of models, dataclasses and lists of them, as pydantic writes it, with sorted keys."""
    from pydantic_core import to_jsonable_python  # slow to import, and not needed for a table

    return json.dumps(to_jsonable_python(value), sort_keys=True, ensure_ascii=False, indent=indent)


class Output:
    """What one command may print, in the formats and the measure that were asked for."""

    def __init__(
        self, settings: Settings, stdout: TextIO | None = None, stderr: TextIO | None = None
    ) -> None:
        self.settings = settings
        self.format = "table"
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr

    def message(self, text: str) -> None:
        """A sentence for the person at the terminal; left out when quiet."""
        if not self.settings.quiet:
            print(clean(text), file=self.stderr)

    def error(self, text: str) -> None:
        """One sentence on what went wrong; cleaned, since it may quote a list."""
        print(f"cuibono: {clean(text)}", file=self.stderr)

    def hint(self, text: str) -> None:
        """A further line of an error: a candidate, or what to do. Not silenced by quiet."""
        indent = "  " if text.startswith(" ") else ""
        print(f"{indent}{clean(text)}", file=self.stderr)

    def trace(self, text: str) -> None:
        """A traceback, for those who asked for it; its line ends stay."""
        for each in text.splitlines():
            print("".join(char for char in each if char.isprintable()), file=self.stderr)

    def show(self, *renderables: RenderableType) -> None:
        """Tables and texts; plain when stdout is not a terminal."""
        console = self.make_console()
        for renderable in renderables:
            console.print(renderable)

    def make_console(self) -> Console:
        """A console that never reads markup or emoji codes out of a text."""
        from rich.console import Console  # slow to import, and not needed for JSON

        terminal = self.stdout.isatty()
        return Console(
            file=self.stdout,
            width=None if terminal else PIPE_WIDTH,
            no_color=self.settings.no_color or None,
            color_system="auto" if terminal and not self.settings.no_color else None,
            force_terminal=None if terminal else False,
            markup=False,
            emoji=False,
            highlight=False,
        )

    def write(self, text: str) -> None:
        """Text as it is, with one line end."""
        self.stdout.write(text if text.endswith("\n") else text + "\n")

    def write_json(self, value: object) -> None:
        """A model as the API sends it, keys sorted: equal answers are equal bytes."""
        self.write(make_json_inert(dump_json(value, indent=2)))

    def write_lines(self, values: Iterable[object]) -> None:
        """One JSON document a line."""
        for value in values:
            self.write(make_json_inert(dump_json(value)))

    def write_csv(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Rows that open in a spreadsheet without running anything."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(["" if cell is None else clean_cell(str(cell)) for cell in row])
        self.write(buffer.getvalue())

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """A bar on stderr, on a terminal, once the work has taken a second; otherwise nothing."""
        if not self._shows_bars():
            yield lambda _stage, _fraction: None
            return
        with closing(Bar(self.stderr, title, no_color=self.settings.no_color)) as bar:
            yield bar.update

    @contextmanager
    def transfer(self, title: str) -> Iterator[Transfer]:
        """The same for what is measured in bytes: with rate and time left."""
        if not self._shows_bars():
            yield lambda _stage, _done, _total: None
            return
        with closing(Bar(self.stderr, title, no_color=self.settings.no_color)) as bar:
            yield bar.advance

    def _shows_bars(self) -> bool:
        return not self.settings.quiet and self.stderr.isatty()
