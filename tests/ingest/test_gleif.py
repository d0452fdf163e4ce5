"""The readers of GLEIF's three products, on small invented files and on the real slices."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from benchmarks.ingest import CASES
from benchmarks.registries import level1_columns, level2_columns, make_lei
from graph.errors import AssertionFailed, ParseError
from ingest.sources.gleif.lei import LeiSource
from ingest.sources.gleif.repex import ExceptionSource
from ingest.sources.gleif.rr import RelationshipSource
from ingest.sources.gleif.source import find_wrong_leis
from tests.data import require_data
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import links, parse_list

CHILD, PARENT, OTHER, FOURTH = (make_lei(number) for number in range(4))
C, P, Z = (f"lei-{lei.lower()}" for lei in (CHILD, PARENT, OTHER))
OTHER_NAME = "Entity.OtherEntityNames.OtherEntityName"
ASCII_NAME = "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName"
EVENT = "Entity.LegalEntityEvents.LegalEntityEvent.1"
QUUX = {
    "LEI": CHILD,
    "Entity.LegalName": "Quux Обувь Ltd",
    "Entity.LegalName.xmllang": "ru",
    f"{OTHER_NAME}.1": "Quux Old",
    f"{OTHER_NAME}.1.type": "PREVIOUS_LEGAL_NAME",
    f"{OTHER_NAME}.2": "Quux Shoes",
    f"{OTHER_NAME}.2.xmllang": "en",
    f"{OTHER_NAME}.2.type": "TRADING_OR_OPERATING_NAME",
    f"{ASCII_NAME}.1": "Quux Obuv Ltd",
    f"{ASCII_NAME}.1.type": "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME",
    "Entity.LegalAddress.FirstAddressLine": "High Street",
    "Entity.LegalAddress.AddressNumber": "12",
    "Entity.LegalAddress.AdditionalAddressLine.1": "Floor 3",
    "Entity.LegalAddress.City": "Neverland",
    "Entity.LegalAddress.Region": "GB-LND",
    "Entity.LegalAddress.Country": "GB",
    "Entity.LegalAddress.PostalCode": "N1 1AA",
    "Entity.LegalAddress.MailRouting": "C/O Nobody",
    "Entity.HeadquartersAddress.FirstAddressLine": "1 Quay",
    "Entity.HeadquartersAddress.City": "Zzyzx",
    "Entity.HeadquartersAddress.Country": "LB",
    "Entity.RegistrationAuthority.RegistrationAuthorityID": "RA000585",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": "01234567",
    "Entity.LegalJurisdiction": "GB",
    "Entity.EntityCategory": "GENERAL",
    "Entity.LegalForm.EntityLegalFormCode": "H0PO",
    "Entity.EntityStatus": "INACTIVE",
    "Entity.EntityCreationDate": "2005-03-22T08:00:00+01:00",
    f"{EVENT}.event_status": "COMPLETED",
    f"{EVENT}.LegalEntityEventType": "DISSOLUTION",
    f"{EVENT}.LegalEntityEventEffectiveDate": "2018-11-09T00:00:00.000Z",
    "Entity.SuccessorEntity.1.SuccessorLEI": PARENT,
    "Registration.InitialRegistrationDate": "2012-06-06T15:55:00.000Z",
    "Registration.LastUpdateDate": "2023-05-18T15:41:20.212Z",
    "Registration.RegistrationStatus": "LAPSED",
    "Registration.NextRenewalDate": "2024-05-18T15:48:53.604Z",
    "Registration.ManagingLOU": OTHER,
    "Registration.ValidationSources": "ENTITY_SUPPLIED_ONLY",
}
QUUX_XML = f"""<lei:LEIRecord><lei:LEI>{CHILD}</lei:LEI><lei:Entity>
<lei:LegalName xml:lang="ru">Quux Обувь Ltd</lei:LegalName>
<lei:OtherEntityNames><lei:OtherEntityName type="PREVIOUS_LEGAL_NAME">Quux Old</lei:OtherEntityName>
<lei:OtherEntityName xml:lang="en" type="TRADING_OR_OPERATING_NAME">Quux Shoes</lei:OtherEntityName>
</lei:OtherEntityNames><lei:TransliteratedOtherEntityNames><lei:TransliteratedOtherEntityName
type="AUTO_ASCII_TRANSLITERATED_LEGAL_NAME">Quux Obuv Ltd</lei:TransliteratedOtherEntityName>
</lei:TransliteratedOtherEntityNames>
<lei:LegalAddress><lei:FirstAddressLine>High Street</lei:FirstAddressLine>
<lei:AddressNumber>12</lei:AddressNumber><lei:MailRouting>C/O Nobody</lei:MailRouting>
<lei:AdditionalAddressLine>Floor 3</lei:AdditionalAddressLine><lei:City>Neverland</lei:City>
<lei:Region>GB-LND</lei:Region><lei:Country>GB</lei:Country><lei:PostalCode>N1 1AA</lei:PostalCode>
</lei:LegalAddress><lei:HeadquartersAddress><lei:FirstAddressLine>1 Quay</lei:FirstAddressLine>
<lei:City>Zzyzx</lei:City><lei:Country>LB</lei:Country></lei:HeadquartersAddress>
<lei:RegistrationAuthority><lei:RegistrationAuthorityID>RA000585</lei:RegistrationAuthorityID>
<lei:RegistrationAuthorityEntityID>01234567</lei:RegistrationAuthorityEntityID>
</lei:RegistrationAuthority><lei:LegalJurisdiction>GB</lei:LegalJurisdiction>
<lei:EntityCategory>GENERAL</lei:EntityCategory>
<lei:LegalForm><lei:EntityLegalFormCode>H0PO</lei:EntityLegalFormCode></lei:LegalForm>
<lei:EntityStatus>INACTIVE</lei:EntityStatus>
<lei:EntityCreationDate>2005-03-22T08:00:00+01:00</lei:EntityCreationDate>
<lei:LegalEntityEvents><lei:LegalEntityEvent group_type="STANDALONE" event_status="COMPLETED">
<lei:LegalEntityEventType>DISSOLUTION</lei:LegalEntityEventType>
<lei:LegalEntityEventEffectiveDate>2018-11-09T00:00:00.000Z</lei:LegalEntityEventEffectiveDate>
<lei:AffectedFields><lei:AffectedField field_xpath="/x">y</lei:AffectedField></lei:AffectedFields>
</lei:LegalEntityEvent></lei:LegalEntityEvents>
<lei:SuccessorEntity><lei:SuccessorLEI>{PARENT}</lei:SuccessorLEI></lei:SuccessorEntity>
</lei:Entity><lei:Registration>
<lei:InitialRegistrationDate>2012-06-06T15:55:00.000Z</lei:InitialRegistrationDate>
<lei:LastUpdateDate>2023-05-18T15:41:20.212Z</lei:LastUpdateDate>
<lei:RegistrationStatus>LAPSED</lei:RegistrationStatus>
<lei:NextRenewalDate>2024-05-18T15:48:53.604Z</lei:NextRenewalDate>
<lei:ManagingLOU>{OTHER}</lei:ManagingLOU>
<lei:ValidationSources>ENTITY_SUPPLIED_ONLY</lei:ValidationSources></lei:Registration>
<lei:Extension><x:Geocoding xmlns:x="u"><x:lat>0.0</x:lat></x:Geocoding></lei:Extension>
</lei:LEIRecord>"""


def level1_xml(*entries: str, count: int = 1, content: str = "GLEIF_FULL_PUBLISHED") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016"><lei:LEIHeader>'
        f"<lei:ContentDate>2023-06-05T08:20:51Z</lei:ContentDate><lei:FileContent>{content}"
        f"</lei:FileContent><lei:RecordCount>{count}</lei:RecordCount></lei:LEIHeader>"
        f"<lei:LEIRecords>{''.join(entries)}</lei:LEIRecords></lei:LEIData>"
    )


def as_csv(*rows: dict[str, str], columns: list[str]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def read_level1(folder: Path, content: bytes | str, name: str = "lei2.csv") -> Parsed:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return parse_list(LeiSource("gleif_lei"), path, folder / "out")


def plain(parsed: Parsed) -> list[tuple[str, ...]]:
    names = ("entity_id", "schema", "prop", "value", "original_value", "lang")
    return sorted(tuple(str(row[name]) for name in names) for row in parsed.statements)


@pytest.fixture
def quux(tmp_path: Path) -> Parsed:
    return read_level1(tmp_path, as_csv(QUUX, columns=level1_columns()))


def test_a_party_keeps_its_names_with_their_kinds_and_languages(quux: Parsed) -> None:
    (name,) = quux.rows(C, "name")
    assert (name["value"], name["lang"], name["schema"]) == ("Quux Обувь Ltd", "rus", "Company")
    assert quux.values(C, "previousName") == ["Quux Old"]
    assert quux.values(C, "alias") == ["Quux Obuv Ltd", "Quux Shoes"]
    assert {row["lang"] for row in quux.rows(C, "alias")} == {None, "eng"}


def test_numbers_form_status_and_days_are_stated_as_precisely_as_published(quux: Parsed) -> None:
    assert quux.values(C, "leiCode") == [CHILD]
    assert quux.values(C, "registrationNumber") == ["01234567"]
    assert quux.values(C, "legalForm") == ["H0PO"]
    assert quux.values(C, "status") == ["INACTIVE"]
    assert quux.values(C, "incorporationDate") == ["2005-03-22"]
    assert quux.values(C, "dissolutionDate") == ["2018-11-09"]
    assert quux.values(C, "modifiedAt") == ["2023-05-18"]
    assert quux.values(C, "notes") == [
        "Event: DISSOLUTION, COMPLETED, effective 2018-11-09", "LEI registration: LAPSED",
        "Register: RA000585", "Validation: ENTITY_SUPPLIED_ONLY",
    ]  # fmt: skip
    assert quux.codes() == []
    assert quux.rejected == []


def test_both_addresses_are_entities_with_their_parts(quux: Parsed) -> None:
    assert quux.values(C, "addressEntity") == [f"{C}-addr-headquarters", f"{C}-addr-legal"]
    legal = f"{C}-addr-legal"
    assert quux.values(legal, "full") == ["12 High Street, Floor 3, Neverland, GB-LND, N1 1AA, GB"]
    assert quux.values(legal, "street") == ["12 High Street, Floor 3"]
    assert quux.values(legal, "remarks") == ["C/O Nobody"]
    assert quux.values(legal, "country") == ["gb"]
    assert quux.values(f"{C}-addr-headquarters", "country") == ["lb"]


def test_headquarters_at_the_legal_address_are_not_stated_twice(tmp_path: Path) -> None:
    row = dict(QUUX)
    for name in [name for name in row if "HeadquartersAddress" in name]:
        del row[name]
    for name in [name for name in row if "LegalAddress" in name]:
        row[name.replace("Legal", "Headquarters")] = row[name]
    parsed = read_level1(tmp_path, as_csv(row, columns=level1_columns()))
    assert parsed.values(C, "addressEntity") == [f"{C}-addr-legal"]


def test_a_successor_is_a_relation_with_its_source(quux: Parsed) -> None:
    assert links(quux) == [("Succession", C, P, "succeeded by")]
    (evidence,) = quux.tables.evidence.to_pylist()
    assert (evidence["by"], evidence["on"], evidence["locator"], evidence["standing"]) == (
        "GLEIF", "2025-01-02", "lei2.csv:row 2", True,
    )  # fmt: skip


def test_xml_and_csv_of_the_same_party_give_the_same_statements(
    quux: Parsed, tmp_path: Path
) -> None:
    (tmp_path / "xml").mkdir()
    parsed = read_level1(tmp_path / "xml", level1_xml(QUUX_XML), "renamed.xml")
    assert plain(parsed) == plain(quux)
    assert parsed.codes() == []
    assert {row["locator"] for row in parsed.rows(C, "name")} == {"lei2.xml:2"}


def test_sole_proprietors_and_governments_are_no_companies(tmp_path: Path) -> None:
    rows = [
        {"LEI": lei, "Entity.LegalName": "Quux", "Entity.EntityCategory": category}
        for lei, category in zip(
            (CHILD, PARENT, OTHER, FOURTH),
            ("SOLE_PROPRIETOR", "RESIDENT_GOVERNMENT_ENTITY", "FUND", "TIMESHARE"),
            strict=True,
        )
    ]
    parsed = read_level1(tmp_path, as_csv(*rows, columns=level1_columns()))
    schemata = {row["entity_id"]: row["schema"] for row in parsed.statements if row["prop"] == "id"}
    assert [schemata[f"lei-{row['LEI'].lower()}"] for row in rows] == [
        "LegalEntity", "Organization", "Company", "LegalEntity",
    ]  # fmt: skip
    assert parsed.values(Z, "topics") == ["fin.fund"]
    assert parsed.codes() == ["unknown-category"]
    assert parsed.values(f"lei-{FOURTH.lower()}", "classification") == ["TIMESHARE"]


def test_an_lei_with_wrong_check_digits_is_kept_and_told(tmp_path: Path) -> None:
    wrong = CHILD[:-2] + ("00" if CHILD[-2:] != "00" else "01")
    parsed = read_level1(tmp_path, as_csv({**QUUX, "LEI": wrong}, columns=level1_columns()))
    party = f"lei-{wrong.lower()}"
    assert parsed.values(party, "idNumber") == [wrong]
    assert parsed.values(party, "leiCode") == []
    assert parsed.codes() == ["wrong-lei"]
    assert parsed.rejected == []


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabc", min_size=18, max_size=20))
def test_check_digits_are_those_of_mod_97_10(text: str) -> None:
    valid = len(text) == 20 and text[-2:].isdigit() and mod_97_10.checksum(text.upper()) == 1
    assert find_wrong_leis(pa.array([text, None])).to_pylist() == [not valid, False]


def test_a_column_that_nobody_knows_is_reported(tmp_path: Path) -> None:
    row = {**QUUX, "Entity.EntityMood": "gloomy"}
    parsed = read_level1(tmp_path, as_csv(row, columns=[*level1_columns(), "Entity.EntityMood"]))
    (message,) = parsed.messages("unread-field")
    assert "Entity.EntityMood" in message
    assert "gloomy" in message


def test_an_element_or_attribute_that_nobody_knows_is_reported(tmp_path: Path) -> None:
    entry = QUUX_XML.replace(
        "<lei:City>Zzyzx", '<lei:Mood>gloomy</lei:Mood><lei:City cap="1">Zzyzx'
    )
    parsed = read_level1(tmp_path, level1_xml(entry), "lei2.xml")
    assert {message.split(" ")[0] for message in parsed.messages("unread-field")} == {
        "Entity.HeadquartersAddress.Mood", "LEIRecord/Entity/HeadquartersAddress/City/@cap",
    }  # fmt: skip


def test_an_lei_on_two_records_is_told_and_neither_is_lost(tmp_path: Path) -> None:
    rows = [QUUX, {**QUUX, "Entity.LegalName": "Zot Ltd"}]
    parsed = read_level1(tmp_path, as_csv(*rows, columns=level1_columns()))
    assert len(parsed.values(C, "name")) == 2
    assert CHILD in parsed.messages("duplicate-id")[0]


def test_the_number_of_records_is_a_note_unless_the_file_is_whole(tmp_path: Path) -> None:
    content = level1_xml(QUUX_XML, count=2394586)
    assert read_level1(tmp_path, content, "lei2.xml").codes() == ["record-count"]
    whole = LeiSource("gleif_lei", complete=True)
    with pytest.raises(AssertionFailed, match="says that it holds 2394586 records; it holds 1"):
        parse_list(whole, tmp_path / "lei2.xml", tmp_path / "again")


def test_a_delta_file_is_told(tmp_path: Path) -> None:
    content = level1_xml(QUUX_XML, content="GLEIF_DELTA_PUBLISHED")
    assert read_level1(tmp_path, content, "lei2.xml").codes() == ["delta-file"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (level1_xml(QUUX_XML)[:-200], "broken off"),
        (level1_xml(), "holds no records"),
        (as_csv(columns=level1_columns()), "holds no records"),
        (as_csv(QUUX, columns=level1_columns())[:-30], "breaks off|columns instead"),
    ],
)
def test_a_broken_or_empty_file_is_refused(
    tmp_path: Path, content: str | bytes, fault: str
) -> None:
    name = "lei2.xml" if isinstance(content, str) else "lei2.csv"
    with pytest.raises((ParseError, AssertionFailed), match=fault):
        read_level1(tmp_path, content, name)


def test_a_page_of_html_is_no_product(tmp_path: Path) -> None:
    (tmp_path / "lei2.xml").write_text("<!DOCTYPE html><html><body>Sorry</body></html>", "utf-8")
    with pytest.raises(ParseError, match=r"golden-copy"):
        LeiSource("gleif_lei").find_files(tmp_path)


def test_packed_files_are_found_by_what_they_hold(tmp_path: Path) -> None:
    content = as_csv(QUUX, columns=level1_columns())
    with zipfile.ZipFile(tmp_path / "20230605-0800-gleif-goldencopy-lei2.csv.zip", "w") as archive:
        archive.writestr("20230605-0800-gleif-goldencopy-lei2.csv", content)
    (tmp_path / "rels.gz").write_bytes(gzip.compress(as_csv(RELATED, columns=level2_columns())))
    source = LeiSource("gleif_lei")
    files = source.find_files(tmp_path)
    assert source.published(files) == "2023-06-05"
    assert parse_list(source, tmp_path, tmp_path / "out").values(C, "leiCode") == [CHILD]
    related = RelationshipSource("gleif_rr").find_files(tmp_path)
    assert [path.name for path in related.values()] == ["rels.gz"]
    (tmp_path / "again.csv").write_bytes(content)
    with pytest.raises(ParseError, match="more than once"):
        source.find_files(tmp_path)


RELATED = {
    "Relationship.StartNode.NodeID": CHILD,
    "Relationship.StartNode.NodeIDType": "LEI",
    "Relationship.EndNode.NodeID": PARENT,
    "Relationship.EndNode.NodeIDType": "LEI",
    "Relationship.RelationshipType": "IS_DIRECTLY_CONSOLIDATED_BY",
    "Relationship.RelationshipStatus": "ACTIVE",
    "Relationship.Period.1.startDate": "2020-01-01T00:00:00.000Z",
    "Relationship.Period.1.endDate": "2020-12-31T00:00:00.000Z",
    "Relationship.Period.1.periodType": "ACCOUNTING_PERIOD",
    "Relationship.Period.2.startDate": "2018-02-06T00:00:00.000Z",
    "Relationship.Period.2.periodType": "RELATIONSHIP_PERIOD",
    "Relationship.Qualifiers.1.QualifierDimension": "ACCOUNTING_STANDARD",
    "Relationship.Qualifiers.1.QualifierCategory": "IFRS",
    "Relationship.Quantifiers.1.MeasurementMethod": "ACCOUNTING_CONSOLIDATION",
    "Relationship.Quantifiers.1.QuantifierAmount": "100.00",
    "Relationship.Quantifiers.1.QuantifierUnits": "PERCENTAGE",
    "Registration.LastUpdateDate": "2023-05-18T15:41:20.212Z",
    "Registration.RegistrationStatus": "PUBLISHED",
    "Registration.ValidationReference": "https://example.org/filing",
}


def read_level2(folder: Path, *rows: dict[str, str]) -> Parsed:
    (folder / "rr.csv").write_bytes(as_csv(*rows, columns=level2_columns()))
    return parse_list(RelationshipSource("gleif_rr"), folder, folder / "out")


def related(**more: str) -> dict[str, str]:
    names = {"kind": "Relationship.RelationshipType", "state": "Relationship.RelationshipStatus",
             "status": "Registration.RegistrationStatus", "end": "Relationship.Period.2.endDate",
             "parent": "Relationship.EndNode.NodeID"}  # fmt: skip
    return {**RELATED, **{names[name]: value for name, value in more.items()}}


def test_the_parent_owns_the_child_without_a_share(tmp_path: Path) -> None:
    parsed = read_level2(tmp_path, RELATED)
    (relation,) = parsed.tables.relations.to_pylist()
    assert links(parsed) == [("Ownership", P, C, "directly consolidated by")]
    assert relation["percentage_minimum"] is None
    assert (relation["start"], relation["end"]) == ("2018-02-06", None)
    assert parsed.values(relation["id"], "ownershipType") == ["direct"]
    assert parsed.values(relation["id"], "percentage") == []
    (evidence,) = parsed.tables.evidence.to_pylist()
    assert evidence["quote"] == "IS_DIRECTLY_CONSOLIDATED_BY"
    assert evidence["source_url"] == "https://example.org/filing"
    assert evidence["declared_status"] is None, "a register's state is no status of the statement"
    assert "status in the register: ACTIVE, PUBLISHED" in evidence["note"]
    assert "ACCOUNTING_PERIOD 2020-01-01 to 2020-12-31" in evidence["note"]
    assert "ACCOUNTING_STANDARD: IFRS" in evidence["note"]
    assert "ACCOUNTING_CONSOLIDATION 100.00 PERCENTAGE" in evidence["note"]
    assert parsed.codes() == []


def test_direct_and_ultimate_of_one_pair_are_told_apart(tmp_path: Path) -> None:
    parsed = read_level2(tmp_path, RELATED, related(kind="IS_ULTIMATELY_CONSOLIDATED_BY"))
    direct, ultimate = sorted(parsed.tables.relations.to_pylist(), key=lambda row: row["role"])
    assert (direct["source"], direct["target"]) == (ultimate["source"], ultimate["target"])
    assert ultimate["role"] == "ultimately consolidated by"
    assert parsed.values(ultimate["id"], "ownershipType") == ["indirect"]
    notes = {row["relation_id"]: row["note"] for row in parsed.tables.evidence.to_pylist()}
    assert "not to be added" in notes[ultimate["id"]]
    assert "not to be added" not in notes[direct["id"]]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("IS_FUND-MANAGED_BY", ("Directorship", P, C, "fund-managed by")),
        ("IS_SUBFUND_OF", ("UnknownLink", C, P, "subfund of")),
        ("IS_FEEDER_TO", ("UnknownLink", C, P, "feeder to")),
        ("IS_INTERNATIONAL_BRANCH_OF", ("Ownership", P, C, "international branch of")),
        ("IS_TWINNED_WITH", ("UnknownLink", C, P, "twinned with")),
    ],
)
def test_each_type_has_its_schema_and_direction(
    tmp_path: Path, kind: str, expected: tuple[str, ...]
) -> None:
    parsed = read_level2(tmp_path, related(kind=kind))
    assert links(parsed) == [expected]
    assert parsed.codes() == (["unknown-relationship"] if "TWIN" in kind else [])


def test_annulled_and_duplicate_are_counted_and_left_out_lapsed_stays_open(tmp_path: Path) -> None:
    parsed = read_level2(
        tmp_path, related(status="ANNULLED"), related(status="DUPLICATE", parent=OTHER),
        related(status="LAPSED"),
    )  # fmt: skip
    (relation,) = parsed.tables.relations.to_pylist()
    assert relation["end"] is None
    assert parsed.codes() == ["dropped-record", "dropped-record"]
    assert "ANNULLED" in parsed.messages("dropped-record")[0]


def test_an_inactive_relationship_ends_when_it_says_or_by_its_last_update(tmp_path: Path) -> None:
    parsed = read_level2(
        tmp_path, related(state="INACTIVE", end="2021-06-30T00:00:00.000Z"),
        related(state="INACTIVE", parent=OTHER),
    )  # fmt: skip
    ends = {row["source"]: row["end"] for row in parsed.tables.relations.to_pylist()}
    assert ends == {P: "2021-06-30", Z: "[..2023-05-18]"}
    assert parsed.codes() == ["no-end"]


def test_parties_of_which_level_1_is_not_loaded_exist(tmp_path: Path) -> None:
    parsed = read_level2(tmp_path, RELATED)
    assert {(row["entity_id"], row["schema"]) for row in parsed.statements
            if row["prop"] == "id"} == {(C, "Company"), (P, "LegalEntity")}  # fmt: skip


def test_a_reason_is_a_note_of_the_party_and_no_owner(tmp_path: Path) -> None:
    columns = ["LEI", "Exception.Category", "Exception.Reason.1", "Exception.Reference.1"]
    category = "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT"
    rows = [
        {"LEI": CHILD, "Exception.Category": category, "Exception.Reason.1": "NATURAL_PERSONS"},
        {"LEI": PARENT, "Exception.Category": category, "Exception.Reason.1": "MOODY",
         "Exception.Reference.1": "Act 7"},
    ]  # fmt: skip
    (tmp_path / "x.csv").write_bytes(as_csv(*rows, columns=columns))
    parsed = parse_list(ExceptionSource("gleif_repex"), tmp_path, tmp_path / "out")
    (note,) = parsed.values(C, "notes")
    assert note.startswith("No ultimate parent reported: NATURAL_PERSONS (controlled by natural")
    assert parsed.values(P, "notes") == ["No ultimate parent reported: MOODY; see Act 7"]
    assert parsed.codes() == ["unknown-reason"]
    assert parsed.tables.relations.num_rows == 0
    assert {row["entity_id"] for row in parsed.statements} == {C, P}


@pytest.mark.lists
@pytest.mark.parametrize(("name", "parties"), [("lei-data", 13), ("lei-updates-data2-new", 12)])
def test_every_field_of_the_real_level_1_is_read(tmp_path: Path, name: str, parties: int) -> None:
    path = require_data("gleif", f"{name}.xml")
    parsed = parse_list(LeiSource("gleif_lei"), path, tmp_path)
    assert (
        len({row["entity_id"] for row in parsed.statements if row["prop"] == "leiCode"}) == parties
    )
    assert parsed.codes() == ["record-count"]
    assert parsed.rejected == []


@pytest.mark.lists
def test_the_real_relationships_are_those_of_requirement_i15(tmp_path: Path) -> None:
    found = []
    for name, codes in (("rr-data", ["record-count"]),
                        ("rr-updates-data2-new", ["deleted-record", "record-count"])):  # fmt: skip
        path = require_data("gleif", f"{name}.xml")
        parsed = parse_list(RelationshipSource("gleif_rr"), path, tmp_path / name)
        assert parsed.codes() == codes
        assert parsed.tables.relations.num_rows == 10
        found.append(Counter(row["role"] for row in parsed.tables.relations.to_pylist()))
        assert not any(row["percentage_maximum"] for row in parsed.tables.relations.to_pylist())
    assert found[0] == {"fund-managed by": 5, "subfund of": 3, "directly consolidated by": 1,
                        "ultimately consolidated by": 1}  # fmt: skip
    assert found[1] == {"fund-managed by": 5, "directly consolidated by": 3,
                        "ultimately consolidated by": 2}  # fmt: skip


@pytest.mark.lists
def test_only_the_period_of_the_real_relationship_counts(tmp_path: Path) -> None:
    path = require_data("gleif", "rr-data.xml")
    source = RelationshipSource("gleif_rr")
    assert source.published(source.find_files(path)) == "2023-06-05"
    parsed = parse_list(source, path, tmp_path)
    rows = {(row["target"], row["role"]): row for row in parsed.tables.relations.to_pylist()}
    row = rows["lei-010cmkz3von21wf2zd45", "directly consolidated by"]
    assert (row["source"], row["start"], row["end"]) == ("lei-zzg38t0mdr3qy1etua76", "2018-02-06",
                                                         None)  # fmt: skip


@pytest.mark.lists
def test_the_real_exceptions_are_those_of_requirement_i15(tmp_path: Path) -> None:
    path = require_data("gleif", "repex-data.xml")
    parsed = parse_list(ExceptionSource("gleif_repex"), path, tmp_path)
    reasons = Counter(row["value"].split(": ")[1].split(" ")[0] for row in parsed.statements)
    assert reasons == {"NON_CONSOLIDATING": 6, "NO_KNOWN_PERSON": 3, "NON_PUBLIC": 1}
    assert parsed.codes() == ["record-count"]


@pytest.mark.parametrize("name", ["gleif-level1", "gleif-level2", "company-data", "psc"])
def test_the_generated_registers_are_the_same_each_time_and_read(tmp_path: Path, name: str) -> None:
    done = [CASES[name].run(tmp_path, 300) for _ in range(2)]
    assert done[0].rows == 300
    assert done[0].statements == done[1].statements > 300 * 7
