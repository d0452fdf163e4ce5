"""Lists of partners and agents: principals, master agents, sub-agents, outlets, and their people.

A folder or a file of tables (CSV, XLSX, plain or packed) in which each row names an outlet or an
agent. `docs/agents.md` describes the columns; other headings are recognised, or named in
`agents.yml` beside the tables, which is archived with them.

An outlet is a party of its own: the payouts of the sample case were not found for years because an
outlet stood in a system as a location, and locations were not screened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from graph.errors import ConfigurationError, ParseError
from graph.statements import StatementWriter
from ingest.audit import Audit
from ingest.columns import Batch
from ingest.ids import digest
from ingest.source import IssueLog
from ingest.sources.agents.header import find_header
from ingest.sources.agents.ids import AgentIds
from ingest.sources.agents.layout import (
    SETTINGS,
    Headings,
    Settings,
    parse_settings,
    read_headings,
)
from ingest.sources.agents.network import AgentNetwork, Speaker
from ingest.sources.agents.rows import AgentRow
from ingest.table.rows import iter_table
from ingest.unpack import open_stream, refuse
from ingest.xml import require_records

_MAX_SETTINGS = 1 << 20  # bytes; people write it
_NAME = re.compile(r"[a-z0-9_]+")
_TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".zip")
_SETTINGS_NAMES = (SETTINGS, "agents.yaml")
_PACKED = (".gz", ".zip")
_IN_ALL = re.compile(r"(\d+) in all\.$")


class AgentsSource:
    """Reads lists of agents; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        """Name the dataset, with which its ids begin."""
        if not _NAME.fullmatch(dataset):
            raise ConfigurationError(
                f"{dataset!r} is no name for lists of agents; use lower-case letters, digits and "
                "'_'."
            )
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return any(name != SETTINGS for name in names)

    def find_files(self, location: Path) -> dict[str, Path]:
        """The tables of a folder, or one file, and `agents.yml` beside them.

        Raises:
            ParseError: When there is no table, or two of one name.
        """
        if location.is_file() and location.name.lower() not in _SETTINGS_NAMES:
            folder, tables = location.parent, [location]
        elif location.is_dir():
            folder = location
            tables = [path for path in sorted(location.iterdir()) if _is_table(path)]
        else:
            raise self._fault(location, "is no table of agents and no folder of them; give the CSV "
                              "or XLSX file, or the folder.")  # fmt: skip
        if not tables:
            raise self._fault(location, "holds no CSV or XLSX file; put the list of agents there.")
        found: dict[str, Path] = {}
        for path in tables:
            name = _plain_name(path)
            if name in found:
                raise self._fault(location, f"holds {found[name].name} and {path.name}; keep one.")
            found[name] = path
        settings = [path for path in sorted(folder.iterdir())
                    if path.is_file() and path.name.lower() in _SETTINGS_NAMES]  # fmt: skip
        if len(settings) > 1:
            raise self._fault(location, "holds two files of settings; keep agents.yml.")
        return found | ({SETTINGS: settings[0]} if settings else {})

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day that `agents.yml` states under `published:`."""
        return self._read_settings(files).published

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """Read every table: once to see its numbers, once to write.

        Raises:
            ParseError: When a table or `agents.yml` is faulty, or no column names a partner.
            AssertionFailed: When no row names anybody.
        """
        settings, loaded = self._read_settings(files), 0
        tables = sorted(name for name in files if name != SETTINGS)
        try:
            for name in tables:
                # Names and numbers are those of one list: another of the folder has its own.
                ids = AgentIds(self.dataset + (f"-{digest(name)}" if len(tables) > 1 else ""))
                for row in _iter_rows(files[name], name, settings, IssueLog(), Audit()):
                    ids.see(row)
                speaker = self._speaker(settings, name, writer.version.published)
                network = AgentNetwork(writer, issues, speaker, ids)
                loaded += _read_table(files[name], name, settings, network, issues)
        except ParseError as exc:
            exc.dataset = self.dataset
            raise
        require_records(loaded, "row that names an agent or outlet", tables[0], self.dataset)

    def _speaker(self, settings: Settings, name: str, published: str | None) -> Speaker:
        title = settings.title or f"list of agents ({name})"
        return Speaker(
            settings.publisher or title, settings.published or published, title, settings.url
        )

    def _read_settings(self, files: Mapping[str, Path]) -> Settings:
        path = files.get(SETTINGS)
        if path is None:
            return Settings()
        try:
            with open_stream(path, SETTINGS, self.dataset, limit=_MAX_SETTINGS) as stream:
                return parse_settings(stream.read().decode("utf-8-sig"))
        except UnicodeDecodeError as exc:
            raise refuse(SETTINGS, 1, "it is not UTF-8", "Save it as UTF-8.", self.dataset) from exc
        except ParseError as exc:
            exc.dataset = self.dataset
            raise

    def _fault(self, location: Path, fault: str) -> ParseError:
        place = location.as_posix()
        return ParseError(f"{place!r} {fault}", locator=place, dataset=self.dataset)


def _read_table(
    path: Path, name: str, settings: Settings, network: AgentNetwork, issues: IssueLog
) -> int:
    """Write the rows of one table: received = loaded + rejected, which an issue states.

    Returns:
        The number of rows loaded.
    """
    audit, log = Audit(), IssueLog()
    loaded = rejected = 0
    for row in _iter_rows(path, name, settings, log, audit):
        if row.names_somebody:
            network.write(row)
            loaded += 1
        else:
            rejected += 1
            stated = row.quote(*row.stated) or "all its cells are of columns that are not read"
            message = f"names no agent and no outlet: {stated}."
            issues.warn("rejected-row", message, locator=row.locator)
    issues.issues.extend(log.issues)
    audit.report(issues)
    rejected += count_long_rows(log)
    message = f"{loaded + rejected} rows received = {loaded} loaded + {rejected} rejected."
    # A warning of a whole file is shown with the report: what is rejected waits for a person.
    (issues.warn if rejected else issues.note)("rows-received", message, locator=name)
    return loaded


def _iter_rows(
    path: Path, name: str, settings: Settings, issues: IssueLog, audit: Audit
) -> Iterator[AgentRow]:
    """The rows of a table under our names."""
    headings: Headings | None = None
    needed = find_header(path, name, settings)
    for batch in iter_table(path, name, needed, settings.reading, issues):
        if headings is None:
            headings = read_headings(batch.names, settings, name)
        batch.ignore(*headings.ignored)
        yield from _iter_batch(batch, headings, settings)
        batch.report(audit)


def _iter_batch(batch: Batch, headings: Headings, settings: Settings) -> Iterator[AgentRow]:
    columns = {ours: batch.column(heading).to_pylist() for ours, heading in headings.of.items()}
    for place, locator in enumerate(batch.locators.to_pylist()):
        cells = {ours: cell for ours, column in columns.items() if (cell := column[place])}
        yield AgentRow({**settings.constants, **cells}, cells, headings, locator)


def count_long_rows(log: IssueLog) -> int:
    """Rows that the table reader did not read, as it says: beyond some it counts them only."""
    long = [each.message for each in log.issues if each.code == "long-row"]
    total = _IN_ALL.search(long[-1]) if long else None
    return int(total[1]) if total else len(long)


def _plain_name(path: Path) -> str:
    """The canonical name: lower-case, without what only says that it is packed."""
    name = path.name.lower()
    for ending in _PACKED:
        short = name.removesuffix(ending)
        if short != name and short.endswith(_TABLES):
            return short
    return name.removesuffix(".gz")


def _is_table(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return path.is_file() and name.endswith(_TABLES) and not name.startswith((".", "~"))
