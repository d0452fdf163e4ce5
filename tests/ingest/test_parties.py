"""Parties of lists: every value is stated, or kept in the notes with an issue."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.statements import DatasetTables, DatasetVersion, Provenance, StatementWriter
from ingest.ids import digest, make_id
from ingest.parties import Document, Party, PartyWriter, Place, Sanction
from ingest.source import IssueLog

HERE = Provenance("7", "list.xml:7", "0" * 64)


class Desk:
    """A writer of one party, and what it wrote."""

    def __init__(self, folder: Path, schema: str, *, month_first: bool = False) -> None:
        self.folder = folder
        self.issues = IssueLog()
        version = DatasetVersion("us_list", "v1", "2020-01-01", "2026-01-01T00:00:00Z", {})
        self.writer = StatementWriter(version)
        maker = PartyWriter(self.writer, self.issues, month_first=month_first)
        self.party: Party = maker.party("us-7", schema, HERE)

    def read(self) -> dict[tuple[str, str], list[str]]:
        rejected = self.writer.write(self.folder)
        assert rejected == [], "a party asks first whether a type accepts a value"
        found: dict[tuple[str, str], list[str]] = {}
        for row in DatasetTables.read(self.folder).iter_statements():
            found.setdefault((row["entity_id"], row["prop"]), []).append(row["value"])
        return found

    def codes(self) -> list[str]:
        return [issue.code for issue in self.issues.issues]


@pytest.fixture
def person(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "Person")


def test_a_value_goes_to_the_first_property_that_the_schema_has(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "Company")
    assert desk.party.put(("nationality", "jurisdiction", "country"), "Gambia")
    assert not desk.party.put("birthPlace", "Banjul")
    assert not desk.party.put("name", "  ")
    assert not desk.party.put("name", None)
    found = desk.read()
    assert found["us-7", "jurisdiction"] == ["gm"]
    assert found["us-7", "notes"] == ["birthPlace: Banjul"]
    assert desk.codes() == ["misplaced-value"]


def test_what_a_type_rejects_is_kept_as_published(person: Desk) -> None:
    person.party.put("email", "no at sign")
    person.party.put("nationality", "Atlantis")
    person.party.dates("birthDate", "31 Feb 1960")
    found = person.read()
    assert found["us-7", "notes"] == [
        "email: no at sign", "nationality: Atlantis", "birthDate: 31 Feb 1960",
    ]  # fmt: skip
    assert person.codes() == ["unclean-value"] * 3


def test_dates_keep_their_precision_and_their_text(person: Desk) -> None:
    person.party.dates("birthDate", "circa 1944")
    person.party.dates("birthDate", "1951 to 1953")
    person.party.dates("birthDate", "00/05/1980")
    person.writer.write(person.folder)
    rows = [row for row in DatasetTables.read(person.folder).iter_statements()
            if row["prop"] == "birthDate"]  # fmt: skip
    assert [(row["value"], row["original_value"]) for row in rows] == [
        ("1944", "circa 1944"), ("1951", "1951 to 1953"), ("1953", "1951 to 1953"),
        ("1980-05", "00/05/1980"),
    ]  # fmt: skip


def test_an_address_is_a_place_of_its_own_and_a_country_alone_is_none(person: Desk) -> None:
    place = Place(street="1 Market Street", city="Banjul", country="The Gambia")
    key = person.party.address(place)
    assert person.party.address(Place(country="Lebanon")) is None
    assert person.party.address(Place()) is None
    region = person.party.address(Place(city="Sirte", country="Fezzan"), key="9")
    found = person.read()
    assert key is not None
    assert found[key, "full"] == ["1 Market Street, Banjul, The Gambia"]
    assert found[key, "country"] == ["gm"]
    assert found["us-7", "addressEntity"] == [key, "us-7-addr-9"]
    assert found["us-7", "country"] == ["lb"]
    assert (region, "country") not in found
    assert found["us-7-addr-9", "region"] == ["Fezzan"]
    assert person.codes() == []


def test_the_same_address_has_the_same_id_in_the_next_version(tmp_path: Path) -> None:
    keys = []
    for name in "ab":
        (tmp_path / name).mkdir()
        desk = Desk(tmp_path / name, "Person")
        desk.party.put("name", f"Name {name}")
        keys.append(desk.party.address(Place(street="1 Market Street", city="Banjul")))
    assert keys[0] == keys[1]


def test_a_document_is_held_by_the_party_and_joins_by_its_number(person: Desk) -> None:
    party = person.party
    party.document(Document("Passport", "X 12", country="Lebanon", issued="01/02/2003"))
    party.document(Document("Tax ID No.", "778", props="taxNumber"))
    party.document(Document("LEI", "not an lei", props=("leiCode", "registrationNumber")))
    party.document(Document("Passport", " "))
    found = person.read()
    assert found["us-7", "passportNumber"] == ["X 12"]
    assert found["us-7", "taxNumber"] == ["778"]
    assert found["us-7", "registrationNumber"] == ["not an lei"]
    passport = f"us-7-id-{digest('passport', 'X 12', 'Lebanon')}"
    assert found[passport, "holder"] == ["us-7"]
    assert found[passport, "startDate"] == ["2003-02-01"]
    assert found[passport, "country"] == ["lb"]


def test_a_document_of_a_ship_is_a_number_or_a_note(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "Vessel")
    desk.party.document(Document("Registration", "R-1", props=("registrationNumber",)))
    desk.party.document(Document("Tax ID No.", "778", props=("taxNumber",)))
    found = desk.read()
    assert found["us-7", "registrationNumber"] == ["R-1"]
    assert found["us-7", "notes"] == ["Tax ID No.: 778"]


def test_a_listing_has_its_dates_programs_and_measures(person: Desk) -> None:
    key = person.party.sanction(
        Sanction(
            "list", "The Office", list_title="The List", number="7", country="us",
            programs=("P1", "P2"), listed="2015-03-27-04:00", end="2019", reasons=("a", "b"),
            measures=("Asset freeze",), source_url="https://example.org/7", unsc_id="QDi.1",
        )
    )  # fmt: skip
    found = person.read()
    assert found[key, "entity"] == ["us-7"]
    assert found[key, "programId"] == found[key, "program"] == ["P1", "P2"]
    assert found[key, "listingDate"] == ["2015-03-27"]
    assert found[key, "endDate"] == ["2019"]
    assert found[key, "provisions"] == ["Asset freeze"]
    assert person.codes() == []


def test_months_first_where_the_publisher_prints_them_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "Person", month_first=True)
    desk.party.dates("birthDate", "3/4/1960")
    assert desk.read()["us-7", "birthDate"] == ["1960-03-04"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["Person", "Company", "Vessel", "Address"]),
    st.sampled_from(["name", "email", "website", "country", "birthDate", "leiCode", "notes"]),
    st.text(max_size=30),
)
def test_nothing_a_list_says_is_lost(
    tmp_path_factory: pytest.TempPathFactory, schema: str, prop: str, text: str
) -> None:
    desk = Desk(tmp_path_factory.mktemp("party"), schema)
    stated = desk.party.put(prop, text)
    assert stated or desk.issues.issues or not text.strip()


def test_ids_are_lower_case_slugs_of_the_publishers_number() -> None:
    assert make_id("un", "TAe.010") == "un-tae.010"
    assert make_id("eu", "EU.27.28") == "eu-eu.27.28"
    assert make_id("ca", "Russia", "Schedule 1, Part 2", "7") == "ca-russia-schedule-1-part-2-7"
    assert make_id("il", "حماس") != make_id("il", "فتح"), "other scripts are digested"
    assert make_id("un", "..") == f"un-{digest('..')}"
