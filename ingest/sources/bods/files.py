"""Files of the Beneficial Ownership Data Standard: found, and read one statement at a time.

Statements come as a JSON array, one JSON object a line, or an array within an object. Lines are
read one by one, whatever their number. An array can only be read whole, so its size has a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from graph.errors import ParseError
from ingest.source import IssueLog
from ingest.unpack import open_stream, refuse

# An array is some six times as large in memory as on the disk.
MAX_ARRAY = 256 << 20
_LINE = 16 << 20  # the longest statements have some ten thousand bytes
_HEAD = 1 << 20
_BOM = b"\xef\xbb\xbf"
_ENDINGS = (".json", ".jsonl", ".ndjson", ".jsonlines")
_PACKINGS = (".gz", ".zip")
# In 0.4, and before.
_MARKS = (b'"statementId"', b'"statementID"')
_LINES_REMEDY = "Convert it to one statement a line (`jq -c '.[]'`) and load that."
PAGE = "https://standard.openownership.org"


class Placed(NamedTuple):
    """One statement and where it stands."""

    raw: dict[str, Any]
    locator: str  # "file.jsonl:17", or "file.json:statement 3" of an array


def find_statement_files(location: Path, dataset: str) -> dict[str, Path]:
    """The JSON files at a folder, or one file, by lower-case names without packing.

    Raises:
        ParseError: When there is none, or one of them is of another format.
    """
    if not location.exists():
        raise ParseError(f"{location.as_posix()!r} does not exist; give a file of statements or a "
                         "folder of such files.", locator=location.as_posix(),
                         dataset=dataset)  # fmt: skip
    paths = [location] if location.is_file() else sorted(location.iterdir())
    found: dict[str, Path] = {}
    for path in paths:
        name = _canonical(path)
        if path != location and (not path.is_file() or not name.endswith(_ENDINGS)):
            continue
        if name in found:
            raise ParseError(f"{name} stands in {location.as_posix()!r} twice; keep one.",
                             locator=name, dataset=dataset)  # fmt: skip
        with open_stream(path, name, dataset) as stream:
            head = stream.read(_HEAD)
        if not any(mark in head for mark in _MARKS):
            raise refuse(name, 1, "no statement of the Beneficial Ownership Data Standard stands "
                         "in it", f"See {PAGE}; keep other files in another folder.",
                         dataset)  # fmt: skip
        found[name] = path
    if not found:
        raise ParseError(f"{location.as_posix()!r} holds no {', '.join(_ENDINGS)} file.",
                         locator=location.as_posix(), dataset=dataset)  # fmt: skip
    return found


def _canonical(path: Path) -> str:
    name = path.name.lower()
    for packing in _PACKINGS:
        name = name.removesuffix(packing)
    return name


def iter_placed(path: Path, name: str, dataset: str, issues: IssueLog) -> Iterator[Placed]:
    """Each statement of a file.

    Args:
        path: The file, plain or packed.
        name: Its canonical name.
        dataset: For errors.
        issues: Told of lines that are no statement.

    Raises:
        ParseError: When it is no JSON, breaks off, or is an array over `MAX_ARRAY` bytes.
    """
    if _has_lines(path, name, dataset):
        yield from _iter_lines(path, name, dataset, issues)
        return
    with open_stream(path, name, dataset) as stream:
        content = stream.read(MAX_ARRAY + 1)
    if len(content) > MAX_ARRAY:
        raise refuse(name, 1, f"the array has over {MAX_ARRAY} bytes", _LINES_REMEDY, dataset)
    try:
        document = orjson.loads(content.removeprefix(_BOM))
    except orjson.JSONDecodeError as exc:
        fault = f"the file is no JSON, or broken off ({exc.msg})"
        raise refuse(name, exc.lineno, fault, dataset=dataset) from exc
    for number, each in enumerate(_unwrap(document), start=1):
        yield from _check(each, f"{name}:statement {number}", issues)


def _has_lines(path: Path, name: str, dataset: str) -> bool:
    """Whether the first line is an object by itself."""
    with open_stream(path, name, dataset) as stream:
        first = b""
        while not first.strip(_BOM + b" \t\r\n"):
            first = stream.readline(_LINE)
            if not first:
                raise refuse(name, 1, "the file is empty", dataset=dataset)
    try:
        return isinstance(orjson.loads(first.removeprefix(_BOM)), dict)
    except orjson.JSONDecodeError:
        return False


def _iter_lines(path: Path, name: str, dataset: str, issues: IssueLog) -> Iterator[Placed]:
    with open_stream(path, name, dataset) as stream:
        number = 0
        while line := stream.readline(_LINE):
            number += 1
            bare = line.removeprefix(_BOM).strip()
            if not bare:
                continue
            locator = f"{name}:{number}"
            try:
                document = orjson.loads(bare)
            except orjson.JSONDecodeError as exc:
                if not line.endswith(b"\n"):
                    fault = "the file breaks off inside this line"
                    raise refuse(name, number, fault, dataset=dataset) from exc
                shown = bare[:80].decode(errors="replace")
                issues.warn("bad-line", f"A line that is no JSON is not taken: {shown!r}.",
                            locator=locator)  # fmt: skip
                continue
            for each in _unwrap(document):
                yield from _check(each, locator, issues)


def _unwrap(document: object) -> list[Any]:
    """The statements of a document: an array, a package that has them as a member, or one alone."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and isinstance(document.get("statements"), list):
        return list(document["statements"])
    return [document]


def _check(each: object, locator: str, issues: IssueLog) -> Iterator[Placed]:
    if isinstance(each, dict) and ("statementId" in each or "statementID" in each):
        yield Placed(each, locator)
    else:
        issues.warn("no-statement", f"Something without a statement's id is not taken: "
                    f"{str(each)[:80]!r}.", locator=locator)  # fmt: skip
