from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entity_resolution.normalise.addresses import (
    Judged,
    Premises,
    compare_premises,
    parse_premises,
)


def compare(left: str, right: str, city: str | None = "Banjul", country: str = "gm") -> Judged:
    one = parse_premises(left, street=left, city=city, country=country)
    other = parse_premises(right, street=right, city=city, country=country)
    assert one is not None
    assert other is not None
    return compare_premises(one, other)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("62 Buckle Street", "62 Buckle St."),
        ("62, BUCKLE STREET", "Buckle Street No. 62"),
        (
            "Avenida Comandante de Valodia, No. 0.67, 1 Andar",
            "Avenida Comandante De Valodia n. 0.67, 1 Andar",
        ),
        ("Avenida 4 de Fevereiro No. 13, C.P. 6172", "Av. 4 de Fevereiro no 13 R/C"),
        ("ул. Ленина, д. 5", "ul. Lenina 5"),
        ("ul. Lenina d. 5 str. 2, pom. 7", "Lenina Ulitsa, dom 5, stroenie 2, office 9"),
        ("Calle 136 No. 59-80 Apto. 102", "Cll. 136 # 59 - 80"),
        ("Seestrasse 9", "Seestr. 9"),
        ("Calle 5A No. 22-13", "Calle 5a, No 22 - 13"),
        ("50 St Leonards Road", "St. Leonards Rd. 50"),
        ("House #D-85, Block-5, Clifton", "House No. D-85, Block 5, Clifton"),
        ("ul. Lenina d. 5 korp. 2 kv. 3", "Lenina ul., 5, korpus 2"),
        ("Bostan Sok. No. 12 Sariyer", "No: 12, Bostan Sokak, Sariyer"),
        ("Istinye Mh. Bostan Sk. N. 12", "No: 12, Istinye Mahallesi Bostan Sokak"),
        ("Kairaba Ave, P.O. Box 2176", "PO Box: 2176"),
        ("01BP1280, Rue de Canal", "01 B.P. 1280"),
        ("Awqaf Building, Naser Street", "Awqaf Bldg., 3rd Floor, Naser St."),
        ("No. 7, Daftari Ave., Zafar St.", "Number 7 Daftari, Zafar Street"),
        ("Plot 5, Kampala Road", "Kampala Rd, Plot No. 5"),
        ("675 Third Avenue, 29th Floor", "675 3rd Ave"),
        ("c/o VISCAYA LTDA.", "C/O Viscaya Ltda"),
    ],
)
def test_one_place_written_in_two_ways_is_the_same(left: str, right: str) -> None:
    assert compare(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            "Kairaba Ave, P.O. Box 2176",
            "Standard Chartered Bank Building, 2nd floor, Kairaba Ave",
        ),
        ("62 Buckle Street", "26 Buckle Street"),
        ("62 Buckle Street", "62 Picton Street"),
        ("3-5 Voat Phnum", "35 Voat Phnum"),
        ("ul. Lenina d. 5 korp. 1", "ul. Lenina d. 5 korp. 2"),
        ("P.O. Box 2176", "P.O. Box 636"),
        ("Al Salia Building, Embassy Street", "Ahlam Building, Embassies Street"),
        ("Carrera 4 No. 12-20", "Carrera 12 No. 4-20"),
    ],
)
def test_other_premises_on_one_street_differ(left: str, right: str) -> None:
    assert compare(left, right).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            "Standard Chartered Bank Building, 2nd floor, Kairaba Ave",
            "Standard Chartered House Building 16, Kairaba Avenue",
        ),
        ("ul. Lenina d. 5", "ul. Lenina d. 5 str. 2"),
        ("Calle Hidalgo 100, Colonia Centro", "Calle Hidalgo 100, Colonia Roma"),
        ("12 Panteli Katelari Street", "12 Pantelis Katelaris Street"),
    ],
)
def test_what_the_texts_do_not_decide_is_left_to_a_person(left: str, right: str) -> None:
    assert compare(left, right).verdict == "possible"


@pytest.mark.parametrize(
    "text",
    [
        "Kairaba Avenue",
        "Embassy Street, Bir Hassan",
        "Calle 5",
        "Avenida 4 de Fevereiro",
        "Boulevard du 30 Juin",
        "5th Alley",
        "West 23rd Street",
        "Pipeline Road",
        "2nd floor",
        "No. 15",
        "Business Center",
        "Jebel Ali Free Zone",
        "Km. 5 Via Aeropuerto",
        "Verdun",
        "",
        ",;",
    ],
)
def test_a_street_a_district_or_a_floor_alone_is_no_premises(text: str) -> None:
    assert parse_premises(text, street=text, city="Beirut", country="lb") is None


def test_a_city_and_a_country_alone_are_no_premises() -> None:
    assert parse_premises("Banjul, The Gambia", city="Banjul", country="gm") is None
    assert parse_premises("Banjul, The Gambia") is None


def test_a_full_text_gives_up_its_city_and_country() -> None:
    full = parse_premises("62 Buckle Street, Banjul, The Gambia")
    apart = parse_premises("", street="62 Buckle St", city="Banjul", country="gm")
    assert full is not None
    assert apart is not None
    assert (full.city, full.country) == (("banjul",), "gm")
    assert compare_premises(full, apart).verdict == "same"


def test_another_city_or_country_differs_and_a_spelling_does_not() -> None:
    def at(city: str | None, country: str | None) -> Premises:
        found = parse_premises("", street="10 Main Street", city=city, country=country)
        assert found is not None
        return found

    isfahan = at("Isfahan", "ir")
    assert compare_premises(isfahan, at("Esfahan 81658", "ir")).verdict == "same"
    assert compare_premises(isfahan, at("Tehran", "ir")).verdict == "different"
    assert compare_premises(isfahan, at("Isfahan", "iq")).verdict == "different"
    assert compare_premises(isfahan, at(None, "ir")).verdict == "possible"


def test_floor_and_suite_are_kept_as_detail() -> None:
    found = parse_premises(
        "", street="5th Floor, Suite 12, 9 Main Road", city="Accra", country="gh"
    )
    assert found is not None
    assert found.detail == ("floor 5", "suite 12")
    assert found.numbers == "9"


@settings(deadline=None)  # the first country name builds an index
@given(st.text(max_size=300), st.text(max_size=40), st.none() | st.text(max_size=5))
def test_any_text_is_read_without_a_crash(text: str, city: str, country: str | None) -> None:
    for found in (
        parse_premises(text),
        parse_premises(text, street=text, city=city, country=country),
    ):
        if found is not None:
            assert found.keys
            assert compare_premises(found, found).verdict in ("same", "possible")


_ADDRESS = st.builds(
    lambda *parts: ", ".join(part for part in parts if part),
    st.sampled_from(["", "12 Main Street", "No. 5", "Alpha Tower", "d. 7 korp. 2", "PO Box 9931"]),
    st.sampled_from(["", "Lenin St", "High Road", "3rd Floor", "Block B"]),
    st.sampled_from(["", "North District", "Hamra"]),
)
_CITY = st.sampled_from([None, "Beirut", "Beyrut", "Tyre"])


@given(_ADDRESS, _CITY, _ADDRESS, _CITY)
def test_comparing_is_symmetric(
    left: str, left_city: str | None, right: str, right_city: str | None
) -> None:
    one = parse_premises(left, street=left, city=left_city, country="lb")
    other = parse_premises(right, street=right, city=right_city, country="lb")
    if one is not None and other is not None:
        assert compare_premises(one, other).verdict == compare_premises(other, one).verdict


@given(
    st.sampled_from(["Kairaba", "Embassy", "Shariati", "De Gaulle", "Lenin"]),
    st.sampled_from(["Street", "Ave", "Avenue", "Road", "Blvd", "Straat", "Caddesi"]),
    st.sampled_from(["", "Old ", "North "]),
)
def test_a_street_without_a_number_never_is_premises(name: str, kind: str, before: str) -> None:
    assert parse_premises("", street=f"{before}{name} {kind}", city="Banjul", country="gm") is None
