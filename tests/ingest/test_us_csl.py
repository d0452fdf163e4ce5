"""The Consolidated Screening List: small invented tables, and the whole real one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.catalog import require_entry
from ingest.sources.us_csl.ids import iter_ids
from ingest.sources.us_csl.lists import find_list
from ingest.sources.us_csl.source import CslSource
from tests.data import require_data
from tests.ingest.ofac_files import Parsed, parse

HEADER = [
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses",
    "federal_register_notice", "start_date", "end_date", "standard_order", "license_requirement",
    "license_policy", "call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage",
    "vessel_flag", "vessel_owner", "remarks", "source_list_url", "alt_names", "citizenships",
    "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
]  # fmt: skip
SDN = "Specially Designated Nationals (SDN) - Treasury Department"
DENIED = "Denied Persons List (DPL) - Bureau of Industry and Security"
ENTITY = "Entity List (EL) - Bureau of Industry and Security"


def _table(*rows: dict[str, str], header: list[str] = HEADER) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _read(folder: Path, *rows: dict[str, str], header: list[str] = HEADER) -> Parsed:
    path = folder / "csl.csv"
    path.write_text(_table(*rows, header=header), "utf-8")
    return parse(path, folder / "out", CslSource("us_csl"))


def _sdn(number: int, name: str, **more: str) -> dict[str, str]:
    return {"_id": str(number), "source": SDN, "entity_number": str(number), "type": "Individual",
            "programs": "SDGT; FTO", "name": name, **more}  # fmt: skip


def _denied(name: str, **more: str) -> dict[str, str]:
    return {"_id": "ab" * 20, "source": DENIED, "name": name, "start_date": "2020-01-02", **more}


def test_treasurys_rows_are_the_parties_of_ofacs_lists(tmp_path: Path) -> None:
    row = _sdn(
        101, "QUUX, Foo Bar", title="Haji; General", addresses="62 Elm Row, Beirut, LB; SY",
        alt_names="QUUX, Fu; FOOBAR", dates_of_birth="1955-03-21; circa 1944; 1951 to 1953",
        nationalities="LB; SY", places_of_birth="Zzyzx, Lebanon",
        ids="LB, 2020-02-28, 2010-03-01, A1234567, Passport; Male, Gender; section 1(b) of an "
        "order, as amended, Secondary sanctions risk:",
    )  # fmt: skip
    parsed = _read(tmp_path, row)
    assert parsed.values("ofac-101", "birthDate") == ["1944", "1951", "1953", "1955-03-21"]
    assert parsed.values("ofac-101", "alias") == ["QUUX, Fu"]
    assert parsed.values("ofac-101", "weakAlias") == ["FOOBAR"]
    assert parsed.values("ofac-101", "nationality") == ["lb", "sy"]
    assert parsed.values("ofac-101", "birthCountry") == ["lb"]
    assert parsed.values("ofac-101", "country") == ["sy"]
    assert parsed.values("ofac-101", "topics") == ["sanction"]
    (place,) = parsed.values("ofac-101", "addressEntity")
    assert parsed.values(place, "country") == ["lb"]
    (passport,) = {row["entity_id"] for row in parsed.statements if row["schema"] == "Passport"}
    assert parsed.values(passport, "startDate") == ["2010-03-01"]
    assert parsed.values(passport, "endDate") == ["2020-02-28"]
    listing = "ofac-101-csl-sdn"
    assert parsed.values(listing, "programId") == ["FTO", "SDGT"]
    assert parsed.values(listing, "publisher") == [SDN]
    assert parsed.values(listing, "provisions") == [
        "Secondary sanctions risk: section 1(b) of an order, as amended"
    ]
    assert parsed.codes() == []


def test_only_an_individuals_nickname_on_an_ofac_list_is_weak(tmp_path: Path) -> None:
    parsed = _read(
        tmp_path,
        _sdn(104, "ZORB LTD", type="Entity", alt_names="ZORBCO"),
        _denied("ZED QUUX", alt_names="ZEDDY", addresses="1 A ST, X, LB"),
    )
    weak = {row["value"] for row in parsed.statements if row["prop"] == "weakAlias"}
    strong = {row["value"] for row in parsed.statements if row["prop"] == "alias"}
    assert (weak, strong) == (set(), {"ZORBCO", "ZEDDY"})


def test_one_party_on_two_lists_has_two_listings(tmp_path: Path) -> None:
    other = "Sectoral Sanctions Identifications List (SSI) - Treasury Department"
    rows = [_sdn(102, "ZORBAL LTD", type="Entity")]
    rows.append({**rows[0], "source": other, "programs": "UKRAINE-EO13662"})
    parsed = _read(tmp_path, *rows)
    assert parsed.values("ofac-102-csl-sdn", "programId") == ["FTO", "SDGT"]
    assert parsed.values("ofac-102-csl-ssi", "programId") == ["UKRAINE-EO13662"]
    assert parsed.values("ofac-102", "topics") == ["reg.action", "sanction"]


def test_orders_of_one_name_and_country_are_one_party_elsewhere_another(tmp_path: Path) -> None:
    rows = [
        _denied("Quux  Ltd", addresses="1 A ST, X, LB"),
        _denied("QUUX LTD", addresses="2 B ST, Y, LB", federal_register_notice="85 FR 1"),
        _denied("QUUX LTD", addresses="3 C ST, Z, SY"),
        {**_denied("QUUX LTD", addresses="1 A ST, X, LB"), "source": ENTITY},
    ]
    parsed = _read(tmp_path, *rows)
    again = _read(tmp_path, *reversed(rows))
    ids = {row["entity_id"] for row in parsed.statements if row["prop"] == "id"}
    assert len(ids) == 3
    assert {row["entity_id"] for row in again.statements if row["prop"] == "id"} == ids
    listings = Counter(row["value"] for row in parsed.statements if row["prop"] == "entity")
    assert sorted(listings.values()) == [1, 1, 2]
    topics = {row["value"] for row in parsed.statements if row["prop"] == "topics"}
    assert topics == {"export.control"}


def test_an_order_that_runs_has_a_duration_and_one_that_ran_out_an_end(tmp_path: Path) -> None:
    rows = [
        _denied("RUNS LTD", end_date="2030-01-02", license_policy="Policy of denial. "),
        _denied("RAN OUT LTD", end_date="2021-01-02", standard_order="Y", remarks="50 YEAR DENIAL"),
    ]
    parsed = _read(tmp_path, *rows)  # published 2023-12-28
    ends = [row["value"] for row in parsed.statements if row["prop"] == "endDate"]
    assert ends == ["2021-01-02"]
    (duration,) = [row["value"] for row in parsed.statements if row["prop"] == "duration"]
    assert duration == "2020-01-02 to 2030-01-02"
    summaries = {row["value"] for row in parsed.statements if row["prop"] == "summary"}
    assert summaries == {"End of the order: 2030-01-02", "50 YEAR DENIAL"}
    provisions = {row["value"] for row in parsed.statements if row["prop"] == "provisions"}
    assert provisions == {"License policy: Policy of denial.", "Standard order: Y"}


def test_linked_to_is_relayed_from_ofac(tmp_path: Path) -> None:
    rows = [
        _sdn(103, "ZOR LTD", type="Entity", remarks="all offices worldwide; (Linked To: GUARD "
             "(OLD)-FORCE; Linked To: NOBODY)"),
        _sdn(104, "GUARD (OLD)-FORCE", type="Entity"),
        {**_sdn(104, "GUARD (OLD)-FORCE", type="Entity"), "source": "Capta List (CAP) - Treasury "
         "Department"},
    ]  # fmt: skip
    parsed = _read(tmp_path, *rows)
    ties = {(row["id"], row["target"]) for row in parsed.tables.relations.to_pylist()}
    assert ties == {("ofac-linked-103-104", "ofac-104"),
                    ("ofac-linked-103-unresolved-nobody", "ofac-unresolved-nobody")}  # fmt: skip
    evidence = parsed.tables.evidence.to_pylist()
    assert {(row["by"], row["relays"]) for row in evidence} == {
        ("International Trade Administration", "OFAC")
    }
    assert parsed.codes() == ["unresolved-link"]


def test_vessels_find_their_owner_whatever_the_order(tmp_path: Path) -> None:
    rows = [
        _sdn(105, "SEA QUUX", type="Vessel", call_sign="5QUX", vessel_type="Tug",
             gross_tonnage="10,000", gross_registered_tonnage="9,000", vessel_flag="Panama",
             vessel_owner="zorbal ltd", ids="IMO 7406784, Vessel Registration Identification"),
        _sdn(102, "ZORBAL LTD", type="Entity"),
    ]  # fmt: skip
    parsed = _read(tmp_path, *rows)
    assert parsed.values("ofac-105", "owner") == ["ofac-102"]
    assert parsed.values("ofac-105", "imoNumber") == ["IMO7406784"]
    assert parsed.values("ofac-105", "tonnage") == ["10000"]
    assert parsed.values("ofac-105", "grossRegisteredTonnage") == ["9000"]
    assert parsed.values("ofac-105", "flag") == ["pa"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Male, Gender", [("gender", "Male", None, None, None, None)]),
        ("MX, 22839 (Jalisco), Folio Mercantil No.", [("id", "22839", "mx", None, None, None)]),
        ("TR, 2016-09-15, S0049, Passport", [("id", "S0049", "tr", None, None, "2016-09-15")]),
        ("2004-02-05, 1999-06-23, G025, Passport",
         [("id", "G025", None, "1999-06-23", "2004-02-05", None)]),
        ("Wholesale of materials, hardware, supplies, Organization Type:",
         [("sector", "Wholesale of materials, hardware, supplies", None, None, None, None)]),
        ("PA, 467323, Doc. 694710, Public Registration Number",
         [("id", "467323, Doc. 694710", "pa", None, None, None)]),
        ("1Zor, Digital Currency Address - XBT", [("wallet", "XBT 1Zor", None, None, None, None)]),
        ("A; B, Website; Female, Gender", [("website", "A; B", None, None, None, None),
                                           ("gender", "Female", None, None, None, None)]),
        ("no label at all", [("free", "no label at all", None, None, None, None)]),
        ("", []),
    ],
)  # fmt: skip
def test_packed_ids_are_read_from_their_labels(cell: str, expected: list[object]) -> None:
    found = [(fact.kind, fact.value, fact.country, fact.issued, fact.expires, fact.dated)
             for fact in iter_ids(cell)]  # fmt: skip
    assert found == expected


def test_a_new_column_and_a_new_list_are_reported_and_kept(tmp_path: Path) -> None:
    row = {**_denied("QUUX LTD"), "source": "Fancy New List (FNL) - Some Bureau", "colour": "red"}
    parsed = _read(tmp_path, row, header=[*HEADER, "colour"])
    assert parsed.codes() == ["unknown-list", "unread-field"]
    assert {row["value"] for row in parsed.statements if row["prop"] == "authority"} == {
        "Some Bureau"
    }


def test_a_number_is_ofacs_only_on_its_lists(tmp_path: Path) -> None:
    rows = [{**_denied("QUUX LTD"), "entity_number": "101"}, _sdn(101, "ZOR LTD", type="Robot"),
            {**_sdn(102, "VEY LTD"), "source": "New Menu (NNN) - Treasury Department"}]  # fmt: skip
    parsed = _read(tmp_path, *rows)
    names = {row["entity_id"]: row["value"] for row in parsed.statements if row["prop"] == "name"}
    assert names == {"us-csl-dpl-101": "QUUX LTD", "ofac-101": "ZOR LTD", "ofac-102": "VEY LTD"}
    assert parsed.codes() == ["unknown-list", "unknown-type"]


def test_nonproliferation_rows_block_property_under_one_order_only() -> None:
    isn = find_list("Nonproliferation Sanctions (ISN) - State Department")
    assert isn.topics == ("debarment",)
    assert isn.topics_of(["INKSNA", "E.O. 13382"]) == ("sanction",)
    assert isn.topics_of(["INKSNA"]) == ()


def test_line_breaks_in_cells_move_no_line_numbers(tmp_path: Path) -> None:
    parsed = _read(tmp_path, _denied("QUUX\nLTD"), _denied("ZOR LTD"))
    lines = {row["value"]: row["locator"] for row in parsed.statements if row["prop"] == "name"}
    assert lines == {"QUUX LTD": "consolidated.csv:2", "ZOR LTD": "consolidated.csv:4"}


def test_hostile_text_is_text(tmp_path: Path) -> None:
    name = "QUUX'; DROP TABLE x; --\u202e\u200b<script>"
    parsed = _read(tmp_path, _denied(name, alt_names=name, addresses=name))
    values = {row["value"] for row in parsed.statements if row["prop"] == "name"}
    assert len(values) == 1
    with pytest.raises(ParseError, match=r"line 2: .*NUL byte"):
        _read(tmp_path, _denied("QUUX\0"))


def test_what_is_no_such_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "consolidated.csv"
    source = CslSource("us_csl")
    for text, fault in (
        ("<html><body>denied</body></html>", "web page"),
        ("", "empty"),
        ("name,source\nA,B\n", "no column"),
        (_table(_denied("A")) + "a,b,c\n", "instead of"),
        (_table(_denied("A")) + 'x,"unclosed', "not closed"),
        (_table(_denied("A", ids="Male, Gender")).rstrip("\n").rstrip('"')[:-3], "not closed"),
        (_table(_denied("A", ids="B")).rstrip("\n"), "breaks off"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(ParseError, match=fault):
            parse(path, tmp_path / "out", source)
    path.write_text(_table(), "utf-8")
    with pytest.raises(AssertionFailed, match="no named parties"):
        parse(path, tmp_path / "out", source)
    path.write_bytes(_table(_denied("A")).encode() + "Ä,".encode("latin-1"))
    with pytest.raises(ParseError, match="UTF-8"):
        parse(path, tmp_path / "out", source)
    with pytest.raises(ParseError, match="is missing"):
        source.find_files(tmp_path / "out")


@pytest.fixture(scope="module")
def csl(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    return parse(require_data("us_csl_2022-04"), tmp_path_factory.mktemp("csl"),
                 CslSource("us_csl"))  # fmt: skip


@pytest.mark.lists
def test_the_real_table_is_read_whole(csl: Parsed) -> None:
    rows = [row for row in csl.statements if row["prop"] == "name"]
    assert len(rows) == 14_160
    # The table is longer than what the writer holds at once: nothing changes hands on the way.
    assert all(row["entity_id"] == row["value"] for row in csl.statements if row["prop"] == "id")
    lists = Counter(row["value"] for row in csl.statements if row["prop"] == "publisher")
    assert len(lists) == 13
    assert lists[SDN] == 10_026
    assert sum(lists.values()) == 14_160
    assert set(require_entry("us_csl").relays) <= set(lists)
    treasury = {words for words in lists if words.endswith("Treasury Department")}
    assert set(require_entry("us_csl").relays) == treasury
    assert set(csl.codes()) == {"ambiguous-link", "unclean-value", "unknown-remark"}
    assert csl.rejected == []


@pytest.mark.lists
def test_real_links_are_those_of_the_remarks(csl: Parsed) -> None:
    quotes = csl.tables.evidence.num_rows
    assert quotes == 4_346 + 2  # one more for each of the two that fit two parties
    assert not [row for row in csl.tables.relations.to_pylist() if "unresolved" in row["target"]]
    assert csl.codes().count("ambiguous-link") == 2


@pytest.mark.lists
def test_golden_28_the_farc_of_before_is_not_on_it(csl: Parsed) -> None:
    parties = {row["entity_id"] for row in csl.statements if row["prop"] == "id"}
    assert "ofac-4711" not in parties
    assert {"ofac-33983", "ofac-33974"} <= parties
