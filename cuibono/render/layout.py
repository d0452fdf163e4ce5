"""The few shapes that everything on the terminal is made of: lines, indents, plain tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cuibono.render.clean import safe

INDENT = 2
HEADING = "bold"
QUIET = "dim"
WARNING = "yellow"


def line(*parts: str | Text, level: int = 0, style: str = "") -> RenderableType:
    """One paragraph, indented as a whole, also where the terminal wraps it."""
    text = Text(style=style)
    for part in parts:
        text.append_text(part if isinstance(part, Text) else safe_part(part))
    return indent(text, level) if level else text


def indent(renderable: RenderableType, level: int = 1) -> RenderableType:
    """The same, moved to the right as a whole."""
    return Padding(renderable, (0, 0, 0, level * INDENT), expand=False)


def safe_part(part: str, style: str = "") -> Text:
    """Cleaned text that keeps a space at either end, so that parts can be joined."""
    left = " " if part[:1] == " " else ""
    right = " " if part[-1:] == " " and part.strip() else ""
    return Text(left, style=style).append_text(safe(part, style)).append(right)


def heading(text: str) -> RenderableType:
    """A heading with an empty line above."""
    return Text("\n").append_text(safe(text, HEADING))


def table(header: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Aligned columns without lines: as readable in a pipe and by a screen reader."""
    grid = Table(box=None, pad_edge=False, show_edge=False, header_style=HEADING)
    for name in header:
        grid.add_column(name, overflow="fold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else safe(cell) for cell in row))
    return grid


def join(values: Iterable[str]) -> str:
    """Values with commas between them; the empty text when there is none."""
    return ", ".join(value for value in values if value)


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 path`, `2 paths`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
