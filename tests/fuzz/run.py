"""Runs targets, each in its process, and tells what came of it as a table.

`python -m tests.fuzz.run [--runs N] [--total N] [TARGET …]`: a target that has had its inputs is
not run again, so a run that was stopped goes on; the corpus of each stays in its folder.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
WORK = PROJECT / "workspace" / "fuzz"
KEPT = Path(__file__).with_name("kept")  # seeds that earlier runs found, by target
_SLICE = 20_000  # inputs between two looks at the results, the most that a stop loses
_LONGEST = 20  # seconds for one input: more is a hang
_MEMORY = 2_048  # MB
_LEAST = 4_096  # bytes of the largest input, or twice the largest seed
_SEEDS = 20  # inputs of each target that are kept, at most
_SEED_SIZE = 1_024  # bytes of such an input, at most
_DONE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)/")


@dataclass(frozen=True, slots=True)
class Result:
    """What the runs of one target came to."""

    target: str
    inputs: int
    seconds: float
    edges: int  # coverage of `ingest`, as libFuzzer counts it
    corpus: int  # inputs that reach what the others do not
    faults: tuple[str, ...] = ()  # places, each with its input in the folder of faults
    died: str = ""  # the end of the output, where a run ended before its time

    def row(self) -> str:
        """A row of the table."""
        speed = round(self.inputs / self.seconds) if self.seconds else 0
        return (f"| {self.target} | {self.inputs:,} | {speed:,} | {self.edges:,} | {self.corpus:,} "
                f"| {len(self.faults) + bool(self.died)} |")  # fmt: skip


HEAD = ("| target | inputs | inputs/s | edges | corpus | faults |\n"
        "|---|---:|---:|---:|---:|---:|")  # fmt: skip


def fuzz(target: str, runs: int, folder: Path, seeds: Sequence[bytes], *, seed: int = 1) -> Result:
    """Give a target so many inputs.

    Args:
        folder: Gets `corpus` and `faults`; what is in its corpus is gone on from.
        seed: Of libFuzzer's random numbers: the same gives the same inputs.
    """
    corpus, faults = folder / "corpus", folder / "faults"
    for each in (corpus, faults):
        each.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(content)
    largest = max((len(each) for each in seeds), default=0)
    options = [f"-runs={runs}", f"-seed={seed}", f"-max_len={max(_LEAST, 2 * largest)}",
               f"-timeout={_LONGEST}", f"-rss_limit_mb={_MEMORY}", "-len_control=0",
               f"-artifact_prefix={faults}/", "-print_final_stats=0"]  # fmt: skip
    command = [sys.executable, "-m", "tests.fuzz.harness", target, str(faults), *options,
               str(corpus)]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run(  # noqa: PLW1510 -- how it ended is looked at below
        command, cwd=PROJECT, capture_output=True, text=True, errors="replace",
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    seconds = time.monotonic() - began
    places = tuple(
        path.read_text("utf-8").split("\n", 1)[0] for path in sorted(faults.glob("fault-*.txt"))
    )
    match = _DONE.search(done.stderr)
    if match is None or done.returncode:
        return Result(target, 0, seconds, 0, 0, places, died=done.stderr[-3000:] or "no output")
    inputs, edges, _, size = (int(each) for each in match.groups())
    return Result(target, inputs, seconds, edges, size, places)


def read_seeds(target: str) -> list[bytes]:
    """The inputs that a target begins with: those of the tests, and those that are kept."""
    from tests.fuzz.seeds import make_seeds  # imports every test of a source

    kept = KEPT / target
    found = sorted(kept.iterdir()) if kept.is_dir() else []
    return [*make_seeds(target), *(path.read_bytes() for path in found)]


def resume(target: str, wanted: int, work: Path) -> Result:
    """Bring a target to so many inputs, in slices whose results are kept."""
    folder = work / target
    state = folder / "result.json"
    result = _read_state(state) or Result(target, 0, 0.0, 0, 0)
    seeds = read_seeds(target)
    while result.inputs < wanted and not result.died:
        runs = min(_SLICE, wanted - result.inputs)
        done = fuzz(target, runs, folder, seeds, seed=1 + result.inputs // _SLICE)
        result = Result(target, result.inputs + done.inputs, result.seconds + done.seconds,
                        max(result.edges, done.edges), max(result.corpus, done.corpus),
                        done.faults, done.died)  # fmt: skip
        state.write_text(json.dumps(asdict(result)), "utf-8")
    return result


def _read_state(path: Path) -> Result | None:
    """The result of earlier runs; one that died is run on."""
    if not path.is_file():
        return None
    stated = json.loads(path.read_text("utf-8"))
    return Result(**{**stated, "faults": tuple(stated["faults"]), "died": ""})


def keep_seeds(target: str, work: Path) -> None:
    """Keep inputs of the corpus, each of which reached what none before it did: small ones, few."""
    found = (path for path in (work / target / "corpus").iterdir() if "seed-" not in path.name)
    small = [path for path in found if path.stat().st_size <= _SEED_SIZE]
    kept = KEPT / target
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for path in sorted(small, key=lambda each: (each.stat().st_mtime, each.name))[-_SEEDS:]:
        shutil.copy(path, kept / path.name[:12])


def main() -> int:
    """Run the targets and print the table."""
    from tests.fuzz.targets import target_names

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help="default: all")
    parser.add_argument("--runs", type=int, default=100_000, help="inputs of each")
    parser.add_argument("--total", type=int, default=1_000_000, help="inputs of all, at least")
    parser.add_argument("--keep", action="store_true", help="keep small seeds in tests/fuzz/kept")
    given = parser.parse_args()
    names = given.targets or target_names()
    wanted = max(given.runs, -(-given.total // len(names)) if not given.targets else 0)
    os.nice(10)
    print(HEAD, flush=True)  # noqa: T201
    results = []
    for name in names:
        results.append(resume(name, wanted, WORK))
        print(results[-1].row(), flush=True)  # noqa: T201
        if given.keep:
            keep_seeds(name, WORK)
    total = sum(result.inputs for result in results)
    print(f"\n{total:,} inputs; corpus and faults in {WORK.relative_to(PROJECT)}")  # noqa: T201
    for result in results:
        for fault in (*result.faults, *([result.died] if result.died else [])):
            print(f"{result.target}: {fault}")  # noqa: T201
    return any(result.faults or result.died for result in results)


if __name__ == "__main__":
    sys.exit(main())
