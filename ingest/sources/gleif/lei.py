"""GLEIF level 1: who is who among the holders of a Legal Entity Identifier.

A party for each LEI, an Address entity for its legal address and one for its headquarters where
that is another: parties are found to share premises by the parts of these. A LAPSED LEI is one
whose fee was not paid; it says nothing of the party.

Source: GLEIF, "LEI-CDF 3.1" (LEI Common Data File format), https://www.gleif.org/en/lei-data.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import Assertion, RowOrigins, StatementWriter
from ingest.audit import Audit
from ingest.columns import Batch, join_texts, keep_where, map_words, prefix_texts
from ingest.source import IssueLog
from ingest.sources.gleif.places import write_places
from ingest.sources.gleif.registration import write_registration
from ingest.sources.gleif.source import (
    Product,
    Reading,
    clean_languages,
    find_wrong_leis,
    lei_ids,
    numbered,
)
from ingest.tally import Tally
from ingest.xml import require_records

LEVEL_1 = Product("lei2", "LEIData", "LEIRecord", ("LEI", "Entity.LegalName"), "LEIHeader")
TITLE = "GLEIF level 1 data (LEI-CDF)"
# What the category says; a legal entity of the general category is a company as a rule, and must
# be one to be owned. A sole proprietor is a person in business: which, the schema leaves open.
_SCHEMATA = {
    "GENERAL": "Company", "FUND": "Company", "BRANCH": "Company",
    "RESIDENT_GOVERNMENT_ENTITY": "Organization", "INTERNATIONAL_ORGANIZATION": "Organization",
    "SOLE_PROPRIETOR": "LegalEntity",
}  # fmt: skip
_OTHERWISE = "LegalEntity"
_TOPICS = {"FUND": "fin.fund", "RESIDENT_GOVERNMENT_ENTITY": "gov",
           "INTERNATIONAL_ORGANIZATION": "gov.igo"}  # fmt: skip
_NAMES = {
    "PREVIOUS_LEGAL_NAME": "previousName",
    "ALTERNATIVE_LANGUAGE_LEGAL_NAME": "alias",
    "TRADING_OR_OPERATING_NAME": "alias",
    # LEI-CDF 1.0 and 2.1
    "OTHER_LEGAL": "alias", "TRADING": "alias", "PREVIOUS_LEGAL": "previousName",
    "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME": "alias",
    "PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME": "alias",
    "AUTO_ASCII_TRANSLITERATED_LEGAL": "alias", "PREFERRED_ASCII_TRANSLITERATED_LEGAL": "alias",
}  # fmt: skip
_OTHER_NAMES = ("Entity.OtherEntityNames.OtherEntityName",
                "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName")  # fmt: skip
_WITHDRAWN = ("ANNULLED", "DUPLICATE")


class LeiSource:
    """Reads level 1, XML or CSV; a `Reader`."""

    def __init__(self, dataset: str, *, complete: bool = False) -> None:
        """Read for a dataset.

        Args:
            dataset: Name of the dataset.
            complete: Whether a file must hold as many records as its header says; a cut of a full
                file keeps the header of the full one.
        """
        self.dataset = dataset
        self.complete = complete

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return LEVEL_1.find_files(location, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return LEVEL_1.reads(names)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """See `ingest.source.Dated`."""
        return LEVEL_1.published(files, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        (name,) = files
        audit = Audit()
        parties = _Parties(writer, writer.version.files.get(name, ""), audit)
        reading = Reading(LEVEL_1, self.dataset, issues, audit, self.complete)
        for batch in reading.iter_batches(files):
            parties.write(batch)
        require_records(parties.written, "records with an LEI", name, self.dataset)
        audit.report(issues)
        parties.report(issues)


class _Parties:
    """Writes the parties of one file."""

    def __init__(self, writer: StatementWriter, sha256: str, audit: Audit) -> None:
        self.writer = writer
        self.sha256 = sha256
        self.audit = audit
        self.tally = Tally()
        self.written = 0
        self._numbers: list[np.ndarray[tuple[int], np.dtype[np.bytes_]]] = []

    def write(self, batch: Batch) -> None:
        numbers = batch.column("LEI")
        self.tally.see_where("no-lei", "a record without LEI is not kept", batch, numbers.is_null())
        # What is no LEI may hold any letter and be of any length; `_write_lei` reports it.
        plain = pc.and_(pc.string_is_ascii(numbers), pc.equal(pc.utf8_length(numbers), 20))
        self._numbers.append(np.array(numbers.filter(plain).to_pylist(), "S20"))
        self.written += len(numbers) - numbers.null_count
        category = batch.column("Entity.EntityCategory")
        made = map_words(category, _SCHEMATA)
        self.tally.see_unmapped("unknown-category", "EntityCategory", batch, category, made)
        schemata = pc.fill_null(made, _OTHERWISE)
        filled = _fill(batch)
        for schema in pc.unique(schemata).to_pylist():
            mask = pc.and_(pc.equal(schemata, schema), numbers.is_valid())
            part = filled if pc.all(mask).as_py() else filled.where(mask)
            if len(part):
                self._write(schema, part)
        filled.report(self.audit)

    def report(self, issues: IssueLog) -> None:
        """Log what was met, the LEIs among it that stand on several records."""
        found, counts = np.unique(np.concatenate(self._numbers), return_counts=True)
        several = found[counts > 1]
        if len(several):
            named = ", ".join(each.decode() for each in several[:5].tolist())
            issues.warn("duplicate-id", f"{len(several)} LEIs stand on several records, all of "
                        f"which are kept: {named}.")  # fmt: skip
        self.tally.report(issues, notes=frozenset({"withdrawn-lei"}))

    def _write(self, schema: str, batch: Batch) -> None:
        numbers = batch.column("LEI")
        ids = lei_ids(numbers)
        rows = batch.origins(numbers, self.sha256)
        self.writer.add_entities(schema, ids, rows)
        self._write_lei(schema, ids, batch, rows)
        self._write_names(schema, ids, batch, rows)
        category = batch.column("Entity.EntityCategory")
        topics = map_words(category, _TOPICS)
        self.writer.add_columns(schema, "topics", ids, topics, rows)
        write_registration(self.writer, schema, ids, batch, rows, self.tally)
        write_places(self.writer, schema, ids, batch, rows, self.tally)
        self._write_successors(schema, ids, batch, rows)

    def _write_lei(self, schema: str, ids: pa.StringArray, batch: Batch, rows: RowOrigins) -> None:
        numbers = batch.column("LEI")
        wrong = find_wrong_leis(numbers)
        self.tally.see_where("wrong-lei", "an LEI whose check digits do not fit is kept as a "
                             "number of the party", batch, wrong)  # fmt: skip
        self.writer.add_columns(schema, "leiCode", ids, keep_where(pc.invert(wrong), numbers), rows)
        self.writer.add_columns(schema, "idNumber", ids, keep_where(wrong, numbers), rows)
        status = batch.column("Registration.RegistrationStatus")
        withdrawn = pc.fill_null(pc.is_in(status, pa.array(_WITHDRAWN)), False)
        self.tally.see_where("withdrawn-lei", "an LEI that was annulled or is a duplicate is kept, "
                             "with a note", batch, withdrawn)  # fmt: skip
        current = pc.fill_null(pc.equal(status, "ISSUED"), True)
        note = prefix_texts("LEI registration: ", keep_where(pc.invert(current), status))
        self.writer.add_columns(schema, "notes", ids, note, rows)
        deleted = batch.column("Extension.Deletion.DeletedAt")
        self.tally.see_where("deleted-record", "a record that GLEIF has deleted is kept, with a "
                             "note", batch, deleted.is_valid())  # fmt: skip
        note = prefix_texts("Deleted from GLEIF's data: ", deleted)
        self.writer.add_columns(schema, "notes", ids, note, rows)

    def _write_names(
        self, schema: str, ids: pa.StringArray, batch: Batch, rows: RowOrigins
    ) -> None:
        self.writer.add_columns(
            schema, "name", ids, batch.column("Entity.LegalName"), rows,
            lang=clean_languages(batch.column("Entity.LegalName.xmllang")),
        )  # fmt: skip
        for stem in _OTHER_NAMES:
            for column in numbered(batch.names, stem):
                names, kinds = batch.column(column), batch.column(f"{column}.type")
                languages = clean_languages(batch.column(f"{column}.xmllang"))
                props = map_words(kinds, _NAMES)
                self.tally.see_unmapped("unknown-name-type", "the type of a name", batch, kinds,
                                        props)  # fmt: skip
                props = pc.fill_null(props, "alias")
                for prop in pc.unique(props).to_pylist():
                    values = keep_where(pc.equal(props, prop), names)
                    self.writer.add_columns(schema, prop, ids, values, rows, lang=languages)

    def _write_successors(
        self, schema: str, ids: pa.StringArray, batch: Batch, rows: RowOrigins
    ) -> None:
        for column in numbered(batch.names, "Entity.SuccessorEntity"):
            successor = batch.column(f"{column}.SuccessorLEI")
            name = batch.column(f"{column}.SuccessorEntityName")
            # Of a named successor the name is kept; which language it is in says little.
            batch.ignore(f"{column}.SuccessorEntity.xmllang",
                         f"{column}.SuccessorEntityName.xmllang")  # fmt: skip
            note = prefix_texts("Succeeded by: ", keep_where(successor.is_null(), name))
            self.writer.add_columns(schema, "notes", ids, note, rows)
            self._relate("Succession", "succeeded by", ids, successor, rows)
        group = "Entity.AssociatedEntity"  # of LEI-CDF 1.0 and 2.1: the family of a fund
        lei = batch.column(f"{group}.AssociatedLEI")
        name = batch.column(f"{group}.AssociatedEntityName")
        batch.ignore(f"{group}.AssociatedEntityName.xmllang", f"{group}.type")
        note = prefix_texts("Fund family: ", keep_where(lei.is_null(), name))
        self.writer.add_columns(schema, "notes", ids, note, rows)
        self._relate("UnknownLink", "fund family", ids, lei, rows)

    def _relate(
        self, schema: str, role: str, ids: pa.StringArray, other: pa.StringArray, rows: RowOrigins
    ) -> None:
        at = pc.indices_nonzero(other.is_valid())
        if not len(at):
            return
        sources, targets = ids.take(at), lei_ids(other.take(at))
        origins = RowOrigins(rows.record_ids.take(at), rows.locators.take(at), rows.sha256)
        self.writer.add_entities("LegalEntity", targets, origins)
        key = pa.repeat(role.replace(" ", "-"), len(at))
        self.writer.add_relation_columns(
            schema,
            {"id": join_texts("-", sources, key, targets), "source": sources, "target": targets,
             "role": pa.repeat(role, len(at))},
            Assertion(by="GLEIF", on=self.writer.version.published, source_title=TITLE,
                      quote=role, standing=True),
            origins,
        )  # fmt: skip


def _is_aside(name: str) -> bool:
    """Columns that say nothing of a party.

    Geocoding and conformity are GLEIF's own processing of what the other columns state. Which
    office manages an LEI and until when its fee is paid concern the register. The fields that an
    event affected stand in the record as they are now.
    """
    return (
        (name.startswith("Extension.") and not name.startswith("Extension.Deletion"))
        or name in ("ConformityFlag", "Registration.NextRenewalDate", "Registration.ManagingLOU")
        or ".AffectedFields." in name
    )


def _fill(batch: Batch) -> Batch:
    """The columns in which a row states anything, of some three hundred that there are."""
    columns = {name: batch.column(name) for name in batch.names if not _is_aside(name)}
    return Batch(
        {name: column for name, column in columns.items() if column.null_count < len(column)},
        batch.locators,
    )
