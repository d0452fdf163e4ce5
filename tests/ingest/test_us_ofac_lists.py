"""The real lists: every count and example of requirements.md I1 to I8."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from followthemoney import model
from followthemoney.types import registry

from graph.countries import find_country
from ingest.sources.us_ofac.csv import OfacSource, text_of
from ingest.sources.us_ofac.remarks import iter_facts
from tests.data import require_data
from tests.ingest.ofac_files import Parsed, parse

pytestmark = pytest.mark.lists


@pytest.fixture(scope="module")
def sdn(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    return parse(require_data("ofac_sdn_2023-12-28"), tmp_path_factory.mktemp("sdn"))


@pytest.fixture(scope="module")
def cons(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    source = OfacSource("us_ofac_cons")
    return parse(require_data("ofac_nonsdn"), tmp_path_factory.mktemp("cons"), source)


@pytest.fixture(scope="module")
def index(sdn: Parsed) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in sdn.statements:
        found[row["entity_id"], row["prop"]].append(row)
    return found


Index = dict[tuple[str, str], list[dict[str, Any]]]


def _values(index: Index, uid: int | str, prop: str) -> set[str]:
    return {row["value"] for row in index[f"ofac-{uid}", prop]}


def test_i1_every_entry_address_and_alias_is_counted(sdn: Parsed) -> None:
    existing = Counter(row["schema"] for row in sdn.statements if row["prop"] == "id")
    stubs = existing.pop("LegalEntity")
    assert existing == {"Person": 6646, "Organization": 6033, "Vessel": 764, "Airplane": 378}
    assert stubs == 4
    addresses = {row["entity_id"] for row in sdn.statements if row["schema"] == "Address"}
    assert len(addresses) == 18990 - 2652
    aliases = Counter(row["prop"] for row in sdn.statements if row["locator"].startswith("alt.csv"))
    assert aliases == {"alias": 16507 + 17, "previousName": 567}
    codes = sdn.codes()
    assert "dangling-alias" not in codes
    assert "dangling-address" not in codes
    dangling = sdn.messages("dangling-continuation")
    assert [message.split()[1] for message in dangling] == ["12300", "15599", "15600"]
    assert "end-mark-missing" not in codes
    assert not [row for row in sdn.statements if row["value"].strip() == "-0-"]
    assert sdn.rejected == []


def test_i1_the_non_sdn_list_has_442_entries(cons: Parsed) -> None:
    parties = {row["entity_id"] for row in cons.statements if row["prop"] == "id"}
    assert len([each for each in parties if "unresolved" not in each]) == 442


def test_i2_programmes_are_split(sdn: Parsed, index: Index) -> None:
    assert _values(index, "4697-sdn", "programId") == {"FTO", "SDGT", "SYRIA"}
    programs: dict[str, set[str]] = defaultdict(set)
    for row in sdn.statements:
        if row["prop"] == "programId":
            programs[row["entity_id"]].add(row["value"])
    assert sum("SDGT" in codes for codes in programs.values()) == 2213
    assert sum(len(codes) > 1 for codes in programs.values()) == 1584


def test_i3_continuations_are_joined_without_a_break(sdn: Parsed, index: Index) -> None:
    assert {
        "Listing Date (EO 14024 Directive 3): 24 Feb 2022",
        "Effective Date (EO 14024 Directive 3): 26 Mar 2022",
    } <= _values(index, "17018-sdn", "provisions")
    wallets = {row["value"] for row in sdn.statements if row["prop"] == "cryptoAddress"}
    assert "1B11Ezqg3AXjFhMdRq5UpPDpNyriYNVtkn" in wallets
    assert _values(index, 28263, "weakAlias") >= {"snowsjohn"}
    assert _values(index, 27307, "weakAlias") >= {"WHOIS HACKING TEAM"}
    assert any(wallet.endswith("ViezzGa") for wallet in wallets)
    assert not [wallet for wallet in wallets if " " in wallet]
    cut = {"ofac-29703", "ofac-30518", "ofac-31212", "ofac-33151", "ofac-37070", "ofac-39585",
           "ofac-39593"}  # fmt: skip
    reported = {each.entity_id for each in sdn.issues.issues if each.code == "cut-remarks"}
    assert reported == cut


def test_i4_the_brothers_remarks_are_read(sdn: Parsed, index: Index) -> None:
    assert _values(index, 11494, "birthDate") == {"1955-03-21"}
    assert _values(index, 11494, "birthPlace") == {"Sierra Leone"}
    assert _values(index, 11494, "nationality") == {"sl", "lb"}
    held = [key[0] for key, rows in index.items() if key[1] == "holder"
            and any(row["value"] == "ofac-11494" for row in rows)]  # fmt: skip
    documents = {
        (number["value"], country["value"])
        for document in held
        for number in index[document, "number"]
        for country in index[document, "country"]
    }
    assert documents == {("0285669", "sl"), ("RL 1794375", "lb")}
    assert _values(index, 12450, "birthDate") == {"1961", "1963"}
    assert len(_values(index, 12450, "birthPlace")) == 3
    assert _values(index, 12450, "nationality") == {"lb"}


def test_i5_dates_keep_their_precision(sdn: Parsed, index: Index) -> None:
    (circa,) = [row for row in index["ofac-8264", "birthDate"] if "circa" in
                (row["original_value"] or "")]  # fmt: skip
    assert (circa["value"], circa["original_value"]) == ("1944", "circa 1944")
    ranged = {
        row["value"] for row in index["ofac-12057", "birthDate"]
        if row["original_value"] == "1951 to 1953"
    }  # fmt: skip
    assert ranged == {"1951", "1953"}
    assert _values(index, 15962, "birthDate") == {"1961-01-01", "1962-12-31"}
    births = [row for row in sdn.statements if row["prop"] == "birthDate"]
    originals = Counter(
        (row["entity_id"], row["original_value"]) for row in births if row["original_value"]
    )
    assert sum("circa" in original for _, original in originals) == 78
    years = [key for key in originals if re.fullmatch(r"(circa )?\d{4} to \d{4}", key[1])]
    assert len(years) == 69
    for row in births:
        if re.fullmatch(r"(circa )?\d{4}", row["original_value"] or row["value"]):
            assert re.fullmatch(r"\d{4}", row["value"])


def test_i6_links_unresolved_and_ambiguous_are_counted(sdn: Parsed, cons: Parsed) -> None:
    relations = sdn.tables.relations.to_pylist()
    unresolved = sdn.messages("unresolved-link")
    ambiguous = [issue for issue in sdn.issues.issues if issue.code == "ambiguous-link"]
    assert len(relations) == 5966 + 2
    assert len({row["source"] for row in relations}) == 5427
    assert len(unresolved) == 8
    assert {issue.entity_id for issue in ambiguous} == {"ofac-20130", "ofac-25436"}
    targets = {row["target"] for row in relations if row["source"] in ("ofac-20130", "ofac-25436")}
    assert targets >= {"ofac-20129", "ofac-25437"}
    stubs = {
        row["value"]
        for row in sdn.statements
        if row["prop"] == "name" and row["entity_id"].startswith("ofac-unresolved-")
    }
    primary = {row["value"]: row["entity_id"] for row in cons.statements if row["prop"] == "name"}
    assert {primary[name] for name in stubs} == {
        "ofac-17016", "ofac-17022", "ofac-17250", "ofac-27016"
    }  # fmt: skip
    ends = {(row["source"], row["target"]) for row in relations}
    assert ("ofac-20820", "ofac-20840") in ends
    assert ("ofac-20840", "ofac-20820") in ends
    assert len(relations) == sdn.tables.evidence.num_rows


def test_i7_weak_aliases_come_from_the_remarks_only(sdn: Parsed, index: Index) -> None:
    assert "GODANE" in _values(index, 11311, "weakAlias")
    source = OfacSource("us_ofac_sdn")
    files = source.find_files(require_data("ofac_sdn_2023-12-28"))
    weak = [row for row in sdn.statements if row["prop"] == "weakAlias"]
    assert all(row["locator"].startswith("sdn.csv") for row in weak)
    former = [row for row in sdn.statements
              if row["prop"] == "notes" and row["value"].startswith("f.k.a. '")]  # fmt: skip
    assert len(former) == 86, "weak former names are weak, and noted as former"
    assert set(files) == {"sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"}
    # Names that FollowTheMoney's type would reject stay as notes; none of them does.
    assert len(weak) - len(former) == 3304
    assert len({row["entity_id"] for row in weak} - {row["entity_id"] for row in former}) <= 1865


def test_i8_a_scope_limited_alias_keeps_its_country(index: Index) -> None:
    (scoped,) = [row for row in index["ofac-12452", "alias"] if row["scope"]]
    assert (scoped["value"], scoped["scope"]) == ("GRAND STORES", "gm")


def test_i11_the_files_give_no_listing_date(sdn: Parsed) -> None:
    dated = [row for row in sdn.statements if row["schema"] == "Sanction"
             and row["prop"] in ("listingDate", "startDate")]  # fmt: skip
    assert dated == []


def test_i20_every_statement_has_its_provenance(sdn: Parsed) -> None:
    for row in sdn.statements:
        assert re.fullmatch(r"(sdn|alt|add)\.csv:\d+", row["locator"])
        assert row["record_id"].isdigit()
        assert row["dataset"] == "us_ofac_sdn"
        assert row["sha256"]
        assert row["retrieved_at"]


def test_most_remarks_are_understood(sdn: Parsed) -> None:
    unknown = len(sdn.messages("unknown-remark"))
    total = sum(1 for row in _remarks(require_data("ofac_sdn_2023-12-28")) for _ in iter_facts(row))
    assert unknown / total < 0.01


def _remarks(folder: Path) -> list[str]:
    from ingest.reader import read_delimited

    table = read_delimited(folder / "sdn.csv.gz", "sdn.csv", 12)
    return [row.cells[11] for row in table.rows if text_of(row.cells[11])]


def test_columnwise_cleaning_equals_followthemoney_value_by_value(sdn: Parsed) -> None:
    by_type: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in sdn.statements:
        if row["prop"] != "id":
            before = row["original_value"] or row["value"]
            by_type[row["prop_type"]].add((before, row["value"]))
            prop = model.get(row["schema"]).get(row["prop"])  # type: ignore[union-attr]
            assert prop is not None
            assert prop.type.name == row["prop_type"]
    assert set(by_type) >= {"country", "date", "name", "identifier", "topic", "url", "number"}
    for name, pairs in by_type.items():
        kind = registry.get(name)
        # All values of the small types, an even sample of the large ones.
        ordered = sorted(pairs)
        for _, value in ordered[:: max(1, len(ordered) // 2000)]:
            assert kind.clean(value) == value, (name, value)


def test_every_country_of_the_lists_is_the_one_of_followthemoney(sdn: Parsed, cons: Parsed) -> None:
    texts = {
        text
        for parsed in (sdn, cons)
        for row in parsed.tables.statements.select(
            ["prop", "prop_type", "value", "original_value"]
        ).to_pylist()
        if row["prop_type"] == "country" or row["prop"] == "birthPlace"
        for text in (row["value"], row["original_value"], row["value"].rpartition(", ")[2])
        if text
    }
    assert len(texts) > 2500
    differing = {text for text in texts if find_country(text) != registry.country.clean(text)}
    assert differing == set()
