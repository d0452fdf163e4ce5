"""The reader of people with significant control, on small invented snapshots."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import AssertionFailed, ParseError
from graph.model import Percentage
from ingest.sources.gb_psc import lines as gb_psc_lines
from ingest.sources.gb_psc.natures import parse_natures
from ingest.sources.gb_psc.owners import find_number
from ingest.sources.gb_psc.source import PscSource
from ingest.tally import Tally
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import links, parse_list

COMPANY, NUMBER = "gb-coh-00012345", "00012345"
PERSON_KIND = "individual-person-with-significant-control"
CORPORATE_KIND = "corporate-entity-person-with-significant-control"


def entry(key: str = "aBc-123_X", *, company: str = NUMBER, **more: Any) -> dict[str, Any]:
    """An individual, unless said otherwise."""
    stated = {
        "kind": PERSON_KIND,
        "etag": "f00",
        "links": {"self": f"/company/{company}/persons-with-significant-control/individual/{key}"},
        "name": "Mr Foo Bar Quux",
        "name_elements": {"title": "Mr", "forename": "Foo", "middle_name": "Bar",
                          "surname": "Quux"},
        "date_of_birth": {"month": 5, "year": 1963},
        "nationality": "British",
        "country_of_residence": "England",
        "address": {"premises": "12", "address_line_1": "Buckle Lane", "locality": "Nevertown",
                    "postal_code": "N1 1AA", "country": "United Kingdom"},
        "natures_of_control": ["ownership-of-shares-25-to-50-percent"],
        "notified_on": "2016-04-06",
    }  # fmt: skip
    data = {name: value for name, value in {**stated, **more}.items() if value is not None}
    return {"company_number": company, "data": data}


def corporate(key: str = "corp1", **more: Any) -> dict[str, Any]:
    stated = {"kind": CORPORATE_KIND, "name": "Zot Holdings Ltd", "name_elements": None,
              "date_of_birth": None, "nationality": None, "country_of_residence": None,
              "identification": {"legal_form": "Limited Company", "legal_authority": "Zot Act",
                                 "country_registered": "England", "place_registered": "London",
                                 "registration_number": "987654"}}  # fmt: skip
    return entry(key, **{**stated, **more})


def totals(owners: int, statements: int = 0, exemptions: int = 0) -> dict[str, Any]:
    return {"data": {"kind": "totals#persons-of-significant-control-snapshot",
                     "persons_of_significant_control_count": owners,
                     "statements_count": statements, "exemptions_count": exemptions,
                     "generated_at": "2025-11-24T03:04:05Z"}}  # fmt: skip


def lines(*entries: dict[str, Any]) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in entries).encode()


def read(folder: Path, *entries: dict[str, Any], last: dict[str, Any] | None = None) -> Parsed:
    content = lines(*entries, last or totals(len(entries)))
    (folder / "psc-snapshot-2025-11-24.txt").write_bytes(content)
    return parse_list(PscSource("gb_psc"), folder, folder / "out")


def relations(parsed: Parsed) -> dict[str, dict[str, Any]]:
    return {row["role"]: row for row in parsed.tables.relations.to_pylist()}


def test_a_person_has_name_parts_month_of_birth_and_a_service_address(tmp_path: Path) -> None:
    parsed = read(tmp_path, entry())
    (party,) = {row["entity_id"] for row in parsed.statements if row["schema"] == "Person"}
    assert party == "gb-psc-00012345-abc-123-x"
    (name,) = parsed.rows(party, "name")
    assert (name["value"], name["original_value"]) == ("Foo Bar Quux", "Mr Foo Bar Quux")
    assert parsed.values(party, "title") == ["Mr"]
    assert parsed.values(party, "lastName") == ["Quux"]
    assert parsed.values(party, "birthDate") == ["1963-05"]
    assert parsed.values(party, "nationality") == ["gb"]
    assert parsed.values(party, "country") == ["gb"]
    assert parsed.values(f"{party}-addr-service", "full") == [
        "12 Buckle Lane, Nevertown, N1 1AA, United Kingdom"
    ]
    assert parsed.values(COMPANY, "registrationNumber") == [NUMBER]
    assert parsed.codes() == []
    assert parsed.rejected == []


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        ("25-to-50", (25, True, 50, False)),
        ("50-to-75", (50, True, 75, True)),
        ("75-to-100", (75, False, 100, False)),
        ("more-than-25", (25, True, 100, False)),
    ],
)
def test_a_band_is_an_interval_with_open_and_closed_ends(
    tmp_path: Path, band: str, expected: tuple[float, bool, float, bool]
) -> None:
    nature = f"ownership-of-shares-{band}-percent"
    parsed = read(tmp_path, entry(natures_of_control=[nature]))
    row = relations(parsed)[nature]
    assert row["schema"] == "Ownership"
    assert (row["percentage_minimum"], row["percentage_minimum_open"],
            row["percentage_maximum"], row["percentage_maximum_open"]) == expected  # fmt: skip
    assert (row["source"], row["target"]) == ("gb-psc-00012345-abc-123-x", COMPANY)
    (evidence,) = parsed.tables.evidence.to_pylist()
    assert evidence["quote"] == nature
    assert "directly or indirectly" in evidence["note"]
    assert evidence["source_url"].endswith("/individual/aBc-123_X")
    assert (evidence["by"], evidence["on"]) == ("Companies House", "2025-01-02")


def test_shares_and_votes_are_an_ownership_and_controls(tmp_path: Path) -> None:
    natures = ["voting-rights-50-to-75-percent", "ownership-of-shares-50-to-75-percent",
               "right-to-appoint-and-remove-directors-as-firm"]  # fmt: skip
    found = relations(read(tmp_path, entry(natures_of_control=natures)))
    assert {role: row["schema"] for role, row in found.items()} == {
        natures[0]: "Control", natures[1]: "Ownership", natures[2]: "Control",
    }  # fmt: skip
    assert found[natures[0]]["percentage_minimum"] == 50
    assert found[natures[2]]["percentage_minimum"] is None
    assert len({row["id"] for row in found.values()}) == 3


def test_shares_held_in_two_ways_are_never_added() -> None:
    natures = ("ownership-of-shares-25-to-50-percent",
               "ownership-of-shares-50-to-75-percent-as-trust")  # fmt: skip
    (holding,) = parse_natures(natures, "")
    assert holding.role == "; ".join(natures)
    assert holding.share == Percentage(minimum=50, maximum=100, minimum_open=True)


@pytest.mark.parametrize(
    ("nature", "schema", "known"),
    [
        ("right-to-share-surplus-assets-75-to-100-percent-limited-liability-partnership",
         "Ownership", True),
        ("part-right-to-share-surplus-assets-25-to-50-percent-as-trust", "Ownership", True),
        ("voting-rights-more-than-25-percent-as-control-over-trust-registered-overseas-entity",
         "Control", True),
        ("right-to-appoint-and-remove-members-as-trust-limited-liability-partnership", "Control",
         True),
        ("right-to-appoint-and-remove-person", "Control", True),
        ("significant-influence-or-control", "Control", True),
        ("registered-owner-as-nominee-person-scotland-registered-overseas-entity", "UnknownLink",
         True),
        ("ownership-of-shares-10-to-25-percent", "UnknownLink", False),
        ("telepathy", "UnknownLink", False),
    ],
)  # fmt: skip
def test_each_nature_is_known_by_its_whole_word(nature: str, schema: str, known: bool) -> None:
    (holding,) = parse_natures((nature,), "")
    assert (holding.schema, holding.role, holding.known) == (schema, nature, known)


def test_an_unknown_nature_is_a_link_and_is_told_once_with_its_number(tmp_path: Path) -> None:
    parsed = read(tmp_path, entry("a", natures_of_control=["telepathy"]),
                  entry("b", natures_of_control=["telepathy"]), entry("c"))  # fmt: skip
    (message,) = parsed.messages("unknown-nature")
    assert "telepathy" in message
    assert message.endswith("2 rows.")
    assert len(parsed.tables.relations) == 3


def test_a_ceased_entry_is_kept_with_its_end(tmp_path: Path) -> None:
    parsed = read(tmp_path, entry(ceased_on="2019-02-10"))
    (row,) = parsed.tables.relations.to_pylist()
    assert (row["start"], row["end"]) == ("2016-04-06", "2019-02-10")


def test_impossible_days_change_nothing_in_silence(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, entry("a", ceased_on="9998-13-45"),
        entry("b", notified_on="2020-01-01", ceased_on="2019-01-01"),
    )  # fmt: skip
    rows = {row["source"][-1]: row for row in parsed.tables.relations.to_pylist()}
    assert rows["a"]["end"] == "[..2025-01-02]"
    notes = {row["record_id"][-1]: row["note"] for row in parsed.tables.evidence.to_pylist()}
    assert "ceased_on: 9998-13-45" in notes["a"]
    assert (rows["b"]["start"], rows["b"]["end"]) == ("2020-01-01", "2019-01-01")
    assert parsed.codes() == ["ends-before-start", "unclean-value"]


def test_a_protected_person_is_a_node_without_a_name(tmp_path: Path) -> None:
    kind = "super-secure-person-with-significant-control"
    protected = [
        {"company_number": NUMBER, "data": {
            "kind": kind, "description": "super-secure-persons-with-significant-control",
            "ceased": ceased, "links": {"self": f"/company/{NUMBER}/x/super-secure/{key}"}}}
        for key, ceased in (("p1", False), ("p2", True))
    ]  # fmt: skip
    parsed = read(tmp_path, *protected)
    rows = {row["source"]: row for row in parsed.tables.relations.to_pylist()}
    assert set(rows) == {"gb-psc-00012345-p1", "gb-psc-00012345-p2"}
    assert {(row["schema"], row["role"]) for row in rows.values()} == {("Control", kind)}
    assert rows["gb-psc-00012345-p1"]["end"] is None
    assert rows["gb-psc-00012345-p2"]["end"] == "[..2025-01-02]"
    assert parsed.values("gb-psc-00012345-p1", "name") == []
    assert "no name" in parsed.values("gb-psc-00012345-p1", "notes")[0]
    assert parsed.codes() == []


def test_an_owner_on_the_uk_register_is_the_party_of_its_number(tmp_path: Path) -> None:
    parsed = read(tmp_path, corporate())
    (row,) = parsed.tables.relations.to_pylist()
    assert row["source"] == "gb-coh-00987654"
    assert parsed.values("gb-coh-00987654", "alias") == ["Zot Holdings Ltd"]
    assert parsed.values("gb-coh-00987654", "name") == []
    assert parsed.values("gb-coh-00987654", "legalForm") == ["Limited Company"]


def test_a_foreign_owner_has_a_node_of_its_own(tmp_path: Path) -> None:
    register = {"country_registered": "Seychelles", "place_registered": "Registrar",
                "registration_number": "987654", "legal_authority": "IBC Act"}  # fmt: skip
    parsed = read(tmp_path, corporate(identification=register))
    owner = "gb-psc-00012345-corp1"
    assert links(parsed)[0][1] == owner
    assert parsed.values(owner, "name") == ["Zot Holdings Ltd"]
    assert parsed.values(owner, "registrationNumber") == ["987654"]
    assert parsed.values(owner, "jurisdiction") == ["sc"]
    assert "Governed by: IBC Act" in parsed.values(owner, "notes")


@pytest.mark.parametrize(
    ("number", "country", "register", "expected"),
    [
        ("987654", "England And Wales", None, "00987654"),
        ("SC 123456", "Scotland", None, "SC123456"),
        ("NI42", "Northern Ireland", None, "NI000042"),
        ("oc301234", None, "Companies House", "OC301234"),
        ("OE000001", "United Kingdom", None, "OE000001"),
        ("987654", "Jersey", "Companies House", None),
        ("987654", None, "Registrar of Seychelles", None),
        ("987654", None, None, None),
        ("n/a", "England", None, None),
        ("0", "England", None, None),
        ("123456789", "England", None, None),
        ("12345", "England", None, None),  # the very company that it owns
    ],
)
def test_only_a_number_of_the_uk_register_is_one(
    number: str, country: str | None, register: str | None, expected: str | None
) -> None:
    assert find_number(number, country, register, NUMBER) == expected


def test_a_state_or_authority_is_a_legal_entity(tmp_path: Path) -> None:
    parsed = read(tmp_path, corporate(kind="legal-person-person-with-significant-control"))
    assert parsed.values("gb-coh-00987654", "id") == ["gb-coh-00987654"]
    other = read(tmp_path, corporate(kind="legal-person-beneficial-owner", identification=None))
    rows = other.rows("gb-psc-00012345-corp1", "id")
    assert [row["schema"] for row in rows] == ["LegalEntity"]


def test_statements_and_exemptions_are_notes_of_the_company(tmp_path: Path) -> None:
    statement = {"company_number": NUMBER, "data": {
        "kind": "persons-with-significant-control-statement", "etag": "e",
        "links": {"self": "/x"}, "notified_on": "2016-06-30", "ceased_on": "2018-01-01",
        "statement": "no-individual-or-entity-with-signficant-control"}}  # fmt: skip
    exemption = {"company_number": "00000002", "data": {
        "kind": "exemptions", "links": {"self": "/y"}, "exemptions": {
            "psc_exempt_as_shares_admitted_on_market": {
                "exemption_type": "psc-exempt-as-shares-admitted-on-market",
                "items": [{"exempt_from": "2017-06-07", "exempt_to": "2023-02-02"}]}}}}  # fmt: skip
    parsed = read(tmp_path, statement, exemption, last=totals(0, 1, 1))
    assert parsed.values(COMPANY, "notes") == [
        "Statement on people with significant control: no-individual-or-entity-with-signficant-"
        "control, notified 2016-06-30, withdrawn 2018-01-01"
    ]
    assert parsed.values("gb-coh-00000002", "notes") == [
        "Exempt from naming people with significant control: psc-exempt-as-shares-admitted-on-"
        "market from 2017-06-07 to 2023-02-02"
    ]
    assert parsed.codes() == []
    assert parsed.tables.relations.num_rows == 0


def test_the_flag_of_the_register_is_a_note_and_no_listing(tmp_path: Path) -> None:
    parsed = read(tmp_path, entry(is_sanctioned=True), entry("other", is_sanctioned=False))
    assert parsed.values("gb-psc-00012345-abc-123-x", "notes") == [
        "The register marks this owner as sanctioned (is_sanctioned)."
    ]
    assert parsed.values("gb-psc-00012345-other", "notes") == []
    assert not [row for row in parsed.statements if row["prop"] == "topics"]


def test_two_nationalities_are_two_and_an_unknown_one_is_kept_in_words(tmp_path: Path) -> None:
    parsed = read(tmp_path, entry("a", nationality="Irish, Polish"),
                  entry("b", nationality="Elvish"))  # fmt: skip
    assert parsed.values("gb-psc-00012345-a", "nationality") == ["ie", "pl"]
    assert parsed.values("gb-psc-00012345-b", "nationality") == []
    assert parsed.values("gb-psc-00012345-b", "notes") == ["nationality: Elvish"]
    assert parsed.codes() == ["unknown-country"]


def test_odd_types_and_hostile_texts_do_not_stop_the_snapshot(tmp_path: Path) -> None:
    odd = entry("odd", name=None, name_elements={"surname": "Qu\u202eux\u200b\x00", "forename": 7},
                date_of_birth="1963", address=["x"], natures_of_control=None)  # fmt: skip
    parsed = read(tmp_path, odd, entry("good"))
    assert parsed.values("gb-psc-00012345-good", "birthDate") == ["1963-05"]
    assert "gb-psc-00012345-odd" in {row["entity_id"] for row in parsed.statements}
    assert parsed.codes() == ["no-nature", "unread-field", "unread-field"]


def test_a_new_field_is_told(tmp_path: Path) -> None:
    parsed = read(tmp_path, entry(mood="gloomy", address={"premises": "1", "smell": "odd"}))
    assert sorted(message.split(" ")[0] for message in parsed.messages("unread-field")) == [
        "data.address.smell", "data.mood"]  # fmt: skip


def test_the_totals_are_compared_and_their_absence_told(tmp_path: Path) -> None:
    assert read(tmp_path, entry(), last=totals(2)).codes() == ["totals-differ"]
    (tmp_path / "psc-snapshot-2025-11-24.txt").write_bytes(lines(entry()))
    parsed = parse_list(PscSource("gb_psc"), tmp_path, tmp_path / "cut")
    assert parsed.codes() == ["no-totals"]
    assert [issue.locator for issue in parsed.issues.issues] == ["psc.jsonl"]


def test_a_snapshot_that_breaks_off_within_a_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "psc.txt").write_bytes(lines(entry(), entry("two"))[:-40])
    with pytest.raises(ParseError, match=r"psc.jsonl, line 2: the file breaks off"):
        parse_list(PscSource("gb_psc"), tmp_path, tmp_path / "out")


def test_a_damaged_line_within_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    content = lines(entry("a")) + b'{"broken\n[1]\n' + lines(entry("b"), totals(2))
    (tmp_path / "psc.txt").write_bytes(b"\xef\xbb\xbf" + content)
    parsed = parse_list(PscSource("gb_psc"), tmp_path, tmp_path / "out")
    assert parsed.codes() == ["bad-line", "bad-line"]
    assert len(parsed.tables.relations) == 2


def test_all_parts_of_a_snapshot_make_one_total(tmp_path: Path) -> None:
    first, last = lines(entry("a")), lines(entry("b"), totals(2))
    (tmp_path / "psc-snapshot-2025-11-24_1of2.txt").write_bytes(first)
    (tmp_path / "psc-snapshot-2025-11-24_2of2.txt.gz").write_bytes(gzip.compress(last))
    parsed = parse_list(PscSource("gb_psc"), tmp_path, tmp_path / "out")
    assert parsed.codes() == []
    assert {row["locator"] for row in parsed.tables.evidence.to_pylist()} == {
        "psc-01-of-02.jsonl:1", "psc-02-of-02.jsonl:1"}  # fmt: skip


WORDS = st.sampled_from(
    [
        "",
        " ",
        " Quux ",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "مثال",
        "a\u0000b",
        "\ud800",
        "\\u",
        "7",
    ]
)
VALUES = st.one_of(
    st.none(), WORDS, st.booleans(), st.integers(-5, 2**70), st.floats(-1, 1),
    st.lists(st.one_of(WORDS, st.none(), st.integers(0, 9)), max_size=3),
    st.dictionaries(st.sampled_from(["premises", "self", "year", "x"]), WORDS, max_size=2),
)  # fmt: skip
NAMES = st.sampled_from(["kind", "name", "address", "date_of_birth", "natures_of_control", "links",
                         "notified_on", "is_sanctioned", "mood"])  # fmt: skip


def cells(path: Path, monkeypatch: pytest.MonkeyPatch, *, quick: bool) -> list[tuple[str, ...]]:
    """(locator, column, text) of all filled cells, read in one of the two ways."""
    with monkeypatch.context() as patch:
        if not quick:
            patch.setattr(gb_psc_lines, "_read_plain", lambda block, name: None)
        batches = gb_psc_lines.iter_line_batches(path, "psc", "gb_psc", Tally(), lambda each: each)
        return sorted(
            (locator, name, text)
            for batch in batches
            for name in batch.names
            for locator, text in zip(
                batch.locators.to_pylist(), batch.column(name).to_pylist(), strict=True
            )
            if text is not None
        )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=4))
def test_blocks_and_lines_give_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: list[dict[str, Any]]
) -> None:
    path = tmp_path / "psc.txt"
    rows = [{"company_number": str(at), "data": data} for at, data in enumerate(entries)]
    path.write_bytes(lines(entry(), *rows))
    quick = cells(path, monkeypatch, quick=True)
    assert quick == cells(path, monkeypatch, quick=False)


def test_plain_blocks_are_read_as_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "psc.txt"
    path.write_bytes(lines(entry("a", is_sanctioned=True), corporate("b"), entry("c", mood="x")))

    def refuse(*_: object) -> None:
        raise AssertionError("read line by line")

    monkeypatch.setattr(gb_psc_lines, "_iter_lines", refuse)
    found = cells(path, monkeypatch, quick=True)
    assert ("psc:3", "data.mood", "x") in found
    assert ("psc:1", "data.is_sanctioned", "true") in found
    assert ("psc:1", "data.date_of_birth.year", "1963") in found


def test_a_file_of_many_blocks_keeps_its_line_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gb_psc_lines, "_BLOCK_BYTES", 700)
    entries = [entry(f"key{at:02d}") for at in range(20)]
    parsed = read(tmp_path, *entries)
    assert parsed.codes() == []
    locators = {row["record_id"][-2:]: row["locator"] for row in parsed.tables.evidence.to_pylist()}
    assert locators == {f"{at:02d}": f"psc.jsonl:{at + 1}" for at in range(20)}


def test_entries_without_an_address_of_their_own_are_told_apart(tmp_path: Path) -> None:
    entries = [entry(links=None, name=name, notified_on=day) for name, day in (
        ("A", "2016-04-06"), ("B", "2016-04-06"), ("A", "2017-04-06"))]  # fmt: skip
    parsed = read(tmp_path, *entries)
    assert len({row["source"] for row in parsed.tables.relations.to_pylist()}) == 3
    assert parsed.codes() == ["no-link"]


def test_a_snapshot_without_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="holds no entries"):
        read(tmp_path)
