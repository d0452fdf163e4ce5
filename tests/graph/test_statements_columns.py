"""Columns give the statements that single values give, whatever the values are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from followthemoney import model
from followthemoney.types import registry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidEntity
from graph.model import Percentage
from graph.statements import (
    Assertion,
    DatasetTables,
    Provenance,
    Relation,
    RowOrigins,
    StatementWriter,
)
from tests.graph.stage import version

SHA = "ab" * 32
PROPERTIES = [
    ("Person", "name"), ("Person", "birthDate"), ("Person", "nationality"), ("Person", "email"),
    ("Person", "phone"), ("Person", "topics"), ("Company", "website"), ("Company", "leiCode"),
    ("Company", "registrationNumber"), ("Company", "address"), ("Company", "notes"),
    ("Company", "parent"), ("Vessel", "imoNumber"), ("BankAccount", "iban"),
]  # fmt: skip
HOSTILE = st.sampled_from([
    "", " ", "\t", "a\x00b", "\u200f", "\u202eevil", "\u200bzero", "<b>x</b>", "'; DROP TABLE x;--",
    "Ivano\u0301v", "Łódź", "حسين", "\U0001f4a3", "{0}", "%s", "The Gambia", "gm", "1963-02-30",
    "21 Mar 1955", "213800WSGIIZCXF1P572", "213800WSGIIZCXF1P573", "INFO@Tajco.gm ", "50 %",
    " 62 Buckle Street,  Banjul ", "9074729", "GB33BUKB20201555555555", "http://example.org/#top",
])  # fmt: skip
VALUES = st.one_of(st.none(), HOSTILE, st.text(max_size=12))
Row = tuple[str, str | None, str | None, str | None]  # entity, value, original, language
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "case:c", "Ø 4"]), VALUES, VALUES,
              st.sampled_from([None, "eng", "ara"])),
    max_size=12,
)  # fmt: skip
QUIET = settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def text(values: Sequence[str | None]) -> pa.StringArray:
    return pa.array(values, pa.string())


def origins(size: int) -> RowOrigins:
    return RowOrigins(
        text([f"{place}" for place in range(size)]),
        text([f"x.csv:row {place + 2}" for place in range(size)]),
        SHA,
    )


def provenance(place: int) -> Provenance:
    return Provenance(f"{place}", f"x.csv:row {place + 2}", SHA)


def written(folder: Path, fill: Callable[[StatementWriter], None]) -> tuple[DatasetTables, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    writer = StatementWriter(version("d"))
    fill(writer)
    rejected = writer.write(folder)
    return DatasetTables.read(folder), rejected


def rows_of(table: pa.Table) -> list[str]:
    return sorted(repr(row) for row in table.to_pylist())


@QUIET
@given(st.lists(st.tuples(st.sampled_from(PROPERTIES), ROWS), max_size=4))
def test_columns_are_the_rows_of_single_values(
    tmp_path_factory: pytest.TempPathFactory, stated: list[tuple[tuple[str, str], list[Row]]]
) -> None:
    def one_by_one(writer: StatementWriter) -> None:
        for (schema, prop), rows in stated:
            for place, (entity, value, original, lang) in enumerate(rows):
                writer.add_entity(entity, schema, provenance(place))
                if value is not None:
                    given = original if original != value else None
                    writer.add(entity, schema, prop, value, provenance(place), original=given,
                               lang=lang)  # fmt: skip

    def in_columns(writer: StatementWriter) -> None:
        for (schema, prop), rows in stated:
            entities, values, originals, langs = (
                text([row[column] for row in rows]) for column in range(4)
            )
            here = origins(len(rows))
            writer.add_entities(schema, entities, here)
            writer.add_columns(schema, prop, entities, values, here, original=originals, lang=langs)

    folder = tmp_path_factory.mktemp("columns")
    single, lost = written(folder / "single", one_by_one)
    columns, lost_too = written(folder / "columns", in_columns)
    assert rows_of(single.statements) == rows_of(columns.statements)
    assert sorted(lost) == sorted(lost_too)
    for row in columns.iter_statements():
        found = model.schemata[row["schema"]].get(row["prop"])
        if found is not None and found.type is not registry.entity:
            published = row["original_value"] or row["value"]
            values = [
                value
                for (schema, prop), rows in stated
                for entity, value, _, _ in rows
                if (schema, prop, entity) == (row["schema"], row["prop"], row["entity_id"])
            ]
            assert row["value"] in {
                found.type.clean(value, format=found.format) for value in values if value
            }, published  # fmt: skip


SHARES = st.one_of(
    st.none(),
    st.tuples(st.sampled_from([0.0, 25.0, 33.3]), st.sampled_from([33.3, 50.0, 100.0]),
              st.booleans(), st.booleans()),
)  # fmt: skip
DATES = st.sampled_from([None, "", "2006", "2006-03-01", "[..2006-03]", "2006~", "-", "nonsense"])
LINKS = st.lists(
    st.tuples(st.sampled_from(["r1", "r2", "r3", "r4"]), st.sampled_from(["a", "b"]),
              st.sampled_from(["c", "d"]), st.sampled_from([None, "", "owner", " Chair  man"]),
              DATES, DATES, SHARES, VALUES),
    max_size=10,
)  # fmt: skip


@QUIET
@given(
    st.lists(st.tuples(st.sampled_from(["Ownership", "UnknownLink", "Directorship"]), LINKS),
             max_size=3),
    st.sampled_from(["link", "derived"]),
)  # fmt: skip
def test_relations_in_columns_are_those_of_single_ones(
    tmp_path_factory: pytest.TempPathFactory, stated: list[tuple[str, list[Any]]], kind: Any
) -> None:
    said = Assertion("Registry", on="2024-01-01", source_title="Register", standing=True)

    def one_by_one(writer: StatementWriter) -> None:
        for schema, links in stated:
            for place, (name, source, target, role, start, end, share, quote) in enumerate(links):
                interval = share and Percentage(
                    minimum=share[0], maximum=share[1], minimum_open=share[2], maximum_open=share[3]
                )
                writer.add_relation(
                    Relation(name, kind, schema, source, target, role or "", start, end, interval),
                    Assertion("Registry", on="2024-01-01", source_title="Register", quote=quote,
                              standing=True),
                    provenance(place),
                )  # fmt: skip

    def in_columns(writer: StatementWriter) -> None:
        names = ("id", "source", "target", "role", "start", "end")
        for schema, links in stated:
            columns = {name: text([link[at] for link in links]) for at, name in enumerate(names)}
            shares = [link[6] or (None, None, None, None) for link in links]
            for at, (name, type_) in enumerate((
                ("percentage_minimum", pa.float64()), ("percentage_maximum", pa.float64()),
                ("percentage_minimum_open", pa.bool_()), ("percentage_maximum_open", pa.bool_()),
            )):  # fmt: skip
                columns[name] = pa.array([share[at] for share in shares], type_)
            writer.add_relation_columns(
                schema, columns, said, origins(len(links)), kind=kind,
                stated={"quote": text([link[7] for link in links])},
            )  # fmt: skip

    folder = tmp_path_factory.mktemp("relations")
    single, lost = written(folder / "single", one_by_one)
    columns, lost_too = written(folder / "columns", in_columns)
    assert single.relations.to_pylist() == columns.relations.to_pylist()
    assert single.evidence.to_pylist() == columns.evidence.to_pylist()
    assert rows_of(single.statements) == rows_of(columns.statements)
    assert sorted(lost) == sorted(lost_too)


def test_a_relation_again_is_evidence_and_keeps_the_first_ends(tmp_path: Path) -> None:
    def fill(writer: StatementWriter) -> None:
        first = {"id": text(["r", "r"]), "source": text(["a", "x"]), "target": text(["b", "y"])}
        writer.add_relation(Relation("q", "link", "Ownership", "a", "b"), Assertion("A"),
                            provenance(0))  # fmt: skip
        writer.add_relation_columns("Ownership", first, Assertion("B"), origins(2))
        again = {"id": text(["q", "r"]), "source": text(["m", "m"]), "target": text(["n", "n"])}
        writer.add_relation_columns("Ownership", again, Assertion("C"), origins(2))
        writer.add_relation(Relation("r", "link", "Ownership", "m", "n"), Assertion("D"),
                            provenance(9))  # fmt: skip

    tables, _ = written(tmp_path, fill)
    ends = [(row["id"], row["source"], row["target"]) for row in tables.relations.to_pylist()]
    assert ends == [("q", "a", "b"), ("r", "a", "b")]
    said = [(row["relation_id"], row["by"]) for row in tables.evidence.to_pylist()]
    assert said == [("q", "A"), ("r", "B"), ("r", "B"), ("q", "C"), ("r", "C"), ("r", "D")]
    assert sum(row["prop"] == "owner" for row in tables.iter_statements()) == 2


def test_statements_keep_the_order_of_the_calls(tmp_path: Path) -> None:
    def fill(writer: StatementWriter) -> None:
        writer.add("a", "Company", "name", "One", provenance(0))
        writer.add_columns("Company", "name", text(["b", "c"]), text(["Two", "Three"]), origins(2))
        writer.add("d", "Company", "name", "Four", provenance(1))

    tables, _ = written(tmp_path, fill)
    assert tables.statements["value"].to_pylist() == ["One", "Two", "Three", "Four"]


def test_what_is_rejected_is_counted_and_a_thousand_of_each_property_listed(
    tmp_path: Path,
) -> None:
    size = 2500
    ids = text([f"c{number}" for number in range(size)])
    writer = StatementWriter(version("d"))
    writer.add("z", "Company", "country", "Utopia", provenance(0))
    writer.add_columns("Company", "country", ids, text([f"Land {n}" for n in range(size)]),
                       origins(size))  # fmt: skip
    writer.add_columns("Company", "incorporationDate", ids, text(["soon"] * size), origins(size))
    writer.add_columns("Company", "name", ids, text(["Kept"] * size), origins(size))
    rejected = writer.write(tmp_path)
    assert rejected[:2] == [("z", "country", "Utopia"), ("c0", "country", "Land 0")]
    assert [sum(prop == each for _, prop, _ in rejected)
            for each in ("country", "incorporationDate", "name")] == [1000, 1000, 0]  # fmt: skip
    assert writer.unlisted == {"country": 1501, "incorporationDate": 1500}
    assert DatasetTables.read(tmp_path).statements.num_rows == size


@pytest.mark.parametrize(
    ("ids", "values", "rows", "reason"),
    [
        (["a", None], ["x", "y"], 2, "no id"),
        (["a"], ["x", "y"], 2, "differ in length"),
        (["a", "b"], ["x", "y"], 3, "differ in length"),
    ],
)
def test_columns_that_do_not_fit_together_are_refused(
    ids: list[str | None], values: list[str], rows: int, reason: str
) -> None:
    writer = StatementWriter(version("d"))
    with pytest.raises(InvalidEntity, match=reason):
        writer.add_columns("Company", "name", text(ids), text(values), origins(rows))


def test_a_row_without_id_and_without_value_states_nothing(tmp_path: Path) -> None:
    def fill(writer: StatementWriter) -> None:
        writer.add_columns("Company", "name", text(["a", None]), text(["X", None]), origins(2))

    assert written(tmp_path, fill)[0].statements["entity_id"].to_pylist() == ["a"]


def floats(*values: float | None) -> pa.Array:
    return pa.array(values, pa.float64())


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"source": text([None])}, "without source"),
        ({"sauce": text(["x"])}, "no column 'sauce'"),
        ({"schema": text(["Ownership"])}, "no column 'schema'"),
        ({"percentage_minimum": floats(50)}, "two ends"),
        ({"percentage_minimum": floats(50), "percentage_maximum": floats(101)}, "two ends"),
        ({"percentage_minimum": floats(-1), "percentage_maximum": floats(1)}, "two ends"),
        ({"percentage_minimum": floats(float("nan")), "percentage_maximum": floats(1)}, "two ends"),
    ],
)
def test_relations_that_are_none_are_refused(more: dict[str, pa.Array], reason: str) -> None:
    columns = {"id": text(["r"]), "source": text(["a"]), "target": text(["b"]), **more}
    writer = StatementWriter(version("d"))
    with pytest.raises(InvalidEntity, match=reason):
        writer.add_relation_columns("Ownership", columns, Assertion("A"), origins(1))


def test_unknown_fields_of_evidence_and_schemata_without_edge_are_refused() -> None:
    columns = {"id": text(["r"]), "source": text(["a"]), "target": text(["b"])}
    writer = StatementWriter(version("d"))
    with pytest.raises(InvalidEntity, match="no field 'qoute'"):
        writer.add_relation_columns("Ownership", columns, Assertion("A"), origins(1),
                                    stated={"qoute": text(["x"])})  # fmt: skip
    with pytest.raises(InvalidEntity, match="no edge"):
        writer.add_relation_columns("Person", columns, Assertion("A"), origins(1))
    with pytest.raises(InvalidEntity, match="no property 'nmae'"):
        writer.add_columns("Person", "nmae", text(["a"]), text(["x"]), origins(1))


def test_a_qualified_date_stays_in_the_sidecar_and_is_no_rejected_value(tmp_path: Path) -> None:
    def fill(writer: StatementWriter) -> None:
        link = Relation("q", "link", "Ownership", "a", "b", start="[..2006-03]", end="2006~")
        writer.add_relation(link, Assertion("A"), provenance(0))
        columns = {"id": text(["r"]), "source": text(["a"]), "target": text(["b"]),
                   "start": text(["[..2006-03]"]), "end": text(["2006-03"])}  # fmt: skip
        writer.add_relation_columns("Ownership", columns, Assertion("A"), origins(1))

    tables, rejected = written(tmp_path, fill)
    assert rejected == []
    assert tables.relations["start"].to_pylist() == ["[..2006-03]", "[..2006-03]"]
    dates = [row["value"] for row in tables.iter_statements() if row["prop_type"] == "date"]
    assert dates == ["2006-03"]
