"""Values are cleaned as FollowTheMoney cleans each of them, and survive writing and reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from followthemoney import model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidEntity
from graph.model import Percentage
from graph.statements import (
    TABLES,
    Assertion,
    DatasetTables,
    Provenance,
    Relation,
    StatementWriter,
    require_property,
    require_schema,
)
from tests.graph.stage import HERE, party, relation, version, write

PROPERTIES = [
    ("Person", "name"), ("Person", "birthDate"), ("Person", "nationality"), ("Person", "email"),
    ("Person", "phone"), ("Person", "gender"), ("Person", "topics"), ("Company", "website"),
    ("Company", "leiCode"), ("Company", "registrationNumber"), ("Company", "swiftBic"),
    ("Company", "address"), ("Vessel", "imoNumber"), ("Person", "notes"), ("Person", "firstName"),
    ("BankAccount", "iban"), ("Address", "full"), ("Ownership", "percentage"),
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from([
        "The Gambia", "gm", "Gambia, The", "1963", "1963-05", "1963-02-30", "21 Mar 1955",
        "+220 422 7030", "info@tajco.gm", "INFO@Tajco.gm ", "www.grupoarosfran.net", "male", "M",
        "9074729", "IMO 9074729", "213800WSGIIZCXF1P572", "JTBKLBBE", "GB33BUKB20201555555555",
        " 62 Buckle Street,  Banjul ", "حسين تاج الدين", "Ivano\u0301v", "50 %", "a\x00b", "\u200f",
        "<b>x</b>", "-0- ", "sanction", "Ümit\n Çelik", "http://example.org/#top",
    ]),
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(PROPERTIES), VALUES), min_size=1, max_size=12))
def test_columns_are_cleaned_as_single_values_are(
    tmp_path_factory: pytest.TempPathFactory, stated: list[tuple[tuple[str, str], str]]
) -> None:
    folder = tmp_path_factory.mktemp("statements")
    writer = StatementWriter(version("d"))
    kept, rejected = [], []
    for number, ((schema, prop), value) in enumerate(stated):
        writer.add(f"e{number}", schema, prop, value, HERE)
        found = model.schemata[schema].properties[prop]
        clean = found.type.clean(value, format=found.format)
        if clean is None:
            rejected.append((f"e{number}", prop, value))
        else:
            kept.append((f"e{number}", prop, clean, value if value != clean else None))
    assert sorted(writer.write(folder)) == sorted(rejected)
    rows = list(DatasetTables.read(folder).iter_statements())
    got = [(row["entity_id"], row["prop"], row["value"], row["original_value"]) for row in rows]
    assert sorted(got, key=str) == sorted(kept, key=str)


def test_ids_stay_as_given(tmp_path: Path) -> None:
    tables = write(
        tmp_path, "d",
        [("case:kairaba", "Company", "name", "K"), ("s", "Sanction", "entity", "case:kairaba")],
    )  # fmt: skip
    rows = list(tables.iter_statements())
    assert {row["entity_id"] for row in rows} == {"case:kairaba", "s"}
    assert [row["value"] for row in rows if row["prop"] == "entity"] == ["case:kairaba"]
    assert all(row["canonical_id"] == row["entity_id"] for row in rows)


def test_provenance_language_scope_and_origin_survive(tmp_path: Path) -> None:
    writer = StatementWriter(version("d", "2015-03"))
    writer.add("a", "Company", "alias", "GRAND  STORES", Provenance("12452", "alt.csv:7", "ab"),
               original="GRAND STORES (THE GAMBIA LOCATION ONLY)", lang="eng", scope="gm",
               origin="scope")  # fmt: skip
    writer.add_entity("b", "Person", HERE)
    writer.write(tmp_path)
    tables = DatasetTables.read(tmp_path)
    first, second = tables.iter_statements()
    assert first == {
        "entity_id": "a", "canonical_id": "a", "schema": "Company", "prop": "alias",
        "prop_type": "name", "value": "GRAND STORES",
        "original_value": "GRAND STORES (THE GAMBIA LOCATION ONLY)", "lang": "eng", "scope": "gm",
        "dataset": "d", "origin": "scope", "external": False, "first_seen": "2015-03",
        "last_seen": "2015-03", "record_id": "12452", "locator": "alt.csv:7", "sha256": "ab",
        "retrieved_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    assert (second["prop"], second["value"]) == ("id", "b")
    assert tables.statements.schema == TABLES["statements"]


def test_an_unpublished_version_has_no_days(tmp_path: Path) -> None:
    (row,) = write(tmp_path, "d", [party("a", "X")], published=None).iter_statements()
    assert (row["first_seen"], row["last_seen"]) == (None, None)


def test_an_empty_version_is_readable(tmp_path: Path) -> None:
    tables = write(tmp_path, "d", [])
    assert [tables.statements.num_rows, tables.relations.num_rows, tables.evidence.num_rows] == [
        0, 0, 0,
    ]  # fmt: skip


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for each in ("one", "two"):
        write(tmp_path / each, "d", [party("a", "X"), party("b", "Y")], [relation("r", "a", "b")])
    for name in TABLES:
        one, two = (tmp_path / each / "d-2020-01-01" / f"{name}.parquet" for each in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_a_relation_keeps_its_dates_and_interval(tmp_path: Path) -> None:
    made = Relation(
        "r", "link", "Ownership", "a", "b", role="owner", start="[..2006-03]", end="2015-03-13",
        percentage=Percentage(minimum=25, maximum=50, minimum_open=True), confidence=0.5,
    )  # fmt: skip
    writer = StatementWriter(version("d"))
    said = Assertion("Treasury", on="2010-12-09", relays="X", quote="q", declared_status="asserted")
    writer.add_relation(made, said, HERE)
    writer.add_relation(made, Assertion("Ahmed", stance="denies"), HERE)
    writer.write(tmp_path)
    tables = DatasetTables.read(tmp_path)
    (row,) = tables.relations.to_pylist()
    assert (row["start"], row["end"], row["confidence"]) == ("[..2006-03]", "2015-03-13", 0.5)
    assert (row["percentage_minimum"], row["percentage_maximum"]) == (25, 50)
    assert (row["percentage_minimum_open"], row["percentage_maximum_open"]) == (True, False)
    first, second = tables.evidence.to_pylist()
    assert (first["by"], first["on"], first["stance"]) == ("Treasury", "2010-12-09", "asserts")
    assert (first["relays"], first["quote"], first["declared_status"]) == ("X", "q", "asserted")
    assert (second["by"], second["stance"], second["on"]) == ("Ahmed", "denies", None)
    stated = {(each["prop"], each["value"]) for each in tables.iter_statements()}
    assert ("owner", "a") in stated
    assert ("asset", "b") in stated
    assert ("endDate", "2015-03-13") in stated
    assert not any(prop in ("startDate", "percentage") for prop, _ in stated), "no made-up date"


def test_unknown_names_are_refused() -> None:
    writer = StatementWriter(version("d"))
    with pytest.raises(InvalidEntity, match="no property 'nmae'"):
        writer.add("a", "Person", "nmae", "X", HERE)
    with pytest.raises(InvalidEntity, match="no schema 'Persn'"):
        require_schema("Persn")
    with pytest.raises(InvalidEntity, match="shoe"):
        require_property("Person", "shoe")
    with pytest.raises(InvalidEntity, match="no edge"):
        writer.add_relation(Relation("r", "link", "Sanction", "a", "b"), Assertion("A"), HERE)
