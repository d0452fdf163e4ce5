"""Tables larger than memory are written as small ones are, and nothing is left behind."""

from __future__ import annotations

import gc
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import seen, sink, statements
from graph.pieces import Column, Repeated, join_columns
from graph.seen import SeenIds
from graph.statements import TABLES, Assertion, DatasetTables, Provenance, Relation, StatementWriter
from graph.tables import WORD
from tests.graph.stage import version
from tests.graph.test_statements_columns import origins, text


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups, chunks and sets so small that everything spills."""
    monkeypatch.setattr(sink, "GROUP_ROWS", 5)
    monkeypatch.setattr(sink, "_HEAD_ROWS", 2)
    monkeypatch.setattr(statements, "_CHUNK", 3)
    monkeypatch.setattr(statements, "_RELATION_CHUNK", 2)
    monkeypatch.setattr(seen, "_RECENT", 3)


def fill(writer: StatementWriter) -> None:
    """Forty records, in single values and in columns, with relations that come twice."""
    for number in range(40):
        here = Provenance(str(number), f"a.xml:{number}", "cd" * 32)
        writer.add_entity(f"p{number}", "Person", here)
        writer.add(f"p{number}", "Person", "name", f"Zubrow  Quillon {number}", here, lang="eng")
        link = Relation(f"r{number * 7 % 30:02d}", "link", "Ownership", f"p{number}", "c1",
                        role="owner")  # fmt: skip
        writer.add_relation(link, Assertion("A", quote=f"said {number}"), here)
        if number % 10 == 0:
            ids = text([f"c{number + each}" for each in range(7)])
            names = text([f"Vexley {each % 3}" for each in range(7)])
            writer.add_columns("Company", "name", ids, names, origins(7))
            columns = {"id": text([f"q{each * 5 % 9}{number}" for each in range(7)]),
                       "source": ids, "target": ids, "role": names}  # fmt: skip
            writer.add_relation_columns("UnknownLink", columns, Assertion("B"), origins(7))


def write(folder: Path) -> DatasetTables:
    folder.mkdir()
    writer = StatementWriter(version("d"))
    writer.spill_to(folder)
    fill(writer)
    writer.write(folder)
    return DatasetTables.read(folder)


def test_what_spills_is_the_same_as_what_does_not(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    whole = write(tmp_path / "whole")
    request.getfixturevalue("tiny")
    spilled = write(tmp_path / "spilled")
    for name, schema in TABLES.items():
        one, two = getattr(whole, name), getattr(spilled, name)
        assert one.to_pylist() == two.to_pylist()
        assert two.schema == schema
        assert pq.read_schema(tmp_path / "spilled" / f"{name}.parquet").equals(schema)
        groups = [pq.read_metadata(tmp_path / each / f"{name}.parquet").num_row_groups
                  for each in ("whole", "spilled")]  # fmt: skip
        assert groups[0] == 1
        assert groups[1] > 5
    ids = spilled.relations["id"].to_pylist()
    assert ids == sorted(set(ids))


def test_spilling_gives_the_same_bytes_every_time(tmp_path: Path, tiny: None) -> None:
    for each in ("one", "two"):
        write(tmp_path / each)
    for name in TABLES:
        one, two = (tmp_path / each / f"{name}.parquet" for each in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_row_groups_share_the_words_of_the_model(tmp_path: Path, tiny: None) -> None:
    """A reader that groups by schema or property needs to unify nothing."""
    write(tmp_path / "d")
    table = pq.read_table(tmp_path / "d" / "statements.parquet")
    pairs = table.group_by(["schema", "prop"]).aggregate([])
    assert {("Person", "name"), ("Ownership", "owner"), ("Company", "name")} <= {
        (row["schema"], row["prop"]) for row in pairs.to_pylist()
    }


def test_only_the_three_tables_are_left(tmp_path: Path, tiny: None) -> None:
    write(tmp_path / "d")
    assert {path.name for path in (tmp_path / "d").iterdir()} == {
        f"{name}.parquet" for name in TABLES
    }


def test_a_load_that_fails_leaves_nothing(tmp_path: Path, tiny: None) -> None:
    writer = StatementWriter(version("d"))
    writer.spill_to(tmp_path)
    fill(writer)
    assert list(tmp_path.iterdir()), "it spilled"
    del writer  # as when `parse` raises
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_files_move_to_another_folder(tmp_path: Path, tiny: None) -> None:
    scratch, target = tmp_path / "scratch", tmp_path / "target"
    scratch.mkdir()
    target.mkdir()
    writer = StatementWriter(version("d"))
    writer.spill_to(scratch)
    fill(writer)
    writer.write(target)
    assert list(scratch.iterdir()) == []
    assert len(list(target.iterdir())) == len(TABLES)


def test_a_full_disk_is_an_error_and_not_a_short_file(
    tmp_path: Path, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    writer = StatementWriter(version("d"))
    writer.spill_to(tmp_path)
    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(OSError, match="No space left"):
        fill(writer)
    with pytest.raises(OSError, match="No space left"):
        writer.write(tmp_path)
    del writer
    gc.collect()
    assert not list(tmp_path.glob(".statements-*"))


def expand(part: list[str | None] | tuple[str | None, int]) -> list[str | None]:
    return part if isinstance(part, list) else [part[0]] * part[1]


WORDS = st.sampled_from([None, "", "a", "b", "ü"])


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.one_of(st.lists(WORDS, max_size=4), st.tuples(WORDS, st.integers(0, 4))), max_size=6
    ),
    st.booleans(),
)
def test_pieces_join_to_their_values(parts: list[Any], shared: bool) -> None:
    known = pa.array(["", "a", "b", "ü"])

    def make(part: Any) -> Column:
        if isinstance(part, tuple):
            return Repeated(*part)
        if not shared:
            return text(part).dictionary_encode()
        codes = [None if word is None else known.to_pylist().index(word) for word in part]
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), known)

    joined = join_columns([make(part) for part in parts], WORD, known if shared else None)
    assert joined.to_pylist() == [word for part in parts for word in expand(part)]
    dictionaries = [chunk.dictionary for chunk in joined.chunks]
    assert all(each.equals(dictionaries[0]) for each in dictionaries)
    assert all(len(set(each.to_pylist())) == len(each) for each in dictionaries)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.lists(st.integers(0, 30).map(str), max_size=9), max_size=9))
def test_ids_are_met_once(batches: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "_RECENT", 3)
        ids, known = SeenIds(), set[str]()
        for batch in batches:
            fresh = []
            for place, name in enumerate(batch):
                if name not in known:
                    known.add(name)
                    fresh.append(place)
            assert ids.add_all(text(batch)).tolist() == fresh
        assert not any(ids.add(name) for name in known)
        assert ids.add("new")


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), max_size=6))
def test_ids_are_told_apart_though_halves_of_their_digests_are_alike(
    batches: list[list[str]],
) -> None:
    def digest(self: SeenIds, names: pa.StringArray) -> seen._Digests:
        numbers = np.array([ord(name) for name in names.to_pylist()], np.uint64)
        return seen._Digests(numbers % np.uint64(2), numbers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SeenIds, "_digest", digest)
        ids, known = SeenIds(), set[str]()
        for batch in batches:
            fresh = ids.add_all(text(batch)).tolist()
            assert [batch[place] for place in fresh] == [
                name for name in dict.fromkeys(batch) if name not in known
            ]
            known |= set(batch)


def test_ids_of_any_length_and_end_are_told_apart() -> None:
    names = ["", "\0", "a", "a\0", "a\0\0\0\0", "ä", "\U0001f4a3", "a" * 255, "a" * 256, "a" * 257,
             "a" * 256 + "b", "a" * 100_000, "a" * 99_999 + "b"]  # fmt: skip
    ids = SeenIds()
    assert ids.add_all(text([*names, *names])).tolist() == list(range(len(names)))
    assert not any(ids.add(name) for name in names)
    # Alone, and as a part of a longer array: the same digests.
    assert ids.add_all(text(["new", *names, "newer"]).slice(1, len(names))).tolist() == []
    assert ids.add("newer")


ROWS = st.lists(st.tuples(st.text(st.sampled_from("aéz\U0001f4a3"), max_size=5), WORDS, WORDS))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    ROWS.map(lambda rows: list({row[0]: row for row in rows}.values())),
    st.lists(st.integers(0, 9), max_size=4),
    st.booleans(),
)
def test_runs_are_merged_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str | None, str | None]],
    cuts: list[int],
    repeats: bool,
) -> None:
    """By UTF-8 bytes, which is the order of Python's texts too; words may come in any form."""
    schema = pa.schema([("id", pa.string()), ("kind", WORD), ("role", pa.string())])
    if repeats:
        rows = [(name, rows[0][1], rows[0][2]) for name, *_ in rows]
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sink, "GROUP_ROWS", 6)
        patch.setattr(sink, "_HEAD_ROWS", 2)
        sorted_sink = sink.SortedSink("x.parquet", schema, sink.Spill(folder))
        edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
        for begin, end in pairwise(edges):
            ids, kinds, roles = (text([row[at] for row in rows[begin:end]]) for at in range(3))
            size = end - begin
            sorted_sink.put(
                {"id": ids, "kind": Repeated(kinds[0].as_py() if size else None, size),
                 "role": Repeated(roles[0].as_py() if size else None, size)}
                if repeats else {"id": ids, "kind": kinds.dictionary_encode(), "role": roles}
            )  # fmt: skip
        sorted_sink.finish(folder)
    table = pq.read_table(folder / "x.parquet")
    assert table.schema == schema
    assert [tuple(row.values()) for row in table.to_pylist()] == sorted(
        rows, key=lambda row: row[0]
    )
