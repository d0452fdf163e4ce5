"""Golden questions 18 to 23: what the UN list says of money exchanges and of its own references."""

from __future__ import annotations

import pytest

from ingest.sources.un_sc.source import UnSource
from tests.data import require_data
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import parse_list

pytestmark = pytest.mark.lists


@pytest.fixture(scope="module")
def un(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    """The list of 27 February 2026."""
    folder = require_data("un_2026-02-27")
    return parse_list(UnSource("un_sc"), folder, tmp_path_factory.mktemp("un"), "2026-02-27")


def owners(un: Parsed, asset: str) -> dict[str, str]:
    """Role by owner."""
    rows = un.tables.relations.to_pylist()
    return {row["source"]: row["role"] for row in rows
            if row["schema"] == "Ownership" and row["target"] == asset}  # fmt: skip


def said_by(un: Parsed, source: str, target: str) -> set[str]:
    """Records that state a relation."""
    rows = un.tables.relations.to_pylist()
    ids = {row["id"] for row in rows if (row["source"], row["target"]) == (source, target)}
    return {row["record_id"] for row in un.tables.evidence.to_pylist() if row["relation_id"] in ids}


def test_q18_two_co_owners_of_the_khairullah_sattar_money_exchange(un: Parsed) -> None:
    """Each says so of himself; the exchange's entry has the numbers that OFAC 15006 has."""
    assert owners(un, "un-tae.010") == {"un-tai.162": "Co-owner of", "un-tai.163": "Co-owner of"}
    assert un.values("un-tae.010", "taxNumber") == ["0980338", "1774308", "3187777"]
    assert un.values("un-tae.010", "licenseNumber") == ["044"]


def test_q19_the_owner_of_the_basir_zarjmil_hawala_and_the_passport_that_joins_the_lists(
    un: Parsed,
) -> None:
    """Owner's and hawala's entries say the same; the number stands inside words."""
    assert owners(un, "un-tae.014") == {"un-tai.173": "Owner of"}
    assert said_by(un, "un-tai.173", "un-tae.014") == {"TAi.173", "TAe.014"}
    assert un.values("un-tae.014-unsc", "listingDate") == ["2015-03-27"]
    assert un.values("un-tai.173", "passportNumber") == ["AA3829182"]


def test_q20_the_owner_of_roshan_money_exchange_and_its_eight_aliases(un: Parsed) -> None:
    assert owners(un, "un-tae.011") == {"un-tai.166": "Owns and operates"}
    assert said_by(un, "un-tai.166", "un-tae.011") == {"TAi.166", "TAe.011"}
    latin = [row for row in un.rows("un-tae.011", "alias") if row["lang"] is None]
    assert len(latin) == 8


def test_q21_the_owner_of_rahat(un: Parsed) -> None:
    assert set(owners(un, "un-tae.013")) == {"un-tai.165"}
    assert said_by(un, "un-tai.165", "un-tae.013") == {"TAi.165", "TAe.013"}


def test_q22_nine_entries_refer_to_the_haqqani_network(un: Parsed) -> None:
    rows = un.tables.relations.to_pylist()
    assert {row["source"] for row in rows if row["target"] == "un-tae.012"} == {
        f"un-tai.{number}" for number in (144, 146, 150, 155, 157, 159, 164, 169, 171)
    }


def test_q23_four_references_lead_to_nobody_and_a_former_number_to_its_bearer(un: Parsed) -> None:
    existing = {row["entity_id"] for row in un.statements if row["prop"] == "id"}
    ends = {row[end] for row in un.tables.relations.to_pylist() for end in ("source", "target")}
    assert ends - existing == {"un-qdi.317", "un-qde.072", "un-qde.073", "un-tai.152"}
    assert un.values("un-tai.038-unsc", "authorityId") == ["TAi.038", "TAi.048"]
