"""UK Companies House, basic company data: every company of the register, one row each.

Ids are `gb-coh-<number>`; the number is text ("00012345", "SC123456", "OE000001"). The registered
office is an Address entity. The day in `PreviousName_n.CONDATE` is that of the change *from* the
name, so it is stated in words.

Source: Companies House, "Free company data product", data set description,
http://download.companieshouse.gov.uk/en_output.html.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from graph.countries import find_country
from graph.statements import StatementWriter
from ingest.audit import Audit
from ingest.columns import (
    Batch,
    iter_csv_batches,
    join_texts,
    keep_where,
    make_ids,
    map_distinct,
    parse_days,
    prefix_texts,
)
from ingest.listfile import ListFile, find_parts
from ingest.source import IssueLog
from ingest.sources.gleif.columns import write_addresses
from ingest.tally import Tally, Twins
from ingest.xml import require_records

PREFIX = "gb-coh"
_PAGE = "http://download.companieshouse.gov.uk/en_output.html"
_SCHEMA = "Company"
_BLOCK_BYTES = 4 << 20
# Concern the filing of accounts and returns and the number of charges, not who the company is.
_ASIDE = (
    "Accounts.AccountRefDay", "Accounts.AccountRefMonth", "Accounts.NextDueDate",
    "Accounts.LastMadeUpDate", "Returns.NextDueDate", "Returns.LastMadeUpDate",
    "ConfStmtNextDueDate", "ConfStmtLastMadeUpDate", "Mortgages.NumMortCharges",
    "Mortgages.NumMortOutstanding", "Mortgages.NumMortPartSatisfied", "Mortgages.NumMortSatisfied",
    "LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners",
)  # fmt: skip
_NO_SECTOR = "None Supplied"  # in place of a SIC code
_SECTOR = re.compile(r"SICCode\.SicText_\d+$")
_FORMER = re.compile(r"PreviousName_\d+(?=\.)")


def _begins(head: bytes) -> bool:
    line = head.lower().splitlines()[0] if head.strip() else b""
    return b"companynumber" in line and b"regaddress." in line


COMPANY_DATA = ListFile("basiccompanydata.csv", (), _begins, _PAGE)


class CompanySource:
    """Reads BasicCompanyData; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_parts(location, COMPANY_DATA, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return all(name.startswith(COMPANY_DATA.stem) for name in names)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        audit, tally, companies = Audit(), Tally(), 0
        twins = Twins(tally)
        for name, path in files.items():
            sha256 = writer.version.files.get(name, "")
            batches = iter_csv_batches(
                path, name, self.dataset, columns_required=("CompanyName", "CompanyNumber"),
                block_bytes=_BLOCK_BYTES, member="*.csv",
            )  # fmt: skip
            for batch in batches:
                companies += _write(batch, writer, sha256, tally, twins)
                batch.report(audit)
        require_records(companies, "companies", ", ".join(files), self.dataset)
        audit.report(issues)
        tally.report(issues)


def _write(batch: Batch, writer: StatementWriter, sha256: str, tally: Tally, twins: Twins) -> int:
    """State the companies of a batch; how many there are."""
    batch.ignore(*_ASIDE)
    numbers = batch.column("CompanyNumber")
    lost = numbers.is_null()
    tally.see_where("no-number", "a row without CompanyNumber is not kept", batch, lost)
    if pc.any(lost).as_py():
        batch = batch.where(pc.invert(lost))
        numbers = batch.column("CompanyNumber")
    ids = make_ids(PREFIX, numbers)
    twins.see(ids, batch)
    rows = batch.origins(numbers, sha256)
    writer.add_entities(_SCHEMA, ids, rows)

    def put(prop: str, values: pa.StringArray, original: pa.StringArray | None = None) -> None:
        if values.null_count < len(values):
            writer.add_columns(_SCHEMA, prop, ids, values, rows, original=original)

    def put_day(prop: str, name: str) -> None:
        column = batch.column(name)
        days = parse_days(column)
        tally.see_unmapped("unclean-value", f"{name}, a day,", batch, column, days)
        put("notes", prefix_texts(f"{name}: ", keep_where(days.is_null(), column)))
        put(prop, days, column)

    put("name", batch.column("CompanyName"))
    put("registrationNumber", numbers)
    put("legalForm", batch.column("CompanyCategory"))
    put("status", batch.column("CompanyStatus"))
    put("sourceUrl", batch.column("URI"))
    put_day("incorporationDate", "IncorporationDate")
    put_day("dissolutionDate", "DissolutionDate")
    origin = batch.column("CountryOfOrigin")
    country = map_distinct(origin, find_country)
    tally.see_unmapped("unknown-country", "CountryOfOrigin", batch, origin, country)
    put("jurisdiction", country, origin)
    put("notes", prefix_texts("CountryOfOrigin: ", keep_where(country.is_null(), origin)))
    accounts = batch.column("Accounts.AccountCategory")
    put("notes", prefix_texts("Accounts: ", keep_where(pc.equal(accounts, "DORMANT"), accounts)))
    for name in _numbered(batch, _SECTOR):
        sector = batch.column(name)
        put("sector", keep_where(pc.not_equal(sector, _NO_SECTOR), sector))
    for stem in _numbered(batch, _FORMER):
        former, until = batch.column(f"{stem}.CompanyName"), batch.column(f"{stem}.CONDATE")
        put("previousName", former)
        # A day that is not understood stands in the note as it is.
        day = pc.coalesce(parse_days(until), until)
        put("notes", pc.binary_join_element_wise("Name until ", day, ": ", former, ""))
    write_addresses(writer, _SCHEMA, ids, rows, _read_office(batch), key="registered")
    return len(batch)


def _read_office(batch: Batch) -> dict[str, pa.StringArray]:
    """The registered office by properties of Address."""

    def part(name: str) -> pa.StringArray:
        return batch.column(f"RegAddress.{name}")

    return {
        "street": join_texts(", ", part("AddressLine1"), part("AddressLine2")),
        "postOfficeBox": part("POBox"),
        "city": part("PostTown"),
        "state": part("County"),
        "postalCode": part("PostCode"),
        "country": part("Country"),
        "remarks": part("CareOf"),
    }


def _numbered(batch: Batch, pattern: re.Pattern[str]) -> list[str]:
    """What of the columns' names the pattern holds, each once: there may be ten, or more."""
    found = (pattern.match(name) for name in batch.names)
    return list(dict.fromkeys(match[0] for match in found if match))
