"""A party that a list drops stays known, as formerly listed, from the first version without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.model import SearchQuery
from cuibono.workspace import Workspace
from graph.network import NearestQuery, PathQuery
from ingest import load as loading
from ingest.catalog import read_catalog
from tests.golden.worlds import LIST
from tests.ingest.ofac_files import party, write_list

DROPPED, KEPT = "ofac-7", "ofac-8"
PARTIES = [
    *(party(number, f"GHOST {number} TRADING") for number in range(1, 7)),
    party(7, "MOONBEAM EXCHANGE", remarks="Linked To: PHANTOM HOLDING."),
    party(8, "PHANTOM HOLDING"),
    *(party(number, f"GHOST {number} TRADING") for number in range(9, 12)),
]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Three publications of a small list; the second and third are without number 7."""
    # The catalog expects thousands of entries: a whole list is not what is tested here.
    entry = read_catalog()[LIST].model_copy(update={"expected": {}})
    monkeypatch.setattr(loading, "read_catalog", lambda: {LIST: entry})
    workspace = Workspace.init(tmp_path / "workspace")
    without = [line for line in PARTIES if not line.startswith("7,")]
    later = [*without, party(12, "GHOST 12 TRADING")]
    for day, lines in (("2023-01-01", PARTIES), ("2023-02-01", without), ("2023-03-01", later)):
        folder = write_list(tmp_path / day, lines)
        # The one link of the list goes with its party: a shrink that somebody accepted.
        workspace.load(LIST, folder, published=day, accept_shrink=True)
    workspace.build()
    return workspace


def test_its_listing_ends_on_the_day_of_the_first_version_without_it(
    workspace: Workspace,
) -> None:
    """Not on the last day it was seen, nor on that of the newest version."""
    entity = workspace.entity(DROPPED)
    (listing,) = entity.listings
    assert listing.until == "2023-02-01"
    assert not entity.listed
    assert entity.caption == "MOONBEAM EXCHANGE"
    assert [item.until for item in workspace.entity(KEPT).listings] == [None]


def test_search_still_finds_it_and_says_that_it_was_listed(workspace: Workspace) -> None:
    """Whoever asks for it must neither miss it nor take it for listed."""
    answer = workspace.search(SearchQuery(q="Moonbeam Exchange"))
    hit = answer.results[0]
    assert (hit.entity.id, hit.match, hit.entity.listed) == (DROPPED, True, False)
    assert [listing.until for listing in hit.entity.listings] == ["2023-02-01"]


def test_what_it_was_linked_to_stays_and_it_is_no_nearest_listed_party(
    workspace: Workspace,
) -> None:
    """The last that the list said of it is still evidence, of its own date."""
    answer = workspace.paths(PathQuery(sources=(DROPPED,), targets=(KEPT,)))
    (path,) = answer.paths
    assert path.nodes == (DROPPED, KEPT)
    (link,) = (answer.links[each] for each in path.hops[0].links)
    assert [item.on for item in link.evidence] == ["2023-01-01"]
    assert [each.entity for each in workspace.nearest(NearestQuery(source=DROPPED)).nearest] == [
        KEPT
    ]
    assert workspace.nearest(NearestQuery(source=KEPT)).nearest == ()
