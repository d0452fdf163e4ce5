"""Reads a small invented list with the reader of its format, as the loader would."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from graph.statements import DatasetTables, DatasetVersion, StatementWriter
from ingest.source import IssueLog, Reader
from tests.ingest.ofac_files import CLOCK, Parsed


class DatedReader(Reader, Protocol):
    """A reader of files that state their day of publication."""

    def published(self, files: dict[str, Path]) -> str | None:
        """The day that they state."""
        ...


def parse_list(source: Reader, location: Path, out: Path, published: str = "2025-01-02") -> Parsed:
    """What the reader makes of a folder or file."""
    files = source.find_files(location)
    assert source.reads(files)
    version = DatasetVersion(
        source.dataset, "v", published, CLOCK.isoformat(), dict.fromkeys(files, "ab" * 32)
    )
    writer, issues = StatementWriter(version), IssueLog()
    source.parse(files, writer, issues)
    out.mkdir(parents=True, exist_ok=True)
    rejected = writer.write(out)
    tables = DatasetTables.read(out)
    return Parsed(tables, issues, rejected, list(tables.iter_statements()))


def existing(parsed: Parsed) -> dict[str, str]:
    """Schema of each party that is said to exist, by id."""
    return {row["entity_id"]: row["schema"] for row in parsed.statements if row["prop"] == "id"}


def links(parsed: Parsed) -> list[tuple[str, str, str, str]]:
    """(schema, source, target, role) of each relation, sorted."""
    rows = parsed.tables.relations.to_pylist()
    return sorted((row["schema"], row["source"], row["target"], row["role"]) for row in rows)
