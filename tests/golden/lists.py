"""Every list of the shared folder in one workspace: what the product is for, whole."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import NamedTuple

from cuibono.workspace import Workspace
from tests.data import require_data
from tests.golden.worlds import SAMPLE


class Loading(NamedTuple):
    """One load: the dataset, where it lies below the shared folder, when it was published."""

    dataset: str
    parts: tuple[str, ...]
    published: str | None = None  # where neither the files nor the folder say it


LISTS = (
    Loading("us_ofac_sdn", ("ofac_sdn_2023-12-28",)),
    Loading("us_ofac_cons", ("ofac_nonsdn", "CONS_ENHANCED.ZIP")),
    Loading("us_ofac_cons", ("ofac_nonsdn",), "2025-12-19"),
    Loading("us_csl", ("us_csl_2022-04",), "2022-04-21"),
    Loading("un_sc", ("un_2026-02-27",)),
    Loading("eu_journal", ("eu_2026-08",), "2026-08-21"),
    Loading("gb_ofsi", ("uk_ofsi_2018-04-13",)),
    Loading("us_fincen", ("us_fincen",), "2026-08-21"),
    Loading("gleif_lei", ("gleif", "lei-data.xml")),
    Loading("gleif_lei", ("gleif", "lei-updates-data2-new.xml")),
    Loading("gleif_rr", ("gleif", "rr-data.xml")),
    Loading("gleif_rr", ("gleif", "rr-updates-data2-new.xml")),
    Loading("gleif_repex", ("gleif", "repex-data.xml")),
    Loading("bods", ("bods", "data-standard-examples")),
)
LISTS_OF_2023 = LISTS[:3]


def make_workspace(root: Path, loadings: tuple[Loading, ...] = LISTS) -> Workspace:
    """Load, add the sample case, and build.

    The slices of GLEIF's files and the two editions of OFAC's list differ widely in size: a
    smaller one is accepted as one would accept it by hand.
    """
    workspace = Workspace.init(root)
    for each in loadings:
        location = require_data(*each.parts)
        workspace.load(each.dataset, location, published=each.published, accept_shrink=True)
    workspace.load("evidence", SAMPLE)
    workspace.build()
    return workspace


def open_workspace(root: Path, loadings: tuple[Loading, ...] = LISTS) -> Workspace:
    """The workspace of these lists, made once per session, whichever process comes first."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "workspace" / "current").exists():
            return make_workspace(root / "workspace", loadings)
    return Workspace(root / "workspace")
