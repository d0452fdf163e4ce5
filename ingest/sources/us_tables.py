"""Comma-separated lists of US authorities, with a header line, row by row.

Columns are found by name, in any order; a column that nobody reads is reported by the audit. A row
of another width than the header is refused: the file was cut or saved wrongly there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ParseError
from ingest.audit import Fields
from ingest.unpack import open_stream, refuse

MAX_BYTES = 512 << 20  # the largest is 20 MB
_PAGE = ("<!doctype", "<html", "<?xml", "<head", "<body")


def find_table(
    location: Path, name: str, stems: Sequence[str], needed: Sequence[str], dataset: str
) -> dict[str, Path]:
    """The one file of a list: plain, gzipped or zipped, whatever the case of its name.

    A file that is given itself is known by its header: people rename what they download.

    Args:
        name: Canonical name.
        stems: Names that it goes by in a folder, lower-case, without endings.
        needed: Columns that make it the list.

    Raises:
        ParseError: When it is absent, there twice, or of another format.
    """
    if location.is_file():
        next(iter_rows(location, name, needed, dataset), None)
        return {name: location}
    present = [path for path in sorted(location.iterdir()) if _stem(path) in stems] if (
        location.is_dir()
    ) else []  # fmt: skip
    if len(present) != 1:
        several = " and ".join(path.name for path in present)
        fault = f"stands there twice ({several}); keep one" if present else "is missing; add it"
        raise ParseError(
            f"{name} {fault} in {location.as_posix()!r}, plain, gzipped or zipped.",
            locator=name, dataset=dataset,
        )  # fmt: skip
    return {name: present[0]}


def iter_rows(path: Path, name: str, needed: Sequence[str], dataset: str) -> Iterator[Fields]:
    """Each row's cells by column, with the physical line on which it starts.

    Raises:
        ParseError: When it is not such a file, is cut, or is not UTF-8.
    """
    with open_stream(path, name, dataset, member="*.csv", limit=MAX_BYTES) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        tail = _Tail()
        reader = csv.reader(tail.follow(text), strict=True)
        line = 1
        try:
            header = next(reader, None)
            columns = _check_header(header, name, needed, dataset)
            line = reader.line_num + 1
            for cells in reader:
                if any("\0" in cell for cell in cells):
                    raise refuse(name, line, "the row holds a NUL byte", dataset=dataset)
                if len(cells) != len(columns) and cells:
                    fault = f"the row has {len(cells)} columns instead of {len(columns)}"
                    raise refuse(name, line, fault, dataset=dataset)
                if cells:
                    yield Fields(dict(zip(columns, cells, strict=True)), f"{name}:{line}")
                line = reader.line_num + 1
            if not tail.line.endswith(("\n", "\r", '"')):
                fault = "the file breaks off inside this row"
                raise refuse(name, reader.line_num, fault, dataset=dataset)
        except UnicodeDecodeError as exc:
            fault = f"byte 0x{exc.object[exc.start]:02x} is not UTF-8"
            raise refuse(name, line, fault, "Save it as UTF-8 or download it again.",
                         dataset) from exc  # fmt: skip
        except csv.Error as exc:
            fault = f"a quoted text is not closed or not well formed ({exc})"
            raise refuse(name, line, fault, dataset=dataset) from exc


@dataclass(slots=True)
class _Tail:
    """The last line of a text that was read on."""

    line: str = ""

    def follow(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, unchanged."""
        for self.line in lines:
            yield self.line


def _check_header(
    header: list[str] | None, name: str, needed: Sequence[str], dataset: str
) -> list[str]:
    columns = [cell.strip() for cell in header or ()]
    if not columns:
        raise refuse(name, 1, "the file is empty", dataset=dataset)
    if columns[0].lower().startswith(_PAGE):
        raise refuse(name, 1, "this is a web page, not a comma-separated file", dataset=dataset)
    missing = [column for column in needed if column not in columns]
    if missing:
        raise refuse(name, 1, f"the header has no column {missing[0]!r}", dataset=dataset)
    if len(set(columns)) != len(columns):
        raise refuse(name, 1, "two columns have one name", dataset=dataset)
    return columns


def _stem(path: Path) -> str | None:
    if not path.is_file():
        return None
    stem = path.name.lower().removesuffix(".gz").removesuffix(".zip").removesuffix(".csv")
    return stem if stem != path.name.lower() else None
