"""JSON lines and Parquet as columns of text.

A nested object gives dotted columns ("address.city"), a list its texts joined by "; ", which the
mapping can `split`. Numbers stay as they are written.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from normality.cleaning import remove_unsafe_chars

from ingest.columns import Batch
from ingest.table.grid import (
    ROWS,
    clean_cells,
    make_locators,
    make_text,
    require_column,
)
from ingest.tally import RowIssues
from ingest.unpack import AGAIN, refuse

SEPARATOR = "; "
_MAX_LINE = 32 << 20  # characters of one object
_MAX_COLUMNS = 2_000  # of all objects together: more are data in the place of names


def iter_json(stream: BinaryIO, needed: Sequence[str], tally: RowIssues) -> Iterator[Batch]:
    """Objects, one a line.

    A line that is no object is not read, with a warning.

    Raises:
        ParseError: When most lines are no objects, or no object has a needed column.
    """
    text = io.TextIOWrapper(stream, "utf-8-sig", newline="\n")
    objects: list[Mapping[str, str | None]] = []
    numbers: list[int] = []
    seen: dict[str, None] = {}
    read = 0
    for number, line in _iter_lines(text, tally):
        cells = _parse_object(line, number, tally)
        if cells is None:
            continue
        seen |= dict.fromkeys(cells)
        if len(seen) > _MAX_COLUMNS:
            fault = f"the objects have more than {_MAX_COLUMNS} names"
            raise refuse(tally.name, number, fault, "Do not use values as names.")
        objects.append(cells)
        numbers.append(number)
        read += 1
        if len(objects) >= ROWS:
            yield _make_chunk(objects, numbers, seen, tally)
            objects, numbers = [], []
    if tally.counts["no-object"] > read or not read:
        raise refuse(tally.name, 1, "most lines are no JSON objects",
                     "Write one object a line (`jq -c '.[]'` makes them of an array).")  # fmt: skip
    for column in needed:
        if column not in seen:
            require_column(column, list(seen), tally.name, 1)
    yield _make_chunk(objects, numbers, seen, tally)


def _iter_lines(text: io.TextIOWrapper, tally: RowIssues) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        while line := text.readline(_MAX_LINE):
            number += 1
            if len(line) >= _MAX_LINE:
                fault = f"the line has more than {_MAX_LINE} characters"
                raise refuse(tally.name, number, fault, "Write one object a line.")
            if not line.isspace():
                yield number, line
    except UnicodeDecodeError as exc:
        fault = f"the text is not UTF-8 ({exc.reason})"
        raise refuse(tally.name, number + 1, fault, "JSON is UTF-8: save it so.") from exc


def _parse_object(line: str, number: int, tally: RowIssues) -> dict[str, str | None] | None:
    try:
        stated = json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as exc:
        tally.warn("no-object", f"is no JSON ({exc}); the line is not read.",
                   f"{tally.name}:{number}")  # fmt: skip
        return None
    if not isinstance(stated, dict):
        tally.warn("no-object", "is no JSON object; the line is not read.",
                   f"{tally.name}:{number}")  # fmt: skip
        return None
    return dict(_flatten(stated, ""))


def _flatten(stated: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str | None]]:
    for key, value in stated.items():
        # Half of a surrogate pair cannot be written to a table.
        name = prefix + remove_unsafe_chars(key).strip()
        if isinstance(value, dict):
            yield from _flatten(value, f"{name}.")
        else:
            yield name, make_json_text(value)


def make_json_text(value: Any) -> str | None:
    """The text of a value: of a list its texts, joined; of what is nested deeper, its JSON.

    Example:
        >>> make_json_text(["a", "b"]), make_json_text(True), make_json_text([{"a": 1}])
        ('a; b', 'true', '{"a": 1}')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return SEPARATOR.join(filter(None, map(make_json_text, value)))
    if isinstance(value, dict | bool):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _make_chunk(
    objects: Sequence[Mapping[str, str | None]], numbers: list[int], seen: Mapping[str, None],
    tally: RowIssues,
) -> Batch:  # fmt: skip
    columns = {name: clean_cells(make_text([each.get(name) for each in objects])) for name in seen}
    return Batch(columns, make_locators(tally.name, numbers))


def iter_parquet(file: BinaryIO, needed: Sequence[str], tally: RowIssues) -> Iterator[Batch]:
    """Rows of a Parquet file; a locator counts rows from 1.

    Raises:
        ParseError: When the file is damaged or lacks a needed column.
    """
    try:
        table = pq.ParquetFile(file)
        names = table.schema_arrow.names
        for column in needed:
            if column not in names:
                require_column(column, names, tally.name, 1)
        row = 1
        for batch in table.iter_batches(batch_size=ROWS):
            columns = {
                name: clean_cells(_as_text(batch.column(place))) for place, name in enumerate(names)
            }
            yield Batch(columns, make_locators(tally.name, range(row, row + batch.num_rows)))
            row += batch.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as exc:
        raise refuse(tally.name, 1, f"the Parquet file is damaged ({exc})", AGAIN) from exc


def _as_text(column: pa.Array) -> pa.StringArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_string(kind):
        column.validate(full=True)  # bytes that are no UTF-8
        return column
    if pa.types.is_timestamp(kind) or pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return make_text([_make_value_text(value) for value in column.to_pylist()])
    return pc.cast(column, pa.string())


def _make_value_text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return make_json_text(value)
