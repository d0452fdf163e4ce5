"""What changed on a list, by party: names and ids, not rows. Every party in here is invented."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from casework.model import ListVersion
from cuibono import Workspace
from cuibono.cli import app
from cuibono.differences import FieldChange, ListDifference, compare_versions
from cuibono.overlap import compare_lists
from graph.errors import ConfigurationError
from ingest import load as loading
from tests.data import require_data
from tests.ingest.ofac_files import address, alias, party, write_list
from tests.ingest.staged import Row, link, stage

LEFT = ListVersion(dataset="some_list", version="aa", published="2024-01-01", records=2)
RIGHT = ListVersion(dataset="some_list", version="bb", published="2024-02-01", records=2)
OTHER = ListVersion(dataset="other_list", version="cc", published="2024-03-01", records=2)


def listed(key: str, name: str, *more: Row, title: str = "First list", ends: str = "") -> list[Row]:
    """A person on a list."""
    sanction = [
        (f"{key}-s", "Sanction", "entity", key),
        (f"{key}-s", "Sanction", "program", "PROG"),
        (f"{key}-s", "Sanction", "publisher", title),
    ]
    sanction += [(f"{key}-s", "Sanction", "endDate", ends)] if ends else []
    return [(key, "Person", "name", name), *sanction, *more]


def between(tmp_path: Path, old: list[Row], new: list[Row]) -> ListDifference:
    return compare_versions(LEFT, RIGHT, stage(tmp_path / "a", old), stage(tmp_path / "b", new))


def test_parties_come_and_go_by_name_with_the_list_that_names_them(tmp_path: Path) -> None:
    old = listed("t-1", "Ghost") + listed("t-2", "Phantom", title="Second list")
    new = listed("t-1", "Ghost") + listed("t-3", "Apparition")
    found = between(tmp_path, old, new)
    assert [(each.id, each.caption, each.lists) for each in found.removed] == [
        ("t-2", "Phantom", ("Second list",))
    ]
    assert [(each.id, each.schema_) for each in found.added] == [("t-3", "Person")]
    assert found.changed == ()
    assert (found.removed_by_list, found.added_by_list) == ({"Second list": 1}, {"First list": 1})


def test_what_belongs_to_a_party_that_stays_is_told_of_the_party(tmp_path: Path) -> None:
    document: list[Row] = [
        ("t-1-id", "Identification", "holder", "t-1"),
        ("t-1-id", "Identification", "type", "Tax number"),
        ("t-1-id", "Identification", "number", "77-1"),
        ("t-1-id", "Identification", "country", "gm"),
    ]
    old = listed("t-1", "Ghost", ("t-1", "Person", "birthDate", "1963"))
    new = [row for row in listed("t-1", "Ghost") if row[3] != "PROG"]
    new += [*document, ("t-1-s", "Sanction", "program", "NEW")]
    found = between(tmp_path, old, new)
    assert (found.added, found.removed) == ((), ())
    (changed,) = found.changed
    assert (changed.id, changed.caption) == ("t-1", "Ghost")
    assert changed.changes == (
        FieldChange(field="Identification", removed=(), added=("Tax number, 77-1, gm",)),
        FieldChange(field="Sanction.program", removed=("PROG",), added=("NEW",)),
        FieldChange(field="birthDate", removed=("1963",), added=()),
    )
    assert found.changed_by_field == {"Identification": 1, "Sanction.program": 1, "birthDate": 1}


def test_another_address_is_shown_once_and_as_text(tmp_path: Path) -> None:
    def at(street: str, key: str) -> list[Row]:
        return [("t-1", "Person", "addressEntity", key), ("t-1", "Person", "address", street),
                (key, "Address", "full", street)]  # fmt: skip

    found = between(
        tmp_path, listed("t-1", "Ghost", *at("Elm Row 1", "t-1-addr-1")),
        listed("t-1", "Ghost", *at("Oak Row 2", "t-1-addr-2")),
    )  # fmt: skip
    (changed,) = found.changed
    assert changed.changes == (
        FieldChange(field="address", removed=("Elm Row 1",), added=("Oak Row 2",)),
    )


def test_an_address_whose_text_changed_is_told_of_who_has_it(tmp_path: Path) -> None:
    old = listed("t-1", "Ghost", ("t-1", "Person", "addressEntity", "addr-1"),
                 ("addr-1", "Address", "city", "Banjul"))  # fmt: skip
    new = [(*row[:3], row[3].replace("Banjul", "Bakau")) for row in old]
    (changed,) = between(tmp_path, old, [(a, b, c, d) for a, b, c, d in new]).changed
    assert changed.id == "t-1"
    assert changed.changes == (
        FieldChange(field="Address.city", removed=("Banjul",), added=("Bakau",)),
    )


def test_links_are_told_by_their_ends(tmp_path: Path) -> None:
    rows: list[Row] = [("t-1", "Company", "name", "Ghost"), ("t-2", "Company", "name", "Phantom")]
    old = stage(tmp_path / "a", rows, [link("l-1", "t-1", "t-2"), link("l-2", "t-2", "t-1")])
    new = stage(tmp_path / "b", rows, [link("l-1", "t-1", "t-2", by="Register"),
                                       link("l-3", "t-1", "t-unknown", role="holder")])  # fmt: skip
    found = compare_versions(LEFT, RIGHT, old, new)
    assert [each.caption for each in found.links_removed] == ["Phantom —owner→ Ghost"]
    assert [each.caption for each in found.links_added] == ["Ghost —holder→ t-unknown"]
    (changed,) = found.changed
    assert (changed.id, changed.schema_, changed.caption) == (
        "l-1", "Ownership", "Ghost —owner→ Phantom"
    )  # fmt: skip
    assert [each.field for each in changed.changes] == ["evidence"]
    assert (found.added, found.removed) == ((), ())


def test_a_party_that_is_only_mentioned_is_told_apart(tmp_path: Path) -> None:
    stub: Row = ("t-unresolved-spectre", "LegalEntity", "name", "Spectre")
    found = between(tmp_path, listed("t-1", "Ghost"), [*listed("t-1", "Ghost"), stub])
    assert found.added == ()
    assert [each.caption for each in found.named_added] == ["Spectre"]


def overlap(tmp_path: Path, left: list[Row], right: list[Row]) -> ListDifference:
    return compare_lists(RIGHT, OTHER, stage(tmp_path / "a", left), stage(tmp_path / "b", right))


def test_two_lists_are_compared_where_their_ids_come_from_one_publisher(tmp_path: Path) -> None:
    left = [
        *listed("ofac-1", "Ghost"), *listed("ofac-2", "Phantom", title="Second list"),
        *listed("csl-9", "Elsewhere"), ("ofac-7", "Person", "name", "Not listed here"),
    ]  # fmt: skip
    right = listed("ofac-1", "GHOST ") + listed("ofac-3", "Apparition")
    found = overlap(tmp_path, left, right)
    assert [each.id for each in found.removed] == ["ofac-2"]
    assert [each.id for each in found.added] == ["ofac-3"]
    assert found.removed_by_list == {"Second list": 1}
    assert found.changed == ()  # case and spaces are no change
    assert "ofac-…" in found.compared


def test_only_what_both_lists_print_is_compared(tmp_path: Path) -> None:
    birth: Row = ("ofac-1", "Person", "birthDate", "1963")
    country: Row = ("ofac-1", "Person", "nationality", "gm")
    note: Row = ("ofac-1", "Person", "notes", "long text")
    left = listed("ofac-1", "Ghost", birth, note)
    right = listed("ofac-1", "Ghost", country) + listed("ofac-2", "X", ("ofac-2", *birth[1:]))
    (found,) = overlap(tmp_path, left, [*right, ("ofac-1", "Person", "notes", "other")]).changed
    assert found.changes == (FieldChange(field="birthDate", removed=("1963",), added=()),)


def test_a_value_under_another_heading_is_no_change(tmp_path: Path) -> None:
    left = listed("ofac-1", "Ghost", ("ofac-1", "Person", "alias", "Spirit"),
                  ("ofac-1", "Person", "idNumber", "77-1"), ("ofac-1", "Person", "country", "sy"),
                  ("ofac-1", "Person", "weakAlias", "Shade"))  # fmt: skip
    right = listed("ofac-1", "Ghost", ("ofac-1", "Person", "weakAlias", "SPIRIT"),
                   ("ofac-1", "Person", "taxNumber", "77-1"),
                   ("ofac-1", "Person", "addressEntity", "addr"),
                   ("addr", "Address", "country", "sy"),
                   ("ofac-1", "Person", "alias", "Wraith"))  # fmt: skip
    others = listed("ofac-2", "X", ("ofac-2", "Person", "idNumber", "9"),
                    ("ofac-2", "Person", "taxNumber", "8"),
                    ("ofac-2", "Person", "country", "gm"))  # fmt: skip
    (changed,) = overlap(tmp_path, left + others, right + others).changed
    assert changed.changes == (
        FieldChange(field="alias", removed=(), added=("Wraith",)),
        FieldChange(field="weakAlias", removed=("Shade",), added=()),
    )


def test_a_property_that_most_parties_have_otherwise_is_how_a_list_is_printed(
    tmp_path: Path,
) -> None:
    def people(country: str, year: str) -> list[Row]:
        rows: list[Row] = []
        for at in range(12):
            key = f"ofac-{at}"
            rows += listed(key, f"Ghost {at}", (key, "Person", "address", f"Elm Row, {country}"),
                           (key, "Person", "birthDate", year if at == 3 else "1950"))  # fmt: skip
        return rows

    found = overlap(tmp_path, people("GM", "1963"), people("Gambia", "1964"))
    assert found.printed_differently == {"address": 12}
    assert found.changed_by_field == {"birthDate": 1}
    (changed,) = found.changed
    assert changed.id == "ofac-3"


def test_an_entry_that_had_ended_by_then_is_not_on_the_list(tmp_path: Path) -> None:
    ended = listed("ofac-1", "Ghost", ends="2024-02-29")
    running = listed("ofac-2", "Phantom", ends="2030")
    found = overlap(
        tmp_path, listed("ofac-1", "Ghost") + listed("ofac-2", "Phantom"), ended + running
    )
    assert [each.id for each in found.removed] == ["ofac-1"]
    assert found.added == ()


def test_lists_without_a_common_publisher_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="share no publisher's ids"):
        overlap(tmp_path, listed("ofac-1", "Ghost"), listed("un-1", "Ghost"))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Three versions of a small list, and one of another that has two of its parties."""
    monkeypatch.setattr(loading, "read_catalog", dict)
    workspace = Workspace.init(tmp_path / "w")
    people = [party(uid, f"GHOST {uid}") for uid in range(1, 9)]
    places = [address(1, 1, "Elm Row 1", "Banjul", "Gambia, The")]
    for day, parties, aliases in (
        ("2024-01-01", people, [alias(1, 1, "aka", "=SPECTRE[red]")]),
        ("2024-02-01", [*people[:7], party(9, "GHOST 9\u202e")], [alias(1, 1, "aka", "SPIRIT")]),
        ("2024-03-01", people, [alias(1, 1, "aka", "SPIRIT")]),
    ):
        folder = write_list(tmp_path / f"list-{day}", parties, aliases, places)
        workspace.load("us_ofac_sdn", folder)
    folder = tmp_path / "cons"
    folder.mkdir()
    for source in write_list(tmp_path / "x", [people[0], party(20, "WRAITH")]).iterdir():
        name = source.name.replace("sdn_comments", "comments").replace("sdn", "prim")
        (folder / f"cons_{name}").write_bytes(source.read_bytes())
    workspace.load("us_ofac_cons", folder, published="2024-01-15")
    return workspace


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "-w", str(workspace.root)])


def test_versions_are_named_by_day_by_beginning_or_not_at_all(workspace: Workspace) -> None:
    first, second, third = (each.version for each in workspace.archive.versions("us_ofac_sdn"))

    def pair(*named: str) -> tuple[str, str]:
        found = workspace.diff("us_ofac_sdn", *named)
        return found.left.version, found.right.version

    assert pair() == (second, third)
    assert pair("2024-01-20") == (first, third)
    assert pair(first[:8], second) == (first, second)
    assert pair("2024-03-01", "2024-01-01") == (third, first)
    for named, fault in (
        (("2023-12-31",), r"no version of us_ofac_sdn; .*2024-01-01"),
        (("zz",), "no version"), (("",), "fits several"), (("2024-03-05",), "Both are"),
    ):  # fmt: skip
        with pytest.raises(ConfigurationError, match=fault):
            pair(*named)
    with pytest.raises(ConfigurationError, match=r"Only version .* load another one"):
        workspace.diff("us_ofac_cons")
    with pytest.raises(ConfigurationError, match=r"loaded: us_ofac_cons, us_ofac_sdn"):
        workspace.diff("un_sc")


def test_the_text_gives_counts_first_then_names_with_ids(workspace: Workspace) -> None:
    shown = run(workspace, "diff", "us_ofac_sdn", "2024-01-01", "2024-02-01")
    assert shown.exit_code == 0, shown.stderr
    lines = [line.strip() for line in shown.stdout.splitlines()]
    assert lines[1].startswith("1 party removed")
    assert "GHOST 9 [ofac-9] Organization · Office of Foreign Assets Control" in lines
    assert "alias: − =SPECTRE[red]; + SPIRIT" in lines
    assert "\u202e" not in shown.stdout
    assert lines.index("Parties removed (1)") > lines.index(next(
        line for line in lines if "on both, changed" in line))  # fmt: skip


def test_the_limit_says_how_many_more_there_are(workspace: Workspace) -> None:
    shown = run(
        workspace, "diff", "us_ofac_cons", "--against", "us_ofac_sdn", "--limit", "2"
    ).stdout
    assert "1 party only on us_ofac_cons" in shown
    assert "7 parties only on us_ofac_sdn" in shown
    assert "5 more; raise --limit" in shown


def test_every_format_holds_the_whole_difference(workspace: Workspace) -> None:
    asked = ("diff", "us_ofac_sdn", "2024-01-01", "2024-02-01", "--limit", "1")
    body = json.loads(run(workspace, *asked, "--json").stdout)
    assert ListDifference.model_validate(body) == workspace.diff(*asked[1:4])
    assert body["added"][0]["schema"] == "Organization"
    rows = list(csv.DictReader(io.StringIO(run(workspace, *asked, "--format", "csv").stdout)))
    assert [(row["change"], row["id"]) for row in rows] == [
        ("removed", "ofac-8"), ("added", "ofac-9"), ("changed", "ofac-1"),
    ]  # fmt: skip
    assert rows[2]["removed"] == "'=SPECTRE[red]"  # no formula
    documents = run(workspace, *asked, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(each)["id"] for each in documents] == [row["id"] for row in rows]


def test_a_deleted_table_is_made_again(workspace: Workspace) -> None:
    before = workspace.diff("us_ofac_sdn")
    for path in sorted((workspace.root / "statements").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert workspace.diff("us_ofac_sdn") == before


@pytest.mark.lists
def test_the_screening_list_of_2022_against_the_sdn_list_of_2023_is_the_delta_of_the_list(
    tmp_path: Path,
) -> None:
    workspace = Workspace.init(tmp_path)
    workspace.load("us_csl", require_data("us_csl_2022-04"))
    workspace.load("us_ofac_sdn", require_data("ofac_sdn_2023-12-28"))
    found = workspace.diff("us_csl", against="us_ofac_sdn")
    sdn = "Specially Designated Nationals (SDN) - Treasury Department"
    gone = found.removed_by_list[sdn]
    assert 10_026 - gone + len(found.added) <= 13_821  # counted in the two published files
    assert len(found.added) > 3_500
    assert "address" in found.printed_differently
    assert len(found.changed) < 500
    assert all(each.id.startswith("ofac-") for each in (*found.added, *found.removed))


def test_a_usage_error_is_one_sentence(workspace: Workspace) -> None:
    result = run(workspace, "diff", "us_ofac_sdn", "zz")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
