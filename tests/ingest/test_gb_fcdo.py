"""The UK Sanctions List as XML and as CSV, on small invented files in the published formats."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.catalog import get_source
from ingest.sources.gb_fcdo import FcdoCsvSource, FcdoXmlSource
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, links, parse_list

# The 58 columns of the file of 2026, as its header prints them.
HEADER = (
    "Last Updated", "Unique ID", "OFSI Group ID", "UN Reference Number", "Name 6", "Name 1",
    "Name 2", "Name 3", "Name 4", "Name 5", "Name type", "Alias strength", "Title",
    "Name non-latin script", "Non-latin script type", "Non-latin script language", "Regime Name",
    "Designation Type", "Designation source", "Sanctions Imposed", "Other Information",
    "UK Statement of Reasons", "Address Line 1", "Address Line 2", "Address Line 3",
    "Address Line 4", "Address Line 5", "Address Line 6", "Address Postal Code", "Address Country",
    "Phone number", "Website", "Email address", "Date Designated", "D.O.B", "Nationality(/ies)",
    "National Identifier number", "National Identifier additional information", "Passport number",
    "Passport additional information", "Position", "Gender", "Town of birth", "Country of birth",
    "Type of entity", "Subsidiaries", "Parent company", "Business registration number (s)",
    "IMO number", "Current owner/operator (s)", "Previous owner/operator (s)",
    "Current believed flag of ship", "Previous flags", "Type of ship", "Tonnage of ship",
    "Length of ship", "Year Built", "Hull identification number (HIN)",
)  # fmt: skip

PERSON = """<Designation>
  <LastUpdated>02/02/2021</LastUpdated><DateDesignated>25/01/2001</DateDesignated>
  <UniqueID>ZZZ0006</UniqueID><OFSIGroupID>97172</OFSIGroupID>
  <UNReferenceNumber>TAi.902</UNReferenceNumber>
  <Names>
    <Name><Name1>FOO</Name1><Name2>BAR</Name2><Name6>QUUXLEY</Name6>
      <NameType>Primary Name</NameType></Name>
    <Name><Name1>FOE</Name1><Name6>QUUXLEY</Name6>
      <NameType>Primary Name Variation</NameType></Name>
    <Name><Name6>THE QUUX</Name6><NameType>Alias</NameType>
      <AliasStrength>Low quality a.k.a</AliasStrength></Name>
    <Name><Name6>FOO B</Name6><NameType>Alias</NameType>
      <AliasStrength>Good quality a.k.a</AliasStrength></Name>
  </Names>
  <NonLatinNames><NonLatinName><NameNonLatinScript>فو بار</NameNonLatinScript>
    <NonLatinScriptType>Arabic</NonLatinScriptType>
    <NonLatinScriptLanguage>Persian; Dari</NonLatinScriptLanguage></NonLatinName></NonLatinNames>
  <Titles><Title>(1) Mullah (2) Haji</Title></Titles>
  <RegimeName>The Zzyzx (Sanctions) Regulations 2020</RegimeName>
  <IndividualEntityShip>Individual</IndividualEntityShip>
  <DesignationSource>UN</DesignationSource>
  <SanctionsImposed>Asset freeze|Travel Ban</SanctionsImposed>
  <SanctionsImposedIndicators><AssetFreeze>true</AssetFreeze><TravelBan>true</TravelBan>
    <ArmsEmbargo>false</ArmsEmbargo></SanctionsImposedIndicators>
  <OtherInformation>Reported to live elsewhere.</OtherInformation>
  <UKStatementofReasons>Associated with a listed group.</UKStatementofReasons>
  <Addresses><Address><AddressLine1>1 Elm Row</AddressLine1><AddressLine6>Zzyzx</AddressLine6>
    <AddressPostalCode>Z1</AddressPostalCode><AddressCountry>Afghanistan</AddressCountry></Address>
  </Addresses>
  <PhoneNumbers><PhoneNumber>+93202103386</PhoneNumber></PhoneNumbers>
  <EmailAddresses><EmailAddress>a@example.com; b@example.com</EmailAddress></EmailAddresses>
  <Websites><Website>www.example.com</Website></Websites>
  <IndividualDetails><Individual>
    <DOBs><DOB>dd/mm/1945</DOB><DOB>dd/03/1946</DOB></DOBs>
    <Nationalities><Nationality>Afghanistan</Nationality></Nationalities>
    <Positions><Position>(1) Deputy (2) Governor</Position></Positions>
    <Genders><Gender>Male</Gender></Genders>
    <BirthDetails><Location><TownOfBirth>Old Town</TownOfBirth>
      <CountryOfBirth>Pakistan</CountryOfBirth></Location></BirthDetails>
    <PassportDetails><Passport><PassportNumber>D 000933</PassportNumber>
      <PassportAdditionalInformation>(Afghan) Issued on 13 Sep 1998
      </PassportAdditionalInformation></Passport></PassportDetails>
    <NationalIdentifierDetails><NationalIdentifier>
      <NationalIdentifierNumber>55130</NationalIdentifierNumber>
      <NationalIdentifierAdditionalInformation>(Afghan) (tazkira)
      </NationalIdentifierAdditionalInformation></NationalIdentifier></NationalIdentifierDetails>
  </Individual></IndividualDetails>
</Designation>"""
FIRM = """<Designation>
  <UniqueID>ZZZ0100</UniqueID><DateDesignated>01/03/2022</DateDesignated>
  <Names><Name><Name6>NEVERLAND TRADING LLC</Name6><NameType>Primary name</NameType></Name></Names>
  <RegimeName>The Zzyzx (Sanctions) Regulations 2020</RegimeName>
  <IndividualEntityShip>Entity</IndividualEntityShip>
  <SanctionsImposed>Asset freeze|Trust Services Sanctions</SanctionsImposed>
  <EntityDetails><Entity>
    <BusinessRegistrationNumbers>
      <BusinessRegistrationNumber>INN: 7707083893; OGRN 1037739044111 (Russia)
      </BusinessRegistrationNumber></BusinessRegistrationNumbers>
    <TypeOfEntities><TypeOfEntity>Limited company</TypeOfEntity></TypeOfEntities>
    <ParentCompanies><ParentCompany>(1) OUTER HOLDING (2) ZZYZX GROUP</ParentCompany>
    </ParentCompanies>
    <Subsidiaries><Subsidiary>Neverland Retail</Subsidiary></Subsidiaries>
  </Entity></EntityDetails>
</Designation>"""
GROUP = """<Designation>
  <UniqueID>ZZZ0101</UniqueID>
  <Names><Name><Name6>Zzyzx Group</Name6><NameType>Primary Name</NameType></Name></Names>
  <IndividualEntityShip>Entity</IndividualEntityShip>
  <SanctionsImposed>Travel Ban</SanctionsImposed>
  <SanctionsImposedIndicators><AssetFreeze>True</AssetFreeze></SanctionsImposedIndicators>
</Designation>"""
SHIP = """<Designation>
  <UniqueID>ZZZ0075</UniqueID>
  <Names><Name><Name6>SEA GHOST</Name6><NameType>Primary name</NameType></Name></Names>
  <IndividualEntityShip>Ship</IndividualEntityShip>
  <SanctionsImposed>Shipping sanctions: (see 'Other information')|Shipping sanctions: (see 'Other
 information')</SanctionsImposed>
  <ShipDetails><Ship>
    <IMONumbers><IMONumber>IMO7406784</IMONumber></IMONumbers>
    <CurrentOwnerOperators><CurrentOwnerOperator>Neverland Trading LLC</CurrentOwnerOperator>
    </CurrentOwnerOperators>
    <PreviousOwnerOperators><PreviousOwnerOperator>Old Line</PreviousOwnerOperator>
    </PreviousOwnerOperators>
    <CurrentBelievedFlagOfShips><CurrentBelievedFlagOfShip>Comoros</CurrentBelievedFlagOfShip>
    </CurrentBelievedFlagOfShips>
    <PreviousFlags><PreviousFlag>India</PreviousFlag></PreviousFlags>
    <TypeOfShipDetails><TypeOfShip>Bulk Carrier</TypeOfShip></TypeOfShipDetails>
    <TonnageOfShipDetails><TonnageOfShip>7,078</TonnageOfShip></TonnageOfShipDetails>
    <LengthOfShipDetails><LengthOfShip>108m</LengthOfShip></LengthOfShipDetails>
    <YearsBuilt><YearBuilt>2011</YearBuilt></YearsBuilt>
  </Ship></ShipDetails>
</Designation>"""


def _xml(*designations: str) -> str:
    body = "\n".join(designations)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Designations xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<DateGenerated>20/08/2026</DateGenerated>
{body}
</Designations>"""


def _parse(tmp_path: Path, *designations: str) -> Parsed:
    (tmp_path / "UK-Sanctions-List.xml").write_text(_xml(*designations), "utf-8")
    return parse_list(FcdoXmlSource("gb_fcdo"), tmp_path, tmp_path / "out")


def _csv(rows: Sequence[dict[str, str]], columns: Sequence[str] = HEADER) -> str:
    stream = io.StringIO()
    stream.write("Report Date: 13-Feb-2026\n")
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _parse_csv(tmp_path: Path, *rows: dict[str, str]) -> Parsed:
    (tmp_path / "UK_Sanctions_List.csv").write_text(_csv(rows), "utf-8")
    return parse_list(FcdoCsvSource("gb_fcdo"), tmp_path, tmp_path / "out")


def test_a_person_of_the_xml_has_the_id_of_the_ofsi_group(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON)
    party = "gb-97172"
    assert existing(parsed) == {party: "Person"}
    assert parsed.values(party, "name") == ["FOO BAR QUUXLEY"]
    assert parsed.values(party, "alias") == ["FOE QUUXLEY", "FOO B", "فو بار"]
    assert [row["lang"] for row in parsed.rows(party, "alias") if row["lang"]] == ["fas"]
    assert parsed.values(party, "weakAlias") == ["THE QUUX"]
    assert parsed.values(party, "title") == ["Haji", "Mullah"]
    assert parsed.values(party, "birthDate") == ["1945", "1946-03"]
    assert parsed.values(party, "birthPlace") == ["Old Town, Pakistan"]
    assert parsed.values(party, "nationality") == ["af"]
    assert parsed.values(party, "position") == ["Deputy", "Governor"]
    assert parsed.values(party, "passportNumber") == ["D 000933"]
    assert parsed.values(party, "idNumber") == ["55130"]
    assert parsed.values(party, "email") == ["a@example.com", "b@example.com"]
    assert parsed.values(party, "website") == ["http://www.example.com/"]
    assert parsed.values(party, "topics") == ["sanction"]
    assert "Reported to live elsewhere." in parsed.values(party, "notes")
    listing = f"{party}-fcdo-zzz0006"
    assert parsed.values(listing, "provisions") == ["Asset freeze", "Travel Ban"]
    assert parsed.values(listing, "listingDate") == ["2001-01-25"]
    assert parsed.values(listing, "modifiedAt") == ["2021-02-02"]
    assert parsed.values(listing, "unscId") == ["TAi.902"]
    assert parsed.values(listing, "authorityId") == ["ZZZ0006"]
    assert parsed.values(listing, "reason") == ["Associated with a listed group."]
    assert parsed.codes() == []
    assert {row["locator"] for row in parsed.statements} == {"uk_sanctions_list.xml:4"}


def test_parents_own_and_subsidiaries_are_owned_without_a_share(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, FIRM, GROUP)
    retail, outer = "gb-unresolved-neverland-retail", "gb-unresolved-outer-holding"
    assert links(parsed) == [
        ("Ownership", "gb-unresolved-outer-holding", "gb-zzz0100", "Parent company"),
        ("Ownership", "gb-zzz0100", retail, "Subsidiary"),
        ("Ownership", "gb-zzz0101", "gb-zzz0100", "Parent company"),
    ]
    assert existing(parsed) == {
        "gb-zzz0100": "Company", "gb-zzz0101": "Organization", retail: "Company",
        outer: "LegalEntity",
    }  # fmt: skip
    relation = parsed.tables.relations.to_pylist()[0]
    assert (relation["kind"], relation["percentage_minimum"]) == ("link", None)
    evidence = parsed.tables.evidence.to_pylist()
    assert {row["on"] for row in evidence} == {"2025-01-02"}
    assert all(row["standing"] for row in evidence)
    assert "Subsidiary: Neverland Retail" in {row["quote"] for row in evidence}
    assert parsed.values("gb-zzz0100", "innCode") == ["7707083893"]
    assert parsed.values("gb-zzz0100", "ogrnCode") == ["1037739044111"]
    assert parsed.codes() == ["unresolved-link", "unresolved-link"]


def test_only_a_freeze_makes_a_party_one_under_financial_sanctions(tmp_path: Path) -> None:
    ban = GROUP.replace("True", "false")
    barred = SHIP.replace("Ship</Ind", "Individual</Ind").replace(
        "Shipping sanctions: (see 'Other information')|", "Director Disqualification Sanction|"
    )
    parsed = _parse(tmp_path, ban, barred.replace("ZZZ0075", "ZZZ0200"))
    assert parsed.values("gb-zzz0101", "topics") == ["reg.action"]
    assert parsed.values("gb-zzz0200", "topics") == ["corp.disqual", "reg.action"]
    again = _parse(tmp_path, GROUP)  # the indicator says what the text leaves out
    assert again.values("gb-zzz0101", "topics") == ["sanction"]
    assert again.values("gb-zzz0101-fcdo-zzz0101", "provisions") == ["Asset freeze", "Travel Ban"]


def test_a_designation_without_a_measure_is_reported_and_screened(tmp_path: Path) -> None:
    parsed = _parse(
        tmp_path, GROUP.replace("Travel Ban", "").replace("True", "").replace("ZZZ0101", "Z1")
    )
    assert parsed.codes() == ["no-measures"]
    assert parsed.values("gb-z1", "topics") == ["sanction"]


def test_a_ship_has_its_numbers_and_a_link_to_its_owner_or_operator(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, SHIP, FIRM)
    ship = "gb-zzz0075"
    assert existing(parsed)[ship] == "Vessel"
    assert parsed.values(ship, "imoNumber") == ["IMO7406784"]
    assert parsed.values(ship, "flag") == ["km"]
    assert parsed.values(ship, "pastFlags") == ["in"]
    assert parsed.values(ship, "type") == ["Bulk Carrier"]
    assert parsed.values(ship, "tonnage") == ["7078"]
    assert parsed.values(ship, "buildDate") == ["2011"]
    assert parsed.values(ship, "topics") == ["reg.action"]
    assert {"Length of ship: 108m", "Previous owner/operator: Old Line"} <= set(
        parsed.values(ship, "notes")
    )
    assert ("UnknownLink", ship, "gb-zzz0100", "Current owner/operator") in links(parsed)


def test_two_designations_of_a_group_are_one_party_unless_their_types_differ(
    tmp_path: Path,
) -> None:
    second = PERSON.replace("ZZZ0006", "ZZZ0007").replace("Asset freeze|", "")
    second = second.replace("<AssetFreeze>true", "<AssetFreeze>false")
    ship = SHIP.replace("<UniqueID>", "<OFSIGroupID>97172</OFSIGroupID><UniqueID>")
    parsed = _parse(tmp_path, PERSON, second, ship)
    schemata = existing(parsed)
    assert (schemata["gb-97172"], schemata["gb-zzz0075"]) == ("Person", "Vessel")
    assert set(parsed.values("gb-97172", "topics")) == {"sanction", "reg.action"}
    assert parsed.values("gb-97172-fcdo-zzz0007", "provisions") == ["Travel Ban"]
    assert "reused-number" in parsed.codes()


def test_the_csv_says_what_the_xml_says(tmp_path: Path) -> None:
    row = {
        "Last Updated": "02/02/2021", "Unique ID": "ZZZ0006", "OFSI Group ID": "97172",
        "UN Reference Number": "TAi.902", "Name 6": "QUUXLEY", "Name 1": "FOO", "Name 2": "BAR",
        "Name type": "Primary Name", "Title": "(1) Mullah (2) Haji",
        "Name non-latin script": "فو بار", "Non-latin script type": "Arabic",
        "Non-latin script language": "Persian; Dari",
        "Regime Name": "The Zzyzx (Sanctions) Regulations 2020", "Designation Type": "Individual",
        "Designation source": "UN", "Sanctions Imposed": "Asset freeze|Travel Ban",
        "Other Information": "Reported to live elsewhere.",
        "UK Statement of Reasons": "Associated with a listed group.",
        "Address Line 1": "1 Elm Row", "Address Line 6": "Zzyzx", "Address Postal Code": "Z1",
        "Address Country": "Afghanistan", "Phone number": "+93202103386",
        "Website": "www.example.com", "Email address": "a@example.com; b@example.com",
        "Date Designated": "25/01/2001", "D.O.B": "dd/mm/1945",
        "Nationality(/ies)": "Afghanistan", "National Identifier number": "55130",
        "National Identifier additional information": "(Afghan) (tazkira)",
        "Passport number": "D 000933",
        "Passport additional information": "(Afghan) Issued on 13 Sep 1998",
        "Position": "(1) Deputy (2) Governor", "Gender": "Male", "Town of birth": "Old Town",
        "Country of birth": "Pakistan",
    }  # fmt: skip
    more = {"D.O.B": "dd/03/1946"}
    alias = {"Name 1": "FOE", "Name 2": "", "Name type": "Primary Name Variation"}
    weak = {"Name 1": "", "Name 2": "", "Name 6": "THE QUUX", "Name type": "Alias",
            "Alias strength": "Low quality a.k.a"}  # fmt: skip
    good = {**weak, "Name 6": "FOO B", "Alias strength": "Good quality a.k.a"}
    rows = [{**row, **each} for each in ({}, more, alias, weak, good)]
    for kind in ("csv", "xml"):
        (tmp_path / kind).mkdir()
    from_csv = _parse_csv(tmp_path / "csv", *rows)
    from_xml = _parse(tmp_path / "xml", PERSON)
    assert _said(from_csv) == _said(from_xml)
    assert from_csv.codes() == []


def _said(parsed: Parsed) -> set[tuple[str, str, str, str | None]]:
    return {
        (row["entity_id"], row["prop"], " ".join(row["value"].split()), row["lang"])
        for row in parsed.statements
    }


def test_ships_and_firms_of_the_csv_are_read(tmp_path: Path) -> None:
    ship = {
        "Unique ID": "ZZZ0075", "Name 6": "SEA GHOST", "Name type": "Primary Name",
        "Designation Type": "Ship", "Sanctions Imposed": "Shipping sanctions",
        "IMO number": "IMO7406784", "Current owner/operator (s)": "Neverland Trading LLC",
        "Previous owner/operator (s)": "Old Line", "Current believed flag of ship": "Comoros",
        "Previous flags": "India", "Type of ship": "Bulk Carrier", "Tonnage of ship": "7,078",
        "Length of ship": "108m", "Year Built": "2011",
        "Hull identification number (HIN)": "HIN1",
    }  # fmt: skip
    firm = {
        "Unique ID": "ZZZ0100", "Name 6": "NEVERLAND TRADING LLC", "Name type": "Primary Name",
        "Designation Type": "Entity", "Sanctions Imposed": "Asset freeze",
        "Type of entity": "Bank", "Subsidiaries": "Neverland Retail", "Parent company": "OUTER",
        "Business registration number (s)": "1037739044111",
    }  # fmt: skip
    parsed = _parse_csv(tmp_path, ship, firm)
    assert parsed.values("gb-zzz0075", "imoNumber") == ["IMO7406784"]
    assert {each[3] for each in links(parsed)} == {
        "Current owner/operator", "Parent company", "Subsidiary"
    }  # fmt: skip
    assert parsed.values("gb-zzz0100", "registrationNumber") == ["1037739044111"]
    assert set(parsed.codes()) == {"unresolved-link"}


def test_what_the_files_newly_contain_is_reported(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, GROUP.replace("<Names>", "<ShoeSize>44</ShoeSize><Names>"))
    assert parsed.messages("unread-field")[0].startswith("Designation/ShoeSize is not read")
    (tmp_path / "out.csv").write_text(
        _csv([{"Unique ID": "Z1", "Name 6": "A", "Name type": "Primary Name", "Colour": "red"}],
             [*HEADER, "Colour"]), "utf-8",
    )  # fmt: skip
    parsed = parse_list(FcdoCsvSource("gb_fcdo"), tmp_path / "out.csv", tmp_path / "out")
    assert "colour is not read" in parsed.messages("unread-field")[0]
    assert existing(parsed) == {"gb-z1": "LegalEntity"}


def test_an_unknown_strength_is_reported_and_the_alias_kept(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON.replace("Good quality a.k.a", "Fair"))
    assert "FOO B" in parsed.values("gb-97172", "alias")
    assert parsed.codes() == ["unknown-strength"]


def test_a_designation_without_a_number_is_reported(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, FIRM, GROUP.replace("<UniqueID>ZZZ0101</UniqueID>", ""))
    assert "gb-zzz0101" not in existing(parsed)
    assert "no-unique-id" in parsed.codes()


@pytest.mark.parametrize(
    ("content", "error", "fault"),
    [
        (_xml(PERSON)[:-200], ParseError, "broken off"),
        ("<html><body>gone</body></html>", ParseError, "the root element is <html>"),
        (_xml(), AssertionFailed, "holds no designations"),
    ],
)
def test_a_broken_xml_is_refused(
    tmp_path: Path, content: str, error: type[Exception], fault: str
) -> None:
    (tmp_path / "UK-Sanctions-List.xml").write_text(content, "utf-8")
    with pytest.raises(error, match=fault):
        parse_list(FcdoXmlSource("gb_fcdo"), tmp_path, tmp_path / "out")


def test_the_files_state_their_day_and_either_is_found(tmp_path: Path) -> None:
    source = get_source("gb_fcdo", None)
    with pytest.raises(ParseError, match=r"in none of its formats"):
        source.find_files(tmp_path)
    only = tmp_path / "list.csv"
    only.write_text(_csv([]), "utf-8")
    assert source.find_files(tmp_path) == {"uk_sanctions_list.csv": only}
    assert FcdoCsvSource("gb_fcdo").published({"uk_sanctions_list.csv": only}) == "2026-02-13"
    only.rename(tmp_path / "UK-Sanctions-List.csv")  # the name of the other, but for its ending
    with pytest.raises(ParseError, match="is missing"):
        FcdoXmlSource("gb_fcdo").find_files(tmp_path)
    named = tmp_path / "UK-Sanctions-List.xml"
    named.write_text(_xml(PERSON), "utf-8")
    assert source.find_files(tmp_path) == {"uk_sanctions_list.xml": named}
    assert FcdoXmlSource("gb_fcdo").published({"uk_sanctions_list.xml": named}) == "2026-08-20"
