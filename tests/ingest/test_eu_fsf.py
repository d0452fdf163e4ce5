"""The EU's financial sanctions file: small files of invented parties in its published structure."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.eu_fsf.source import FILE, EuFsfSource
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, parse_list

NS = "http://eu.europa.ec/fpi/fsd/export"
SUMMARY = ('<regulationSummary regulationType="regulation" publicationDate="2003-07-08" '
           'numberTitle="9999/2003 (OJ L1)" publicationUrl="http://eur.test/a"/>')  # fmt: skip


def element(tag: str, inner: str = SUMMARY, **attributes: str) -> str:
    plain = {"regulationLanguage": "en", "logicalId": "17", **attributes}
    told = " ".join(f'{name}="{value}"' for name, value in plain.items())
    return f"<{tag} {told}>{inner}</{tag}>"


def alias(name: str, inner: str = SUMMARY, **more: str) -> str:
    plain = {"firstName": "", "middleName": "", "lastName": "", "wholeName": name, "function": "",
             "gender": "", "title": "", "nameLanguage": "", "strong": "true"}  # fmt: skip
    return element("nameAlias", inner, **{**plain, **more})


def regulation(**more: str) -> str:
    plain = {"regulationType": "regulation", "organisationType": "council",
             "publicationDate": "2003-07-08", "entryIntoForceDate": "2003-07-07",
             "numberTitle": "9999/2003 (OJ L1)", "programme": "QUUX"}  # fmt: skip
    url = "<publicationUrl>http://eur.test/a</publicationUrl>"
    return element("regulation", url, **{**plain, **more})


def entity(body: str, *, code: str = "person", **more: str) -> str:
    plain = {"euReferenceNumber": "EU.27.28", "logicalId": "13", "unitedNationId": "",
             "designationDetails": ""}  # fmt: skip
    told = " ".join(f'{name}="{value}"' for name, value in {**plain, **more}.items() if value)
    letter = "P" if code == "person" else "E"
    subject = f'<subjectType code="{code}" classificationCode="{letter}"/>'
    return f"<sanctionEntity {told}>{subject}{body}</sanctionEntity>"


def write(folder: Path, *entities: str, name: str = FILE, ns: str = NS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<export xmlns="{ns}" '
            'generationDate="2026-08-05T16:47:04.449+02:00" globalFileId="184961">\n'
            f'{"".join(entities)}</export>')  # fmt: skip
    (folder / name).write_text(text, "utf-8")
    return folder


def read(tmp_path: Path, *entities: str) -> Parsed:
    return parse_list(EuFsfSource("eu_fsf"), write(tmp_path / "in", *entities), tmp_path / "out")


PARTY, LISTING = "eu-eu.27.28", "eu-eu.27.28-fsf"


def test_a_party_is_listed_from_the_earliest_day_that_is_stated(tmp_path: Path) -> None:
    body = (
        "<remark>UNSC RESOLUTION 9999</remark>" + alias("Zorblax Quuxley")
        + regulation(regulationType="amendment", entryIntoForceDate="2015-06-01",
                     publicationDate="2015-05-30", programme="FOO")
        + regulation(entryIntoForceDate="2003-07-07")
    )  # fmt: skip
    parsed = read(
        tmp_path,
        entity(body, designationDate="2004-01-02", unitedNationId="QDi.901",
               designationDetails="Details, in words"),
    )  # fmt: skip
    assert existing(parsed) == {PARTY: "Person"}
    assert parsed.values(LISTING, "startDate") == ["2003-07-07"]
    assert parsed.values(LISTING, "listingDate") == ["2004-01-02"]
    assert parsed.values(LISTING, "modifiedAt") == ["2015-05-30"]
    assert parsed.values(LISTING, "programId") == ["FOO", "QUUX"]
    assert parsed.values(LISTING, "unscId") == ["QDi.901"]
    assert parsed.values(LISTING, "authorityId") == ["EU.27.28"]
    assert parsed.values(LISTING, "recordId") == ["13"]
    assert "Details, in words" in parsed.values(LISTING, "summary")
    assert "regulation 9999/2003 (OJ L1) (council)" in parsed.values(LISTING, "summary")
    assert parsed.values(PARTY, "topics") == ["sanction"]
    assert parsed.values(PARTY, "notes") == ["UNSC RESOLUTION 9999"]
    assert parsed.codes() == []


def test_the_designation_alone_or_the_force_alone_is_the_start(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        entity(alias("A") + regulation(entryIntoForceDate=""), designationDate="2004-01-02"),
        entity(alias("B") + regulation(), euReferenceNumber="EU.2.1"),
    )
    assert parsed.values(LISTING, "startDate") == ["2004-01-02"]
    assert parsed.values("eu-eu.2.1-fsf", "startDate") == ["2003-07-07"]


def test_a_name_that_is_repeated_per_language_is_stated_once_for_each(tmp_path: Path) -> None:
    names = (
        alias("Зорблакс", nameLanguage="RU") + alias("Zorblax Quuxley", nameLanguage="EN")
        + alias("Zorblax Quuxley", nameLanguage="FR") + alias("Zorblax Quuxley")
        + alias("Zorblaks Kvaksli", nameLanguage="DE", firstName="Zorblaks", lastName="Kvaksli",
                gender="M")
        + alias("Quux", strong="false", firstName="Weak")
    )  # fmt: skip
    parsed = read(tmp_path, entity(names + regulation()))
    assert parsed.values(PARTY, "name") == ["Zorblax Quuxley"] * 2
    assert {row["lang"] for row in parsed.rows(PARTY, "name")} == {"eng", "fra"}
    assert parsed.values(PARTY, "alias") == ["Zorblaks Kvaksli", "Зорблакс"]
    assert parsed.values(PARTY, "weakAlias") == ["Quux"]
    assert parsed.values(PARTY, "firstName") == ["Zorblaks"]
    assert parsed.values(PARTY, "gender") == ["male"]


@pytest.mark.parametrize(
    ("remark", "prop"),
    [("Low quality", "weakAlias"), ("(lo quality a.k.a.)", "weakAlias"),
     ("low-quality a.k.a.", "weakAlias"), ("Good quality a.k.a.", "alias"),
     ("god quality", "alias"), ("f.k.a.", "previousName"), ("formerly", "previousName"),
     ("nom de guerre", "alias")],
)  # fmt: skip
def test_the_remark_may_tell_the_quality_that_the_mark_does_not(
    tmp_path: Path, remark: str, prop: str
) -> None:
    names = alias("Zorblax Quuxley") + alias("Quux", f"<remark>{remark}</remark>{SUMMARY}")
    parsed = read(tmp_path, entity(names + regulation()))
    assert parsed.values(PARTY, prop) == ["Quux"]
    assert parsed.values(PARTY, "name") == ["Zorblax Quuxley"]
    noted = parsed.values(PARTY, "notes") != []
    assert noted == (remark in ("f.k.a.", "formerly", "nom de guerre"))


def test_a_party_of_weak_names_alone_still_has_a_name(tmp_path: Path) -> None:
    parsed = read(tmp_path, entity(alias("Quux", strong="false") + regulation()))
    assert parsed.values(PARTY, "name") == ["Quux"]


def test_titles_and_functions_are_split_where_they_are_enumerated(tmp_path: Path) -> None:
    name = alias("Foo", title="(a) Mullah, (b) Maulavi", function="Minister of Hats")
    parsed = read(tmp_path, entity(name + regulation()))
    assert parsed.values(PARTY, "title") == ["Maulavi", "Mullah"]
    assert parsed.values(PARTY, "position") == ["Minister of Hats"]


@pytest.mark.parametrize(
    ("attributes", "values", "originals"),
    [
        ({"birthdate": "1937-04-28", "dayOfMonth": "28", "monthOfYear": "4", "year": "1937"},
         ["1937-04-28"], {None}),
        ({"year": "1961", "monthOfYear": "7"}, ["1961-07"], {None}),
        ({"day": "5", "month": "7", "year": "1961"}, ["1961-07-05"], {None}),
        ({"year": "1958", "circa": "true"}, ["1958"], {"circa 1958"}),
        ({"yearRangeFrom": "1973", "yearRangeTo": "1975"}, ["1973", "1975"], {"1973 to 1975"}),
        ({"year": "1388", "calendarType": "ISLAMIC"}, [], set()),
        ({}, [], set()),
    ],
)  # fmt: skip
def test_births_are_as_precise_as_published(
    tmp_path: Path, attributes: dict[str, str], values: list[str], originals: set[str | None]
) -> None:
    plain = {
        "circa": "false",
        "calendarType": "GREGORIAN",
        "city": "Zzyzx",
        "zipCode": "",
        "region": "",
        "place": "",
        "countryIso2Code": "00",
        "countryDescription": "UNKNOWN",
    }
    birth = element("birthdate", **{**plain, **attributes})
    parsed = read(tmp_path, entity(alias("Foo") + birth + regulation()))
    assert parsed.values(PARTY, "birthDate") == values
    assert {row["original_value"] for row in parsed.rows(PARTY, "birthDate")} == originals
    assert parsed.values(PARTY, "birthPlace") == ["Zzyzx"]
    assert parsed.values(PARTY, "birthCountry") == []
    assert parsed.codes() == []
    noted = "Date of birth (ISLAMIC calendar): 1388" in parsed.values(PARTY, "notes")
    assert noted == ("ISLAMIC" in attributes.values())


def test_unknown_countries_say_nothing_and_cs_is_serbia_and_montenegro(tmp_path: Path) -> None:
    body = (
        alias("Foo") + regulation()
        + element("citizenship", region="", countryIso2Code="00", countryDescription="UNKNOWN")
        + element("citizenship", region="", countryIso2Code="CS",
                  countryDescription="SERBIA AND MONTENEGRO")
        + element("citizenship", region="Elm", countryIso2Code="", countryDescription="IRAQ")
    )  # fmt: skip
    parsed = read(tmp_path, entity(body))
    assert parsed.values(PARTY, "nationality") == ["csxx", "iq"]
    assert parsed.values(PARTY, "notes") == ["Citizenship: Elm"]


def test_addresses_contacts_and_remarks(tmp_path: Path) -> None:
    contacts = (
        '<contactInfo key="PHONE" value="+93202103386"/><contactInfo key="EMAIL" value="a@b.test"/>'
        '<contactInfo key="WEB" value="www.b.test"/><contactInfo key="FAX" value="123"/>'
    )
    place = {"city": "Zzyzx", "street": "Elm Row 1", "poBox": "77", "zipCode": "1010",
             "region": "Elm", "place": "", "asAtListingTime": "true", "countryIso2Code": "TD",
             "countryDescription": "CHAD"}  # fmt: skip
    empty = {**dict.fromkeys(place, ""), "asAtListingTime": "false", "countryIso2Code": "00"}
    body = (
        alias("Ghost Ltd") + regulation() + element("address", contacts + SUMMARY, **place)
        + element("address", "<remark>Somewhere hilly</remark>", **empty)
    )  # fmt: skip
    parsed = read(tmp_path, entity(body, code="enterprise"))
    assert existing(parsed) == {PARTY: "Organization"}
    (address,) = parsed.values(PARTY, "addressEntity")
    assert parsed.values(address, "postOfficeBox") == ["77"]
    assert parsed.values(address, "country") == ["td"]
    assert parsed.values(address, "remarks") == ["at the time of listing"]
    assert parsed.values(PARTY, "phone") == ["+93202103386"]
    assert parsed.values(PARTY, "email") == ["a@b.test"]
    assert len(parsed.values(PARTY, "website")) == 1
    assert parsed.values(PARTY, "notes") == ["Address: Somewhere hilly", "FAX: 123"]


def test_documents_and_what_is_said_against_them(tmp_path: Path) -> None:
    plain = {"diplomatic": "false", "knownExpired": "false", "knownFalse": "false",
             "reportedLost": "false", "revokedByIssuer": "false", "issuedBy": "", "latinNumber": "",
             "nameOnDocument": "", "region": "", "countryIso2Code": "IQ",
             "countryDescription": "IRAQ"}  # fmt: skip

    def document(code: str, number: str, **more: str) -> str:
        kind = {"identificationTypeCode": code, "identificationTypeDescription": f"National {code}"}
        return element("identification", **{**plain, **kind, "number": number, **more})

    body = (
        alias("Foo") + regulation()
        + document("passport", "H0044232", knownFalse="true", nameOnDocument="Foo Bar",
                   issuedDate="1999-01-02", validTo="2004-01-02", issuedBy="City of Zzyzx")
        + document("id", "SSN 156-92-0000 (USA)", countryIso2Code="00")
        + document("fiscalcode", "QUXFOO60A01Z352F")
        + document("regnumber", "№ 77", latinNumber="77")
        + document("hatlicence", "")
    )  # fmt: skip
    parsed = read(tmp_path, entity(body))
    assert parsed.values(PARTY, "passportNumber") == ["H0044232"]
    (held,) = {row["entity_id"] for row in parsed.statements
               if (row["prop"], row["value"]) == ("number", "H0044232")}  # fmt: skip
    assert parsed.values(held, "country") == ["iq"]
    assert parsed.values(held, "startDate") == ["1999-01-02"]
    assert parsed.values(held, "endDate") == ["2004-01-02"]
    assert parsed.values(held, "authority") == ["City of Zzyzx"]
    assert parsed.values(PARTY, "socialSecurityNumber") + parsed.values(PARTY, "idNumber") == [
        "156-92-0000"
    ]
    assert parsed.values(PARTY, "taxNumber") == ["QUXFOO60A01Z352F"]
    assert "77" in parsed.values(PARTY, "registrationNumber")
    notes = parsed.values(PARTY, "notes")
    assert "National passport H0044232: known to be false; in the name of Foo Bar" in notes


def test_without_an_eu_reference_the_number_of_the_database_is_the_id(tmp_path: Path) -> None:
    parsed = read(tmp_path, entity(alias("Foo") + regulation(), euReferenceNumber=""))
    assert set(existing(parsed)) == {"eu-logicalid-13"}
    assert parsed.codes() == ["no-reference"]


def test_unknown_types_duplicates_and_new_attributes_are_reported(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        entity(alias("Foo", hat="green") + regulation(), code="robot").replace('"E"', '"R"'),
        entity(alias("Foo") + regulation()),
    )
    assert parsed.codes() == ["duplicate-reference", "unknown-type", "unread-field"]
    assert "nameAlias/@hat" in parsed.messages("unread-field")[0]


def test_a_file_that_lost_its_attributes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="holds no sanctionEntity with a name"):
        read(tmp_path, "<sanctionEntity><nameAlias/><subjectType/></sanctionEntity>")
    with pytest.raises(AssertionFailed, match="holds no sanctionEntity"):
        read(tmp_path)


def test_another_namespace_or_none_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", entity(alias("Foo") + regulation()), ns="http://new.test/2")
    parsed = parse_list(EuFsfSource("eu_fsf"), folder, tmp_path / "out")
    assert parsed.values(PARTY, "name") == ["Foo"]


def test_the_day_of_generation_and_a_renamed_packed_file(tmp_path: Path) -> None:
    source = EuFsfSource("eu_fsf")
    folder = write(tmp_path / "in", entity(alias("Foo")), name="20260805-FULL-1_1(xsd).xml")
    files = source.find_files(folder)
    assert files == {FILE: folder / "20260805-FULL-1_1(xsd).xml"}
    assert source.published(files) == "2026-08-05"
    packed = tmp_path / "x.gz"
    packed.write_bytes(gzip.compress(files[FILE].read_bytes()))
    assert source.published(source.find_files(packed)) == "2026-08-05"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"<html>Forbidden</html>", "the root element is <html>, not <export>"),
     (b"<export><sanctionEntity", "broken off"), (b"", "the file is empty")],
)  # fmt: skip
def test_what_is_not_the_list_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ParseError, match=message):
        parse_list(EuFsfSource("eu_fsf"), tmp_path, tmp_path / "out")
