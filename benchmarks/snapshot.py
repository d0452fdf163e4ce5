"""From the full list to a published snapshot, and from a cold process to a first answer.

`python -m benchmarks.snapshot --help`. Every step runs in a process of its own, so that nothing is
warm that would not be for a user. Where a plain way to the same end exists, it stands beside.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import (
    Child,
    describe_machine,
    ms,
    number,
    run_child,
    run_twice_cached,
    table,
    times,
    write_report,
)
from tests.data import data_folder

DATASET = "us_ofac_sdn"
LIST = "ofac_sdn_2023-12-28"
HELP_RUNS = 5
PACKAGES = ("followthemoney", "rigour", "rapidfuzz", "pyarrow", "numpy", "numba")
CLI = "import sys; from cuibono.cli import main; sys.argv[0] = 'cuibono'; main()"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 2 when the list is not there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.snapshot", description=__doc__)
    parser.add_argument("--sdn", type=Path, help="folder of the list [CUIBONO_DATA's]")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds for each search row")
    parser.add_argument("--markdown", type=Path, help="file that also receives the report")
    given = parser.parse_args(arguments)
    data = data_folder()
    location = given.sdn or (data / LIST if data else None)
    if location is None or not location.is_dir():
        print("No list: give its folder with --sdn, or set CUIBONO_DATA.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="cuibono-benchmark-") as folder:
        write_report(run(location.resolve(), Path(folder), given.budget), given.markdown)
    return 0


def run(location: Path, folder: Path, budget_s: float) -> str:
    """The report."""
    machine = describe_machine(PACKAGES)
    root = str(folder / "workspace")
    first = _cold("load-list", root, DATASET, str(location))
    again = _cold("load-again", root, DATASET, str(location))
    ends = _cold("find-ends", root).report
    return "\n\n".join(
        [
            "# Snapshot",
            machine,
            _describe_contents(first.report),
            f"## From files to a snapshot\n\n{_table_build(first, again)}",
            f"## Cleaning alone\n\n{_table_cleaning(root)}",
            f"## From a cold process to an answer\n\n{_table_cold(root, ends)}",
            f"## Search\n\n{_table_search(root, budget_s)}",
        ]
    )


def _cold(program: str, *arguments: str) -> Child:
    return run_child(["-m", "benchmarks.cold", program, *arguments])


def _describe_contents(report: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in report["counts"].items())
    return f"{report['statements']:,} statements; {counts}"


def _table_build(first: Child, again: Child) -> str:
    report, repeated = first.report, again.report
    rows = [
        ["whole process", number(first.wall_s), f"{number(report['cpu_s'])} s CPU"],
        ["imports", number(report["import_s"]), ""],
        ["load", number(report["load_s"]), f"{report['statements']:,} statements"],
        ["build", number(report["build_s"]), f"peak {report['peak_mb']:,.0f} MB"],
        *([f"build: {name}", number(each), ""] for name, each in report["stages"].items()),
        [
            "whole process, same files again",
            number(again.wall_s),
            f"peak {repeated['peak_mb']:,.0f} MB; "
            + ("nothing new" if not repeated["new"] else "loaded anew")
            + (", same snapshot" if repeated["unchanged"] else ", another snapshot"),
        ],
        ["load again", number(repeated["load_s"]), ""],
        ["build again", number(repeated["build_s"]), ""],
    ]
    return table(["step", "s", "remarks"], rows)


def _table_cleaning(root: str) -> str:
    ours = _cold("clean-statements", root, "columns").report
    peer = _cold("clean-statements", root, "entities").report
    rows = [
        [
            name,
            number(each["seconds"]),
            times(each["seconds"] / ours["seconds"]),
            f"{each['kept']:,} of {each['statements']:,}",
        ]
        for name, each in (
            ("cuibono, columns, written to Parquet", ours),
            ("followthemoney StatementEntity, in memory", peer),
        )
    ]
    return table(["way", "s", "to cuibono's", "statements kept"], rows)


def _table_cold(root: str, ends: Mapping[str, str]) -> str:
    pair = (ends["source"], ends["target"])
    floor = min(run_child(["-c", "pass"]).wall_s for _ in range(HELP_RUNS))
    asked = min(run_child(["-c", CLI, "--help"]).wall_s for _ in range(HELP_RUNS))
    rows = [
        ["an empty Python process", number(floor), f"least of {HELP_RUNS}"],
        ["cuibono --help", number(asked), f"least of {HELP_RUNS}"],
    ]
    path = ["-m", "benchmarks.cold", "first-path", root, *pair]
    command = ["-c", CLI, "path", *pair, "-w", root]
    uncached, cached = run_twice_cached(path)
    for name, child in (("without", uncached), ("with", cached)):
        rows.append(
            [
                f"first path, Python, {name} compiled kernels on disk",
                number(child.wall_s),
                _describe_first(child.report),
            ]
        )
    uncached, cached = run_twice_cached(command)
    rows.append(["cuibono path, without compiled kernels on disk", number(uncached.wall_s), ""])
    rows.append(["cuibono path, with them", number(cached.wall_s), ""])
    return table(["process", "s", "within it"], rows)


def _describe_first(report: Mapping[str, Any]) -> str:
    return (
        f"imports {number(report['import_s'])} s, open {ms(report['open_s'])} ms, first "
        f"{ms(report['first_s'])} ms, again {ms(report['second_s'])} ms, "
        f"peak {report['peak_mb']:,.0f} MB"
    )


def _table_search(root: str, budget_s: float) -> str:
    report = _cold("search-names", root, str(budget_s)).report
    names = {
        "cuibono": "cuibono search",
        "scan": f"rapidfuzz token_sort_ratio over {report['names']:,} names",
    }
    rows = [
        [
            names[key],
            str(each["n"]),
            ms(each["p50_s"]),
            ms(each["p99_s"]),
            ms(each["mean_s"]),
            f"{each['found']} of {each['n']}",
            each["note"],
        ]
        for key, each in report["rows"].items()
    ]
    heads = ["way", "n", "p50, ms", "p99, ms", "mean, ms", "party among the first ten", "remarks"]
    return table(heads, rows)


if __name__ == "__main__":
    raise SystemExit(main())
