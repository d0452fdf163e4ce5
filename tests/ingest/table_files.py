"""Tables and mappings for tests: invented parties, written as people and programs write tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graph.statements import DatasetTables, DatasetVersion, StatementWriter
from ingest.catalog import get_source
from ingest.source import IssueLog

Table = list[dict[str, Any]]

MAPPING = """
xx_registry:
  cuibono:
    title: Register of Ghostland
    publisher: Registrar of Ghostland
    published: 2024-03-01
  queries:
    - csv_url: companies.csv
      entities:
        company:
          schema: Company
          key: number
          properties:
            name: {column: name}
            registrationNumber: {column: number}
        owner:
          schema: Person
          key: owner
          key_literal: owner
          properties:
            name: {column: owner}
        owns:
          schema: Ownership
          keys: [number, owner]
          properties:
            owner: {entity: owner}
            asset: {entity: company}
            percentage: {column: share}
            startDate: {column: since}
"""
HEADER = ("number", "name", "owner", "share", "since")
ROW = ("1", "Ghost Trading Ltd", "Zed Example", "25", "2010-02-03")


def make_csv(header: Sequence[str], *rows: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def write_folder(folder: Path, mapping: str = MAPPING, **files: str | bytes) -> Path:
    """A folder with a mapping and files; `companies_csv` is companies.csv."""
    folder.mkdir(exist_ok=True)
    (folder / "mapping.yml").write_text(mapping, "utf-8")
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        if isinstance(content, str):
            path.write_text(content, "utf-8", newline="")
        else:
            path.write_bytes(content)
    return folder


class Read:
    """The three tables that a folder becomes, and the issues."""

    def __init__(self, location: Path) -> None:
        source = get_source("table", location)
        self.dataset = source.dataset
        files = source.find_files(location)
        hashes = dict.fromkeys(files, "ab" * 32)
        version = DatasetVersion(source.dataset, "v1", None, "2025-01-01T00:00:00Z", hashes)
        writer, self.log = StatementWriter(version), IssueLog()
        source.parse(files, writer, self.log)
        out = location.parent / f"{location.name}-out"
        out.mkdir(exist_ok=True)
        self.rejected = writer.write(out)
        tables = DatasetTables.read(out)
        self.statements: Table = tables.statements.to_pylist()
        self.relations: Table = tables.relations.to_pylist()
        self.evidence: Table = tables.evidence.to_pylist()

    def values(self, prop: str, schema: str | None = None) -> list[str]:
        return sorted(
            row["value"]
            for row in self.statements
            if row["prop"] == prop and schema in (None, row["schema"])
        )

    def ids(self, schema: str) -> set[str]:
        return {row["entity_id"] for row in self.statements if row["schema"] == schema}

    def codes(self) -> set[str]:
        return {issue.code for issue in self.log.issues}

    def messages(self, code: str) -> list[str]:
        return [
            f"{issue.locator}: {issue.message}" for issue in self.log.issues if issue.code == code
        ]


def read_csv(tmp_path: Path, *rows: Sequence[str], mapping: str = MAPPING) -> Read:
    """What MAPPING makes of these rows."""
    return Read(write_folder(tmp_path / "reg", mapping, companies_csv=make_csv(HEADER, *rows)))
