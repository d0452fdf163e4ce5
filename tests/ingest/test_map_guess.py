"""Proposals of mappings: they load, they show every column, and they do not claim to know."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from followthemoney.util import sanitize_text
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import ParseError
from ingest.table.guess import guess_mapping
from ingest.table.guess_columns import Column, guess_column, read_header
from ingest.table.guess_text import quote
from tests.ingest.table_files import Read, make_csv

AGENTS = make_csv(
    ("principal", "master_agent", "sub_agent", "outlet_name", "outlet_address", "country",
     "status", "start", "end"),
    ("Ghost Pay", "Zed Example", "Yan Example", "Shop", "1 Elm Row", "Gambia", "active",
     "2010-01-01", ""),
    ("Ghost Pay", "Zed Example", "Yan Example", "Shop", "2 Elm Row", "Gambia", "ended",
     "2010-01-01", "2012-05-06"),
)  # fmt: skip
SPANISH = make_csv(
    ("RUC", "Razón social", "Dirección", "País", "Fecha de constitución", "Accionista",
     "Participación %", "Correo", "xyz"),
    ("1", "Fantasma SA", "Calle 1", "Perú", "31/12/2001", "Zed Ejemplo", "25", "a@a.org", "q"),
    ("2", "Beta SA", "Calle 2", "Perú", "13/01/2002", "Zed Ejemplo", "50", "b@example.org", "r"),
    ("3", "Gama SA", "Calle 2", "Perú", "14/01/2002", "", "", "c@example.org", "r"),
)  # fmt: skip
PEOPLE = make_csv(
    ("First name", "Last name", "DOB", "Passport no.", "Sex"),
    ("Zed", "Example", "1960-01-02", "X1", "m"),
    ("Yan", "Example", "1961", "X2", "f"),
)  # fmt: skip
SHIPS = make_csv(
    ("Vessel name", "IMO", "Flag", "Owner"),
    ("GHOST STAR", "9074729", "Gambia", "Ghost Shipping Ltd"),
    ("GHOST MOON", "9176187", "Panama", "Ghost Shipping Ltd"),
)  # fmt: skip
RUSSIAN = make_csv(
    ("ИНН", "Наименование", "Адрес", "Директор", "Дата регистрации"),
    ("7700000001", "ООО Призрак", "Улица 1", "Иван Пример", "01.02.2003"),
    ("7700000002", "ООО Два", "Улица 2", "Иван Пример", "23.04.2005"),
)
CHINESE = make_csv(("统一社会信用代码", "企业名称", "法定代表人"),
                   ("A1", "幽灵贸易公司", "张三"), ("A2", "幻影公司", "李四"))  # fmt: skip
ARABIC = make_csv(("رقم السجل", "اسم الشركة", "المالك"),
                  ("1", "شركة الشبح", "زيد المثال"),
                  ("2", "شركة الخيال", "زيد المثال"))  # fmt: skip
TABLES = {"agents": AGENTS, "spanish": SPANISH, "people": PEOPLE, "ships": SHIPS,
          "russian": RUSSIAN, "chinese": CHINESE, "arabic": ARABIC}  # fmt: skip


def load_guess(folder: Path, table: str, name: str = "list.csv") -> tuple[str, Read]:
    """The proposal for a table, and what comes of loading it as it is."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(table, "utf-8", newline="")
    text = guess_mapping(folder / name)
    (folder / "mapping.yml").write_text(text, "utf-8")
    return text, Read(folder)


@pytest.mark.parametrize("which", TABLES)
def test_a_proposal_loads_as_it_is_and_shows_every_column(tmp_path: Path, which: str) -> None:
    text, read = load_guess(tmp_path / which, TABLES[which])
    for column in TABLES[which].splitlines()[0].split(","):
        assert quote(column) in text
    assert read.values("name")
    assert "rejected-value" not in read.codes()


def test_two_outlets_of_one_sub_agent_are_two_nodes_under_one_chain(tmp_path: Path) -> None:
    _, read = load_guess(tmp_path / "agents", AGENTS)
    outlets = read.ids("Organization")
    assert len(outlets) == 2
    assert read.values("classification") == ["outlet", "outlet"]
    clients = {row["target"] for row in read.relations if row["source"] in outlets}
    assert len(clients) == 1
    ends = {row["start"]: row["end"] for row in read.relations if row["source"] in outlets}
    assert ends == {"2010-01-01": "2012-05-06"} or set(ends) == {"2010-01-01"}
    assert len(read.relations) == 4


def test_owners_of_one_name_in_two_companies_are_not_taken_for_one(tmp_path: Path) -> None:
    _, read = load_guess(tmp_path / "es", SPANISH)
    owners = {row["source"] for row in read.relations}
    assert len(owners) == 2
    assert read.values("name", "LegalEntity") == ["Zed Ejemplo", "Zed Ejemplo"]
    assert {row["percentage_minimum"] for row in read.relations} == {25, 50}


def test_a_row_without_an_owner_gives_no_nameless_owner(tmp_path: Path) -> None:
    _, read = load_guess(tmp_path / "es", SPANISH)
    assert len(read.ids("Company")) == 3
    assert len(read.ids("LegalEntity")) == 2
    assert len(read.ids("Ownership")) == 2


def test_people_are_named_whole_and_dated(tmp_path: Path) -> None:
    _, read = load_guess(tmp_path / "people", PEOPLE)
    assert read.values("name", "Person") == ["Yan Example", "Zed Example"]
    assert read.values("birthDate") == ["1960-01-02", "1961"]
    assert read.values("gender") == ["female", "male"]


def test_a_column_that_nothing_explains_is_left_out_with_the_reason(tmp_path: Path) -> None:
    text, read = load_guess(tmp_path / "es", SPANISH)
    assert '#   "xyz": neither header nor cells say what it is' in text
    assert "unread-field" in read.codes()


@pytest.mark.parametrize(
    ("header", "cells", "doubt"),
    [
        ("date of birth", ("soon", "later"), "no dates of one form"),
        ("founded", ("01/02/2003", "04/05/2006"), "day or month first"),
        ("share", ("12000", "90000"), "only 0% of the cells are percentages"),
        ("email", ("none", "n/a"), "only 0% of the cells are that"),
        ("phone", ("020 1234", "12"), "lack the code of their country"),
        ("origin", ("Gambia", "Senegal"), "of what, nothing says"),
        ("stamp", ("2020-01-02", "2021-01-02"), "of what, nothing says"),
        ("name", (), "every cell is empty"),
    ],
)
def test_what_the_cells_contradict_is_doubted(
    header: str, cells: tuple[str, ...], doubt: str
) -> None:
    assert doubt in guess_column(Column(header, cells, max(len(cells), 1))).doubt


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (("31/12/2001", "01/02/2003"), "%d/%m/%Y"),
        (("12/31/2001", "01/02/2003"), "%m/%d/%Y"),
        (("01.02.2003",), "%d.%m.%Y"),
        (("20030201",), "%Y%m%d"),
        (("2003-02-01", "2003"), None),
    ],
)
def test_the_form_of_dates_is_told_by_the_cells(cells: tuple[str, ...], form: str | None) -> None:
    guess = guess_column(Column("incorporation date", cells, len(cells)))
    assert (guess.doubt, guess.format) == ("", form)


def test_numbered_columns_of_a_name_make_one_name(tmp_path: Path) -> None:
    table = make_csv(("Name 6", "Name 1", "Name 2", "Type"),
                     ("EXAMPLE", "Zed", "Ann", "x"), ("EXAMPLE", "Yan", "", "y"))  # fmt: skip
    _, read = load_guess(tmp_path / "names", table)
    assert read.values("name") == ["Yan EXAMPLE", "Zed Ann EXAMPLE"]


def test_a_list_of_people_and_companies_is_not_taken_for_people(tmp_path: Path) -> None:
    table = make_csv(("name", "dob"), ("Zed Example", "1960"), ("Ghost Ltd", ""), ("Wraith", ""))
    text, _ = load_guess(tmp_path / "mixed", table)
    assert "schema: LegalEntity" in text
    assert 'keys: ["name", "dob"]' in text


def test_what_stands_after_an_owner_of_a_company_is_the_owners(tmp_path: Path) -> None:
    table = make_csv(
        ("Registration no", "Name", "Former names", "Owner", "Born", "Nationality", "From %",
         "To %", "State"),
        ("1", "Ghost Ltd", "Wraith; Spectre", "Zed Example", "1960", "Gambia", "25", "50",
         "active"),
        ("2", "Phantom Ltd", "", "Yan Example", "1970", "Gambia", "50", "75", "Dissolved"),
    )  # fmt: skip
    text, read = load_guess(tmp_path / "register", table)
    assert (len(read.ids("Company")), read.values("birthDate", "Person")) == (2, ["1960", "1970"])
    assert read.values("previousName") == ["Spectre", "Wraith"]
    assert read.values("status") == ["Dissolved", "active"]
    assert {row["percentage_minimum"] for row in read.relations} == {None}
    assert "write both under `cuibono: percentage:`" in text


def test_check_digits_tell_identifiers_whatever_the_header() -> None:
    ships = ("9074729", "9176187", "9187629")
    assert guess_column(Column("number", ships, 3)).concept == "imo"
    assert guess_column(Column("number", ("9074720", "9176180", "9187620"), 3)).concept == "id"


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("owner_dob", ("owner", "birth_date")),
        ("companyName", ("", "name")),
        ("Geschäftsführer", ("director", "")),
        ("Adresse du siège social", ("", "address")),
        ("Дата рождения", ("", "birth_date")),
        ("股东", ("owner", "")),
        ("المالك", ("owner", "")),
        ("% share", ("", "share")),
        ("Parent LEI", ("parent", "lei")),
        ("vessel_flag", ("", "flag")),
        ("entity_number", ("", "id")),
        ("places_of_birth", ("", "birth_place")),
        ("Alias type", ("", "kind")),
        ("", ("", "")),
        ("???", ("", "")),
    ],
)
def test_headers_are_read_in_many_languages(header: str, meaning: tuple[str, str]) -> None:
    assert read_header(header) == meaning


def test_a_table_of_which_nothing_is_understood_is_refused_with_the_reasons(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("foo,bar\n1,1\n1,1\n", "utf-8")
    with pytest.raises(ParseError, match=r"'foo': neither header nor cells .*by hand"):
        guess_mapping(tmp_path / "x.csv")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=20))
def test_any_header_survives_quoting(text: str) -> None:
    printable = text.encode("utf-8", "ignore").decode()
    assert yaml.safe_load(f"{{key: {quote(printable)}}}") == {"key": printable}
    assert "\n" not in quote(printable)


HEADERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=40, deadline=None)
@given(names=st.lists(HEADERS.filter(sanitize_text), max_size=4))
def test_a_hostile_header_beside_a_name_never_breaks_the_proposal(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    header = ("name", *names)
    row = ("Ghost", *("x" for _ in names))
    folder = tmp_path_factory.mktemp("hostile")
    _, read = load_guess(folder / "list", make_csv(header, row))
    assert "Ghost" in read.values("name")
