"""The files of the EU's annexes in CSV: found by their headers, read row by row.

A folder holds `consolidated/`, `amendments/` and `programs.csv`; any part of it is read, and so is
one file. Canonical names are `consolidated/<celex>.csv` and `amendments/<celex>.csv`, lower-case.

Source: the format's description (FORMAT.md beside the files), "File naming and headers".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from graph.errors import ParseError
from ingest.audit import Fields
from ingest.headed import Layout, read_table
from ingest.listfile import HEAD
from ingest.unpack import open_stream, refuse

PROGRAMS = "programs.csv"
_KINDS = {"celex": "consolidated", "amendedCelex": "amendments", "regime_id": ""}
_LAYOUT = Layout(
    ("recordId", "programKey", "annex", "measure", "startDate", "reason", "schema", "name")
)
_PROGRAM_LAYOUT = Layout(("framework_celexes", "name"))
_MAX_FILES = 2000
_ENDINGS = (".csv", ".csv.gz", ".csv.zip", ".gz", ".zip")


def find_tables(location: Path, dataset: str) -> dict[str, Path]:
    """The files of the format at a folder and below it, or the file given.

    Raises:
        ParseError: When there is no table of designations, or one act's stands there twice.
    """
    paths = [location] if location.is_file() else sorted(
        path for path in (location.rglob("*") if location.is_dir() else ())
        if path.is_file() and path.name.lower().endswith(_ENDINGS)
    )  # fmt: skip
    found: dict[str, Path] = {}
    for path in paths[:_MAX_FILES]:
        name = _name_of(path, dataset, given=path == location)
        if name is None:
            continue
        if name in found:
            raise ParseError(
                f"{name} stands in {location.as_posix()!r} twice ({found[name].name} and "
                f"{path.name}); keep one.", locator=name, dataset=dataset,
            )  # fmt: skip
        found[name] = path
    if not found.keys() - {PROGRAMS}:
        raise ParseError(
            f"{location.as_posix()!r} holds no table of designations; give the folder with "
            "consolidated/, amendments/ and programs.csv, or one of the CSV files.",
            locator=location.as_posix(), dataset=dataset,
        )  # fmt: skip
    return found


def iter_rows(path: Path, name: str, dataset: str) -> Iterator[Fields]:
    """Each row's cells by column.

    Raises:
        ParseError: When it is not of the format, or broken off.
    """
    layout = _PROGRAM_LAYOUT if name == PROGRAMS else _LAYOUT
    yield from read_table(path, name, layout, dataset).rows


def _read_header(path: Path, name: str, dataset: str) -> list[str]:
    with open_stream(path, name, dataset, member="*.csv") as stream:
        head = stream.read(HEAD)
    text = head.decode("utf-8-sig", errors="replace")
    return [cell.strip() for cell in next(csv.reader(io.StringIO(text, newline="")), [])]


def _name_of(path: Path, dataset: str, *, given: bool) -> str | None:
    """The canonical name of a file of the format; None for another file that lies there."""
    try:
        columns = _read_header(path, path.name, dataset)
    except (ParseError, csv.Error):
        if given:
            raise
        columns = []
    kind = _KINDS.get(columns[0]) if columns else None
    if kind is None:
        if _stem(path) == _stem(Path(PROGRAMS)):
            fault = "this is not the table of programmes"
            raise refuse(PROGRAMS, 1, fault, "Download it again, or remove it.", dataset)
        return None
    return f"{kind}/{_stem(path)}.csv" if kind else PROGRAMS


def _stem(path: Path) -> str:
    name = path.name.lower()
    for ending in (".gz", ".zip", ".csv"):
        name = name.removesuffix(ending)
    return name
