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

import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import StatementWriter
from ingest.audit import Audit
from ingest.columns import Batch, join_texts, make_ids, map_distinct, prefix_texts
from ingest.listfile import ListFile, find_parts
from ingest.source import IssueLog
from ingest.sources.gb_coh import PREFIX as COMPANY_PREFIX
from ingest.sources.gb_psc.holdings import write_holdings
from ingest.sources.gb_psc.lines import iter_line_batches
from ingest.sources.gb_psc.owners import Owners
from ingest.tally import Tally
from ingest.xml import require_records

_PAGE = "http://download.companieshouse.gov.uk/en_pscdata.html"
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


SNAPSHOT = ListFile("psc.jsonl", (), _begins, _PAGE)


@dataclass(slots=True)
class _Counts:
    """What was read, beside what the last line says."""

    owners: int = 0
    statements: int = 0
    exemptions: int = 0
    totals: dict[str, Any] | None = field(default=None)

    def take(self, entry: dict[str, Any]) -> dict[str, Any] | None:
        """Keep the totals; put the grounds of exemptions into words."""
        data = entry["data"]
        kind = data.get("kind")
        if isinstance(kind, str) and kind.startswith(_TOTALS):
            self.totals = data
            return None
        if kind == _EXEMPTIONS:
            words = "\n".join(_iter_exemptions(data.get("exemptions")))
            return {**entry, "data": {**data, "exemptions": words}}
        return entry

    def count(self, kinds: pa.StringArray) -> None:
        """Count the entries of a batch."""
        statements = pc.sum(pc.equal(kinds, _STATEMENTS)).as_py() or 0
        exemptions = pc.sum(pc.equal(kinds, _EXEMPTIONS)).as_py() or 0
        self.statements += statements
        self.exemptions += exemptions
        self.owners += len(kinds) - statements - exemptions

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
        numbered = 0
        for name, path in files.items():
            sha256 = writer.version.files.get(name, "")
            batches = iter_line_batches(path, name, self.dataset, tally, counts.take)
            for batch in batches:
                counts.count(batch.column("data.kind"))
                numbered += len(batch) - batch.column("company_number").null_count
                _write(batch, writer, sha256, tally)
                batch.report(audit)
        found = counts.owners + counts.statements + counts.exemptions
        require_records(found, "entries", ", ".join(files), self.dataset)
        require_records(numbered, "entries of a company", ", ".join(files), self.dataset)
        counts.check(list(files)[-1], issues)
        audit.report(issues)
        tally.report(issues)


def _iter_exemptions(exemptions: object) -> Iterator[str]:
    """Each ground on which a company need not name its owners, with its period."""
    for name, ground in exemptions.items() if isinstance(exemptions, dict) else ():
        ground = ground if isinstance(ground, dict) else {}
        items = ground.get("items")
        for item in items if isinstance(items, list) and items else [{}]:
            parts = [str(ground.get("exemption_type") or name)]
            for key, words in (("exempt_from", "from"), ("exempt_to", "to")):
                if isinstance(item, dict) and item.get(key):
                    parts.append(f"{words} {item[key]}")
            yield " ".join(parts)


def _write(batch: Batch, writer: StatementWriter, sha256: str, tally: Tally) -> None:
    numbers = batch.column("company_number")
    tally.see_where("no-number", "an entry without company_number is not taken", batch,
                    numbers.is_null())  # fmt: skip
    kind = batch.column("data.kind")
    # Tells whether an entry has changed.
    batch.ignore("data.etag", "data.links.statement")
    aside = pc.fill_null(pc.is_in(kind, pa.array((_STATEMENTS, _EXEMPTIONS))), False)
    for part, write in (
        (pc.and_(numbers.is_valid(), pc.invert(aside)), _write_owners),
        (pc.and_(numbers.is_valid(), aside), _write_notes),
    ):
        some = batch if pc.all(part).as_py() else batch.where(part)
        if len(some):
            write(some, writer, sha256, tally)


def _write_owners(batch: Batch, writer: StatementWriter, sha256: str, tally: Tally) -> None:
    sorts = map_distinct(batch.column("data.kind"), _find_sort)
    known = sorts.is_valid()
    tally.see_where("unknown-kind", "an entry of a kind that is not known is taken as of an owner",
                    batch, pc.invert(known))  # fmt: skip
    owners = Owners(batch, pc.fill_null(sorts, ""), sha256, tally)
    owners.write(writer)
    write_holdings(writer, batch, owners, tally)


def _find_sort(kind: str) -> str | None:
    found = _OWNER.fullmatch(kind)
    return found and found[1]


def _write_notes(batch: Batch, writer: StatementWriter, sha256: str, tally: Tally) -> None:
    """State what a company says of its owners, or why it need not name them."""
    numbers = batch.column("company_number")
    ids = make_ids(COMPANY_PREFIX, numbers)
    rows = batch.origins(numbers, sha256)
    batch.ignore("data.links.self")
    statement = join_texts(
        ", ",
        prefix_texts(
            "Statement on people with significant control: ", batch.column("data.statement")
        ),
        prefix_texts("about ", batch.column("data.linked_psc_name")),
        prefix_texts("notified ", batch.column("data.notified_on")),
        prefix_texts("withdrawn ", batch.column("data.ceased_on")),
        prefix_texts("restrictions withdrawn: ",
                     batch.column("data.restrictions_notice_withdrawal_reason")),
    )  # fmt: skip
    exempt = prefix_texts(
        "Exempt from naming people with significant control: ", batch.column("data.exemptions")
    )
    writer.add_columns("Company", "registrationNumber", ids, numbers, rows)
    writer.add_columns("Company", "notes", ids, statement, rows)
    writer.add_columns("Company", "notes", ids, exempt, rows)
