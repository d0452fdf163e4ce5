"""The difference between two staged versions, against one that holds everything in memory."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest import delta, hashes
from ingest.counts import count_tables
from ingest.delta import Change, Delta, compare
from tests.ingest.staged import Row, link, stage

PROPS = ("name", "alias", "notes", "idNumber")
WORDS = ("Ghost", "Phantom", "Spectre", "a\u001fb", "ünïcode 中", "x" * 300)


def _draw_rows(draw: random.Random) -> list[Row]:
    return [
        (f"t-{draw.randrange(12)}", "Person", draw.choice(PROPS), draw.choice(WORDS))
        for _ in range(draw.randrange(1, 80))
    ]


def _expect(old: list[Row], new: list[Row]) -> Delta:
    """The same from sets of rows."""
    before, after = ({row[0] for row in rows} for rows in (old, new))
    facts: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for at, (rows, others) in enumerate(((set(old), set(new)), (set(new), set(old)))):
        for entity_id, _, prop, value in rows - others:
            if entity_id in before & after:
                facts.setdefault((entity_id, prop), (set(), set()))[at].add(value)
    return Delta(
        tuple(sorted(after - before)), tuple(sorted(before - after)),
        tuple(sorted({entity_id for entity_id, _ in facts})),
        tuple(Change(*key, tuple(sorted(gone)), tuple(sorted(come)))
              for key, (gone, come) in sorted(facts.items())),
    )  # fmt: skip


def test_random_versions_differ_as_their_sets_of_rows_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "BATCH_ROWS", 7)  # several parts of each table
    draw = random.Random(5)  # noqa: S311 - reproducible, not secret
    for number in range(40):
        old = _draw_rows(draw)
        new = [row for row in old if draw.random() > 0.1]
        new += _draw_rows(draw)[: draw.randrange(10)] or old[:1]
        draw.shuffle(new)
        # What cleaning makes of a value is another module's matter: compare what it wrote.
        folders = (stage(tmp_path / f"{number}-a", old), stage(tmp_path / f"{number}-b", new))
        clean = [[(i, s, p, " ".join(v.replace("\u001f", "").split())) for i, s, p, v in rows]
                 for rows in (old, new)]  # fmt: skip
        found = compare(*folders)
        expected = _expect(*clean)
        assert (found.added, found.removed) == (expected.added, expected.removed)
        assert found.changed == expected.changed
        assert {(each.entity_id, each.prop) for each in found.changes} == {
            (each.entity_id, each.prop) for each in expected.changes
        }
        assert not compare(folders[0], folders[0])
        back = compare(*reversed(folders))
        assert (back.added, back.removed, back.changed) == (
            found.removed, found.added, found.changed
        )  # fmt: skip


def test_order_and_repetition_are_no_change(tmp_path: Path) -> None:
    rows = [("t-1", "Person", "name", "Ghost"), ("t-1", "Person", "alias", "Phantom"),
            ("t-2", "Person", "name", "Spectre")]  # fmt: skip
    assert not compare(stage(tmp_path / "a", rows), stage(tmp_path / "b", [*rows[::-1], *rows]))


def test_values_that_change_places_are_a_change(tmp_path: Path) -> None:
    old = stage(tmp_path / "a", [("t-1", "Person", "firstName", "Ghost"),
                                 ("t-1", "Person", "lastName", "Phantom")])  # fmt: skip
    new = stage(tmp_path / "b", [("t-1", "Person", "firstName", "Phantom"),
                                 ("t-1", "Person", "lastName", "Ghost")])  # fmt: skip
    assert compare(old, new).changed == ("t-1",)


def test_a_changed_source_of_a_link_is_a_change_of_the_link(tmp_path: Path) -> None:
    rows = [("t-1", "Company", "name", "Ghost"), ("t-2", "Company", "name", "Phantom")]
    old = stage(tmp_path / "a", rows, [link("l-1", "t-1", "t-2")])
    new = stage(tmp_path / "b", rows, [link("l-1", "t-1", "t-2", by="Register")])
    found = compare(old, new)
    assert found.changed == ("l-1",)
    (change,) = found.changes
    assert (change.prop, change.removed, change.added) == (
        "evidence", ("asserts · Gazette",), ("asserts · Register",)
    )  # fmt: skip
    gone = compare(new, stage(tmp_path / "c", rows))
    assert (gone.removed, gone.changed) == (("l-1",), ())


def test_more_changes_than_are_kept_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "MAX_CHANGES", 3)
    versions = [
        stage(tmp_path / word, [(f"t-{at}", "Person", "name", word) for at in range(10)])
        for word in ("Ghost", "Phantom")
    ]
    found = compare(*versions)
    assert len(found.changed) == 10
    assert (len(found.changes), found.left_out) == (3, 7)


def test_what_a_version_holds_is_counted_as_one_would_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "BATCH_ROWS", 5)
    draw = random.Random(3)  # noqa: S311 - reproducible, not secret
    rows = [row for _ in range(5) for row in _draw_rows(draw)]
    rows += [(each[0].replace("t", "c"), "Company", each[2], each[3]) for each in rows[:30]]
    rows += [("t-1", "Person", "id", ""), ("t-lonely", "Person", "id", "")]
    relations = [link("l-1", "c-1", "c-2")]
    counts = count_tables(stage(tmp_path / "a", rows, relations))
    assert counts["relations"] == counts["evidence"] == 1
    of_link = {"owner", "asset", "role"}
    assert counts["statements"] == len(rows) + len(of_link)
    assert counts["entities"] == len({row[0] for row in rows}) + 1
    assert counts["schemata"] == {
        schema: len({row[0] for row in rows if row[1] == schema})
        for schema in ("Company", "Person")
    } | {"Ownership": 1}
    assert counts["properties"]["name"] == sum(row[2] == "name" for row in rows)
    assert counts["filled"] == {
        f"{schema}.{prop}": len({row[0] for row in rows if row[1:3] == (schema, prop)})
        for schema, prop in {row[1:3] for row in rows} if prop != "id"
    } | {f"Ownership.{prop}": 1 for prop in of_link}  # fmt: skip
    nothing = count_tables(stage(tmp_path / "b", []))
    assert (nothing["entities"], nothing["schemata"], nothing["filled"]) == (0, {}, {})
