"""The Swiss list, on small invented files in the published structure."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.ch_seco.names import MAX_SPELLINGS
from ingest.sources.ch_seco.source import SecoSource
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, links, parse_list

PROGRAMS = """
<sanctions-program ssid="20" version-date="2026-05-21" predecessor-version-date="2025-12-12">
  <program-key lang="eng">Zzyzx</program-key><program-key lang="ger">Zzyzx</program-key>
  <program-name lang="ger">Verordnung Zzyzx</program-name>
  <program-name lang="eng">Ordinance on measures against Zzyzx</program-name>
  <sanctions-set ssid="201" lang="eng">article 12 -- Restrictions on named individuals
  </sanctions-set>
  <sanctions-set ssid="202" lang="eng">article 16 -- Restrictions on the capital market
  </sanctions-set>
  <origin>EU</origin>
</sanctions-program>
<sanctions-program ssid="30">
  <program-key lang="eng">Nowhere</program-key>
  <sanctions-set ssid="301" lang="eng">annex</sanctions-set>
  <origin>UN</origin>
</sanctions-program>"""
PLACES = """
<place ssid="900"><location>Old Town</location><location-variant lang="eng"
  variant-type="spelling">Olde Towne</location-variant><area>East</area>
  <country iso-code="BY">Belarus</country></place>"""
LISTED = """<modification modification-type="listed" enactment-date="2014-03-01"
  publication-date="2014-03-02" effective-date="2014-03-03"/>"""
AMENDED = """<modification modification-type="amended" enactment-date="2015-11-17"
  publication-date="2015-11-18" effective-date="2015-11-18">
  <added><target ssid="1"><individual><identity ssid="9"><name><name-part><value>New</value>
  </name-part></name></identity></individual></target></added>
  <removed><relation ssid="6009" target-id="9702" relation-type="related-to"/></removed>
  </modification>"""
DELISTED = """<modification modification-type="de-listed" enactment-date="2016-02-29"
  publication-date="2016-03-01" effective-date="2016-03-01"/>"""
PERSON = """<target ssid="1"><sanctions-set-id>201</sanctions-set-id>
  <foreign-identifier>140</foreign-identifier>
  <individual sex="male">
    <identity ssid="11" main="true">
      <name ssid="12" name-type="primary-name" quality="good" lang="eng">
        <name-part order="2" name-part-type="given-name"><value>Foo</value>
          <spelling-variant lang="RUS" script="CYRL" spelling-variant-type="not-defined">Фу
          </spelling-variant>
          <spelling-variant lang="ENG" script="LATN">Foe</spelling-variant>
          <spelling-variant lang="ENG" script="LATN">Pho</spelling-variant></name-part>
        <name-part order="1" name-part-type="family-name"><value>Quuxley</value>
          <spelling-variant lang="RUS" script="CYRL">Куксли</spelling-variant>
          <spelling-variant lang="ENG" script="LATN">Kuxley</spelling-variant></name-part>
        <name-part order="3" name-part-type="father-name"><value>Barovich</value>
          <spelling-variant lang="BEL" script="CYRL">Баравіч</spelling-variant></name-part>
        <name-part order="4" name-part-type="title"><value>General</value></name-part>
      </name>
      <name ssid="13" name-type="alias" quality="low"><name-part order="1"
        name-part-type="whole-name"><value>The Quux</value></name-part></name>
      <name ssid="14" name-type="formerly-known-as" quality="good"><name-part order="1"
        name-part-type="whole-name"><value>Old Foo</value></name-part></name>
      <nationality ssid="15"><country iso-code="BY">Belarus</country></nationality>
      <day-month-year ssid="16" day="23" month="3" year="1980" calendar="Gregorian" quality="good"/>
      <day-month-year ssid="17" year="1981" quality="low"/>
      <place-of-birth ssid="18" place-id="900"/>
      <address ssid="19" place-id="900" quality="good"><c-o>Sports Club</c-o><address-details>Elm
        Row 4</address-details><zip-code>220029</zip-code><p-o-box>7</p-o-box></address>
      <identification-document ssid="20" document-type="diplomatic-passport">
        <number>D0001</number><issuer code="BY">Belarus</issuer>
        <date-of-issue>2010-02-03</date-of-issue><expiry-date>2020-02-03</expiry-date>
        <remark>reported lost</remark></identification-document>
    </identity>
    <identity ssid="21" main="false"><name ssid="22" name-type="primary-name" quality="good">
      <name-part order="1" name-part-type="whole-name"><value>Ali Other</value></name-part></name>
    </identity>
    <justification ssid="23">Reported to finance a listed group.</justification>
    <other-information ssid="24">Travel ban suspended.</other-information>
    <relation ssid="25" target-id="2" relation-type="related-to"/>
  </individual>"""
FIRM = """<target ssid="2" sanctions-set-id="202"><entity>
  <identity ssid="31" main="true"><name name-type="primary-name" quality="good"><name-part order="1"
    name-part-type="whole-name"><value>Neverland Bank</value></name-part></name>
    <day-month-year year="1991" month="5"/></identity>
  <relation ssid="32" target-id="77" relation-type="related-to"/></entity>"""
VESSEL = """<target ssid="3"><sanctions-set-id>301</sanctions-set-id>
  <foreign-identifier>KPe.900</foreign-identifier><object object-type="vessel">
  <identity ssid="41" main="true"><name name-type="primary-name" quality="good"><name-part order="1"
    name-part-type="whole-name"><value>Sea Ghost</value></name-part></name></identity>
  <other-information ssid="42">IMO Number: 7406784</other-information></object>"""


def _text(*targets: str, kind: str = "whole-list", tail: str = PLACES) -> str:
    body = "".join(f"{target}</target>" for target in targets)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<swiss-sanctions-list list-type="{kind}" '
        f'date="2026-08-27">{PROGRAMS}{body}{tail}</swiss-sanctions-list>'
    )


def _parse(tmp_path: Path, *targets: str) -> Parsed:
    (tmp_path / "consolidated-list_2026-08-27.xml").write_text(_text(*targets), "utf-8")
    return parse_list(SecoSource("ch_seco"), tmp_path, tmp_path / "out")


def test_a_person_has_names_places_and_a_listing(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON + AMENDED + LISTED, FIRM.replace("77", "1"))
    party = "ch-1"
    assert existing(parsed) == {party: "Person", "ch-2": "Organization"}
    assert parsed.values(party, "name") == ["Quuxley Foo Barovich"]
    assert parsed.values(party, "lastName") == ["Quuxley"]
    assert parsed.values(party, "firstName") == ["Foo"]
    assert parsed.values(party, "fatherName") == ["Barovich"]
    assert parsed.values(party, "title") == ["General"]
    assert parsed.values(party, "previousName") == ["Old Foo"]
    assert parsed.values(party, "nationality") == ["by"]
    assert parsed.values(party, "gender") == ["male"]
    assert parsed.values(party, "birthDate") == ["1980-03-23", "1981"]
    assert "The date 1981 is of low quality." in parsed.values(party, "notes")
    assert parsed.values(party, "birthPlace") == ["Old Town, East, Belarus"]
    assert parsed.values(party, "birthCountry") == ["by"]
    assert parsed.values(party, "topics") == ["sanction"]
    assert {"Travel ban suspended.", "Foreign identifier: 140"} <= set(
        parsed.values(party, "notes")
    )
    assert parsed.values("ch-1-addr-19", "city") == ["Old Town"]
    assert parsed.values("ch-1-addr-19", "postOfficeBox") == ["P.O. Box 7"]
    assert parsed.values("ch-1-addr-19", "remarks") == ["c/o Sports Club; Also: Olde Towne"]
    assert parsed.values(party, "passportNumber") == ["D0001"]
    (passport,) = {row["entity_id"] for row in parsed.statements if row["schema"] == "Passport"}
    assert parsed.values(passport, "startDate") == ["2010-02-03"]
    assert parsed.values(passport, "endDate") == ["2020-02-03"]
    assert parsed.values(passport, "country") == ["by"]
    assert parsed.values("ch-1-seco", "program") == ["Ordinance on measures against Zzyzx"]
    assert parsed.values("ch-1-seco", "provisions")[0].startswith("article 12")
    assert parsed.values("ch-1-seco", "listingDate") == ["2014-03-01"]
    assert parsed.values("ch-1-seco", "startDate") == ["2014-03-03"]
    assert parsed.values("ch-1-seco", "modifiedAt") == ["2015-11-18"]
    assert parsed.values("ch-1-seco", "reason") == ["Reported to finance a listed group."]
    assert parsed.values("ch-1-seco", "unscId") == []
    assert parsed.values("ch-1-seco", "endDate") == []
    assert parsed.codes() == []


def test_spellings_of_the_parts_go_together_by_language_and_order(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON + LISTED, FIRM)
    aliases = {(row["value"], row["lang"]) for row in parsed.rows("ch-1", "alias")}
    assert aliases == {
        ("Kuxley Foe Barovich", "eng"), ("Kuxley Pho Barovich", "eng"), ("Ali Other", None)
    }  # fmt: skip
    weak = {(row["value"], row["lang"]) for row in parsed.rows("ch-1", "weakAlias")}
    # A spelling that leaves parts out is a weak name: no letters of two scripts are mixed.
    assert weak == {("The Quux", None), ("Куксли Фу", "rus"), ("Баравіч", "bel")}


def test_many_spellings_are_capped_and_kept(tmp_path: Path) -> None:
    many = "".join(
        f'<spelling-variant lang="ENG" script="LATN">S{number}</spelling-variant>'
        for number in range(MAX_SPELLINGS + 2)
    )
    parts = "".join(
        f'<name-part order="{order}" name-part-type="whole-name"><value>V{order}</value>{many}'
        "</name-part>" for order in (1, 2, 3)
    )  # fmt: skip
    target = (
        '<target ssid="5"><entity><identity main="true"><name name-type="primary-name">'
        f"{parts}</name></identity></entity>"
    )
    parsed = _parse(tmp_path, target)
    assert len(parsed.values("ch-5", "alias")) == MAX_SPELLINGS
    assert parsed.codes() == ["capped-spellings"]
    assert "Spelling of a name: S25" in parsed.values("ch-5", "notes")


def test_i14_a_delisted_target_stays_with_an_end_and_no_topic(tmp_path: Path) -> None:
    # The youngest change stands first, but here a later amendment stands before the end.
    parsed = _parse(tmp_path, PERSON + AMENDED + DELISTED + LISTED, FIRM)
    assert existing(parsed)["ch-1"] == "Person"
    assert parsed.values("ch-1", "topics") == []
    assert parsed.values("ch-1-seco", "endDate") == ["2016-03-01"]
    assert parsed.values("ch-1-seco", "startDate") == ["2014-03-03"]


def test_a_target_that_was_listed_again_has_two_listings(tmp_path: Path) -> None:
    again = LISTED.replace("2014-", "2022-")
    parsed = _parse(tmp_path, PERSON + again + DELISTED + LISTED, FIRM)
    assert parsed.values("ch-1-seco", "endDate") == ["2016-03-01"]
    assert parsed.values("ch-1-seco-2", "startDate") == ["2022-03-03"]
    assert parsed.values("ch-1-seco-2", "endDate") == []
    assert parsed.values("ch-1", "topics") == ["sanction"]


def test_an_end_without_a_day_is_an_end(tmp_path: Path) -> None:
    end = '<modification modification-type="de-listed"/>'
    parsed = _parse(tmp_path, FIRM.replace("77", "2") + end)
    assert parsed.values("ch-2", "topics") == []
    assert "undated-end" in parsed.codes()


def test_vessels_un_numbers_and_measures_short_of_a_freeze(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, VESSEL + LISTED, FIRM + LISTED)
    assert existing(parsed)["ch-3"] == "Vessel"
    assert parsed.values("ch-3", "imoNumber") == ["IMO7406784"]
    assert parsed.values("ch-3-seco", "unscId") == ["KPe.900"]
    assert parsed.values("ch-3-seco", "program") == ["Nowhere"]
    assert parsed.values("ch-3", "topics") == ["sanction"]
    assert parsed.values("ch-2", "topics") == ["reg.action"]
    assert parsed.values("ch-2", "incorporationDate") == ["1991-05"]


def test_relations_link_targets_and_absent_ones_become_stubs(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON + AMENDED, FIRM)
    assert links(parsed) == [
        ("UnknownLink", "ch-1", "ch-2", "Related to"),
        ("UnknownLink", "ch-2", "ch-unresolved-77", "Related to"),
    ]
    assert parsed.codes() == ["unresolved-link"]
    assert {row["quote"] for row in parsed.tables.evidence.to_pylist()} == {"related-to"}


def test_what_is_unknown_is_kept_and_reported(tmp_path: Path) -> None:
    odd = (
        FIRM.replace("related-to", "owned-by").replace("77", "2").replace("202", "999")
        .replace("primary-name", "brand-name").replace('quality="good"', 'quality="fair"')
        .replace("<entity>", '<entity size="9">')
    )  # fmt: skip
    change = '<modification modification-type="moved" effective-date="2020-01-01"/>'
    cart = VESSEL.replace("vessel", "cart").replace('place-id="900"', "")
    lost = PERSON.replace('place-id="900"', 'place-id="901"')
    parsed = _parse(tmp_path, odd + change, cart, lost)
    assert {
        "unknown-relation-type", "unknown-set", "unknown-name-type", "unknown-quality",
        "unknown-modification", "unknown-type", "unknown-place", "unread-field",
    } == set(parsed.codes())  # fmt: skip
    assert existing(parsed)["ch-3"] == "Asset"
    assert parsed.values("ch-2", "alias") == ["Neverland Bank"]
    assert links(parsed)[1][3] == "Owned by"


@pytest.mark.parametrize(
    ("content", "error", "fault"),
    [
        (_text(PERSON)[:-300], ParseError, "broken off"),
        (_text(PERSON, kind="mutations"), ParseError, "not the whole list"),
        (_text(), AssertionFailed, "holds no targets"),
        ("<html/>", ParseError, "the root element is <html>"),
    ],
)
def test_a_broken_file_is_refused(
    tmp_path: Path, content: str, error: type[Exception], fault: str
) -> None:
    (tmp_path / "seco.xml").write_text(content, "utf-8")
    with pytest.raises(error, match=fault):
        parse_list(SecoSource("ch_seco"), tmp_path, tmp_path / "out")


def test_the_root_states_the_day(tmp_path: Path) -> None:
    path = tmp_path / "whatever.xml"
    path.write_text(_text(PERSON), "utf-8")
    source = SecoSource("ch_seco")
    assert source.published(source.find_files(tmp_path)) == "2026-08-27"
