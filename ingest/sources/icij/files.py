"""Files of the ICIJ Offshore Leaks Database: found by pattern, and read past broken rows.

The five tables of nodes and the table of relationships lie in a folder or in one ZIP. Arrow splits
a table of which every row is sound. Some published tables have quotation marks that are never
closed; those are read line by line, a broken row is told and left out, and the next one is read.

Source: ICIJ, offshoreleaks.icij.org/pages/database (README of the download).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graph.errors import ParseError
from ingest.columns import Batch, batch_rows, iter_csv_batches
from ingest.source import IssueLog
from ingest.unpack import list_members, open_stream, refuse

PAGE = "https://offshoreleaks.icij.org/pages/database"
ENTITIES, OFFICERS, INTERMEDIARIES, ADDRESSES, OTHERS = NODES = (
    "nodes-entities.csv", "nodes-officers.csv", "nodes-intermediaries.csv", "nodes-addresses.csv",
    "nodes-others.csv",
)  # fmt: skip
RELATIONSHIPS = "relationships.csv"
# "nodes-others" came later; an extract may lack a kind. Without relationships nothing is connected.
_REQUIRED = (ENTITIES, RELATIONSHIPS)
ARCHIVE = "icij.zip"
REQUIRED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(NODES, ("node_id",)),
    RELATIONSHIPS: ("node_id_start", "node_id_end", "rel_type"),
}
# Files are also called "Paradise_Papers.nodes-entities.csv".
_PATTERNS = {
    name: re.compile(rf"(?:.*[._-])?{name.removesuffix('.csv').replace('-', '[-_.]')}\.csv")
    for name in (*NODES, RELATIONSHIPS)
}
_MOST_LINES = 20  # of one record: notes have line breaks


def find_tables(location: Path, dataset: str) -> dict[str, Path]:
    """The tables at a folder, or the ZIP that holds them, by canonical names.

    Raises:
        ParseError: When one is missing or there twice.
    """
    if not location.exists():
        raise _fault(location, f"{location.as_posix()!r} does not exist", dataset)
    if location.is_file() and list_members(location, location.name, dataset):
        _match(list_members(location, location.name, dataset), location, dataset)
        return {ARCHIVE: location}
    folder = location if location.is_dir() else location.parent
    paths = {_plain(path.name): path for path in sorted(folder.iterdir()) if path.is_file()}
    try:
        return {name: paths[found] for name, found in _match(paths, location, dataset).items()}
    except ParseError:
        archives = [path for path in paths.values() if _is_archive(path, dataset)]
        if len(archives) != 1:
            raise
        return {ARCHIVE: archives[0]}


def _plain(name: str) -> str:
    lower = name.lower()
    return lower.removesuffix(".gz").removesuffix(".zip")


def _is_archive(path: Path, dataset: str) -> bool:
    try:
        _match(list_members(path, path.name, dataset), path, dataset)
    except ParseError:
        return False
    return True


def _match(
    names: Sequence[str] | Mapping[str, Path], location: Path, dataset: str
) -> dict[str, str]:
    """Canonical name -> the name found for it."""
    found: dict[str, str] = {}
    for canonical, pattern in _PATTERNS.items():
        fitting = [name for name in names if pattern.fullmatch(name.lower().rpartition("/")[2])]
        if len(fitting) > 1:
            raise _fault(location, f"{' and '.join(fitting)} are both {canonical}", dataset)
        if fitting:
            found[canonical] = fitting[0]
    missing = [name for name in _REQUIRED if name not in found]
    if missing:
        raise _fault(
            location, f"{location.as_posix()!r} has no {' and no '.join(missing)}", dataset
        )
    return found


def _fault(location: Path, fault: str, dataset: str) -> ParseError:
    return ParseError(f"{fault}; give the folder or the ZIP of one download from {PAGE}.",
                      locator=location.as_posix(), dataset=dataset)  # fmt: skip


class Tables:
    """The tables of one load."""

    def __init__(self, files: Mapping[str, Path], dataset: str, issues: IssueLog) -> None:
        self._dataset, self._issues = dataset, issues
        self._places: dict[str, tuple[Path, str | None, str]] = {}
        for name, path in files.items():
            if name == ARCHIVE:
                members = list_members(path, name, dataset)
                for canonical, member in _match(members, path, dataset).items():
                    base = member.lower().rpartition("/")[2]
                    self._places[canonical] = (path, base, ARCHIVE)
            else:
                self._places[name] = (path, None, name)

    def source_of(self, name: str) -> str:
        """The canonical name of the file that holds a table: its own, or that of the ZIP."""
        return self._places[name][2] if name in self._places else name

    def iter_batches(self, name: str) -> Iterator[Batch]:
        """The rows of a table; nothing where it is not there.

        Raises:
            ParseError: When it is no such table, or breaks off.
        """
        if name not in self._places:
            return
        path, member, _ = self._places[name]
        required = REQUIRED_COLUMNS[name]

        def read() -> Iterator[Batch]:
            return iter_csv_batches(path, name, self._dataset, columns_required=required,
                                    member=member)  # fmt: skip

        try:
            for _ in read():  # whether it is sound: a load must not stop in the middle
                pass
        except ParseError as exc:
            yield from batch_rows(self._iter_sound_rows(name, exc))
            return
        yield from read()

    def _iter_sound_rows(
        self, name: str, fault: ParseError
    ) -> Iterator[tuple[dict[str, str | None], str]]:
        """Each row that has as many cells as the header.

        Raises:
            ParseError: `fault`, when there is no such header or the last row is cut.
        """
        path, member, _ = self._places[name]
        with open_stream(path, name, self._dataset, member=member) as stream:
            text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="\n")
            header = [cell.strip() for cell in _split(text.readline()) or ()]
            if any(column not in header for column in REQUIRED_COLUMNS[name]):
                raise fault
            waiting: list[str] = []
            number = 1
            while True:
                line = waiting.pop(0) if waiting else text.readline()
                if not line:
                    return
                number += 1
                cells, used = self._read_record(line, waiting, text, len(header))
                if cells is not None:
                    if "\0" in line or any("\ufffd" in cell for cell in cells):
                        self._issues.warn(
                            "no-text", "A row holds bytes that are no text: they stand as U+FFFD, "
                            "or are left out.", locator=f"{name}:line {number}",
                        )  # fmt: skip
                    yield dict(zip(header, cells, strict=True)), f"{name}:line {number}"
                    del waiting[:used]
                    number += used
                elif not line.endswith("\n"):
                    raise refuse(name, number, "the file breaks off inside this record",
                                 dataset=self._dataset)  # fmt: skip
                elif line.strip():
                    self._issues.warn("bad-row", f"A row that is not well formed is not taken: "
                                      f"{line.strip()[:200]!r}.",
                                      locator=f"{name}:line {number}")  # fmt: skip

    def _read_record(
        self, line: str, waiting: list[str], text: io.TextIOWrapper, width: int
    ) -> tuple[list[str] | None, int]:
        """The cells of a record that begins here, and how many more lines it has."""
        record = line
        for more in range(_MOST_LINES):
            cells = _split(record)
            if cells is not None:
                return (cells if len(cells) == width else None), more
            if more == len(waiting):
                following = text.readline()
                if not following:
                    break
                waiting.append(following)
            record += waiting[more]
        return None, 0


def _split(record: str) -> list[str] | None:
    """The cells of a record; None where a quotation mark is open or stands within a cell."""
    try:
        return next(csv.reader(io.StringIO(record.replace("\0", ""), newline=""), strict=True), [])
    except csv.Error:
        return None
