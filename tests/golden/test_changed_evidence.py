"""Shorter dates and a withdrawal in the evidence change the answer, and nothing else does.

The case alone, without the list: what is tested is that the output follows the rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from cuibono.workspace import Workspace
from graph.model import Status
from graph.network import Filters, PathAnswer, PathQuery
from graph.network import Path as FoundPath
from tests.golden.worlds import SAMPLE

HUSAYN, KAIRABA = "ofac-12451", "ofac-12455"
BANK, WESTERN_UNION = "case:wu-master-agent-bank", "case:western-union"
PAID, AGENCY = (HUSAYN, KAIRABA, WESTERN_UNION), (HUSAYN, KAIRABA, BANK, WESTERN_UNION)
OFAC = "US Treasury (OFAC)"

Row = dict[str, str]


def build(root: Path, change: Callable[[Row], None]) -> Workspace:
    """A workspace of the sample case with its rows changed."""
    folder = root / SAMPLE.name
    folder.mkdir()
    (folder / "entities.csv").write_bytes((SAMPLE / "entities.csv").read_bytes())
    with (SAMPLE / "evidence.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change(row)
    with (folder / "evidence.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    workspace = Workspace.init(root / "workspace")
    workspace.load("evidence", folder)
    workspace.build()
    return workspace


def ask(workspace: Workspace, source: str = HUSAYN, **filters: str) -> PathAnswer:
    """Every default path to Western Union."""
    return workspace.paths(
        PathQuery(
            sources=(source,), targets=(WESTERN_UNION,), k=100,
            filters=Filters.model_validate(filters),
        )
    )  # fmt: skip


def routes(answer: PathAnswer) -> dict[tuple[str, ...], FoundPath]:
    """The paths by their nodes."""
    return {path.nodes: path for path in answer.paths}


def is_agency(row: Row) -> bool:
    """The two rows' worth of agency: Kairaba for the unnamed bank, the bank for Western Union."""
    return row["relation_schema"] == "Representation" and BANK in (
        row["subject_id"], row["object_id"],
    )  # fmt: skip


def is_remittance(row: Row) -> bool:
    """The row that states the payouts at Kairaba."""
    return (row["subject_id"], row["object_id"], row["kind"]) == (WESTERN_UNION, KAIRABA, "link")


def shorten_and_withdraw(row: Row) -> None:
    """End the agency earlier, and let OFAC withdraw what it said of the payouts."""
    if is_agency(row):
        row["end_date"] = "2012-06-30"
    if is_remittance(row):
        row["denied_by"], row["denied_on"] = OFAC, "2020-01-15"


def test_the_case_as_it_is_holds_both_ways(tmp_path: Path) -> None:
    """What the changed copies are compared with."""
    found = routes(ask(build(tmp_path, lambda row: None)))
    assert found[PAID].possible == (("2010-12-09", "2015-03-13"),)
    assert found[AGENCY].possible == (("2004-01-01", "2015-03-13"),)


def test_refuted_remittances_carry_no_path_and_the_agency_ends_as_its_rows_say(
    tmp_path: Path,
) -> None:
    """Whoever said it has withdrawn it: refuted, out of default paths, shown between its ends."""
    workspace = build(tmp_path, shorten_and_withdraw)
    answer = ask(workspace)
    found = routes(answer)
    assert PAID not in found
    assert not [nodes for nodes in found if nodes[-2:] == (KAIRABA, WESTERN_UNION)]
    assert found[AGENCY].possible == (("2004-01-01", "2012-06-30"),)
    assert found[AGENCY].certain == (("2010-12-09", "2010-12-09"),)
    assert "2012-06-30" in found[AGENCY].text
    assert "2015-03-13" not in found[AGENCY].text
    # The refuted link stands beside an answer about its own two ends, and no other.
    assert answer.beside == ()
    between = ask(workspace, source=KAIRABA)
    (beside,) = between.beside
    assert between.links[beside].status is Status.REFUTED
    assert (KAIRABA, WESTERN_UNION) not in routes(between)
    assert {link.id for link in workspace.claims(WESTERN_UNION)} == {beside}
    assert beside in {link.id for link in workspace.claims(KAIRABA)}
    assert beside not in {link.id for link in workspace.claims(HUSAYN)}


def test_before_the_withdrawal_was_published_the_remittances_still_carried_paths(
    tmp_path: Path,
) -> None:
    """At an earlier date the same link reads as it stood then."""
    workspace = build(tmp_path, shorten_and_withdraw)
    before = routes(ask(workspace, known_at="2019-12-31"))
    assert before[PAID].possible == (("2010-12-09", "2015-03-13"),)
    assert PAID not in routes(ask(workspace, known_at="2020-01-15"))


def test_hops_that_never_held_at_once_are_said_so_and_rank_last(tmp_path: Path) -> None:
    """An agency that ended before the bank's own began is no chain at any time."""

    def part(row: Row) -> None:
        if is_agency(row) and row["subject_id"] == KAIRABA:
            row["end_date"] = "2008-06-30"
        elif is_agency(row):
            row["start_date"] = "2011-01-01"

    answer = ask(build(tmp_path, part))
    # Undisputed paths come first; coherence ranks among them.
    broken = [BANK in path.nodes for path in answer.paths if not path.disputed]
    assert broken == sorted(broken)
    assert any(broken)
    for path in answer.paths:
        if BANK in path.nodes:
            assert (path.certain, path.possible) == ((), ())
            assert "never held at once" in path.text
