"""UK Companies House, people with significant control: who holds which band of which company.

One JSON object a line. A person has a node for each entry of the register: the register itself does
not say which entries are one person. A company or partnership of a UK register is the party of its
number (`gb-coh-<number>`); any other owner has a node of its own (`gb-psc-<company>-<entry>`). Of
those whose details are protected nothing is known but that they are there: a node without a name.

Source: Companies House, "People with significant control snapshot",
http://download.companieshouse.gov.uk/en_pscdata.html; api.company-information.service.gov.uk,
resources individual, corporateEntity, legalPerson, superSecure, statement, exemptions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from graph.statements import StatementWriter
from ingest.audit import Audit
from ingest.source import IssueLog
from ingest.sources.gb_coh_files import Product, find_parts
from ingest.sources.gb_psc_entries import ASIDE, Companies, Owners, read_exemptions, read_statement
from ingest.sources.gleif_columns import Tally
from ingest.unpack import open_stream, refuse
from ingest.xml import require_records

_PAGE = "http://download.companieshouse.gov.uk/en_pscdata.html"
_LINE_BYTES = 1 << 20  # the longest entries have some thousand bytes
_BATCH = 20_000
_TOTALS = "totals#"
_STATEMENTS = "persons-with-significant-control-statement"
_EXEMPTIONS = "exemptions"
_OWNER = re.compile(
    r"(individual|corporate-entity|legal-person|super-secure)-"
    r"(?:person-with-significant-control|beneficial-owner)"
)
# Of the totals line: what it counts.
_COUNTED = ("persons_of_significant_control_count", "statements_count", "exemptions_count")


def _begins(head: bytes) -> bool:
    line = head.lstrip()[:4096]
    return line.startswith(b"{") and b'"data"' in line and b'"kind"' in head


SNAPSHOT = Product("psc", ".jsonl", _begins, _PAGE)


@dataclass(slots=True)
class _Counts:
    """What was read, beside what the last line says."""

    owners: int = 0
    statements: int = 0
    exemptions: int = 0
    totals: dict[str, Any] | None = field(default=None)

    def check(self, name: str, issues: IssueLog) -> None:
        """Compare with the totals; a snapshot without them broke off between two lines."""
        if self.totals is None:
            issues.warn("no-totals", f"{name} ends without the line of totals; it may be cut: "
                        "compare its size with the publisher's.", locator=name)  # fmt: skip
            return
        found = (self.owners, self.statements, self.exemptions)
        for what, number in zip(_COUNTED, found, strict=True):
            stated = self.totals.get(what)
            if stated is not None and stated != number:
                issues.warn("totals-differ", f"{name} says {what} is {stated!r}; {number} were "
                            "read.", locator=name)  # fmt: skip


class PscSource:
    """Reads the snapshot, whole or in parts; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_parts(location, SNAPSHOT, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return all(name.startswith(SNAPSHOT.stem) for name in names)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        audit, tally, counts = Audit(), Tally(), _Counts()
        for name, path in files.items():
            owners = Owners(writer, writer.version.files.get(name, ""), audit, tally)
            companies = Companies(writer, writer.version.files.get(name, ""))
            for line, entry in _iter_entries(path, name, self.dataset, tally):
                _sort(entry, f"{name}:{line}", owners, companies, counts)
                if len(owners) + len(companies) >= _BATCH:
                    owners.flush()
                    companies.flush()
            owners.flush()
            companies.flush()
        found = counts.owners + counts.statements + counts.exemptions
        require_records(found, "entries", ", ".join(files), self.dataset)
        counts.check(list(files)[-1], issues)
        audit.report(issues)
        tally.report(issues)


def _iter_entries(
    path: Path, name: str, dataset: str, tally: Tally
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, object) of each line that is one; others are told, the last one refused.

    Raises:
        ParseError: When it breaks off within a line, or is no JSON at all.
    """
    with open_stream(path, name, dataset) as stream:
        line = good = 0
        while text := stream.readline(_LINE_BYTES):
            line += 1
            if not text.endswith(b"\n") and len(text) == _LINE_BYTES:
                raise refuse(name, line, f"the line has over {_LINE_BYTES} bytes", dataset=dataset)
            bare = text.removeprefix(b"\xef\xbb\xbf").strip() if line == 1 else text.strip()
            if not bare:
                continue
            try:
                entry = orjson.loads(bare)
            except orjson.JSONDecodeError as exc:
                if not text.endswith(b"\n"):
                    fault = "the file breaks off inside this line"
                    raise refuse(name, line, fault, dataset=dataset) from exc
                if not good:
                    fault = "this is no JSON object a line"
                    raise refuse(name, line, fault, dataset=dataset) from exc
                tally.see("bad-line", "a line that is no JSON is not taken", f"{name}:{line}")
                continue
            good += 1
            if isinstance(entry, dict) and isinstance(entry.get("data"), dict):
                yield line, entry
            else:
                tally.see("bad-line", "a line without data is not taken", f"{name}:{line}")


def _sort(
    entry: dict[str, Any], locator: str, owners: Owners, companies: Companies, counts: _Counts
) -> None:
    data, kind = entry["data"], entry["data"].get("kind")
    number = entry.get("company_number")
    kind = kind if isinstance(kind, str) else ""
    if kind.startswith(_TOTALS):
        counts.totals = data
        return
    if len(entry) > ASIDE or not isinstance(number, str) or not number.strip():
        owners.see_outside(entry, locator)
        if not isinstance(number, str) or not number.strip():
            owners.tally.see("no-number", "an entry without company_number is not taken", locator)
            return
    number = number.strip()
    if kind == _STATEMENTS:
        counts.statements += 1
        companies.note(number, read_statement(data, owners.audit, locator), locator)
    elif kind == _EXEMPTIONS:
        counts.exemptions += 1
        for note in read_exemptions(data, owners.audit, locator):
            companies.note(number, note, locator)
    else:
        counts.owners += 1
        match = _OWNER.fullmatch(kind)
        if match is None:
            owners.tally.see("unknown-kind", f"the kind {kind[:80]!r} is not known; the entry is "
                             "taken as of an owner", locator)  # fmt: skip
        owners.add(number, match[1] if match else "", data, locator)
