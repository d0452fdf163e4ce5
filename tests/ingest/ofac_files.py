"""Small lists in OFAC's layout, written by the tests; every party in them is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graph.statements import DatasetTables, DatasetVersion, StatementWriter
from ingest.source import IssueLog, Source
from ingest.sources.us_ofac.csv import OfacSource

NULL = "-0- "
CLOCK = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def cell(text: str | int | None) -> str:
    """One cell as OFAC writes it: numbers and nulls bare, texts quoted."""
    if text is None:
        return NULL
    return str(text) if isinstance(text, int) else '"' + text.replace('"', '""') + '"'


def party(
    uid: int, name: str, kind: str | None = None, remarks: str | None = None, **more: str
) -> str:
    """One line of sdn.csv."""
    names = ("title", "call_sign", "type", "tonnage", "grt", "flag", "owner")
    cells: list[str | int | None] = [uid, name, kind, more.get("program", "SDGT")]
    cells += [more.get(name) for name in names]
    return ",".join(map(cell, [*cells, remarks]))


def alias(uid: int, number: int, kind: str, name: str) -> str:
    """One line of alt.csv."""
    return ",".join(map(cell, [uid, number, kind, name, None]))


def address(
    uid: int,
    number: int,
    street: str | None = None,
    city: str | None = None,
    country: str | None = None,
) -> str:
    """One line of add.csv."""
    return ",".join(map(cell, [uid, number, street, city, country, None]))


def content(lines: Sequence[str], end: str = "\x1a") -> bytes:
    """A file of these lines with the publisher's end mark."""
    return ("".join(line + "\r\n" for line in lines) + end).encode()


def write_list(
    folder: Path,
    parties: Sequence[str],
    aliases: Sequence[str] = (),
    addresses: Sequence[str] = (),
    comments: Sequence[str] = (),
) -> Path:
    """The four files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (
        ("sdn.csv", parties),
        ("alt.csv", aliases),
        ("add.csv", addresses),
        ("sdn_comments.csv", comments),
    ):
        (folder / name).write_bytes(content(lines))
    return folder


@dataclass(slots=True)
class Parsed:
    """What the reader made of a folder."""

    tables: DatasetTables
    issues: IssueLog
    rejected: list[tuple[str, str, str]]
    statements: list[dict[str, Any]] = field(default_factory=list)

    def values(self, entity_id: str, prop: str) -> list[str]:
        """The values of one property, sorted."""
        return sorted(row["value"] for row in self.rows(entity_id, prop))

    def rows(self, entity_id: str, prop: str) -> list[dict[str, Any]]:
        """The statements of one property."""
        return [
            row for row in self.statements if (row["entity_id"], row["prop"]) == (entity_id, prop)
        ]

    def codes(self) -> list[str]:
        """The codes of the issues, sorted."""
        return sorted(issue.code for issue in self.issues.issues)

    def messages(self, code: str) -> list[str]:
        """The messages of the issues of one code."""
        return [issue.message for issue in self.issues.issues if issue.code == code]


def parse(folder: Path, out: Path, source: Source | None = None) -> Parsed:
    """Read a folder into tables."""
    source = source or OfacSource("us_ofac_sdn")
    files = source.find_files(folder)
    version = DatasetVersion(
        source.dataset, "v", "2023-12-28", CLOCK.isoformat(), dict.fromkeys(files, "ab" * 32)
    )
    writer, issues = StatementWriter(version), IssueLog()
    source.parse(files, writer, issues)
    out.mkdir(parents=True, exist_ok=True)
    rejected = writer.write(out)
    tables = DatasetTables.read(out)
    return Parsed(tables, issues, rejected, list(tables.iter_statements()))
