"""Canada's list, on small invented files in the layouts of 2023 and 2026."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.ca_sema import SemaSource, split_aliases
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, parse_list

BILINGUAL = {
    "Country": "Country-Pays", "LastName": "LastName-NomDeFamille",
    "GivenName": "GivenName-Prenom", "EntityOrShip": "EntityOrShip-EntiteOuNavire",
    "Aliases": "Aliases-Alias", "TitleOrShip": "TitleOrShipType-TitreOuTypeDeNavire",
    "DateOfBirthOrShipBuildDate": "DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDe"
    "ConstructionDuNavire", "ShipIMONumber": "ShipIMONumber-NumeroOMIDuNavire",
    "Schedule": "Schedule-Annexe", "Item": "Item-NumeroDarticle",
    "DateOfListing": "DateOfListing-DateDinscription",
}  # fmt: skip
PERSON = {
    "Country": "Zzyzx / Zzyzxie", "LastName": "QUUXLEY\u00a0", "GivenName": "Foo  Bar",
    "Aliases": "Foe Kuxley; F. Quux, The Quux",
    "DateOfBirthOrShipBuildDate": "1972-08-26 or 1974", "Schedule": "1, Part 1", "Item": "94",
    "DateOfListing": "2019-03-15", "TitleOrShip": "General | Général",
}  # fmt: skip
FIRM = {
    "Country": "Zzyzx / Zzyzxie", "EntityOrShip": "Neverland Trading",
    "Aliases": "Neverland Co., Ltd., Neverland Retail", "Schedule": "1, Part 2", "Item": "1",
    "DateOfListing": "2014-03-21",
}  # fmt: skip
SHIP = {
    "Country": "Zzyzx / Zzyzxie", "EntityOrShip": "Sea Ghost", "ShipIMONumber": "7406784",
    "TitleOrShip": "General Cargo | Cargo classique", "DateOfBirthOrShipBuildDate": "1986",
    "Schedule": "1.1", "Item": "2", "DateOfListing": "2025-02-24",
}  # fmt: skip


def _text(*records: dict[str, str], old: bool = False) -> str:
    body = ""
    for record in records:
        cells = (
            (name if old else BILINGUAL.get(name, name), text) for name, text in record.items()
        )
        body += "<record>" + "".join(f"<{name}>{text}</{name}>" for name, text in cells)
        body += "</record>\n"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<data-set>{body}</data-set>'


def _parse(tmp_path: Path, *records: dict[str, str], old: bool = False) -> Parsed:
    (tmp_path / "sema-lmes.xml").write_text(_text(*records, old=old), "utf-8")
    return parse_list(SemaSource("ca_sema"), tmp_path, tmp_path / "out")


@pytest.mark.parametrize("old", [True, False])
def test_persons_firms_and_ships_are_told_apart_in_both_layouts(
    tmp_path: Path, *, old: bool
) -> None:
    parsed = _parse(tmp_path, PERSON, FIRM, SHIP, old=old)
    person, firm, ship = "ca-zzyzx-1-part-1-94", "ca-zzyzx-1-part-2-1", "ca-zzyzx-1.1-2"
    assert existing(parsed) == {person: "Person", firm: "Organization", ship: "Vessel"}
    assert parsed.values(person, "name") == ["Foo Bar QUUXLEY"]
    assert parsed.values(person, "lastName") == ["QUUXLEY"]
    assert parsed.values(person, "alias") == ["F. Quux", "Foe Kuxley", "The Quux"]
    assert parsed.values(person, "birthDate") == ["1972-08-26", "1974"]
    assert parsed.values(person, "title") == ["General"]
    assert parsed.values(person, "nationality") == []  # the regulation's country is none
    assert parsed.values(person, "topics") == ["sanction"]
    assert parsed.values(f"{person}-sema", "program") == ["Zzyzx / Zzyzxie"]
    assert parsed.values(f"{person}-sema", "listingDate") == ["2019-03-15"]
    assert parsed.values(f"{person}-sema", "authorityId") == ["Schedule 1, Part 1, item 94"]
    assert parsed.values(firm, "alias") == ["Neverland Co., Ltd.", "Neverland Retail"]
    assert parsed.values(ship, "imoNumber") == ["IMO7406784"]
    assert parsed.values(ship, "type") == ["General Cargo"]
    assert parsed.values(ship, "buildDate") == ["1986"]
    assert parsed.codes() == []


def test_a_number_of_two_is_reported_and_neither_is_lost(tmp_path: Path) -> None:
    other = {**PERSON, "GivenName": "Baz"}
    parsed = _parse(tmp_path, PERSON, PERSON, other)
    assert set(existing(parsed)) == {"ca-zzyzx-1-part-1-94", "ca-zzyzx-1-part-1-94-dup2"}
    assert parsed.codes() == ["duplicate-id", "duplicate-row"]


def test_odd_records_are_reported(tmp_path: Path) -> None:
    unnumbered = {name: text for name, text in FIRM.items() if name != "Item"}
    nobody = {"Country": "Zzyzx", "Item": "3"}
    parsed = _parse(tmp_path, {**PERSON, "ShoeSize-Pointure": "44"}, unnumbered, nobody)
    assert parsed.codes() == ["no-item", "no-name", "unread-field"]
    assert len(existing(parsed)) == 2
    assert parsed.messages("unread-field")[0].startswith("ShoeSize is not read")


def test_aliases_are_parted_but_not_inside_the_name_of_a_firm() -> None:
    assert split_aliases("A B, C D", person=True) == ["A B", "C D"]
    assert split_aliases("A Co., Ltd; B", person=False) == ["A Co., Ltd", "B"]
    assert split_aliases(" ", person=False) == []


@pytest.mark.parametrize(
    ("content", "error", "fault"),
    [
        (_text(PERSON)[:-30], ParseError, "broken off"),
        (_text(), AssertionFailed, "holds no records"),
        ("<html/>", ParseError, "the root element is <html>"),
    ],
)
def test_a_broken_file_is_refused(
    tmp_path: Path, content: str, error: type[Exception], fault: str
) -> None:
    (tmp_path / "sema-lmes.xml").write_text(content, "utf-8")
    with pytest.raises(error, match=fault):
        parse_list(SemaSource("ca_sema"), tmp_path, tmp_path / "out")
