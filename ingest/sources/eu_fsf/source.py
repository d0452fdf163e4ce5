"""The EU's consolidated list of financial sanctions, xmlFullSanctionsList 1.1.

Ids are `eu-<EU reference number>`, or, where there is none, `eu-logicalid-<number of the entity in
the Commission's database>`. All parties of the list are under financial sanctions. The regulation
that stands with a party may be an amendment: the listing starts on the earliest day that is stated.

Source: European Commission, "Financial Sanctions Files", schema of xmlFullSanctionsList 1.1
(namespace http://eu.europa.ec/fpi/fsd/export).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit
from ingest.dates import parse_date
from ingest.ids import digest, make_id
from ingest.listfile import (
    ListFile,
    begins_with_root,
    find_list_file,
    member_of,
    read_day,
)
from ingest.parties import Party, PartyWriter, Sanction
from ingest.source import IssueLog
from ingest.sources.eu_fsf.facts import (
    write_address,
    write_birth,
    write_citizenship,
    write_identification,
    write_names,
)
from ingest.xml import Node, iter_nodes, require_records

FILE = "eu_fsf.xml"
ROOT = "export"
ENTITY = "sanctionEntity"
AUTHORITY = "Council of the European Union"
TITLE = "EU Consolidated Financial Sanctions List"
PAGE = (
    "https://data.europa.eu/data/datasets/"
    "consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions"
)  # fmt: skip
LIST = ListFile(FILE, (FILE,), begins_with_root(ROOT), PAGE)
_SCHEMATA = {"person": "Person", "p": "Person", "enterprise": "Organization", "e": "Organization"}
_WRITERS = {
    "citizenship": write_citizenship, "birthdate": write_birth, "address": write_address,
    "identification": write_identification,
}  # fmt: skip


class EuFsfSource:
    """Reader of the list; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return FILE in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`; a file of another name is known by its root element."""
        return find_list_file(location, LIST, self.dataset)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day on which the list was generated."""
        return read_day(files[FILE], FILE, ROOT, "generationDate", self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`.

        Raises:
            AssertionFailed: When no party has a name: the file lost its attributes.
        """
        nodes = iter_nodes(files[FILE], FILE, (ENTITY,), roots=(ROOT,), dataset=self.dataset,
                           member=member_of(FILE))  # fmt: skip
        root = next(nodes)
        reading = _Reading(writer, issues)
        root.ignore("@generationDate", "@globalFileId")  # of the file; `published` has the day
        root.report(reading.audit, f"{FILE}:{root.line}")
        for node in nodes:
            reading.read(node)
        require_records(reading.named, f"{ENTITY} with a name", FILE, self.dataset)
        reading.audit.report(issues)


class _Reading:
    """One pass over the list."""

    def __init__(self, writer: StatementWriter, issues: IssueLog) -> None:
        self.named = 0
        self.audit = Audit()
        self._parties = PartyWriter(writer, issues)
        self._ids: set[str] = set()
        self._sha256 = writer.version.files.get(FILE, "")

    def read(self, node: Node) -> None:
        """State one sanctionEntity."""
        locator = f"{FILE}:{node.line}"
        reference, number = node.attribute("euReferenceNumber"), node.attribute("logicalId")
        key = reference or f"logicalid-{number or digest(locator)}"
        provenance = Provenance(key, locator, self._sha256)
        subject = node.child("subjectType")
        code = subject.attribute("code") if subject else None
        letter = subject.attribute("classificationCode") if subject else None
        schema = _SCHEMATA.get((code or letter or "").lower())
        party = self._parties.party(make_id("eu", key), schema or "LegalEntity", provenance)
        self._check(party, key, reference, None if schema else (code or letter or ""))
        self.named += bool(write_names(party, node.children("nameAlias")))
        for tag, write in _WRITERS.items():
            for each in node.children(tag):
                write(party, each)
        self._write_listing(party, node, reference, number)
        node.report(self.audit, locator)

    def _check(self, party: Party, key: str, reference: str | None, unknown: str | None) -> None:
        if not reference:
            party.warn("no-reference", f"The entry {key} has no EU reference number.")
        if unknown is not None:
            party.warn("unknown-type", f"{party.id} has the unknown type {unknown!r}; taken as a "
                       "legal entity.")  # fmt: skip
        if party.id in self._ids:
            party.warn("duplicate-reference", f"{key} stands twice; both are kept under one id.")
        self._ids.add(party.id)

    def _write_listing(
        self, party: Party, node: Node, reference: str | None, number: str | None
    ) -> None:
        united_nations = node.attribute("unitedNationId")
        details = node.attribute("designationDetails")
        designated = node.attribute("designationDate")
        regulations = [_Regulation(each) for each in node.children("regulation")]
        starts = sorted(
            filter(None, map(_day, (designated, *(each.start for each in regulations))))
        )
        remarks = [" ".join(text.split()) for text in node.texts("remark")]
        titles = [each.title for each in regulations if each.title]
        entity = party.sanction(
            Sanction(
                key="fsf", authority=AUTHORITY, list_title=TITLE, number=reference or number,
                programs=sorted({each.programme for each in regulations if each.programme}),
                listed=designated or (starts[0] if starts else None),
                start=starts[0] if starts else None, unsc_id=united_nations,
                source_url=next((each.url for each in regulations if each.url), None),
                notes=[*titles, *([details] if details else [])],
            )
        )  # fmt: skip
        listing = Party(self._parties, entity, "Sanction", party.provenance)
        listing.put("recordId", number)
        for each in regulations:
            if each.amends:
                listing.dates("modifiedAt", each.published)
        for url in dict.fromkeys(each.url for each in regulations[1:]):
            listing.put("sourceUrl", url)
        party.put("topics", "sanction")
        for remark in remarks:
            party.note(remark)


class _Regulation:
    """What a regulation element says of the listing."""

    def __init__(self, node: Node) -> None:
        kind = node.attribute("regulationType") or ""
        self.amends = kind.lower().startswith("amend")
        self.programme = node.attribute("programme")
        self.published = node.attribute("publicationDate")
        self.start = node.attribute("entryIntoForceDate")
        self.url = node.child_text("publicationUrl")
        number, body = node.attribute("numberTitle"), node.attribute("organisationType")
        told = [*node.texts("remark"), *node.texts("additionalInformation")]
        self.title = " ".join(filter(None, (kind, number, body and f"({body})", *told)))
        node.ignore("@logicalId", "@regulationLanguage")  # of the publisher's database


def _day(text: str | None) -> str | None:
    return parse_date(text) if text else None
