"""GLEIF level 2: who consolidates whose accounts, who manages a fund, which branch is whose.

The start node is the child, the end node the parent. Consolidation is control of the accounts: no
share is stated, and the "percentage" of a quantifier says how much of the child's accounts goes
into the parent's, so it is kept as text. A direct and an ultimate parent are two relations; where
both are the same party, it is one owner all the same: the role of the second says "ultimately", and
its type is "indirect". A LAPSED record is one whose fee was not paid: it has not ended.

Source: GLEIF, "RR-CDF 2.1" (Relationship Record Common Data File format).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import Assertion, RowOrigins, StatementWriter
from ingest.audit import Audit
from ingest.columns import Batch, join_texts, keep_where, make_ids, parse_days, prefix_texts
from ingest.source import IssueLog
from ingest.sources.gleif.source import Product, Reading, find_wrong_leis, lei_ids, numbered
from ingest.tally import Tally
from ingest.xml import require_records

_NODE = "Relationship.{}.{}"
_ENDS = ("StartNode", "EndNode")
LEVEL_2 = Product(
    "rr", "RelationshipData", "RelationshipRecord",
    ("Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID",
     "Relationship.RelationshipType"),
)  # fmt: skip
TITLE = "GLEIF level 2 data (RR-CDF)"
_DROPPED = ("ANNULLED", "DUPLICATE")
_LEI_TYPES = ("LEI", "ISO_17442_COMPATIBLE")


class _Kind(NamedTuple):
    """How one type of relationship is stated."""

    schema: str
    role: str  # read: the child is <role> the parent
    is_parent_first: bool  # whether the parent is FollowTheMoney's source side
    child: str = "LegalEntity"  # an owned party must be a Company
    ownership: str | None = None


_KINDS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": _Kind("Ownership", "directly consolidated by", True, "Company",
                                         "direct"),
    "IS_ULTIMATELY_CONSOLIDATED_BY": _Kind("Ownership", "ultimately consolidated by", True,
                                           "Company", "indirect"),
    # A branch is no person of its own: it belongs to its head office.
    "IS_INTERNATIONAL_BRANCH_OF": _Kind("Ownership", "international branch of", True, "Company"),
    # The manager runs the fund as directors run a company; the fund's investors own it.
    "IS_FUND-MANAGED_BY": _Kind("Directorship", "fund-managed by", True, "Company"),
    "IS_SUBFUND_OF": _Kind("UnknownLink", "subfund of", False),
    "IS_FEEDER_TO": _Kind("UnknownLink", "feeder to", False),
}  # fmt: skip
_INDIRECT = ("The last parent of a chain, stated beside the direct parents in it: not to be added "
             "to them.")  # fmt: skip


class RelationshipSource:
    """Reads level 2, XML or CSV; a `Reader`."""

    def __init__(self, dataset: str, *, complete: bool = False) -> None:
        """Read for a dataset; `complete` as in `ingest.sources.gleif.lei`."""
        self.dataset = dataset
        self.complete = complete

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return LEVEL_2.find_files(location, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return LEVEL_2.reads(names)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """See `ingest.source.Dated`."""
        return LEVEL_2.published(files, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        (name,) = files
        audit, tally, written = Audit(), Tally(), 0
        reading = Reading(LEVEL_2, self.dataset, issues, audit, self.complete)
        for batch in reading.iter_batches(files):
            written += _write(batch, writer, writer.version.files.get(name, ""), tally)
            batch.report(audit)
        require_records(written, "relationships between LEIs", name, self.dataset)
        audit.report(issues)
        tally.report(issues)


def _write(batch: Batch, writer: StatementWriter, sha256: str, tally: Tally) -> int:
    """State the relationships of a batch; their number."""
    status = batch.column("Registration.RegistrationStatus")
    dropped = pc.fill_null(pc.is_in(status, pa.array(_DROPPED)), False)
    for word in _DROPPED:
        is_word = pc.fill_null(pc.equal(status, word), False)
        tally.see_where("dropped-record", f"a relationship that was registered as {word} is not "
                        "taken", batch, is_word)  # fmt: skip
    types = batch.column("Relationship.RelationshipType")
    known = keep_where(pc.is_in(types, pa.array(list(_KINDS))), types)
    tally.see_unmapped("unknown-relationship", "RelationshipType", batch, types, known)
    links = _Links(batch, tally)
    bare = pc.or_(links.child.is_null(), links.parent.is_null())
    tally.see_where("no-lei", "a relationship without both ends is not taken", batch, bare)
    taken = pc.and_not(pc.invert(bare), dropped)
    written = 0
    for text in pc.unique(types).to_pylist():
        is_type = types.is_null() if text is None else pc.fill_null(pc.equal(types, text), False)
        at = pc.indices_nonzero(pc.and_(taken, is_type))
        if len(at):
            role = (text or "related to").removeprefix("IS_").replace("_", " ").lower()
            kind = _KINDS.get(text) or _Kind("UnknownLink", role, False)
            links.write(writer, sha256, text or "", kind, at)
            written += len(at)
    return written


class _Links:
    """The relationships of a batch as columns."""

    def __init__(self, batch: Batch, tally: Tally) -> None:
        self.locators = batch.locators
        self.child = _node_ids(batch, "StartNode", tally)
        self.parent = _node_ids(batch, "EndNode", tally)
        self.numbers = [batch.column(_NODE.format(end, "NodeID")) for end in _ENDS]
        self.key = join_texts(" ", *self.numbers)
        self.status = batch.column("Relationship.RelationshipStatus")
        self.modified = _parse(batch, "Registration.LastUpdateDate", tally)
        self.start, self.end, periods = _read_periods(batch, tally)
        is_over = pc.and_(pc.fill_null(pc.equal(self.status, "INACTIVE"), False),
                          self.end.is_null())  # fmt: skip
        tally.see_where("no-end", "an INACTIVE relationship states no end; it ended by the last "
                        "update at the latest", batch, is_over)  # fmt: skip
        latest = pc.binary_join_element_wise("[..", self.modified, "]", "")
        self.end = pc.if_else(is_over, latest, self.end)
        declared = join_texts(", ", self.status, batch.column("Registration.RegistrationStatus"))
        reference = batch.column("Registration.ValidationReference")
        is_url = pc.fill_null(pc.match_substring_regex(reference, "^https?://"), False)
        self.source_url = keep_where(is_url, reference)
        deleted = batch.column("Extension.Deletion.DeletedAt")
        tally.see_where("deleted-record", "a relationship that GLEIF has deleted is kept, with a "
                        "note", batch, deleted.is_valid())  # fmt: skip
        # Which office manages the record, since when and until when its fee is paid.
        batch.ignore("Registration.InitialRegistrationDate", "Registration.NextRenewalDate",
                     "Registration.ManagingLOU")  # fmt: skip
        self.note = join_texts(
            "; ", prefix_texts("deleted from GLEIF's data: ", deleted),
            prefix_texts("status in the register: ", declared), periods,
            *_read_measures(batch), batch.column("Registration.ValidationSources"),
            batch.column("Registration.ValidationDocuments"),
            keep_where(pc.invert(is_url), reference),
        )  # fmt: skip

    def write(
        self, writer: StatementWriter, sha256: str, text: str, kind: _Kind, at: pa.Array
    ) -> None:
        """State the relationships of one type: those at these rows."""
        child, parent = self.child.take(at), self.parent.take(at)
        rows = RowOrigins(self.key.take(at), self.locators.take(at), sha256)
        _write_ends(writer, kind.child, child, rows)
        _write_ends(writer, "LegalEntity", parent, rows)
        source, target = (parent, child) if kind.is_parent_first else (child, parent)
        size = len(at)
        child_number, parent_number = (numbers.take(at) for numbers in self.numbers)
        word = pa.repeat(text or "none", size)
        ids = make_ids("lei-rr", child_number, word, parent_number)
        note = self.note.take(at)
        if kind.ownership == "indirect":
            note = join_texts(" ", pa.repeat(_INDIRECT, size), note)
        writer.add_relation_columns(
            kind.schema,
            {"id": ids, "source": source, "target": target, "role": pa.repeat(kind.role, size),
             "start": self.start.take(at), "end": self.end.take(at)},
            Assertion(by="GLEIF", on=writer.version.published, source_title=TITLE,
                      quote=text or None, standing=True),
            rows,
            stated={"note": note, "source_url": self.source_url.take(at)},
        )  # fmt: skip
        writer.add_columns(kind.schema, "status", ids, self.status.take(at), rows)
        writer.add_columns(kind.schema, "modifiedAt", ids, self.modified.take(at), rows)
        if kind.ownership:
            writer.add_columns(kind.schema, "ownershipType", ids, pa.repeat(kind.ownership, size),
                               rows)  # fmt: skip


def _node_ids(batch: Batch, end: str, tally: Tally) -> pa.StringArray:
    numbers = batch.column(_NODE.format(end, "NodeID"))
    types = batch.column(_NODE.format(end, "NodeIDType"))
    is_lei = pc.fill_null(pc.is_in(types, pa.array(_LEI_TYPES)), True)
    tally.see_unmapped("unknown-node-type", "NodeIDType", batch, types, keep_where(is_lei, types))
    wrong = pc.and_(is_lei, find_wrong_leis(numbers))
    tally.see_where("wrong-lei", "an end of a relationship is an LEI whose check digits do not "
                    "fit; kept", batch, wrong)  # fmt: skip
    if pc.all(is_lei).as_py():
        return lei_ids(numbers)
    return pc.if_else(is_lei, lei_ids(numbers), make_ids("lei-node", types, numbers))


def _parse(batch: Batch, name: str, tally: Tally) -> pa.StringArray:
    column = batch.column(name)
    days = parse_days(column)
    tally.see_unmapped("unclean-value", f"{name}, a day,", batch, column, days)
    return days


def _read_periods(
    batch: Batch, tally: Tally
) -> tuple[pa.StringArray, pa.StringArray, pa.StringArray]:
    """First start and last end of the periods of the relationship; the other periods as text.

    A period without end keeps the relationship open.
    """
    nothing = pa.nulls(len(batch), pa.string())
    starts, ends, others, is_open = [nothing], [nothing], [nothing], pa.repeat(False, len(batch))
    for stem in numbered(batch.names, "Relationship.Period"):
        kind = batch.column(f"{stem}.periodType")
        start = _parse(batch, f"{stem}.startDate", tally)
        end = _parse(batch, f"{stem}.endDate", tally)
        own = pc.fill_null(pc.equal(kind, "RELATIONSHIP_PERIOD"), False)
        starts.append(keep_where(own, start))
        ends.append(keep_where(own, end))
        is_open = pc.or_(is_open, pc.and_(own, end.is_null()))
        text = join_texts(" ", kind, start, prefix_texts("to ", end))
        others.append(keep_where(pc.invert(own), text))
    end = keep_where(pc.invert(is_open), pc.max_element_wise(*ends))
    return pc.min_element_wise(*starts), end, join_texts("; ", *others)


def _read_measures(batch: Batch) -> list[pa.StringArray]:
    """By which standard the accounts are consolidated, and how much of them."""
    qualifiers = [
        join_texts(": ", batch.column(f"{stem}.QualifierDimension"),
                    batch.column(f"{stem}.QualifierCategory"))
        for stem in numbered(batch.names, "Relationship.Qualifiers")
    ]  # fmt: skip
    quantifiers = [
        join_texts(" ", batch.column(f"{stem}.MeasurementMethod"),
                    batch.column(f"{stem}.QuantifierAmount"),
                    batch.column(f"{stem}.QuantifierUnits"))
        for stem in numbered(batch.names, "Relationship.Quantifiers")
    ]  # fmt: skip
    return [*qualifiers, *quantifiers]


def _write_ends(
    writer: StatementWriter, schema: str, ids: pa.StringArray, rows: RowOrigins
) -> None:
    """State that the parties exist: level 1 may not be loaded, or may lack them."""
    encoded = ids.dictionary_encode()
    _, first = np.unique(encoded.indices.to_numpy(zero_copy_only=False), return_index=True)
    at = pa.array(first)
    origins = RowOrigins(rows.record_ids.take(at), rows.locators.take(at), rows.sha256)
    writer.add_entities(schema, ids.take(at), origins)
