"""Anybody's tables with a mapping file in FollowTheMoney's syntax: registries, lists of partners.

A folder holds `mapping.yml` and the tables that it names: CSV, XLSX, JSON lines or Parquet, plain
or packed. `docs/mapping.md` is the guide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import ConfigurationError, ParseError
from graph.statements import StatementWriter
from ingest.audit import Audit
from ingest.columns import Batch
from ingest.source import About, IssueLog
from ingest.table.execute import Execution, as_mask
from ingest.table.links import Links
from ingest.table.mapping import MAPPING, Query, TableMapping, parse_mapping
from ingest.table.places import find_mapping, find_place
from ingest.table.rows import iter_table
from ingest.table.sidecar import Reading
from ingest.tally import RowIssues
from ingest.unpack import open_stream, refuse
from ingest.xml import require_records

_MAX_MAPPING = 1 << 20  # bytes; people write mapping files
_NAME = re.compile(r"[a-z0-9_]+")

Rows = npt.NDArray[np.bool_]


class TableSource:
    """Reads tables through their mapping; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        """Name the dataset, with which its ids begin."""
        if not _NAME.fullmatch(dataset):
            raise ConfigurationError(
                f"{dataset!r} is no name for tables; use lower-case letters, digits and '_'."
            )
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return MAPPING in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """The mapping and every file that it names, as it names them.

        Raises:
            ParseError: When the mapping is faulty, or a file is absent or lies elsewhere.
        """
        path = find_mapping(location, self.dataset)
        mapping = self._read_mapping(path)
        tables = {name: find_place(path.parent, name, self.dataset) for name in mapping.files()}
        return {MAPPING: path, **tables}

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day that the mapping states under `cuibono: published:`."""
        return self._read_mapping(files[MAPPING]).about.published

    def describe(self, files: Mapping[str, Path]) -> About:
        """What the mapping states under `cuibono:`."""
        about = self._read_mapping(files[MAPPING]).about
        return About(about.title, about.publisher or "", about.licence or "")

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """Read every table once and run its queries on it.

        Raises:
            ParseError: When the mapping or a table is faulty, or nothing comes of the tables.
        """
        mapping = self._read_mapping(files[MAPPING])
        load = _Load(mapping, writer, issues)
        try:
            for (name, reading), queries in _group(mapping).items():
                load.read_table(files[name], name, reading, queries)
        except ParseError as exc:
            exc.dataset = self.dataset
            raise
        load.report()

    def _read_mapping(self, path: Path) -> TableMapping:
        try:
            with open_stream(path, MAPPING, self.dataset, limit=_MAX_MAPPING) as stream:
                text = stream.read().decode("utf-8-sig")
            return parse_mapping(text)
        except UnicodeDecodeError as exc:
            fault = "the mapping is not UTF-8"
            raise refuse(MAPPING, 1, fault, "Save it as UTF-8.", self.dataset) from exc
        except ParseError as exc:
            exc.dataset = self.dataset
            raise


def _group(mapping: TableMapping) -> dict[tuple[str, Reading], list[Query]]:
    """The queries of each file that are to read it in one way: it is read once for them all."""
    groups: dict[tuple[str, Reading], list[Query]] = {}
    for query in mapping.queries:
        for name in query.files:
            groups.setdefault((name, query.reading), []).append(query)
    return groups


class _Load:
    """One reading of all tables into a writer."""

    def __init__(self, mapping: TableMapping, writer: StatementWriter, issues: IssueLog) -> None:
        self._writer, self._issues = writer, issues
        self._execution = Execution(mapping, writer, issues)
        self._links = Links(mapping, writer)
        self._made = {(query.line, entity.name): 0
                      for query in mapping.queries for entity in query.entities}  # fmt: skip

    def read_table(self, path: Path, name: str, reading: Reading, queries: list[Query]) -> None:
        """Read one table and run the queries on each batch of it."""
        needed = list(dict.fromkeys(ref for query in queries for ref in query.refs()))
        sha256 = self._writer.version.files.get(name, "")
        tally, audit = RowIssues(name, self._issues), Audit()
        filtered = 0
        for batch in iter_table(path, name, needed, reading, self._issues):
            batch.ignore(*reading.ignore)
            passed, used = np.zeros((2, len(batch)), np.bool_)
            for query in queries:
                rows = find_rows(query, batch)
                passed |= rows
                used[rows] |= self._run(query, _choose(batch, rows), sha256, tally)
            filtered += int((~passed).sum())
            for place in np.flatnonzero(passed & ~used).tolist():
                tally.warn("row-without-entity", "gives no entity: its key cells are empty.",
                           batch.locators[place].as_py())  # fmt: skip
            batch.report(audit)
        if filtered:
            self._issues.note("filtered-rows", f"{filtered} rows are left out by the filters.",
                              locator=name)  # fmt: skip
        tally.close()
        audit.report(self._issues)

    def report(self) -> None:
        """Log what concerns the whole load.

        Raises:
            AssertionFailed: When no row gave an entity.
        """
        self._execution.report()
        dataset = self._writer.version.dataset
        require_records(sum(self._made.values()), "row that gives an entity", MAPPING, dataset)
        for (line, entity), rows in self._made.items():
            if not rows:
                message = f"no row gives the entity {entity!r}: its key cells are always empty."
                self._issues.warn("entity-never-made", message, locator=f"{MAPPING}:{line}")

    def _run(self, query: Query, batch: Batch, sha256: str, tally: RowIssues) -> Rows:
        """Run a query on the rows that it wants; which of them gave an entity."""
        used = np.zeros(len(batch), np.bool_)
        for name, entity in self._execution.make(query, batch).items():
            stated = {}
            if entity.rule.schema.edge:
                stated = self._links.write(entity, query, batch, sha256, tally)
            self._execution.write(entity, batch, sha256, stated)
            self._made[query.line, name] += int(entity.present.sum())
            used |= entity.present
        return used


def find_rows(query: Query, batch: Batch) -> Rows:
    """The rows that pass the filters of a query."""
    rows = np.ones(len(batch), np.bool_)
    for filters, wanted in ((query.filters, True), (query.filters_not, False)):
        for name, texts in filters:
            column = batch.column(name)
            known = pa.array([text for text in texts if text is not None], pa.string())
            found = as_mask(pc.is_in(column, known))
            if None in texts:
                found = found | as_mask(column.is_null())
            rows &= found == wanted
    return rows


def _choose(batch: Batch, rows: Rows) -> Batch:
    return batch if rows.all() else batch.where(pa.array(rows))
