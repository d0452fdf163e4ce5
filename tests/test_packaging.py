"""What is shipped, and that our generic package names are ours alone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.data import PROJECT

PACKAGES = ("graph", "ingest", "entity_resolution", "casework", "api", "cuibono")


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_claims_a_name_of_ours(name: str) -> None:
    """A rival that ships `graph/` or `api/` would overwrite ours without a warning."""
    assert set(packages_distributions().get(name, ["cuibono"])) == {"cuibono"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(PROJECT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_what_runs_and_nothing_else(wheel: Path) -> None:
    """Types, data files and pages are in it; tests and benchmarks are not."""
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        *(f"{package}/py.typed" for package in PACKAGES),
        "ingest/datasets/us_ofac_sdn.yml",
        "cuibono/sample/tajideen/evidence.csv",
        "cuibono/sample/tajideen/entities.csv",
        "api/pages/docs.html",
    ):
        assert name in names
    assert any(name.startswith("casework/migrations/") for name in names)
    assert any(name.startswith("casework/report/") and ".html" in name for name in names)
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == set(PACKAGES)


def test_the_wheel_answers_from_a_folder_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """What is installed works without the checkout: the demo, whole, from the unpacked wheel."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = "import cuibono.cli, sys; sys.argv = ['cuibono', 'demo', '-q']; cuibono.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "KAIRABA SUPERMARKET" in done.stdout
