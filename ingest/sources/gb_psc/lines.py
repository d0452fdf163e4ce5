"""Lines of JSON as rows of texts: a block at a time where it is plain, else line by line.

Both ways give the same rows. The quick one is Arrow's, which stops at the first oddity: a value of
another type than the register publishes, a damaged line, half a surrogate pair. The block is then
read line by line, so that one odd entry costs time and nothing else.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from ingest.columns import Batch, batch_rows
from ingest.tally import Tally
from ingest.unpack import open_stream, refuse

_BLOCK_BYTES = 16 << 20  # some 20,000 entries
_LINE_BYTES = 1 << 20  # the longest entries have some thousand bytes
_BOM = b"\xef\xbb\xbf"
# What is no entry of an owner or a statement is rare: it is read line by line.
_NOT_PLAIN = r"^(exemptions$|totals#)"
# Escapes of half a pair are where readers differ.
_HALF_PAIRS = (b"\\ud", b"\\uD")
_TEXT = pa.string()


def _texts(*names: str) -> pa.StructType:
    return pa.struct([(name, _TEXT) for name in names])


_ADDRESS = _texts("premises", "address_line_1", "address_line_2", "locality", "region",
                  "postal_code", "country", "care_of", "po_box")  # fmt: skip
# What is published as text or number. Else Arrow would take days for moments in time.
_SCHEMA = pa.schema([
    ("company_number", _TEXT),
    ("data", pa.struct([
        *((name, _TEXT) for name in (
            "kind", "etag", "name", "nationality", "country_of_residence", "notified_on",
            "ceased_on", "description", "statement", "linked_psc_name",
            "restrictions_notice_withdrawal_reason")),
        ("links", _texts("self", "statement")),
        ("name_elements", _texts("title", "forename", "other_forenames", "middle_name",
                                 "surname")),
        ("date_of_birth", pa.struct([("day", pa.int64()), ("month", pa.int64()),
                                     ("year", pa.int64())])),
        ("address", _ADDRESS),
        ("principal_office_address", _ADDRESS),
        ("natures_of_control", pa.list_(_TEXT)),
        ("identification", _texts("legal_form", "legal_authority", "country_registered",
                                  "place_registered", "registration_number")),
        ("identity_verification_details", _texts(
            "preferred_name", "identity_verified_on", "appointment_verification_end_on",
            "appointment_verification_start_on", "appointment_verification_statement_date",
            "appointment_verification_statement_due_on",
            "authorised_corporate_service_provider_name")),
        ("is_sanctioned", pa.bool_()),
        ("ceased", pa.bool_()),
    ])),
])  # fmt: skip
Special = Callable[[dict[str, Any]], dict[str, Any] | None]


class _Block(NamedTuple):
    """Whole lines of a file."""

    content: bytes
    first: int  # number of its first line
    lines: int
    is_last: bool


def iter_line_batches(
    path: Path, name: str, dataset: str, tally: Tally, special: Special
) -> Iterator[Batch]:
    """The objects of a file, flat: "data.address.premises"; words of a list in one text.

    Args:
        path: The file.
        name: Its canonical name.
        dataset: For errors.
        tally: For lines that are none.
        special: Is given each object of those that are no plain ones; returns it, or another in
            its place, or None when it is no entry.

    Raises:
        ParseError: When it breaks off within a line, or is no JSON at all.
    """
    for block, batch in _iter_read(path, name, dataset):
        if batch is not None:
            yield batch
        else:
            lines = _iter_lines(block, name, dataset, tally)
            yield from batch_rows(_iter_rows(lines, special), max(block.lines, 1))


def _iter_read(path: Path, name: str, dataset: str) -> Iterator[tuple[_Block, Batch | None]]:
    """Each block, and its rows if they are plain; the next one is read in a second thread."""
    with ThreadPoolExecutor(1, thread_name_prefix="json") as pool:
        coming: tuple[_Block, Future[Batch | None]] | None = None
        for block in _iter_blocks(path, name, dataset):
            last, coming = coming, (block, pool.submit(_read_plain, block, name))
            if last is not None:
                yield last[0], last[1].result()
        if coming is not None:
            yield coming[0], coming[1].result()


def _iter_blocks(path: Path, name: str, dataset: str) -> Iterator[_Block]:
    with open_stream(path, name, dataset) as stream:
        first = 1
        while content := stream.read(_BLOCK_BYTES):
            rest = b"" if content.endswith(b"\n") else stream.readline(_LINE_BYTES)
            lines = content.count(b"\n") + bool(rest) + (not rest and content[-1:] != b"\n")
            if len(rest) == _LINE_BYTES and not rest.endswith(b"\n"):
                fault = f"the line has over {_LINE_BYTES} bytes"
                raise refuse(name, first + lines - 1, fault, dataset=dataset)
            content += rest
            if first == 1:
                content = content.removeprefix(_BOM)
            yield _Block(content, first, lines, not content.endswith(b"\n"))
            first += lines


def _read_plain(block: _Block, name: str) -> Batch | None:
    """The rows of a block, if all its lines are plain."""
    content = block.content
    if block.is_last or _has_half_pairs(content) or not _is_utf8(content):
        return None
    try:
        table = pj.read_json(
            io.BytesIO(content),
            pj.ReadOptions(use_threads=False, block_size=len(content) + 1),
            pj.ParseOptions(explicit_schema=_SCHEMA, unexpected_field_behavior="infer"),
        )
        columns: dict[str, pa.StringArray] = {}
        for field in table.schema:
            _spread(table[field.name].combine_chunks(), field.name, columns)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    special = pc.match_substring_regex(columns["data.kind"], _NOT_PLAIN)
    if table.num_rows != block.lines or pc.any(special).as_py():  # or an empty line
        return None
    numbers = pa.array(np.arange(block.first, block.first + block.lines)).cast(_TEXT)
    return Batch(columns, pc.binary_join_element_wise(name, numbers, ":"))


def _spread(column: pa.Array, path: str, columns: dict[str, pa.StringArray]) -> None:
    """Put a column, or those within it, as texts.

    Raises:
        ArrowNotImplementedError: When it is of a type that is not published.
    """
    kind = column.type
    if pa.types.is_struct(kind):
        for field, part in zip(kind, column.flatten(), strict=True):
            _spread(part, f"{path}.{field.name}", columns)
    elif (
        pa.types.is_list(kind)
        and not column.flatten().null_count
        and (pa.types.is_string(kind.value_type))
    ):
        columns[path] = pc.binary_join(column, " ")
    elif pa.types.is_boolean(kind):
        columns[path] = pc.if_else(column, "true", pa.scalar(None, _TEXT))
    elif pa.types.is_string(kind):
        columns[path] = column
    elif pa.types.is_integer(kind):
        columns[path] = column.cast(_TEXT)
    elif not pa.types.is_null(kind):
        raise pa.ArrowNotImplementedError(f"{path} is {kind}")


def _has_half_pairs(content: bytes) -> bool:
    # Each search is as long as a tenth of the parsing; most blocks have no such escape at all.
    return b"\\" in content and b"\\u" in content and any(mark in content for mark in _HALF_PAIRS)


def _is_utf8(content: bytes) -> bool:
    if content.isascii():
        return True
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _iter_lines(
    block: _Block, name: str, dataset: str, tally: Tally
) -> Iterator[tuple[dict[str, Any], str]]:
    lines = block.content.split(b"\n")
    good = block.first > 1
    for at, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            continue
        number = block.first + at
        locator = f"{name}:{number}"
        try:
            entry = orjson.loads(bare)
        except orjson.JSONDecodeError as exc:
            if block.is_last and at == len(lines) - 1:
                fault = "the file breaks off inside this line"
                raise refuse(name, number, fault, dataset=dataset) from exc
            if not good:
                fault = "this is no JSON object a line"
                raise refuse(name, number, fault, dataset=dataset) from exc
            tally.see("bad-line", "a line that is no JSON is not taken", locator)
            continue
        good = True
        if isinstance(entry, dict) and isinstance(entry.get("data"), dict):
            yield entry, locator
        else:
            tally.see("bad-line", "a line without data is not taken", locator)


def _iter_rows(
    lines: Iterator[tuple[dict[str, Any], str]], special: Special
) -> Iterator[tuple[dict[str, str | None], str]]:
    for found, locator in lines:
        entry = special(found)
        if entry is not None:
            cells: dict[str, str | None] = {}
            _flatten(entry, "", cells)
            yield cells, locator


def _flatten(part: Mapping[str, Any], path: str, cells: dict[str, str | None]) -> None:
    for key, value in part.items():
        place = path + key
        if isinstance(value, str):
            cells[place] = value
        elif isinstance(value, dict):
            _flatten(value, place + ".", cells)
        elif isinstance(value, list):
            texts = [each if isinstance(each, str) else json.dumps(each) for each in value]
            cells[place] = " ".join(texts)
        elif isinstance(value, bool):
            cells[place] = "true" if value else None
        elif value is not None:
            cells[place] = str(value)
