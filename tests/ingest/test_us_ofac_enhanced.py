"""OFAC's Enhanced XML: small invented lists, and the whole real non-SDN list."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.us_ofac.enhanced import OfacEnhancedSource
from tests.data import require_data
from tests.ingest.ofac_files import Parsed, parse
from tests.ingest.ofac_formats import make_enhanced


def _read(folder: Path, text: str, dataset: str = "us_ofac_sdn") -> Parsed:
    path = folder / "list.xml"
    path.write_text(text, "utf-8")
    return parse(path, folder / "out", OfacEnhancedSource(dataset))


def _relation(number: int, kind: str, target: int, more: str = "", words: str = "x") -> str:
    return (
        f'<relationship id="{number}"><type refId="{kind}">{words}</type>'
        f'<relatedEntity entityId="{target}">THE OTHER</relatedEntity>{more}</relationship>'
    )


def _ties(parsed: Parsed) -> dict[str, tuple[str, str, str, str]]:
    return {row["id"]: (row["schema"], row["source"], row["target"], row["role"])
            for row in parsed.tables.relations.to_pylist()}  # fmt: skip


def test_each_membership_is_a_listing_with_its_own_day(tmp_path: Path) -> None:
    text = make_enhanced().replace(
        "</sanctionsLists>",
        '<sanctionsList refId="7" id="77" datePublished="2014-07-16">Sectoral List</sanctionsList>'
        "</sanctionsLists>", 1,
    )  # fmt: skip
    parsed = _read(tmp_path, text)
    assert parsed.values("ofac-101-sdn", "listingDate") == ["2010-12-09"]
    assert parsed.values("ofac-101-sdn", "programId") == ["FTO", "SDGT"]
    assert parsed.values("ofac-101-sdn-77", "listingDate") == ["2014-07-16"]
    assert parsed.values("ofac-101-sdn-77", "publisher") == ["Sectoral List"]
    assert parsed.values("ofac-101-sdn-77", "entity") == ["ofac-101"]


def test_only_the_list_of_blocked_parties_makes_one_sanctioned(tmp_path: Path) -> None:
    text = make_enhanced()
    other = text.replace("SDN List", "Consolidated List").replace(
        "</sanctionsLists>",
        '<sanctionsList refId="7" id="77" datePublished="2022-02-24">SDN List</sanctionsList>'
        "</sanctionsLists>", 1,
    )  # fmt: skip
    assert _read(tmp_path, text).values("ofac-102", "topics") == ["sanction"]
    parsed = _read(tmp_path, other, "us_ofac_cons")
    assert parsed.values("ofac-101", "topics") == ["reg.action", "sanction"]
    assert parsed.values("ofac-102", "topics") == ["reg.action"]


@pytest.mark.parametrize(
    ("kind", "schema", "source", "target"),
    [
        ("15003", "Ownership", "ofac-102", "ofac-101"),
        ("92019", "Ownership", "ofac-101", "ofac-102"),
        ("15002", "Representation", "ofac-101", "ofac-102"),
        ("91725", "Directorship", "ofac-101", "ofac-102"),
        ("91422", "Membership", "ofac-101", "ofac-102"),
        ("15001", "UnknownLink", "ofac-101", "ofac-102"),
    ],
)
def test_relations_have_the_publishers_direction(
    tmp_path: Path, kind: str, schema: str, source: str, target: str
) -> None:
    # 101 is a person: "owned or controlled by 102" is taken by no schema, so it is turned round.
    parsed = _read(tmp_path, make_enhanced(relations=_relation(1, kind, 102)))
    expected = (source, target) if kind != "15003" else (target, source)
    assert _ties(parsed)["ofac-rel-1"] == (schema, *expected, "x")
    assert ("relation-flipped" in parsed.codes()) == (kind == "15003")
    row = next(row for row in parsed.tables.relations.to_pylist() if row["id"] == "ofac-rel-1")
    assert row["percentage_minimum"] is None


def test_an_owned_organisation_becomes_a_company_and_keeps_its_owner(tmp_path: Path) -> None:
    parsed = _read(tmp_path, make_enhanced())
    # The vessel 103 is owned by 102, which is owned by the person 101.
    assert _ties(parsed)["ofac-rel-102101"][:3] == ("Ownership", "ofac-101", "ofac-102")
    assert _ties(parsed)["ofac-rel-103102"][:3] == ("Ownership", "ofac-102", "ofac-103")
    schemata = {row["schema"] for row in parsed.rows("ofac-102", "id")}
    assert schemata == {"Organization", "Company"}
    assert {row["schema"] for row in parsed.rows("ofac-103", "id")} == {"Vessel"}


def test_family_is_of_two_people_or_a_plain_link(tmp_path: Path) -> None:
    ties = _relation(1, "15004", 105) + _relation(2, "15004", 102) + _relation(3, "15004", 9)
    parsed = _read(tmp_path, make_enhanced(relations=ties))
    assert [_ties(parsed)[f"ofac-rel-{number}"][0] for number in (1, 2, 3)] == [
        "Family", "UnknownLink", "UnknownLink"
    ]  # fmt: skip
    assert parsed.codes().count("relation-unfit") == 2


def test_a_relation_to_a_party_of_another_list_is_a_bare_reference(tmp_path: Path) -> None:
    parsed = _read(tmp_path, make_enhanced(relations=_relation(1, "15002", 4695)))
    assert _ties(parsed)["ofac-rel-1"][2] == "ofac-4695"
    assert not parsed.rows("ofac-4695", "id")
    (row,) = [row for row in parsed.tables.evidence.to_pylist()
              if row["relation_id"] == "ofac-rel-1"]  # fmt: skip
    assert (row["by"], row["on"], row["standing"]) == ("OFAC", "2023-12-28", True)
    assert row["quote"] == "x THE OTHER"


def test_former_and_quality_are_kept_and_an_unknown_type_is_reported(tmp_path: Path) -> None:
    more = '<quality refId="1">High</quality><isFormer>true</isFormer><comments>c</comments>'
    ties = _relation(1, "15002", 102, more, "Acting for") + _relation(
        2, "31337", 102, words="Rival"
    )
    parsed = _read(tmp_path, make_enhanced(relations=ties))
    assert _ties(parsed)["ofac-rel-1"][3] == "former Acting for"
    assert _ties(parsed)["ofac-rel-2"] == ("UnknownLink", "ofac-101", "ofac-102", "Rival")
    notes = {row["note"] for row in parsed.tables.evidence.to_pylist()}
    assert "Relation quality: High c" in notes
    assert parsed.codes() == ["unknown-relation-type"]


def test_two_parties_that_own_each_other_are_a_doubt_and_both_kept(tmp_path: Path) -> None:
    head, mark, tail = make_enhanced().partition('<entity id="105">')
    tail = tail.replace("Individual", "Entity").replace('refId="91725"', 'refId="92019"')
    other = _relation(2, "92019", 105) + '<relationship id="102101">'
    head = head.replace('<relationship id="102101">', other)
    parsed = _read(tmp_path, head + mark + tail)
    ties = _ties(parsed)
    assert ties["ofac-rel-2"][:3] == ("Ownership", "ofac-102", "ofac-105")
    assert ties["ofac-rel-105102"][:3] == ("Ownership", "ofac-105", "ofac-102")
    assert "direction-doubtful" in parsed.codes()


def test_a_weak_former_name_is_weak_and_noted(tmp_path: Path) -> None:
    text = make_enhanced().replace(
        "</names>", '<name id="9"><isPrimary>false</isPrimary><aliasType refId="1">F.K.A.'
        "</aliasType><isLowQuality>true</isLowQuality><translations><translation><isPrimary>true"
        "</isPrimary><script>Latin</script><formattedFullName>WEAK &amp; OLD</formattedFullName>"
        "</translation><translation><isPrimary>false</isPrimary><script>Chinese Simplified</script>"
        "<formattedFullName>夸克斯</formattedFullName></translation></translations></name></names>",
        1,
    )  # fmt: skip
    parsed = _read(tmp_path, text)
    assert parsed.values("ofac-101", "weakAlias") == ["FOOBAR", "WEAK & OLD", "夸克斯"]
    assert parsed.values("ofac-101", "previousName") == []
    assert "F.K.A. 'WEAK & OLD'" in parsed.values("ofac-101", "notes")
    (chinese,) = [row for row in parsed.rows("ofac-101", "weakAlias") if row["value"] == "夸克斯"]
    assert chinese["lang"] == "zho"


def test_what_is_new_is_reported_and_what_is_known_is_not(tmp_path: Path) -> None:
    parsed = _read(tmp_path, make_enhanced(extra='<newSection a="1">text</newSection>'))
    assert parsed.codes() == ["unread-field", "unread-field"]
    assert "newSection" in parsed.messages("unread-field")[0]
    assert _read(tmp_path, make_enhanced()).codes() == []


def test_references_without_a_text_are_looked_up_or_kept_as_numbers(tmp_path: Path) -> None:
    feature = ('<features><feature id="1"><type featureTypeId="1">Website</type>'
               "<valueRefId>{}</valueRefId></feature></features>")  # fmt: skip
    parsed = _read(tmp_path, make_enhanced(extra=feature.format("1560")))
    assert parsed.codes() == ["unclean-value"]  # "Confirmed" is no address of a web site
    parsed = _read(tmp_path, make_enhanced(extra=feature.format("99")))
    assert "unknown-reference" in parsed.codes()
    assert "99" in parsed.values("ofac-101", "notes")


def test_the_file_of_the_other_list_an_empty_and_a_cut_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="another list"):
        _read(tmp_path, make_enhanced(), "us_ofac_cons")
    empty = make_enhanced().split("<entities>")[0] + "</sanctionsData>"
    with pytest.raises(AssertionFailed, match="no parties"):
        _read(tmp_path, empty)
    with pytest.raises(ParseError, match="broken off"):
        _read(tmp_path, make_enhanced()[:-400])


def test_two_parties_of_one_number_are_both_kept(tmp_path: Path) -> None:
    text = make_enhanced().replace('<entity id="105">', '<entity id="101">')
    parsed = _read(tmp_path, text)
    assert parsed.values("ofac-101-dup2", "name") == ["DRAX, Mil"]
    assert parsed.values("ofac-101-dup2-sdn", "entity") == ["ofac-101-dup2"]
    assert parsed.codes() == ["duplicate-id"]


def test_hostile_text_is_text(tmp_path: Path) -> None:
    hostile = "'; DROP TABLE x; --&lt;script&gt;\u202e\u200b a.k.a. 'X'"
    text = make_enhanced().replace("62 Elm Row", hostile).replace("FOOBAR", hostile)
    parsed = _read(tmp_path, text)
    assert any("DROP TABLE" in value for value in parsed.values("ofac-101", "weakAlias"))
    assert len(parsed.values("ofac-101", "addressEntity")) == 1


@pytest.fixture(scope="module")
def cons(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    path = require_data("ofac_nonsdn", "CONS_ENHANCED.ZIP")
    out = tmp_path_factory.mktemp("enhanced")
    return parse(path, out, OfacEnhancedSource("us_ofac_cons"))


@pytest.mark.lists
def test_i9_the_real_list_is_read_whole(cons: Parsed) -> None:
    kinds = Counter(row["schema"] for row in cons.statements if row["prop"] == "id")
    assert (kinds["Organization"], kinds["Person"]) == (363, 80)
    ties = _ties(cons).values()
    assert Counter(role for _, _, _, role in ties) == {
        "Owned or Controlled By": 278, "Owns, controls, or operates": 4,
        "Acting for or on behalf of": 1,
    }  # fmt: skip
    assert "unread-field" not in cons.codes()
    assert set(cons.codes()) <= {"unknown-remark", "unclean-value"}
    assert cons.rejected == []


@pytest.mark.lists
def test_i10_real_owners_stand_on_the_right_side(cons: Parsed) -> None:
    pairs = {(source, target) for schema, source, target, _ in _ties(cons).values()
             if schema == "Ownership"}  # fmt: skip
    assert ("ofac-17022", "ofac-18267") in pairs  # Rosneft owns Orenburgneft
    assert ("ofac-32087", "ofac-30947") in pairs  # Huawei Investment owns Huawei Technologies
    # Looks inverted, and is stored as published: nothing in the file itself contradicts it.
    assert ("ofac-30924", "ofac-30942") in pairs
    assert len(pairs) == 282
    (bare,) = [tie for tie in _ties(cons).values() if tie[0] == "Representation"]
    assert bare == ("Representation", "ofac-9647", "ofac-4695", "Acting for or on behalf of")
    assert not [row for row in cons.tables.relations.to_pylist() if row["percentage_minimum"]]


@pytest.mark.lists
def test_i11_every_real_membership_has_its_day(cons: Parsed) -> None:
    listings = {row["entity_id"] for row in cons.statements if row["schema"] == "Sanction"}
    days = [row for row in cons.statements if row["prop"] == "listingDate"]
    assert len(listings) == len(days) == 966
    assert cons.values("ofac-17016-cons", "listingDate") == ["2014-10-10"]
    own = {row["entity_id"]: row["value"] for row in cons.statements if row["prop"] == "publisher"}
    assert Counter(own.values())["SDN List"] == 77


@pytest.mark.lists
def test_i7_real_low_quality_names_are_weak(cons: Parsed) -> None:
    weak = [row for row in cons.statements if row["prop"] == "weakAlias"]
    # 70 names, one of them in two scripts.
    assert len(weak) == 71
    assert len([row for row in weak if row["value"].isascii()]) == 70
    assert "БАНК ВТБ ПАО" in cons.values("ofac-17013", "alias")
