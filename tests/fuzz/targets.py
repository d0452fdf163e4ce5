"""What is fuzzed: every format of the catalog, every kind of own files, and the readers below them.

A target takes an input (`tests.fuzz.bundle`) and either returns, or raises `SourceError` because
the input is no such file. Anything else that it raises is a fault of the reader.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import cast

from graph.errors import ParseError
from ingest.audit import Audit
from ingest.catalog import OWN, READERS, get_source, read_catalog
from ingest.dates import is_approximate, parse_date, parse_dates
from ingest.reader import read_delimited
from ingest.source import IssueLog, Reader
from ingest.sources.evidence.tables import read_tables
from ingest.sources.us_ofac import remarks
from ingest.table.guess import guess_mapping
from ingest.table.mapping import parse_mapping
from ingest.table.rows import iter_table
from ingest.table.sidecar import Reading
from ingest.unpack import iter_members, list_members, open_stream
from ingest.xml import iter_nodes
from tests.fuzz import bundle
from tests.fuzz.oracle import Wrong, check_issues, check_source, check_texts

WHOLE = 50  # one input in so many is written as tables and read back
_MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder in memory where there is one
_NAME = 100  # letters of a name that is looked through for countries, which is slow

Check = Callable[[bytes], None]


def make_target(name: str) -> Check:
    """The target of a name of `target_names`."""
    default = default_name(name)
    if name in _TEXTS:
        check_text = _TEXTS[name]
        return lambda content: check_text(content.decode("utf-8", "replace"))
    if name in _FILES:
        check = _FILES[name]
        return lambda content: _in_folder(content, default, lambda folder: check(_named(folder)))
    count = 0

    def read(folder: Path) -> None:
        nonlocal count
        count += 1
        source = cast(Reader, get_source(name, folder)) if name in OWN else reader
        check_source(source, folder, whole=count % WHOLE == 0)

    if name in READERS:
        reader = _make_reader(name)
    else:
        import_module(OWN[name].reader.partition(":")[0])  # now, so that it is instrumented
    return lambda content: _in_folder(content, default, read)


def target_names() -> list[str]:
    """All targets: the catalog's formats first."""
    return [*READERS, *OWN, *_FILES, *_TEXTS]


def default_name(name: str) -> str:
    """What a file of the target is called that has no name of its own; its ending tells the form.

    The names that a reader looks for come with the seeds.
    """
    ending = name.rpartition("_")[2]
    plain = {
        "xlsx": "xlsx", "csv": "csv", "jsonl": "txt", "bods": "json", "ftm": "json",
        "guess": "csv", "reader": "csv", "evidence": "csv", "table": "csv", "agents": "csv",
        "tables": "csv", "forms": "csv", "mapping": "yml",
    }  # fmt: skip
    return f"list.{plain.get(ending, 'txt' if name in _TEXTS else 'xml')}"


def _make_reader(name: str) -> Reader:
    module, _, kind = READERS[name].partition(":")
    # The last: the seeds of OFAC are called after the SDN list, not the consolidated one.
    dataset = max(each for each, entry in read_catalog().items() if name in entry.formats)
    return cast(Reader, getattr(import_module(module), kind)(dataset))


def _in_folder(content: bytes, default: str, check: Callable[[Path], None]) -> None:
    memory = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        folder = Path(name, "zed")
        folder.mkdir()
        bundle.write(bundle.split(content, default), folder)
        check(folder)


def _named(folder: Path) -> dict[str, Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: path for path in paths}


def _check_unpack(files: Mapping[str, Path]) -> None:
    for name, path in files.items():
        for _, content in iter_members(path, name):
            content.read()
        several = len(list_members(path, name)) > 1
        with open_stream(path, name, member="a" if several else None) as stream:
            stream.read()


def _check_xml(files: Mapping[str, Path]) -> None:
    audit, issues = Audit(), IssueLog()
    for name, path in files.items():
        for node in iter_nodes(path, name, ("R", "sdnEntry"), roots=("L", "sdnList")):
            node.text()
            for each in (*node.texts("B"), *(child.tag for child in node.all_children())):
                check_texts(each)
            node.report(audit, f"{name}:{node.line}")
    audit.report(issues)
    check_issues(issues)


def _check_delimited(files: Mapping[str, Path]) -> None:
    for name, path in files.items():
        lines = [row.line for row in read_delimited(path, name, 3).rows]
        if lines != sorted(set(lines)):
            raise Wrong(f"lines out of order: {lines}")


def _check_evidence(files: Mapping[str, Path]) -> None:
    tables = read_tables(files)
    if not tables["evidence"]:
        raise Wrong("the files were read without a row and without an error")


def _check_forms(files: Mapping[str, Path]) -> None:
    issues = IssueLog()
    for name, path in files.items():
        for batch in iter_table(path, name, ("number",), Reading(), issues):
            for column in batch.names:
                check_texts(*batch.column(column).to_pylist())
    check_issues(issues)


def _check_guess(files: Mapping[str, Path]) -> None:
    for path in files.values():
        try:
            text = guess_mapping(path)
        except ParseError as exc:
            if exc.locator.startswith("mapping"):
                raise Wrong(f"the proposed mapping does not load: {exc}") from exc
            raise
        check_texts(text)


def _check_dates(text: str) -> None:
    is_approximate(text)
    for month_first in (True, False):
        days = parse_dates(text, month_first=month_first)
        for day in days:
            date.fromisoformat(f"{day}-01-01"[:10])
        if len(days) > 2:  # a day, or both ends of a range
            raise Wrong(f"{text!r} is {days}")
        if (parse_date(text, month_first=month_first) is None) != (len(days) != 1):
            raise Wrong(f"{text!r} is one day or not")


def _check_remarks(text: str) -> None:
    rest, names = remarks.split_linked(text)
    remarks.split_scope(text[:_NAME])
    remarks.find_countries(text[:_NAME])
    for cut in (True, False):
        for fact in remarks.iter_facts(text, cut=cut):
            remarks.parse_dates(fact.value)
    check_texts(rest, *names)


def _check_mapping(text: str) -> None:
    parse_mapping(text).files()


_FILES: Mapping[str, Callable[[Mapping[str, Path]], None]] = {
    "unpack": _check_unpack,
    "xml": _check_xml,
    "reader": _check_delimited,
    "evidence_tables": _check_evidence,
    "table_forms": _check_forms,
    "guess": _check_guess,
}
_TEXTS: Mapping[str, Callable[[str], None]] = {
    "dates": _check_dates,
    "us_ofac_remarks": _check_remarks,
    "mapping": _check_mapping,
}
