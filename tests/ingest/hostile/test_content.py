"""Hostile text in a list that is read: the party stays, its neighbours too, and oddities are told.

What a list says of its parties is text of strangers. It is kept or cleaned, never dropped without a
word; a day that there is none, a share over the whole, a number given twice are told.
"""

from __future__ import annotations

import pytest
from followthemoney.types import registry

from tests.ingest.hostile.place import Loaded, Place
from tests.ingest.hostile.samples import SECOND, encode, spoil

MARKS = "\u200b\u200d\u202e\u202d\u2066\u2069\u200f\ufeff\u00ad"
# Each is a name of which "Zarkon" is a part that nothing takes away.
NAMES = {
    "html": "Zarkon <script>alert(1)</script> & \"Co\"",
    "markup": "Zarkon ]]> <!-- &amp;lt; -->",
    "formula": "=HYPERLINK(\"http://a.example\",\"Zarkon\")",
    "command": "@SUM(1+1)*cmd|' /C calc'!A0 Zarkon",
    "cypher": "Zarkon' }) DETACH DELETE n //`",
    "sql": "Zarkon'); DROP TABLE statements; --",
    "template": "Zarkon {{7*7}} ${7*7} %s %(x)s {0} {x!r}",
    "path": "../../etc/passwd Zarkon",
    "bidi": "\u202eZarkon\u202c gpj.exe",
    "isolate": "\u2066Zarkon\u2069 \u200fLtd",
    "mark": "\ufeffZarkon\ufeff",
    "unassigned": "Zarkon \U000e0001\U000e0041 \ufffd",
    "combining": "Zarkon-" + "\u0301" * 300,
    "supplementary": "Zarkon \U0001f4b0 \U00020000",
    "long": "Zarkon " + "very " * 2000,
    "separators": "Zarkon \x85\u2028\u2029 Ltd",
    "controls": "Zarkon \x80\x9b31m Ltd",
}  # fmt: skip


def _texts(loaded: Loaded) -> list[str]:
    rows = [*loaded.statements, *loaded.evidence, *loaded.relations]
    return [str(value) for row in rows for value in row.values() if value is not None]


def test_a_hostile_name_is_kept_and_its_neighbours_too(place: Place) -> None:
    first = place.load(place.sample.files)
    kept = {row["value"] for row in first.statements if SECOND in str(row["value"])}
    for why, name in NAMES.items():
        again = place.load(spoil(place.sample, name=name))
        assert again.refusal is None, (why, again.refusal)
        assert any("Zarkon" in text for text in _texts(again)), why
        assert kept <= {row["value"] for row in again.statements}, why
        assert len(again.relations) == len(first.relations), why


def test_invisible_marks_within_a_name_do_not_hide_its_party(place: Place) -> None:
    name = place.sample.name
    if place.kind in ("gleif_rr", "gleif_repex"):
        pytest.skip("states no names")
    first = place.load(place.sample.files)
    assert first.refusal is None
    for mark in MARKS:
        again = place.load(spoil(place.sample, name=f"{name[:4]}{mark}{name[4:]}"))
        assert again.refusal is None
        names = {row["value"] for row in again.statements if row["prop"] in ("name", "alias")}
        found = {registry.name.clean(each) or each for each in names}
        assert any(name in "".join(char for char in each if char not in MARKS) for each in found), (
            repr(mark),
            names,
        )


def test_a_day_that_there_is_none_is_told_and_kept_in_words(place: Place) -> None:
    if place.sample.day is None:
        pytest.skip("states no days of its parties")
    first = place.load(place.sample.files)
    again = place.load(spoil(place.sample, day=""))
    assert again.refusal is None
    assert set(again.told) - set(first.told), "31 February was taken without a word"
    for row in again.statements:
        assert not row["value"].endswith("-02-31") or row["prop"] in ("notes", "description"), row
    wrong = [row for row in again.relations if "-02-31" in f"{row['start']} {row['end']}"]
    assert not wrong


def test_a_share_over_the_whole_is_told_and_makes_no_percentage(place: Place) -> None:
    if place.sample.share is None:
        pytest.skip("states no shares")
    place.load(place.sample.files)
    again = place.load(spoil(place.sample, share=""))
    assert again.refusal is None
    for row in again.relations:
        assert (row["percentage_minimum"] or 0) <= 100, row
        assert (row["percentage_maximum"] or 0) <= 100, row
    # FinCEN states shares in words alone, which are kept as they are.
    assert again.told or place.kind == "us_fincen_csv"


def test_a_party_tied_to_itself_is_kept_or_told(place: Place) -> None:
    if place.sample.loop is None:
        pytest.skip("states no relations that a loop can be made of")
    first = place.load(place.sample.files)
    again = place.load(spoil(place.sample, loop=""))
    assert again.refusal is None
    assert len(again.relations) >= len(first.relations) or again.told


# A row, or a line, is no party here: those of one number are parts of one, all of which are kept.
_IN_PARTS = ("gb_ofsi_csv", "gb_fcdo_csv", "eu_journal_csv", "table", "ftm")

# A registry's row of a number that another row has is joined with it; nothing is lost, but that it
# happened is not told: the numbers of millions of rows are not held.
_SILENT = ("gb_psc_jsonl",)


def test_a_number_given_to_two_parties_loses_neither(place: Place) -> None:
    if place.sample.numbers is None:
        pytest.skip("parties have no numbers")
    place.load(place.sample.files)
    again = place.load(spoil(place.sample, numbers=""))
    if again.refusal is not None:
        return
    if place.kind in _SILENT:
        assert not again.told, "strict: this gap is closed, take the format off the list"
    else:
        assert again.told or place.kind in _IN_PARTS, "two parties became one without a word"
    if place.kind != "bods":  # a later statement about a record takes the place of the earlier
        said = " ".join([*_texts(again), *again.told])
        assert place.sample.name in said
        assert SECOND in said


def test_numbers_that_differ_in_case_alone_are_two_parties_or_told(place: Place) -> None:
    if place.sample.cased is None:
        pytest.skip("numbers are digits, or none")
    first = place.load(place.sample.files)
    again = place.load(spoil(place.sample, cased=""))
    if again.refusal is not None:
        return
    ids = {row["entity_id"] for row in again.statements}
    assert len({each.casefold() for each in ids}) == len(ids), "ids that differ in case alone"
    parties = {row["entity_id"] for row in first.statements}
    assert len(ids) >= len(parties) or again.told or place.kind in (*_SILENT, "gleif_lei")


def test_what_is_loaded_again_from_the_archive_is_the_same(place: Place) -> None:
    """A hostile name is read the same way each time: no order of a set, no clock in it."""
    files = {name: encode(body) for name, body in spoil(place.sample, name=NAMES["html"]).items()}
    first = place.load(files)
    assert first.report is not None
    assert place.load(files).report is not None
    assert len(place.archive.versions(first.report.dataset)) == 1
