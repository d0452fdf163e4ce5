"""Every format of the catalog, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.catalog import OWN, READERS
from tests.ingest.hostile.place import Place, make_place
from tests.ingest.hostile.samples import MAKERS, Sample

FORMATS = (*READERS, *OWN)


def get_sample(kind: str) -> Sample:
    """The sample of a format; a format without one is not tested, which fails."""
    if kind not in MAKERS:
        pytest.fail(f"no sample for format {kind}; write one in tests/ingest/hostile/samples.py")
    return MAKERS[kind]()


@pytest.fixture(params=FORMATS)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """One format's sample, and an empty archive."""
    kind = request.param
    return make_place(tmp_path, kind, get_sample(kind), monkeypatch)
