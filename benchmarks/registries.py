"""Seeded files of company registers, in the published forms and of any size.

GLEIF's golden copies (level 1, level 2) and the two bulk products of UK Companies House. The rows
are invented; the columns, the quoting and the share of filled cells are those of the publications,
as reading costs what the empty columns cost too. The same numbers give the same bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

_FIRST = ("Zubrow", "Quillon", "Vexley", "Marenka", "Ostrava", "Drumlin", "Kestrel", "Halvorn",
          "Bexhill", "Tamarisk", "Ironvale", "Lomond", "Farrow", "Pellucid", "Windrush", "Carrow",
    )  # fmt: skip
_SECOND = ("Trading", "Holdings", "Shipping", "Capital", "Foods", "Timber", "Metals", "Logistics",
           "Property", "Ventures", "Energy", "Systems", "Textiles", "Finance", "Marine", "Foundry",
    )  # fmt: skip
_STREETS = ("High Street", "Mill Lane", "Station Road", "Canal Wharf", "Rue des Tanneurs",
            "Hafenstraße", "Via Garibaldi", "King's Parade", "Orchard Way", "Dock Road",
    )  # fmt: skip
_TOWNS = (("GB", "London", "GB-LND"), ("DE", "Hamburg", "DE-HH"), ("US", "Wilmington", "US-DE"),
          ("FR", "Lyon", "FR-69"), ("IT", "Genova", "IT-GE"), ("LU", "Luxembourg", ""),
          ("NL", "Rotterdam", "NL-ZH"), ("IN", "Mumbai", "IN-MH"))  # fmt: skip
_LANGUAGES = ("en", "de", "fr", "it", "nl", "es", "zh", "sv")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {digit: str(value) for value, digit in enumerate(_DIGITS)}
_ADDRESS = ("xmllang", "FirstAddressLine", "AddressNumber", "AddressNumberWithinBuilding",
            "MailRouting", "AdditionalAddressLine.1", "AdditionalAddressLine.2",
            "AdditionalAddressLine.3", "City", "Region", "Country", "PostalCode")  # fmt: skip
_EVENT = ("group_type", "event_status", "group_id", "group_sequence_no", "LegalEntityEventType",
          "LegalEntityEventEffectiveDate", "LegalEntityEventRecordedDate", "ValidationDocuments",
          "ValidationReference")  # fmt: skip
_REPEATS = 5


def level1_columns() -> list[str]:
    """The header of the level 1 golden copy."""
    numbers = range(1, _REPEATS + 1)
    columns = ["LEI", "Entity.LegalName", "Entity.LegalName.xmllang"]
    for group, each in (("OtherEntityNames", "OtherEntityName"),
                        ("TransliteratedOtherEntityNames", "TransliteratedOtherEntityName"
    )):  # fmt: skip
        columns += [f"Entity.{group}.{each}.{number}{end}"
                    for number in numbers for end in ("", ".xmllang", ".type")]  # fmt: skip
    for place in ("LegalAddress", "HeadquartersAddress"):
        columns += [f"Entity.{place}.{part}" for part in _ADDRESS]
    for group, each in (("OtherAddresses", "OtherAddress"),
                        ("TransliteratedOtherAddresses", "TransliteratedOtherAddress"
    )):  # fmt: skip
        columns += [f"Entity.{group}.{each}.{number}.{part}"
                    for number in numbers for part in ("type", *_ADDRESS)]  # fmt: skip
    columns += [f"Entity.{name}" for name in (
        "RegistrationAuthority.RegistrationAuthorityID",
        "RegistrationAuthority.OtherRegistrationAuthorityID",
        "RegistrationAuthority.RegistrationAuthorityEntityID", "LegalJurisdiction",
        "EntityCategory", "EntitySubCategory", "LegalForm.EntityLegalFormCode",
        "LegalForm.OtherLegalForm", "AssociatedEntity.type", "AssociatedEntity.AssociatedLEI",
        "AssociatedEntity.AssociatedEntityName", "AssociatedEntity.AssociatedEntityName.xmllang",
        "EntityStatus", "EntityCreationDate", "EntityExpirationDate", "EntityExpirationReason"
    )]  # fmt: skip
    columns += [f"Entity.SuccessorEntity.{number}.{name}" for number in numbers for name in (
        "SuccessorLEI", "SuccessorEntityName", "SuccessorEntity.xmllang")]  # fmt: skip
    for number in numbers:
        event = f"Entity.LegalEntityEvents.LegalEntityEvent.{number}"
        columns += [f"{event}.{name}" for name in _EVENT]
        columns += [f"{event}.AffectedFields.{field}.{name}"
                    for field in numbers for name in ("AffectedField", "field_xpath")]  # fmt: skip
    columns += [f"Registration.{name}" for name in (
        "InitialRegistrationDate", "LastUpdateDate", "RegistrationStatus", "NextRenewalDate",
        "ManagingLOU", "ValidationSources", "ValidationAuthority.ValidationAuthorityID",
        "ValidationAuthority.OtherValidationAuthorityID",
        "ValidationAuthority.ValidationAuthorityEntityID")]  # fmt: skip
    columns += [f"Registration.OtherValidationAuthorities.OtherValidationAuthority.{number}.{name}"
                for number in numbers for name in (
                    "ValidationAuthorityID", "OtherValidationAuthorityID",
                    "ValidationAuthorityEntityID")]  # fmt: skip
    return [*columns, "ConformityFlag"]


def level2_columns() -> list[str]:
    """The header of the level 2 golden copy."""
    numbers = range(1, _REPEATS + 1)
    columns = [f"Relationship.{node}.{name}" for node in ("StartNode", "EndNode")
               for name in ("NodeID", "NodeIDType")]  # fmt: skip
    columns += ["Relationship.RelationshipType", "Relationship.RelationshipStatus"]
    for group, names in (
        ("Period", ("startDate", "endDate", "periodType")),
        ("Qualifiers", ("QualifierDimension", "QualifierCategory")),
        ("Quantifiers", ("MeasurementMethod", "QuantifierAmount", "QuantifierUnits")),
    ):
        columns += [f"Relationship.{group}.{number}.{name}" for number in numbers for name in names]
    columns += [f"Registration.{name}" for name in (
        "InitialRegistrationDate", "LastUpdateDate", "RegistrationStatus", "NextRenewalDate",
        "ManagingLOU", "ValidationSources", "ValidationDocuments", "ValidationReference"
    )]  # fmt: skip
    return columns


def make_lei(number: int) -> str:
    """An LEI with the right check digits (ISO 7064, MOD 97-10)."""
    body = ""
    rest = number
    for _ in range(14):
        rest, digit = divmod(rest, len(_DIGITS))
        body = _DIGITS[digit] + body
    body = "ZZ00" + body
    check = 98 - int("".join(_VALUES[letter] for letter in body) + "00") % 97
    return f"{body}{check:02d}"


def write_level1(path: Path, rows: int, seed: int = 1) -> Path:
    """The level 1 golden copy as CSV, every cell quoted."""
    filled = ("LEI", "Entity.LegalName", "Entity.LegalName.xmllang",
              "Entity.OtherEntityNames.OtherEntityName.1",
              "Entity.OtherEntityNames.OtherEntityName.1.type",
              *(f"Entity.{place}.{part}" for place in ("LegalAddress", "HeadquartersAddress")
                for part in ("xmllang", "FirstAddressLine", "AdditionalAddressLine.1", "City",
                             "Region", "Country", "PostalCode")),
              "Entity.RegistrationAuthority.RegistrationAuthorityID",
              "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
              "Entity.LegalJurisdiction", "Entity.EntityCategory",
              "Entity.LegalForm.EntityLegalFormCode", "Entity.EntityStatus",
              "Entity.EntityCreationDate",
              "Entity.LegalEntityEvents.LegalEntityEvent.1.event_status",
              "Entity.LegalEntityEvents.LegalEntityEvent.1.LegalEntityEventType",
              "Entity.LegalEntityEvents.LegalEntityEvent.1.LegalEntityEventEffectiveDate",
              "Registration.InitialRegistrationDate", "Registration.LastUpdateDate",
              "Registration.RegistrationStatus", "Registration.NextRenewalDate",
              "Registration.ManagingLOU", "Registration.ValidationSources",
              "Registration.ValidationAuthority.ValidationAuthorityID",
              "Registration.ValidationAuthority.ValidationAuthorityEntityID")  # fmt: skip
    return _write_quoted(path, level1_columns(), filled, _iter_level1(rows, seed))


def _iter_level1(rows: int, seed: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(seed)
    for number in range(rows):
        country, town, region = chance.choice(_TOWNS)
        language = chance.choice(_LANGUAGES)
        renamed = chance.random() < 0.12
        event = chance.random() < 0.2
        legal = (language, f"{chance.randrange(1, 300)} {chance.choice(_STREETS)}",
                 f"Floor {chance.randrange(1, 30)}" if chance.random() < 0.3 else "", town, region,
                 country, f"{chance.randrange(10**4, 10**5)}")  # fmt: skip
        seat = legal
        if chance.random() < 0.3:
            seat = (language, f"{chance.randrange(1, 300)} {chance.choice(_STREETS)}", "", town,
                    region, country, f"{chance.randrange(10**4, 10**5)}")  # fmt: skip
        register = str(chance.randrange(10**7, 10**8))
        yield (
            make_lei(number), _company(chance, number), language,
            _company(chance, number + 1) if renamed else "",
            "PREVIOUS_LEGAL_NAME" if renamed else "", *legal, *seat, "RA000585", register, country,
            "FUND" if chance.random() < 0.05 else "GENERAL",
            chance.choice(("H0PO", "8888", "XTIQ")),
            "ACTIVE" if chance.random() < 0.9 else "INACTIVE",
            f"{_day(chance)}T00:00:00.000Z" if chance.random() < 0.67 else "",
            "COMPLETED" if event else "", "CHANGE_LEGAL_ADDRESS" if event else "",
            f"{_day(chance)}T00:00:00.000Z" if event else "",
            f"{_day(chance)}T10:{number % 60:02d}:00.000Z",
            f"{_day(chance)}T08:{number % 60:02d}:12.{number % 1000:03d}Z",
            "ISSUED" if chance.random() < 0.6 else "LAPSED", f"{_day(chance)}T00:00:00.000Z",
            "EVK05KS7XY1DEII3R011", "FULLY_CORROBORATED", "RA000585", register,
        )  # fmt: skip


def write_level2(path: Path, rows: int, seed: int = 2) -> Path:
    """The level 2 golden copy as CSV, every cell quoted."""
    filled = ("Relationship.StartNode.NodeID", "Relationship.StartNode.NodeIDType",
              "Relationship.EndNode.NodeID", "Relationship.EndNode.NodeIDType",
              "Relationship.RelationshipType", "Relationship.RelationshipStatus",
              "Relationship.Period.1.startDate", "Relationship.Period.1.endDate",
              "Relationship.Period.1.periodType", "Relationship.Period.2.startDate",
              "Relationship.Period.2.endDate", "Relationship.Period.2.periodType",
              "Relationship.Qualifiers.1.QualifierDimension",
              "Relationship.Qualifiers.1.QualifierCategory", "Registration.LastUpdateDate",
              "Registration.RegistrationStatus", "Registration.ValidationSources",
              "Registration.ValidationDocuments", "Registration.ValidationReference")  # fmt: skip
    return _write_quoted(path, level2_columns(), filled, _iter_level2(rows, seed))


def _iter_level2(rows: int, seed: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(seed)
    types = ("IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY", "IS_FUND-MANAGED_BY")
    for number in range(rows):
        kind = types[number % 3]
        fund = number % 3 == 2
        yield (
            make_lei(number // 3), "LEI", make_lei(chance.randrange(rows // 3 + 1)), "LEI", kind,
            "ACTIVE" if chance.random() < 0.95 else "INACTIVE",
            f"{_day(chance)}T00:00:00.000Z", "", "RELATIONSHIP_PERIOD",
            "" if fund else "2020-01-01T00:00:00.000Z", "" if fund else "2020-12-31T00:00:00.000Z",
            "" if fund else "ACCOUNTING_PERIOD", "" if fund else "ACCOUNTING_STANDARD",
            "" if fund else "IFRS", f"{_day(chance)}T08:00:00.000Z",
            "PUBLISHED" if chance.random() < 0.7 else "LAPSED", "FULLY_CORROBORATED",
            "ACCOUNTS_FILING", "",
        )  # fmt: skip


def write_company_data(path: Path, rows: int, seed: int = 3) -> Path:
    """BasicCompanyData of Companies House as CSV: leading blanks in the header, cells quoted."""
    columns = ["CompanyName", " CompanyNumber"]
    columns += [f"RegAddress.{part}" if part != "AddressLine2" else " RegAddress.AddressLine2"
                for part in ("CareOf", "POBox", "AddressLine1", "AddressLine2", "PostTown",
                             "County", "Country", "PostCode")]  # fmt: skip
    columns += ["CompanyCategory", "CompanyStatus", "CountryOfOrigin", "DissolutionDate",
                "IncorporationDate", "Accounts.AccountRefDay", "Accounts.AccountRefMonth",
                "Accounts.NextDueDate", "Accounts.LastMadeUpDate", "Accounts.AccountCategory",
                "Returns.NextDueDate", "Returns.LastMadeUpDate", "Mortgages.NumMortCharges",
                "Mortgages.NumMortOutstanding", "Mortgages.NumMortPartSatisfied",
                "Mortgages.NumMortSatisfied", *(f"SICCode.SicText_{each}" for each in range(1, 5)),
                "LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners", "URI",
    ]  # fmt: skip
    columns += [f"{'' if end == 'CompanyName' and each == 1 else ' '}PreviousName_{each}.{end}"
                for each in range(1, 11) for end in ("CONDATE", "CompanyName")]  # fmt: skip
    columns += ["ConfStmtNextDueDate", " ConfStmtLastMadeUpDate"]
    names = [column.strip() for column in columns]
    filled = ("CompanyName", "CompanyNumber", "RegAddress.AddressLine1", "RegAddress.AddressLine2",
              "RegAddress.PostTown", "RegAddress.Country", "RegAddress.PostCode",
              "CompanyCategory", "CompanyStatus", "CountryOfOrigin", "IncorporationDate",
              "Accounts.AccountRefDay", "Accounts.AccountRefMonth", "Accounts.AccountCategory",
              "Mortgages.NumMortCharges", "SICCode.SicText_1", "SICCode.SicText_2", "URI",
              "PreviousName_1.CONDATE", "PreviousName_1.CompanyName", "ConfStmtNextDueDate",
    )  # fmt: skip
    return _write_quoted(path, names, filled, _iter_company_data(rows, seed), header=columns)


def _iter_company_data(rows: int, seed: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(seed)
    for number in range(rows):
        renamed = chance.random() < 0.15
        year, month, day = _day(chance).split("-")
        yield (
            _company(chance, number).upper(), f"{number:08d}",
            f"{chance.randrange(1, 300)} {chance.choice(_STREETS).upper()}",
            "UNIT 4" if chance.random() < 0.3 else "", "LONDON", "ENGLAND",
            f"N{chance.randrange(1, 20)} {chance.randrange(1, 9)}AB", "Private Limited Company",
            "Active", "United Kingdom", f"{day}/{month}/{year}", "31", "12",
            "DORMANT" if chance.random() < 0.2 else "MICRO ENTITY", "0",
            f"{chance.randrange(10000, 10200)} - Something or other",
            "70229 - Management consultancy" if chance.random() < 0.1 else "",
            f"http://business.data.gov.uk/id/company/{number:08d}",
            f"{day}/{month}/2015" if renamed else "",
            _company(chance, number + 1).upper() if renamed else "", "01/02/2026",
        )  # fmt: skip


def write_psc(path: Path, rows: int, seed: int = 4) -> Path:
    """A snapshot of persons with significant control, one JSON object a line, and its totals."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for number in range(rows):
            stream.write(json.dumps(_make_psc(chance, number), separators=(",", ":")) + "\n")
        totals = {"kind": "totals#persons-of-significant-control-snapshot",
                  "persons_of_significant_control_count": rows, "statements_count": 0,
                  "exemptions_count": 0, "generated_at": "2026-01-02T03:04:05Z"}  # fmt: skip
        stream.write(json.dumps({"data": totals}) + "\n")
    return path


def _make_psc(chance: random.Random, number: int) -> dict[str, object]:
    company = f"{number * 2 // 3:08d}"
    is_person = chance.random() < 0.9
    kind = "individual" if is_person else "corporate-entity"
    band = chance.choice(("25-to-50", "50-to-75", "75-to-100"))
    key = f"{chance.getrandbits(120):030x}"
    stated: dict[str, object] = {
        "address": {"premises": str(chance.randrange(1, 300)),
                    "address_line_1": chance.choice(_STREETS), "locality": "London",
                    "country": "United Kingdom",
                    "postal_code": f"N{chance.randrange(1, 20)} {chance.randrange(1, 9)}AB"},
        "etag": f"{chance.getrandbits(160):040x}",
        "kind": f"{kind}-person-with-significant-control",
        "links": {"self": f"/company/{company}/persons-with-significant-control/{kind}/{key}"},
        "natures_of_control": [f"ownership-of-shares-{band}-percent",
                               f"voting-rights-{band}-percent"],
        "notified_on": _day(chance),
    }  # fmt: skip
    if is_person:
        forename, surname = chance.choice(_FIRST), f"{chance.choice(_SECOND)}son"
        stated |= {
            "name": f"Mr {forename} {surname}",
            "name_elements": {"title": "Mr", "forename": forename, "surname": surname},
            "date_of_birth": {
                "month": chance.randrange(1, 13),
                "year": chance.randrange(1930, 2004),
            },
            "nationality": chance.choice(("British", "Irish", "Polish", "Indian")),
            "country_of_residence": "England",
        }
    else:
        stated |= {
            "name": _company(chance, number),
            "identification": {"legal_form": "Limited Company", "legal_authority": "Companies Act",
                               "country_registered": "England",
                               "place_registered": "Companies House",
                               "registration_number": f"{chance.randrange(10**7):08d}"},
        }  # fmt: skip
    if chance.random() < 0.2:
        stated["ceased_on"] = _day(chance)
    return {"company_number": company, "data": stated}


def _company(chance: random.Random, number: int) -> str:
    return f"{chance.choice(_FIRST)} {chance.choice(_SECOND)} {number} Limited"


def _day(chance: random.Random) -> str:
    year, month = chance.randrange(1990, 2025), chance.randrange(1, 13)
    return f"{year}-{month:02d}-{chance.randrange(1, 29):02d}"


def _write_quoted(
    path: Path,
    columns: list[str],
    filled: tuple[str, ...],
    rows: Iterator[tuple[str, ...]],
    *,
    header: list[str] | None = None,
) -> Path:
    """A file whose cells are all quoted, the empty ones too; no invented text holds a quote."""
    places = {name: place for place, name in enumerate(filled)}
    order = [places[column] for column in columns if column in places]
    pattern = ",".join('"%s"' if column in places else '""' for column in columns) + "\n"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(f'"{name}"' for name in header or columns) + "\n")
        for row in rows:
            stream.write(pattern % tuple(row[place] for place in order))
    return path
