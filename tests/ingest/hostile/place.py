"""An archive into which hostile files are loaded, and what must hold whatever comes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SourceError
from graph.statements import DatasetTables
from ingest import load as loading
from ingest.archive import Archive
from ingest.catalog import get_source, read_catalog
from ingest.load import LoadReport, load
from ingest.source import Source
from tests.ingest.hostile.samples import Sample, Sheet, write

NOW = datetime(2026, 11, 1, tzinfo=UTC)
# What a person is to do: each refusal ends with it.
_REMEDY = re.compile(
    r"\b(download|save|give|keep|unpack|load|add|compare|correct|write|rename|remove|name|split|"
    r"state|check|use|choose|set|mark|close|fetch|lists them|shows one|known:|did you mean)",
    re.IGNORECASE,
)  # fmt: skip


_STANDING = ("closed-list", "seen-days", "rows-received")  # each load of a format has its own


@dataclass
class Loaded:
    """What a load did: a report, or a refusal."""

    report: LoadReport | None
    refusal: SourceError | None
    directory: Path

    @property
    def statements(self) -> list[dict[str, Any]]:
        """The staged statements."""
        return list(DatasetTables.read(self.directory).iter_statements())

    @property
    def relations(self) -> list[dict[str, Any]]:
        """The staged relations."""
        rows: list[dict[str, Any]] = DatasetTables.read(self.directory).relations.to_pylist()
        return rows

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """The staged evidence."""
        rows: list[dict[str, Any]] = DatasetTables.read(self.directory).evidence.to_pylist()
        return rows

    @property
    def told(self) -> list[str]:
        """ "code: message" of each issue, but for those that each load of a format has."""
        lines = (self.directory / "issues.jsonl").read_text("utf-8").split("\n")[:-1]
        return [f"{each['code']}: {each['message']}" for each in map(json.loads, lines)
                if each["code"] not in _STANDING]  # fmt: skip

    def facts(self) -> set[tuple[str | None, ...]]:
        """What is said, without where in which file it stands."""
        names = ("entity_id", "schema", "prop", "value", "lang", "original_value")
        return {tuple(row[name] for name in names) for row in self.statements}


class Place:
    """An archive and a staging folder under one root, and one format's sample."""

    def __init__(self, root: Path, kind: str, sample: Sample) -> None:
        self.root, self.kind, self.sample = root, kind, sample
        self.archive, self.staging = Archive(root / "archive"), root / "staging"
        self._folders = 0

    def load(self, files: Mapping[str, str | Sheet | bytes], **options: Any) -> Loaded:
        """Load files from a new folder; a refusal must leave everything as it was."""
        self._folders += 1
        location = write(self.root / f"given{self._folders}" / "reg", files)
        return self.load_from(location, **options)

    def load_from(self, location: Path, **options: Any) -> Loaded:
        """Load from a folder or file."""
        source = get_source(self.sample.dataset, location)
        before = self.state()
        options.setdefault("accept_shrink", True)
        try:
            report = load(self.archive, source, location, staging=self.staging,
                          clock=lambda: NOW, **options)  # fmt: skip
        except SourceError as exc:
            assert self.state() == before, "a refused file harmed what was there"
            self.require_remedy(exc, location, source)
            return Loaded(None, exc, self.staging)
        after = self.state()
        assert {name: after.get(name) for name in before} == before, "a version was changed"
        assert not list(self.staging.rglob(".*")), "something staged was left behind"
        return Loaded(report, None, self.staging / source.dataset / report.version)

    def require_remedy(self, exc: SourceError, location: Path, source: Source) -> None:
        """The message names a file, or the dataset where a count is at fault, and what to do."""
        message = str(exc).lower()
        names = [path.name for path in location.rglob("*")] + [location.as_posix()]
        with suppress(SourceError):
            names += source.find_files(location)
        assert any(name.lower() in message for name in names), f"no file: {message}"
        assert _REMEDY.search(message), f"no remedy: {message}"
        assert len(message) < 2000, "a message must not repeat a hostile file"
        assert message.isprintable(), f"a message goes to a terminal: {message!r}"

    def state(self) -> dict[str, bytes]:
        """Every file under archive and staging."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for folder in (self.archive.root, self.staging)
            for path in folder.rglob("*")
            if path.is_file()
        }


def make_place(root: Path, kind: str, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place where small lists are large enough."""
    entries = {
        name: entry.model_copy(update={"expected": {}, "filled": {}})
        for name, entry in read_catalog().items()
    }
    monkeypatch.setattr(loading, "read_catalog", lambda: entries)
    return Place(root, kind, sample)
