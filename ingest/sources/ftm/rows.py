"""Files of FollowTheMoney, as entities: JSON lines, or statements in CSV or JSON lines.

An entity is handed on with what is known of each of its values. Statements of one entity that stand
next to each other come as one; where a file scatters them, in several pieces.

Source: OpenSanctions / FollowTheMoney 4, followthemoney.statement.serialize (CSV_COLUMNS, the
"pack" form with `Schema:property`), and the entity format of opensanctions.org/docs/entities.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from graph.errors import ParseError
from ingest.audit import Audit
from ingest.source import IssueLog
from ingest.unpack import open_stream, refuse

_LINE = 64 << 20  # the largest entities of public files have some ten million bytes
_BOM = b"\xef\xbb\xbf"
ENDINGS = (".json", ".jsonl", ".ndjson", ".ijson", ".ftm", ".csv", ".pack")
_PACKINGS = (".gz", ".zip")
_ID = "id"
_COLUMNS = frozenset({
    "canonical_id", "entity_id", "prop", "prop_type", "schema", "value", "dataset", "origin",
    "lang", "original_value", "external", "first_seen", "last_seen", "id",
})  # fmt: skip
_MEMBERS = frozenset({
    "id", "schema", "properties", "datasets", "referents", "first_seen", "last_seen",
    # The caption is one of the names; a change of any value is one of the entity's record; a target
    # is what the file's maker looks for.
    "caption", "last_change", "target",
})  # fmt: skip
_TRUE = frozenset({"t", "true", "1", "yes"})
REMEDY = ("Give FollowTheMoney entities as JSON lines, or statements as CSV with "
          "canonical_id, entity_id, prop, schema, value and dataset.")  # fmt: skip


class Value(NamedTuple):
    """One value of a property; `dataset` is the one within the file that states it."""

    text: str
    datasets: tuple[str, ...]
    original: str | None = None
    lang: str | None = None
    origin: str | None = None


@dataclass(slots=True)
class FileEntity:
    """An entity, or a piece of one, as the file has it."""

    id: str
    schema: str
    locator: str
    properties: dict[str, list[Value]] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    referents: tuple[str, ...] = ()
    first_seen: str | None = None
    last_seen: str | None = None

    def add(self, prop: str, value: Value) -> None:
        """One value more."""
        self.properties.setdefault(prop, []).append(value)


def find_entity_files(location: Path, dataset: str) -> dict[str, Path]:
    """The files at a folder, or one file, by lower-case names without packing.

    Raises:
        ParseError: When there is none, or one of them is of another format.
    """
    if not location.exists():
        raise ParseError(f"{location.as_posix()!r} does not exist. {REMEDY}",
                         locator=location.as_posix(), dataset=dataset)  # fmt: skip
    found: dict[str, Path] = {}
    for path in [location] if location.is_file() else sorted(location.iterdir()):
        name = path.name.lower()
        for packing in _PACKINGS:
            name = name.removesuffix(packing)
        if path != location and (not path.is_file() or not name.endswith(ENDINGS)):
            continue
        if name in found:
            raise ParseError(f"{name} stands in {location.as_posix()!r} twice; keep one.",
                             locator=name, dataset=dataset)  # fmt: skip
        _sniff(path, name, dataset)
        found[name] = path
    if not found:
        raise ParseError(f"{location.as_posix()!r} holds no {', '.join(ENDINGS)} file. {REMEDY}",
                         locator=location.as_posix(), dataset=dataset)  # fmt: skip
    return found


def _sniff(path: Path, name: str, dataset: str) -> bool:
    """Whether a file is of JSON lines.

    Raises:
        ParseError: When it is neither that nor a table of statements.
    """
    with open_stream(path, name, dataset) as stream:
        first = stream.readline(_LINE).removeprefix(_BOM).strip()
    if first.startswith(b"{"):
        return True
    try:
        header = next(csv.reader([first.decode("utf-8", "replace")]), [])
    except csv.Error:
        header = []
    if not {"entity_id", "prop", "value"} <= set(header):
        raise refuse(name, 1, "this is no file of FollowTheMoney", REMEDY, dataset)
    return False


class EntityFiles:
    """Reads the files of one load."""

    def __init__(self, files: Mapping[str, Path], dataset: str, issues: IssueLog) -> None:
        self._files, self._dataset, self._issues = files, dataset, issues
        self._audit = Audit()

    def iter_entities(self) -> Iterator[FileEntity]:
        """Every entity of every file, those nested in others too, before the one around them."""
        for name, path in sorted(self._files.items()):
            if _sniff(path, name, self._dataset):
                yield from self._iter_lines(path, name)
            else:
                yield from _group(self._iter_statements(path, name))
        self._audit.report(self._issues)

    def _iter_lines(self, path: Path, name: str) -> Iterator[FileEntity]:
        waiting: list[FileEntity] = []  # pieces of one statement, where lines are statements
        for number, document in self._iter_documents(path, name):
            locator = f"{name}:{number}"
            if isinstance(document, dict) and "prop" in document and "entity_id" in document:
                piece = self._read_statement(document, locator)
                waiting += [piece] if piece else []
                if waiting and waiting[-1].id != waiting[0].id:
                    yield from _group(iter(waiting[:-1]))
                    del waiting[:-1]
            else:
                yield from self._read_entity(document, locator)
        yield from _group(iter(waiting))

    def _iter_documents(self, path: Path, name: str) -> Iterator[tuple[int, Any]]:
        with open_stream(path, name, self._dataset) as stream:
            number = 0
            while line := stream.readline(_LINE):
                number += 1
                bare = line.removeprefix(_BOM).strip()
                if not bare:
                    continue
                try:
                    yield number, orjson.loads(bare)
                except orjson.JSONDecodeError as exc:
                    if number == 1 or not line.endswith(b"\n"):
                        fault = "the file breaks off inside this line, or is no JSON lines"
                        raise refuse(name, number, fault, dataset=self._dataset) from exc
                    shown = bare[:80].decode(errors="replace")
                    fault = f"A line that is no JSON is not taken: {shown!r}."
                    self._issues.warn("bad-line", fault, locator=f"{name}:{number}")

    def _read_entity(self, document: Any, locator: str) -> Iterator[FileEntity]:
        if not isinstance(document, dict) or not document.get("id") or not document.get("schema"):
            self._issues.warn("bad-line", f"Something without id and schema is not taken: "
                              f"{str(document)[:80]!r}.", locator=locator)  # fmt: skip
            return
        for member, content in document.items():
            if member not in _MEMBERS and content not in (None, [], {}, ""):
                self._audit.see(member, str(content), locator)
        entity = FileEntity(
            str(document["id"]), str(document["schema"]), locator,
            datasets=_texts(document.get("datasets")), referents=_texts(document.get("referents")),
            first_seen=_text(document.get("first_seen")),
            last_seen=_text(document.get("last_seen")),
        )  # fmt: skip
        properties = document.get("properties")
        for prop, values in properties.items() if isinstance(properties, dict) else ():
            for each in values if isinstance(values, list) else [values]:
                if isinstance(each, dict):  # the entity itself instead of its id
                    nested = {"datasets": document.get("datasets"), **each}
                    yield from self._read_entity(nested, locator)
                text = _text(each.get("id") if isinstance(each, dict) else each)
                if text:
                    entity.add(prop, Value(text, entity.datasets))
        yield entity

    def _iter_statements(self, path: Path, name: str) -> Iterator[FileEntity]:
        with open_stream(path, name, self._dataset) as stream:
            text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
            reader = csv.reader(text, strict=True)
            line = 1
            try:
                header = next(reader)
                for cells in reader:
                    line, locator = reader.line_num, f"{name}:{reader.line_num}"
                    if not cells:
                        continue
                    if len(cells) != len(header):
                        fault = f"A row of {len(cells)} cells, not {len(header)}, is not taken."
                        self._issues.warn("bad-line", fault, locator=locator)
                        continue
                    piece = self._read_statement(dict(zip(header, cells, strict=True)), locator)
                    if piece:
                        yield piece
            except (csv.Error, UnicodeDecodeError) as exc:
                fault = f"the table is broken off or not well formed ({exc})"
                raise refuse(name, line + 1, fault, dataset=self._dataset) from exc

    def _read_statement(self, row: Mapping[str, Any], locator: str) -> FileEntity | None:
        for column, content in row.items():
            if column not in _COLUMNS and content:
                self._audit.see(column, str(content), locator)
        own, prop, value = (_text(row.get(name)) for name in ("entity_id", "prop", "value"))
        schema, _, name = (prop or "").rpartition(":")
        schema = schema or _text(row.get("schema")) or ""
        if not own or not name or not schema or (value is None and name != _ID):
            self._issues.warn("bad-line", "A statement without entity, schema, property or value "
                              "is not taken.", locator=locator)  # fmt: skip
            return None
        if str(row.get("external") or "").lower() in _TRUE:
            # Candidates for a match, which nobody has decided on.
            self._audit.see("external statement", f"{own} {prop} {value}", locator)
            return None
        datasets = _texts(row.get("dataset"))
        canonical = _text(row.get("canonical_id")) or own
        seen = _text(row.get("first_seen")), _text(row.get("last_seen"))
        entity = FileEntity(canonical, schema, locator, datasets=datasets,
                            referents=(own,) if own != canonical else (),
                            first_seen=seen[0], last_seen=seen[1])  # fmt: skip
        if name != _ID:
            made = (_text(row.get(each)) for each in ("original_value", "lang", "origin"))
            entity.add(name, Value(value or "", datasets, *made))
        return entity


def _group(pieces: Iterator[FileEntity]) -> Iterator[FileEntity]:
    """Put pieces of one entity and schema that follow each other into one."""
    whole: FileEntity | None = None
    for piece in pieces:
        if whole is None or (piece.id, piece.schema) != (whole.id, whole.schema):
            if whole is not None:
                yield whole
            whole = piece
        else:
            join(whole, piece)
    if whole is not None:
        yield whole


def join(whole: FileEntity, piece: FileEntity) -> None:
    """Add what another piece says of the same entity."""
    for prop, values in piece.properties.items():
        whole.properties.setdefault(prop, []).extend(values)
    whole.datasets = tuple(dict.fromkeys((*whole.datasets, *piece.datasets)))
    whole.referents = tuple(dict.fromkeys((*whole.referents, *piece.referents)))
    whole.first_seen = min(filter(None, (whole.first_seen, piece.first_seen)), default=None)
    whole.last_seen = max(filter(None, (whole.last_seen, piece.last_seen)), default=None)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text.strip() or None


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(filter(None, map(_text, values))))
