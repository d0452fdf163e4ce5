"""What GLEIF's three products share: how their files are found, and XML as rows of the CSV.

Each product is published as XML and as CSV with the same content. The XML is flattened to the
names of the CSV's columns, so that both take one path. Ids are `lei-<LEI>`, lower case.

Source: GLEIF, "LEI-CDF 3.1", "RR-CDF 2.1", "Reporting Exceptions format 2.1" and "Golden Copy and
Delta Files: CSV column names", https://www.gleif.org/en/lei-data/access-and-use-lei-data.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from followthemoney.types import registry

from graph.errors import AssertionFailed, ParseError
from ingest.audit import Audit
from ingest.columns import Batch, batch_rows, iter_csv_batches, make_ids, map_distinct
from ingest.dates import parse_date
from ingest.listfile import (
    ListFile,
    begins_with_columns,
    begins_with_root,
    find_list_file,
)
from ingest.source import IssueLog
from ingest.xml import Node, iter_nodes, require_records

PAGE = "https://www.gleif.org/en/lei-data/gleif-golden-copy"
PREFIX = "lei"
# Six thousand rows of level 1: enough for the fixed cost of its sixty filled columns to be small.
_BLOCK_BYTES = 8 << 20
_ATTRIBUTES = {
    "lang": "xmllang", "type": "type", "event_status": "event_status", "group_type": "group_type",
    "group_id": "group_id", "group_sequence_no": "group_sequence_no", "field_xpath": "field_xpath",
}  # fmt: skip
_NUMBERED = frozenset(
    {"OtherEntityName", "TransliteratedOtherEntityName", "OtherAddress", "LegalEntityEvent",
     "TransliteratedOtherAddress", "AdditionalAddressLine", "SuccessorEntity", "AffectedField",
     "OtherValidationAuthority", "RelationshipPeriod", "RelationshipQualifier",
     "RelationshipQuantifier", "ExceptionReason", "ExceptionReference"}
)  # fmt: skip
# Where the CSV names an element otherwise than the XML; "" is a level that it leaves out.
_RENAMED = {
    "RelationshipPeriods": "", "RelationshipQualifiers": "", "RelationshipQuantifiers": "",
    "RelationshipPeriod": "Period", "RelationshipQualifier": "Qualifiers",
    "RelationshipQuantifier": "Quantifiers", "StartDate": "startDate", "EndDate": "endDate",
    "PeriodType": "periodType", "ExceptionCategory": "Exception.Category",
    "ExceptionReason": "Exception.Reason", "ExceptionReference": "Exception.Reference",
}  # fmt: skip
# A number in the name, a version or a day: it is no date of the calendar to come.
_NAMED_DAY = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)")
_LEI_CHARACTERS = 20
_LEI = rf"^[A-Za-z0-9]{{{_LEI_CHARACTERS - 2}}}[0-9]{{2}}$"


@dataclass(frozen=True, slots=True)
class Product:
    """One of the three products."""

    name: str  # canonical name of its files, without the ending
    root: str
    entry: str  # the element of one row
    columns: tuple[str, ...]  # that the CSV must have
    header: str = "Header"

    def find_files(self, location: Path, dataset: str) -> dict[str, Path]:
        """The one file of the product at a folder or file, XML or CSV."""
        faults = []
        for ending, begins in (
            ("xml", begins_with_root(self.root)),
            ("csv", begins_with_columns(*self.columns)),
        ):
            wanted = ListFile(f"{self.name}.{ending}", (), begins, PAGE)
            try:
                return find_list_file(location, wanted, dataset)
            except ParseError as exc:
                faults.append(exc)
        more = [exc for exc in faults if "more than once" in str(exc)]
        raise (more or faults)[0]

    def reads(self, names: Collection[str]) -> bool:
        """Whether files of these canonical names are of the product."""
        return any(name in names for name in (f"{self.name}.xml", f"{self.name}.csv"))

    def published(self, files: Mapping[str, Path], dataset: str) -> str | None:
        """The day of the content: the XML's header states it, the CSV's name alone."""
        ((name, path),) = files.items()
        if name.endswith(".xml"):
            nodes = iter_nodes(path, name, (self.header, self.entry), roots=(self.root,),
                               dataset=dataset)  # fmt: skip
            for node in nodes:
                if node.tag == self.entry:
                    break
                if node.tag == self.header:
                    stated = node.child_text("ContentDate")
                    return parse_date(stated) if stated else None
        match = _NAMED_DAY.search(path.name)
        return "-".join(match.groups()) if match else None


@dataclass(slots=True)
class Reading:
    """One file while it is read: its batches, and whether its number of rows is what it says."""

    product: Product
    dataset: str
    issues: IssueLog
    audit: Audit
    complete: bool = False  # whether the number of records in the header must hold
    _rows: int = 0
    _header: dict[str, str] = field(default_factory=dict)

    def iter_batches(self, files: Mapping[str, Path]) -> Iterator[Batch]:
        """The rows by the names of the CSV's columns.

        Raises:
            ParseError: When it is not of the product.
            AssertionFailed: When it holds no row, or too few though declared complete.
        """
        ((name, path),) = files.items()
        if name.endswith(".csv"):
            batches = iter_csv_batches(path, name, self.dataset, member="*.csv",
                                       columns_required=self.product.columns,
                                       block_bytes=_BLOCK_BYTES)  # fmt: skip
        else:
            batches = batch_rows(self._iter_rows(path, name))
        for batch in batches:
            self._rows += len(batch)
            yield batch
        require_records(self._rows, "records", name, self.dataset)
        self._check_header(name)

    def _iter_rows(self, path: Path, name: str) -> Iterator[tuple[dict[str, str], str]]:
        product = self.product
        nodes = iter_nodes(path, name, (product.header, product.entry), roots=(product.root,),
                           dataset=self.dataset, member="*.xml")  # fmt: skip
        for node in nodes:
            locator = f"{name}:{node.line}"
            if node.tag == product.entry:
                cells: dict[str, str] = {}
                counts: dict[str, int] = {}
                for child in node.all_children():
                    _flatten(child, "", cells, counts)
                yield cells, locator
            elif node.tag == product.header:
                for tag in ("ContentDate", "FileContent", "RecordCount"):
                    self._header[tag] = node.child_text(tag) or ""
                # Of the making of the file: who concatenated it, from when a delta counts.
                node.ignore("Originator", "DeltaStart", "NextVersion", "Extension")
            node.report(self.audit, locator)

    def _check_header(self, name: str) -> None:
        """Compare the number of records with the header's, which only a whole file fulfils."""
        if "DELTA" in self._header.get("FileContent", ""):
            self.issues.warn("delta-file", f"{name} holds changes only; what is not in it would be "
                             "taken as gone: load a full file.", locator=name)  # fmt: skip
        stated = self._header.get("RecordCount", "")
        if not stated.isdecimal() or int(stated) == self._rows:
            return
        message = f"{name} says that it holds {stated} records; it holds {self._rows}."
        if self.complete:
            raise AssertionFailed(f"{message} Download it again.", metric="records",
                                  expected=int(stated), actual=self._rows,
                                  dataset=self.dataset)  # fmt: skip
        self.issues.note("record-count", message, locator=name)


def _flatten(node: Node, path: str, cells: dict[str, str], counts: dict[str, int]) -> None:
    """Put the texts and attributes of an element into the cells of its row.

    Args:
        counts: How many elements of each numbered name the row has so far.
    """
    tag = node.tag
    name = _RENAMED.get(tag, tag)
    if name:
        path = f"{path}.{name}" if path else name
    if tag in _NUMBERED:
        counts[path] = counts.get(path, 0) + 1
        path = f"{path}.{counts[path]}"
    text = node.text()
    if text:
        cells[path] = text
    for attribute, column in _ATTRIBUTES.items():
        if value := node.attribute(attribute):
            cells[f"{path}.{column}"] = value
    for child in node.all_children():
        _flatten(child, path, cells, counts)


def lei_ids(column: pa.StringArray) -> pa.StringArray:
    """Ids of parties by their LEIs."""
    return make_ids(PREFIX, column)


def clean_languages(column: pa.StringArray) -> pa.StringArray:
    """Codes of three letters (ISO 639-3) of published ones; null for what is no language."""
    return map_distinct(column, lambda code: registry.language.clean(code))


def find_wrong_leis(column: pa.StringArray) -> pa.BooleanArray:
    """Which texts are no LEI: of another shape, or with check digits that do not fit.

    ISO 17442: twenty letters and digits, of which the last two make the whole 1 modulo 97 (ISO
    7064, MOD 97-10), a letter being two digits.
    """
    shaped = pc.fill_null(pc.match_substring_regex(column, _LEI), False)
    places = np.flatnonzero(shaped.to_numpy(zero_copy_only=False))
    text = pc.ascii_upper(column.take(pa.array(places)))
    letters = np.array(text.to_pylist(), f"S{_LEI_CHARACTERS}").view(np.uint8)
    rest = _remainders(letters.reshape(-1, _LEI_CHARACTERS).astype(np.int64))
    wrong = column.is_valid().to_numpy(zero_copy_only=False).copy()
    wrong[places[rest == 1]] = False
    return pa.array(wrong)


def _remainders(letters: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    rest = np.zeros(len(letters), np.int64)
    for place in range(_LEI_CHARACTERS):
        code = letters[:, place]
        digit = code <= ord("9")
        rest = np.where(digit, rest * 10 + code - ord("0"), rest * 100 + code - ord("A") + 10) % 97
    return rest


def numbered(names: Sequence[str], stem: str) -> list[str]:
    """The columns `<stem>.1`, `<stem>.2` …, however many there are; or the stem itself."""
    pattern = re.compile(rf"({re.escape(stem)}(?:\.\d+)?)(?:\..*)?")
    found = dict.fromkeys(match[1] for name in names if (match := pattern.fullmatch(name)))
    several = [name for name in found if name != stem]
    return several or list(found)
