"""What must hold of anything that a reader accepts, whatever it was given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.statements import (
    Assertion,
    DatasetTables,
    DatasetVersion,
    Provenance,
    Relation,
    RowOrigins,
    StatementWriter,
)
from ingest.source import Dated, IssueLog, Reader

_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_CLOCK = "2026-01-01T00:00:00Z"


class Wrong(Exception):
    """A reader accepted an input and made of it what must not be."""


class CheckedWriter(StatementWriter):
    """A writer that looks at every value when it is given, which is cheaper than writing tables."""

    def __init__(self, version: DatasetVersion) -> None:
        super().__init__(version)
        self.size = 0  # statements

    def add(
        self, entity_id: str, schema: str, prop: str, value: str, provenance: Provenance,
        **notes: str | None,
    ) -> None:  # fmt: skip
        """See `StatementWriter`."""
        check_id(entity_id)
        check_texts(value, provenance.record_id, provenance.locator, *notes.values())
        self.size += 1
        super().add(entity_id, schema, prop, value, provenance, **notes)

    def add_entity(self, entity_id: str, schema: str, provenance: Provenance) -> None:
        """See `StatementWriter`."""
        check_id(entity_id)
        self.size += 1
        super().add_entity(entity_id, schema, provenance)

    def add_columns(
        self, schema: str, prop: str, entity_ids: pa.StringArray, values: pa.StringArray,
        rows: RowOrigins, **notes: Any,
    ) -> None:  # fmt: skip
        """See `StatementWriter`."""
        pairs = zip(entity_ids.to_pylist(), values.to_pylist(), strict=True)
        for entity_id, value in pairs:
            if value is not None:
                check_id(entity_id)
                self.size += 1
        super().add_columns(schema, prop, entity_ids, values, rows, **notes)

    def add_relation(
        self, relation: Relation, assertion: Assertion, provenance: Provenance
    ) -> None:
        """See `StatementWriter`."""
        for entity_id in (relation.id, relation.source, relation.target):
            check_id(entity_id)
        check_texts(*(getattr(assertion, name) for name in Assertion.__slots__))
        super().add_relation(relation, assertion, provenance)

    def add_relation_columns(
        self, schema: str, columns: Mapping[str, pa.Array], assertion: Assertion,
        rows: RowOrigins, **more: Any,
    ) -> None:  # fmt: skip
        """See `StatementWriter`."""
        for name in ("id", "source", "target"):
            for entity_id in columns[name].to_pylist():
                check_id(entity_id)
        super().add_relation_columns(schema, columns, assertion, rows, **more)


def check_id(entity_id: object) -> None:
    """An id is a text in lower case, not empty."""
    if not isinstance(entity_id, str) or not entity_id.strip():
        raise Wrong(f"an entity has the id {entity_id!r}")
    if entity_id != entity_id.lower():
        raise Wrong(f"an id is not in lower case: {entity_id!r}")


def check_texts(*texts: object) -> None:
    """A text is one that UTF-8 and so a table can hold."""
    for text in texts:
        if isinstance(text, str):
            try:
                text.encode()
            except UnicodeEncodeError as exc:
                raise Wrong(f"a text that is no Unicode text: {text!r}") from exc


def check_source(source: Reader, folder: Path, *, whole: bool) -> None:
    """Read a folder as the loader does, and look at what comes of it.

    Args:
        whole: Write the tables too and read them back, which costs more than all else.

    Raises:
        SourceError: When the reader refuses the files, as it may.
        Wrong: When it accepts them and should not have.
    """
    files = source.find_files(folder)
    if not files or not source.reads(files):
        raise Wrong(f"the reader found {sorted(files)}, which it does not read")
    published = source.published(files) if isinstance(source, Dated) else None
    if published is not None and not _DAY.fullmatch(published):
        raise Wrong(f"the day of publication is {published!r}")
    sums = dict.fromkeys(files, "ab" * 32)
    writer = CheckedWriter(DatasetVersion(source.dataset, "v", published, _CLOCK, sums))
    issues = IssueLog()
    source.parse(files, writer, issues)
    if not writer.size:
        raise Wrong("the files were read without a party and without an error")
    check_issues(issues)
    if whole:
        check_tables(writer, folder)


def check_issues(issues: IssueLog) -> None:
    """An issue says in texts what and where."""
    for issue in issues.issues:
        texts: Iterable[object] = (issue.level, issue.code, issue.message)
        if not all(isinstance(text, str) and text for text in texts):
            raise Wrong(f"an issue without level, code or message: {issue}")
        for text in (issue.locator, issue.entity_id):
            if text is not None and not isinstance(text, str):
                raise Wrong(f"an issue whose place is no text: {issue}")
        check_texts(issue.message, issue.locator, issue.entity_id)


def check_tables(writer: StatementWriter, folder: Path) -> None:
    """The tables are written, and what is read back holds together."""
    out = folder / "fuzz-tables"
    out.mkdir()
    writer.write(out)
    tables = DatasetTables.read(out)
    for row in tables.iter_statements():
        check_id(row["entity_id"])
    known = set()
    for row in tables.relations.to_pylist():
        known.add(row["id"])
        for end in ("source", "target"):
            check_id(row[end])
    for row in tables.evidence.to_pylist():
        if row["relation_id"] not in known:
            raise Wrong(f"evidence of no relation: {row['relation_id']!r}")
