"""What level 1 says of a party's registration: its number, form, status, days and events."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import RowOrigins, StatementWriter
from ingest.columns import Batch, choose_first, join_texts, keep_where, parse_days, prefix_texts
from ingest.sources.gleif.source import numbered
from ingest.tally import Tally

# "No register" and "register not listed"; "no form listed" and "not yet assigned": the free text
# beside them says what there is.
_NO_REGISTER = ("RA888888", "RA999999")
_NO_FORM = ("8888", "9999")
_ENDED = ("DISSOLUTION",)
_STATUSES = ("ACTIVE", "INACTIVE", "NULL")
_REGISTER = "Entity.RegistrationAuthority"
_VALIDATION = "Registration.ValidationAuthority"
_OTHERS = "Registration.OtherValidationAuthorities.OtherValidationAuthority"
_EVENTS = "Entity.LegalEntityEvents.LegalEntityEvent"


def write_registration(
    writer: StatementWriter,
    schema: str,
    ids: pa.StringArray,
    batch: Batch,
    rows: RowOrigins,
    tally: Tally,
) -> None:
    """State all that concerns the registration of the parties of a batch."""

    def put(prop: str, values: pa.StringArray, original: pa.StringArray | None = None) -> None:
        if values.null_count < len(values):
            writer.add_columns(schema, prop, ids, values, rows, original=original)

    def put_day(prop: str, column: pa.StringArray) -> None:
        days = parse_days(column)
        tally.see_unmapped("unclean-value", f"{prop}, a day,", batch, column, days)
        put("notes", prefix_texts(f"{prop}: ", keep_where(days.is_null(), column)))
        put(prop, days, _differing(column, days))

    _write_numbers(batch, put)
    put("jurisdiction", batch.column("Entity.LegalJurisdiction"))
    put("classification", batch.column("Entity.EntityCategory"))
    put("classification", batch.column("Entity.EntitySubCategory"))
    form = batch.column("Entity.LegalForm.EntityLegalFormCode")
    put("legalForm", keep_where(pc.invert(_is_any(form, _NO_FORM)), form))
    put("legalForm", batch.column("Entity.LegalForm.OtherLegalForm"))
    status = batch.column("Entity.EntityStatus")
    known = keep_where(_is_any(status, _STATUSES), status)
    tally.see_unmapped("unknown-status", "EntityStatus", batch, status, known)
    put("status", keep_where(pc.not_equal(status, "NULL"), status))
    put_day("incorporationDate", batch.column("Entity.EntityCreationDate"))
    # LEI-CDF 1.0 and 2.1; later versions have events.
    put_day("dissolutionDate", batch.column("Entity.EntityExpirationDate"))
    put("notes", prefix_texts("Ended: ", batch.column("Entity.EntityExpirationReason")))
    put_day("createdAt", batch.column("Registration.InitialRegistrationDate"))
    put_day("modifiedAt", batch.column("Registration.LastUpdateDate"))
    sources = batch.column("Registration.ValidationSources")
    weak = keep_where(pc.not_equal(sources, "FULLY_CORROBORATED"), sources)
    put("notes", prefix_texts("Validation: ", weak))
    for event in numbered(batch.names, _EVENTS):
        kind = batch.column(f"{event}.LegalEntityEventType")
        state = batch.column(f"{event}.event_status")
        published = batch.column(f"{event}.LegalEntityEventEffectiveDate")
        day = parse_days(published)
        tally.see_unmapped("unclean-value", "the day of an event", batch, published, day)
        effective = prefix_texts("effective ", choose_first(day, published))
        entered = batch.column(f"{event}.LegalEntityEventRecordedDate")
        recorded = prefix_texts("recorded ", choose_first(parse_days(entered), entered))
        # How an event was proved, and with which others it was reported.
        for name in ("ValidationDocuments", "ValidationReference", "group_type", "group_id",
                     "group_sequence_no"):  # fmt: skip
            batch.ignore(f"{event}.{name}")
        put(
            "notes",
            prefix_texts(
                "Event: ", join_texts(", ", kind, state, choose_first(effective, recorded))
            ),
        )
        ended = pc.and_(_is_any(kind, _ENDED), _is_any(state, ("COMPLETED",)))
        put("dissolutionDate", keep_where(ended, day))


def _write_numbers(batch: Batch, put: Callable[..., None]) -> None:
    """State the numbers in registers, each with its register beside it."""
    register = batch.column(f"{_REGISTER}.RegistrationAuthorityID")
    number = batch.column(f"{_REGISTER}.RegistrationAuthorityEntityID")
    other = batch.column(f"{_REGISTER}.OtherRegistrationAuthorityID")
    put("registrationNumber", number)
    listed = keep_where(pc.invert(_is_any(register, _NO_REGISTER)), register)
    put("notes", prefix_texts("Register: ", choose_first(join_texts(", ", listed, other), other)))
    for authority in (_VALIDATION, *numbered(batch.names, _OTHERS)):
        entry = batch.column(f"{authority}.ValidationAuthorityEntityID")
        code = batch.column(f"{authority}.ValidationAuthorityID")
        name = batch.column(f"{authority}.OtherValidationAuthorityID")
        again = pc.fill_null(pc.equal(entry, number), False)
        further = keep_where(pc.invert(again), entry)
        put("registrationNumber", further)
        source = keep_where(further.is_valid(), join_texts(", ", code, name))
        put("notes", prefix_texts("Register: ", join_texts(": ", source, further)))


def _is_any(column: pa.StringArray, words: tuple[str, ...]) -> pa.BooleanArray:
    return pc.fill_null(pc.is_in(column, pa.array(words, pa.string())), False)


def _differing(published: pa.StringArray, made: pa.StringArray) -> pa.StringArray:
    return keep_where(pc.not_equal(published, made), published)
