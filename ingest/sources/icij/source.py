"""The ICIJ Offshore Leaks Database: companies, officers, intermediaries and their addresses.

A node is the party of its number (`icij-<node_id>`). That two nodes have the same name, or look
alike, makes no link: the database says so of many people who have nothing to do with each other.
A holder called "the bearer" has no name. Being in the database suggests no wrongdoing; the catalog
says so with every party.

Source: ICIJ, offshoreleaks.icij.org/pages/database; columns as in the README of the download.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from graph.assertions import RowOrigins
from graph.countries import find_country
from graph.statements import Assertion, StatementWriter
from ingest.audit import Audit
from ingest.columns import (
    Batch,
    choose_first,
    join_texts,
    keep_where,
    make_ids,
    map_distinct,
    parse_days,
    prefix_texts,
)
from ingest.source import IssueLog
from ingest.sources.icij.files import (
    ADDRESSES,
    ARCHIVE,
    ENTITIES,
    NODES,
    RELATIONSHIPS,
    Tables,
    find_tables,
)
from ingest.sources.icij.words import (
    ALIKE,
    INTERMEDIARY,
    OFFICER,
    REGISTERED_ADDRESS,
    SENTINEL,
    UNKNOWN,
    is_bearer,
    schemata_of,
)
from ingest.tally import Tally
from ingest.xml import require_records

PREFIX = "icij"
_SITE = "https://offshoreleaks.icij.org/nodes/"
_TITLE = "ICIJ Offshore Leaks Database"
_DAYS = {"incorporation_date": "incorporationDate", "struck_off_date": "dissolutionDate",
         "closed_date": "dissolutionDate", "inactivation_date": "", "dorm_date": ""}  # fmt: skip
_NOTES = frozenset({"alike", "no-date", "unnamed-holder", "unknown-role", "unknown-country"})


class IcijSource:
    """Reads the CSV download; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_tables(location, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return ARCHIVE in names or RELATIONSHIPS in names

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        tables, audit, tally = Tables(files, self.dataset, issues), Audit(), Tally()
        hashes, known = writer.version.files, list[pa.Array]()
        for name in NODES:
            sha256 = hashes.get(tables.source_of(name), "")
            for batch in tables.iter_batches(name):
                known.append(_write_nodes(name, batch, writer, sha256, tally))
                batch.report(audit)
        require_records(sum(map(len, known)), "nodes", ", ".join(files), self.dataset)
        links = _Links(writer, pa.chunked_array(known).combine_chunks(), tally)
        sha256 = hashes.get(tables.source_of(RELATIONSHIPS), "")
        for batch in tables.iter_batches(RELATIONSHIPS):
            links.write(batch, sha256)
            batch.report(audit)
        require_records(links.rows, "relationships", RELATIONSHIPS, self.dataset)
        audit.report(issues)
        tally.report(issues, notes=_NOTES)


def _write_nodes(
    name: str, batch: Batch, writer: StatementWriter, sha256: str, tally: Tally
) -> pa.Array:
    """State the nodes of a batch; their numbers."""
    numbered = batch.column("node_id").is_valid()
    tally.see_where("no-number", "a row without node_id is not kept", batch, pc.invert(numbered))
    if not pc.all(numbered).as_py():
        batch = batch.where(numbered)
    node = _Nodes(name, batch, writer, sha256, tally)
    node.write()
    return batch.column("node_id")


class _Nodes:
    """The nodes of one batch."""

    def __init__(
        self, name: str, batch: Batch, writer: StatementWriter, sha256: str, tally: Tally
    ) -> None:
        self.batch, self.writer, self.tally = batch, writer, tally
        self.schema = {ENTITIES: "Company", ADDRESSES: "Address"}.get(name, "LegalEntity")
        numbers = batch.column("node_id")
        self.ids = make_ids(PREFIX, numbers)
        self.rows = batch.origins(numbers, sha256)

    def write(self) -> None:
        """State everything."""
        batch = self.batch
        self.writer.add_entities(self.schema, self.ids, self.rows)
        if self.schema == "Address":
            self._put("full", choose_first(batch.column("address"), batch.column("name")))
        else:
            self._write_party()
        self._write_countries()
        self._put("sourceUrl", prefix_texts(_SITE, batch.column("node_id")))
        self._put("publisher", prefix_texts("ICIJ: ", batch.column("sourceID")))
        self._put("notes", batch.column("valid_until"))
        self._put("notes", batch.column("note"))

    def _put(
        self, prop: str, values: pa.StringArray, original: pa.StringArray | None = None
    ) -> None:
        if values.null_count < len(values):
            self.writer.add_columns(self.schema, prop, self.ids, values, self.rows,
                                    original=original)  # fmt: skip

    def _write_party(self) -> None:
        batch = self.batch
        name = batch.column("name")
        bearer = map_distinct(name, lambda text: "x" if is_bearer(text) else None).is_valid()
        self.tally.see_where(
            "unnamed-holder", "a holder called the bearer has no name", batch, bearer
        )
        self._put("notes", prefix_texts("Published without a name: ", keep_where(bearer, name)))
        self._put("name", keep_where(pc.invert(bearer), name))
        original = batch.column("original_name")
        differs = pc.fill_null(pc.not_equal(original, name), True)
        self._put("alias", keep_where(differs, original))
        self._put("previousName", batch.column("former_name"))
        self._put("icijId", batch.column("node_id"))
        self._put("legalForm", batch.column("company_type"))
        self._put("legalForm", batch.column("type"))
        self._put("status", batch.column("status"))
        self._put("registrationNumber", batch.column("ibcRUC"))
        self._put("address", batch.column("address"))
        for column, words in (("internal_id", "Number at the service provider: "),
                              ("service_provider", "Service provider: ")):  # fmt: skip
            self._put("notes", prefix_texts(words, batch.column(column)))
        for column, prop in _DAYS.items():
            self._write_day(column, prop)

    def _write_day(self, column: str, prop: str) -> None:
        """State a day; one that ends something, or is not understood, is a note as well."""
        published = self.batch.column(column)
        days, is_none = read_days(column, published, self.batch, self.tally)
        if prop:
            self._put(prop, days, published)
        noted = pc.invert(is_none)
        if prop == "incorporationDate":
            noted = pc.and_(noted, days.is_null())
        self._put("notes", prefix_texts(f"{column}: ", keep_where(noted, published)))

    def _write_countries(self) -> None:
        batch = self.batch
        codes, names = batch.column("country_codes"), batch.column("countries")
        self._put_countries(codes)
        self._put_countries(keep_where(codes.is_null(), names))
        # Codes are ISO's but for a few of the database's own; the names stand beside them.
        odd = map_distinct(
            choose_first(codes, names), lambda text: None if _are_known(text) else "x"
        )
        self.tally.see_where("unknown-country", "a country that is not known is kept in notes",
                             batch, odd.is_valid())  # fmt: skip
        both = choose_first(names, codes)
        self._put("notes", prefix_texts("Countries: ", keep_where(odd.is_valid(), both)))
        if self.schema != "Address":
            law = choose_first(
                batch.column("jurisdiction_description"), batch.column("jurisdiction")
            )
            made = choose_first(
                map_distinct(batch.column("jurisdiction_description"), find_country),
                map_distinct(batch.column("jurisdiction"), find_country),
            )
            self.tally.see_unmapped("unknown-country", "jurisdiction", batch, law, made)
            self._put("jurisdiction", made, law)
            self._put("notes", prefix_texts("Jurisdiction: ", keep_where(made.is_null(), law)))

    def _put_countries(self, words: pa.StringArray) -> None:
        """State each of the countries that a cell names, separated by semicolons."""
        parts = [text.count(";") + 1 for text in pc.unique(words.drop_null()).to_pylist()]
        for place in range(max(parts, default=0)):
            self._put("country", map_distinct(words, partial(_nth, place=place)))


def _are_known(text: str) -> bool:
    return all(find_country(part.strip()) for part in text.split(";") if part.strip())


def _nth(text: str, place: int) -> str | None:
    parts = text.split(";")
    return find_country(parts[place].strip()) if place < len(parts) else None


def read_days(
    name: str, column: pa.StringArray, batch: Batch, tally: Tally
) -> tuple[pa.StringArray, pa.BooleanArray]:
    """Days of a column, and where it has the one that stands for none, dropped and counted."""
    days = parse_days(column)
    tally.see_unmapped("unclean-value", f"{name}, a day,", batch, column, days)
    is_none = pc.fill_null(pc.equal(days, SENTINEL), False)
    tally.see_where("no-date", f"{name} is {SENTINEL}, which stands for no date", batch, is_none)
    return keep_where(pc.invert(is_none), days), is_none


class _Links:
    """The relationships of a load."""

    def __init__(self, writer: StatementWriter, known: pa.Array, tally: Tally) -> None:
        self._writer, self._known, self._tally = writer, known, tally
        self.rows = 0

    def write(self, batch: Batch, sha256: str) -> None:
        """State the relationships of a batch."""
        self.rows += len(batch)
        kind = batch.column("rel_type")
        ends = (batch.column(name).is_valid() for name in ("node_id_start", "node_id_end"))
        whole = pc.and_(pc.and_(*ends), kind.is_valid())
        self._tally.see_where("no-number", "a relationship without both nodes and a type is not "
                              "kept", batch, pc.invert(whole))  # fmt: skip
        alike = map_distinct(kind, lambda text: text if ALIKE.match(text) else None)
        for word in pc.unique(alike.drop_null()).to_pylist():
            same = pc.fill_null(pc.equal(alike, word), False)
            self._tally.see_where("alike", f"{word} says that nodes look alike, which makes no "
                                  "link", batch, same)  # fmt: skip
        taken = pc.and_(whole, alike.is_null())
        address = pc.fill_null(pc.equal(kind, REGISTERED_ADDRESS), False)
        self._write_addresses(batch.where(pc.and_(taken, address)), sha256)
        self._write_links(batch.where(pc.and_(taken, pc.invert(address))), sha256)

    def _write_addresses(self, batch: Batch, sha256: str) -> None:
        if not len(batch):
            return
        rows = batch.origins(batch.column("node_id_start"), sha256)
        ids, places = (
            self._ends(batch, "node_id_start", rows),
            self._ends(batch, "node_id_end", rows),
        )
        # What kind of party it is, its own table says.
        self._writer.add_columns("Thing", "addressEntity", ids, places, rows)

    def _write_links(self, batch: Batch, sha256: str) -> None:
        """State links: one of each type that the words name."""
        if not len(batch):
            return
        role = choose_first(batch.column("link"), batch.column("rel_type"))
        schemata = self._read_schemata(batch, role)
        start, end = (read_days(name, batch.column(name), batch, self._tally)[0]
                      for name in ("start_date", "end_date"))  # fmt: skip
        rows = batch.origins(batch.column("node_id_start"), sha256)
        nothing = pa.repeat("0", len(batch))
        columns = {
            "source": self._ends(batch, "node_id_start", rows),
            "target": self._ends(batch, "node_id_end", rows), "role": role, "start": start,
            "end": end,
        }  # fmt: skip
        # The same two may be linked twice, at other times.
        key = (batch.column("node_id_start"), batch.column("node_id_end"), role,
               pc.coalesce(start, nothing), pc.coalesce(end, nothing))  # fmt: skip
        stated = _read_evidence(batch, role)
        for name in sorted({name for each in pc.unique(schemata).to_pylist()
                            for name in each.split()}):  # fmt: skip
            at = pc.indices_nonzero(pc.match_substring_regex(schemata, rf"\b{name}\b"))
            ids = make_ids(f"{PREFIX}-{name.lower()}", *key)
            self._writer.add_relation_columns(
                name, {"id": ids.take(at)} | {each: columns[each].take(at) for each in columns},
                Assertion(by="ICIJ", on=self._writer.version.published, standing=True),
                RowOrigins(rows.record_ids.take(at), rows.locators.take(at), sha256),
                stated={each: stated[each].take(at) for each in stated},
            )  # fmt: skip

    def _read_schemata(self, batch: Batch, role: pa.StringArray) -> pa.StringArray:
        """The schemata of each row, separated by blanks."""
        kind = batch.column("rel_type")
        schemata = pc.if_else(
            pc.equal(kind, OFFICER), map_distinct(role, lambda text: " ".join(schemata_of(text))),
            pc.if_else(pc.equal(kind, INTERMEDIARY), "Representation", UNKNOWN),
        )  # fmt: skip
        unknown = pc.equal(schemata, UNKNOWN)
        for word in pc.unique(role.filter(unknown)).to_pylist():
            fault = f"{word[:80]!r} is a link of no type"
            same = pc.and_(pc.equal(role, word), unknown)
            self._tally.see_where("unknown-role", fault, batch, same)
        return schemata

    def _ends(self, batch: Batch, name: str, rows: RowOrigins) -> pa.StringArray:
        """Ids of one side; a node that no table has becomes a party of which nothing is known."""
        numbers = batch.column(name)
        absent = pc.invert(pc.is_in(numbers, value_set=self._known))
        ids = make_ids(PREFIX, numbers)
        if pc.any(absent).as_py():
            fault = f"{name} is of no node in the files"
            self._tally.see_where("unresolved-reference", fault, batch, absent)
            ids = pc.if_else(absent, make_ids(f"{PREFIX}-unresolved", numbers), ids)
            at = pc.indices_nonzero(absent)
            some = RowOrigins(rows.record_ids.take(at), rows.locators.take(at), rows.sha256)
            self._writer.add_entities("LegalEntity", ids.take(at), some)
        return ids


def _read_evidence(batch: Batch, role: pa.StringArray) -> dict[str, pa.StringArray]:
    """What stands behind each relationship."""
    source = batch.column("sourceID")
    return {
        "quote": role,
        "source_url": prefix_texts(_SITE, batch.column("node_id_start")),
        "source_title": pc.coalesce(
            prefix_texts(f"{_TITLE}: ", source), pa.repeat(_TITLE, len(batch))
        ),
        "note": join_texts("; ", prefix_texts("Status: ", batch.column("status")),
                           batch.column("valid_until")),
    }  # fmt: skip
