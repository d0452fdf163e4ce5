"""The addresses of level 1: two as entities with their parts, the others as texts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import RowOrigins, StatementWriter
from ingest.columns import Batch, join_texts, keep_where, map_words
from ingest.sources.gleif.columns import write_addresses
from ingest.sources.gleif.source import clean_languages, numbered
from ingest.tally import Tally

_LEGAL, _HEADQUARTERS = "Entity.LegalAddress", "Entity.HeadquartersAddress"
_OTHERS = ("Entity.OtherAddresses.OtherAddress",
           "Entity.TransliteratedOtherAddresses.TransliteratedOtherAddress")  # fmt: skip
# Which of the two addresses another text repeats, in another language or in ASCII.
_KINDS = {
    kind: kind for what in ("LEGAL_ADDRESS", "HEADQUARTERS_ADDRESS") for kind in (
        f"ALTERNATIVE_LANGUAGE_{what}", f"AUTO_ASCII_TRANSLITERATED_{what}",
        f"PREFERRED_ASCII_TRANSLITERATED_{what}")
}  # fmt: skip


def write_places(
    writer: StatementWriter,
    schema: str,
    ids: pa.StringArray,
    batch: Batch,
    rows: RowOrigins,
    tally: Tally,
) -> None:
    """State where the parties of a batch are."""
    legal, seat = _Place(batch, _LEGAL), _Place(batch, _HEADQUARTERS)
    write_addresses(writer, schema, ids, rows, legal.parts, key="legal", language=legal.language)
    elsewhere = pc.invert(pc.fill_null(pc.equal(legal.full, seat.full), False))
    parts = {name: keep_where(elsewhere, column) for name, column in seat.parts.items()}
    write_addresses(writer, schema, ids, rows, parts, key="headquarters", language=seat.language)
    for stem in _OTHERS:
        for column in numbered(batch.names, stem):
            kind = batch.column(f"{column}.type")
            tally.see_unmapped("unknown-address-type", "the type of an address", batch, kind,
                               map_words(kind, _KINDS))  # fmt: skip
            other = _Place(batch, column)
            writer.add_columns(schema, "address", ids, other.full, rows, lang=other.language)


class _Place:
    """One address of each row, as columns."""

    def __init__(self, batch: Batch, stem: str) -> None:
        def part(name: str) -> pa.StringArray:
            return batch.column(f"{stem}.{name}")

        first, number = part("FirstAddressLine"), part("AddressNumber")
        # The number of the house, where the line does not hold it already.
        held = pc.fill_null(_holds(first, number), False)
        within = part("AddressNumberWithinBuilding")
        more = [
            batch.column(each) for each in numbered(batch.names, f"{stem}.AdditionalAddressLine")
        ]
        line = join_texts(" ", keep_where(pc.invert(held), number), first)
        self.language = clean_languages(part("xmllang"))
        street = join_texts(", ", line, *more)
        self.parts = {
            "street": street, "city": part("City"), "state": part("Region"),
            "postalCode": part("PostalCode"), "country": part("Country"),
            "remarks": join_texts(", ", part("MailRouting"), within),
        }  # fmt: skip
        self.full = join_texts(", ", *(self.parts[name] for name in (
            "street", "city", "state", "postalCode", "country")))  # fmt: skip


def _holds(lines: pa.StringArray, numbers: pa.StringArray) -> pa.BooleanArray:
    """Whether each line contains its number; few addresses state one apart."""
    if numbers.null_count == len(numbers):
        return pa.array([False]).take(pa.array([0] * len(numbers)))
    pairs = zip(lines.to_pylist(), numbers.to_pylist(), strict=True)
    return pa.array([bool(line and number and number in line) for line, number in pairs])
