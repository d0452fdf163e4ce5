"""GLEIF reporting exceptions: why a party names no parent.

The reason is information about the party, and no party itself: nobody is invented who would own it.
It is stated in the notes of the party, with the category (direct or ultimate parent).

Source: GLEIF, "Reporting Exceptions format 2.1".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import StatementWriter
from ingest.audit import Audit
from ingest.columns import Batch, join_texts, keep_where, map_words, prefix_texts
from ingest.source import IssueLog
from ingest.sources.gleif.source import Product, Reading, find_wrong_leis, lei_ids, numbered
from ingest.tally import Tally
from ingest.xml import require_records

EXCEPTIONS = Product("repex", "ReportingExceptionData", "Exception",
                     ("LEI", "Exception.Category"))  # fmt: skip
_CATEGORIES = {
    "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT": "No direct parent reported",
    "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT": "No ultimate parent reported",
}
_REASONS = {
    "NO_LEI": "the parent has no LEI",
    "NATURAL_PERSONS": "controlled by natural persons, whose accounts are not consolidated",
    "NON_CONSOLIDATING": "controlled by parties that do not consolidate its accounts",
    "NO_KNOWN_PERSON": "no person is known to control it",
    "NON_PUBLIC": "the relationship is not public",
    # Format 1.1 gave the grounds of what is NON_PUBLIC now.
    "BINDING_LEGAL_COMMITMENTS": "binding legal commitments forbid it",
    "LEGAL_OBSTACLES": "legal obstacles forbid it",
    "DISCLOSURE_DETRIMENTAL": "disclosure would be detrimental to the party or its parent",
    "DETRIMENT_NOT_EXCLUDED": "that disclosure does harm cannot be excluded",
    "CONSENT_NOT_OBTAINED": "the parent has not consented",
}


class ExceptionSource:
    """Reads reporting exceptions, XML or CSV; a `Reader`."""

    def __init__(self, dataset: str, *, complete: bool = False) -> None:
        """Read for a dataset; `complete` as in `ingest.sources.gleif.lei`."""
        self.dataset = dataset
        self.complete = complete

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return EXCEPTIONS.find_files(location, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return EXCEPTIONS.reads(names)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """See `ingest.source.Dated`."""
        return EXCEPTIONS.published(files, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        (name,) = files
        audit, tally, written = Audit(), Tally(), 0
        reading = Reading(EXCEPTIONS, self.dataset, issues, audit, self.complete)
        for batch in reading.iter_batches(files):
            written += _write(batch, writer, writer.version.files.get(name, ""), tally)
            batch.report(audit)
        require_records(written, "exceptions of an LEI", name, self.dataset)
        audit.report(issues)
        tally.report(issues)


def _write(batch: Batch, writer: StatementWriter, sha256: str, tally: Tally) -> int:
    """State the notes of a batch; their number."""
    numbers = batch.column("LEI")
    tally.see_where("no-lei", "an exception without LEI is not taken", batch, numbers.is_null())
    tally.see_where("wrong-lei", "the LEI of an exception has check digits that do not fit; kept",
                    batch, find_wrong_leis(numbers))  # fmt: skip
    category = batch.column("Exception.Category")
    what = map_words(category, _CATEGORIES)
    tally.see_unmapped("unknown-category", "ExceptionCategory", batch, category, what)
    what = pc.coalesce(what, category)
    reasons, references = [], []
    for stem in numbered(batch.names, "Exception.Reason"):
        reason = batch.column(stem)
        words = map_words(reason, _REASONS)
        tally.see_unmapped("unknown-reason", "ExceptionReason", batch, reason, words)
        reasons.append(
            pc.coalesce(pc.binary_join_element_wise(reason, " (", words, ")", ""), reason)
        )
    for stem in numbered(batch.names, "Exception.Reference"):
        references.append(batch.column(stem))
    deleted = batch.column("Extension.Deletion.DeletedAt")
    tally.see_where("deleted-record", "an exception that GLEIF has deleted is kept, with a note",
                    batch, deleted.is_valid())  # fmt: skip
    batch.ignore("NextVersion")  # when the record was replaced, of old concatenated files
    nothing = pa.nulls(len(batch), pa.string())
    reference = prefix_texts("see ", join_texts(", ", nothing, *references))
    note = join_texts("; ", join_texts(": ", what, join_texts(", ", nothing, *reasons)),
                       reference, prefix_texts("deleted from GLEIF's data: ", deleted))  # fmt: skip
    ids = lei_ids(numbers)
    rows = batch.origins(join_texts(" ", numbers, category), sha256)
    stated = keep_where(ids.is_valid(), note)
    writer.add_columns("LegalEntity", "notes", ids, stated, rows)
    return int(len(stated) - stated.null_count)
