"""Evidence and entity tables as they stand in a CSV or YAML file: rows of text, nothing judged.

A row keeps the file and line it begins on. What is wrong with a whole file is a `ParseError`; what
is wrong with one row is kept as its fault, for `evidence_facts` to reject.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from followthemoney import model

from graph.errors import ParseError

FORMATS = (".csv", ".yaml", ".yml")
MAX_BYTES = 64 * 2**20  # unpacked; a case file is written by people, a larger one is a bomb

REQUIRED = {
    "evidence": (
        *("kind", "subject", "subject_id", "relation_schema", "object", "object_id"),
        *("asserted_by", "source_url"),
    ),
    "entities": ("id", "schema", "name", "source_url"),
}
OPTIONAL = (
    *("role", "percentage", "start_date", "end_date", "asserted_on", "status", "relays"),
    *("source_title", "quote", "confidence_note", "confidence", "probability"),
    *("subject_schema", "object_schema", "denied_by", "denied_on", "denied_relays"),
    *("denied_source_url", "denied_source_title", "denied_quote"),
)
# Columns of the entity table that are not called as their property is.
PROPERTY_OF = {
    "weak_alias": "weakAlias",
    "previous_name": "previousName",
    "note": "notes",
    "source_url": "sourceUrl",
}


class Row(NamedTuple):
    """One row as it stands in the file."""

    locator: str  # "evidence.csv:17"
    cells: Mapping[str, str]
    fault: str = ""  # why the cells cannot be trusted


def plain_name(path: Path) -> str:
    """The canonical name of a file: lower-case, without .gz."""
    return path.name.lower().removesuffix(".gz")


def make_error(message: str, name: str = "", line: int = 0) -> ParseError:
    """A `ParseError` that names file and line, where there are any."""
    locator = f"{name}:{line}" if name else ""
    return ParseError(f"{locator}: {message}" if locator else message, locator=locator)


def read_tables(files: Mapping[str, Path]) -> dict[str, list[Row]]:
    """The rows of both tables, in the order of the files.

    Args:
        files: Paths by canonical name, whose ending tells the format.

    Raises:
        ParseError: When a file is damaged, no text, no table, or has unknown columns.
    """
    tables: dict[str, list[Row]] = {table: [] for table in REQUIRED}
    for name, path in files.items():
        text = _read_text(name, path)
        table = "entities" if name.startswith("entities.") else "evidence"
        if name.endswith(".csv"):
            tables[table] += _iter_csv(table, name, text)
        else:
            for part, rows in _read_yaml(table, name, text).items():
                tables[part] += rows
    if not tables["evidence"]:
        raise make_error("there is no evidence row; add one.", next(iter(files), "evidence"), 1)
    return tables


def _read_text(name: str, path: Path) -> str:
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as packed:
                raw = packed.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as exc:
            raise make_error(f"the gzip is damaged ({exc}); fetch it again.", name, 1) from exc
    if len(raw) > MAX_BYTES:
        raise make_error(f"holds more than {MAX_BYTES:,} bytes; split the case.", name, 1)
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise make_error("holds a NUL byte; save the file as UTF-8 text.", name, line)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw[: exc.start].count(b"\n") + 1
        raise make_error("is not UTF-8; save the file as UTF-8 text.", name, line) from exc
    if not text.strip():
        raise make_error("is empty; write the header and at least one row.", name, 1)
    if text.lstrip().startswith("<"):
        raise make_error("is an HTML or XML page; fetch the table itself.", name, 1)
    return text


def _check_columns(table: str, columns: list[str], name: str, line: int) -> None:
    known = {*REQUIRED[table]}
    known |= {*OPTIONAL} if table == "evidence" else {*PROPERTY_OF, *_find_properties()}
    if unknown := [column for column in columns if column not in known]:
        listed = ", ".join(map(repr, unknown))
        raise make_error(
            f"unknown columns {listed}; docs/evidence-files.md lists them.", name, line
        )
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise make_error(f"columns given twice: {', '.join(twice)}; keep one.", name, line)


def _find_properties() -> set[str]:
    """Names of the properties that an entity row may state: those that hold plain values."""
    things = (schema for schema in model if schema.is_a("Thing"))
    return {
        prop.name for schema in things for prop in schema.properties.values() if prop.range is None
    }


def _iter_csv(table: str, name: str, text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if header:
                yield _make_csv_row(f"{name}:{start}", header, cells)
                continue
            header = cells
            _check_columns(table, header, name, start)
            if missing := [column for column in REQUIRED[table] if column not in header]:
                raise make_error(
                    f"the header lacks {', '.join(missing)}; name the columns in the first "
                    "line, separated by commas.",
                    name,
                    start,
                )
    except csv.Error as exc:
        raise make_error(f"the CSV is damaged ({exc}); check the quotes.", name, line) from exc


def _make_csv_row(locator: str, header: list[str], cells: list[str]) -> Row:
    fault = ""
    if len(cells) != len(header):
        fault = f"has {len(cells)} cells, the header {len(header)}; put cells with commas in quotes"
    return Row(locator, dict(zip(header, cells, strict=False)), fault)


def _read_yaml(table: str, name: str, text: str) -> dict[str, list[Row]]:
    # Nodes, not objects: YAML would turn 2006-03-01 into a date and 010 into 8.
    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise make_error(f"the YAML is damaged ({exc}); mend it here.", name, line) from exc
    parts = [(table, root)]
    if isinstance(root, yaml.MappingNode):
        parts = [(str(key.value), value) for key, value in root.value]
    tables: dict[str, list[Row]] = {}
    for part, node in parts:
        if part not in REQUIRED or part in tables or not isinstance(node, yaml.SequenceNode):
            raise make_error(
                "is no table; write a list of rows, or one list each under the keys "
                "'evidence' and 'entities'.",
                name,
                node.start_mark.line + 1 if node else 1,
            )
        tables[part] = [_make_yaml_row(part, name, item) for item in node.value]
    return tables


def _make_yaml_row(table: str, name: str, node: Any) -> Row:
    line = node.start_mark.line + 1
    locator = f"{name}:{line}"
    if not isinstance(node, yaml.MappingNode):
        return Row(locator, {}, "is no mapping of columns to values")
    _check_columns(table, [str(key.value) for key, _ in node.value], name, line)
    cells = {str(key.value): _make_yaml_cell(value) for key, value in node.value}
    nested = [column for column, cell in cells.items() if cell is None]
    fault = f"{', '.join(nested)} holds a nested value; write text" if nested else ""
    return Row(locator, {column: cell or "" for column, cell in cells.items()}, fault)


def _make_yaml_cell(node: Any) -> str | None:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not all(isinstance(item, yaml.ScalarNode) for item in items):
        return None
    stated = (item.value for item in items if item.tag != "tag:yaml.org,2002:null")
    return "; ".join(str(value).strip() for value in stated)
