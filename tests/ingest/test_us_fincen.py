"""FinCEN's special measures: small invented tables, and the whole real one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from graph.errors import ParseError
from ingest.ids import digest
from ingest.sources.us_fincen import FincenSource
from tests.data import require_data
from tests.ingest.ofac_files import Parsed, parse

HEADER = ["Measure", "Relationship", "Type", "Name", "Alias", "Country", "Address",
          "Registration number", "Topics", "Notes", "Source URL"]  # fmt: skip
URL = "https://www.example.org/notice.pdf"


def _row(measure: str, relationship: str, kind: str, name: str, **more: str) -> dict[str, str]:
    return {"Measure": measure, "Relationship": relationship, "Type": kind, "Name": name,
            "Source URL": URL, **more}  # fmt: skip


def _read(folder: Path, *rows: dict[str, str]) -> Parsed:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, HEADER, restval="")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "details.csv"
    path.write_text(stream.getvalue(), "utf-8")
    return parse(path, folder / "out", FincenSource("us_fincen"))


def _id(name: str, measure: str | None = None) -> str:
    return f"us-fincen-{digest(name.casefold(), measure)}"


def test_the_party_of_a_measure_is_listed_once_with_every_document(tmp_path: Path) -> None:
    row = _row("Bank Zor***", "self", "", "Bank Zor***")
    more = {"Alias": "Zor; Zorbank", "Country": "Latvia", "Address": "Riga, Latvia"}
    rows = [{**row, **more, "Notes": "said"}, {**row, "Source URL": URL + "?2"}]
    parsed = _read(tmp_path, *rows)
    party = _id("Bank Zor")
    assert set(parsed.values(party, "name")) == {"Bank Zor"}
    assert parsed.values(party, "alias") == ["Zor", "Zorbank"]
    assert set(parsed.values(party, "topics")) == {"reg.action"}
    (listing,) = {row["entity_id"] for row in parsed.statements if row["schema"] == "Sanction"}
    assert parsed.values(listing, "sourceUrl") == [URL, URL + "?2"]
    assert set(parsed.values(listing, "program")) == {"Bank Zor"}
    assert parsed.values(party, "notes") == ["said"]


def test_owners_and_subsidiaries_stand_on_their_sides(tmp_path: Path) -> None:
    notes = "holds 43.12 percent of shares"
    parsed = _read(
        tmp_path, _row("Bank Zor", "owner", "Person", "Foo Quux", Notes=notes),
        _row("Bank Zor", "subsidiary", "Organization", "Zor Leasing"),
        _row("Bank Zor", "related", "Company", "Vey Ltd", Topics="sanction.linked"),
        _row("Bank Zor", "self", "", "Bank Zor"),
    )  # fmt: skip
    bank, owner = _id("Bank Zor"), _id("Foo Quux", "Bank Zor")
    ties = {(row["schema"], row["source"], row["target"], row["role"], row["percentage_minimum"])
            for row in parsed.tables.relations.to_pylist()}  # fmt: skip
    assert ties == {
        ("Ownership", owner, bank, "owner", None),
        ("Ownership", bank, _id("Zor Leasing"), "subsidiary", None),
        ("UnknownLink", _id("Vey Ltd"), bank, "related", None),
    }
    assert "Company" in {row["schema"] for row in parsed.rows(bank, "id")}
    assert parsed.values(_id("Vey Ltd"), "topics") == ["sanction.linked"]
    (row,) = [row for row in parsed.tables.evidence.to_pylist() if row["note"]]
    assert (row["by"], row["note"], row["quote"]) == ("FinCEN", notes, None)
    listed = {row["value"] for row in parsed.statements if row["prop"] == "entity"}
    assert listed == {bank}


def test_a_country_is_no_party_and_its_targets_are_tied_to_nothing(tmp_path: Path) -> None:
    parsed = _read(tmp_path, _row("Burma****", "self", "", "Burma****"),
                   _row("Burma****", "target", "Company", "Zor Bank", Topics="reg.warn"),
                   _row("Burma****", "related", "Organization", "Quux Army"))  # fmt: skip
    assert parsed.tables.relations.num_rows == 0
    parties = {row["entity_id"] for row in parsed.statements if row["prop"] == "id"}
    assert parties == {_id("Zor Bank"), _id("Quux Army")}
    assert parsed.codes() == ["no-party"]
    assert parsed.values(_id("Zor Bank"), "topics") == ["reg.action"]


def test_people_of_one_name_under_two_measures_stay_two(tmp_path: Path) -> None:
    parsed = _read(tmp_path, _row("A Bank", "owner", "Person", "Foo Quux"),
                   _row("B Bank", "owner", "Person", "Foo Quux"),
                   _row("A Bank", "related", "Organization", "Quux Army"),
                   _row("B Bank", "related", "Organization", "Quux Army"))  # fmt: skip
    parties = Counter(row["value"] for row in parsed.statements if row["prop"] == "name")
    assert parties == {"Foo Quux": 2, "Quux Army": 2}
    ids = {row["entity_id"] for row in parsed.statements if row["prop"] == "id"}
    assert len(ids) == 3


def test_unknown_words_are_kept_and_reported(tmp_path: Path) -> None:
    parsed = _read(tmp_path, _row("Bank Zor", "self", "Bank", "Bank Zor"),
                   _row("Bank Zor", "cousin", "Company", "Vey Ltd"))  # fmt: skip
    assert parsed.codes() == ["unknown-relationship", "unknown-type"]
    (tie,) = parsed.tables.relations.to_pylist()
    assert (tie["schema"], tie["role"]) == ("UnknownLink", "cousin")


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "details.csv"
    path.write_text("Name,Type\nA,B\n", "utf-8")
    with pytest.raises(ParseError, match="no column 'Measure'"):
        parse(path, tmp_path / "out", FincenSource("us_fincen"))


@pytest.mark.lists
def test_the_real_table_is_read_whole(tmp_path: Path) -> None:
    parsed = parse(require_data("us_fincen"), tmp_path / "out", FincenSource("us_fincen"))
    names = [row for row in parsed.statements if row["prop"] == "name"]
    assert len(names) == 490 - 2  # two rows are Burma itself
    assert parsed.codes() == ["no-party"] * 2
    assert parsed.rejected == []
    kinds = Counter(row["schema"] for row in parsed.tables.relations.to_pylist())
    assert kinds == {"Ownership": 61, "UnknownLink": 60}
    measures = {row["value"] for row in parsed.statements if row["prop"] == "program"}
    # Of 36 measures those against Burma and North Korea name nobody whom they cover.
    assert len(measures) == 36 - 2
