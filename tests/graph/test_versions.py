"""Several versions of a dataset: the newest stands, the vanished has an end, nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.project import project
from graph.statements import TABLES, DatasetTables
from graph.versions import (
    Edition,
    end_relayed,
    find_listed,
    merge_versions,
    weaken_relayed,
)
from tests.graph.stage import Row, Value, listing, party, relation, write

DAYS = ["2019-01-01", "2020-01-01", "2021-01-01", "2022-01-01"]


def merge(folder: Path, *contents: tuple[Sequence[Value], Sequence[Row]]) -> DatasetTables:
    days = DAYS[: len(contents)]
    tables = [
        write(folder, "us", values, rows, published=day)
        for day, (values, rows) in zip(days, contents, strict=True)
    ]
    return merge_versions([Edition(*each) for each in zip(tables, days, strict=True)])


def seen(tables: DatasetTables, entity_id: str, value: str) -> tuple[str | None, str | None]:
    (found,) = [
        (row["first_seen"], row["last_seen"])
        for row in tables.iter_statements()
        if (row["entity_id"], row["value"]) == (entity_id, value)
    ]
    return found


def test_one_version_is_itself(tmp_path: Path) -> None:
    tables = write(tmp_path, "us", [party("a", "X")])
    assert merge_versions([Edition(tables, "2020-01-01")]) is tables


def test_a_party_that_vanished_is_formerly_listed(tmp_path: Path) -> None:
    whole = [party("a", "X"), *listing("sa", "a"), party("b", "Y"), *listing("sb", "b")]
    merged = merge(tmp_path, (whole, []), (whole, []), (whole[:5], []), (whole[:5], []))
    entities = project([merged]).entities
    assert entities["a"].listed
    assert not entities["b"].listed
    assert entities["b"].listings[0].until == "2021-01-01", "the first version without it"
    assert entities["b"].listings[0].since == "2010-12-09"


def test_a_party_that_came_back_is_listed(tmp_path: Path) -> None:
    whole = [party("a", "X"), *listing("sa", "a")]
    merged = merge(tmp_path, (whole, []), ([party("z", "Z")], []), ([*whole, party("z", "Z")], []))
    (found,) = [each for each in project([merged]).entities.values() if each.id == "a"]
    assert found.listed
    assert [each.until for each in found.listings] == [None]


def test_an_end_that_the_list_states_stands(tmp_path: Path) -> None:
    whole = [party("a", "X"), *listing("sa", "a"), ("sa", "Sanction", "endDate", "2018-05-05")]
    merged = merge(tmp_path, (whole, []), ([party("z", "Z")], []))
    assert project([merged]).entities["a"].listings[0].until == "2018-05-05"


def test_one_listing_of_two_can_end(tmp_path: Path) -> None:
    whole = [party("a", "X"), *listing("s1", "a"), *listing("s2", "a", "2012")]
    found = project([merge(tmp_path, (whole, []), (whole[:5], []))]).entities["a"]
    assert {each.since: each.until for each in found.listings} == {
        "2010-12-09": None, "2012": "2020-01-01",
    }  # fmt: skip
    assert found.listed


def test_first_and_last_publication_of_each_value(tmp_path: Path) -> None:
    merged = merge(
        tmp_path,
        ([party("a", "X"), party("a", "OLD"), party("b", "Y")], []),
        ([party("a", "X"), party("b", "Y")], []),
        ([party("a", "X"), party("a", "NEW")], []),
    )
    assert seen(merged, "a", "X") == ("2019-01-01", "2021-01-01")
    assert seen(merged, "a", "NEW") == ("2021-01-01", "2021-01-01")
    assert seen(merged, "b", "Y") == ("2019-01-01", "2020-01-01")
    assert not [row for row in merged.iter_statements() if row["value"] == "OLD"]


def test_a_relation_goes_with_its_statement_and_stays_with_its_end(tmp_path: Path) -> None:
    parties = [party(each, each.upper()) for each in "abc"]
    rows = [relation("ab", "a", "b"), relation("bc", "b", "c")]
    merged = merge(tmp_path, (parties, rows), (parties[:2], []))
    found = project([merged])
    assert [link.id for link in found.links] == ["bc"], "ab is no longer stated, c has vanished"
    assert found.links[0].evidence
    assert set(found.entities) == {"a", "b", "c"}


def test_a_relation_that_went_first_does_not_come_back_with_its_end(tmp_path: Path) -> None:
    parties = [party("a", "A"), party("b", "B")]
    merged = merge(
        tmp_path, (parties, [relation("ab", "a", "b")]), (parties, []), (parties[:1], [])
    )
    assert project([merged]).links == []


def test_dates_and_roles_are_the_newest(tmp_path: Path) -> None:
    parties = [party("a", "A"), party("b", "B")]
    merged = merge(
        tmp_path,
        (parties, [relation("ab", "a", "b", role="old", by="A")]),
        (parties, [relation("ab", "a", "b", role="new", by="B")]),
    )
    (found,) = project([merged]).links
    assert (found.role, [each.by for each in found.evidence]) == ("new", ["B"])


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=2, max_size=4))
def test_every_party_ever_published_is_kept(
    tmp_path_factory: pytest.TempPathFactory, versions: list[set[str]]
) -> None:
    folder = tmp_path_factory.mktemp("versions")
    contents: list[tuple[list[Value], list[Row]]] = [
        ([value for each in sorted(names)
          for value in (party(each, each.upper()), *listing(f"s{each}", each))], [])
        for names in versions
    ]  # fmt: skip
    merged = merge(folder, *contents)
    for name, schema in TABLES.items():
        assert getattr(merged, name).schema == schema
    entities = project([merged]).entities
    assert set(entities) == set().union(*versions)
    for each, found in entities.items():
        within = [number for number, names in enumerate(versions) if each in names]
        assert found.listed is (within[-1] == len(versions) - 1)
        (stands,) = found.listings
        assert stands.until == (None if found.listed else DAYS[within[-1] + 1])
        assert seen(merged, each, each.upper()) == (DAYS[within[0]], DAYS[within[-1]])


def test_what_only_another_format_states_is_kept_for_those_who_stand(tmp_path: Path) -> None:
    rich = [
        party("a", "X"), *listing("sa", "a"), party("b", "Y"), *listing("sb", "b"),
        party("c", "Z"), party("a", "OLD NAME"),
    ]  # fmt: skip
    rich += [("sa2", "Sanction", "entity", "a"), ("sa2", "Sanction", "programId", "P2")]
    plain = [party("a", "X"), ("sa", "Sanction", "entity", "a"), party("c", "Z")]
    links = [relation("r1", "a", "c"), relation("r2", "a", "b")]
    merged = merge_versions(
        [
            Edition(write(tmp_path, "us", rich, links), "2019-01-01", "xml"),
            Edition(write(tmp_path, "us", plain, published="2020-05-05"), "2020-05-05", "csv"),
        ]
    )
    found = project([merged])
    assert found.entities["a"].listings[0].since == "2010-12-09", "only the XML file states it"
    assert [each.until for each in found.entities["a"].listings] == [None, None]
    assert found.entities["b"].listings[0].until == "2020-05-05", "gone is gone in any format"
    assert [link.id for link in found.links] == ["r1", "r2"]
    names = {row["value"] for row in merged.iter_statements() if row["prop"] == "name"}
    assert names == {"X", "Y", "Z"}, "the newest version's names stand where it has any"


def test_a_newer_version_in_the_same_format_does_take_back(tmp_path: Path) -> None:
    parties = [party("a", "X"), party("c", "Z")]
    versions = [
        Edition(write(tmp_path, "us", parties, [relation("r1", "a", "c")]), "2019-01-01", "xml"),
        Edition(write(tmp_path, "us", parties, published="2020-05-05"), "2020-05-05", "xml"),
    ]
    assert project([merge_versions(versions)]).links == []


def test_the_list_itself_decides_who_is_on_it(tmp_path: Path) -> None:
    relay = write(
        tmp_path, "csl",
        [
            *(row for name in "abc" for row in listing(f"s{name}", name)),
            *((f"s{name}", "Sanction", "publisher", "The List") for name in "ab"),
            ("sc", "Sanction", "publisher", "Another List"),
        ],
    )  # fmt: skip
    own = write(
        tmp_path, "own",
        [*listing("ta", "a"), *listing("tb", "b"), ("tb", "Sanction", "endDate", "2021-03-03")],
    )  # fmt: skip
    decided = end_relayed(relay, {"The List": (find_listed(own), "2022-01-01")})
    ends = {
        row["entity_id"]: row["value"]
        for row in decided.iter_statements() if row["prop"] == "endDate"
    }  # fmt: skip
    assert ends == {"sb": "2022-01-01"}, "a is on it, c is of a list that is not loaded"
    assert decided.statements.num_rows == relay.statements.num_rows + 1
    parties = [party(name, name.upper()) for name in "abc"]
    described = write(tmp_path, "named", parties)
    found = project([described, decided]).entities
    assert [found[name].listed for name in "abc"] == [True, False, True]


def test_an_end_that_is_still_to_come_ends_nothing(tmp_path: Path) -> None:
    order = [*listing("s1", "a"), ("s1", "Sanction", "endDate", "2056-06-29")]
    over = [*listing("s2", "b"), ("s2", "Sanction", "endDate", "2019")]
    reason = ("s1", "Sanction", "reason", "An order.")
    measure = ("s1", "Sanction", "provisions", "Asset freeze")
    found = project(
        [write(tmp_path, "us", [party("a", "X"), party("b", "Y"), *order, *over, reason, measure])]
    ).entities
    assert found["a"].listed
    (stated,) = found["a"].listings
    assert (stated.until, stated.ends) == (None, "2056-06-29")
    assert (stated.measures, stated.reasons) == (("Asset freeze",), ("An order.",))
    assert not found["b"].listed
    assert found["b"].listings[0].until == "2019"


def test_a_name_is_no_stronger_than_on_the_list_itself(tmp_path: Path) -> None:
    relay = write(
        tmp_path, "csl",
        [
            party("a", "X"), ("a", "Organization", "alias", "WEAK"),
            ("a", "Organization", "alias", "STRONG"), ("b", "Organization", "alias", "WEAK"),
        ],
    )  # fmt: skip
    own = write(tmp_path, "own", [party("a", "X"), ("a", "Organization", "weakAlias", "WEAK")])
    weakened = weaken_relayed(relay, own)
    assert weakened.statements.schema == relay.statements.schema
    assert [
        (row["entity_id"], row["prop"], row["value"])
        for row in weakened.iter_statements() if row["prop"] != "id"
    ] == [
        ("a", "name", "X"), ("a", "weakAlias", "WEAK"), ("a", "alias", "STRONG"),
        ("b", "alias", "WEAK"),
    ]  # fmt: skip
