"""The reader of the Beneficial Ownership Data Standard: invented files, its examples, fixtures."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import bods_fixtures  # type: ignore[import-untyped]  # has no py.typed
import pytest

from graph.errors import AssertionFailed, ParseError
from graph.model import Percentage
from graph.project import Projection, project
from ingest.catalog import get_source
from ingest.sources.bods.files import MAX_ARRAY
from ingest.sources.bods.interests import canonical_type, read_interest
from ingest.sources.bods.parts import Part
from ingest.sources.bods.source import BodsSource
from tests.data import require_data
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, links, parse_list

EXAMPLES = ("bods", "data-standard-examples")


def statement(kind: str, record: str, details: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A statement as 0.4 has it."""
    return {
        "statementId": f"s-{record}-{more.get('statementDate', '')}-{more.get('recordStatus', '')}",
        "statementDate": "2024-02-03", "recordId": record, "recordStatus": "new",
        "recordType": kind, "recordDetails": {"isComponent": False, **details},
        "publicationDetails": {"publicationDate": "2024-03-04", "bodsVersion": "0.4",
                               "publisher": {"name": "Register of Neverland"}},
        **more,
    }  # fmt: skip


def company(record: str, **details: Any) -> dict[str, Any]:
    """A registered entity."""
    stated = {"entityType": {"type": "registeredEntity"}, "name": f"{record} Ltd", **details}
    return statement("entity", record, stated)


def person(record: str, **details: Any) -> dict[str, Any]:
    """A known person."""
    names = [{"type": "legal", "fullName": f"{record} Quux"}]
    return statement("person", record, {"personType": "knownPerson", "names": names, **details})


def owns(owner: Any, subject: Any, *interests: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A relationship."""
    details: dict[str, Any] = {"subject": subject, "interestedParty": owner}
    if interests:
        details["interests"] = list(interests)
    details |= more.pop("details", {})
    return statement("relationship", more.pop("record", "r1"), details, **more)


def shares(**more: Any) -> dict[str, Any]:
    """A direct shareholding."""
    return {"type": "shareholding", "directOrIndirect": "direct", **more}


def read(tmp_path: Path, statements: Any, name: str = "quux.json") -> Parsed:
    """What the reader makes of a document."""
    path = tmp_path / name
    path.write_text(json.dumps(statements), "utf-8")
    return parse_list(BodsSource("bods_quux"), path, tmp_path / "out")


def network(parsed: Parsed) -> Projection:
    """The network of what was read."""
    return project([parsed.tables])


def values(parsed: Parsed, prop: str) -> list[str]:
    """All values of a property, in order."""
    return [row["value"] for row in parsed.statements if row["prop"] == prop]


def codes(parsed: Parsed) -> Counter[str]:
    """Issues by code."""
    return Counter(issue.code for issue in parsed.issues.issues)


def ids_by_name(parsed: Parsed) -> dict[str, str]:
    """Entity id by name."""
    return {row["value"]: row["entity_id"] for row in parsed.statements if row["prop"] == "name"}


# -- shares and roles -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ({"exact": 75}, (75, 75, False, False)),
        ({"minimum": 25, "maximum": 50}, (25, 50, False, False)),
        ({"minimum": 25, "exclusiveMaximum": 50}, (25, 50, False, True)),
        ({"exclusiveMinimum": 25}, (25, 100, True, False)),
        ({"maximum": 10}, (0, 10, False, False)),
        ({"minimum": 25, "exclusiveMinimum": 25, "maximum": 50}, (25, 50, True, False)),
        # Before 0.3 the two are flags on the ends.
        ({"minimum": 25, "exclusiveMinimum": True, "maximum": 50, "exclusiveMaximum": False},
         (25, 50, True, False)),
        ({"exact": "12.5"}, (12.5, 12.5, False, False)),
    ],
)  # fmt: skip
def test_a_share_keeps_both_ends_and_whether_they_are_open(
    share: dict[str, Any], expected: tuple[float, float, bool, bool]
) -> None:
    interest = read_interest(Part(shares(share=share)), beside_shares=True)
    low, high, low_open, high_open = expected
    assert interest.share == Percentage(
        minimum=low, maximum=high, minimum_open=low_open, maximum_open=high_open
    )
    assert not interest.faults


@pytest.mark.parametrize(
    "share",
    [{"exact": 130}, {"minimum": 60, "maximum": 40}, {"exact": "half"},
     {"minimum": 50, "exclusiveMaximum": 50}],
)  # fmt: skip
def test_a_share_that_is_none_is_unknown_and_said_to_be(share: dict[str, Any]) -> None:
    interest = read_interest(Part(shares(share=share)), beside_shares=True)
    assert interest.share is None
    assert interest.faults


def test_types_of_older_versions_are_those_of_today() -> None:
    assert canonical_type("voting-rights") == "votingRights"
    assert canonical_type("beneficiary-of-trust") == "beneficiaryOfLegalArrangement"
    assert canonical_type("influence-or-control") == "otherInfluenceOrControl"


def test_each_interest_is_a_link_of_its_own_type(tmp_path: Path) -> None:
    interests = [
        shares(share={"exact": 60}), {"type": "votingRights", "share": {"exact": 60}},
        {"type": "boardChair"}, {"type": "nominee"}, {"type": "settlor"}, {"details": "Some."},
        {"type": "rightsToSurplusAssetsOnDissolution"},
    ]  # fmt: skip
    parsed = read(tmp_path, [company("A"), company("B"), owns("B", "A", *interests)])
    made = Counter((schema, role) for schema, _, _, role in links(parsed))
    assert made == Counter(
        [("Ownership", "direct shareholding"), ("Control", "voting rights"),
         ("Directorship", "board chair"), ("Representation", "nominee"), ("UnknownLink", "settlor"),
         ("UnknownLink", "interest not stated"),
         ("UnknownLink", "rights to surplus assets on dissolution")]
    )  # fmt: skip
    rows = parsed.tables.relations.to_pylist()
    assert {row["schema"] for row in rows if row["percentage_minimum"] == 60} == {
        "Ownership", "Control",
    }  # fmt: skip


def test_a_type_that_the_standard_has_not_is_kept_as_published(tmp_path: Path) -> None:
    parsed = read(tmp_path, [company("A"), company("B"), owns("B", "A", {"type": "moonRights"})])
    assert [link[3] for link in links(parsed)] == ["moonRights"]
    assert codes(parsed)["unclean-interest"] == 1


# -- which statement stands -------------------------------------------------------------------


def test_the_last_statement_about_a_record_stands_whatever_the_order(tmp_path: Path) -> None:
    earlier = owns("B", "A", shares(share={"exact": 100}), statementDate="2020-01-01")
    later = owns("B", "A", shares(share={"exact": 40}), statementDate="2021-01-01",
                 recordStatus="updated")  # fmt: skip
    parsed = read(tmp_path, [company("A"), company("B"), later, earlier])
    (row,) = parsed.tables.relations.to_pylist()
    assert row["percentage_minimum"] == 40
    assert codes(parsed) == {"superseded-statement": 1}


def test_a_closed_relationship_ended_by_that_day_and_is_kept(tmp_path: Path) -> None:
    closed = owns("B", "A", shares(), shares(endDate="2020-05", directOrIndirect="indirect"),
                  recordStatus="closed", statementDate="2021-09-11T14:02:11Z")  # fmt: skip
    parsed = read(tmp_path, [company("A"), company("B"), closed])
    ends = {row["role"]: row["end"] for row in parsed.tables.relations.to_pylist()}
    assert ends == {"direct shareholding": "[..2021-09-11]", "indirect shareholding": "2020-05"}


def test_ids_are_the_same_in_every_order_and_belong_to_the_dataset(tmp_path: Path) -> None:
    statements = [company("A"), company("B"), owns("B", "A", shares())]
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
    first = read(tmp_path / "1", statements)
    second = read(tmp_path / "2", statements[::-1])
    assert existing(first) == existing(second)
    assert links(first) == links(second)
    assert all(each.startswith("bods-quux-") for each in existing(first))


# -- who is not named -------------------------------------------------------------------------


def test_two_owners_that_are_not_named_are_two_nodes_without_names(tmp_path: Path) -> None:
    reason = {"reason": "interestedPartyHasNotProvidedInformation", "description": "No answer."}
    parsed = read(tmp_path, [company("A"), company("B"), owns(reason, "A", record="r1"),
                             owns(reason, "B", shares(), record="r2")])  # fmt: skip
    unnamed = [each for each in existing(parsed) if "-unnamed-" in each]
    assert len(set(unnamed)) == 2
    said = [row["value"] for row in parsed.statements if row["entity_id"] in unnamed]
    assert "Not named: interestedPartyHasNotProvidedInformation: No answer." in said
    assert not [row for row in parsed.statements
                if row["entity_id"] in unnamed and row["prop"] == "name"]  # fmt: skip
    assert {link[0] for link in links(parsed)} == {"UnknownLink", "Ownership"}


def test_a_declaration_that_nobody_owns_makes_no_owner(tmp_path: Path) -> None:
    reason = {"reason": "noBeneficialOwners", "description": "Held by the public."}
    parsed = read(tmp_path, [company("A"), owns(reason, "A")])
    assert links(parsed) == []
    assert any("noBeneficialOwners: Held by the public." in note
               for note in values(parsed, "notes"))  # fmt: skip


def test_an_anonymous_person_keeps_the_reason(tmp_path: Path) -> None:
    hidden = person("P", personType="anonymousPerson", names=[], unspecifiedPersonDetails={
        "reason": "interestedPartyExemptFromDisclosure", "description": "A child."})  # fmt: skip
    parsed = read(tmp_path, [company("A"), hidden, owns("P", "A", shares())])
    assert "Not named: interestedPartyExemptFromDisclosure: A child." in values(parsed, "notes")
    assert sorted(existing(parsed).values()) == ["Company", "Person"]


def test_a_party_that_no_statement_is_about_is_a_stub_with_an_issue(tmp_path: Path) -> None:
    parsed = read(tmp_path, [company("A"), owns("elsewhere", "A", shares())])
    assert codes(parsed)["unresolved-reference"] == 1
    assert [source for _, source, _, _ in links(parsed) if "-unresolved-" in source]


# -- summaries and components -----------------------------------------------------------------


def test_a_summary_of_components_says_that_it_is_not_to_be_added(tmp_path: Path) -> None:
    parsed = read(tmp_path, [
        company("A"), company("B"), person("P"),
        owns("B", "A", shares(share={"exact": 60}), record="low", details={"isComponent": True}),
        owns("P", "B", shares(share={"exact": 50}), record="high", details={"isComponent": True}),
        owns("P", "A", shares(share={"exact": 30}, directOrIndirect="indirect"), record="sum",
             details={"componentRecords": ["B", "low", "high"]}),
    ])  # fmt: skip
    assert Counter(link[3] for link in links(parsed)) == {
        "direct shareholding": 2, "indirect shareholding": 1,
    }  # fmt: skip
    summary = next(row["id"] for row in parsed.tables.relations.to_pylist()
                   if row["role"].startswith("indirect"))  # fmt: skip
    notes = {row["relation_id"]: row["note"] for row in parsed.tables.evidence.to_pylist()}
    assert "not to be added" in notes[summary]
    assert sum("Component" in (note or "") for note in notes.values()) == 2


# -- people and entities ----------------------------------------------------------------------


def test_what_a_record_says_of_a_person_is_stated(tmp_path: Path) -> None:
    parsed = read(tmp_path, [person(
        "P",
        names=[{"type": "legal", "fullName": "Ivan Quuxov", "givenName": "Ivan",
                "patronymicName": "Petrovich", "familyName": "Quuxov"},
               {"type": "former", "fullName": "Ivan Zapp"},
               {"type": "transliteration", "fullName": "Yvan Quuxoff"}],
        birthDate="1961-04", deathDate="2020", nationalities=[{"code": "UA", "name": "Ukrainian"}],
        taxResidencies=[{"code": "GB"}],
        placeOfBirth={"address": "Zzyzx", "country": {"name": "Ukraine", "code": "UA"}},
        identifiers=[{"id": "AB123", "scheme": "UKR-PASSPORT"}],
        addresses=[{"type": "service", "address": "1 Quay", "postCode": "N1",
                    "country": {"code": "GB"}}],
        politicalExposure={"status": "isPep", "details": [{"reason": "Minister of Nothing"}]},
    )])  # fmt: skip
    stated = {(row["prop"], row["value"]) for row in parsed.statements}
    assert {
        ("name", "Ivan Quuxov"), ("fatherName", "Petrovich"), ("previousName", "Ivan Zapp"),
        ("alias", "Yvan Quuxoff"), ("birthDate", "1961-04"), ("deathDate", "2020"),
        ("nationality", "ua"), ("country", "gb"), ("birthPlace", "Zzyzx"), ("birthCountry", "ua"),
        ("passportNumber", "AB123"), ("topics", "role.pep"), ("position", "Minister of Nothing"),
    } <= stated  # fmt: skip
    assert not codes(parsed)


@pytest.mark.parametrize("status", ["isNotPep", "unknown"])
def test_exposure_that_is_not_declared_is_no_topic(tmp_path: Path, status: str) -> None:
    parsed = read(tmp_path, [person("P", politicalExposure={"status": status})])
    assert values(parsed, "topics") == []
    assert f"Political exposure: {status}" in values(parsed, "notes")


def test_numbers_of_registers_are_statements_and_not_ids(tmp_path: Path) -> None:
    numbers = [{"scheme": "GB-COH", "id": "01234567"},
               {"scheme": "XI-LEI", "id": "529900T8BM49AURSDO55"},
               {"schemeName": "Delaware file number", "id": "ofac-7"}]  # fmt: skip
    parsed = read(tmp_path, [company("ofac-12345", identifiers=numbers)])
    assert values(parsed, "registrationNumber") == ["01234567", "ofac-7"]
    assert values(parsed, "leiCode") == ["529900T8BM49AURSDO55"]
    assert all(each.startswith("bods-quux-") for each in existing(parsed))


def test_a_part_of_a_country_is_kept_beside_the_country(tmp_path: Path) -> None:
    parsed = read(tmp_path, [company("A", jurisdiction={"code": "US-DE", "name": "Delaware"})])
    assert values(parsed, "jurisdiction") == ["us"]
    assert "jurisdiction: Delaware (US-DE)" in values(parsed, "notes")


def test_annotations_and_sources_stand_with_the_evidence(tmp_path: Path) -> None:
    noted = owns("B", "A", shares(), annotations=[{
        "motivation": "identifying", "description": "Matched by hand.",
        "createdBy": {"name": "N. Obody"}, "statementPointerTarget": "/interests/0"}],
        source={"type": ["officialRegister"], "url": "https://register.example/a",
                "assertedBy": [{"name": "A Ltd"}]})  # fmt: skip
    parsed = read(tmp_path, [company("A"), company("B"), noted])
    (row,) = parsed.tables.evidence.to_pylist()
    assert (row["by"], row["relays"], row["on"]) == ("Register of Neverland", "A Ltd", "2024-03-04")
    assert row["source_url"] == "https://register.example/a"
    assert "Annotation (identifying) by N. Obody at /interests/0: Matched by hand." in row["note"]
    assert json.loads(row["quote"]) == shares()


# -- older versions ---------------------------------------------------------------------------


def old_statements() -> list[dict[str, Any]]:
    """Statements as 0.2 has them; the second replaces the first."""
    entity = {"statementType": "entityStatement", "entityType": "registeredEntity",
              "name": "Zapp Ltd", "incorporatedInJurisdiction": {"code": "GB", "name": "UK"},
              "addresses": [{"type": "registered", "address": "1 Quay",
                             "country": "GB"}]}  # fmt: skip
    return [
        {"statementID": "e-1", "statementDate": "2019-01-01", **entity, "name": "Old Zapp Ltd"},
        {"statementID": "e-2", "statementDate": "2020-01-01", **entity,
         "replacesStatements": ["e-1"]},
        {"statementID": "p-1", "statementType": "personStatement", "personType": "knownPerson",
         "names": [{"type": "individual", "fullName": "Nemo Quux"}], "hasPepStatus": True,
         "pepStatusDetails": [{"reason": "Mayor"}]},
        {"statementID": "o-1", "statementType": "ownershipOrControlStatement",
         "subject": {"describedByEntityStatement": "e-1"},
         "interestedParty": {"describedByPersonStatement": "p-1"}, "isComponent": False,
         "interests": [{"type": "voting-rights", "interestLevel": "indirect",
                        "share": {"minimum": 25, "exclusiveMinimum": True}}]},
        {"statementID": "o-2", "statementType": "ownershipOrControlStatement",
         "subject": {"describedByEntityStatement": "e-2"},
         "interestedParty": {"unspecified": {"reason": "unknown", "description": "Not found."}},
         "componentStatementIDs": ["o-1"]},
    ]  # fmt: skip


def test_older_versions_are_read_and_a_chain_of_statements_is_one_record(tmp_path: Path) -> None:
    parsed = read(tmp_path, old_statements())
    named = ids_by_name(parsed)
    assert set(named) == {"Zapp Ltd", "Nemo Quux"}
    assert {target for _, _, target, _ in links(parsed)} == {named["Zapp Ltd"]}
    assert {(schema, role) for schema, _, _, role in links(parsed)} == {
        ("Control", "indirect voting rights"), ("UnknownLink", "unknown"),
    }  # fmt: skip
    share = next(row for row in parsed.tables.relations.to_pylist() if row["schema"] == "Control")
    assert (share["percentage_minimum"], share["percentage_minimum_open"]) == (25, True)
    assert values(parsed, "topics") == ["role.pep"]
    assert codes(parsed) == {"superseded-statement": 1, "not-named": 1}


# -- files ------------------------------------------------------------------------------------


def test_lines_arrays_and_packages_say_the_same(tmp_path: Path) -> None:
    statements = [company("A"), person("P"), owns("P", "A", shares(share={"exact": 50}))]
    found = []
    for name, text in (
        ("a.json", json.dumps(statements, indent=1)),
        ("b.jsonl", "\n".join(map(json.dumps, statements)) + "\n"),
        ("c.json", json.dumps({"statements": statements})),
        ("d.json", "\ufeff" + json.dumps(statements)),
    ):
        path = tmp_path / f"{name}.gz"
        path.write_bytes(gzip.compress(text.encode()))
        parsed = parse_list(BodsSource("bods_quux"), path, tmp_path / f"out-{name}")
        found.append((links(parsed), existing(parsed)))
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'[{"statementId": "a", "recordId"', "no JSON, or broken off"),
        (b'{"statementId": "a"}\n{"statementId": ', "breaks off"),
        (b"<!DOCTYPE html><p>statementId</p>", "no statement"),
        (b"", "no statement"),
        (b"[]", "no statement"),
    ],
)
def test_what_is_no_file_of_statements_is_refused(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    path = tmp_path / "quux.json"
    path.write_bytes(content)
    with pytest.raises(ParseError, match=fault):
        parse_list(BodsSource("bods_quux"), path, tmp_path / "out")


def test_a_file_of_statements_about_nothing_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="no statements"):
        read(tmp_path, [statement("vessel", "v", {})])


def test_an_array_too_large_to_read_whole_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources.bods.files.MAX_ARRAY", 100)
    assert MAX_ARRAY > 1 << 20
    with pytest.raises(ParseError, match="one statement a line"):
        read(tmp_path, [company("A"), company("B")])


def test_one_odd_record_does_not_end_the_load(tmp_path: Path) -> None:
    odd = company("odd", name=["x"], identifiers="none", addresses=[7], foundingDate="soon",
                  entityType={"type": "moonBase"}, newMember={"deep": 1})  # fmt: skip
    interests = [{"type": "shareholding", "share": "all"}, "x"]
    nobody = owns(None, {"x": 1}, record="r9", details={"interests": interests})
    parsed = read(tmp_path, [company("A"), odd, 5, {"statementId": "z"}, nobody])
    found = codes(parsed)
    assert found["unread-field"] >= 5
    assert found["unknown-word"] == 1
    assert found["no-statement"] == 1
    assert found["unknown-type"] == 1
    assert found["unclean-value"] == 1
    assert "A Ltd" in values(parsed, "name")


def test_hostile_text_crashes_nothing(tmp_path: Path) -> None:
    name = "\u202eevil\u0000\u200b <script> {0} %s'; DROP"
    parsed = read(tmp_path, [company("A", name=name), owns("A", "A", shares(details=name))])
    assert len(existing(parsed)) == 1


def test_a_line_that_is_no_json_is_told_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "quux.jsonl"
    path.write_text(json.dumps(company("A")) + "\n{]\n" + json.dumps(company("B")) + "\n", "utf-8")
    parsed = parse_list(BodsSource("bods_quux"), path, tmp_path / "out")
    assert codes(parsed) == {"bad-line": 1}
    assert len(existing(parsed)) == 2


# -- the examples of the standard, and the fixtures for conformance ---------------------------


def test_every_example_of_the_standard_is_read_whole(tmp_path: Path) -> None:
    """19 files, as PROVENANCE.md counts them; the numbers are computed here."""
    folder = require_data(*EXAMPLES)
    source = get_source("bods", folder)
    assert source.dataset == "bods_data_standard_examples"
    assert len(source.find_files(folder)) == 19
    parsed = parse_list(BodsSource(source.dataset), folder, tmp_path)
    assert codes(parsed) == {"superseded-statement": 1, "not-named": 1}
    assert len(existing(parsed)) == 54
    assert parsed.tables.relations.num_rows == 53
    assert parsed.rejected == []


def test_the_reason_of_a_listed_company_survives(tmp_path: Path) -> None:
    path = require_data(*EXAMPLES, "listed-company-exempt-from-disclosure.json")
    parsed = parse_list(BodsSource("bods_exempt"), path, tmp_path)
    said = [note for note in values(parsed, "notes") if "subjectExemptFromDisclosure" in note]
    assert len(said) == 2  # with the company, and with the owner that is not named
    (link,) = network(parsed).links
    assert "recognised stock exchange" in (link.evidence[0].note or "")


def test_the_example_of_indirect_ownership_tells_summary_from_components(tmp_path: Path) -> None:
    path = require_data(*EXAMPLES, "indirect-ownership.json")
    parsed = parse_list(BodsSource("bods_indirect"), path, tmp_path)
    made = {link.role: link for link in network(parsed).links}
    assert set(made) == {"direct shareholding", "indirect shareholding", "interest not stated"}
    assert "not to be added" in (made["indirect shareholding"].evidence[0].note or "")
    assert "Component" in (made["direct shareholding"].evidence[0].note or "")


def fixture(tmp_path: Path, name: str) -> Parsed:
    """One case of bods-v04-fixtures."""
    return read(tmp_path, bods_fixtures.load(name).statements)


def test_conformance_01_direct_ownership(tmp_path: Path) -> None:
    parsed = fixture(tmp_path, "core/01-direct-ownership")
    assert sorted(existing(parsed).values()) == ["Company", "Person"]
    named = ids_by_name(parsed)
    ends = {(source, target) for _, source, target, _ in links(parsed)}
    assert ends == {(named["Jane Smith"], named["Acme Holdings Ltd"])}
    made = network(parsed).links
    assert {(link.schema_, link.role) for link in made} == {
        ("Ownership", "direct shareholding"), ("Control", "direct voting rights"),
    }  # fmt: skip
    for link in made:
        assert link.percentage == Percentage(minimum=75, maximum=75)
        assert link.evidence[0].by == "bods-fixtures"
        assert "Beneficial ownership or control: yes." in (link.evidence[0].note or "")


def test_conformance_10_circular_ownership(tmp_path: Path) -> None:
    parsed = fixture(tmp_path, "edge-cases/10-circular-ownership")
    named = ids_by_name(parsed)
    alpha, beta = named["Alpha Corp Ltd"], named["Beta Corp Ltd"]
    made = {(link.source, link.target): link for link in network(parsed).links}
    assert set(made) == {(alpha, beta), (beta, alpha)}
    assert all(link.percentage == Percentage(minimum=100, maximum=100) for link in made.values())
    assert "Person" not in existing(parsed).values()


def test_conformance_11_declared_unknown(tmp_path: Path) -> None:
    parsed = fixture(tmp_path, "edge-cases/11-anonymous-person")
    reason = "subjectUnableToConfirmOrIdentifyBeneficialOwner"
    assert "Person" not in existing(parsed).values()
    (link,) = network(parsed).links
    assert link.role == reason
    assert reason in (link.evidence[0].note or "")
    company_id = ids_by_name(parsed)["Opaque Holdings SA"]
    notes = [row["value"] for row in parsed.statements
             if row["entity_id"] == company_id and row["prop"] == "notes"]  # fmt: skip
    assert any(reason in note and "reporting threshold" in note for note in notes)


def test_every_case_of_the_fixtures_has_a_test_here() -> None:
    assert bods_fixtures.list_cases() == [
        "core/01-direct-ownership", "edge-cases/10-circular-ownership",
        "edge-cases/11-anonymous-person",
    ]  # fmt: skip
