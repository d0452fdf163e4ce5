"""One target under libFuzzer, in a process of its own: it ends the process that it runs in.

`python -m tests.fuzz.harness TARGET FAULTS [libFuzzer's options] CORPUS`. A fault does not end the
run: its input and its traceback go to the folder FAULTS, the first of each place in the code. So
one run finds many. What hangs or dies ends the run, and libFuzzer leaves its input there too.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
import warnings
from pathlib import Path
from types import TracebackType

import atheris  # type: ignore[import-untyped]  # ships no type information

with atheris.instrument_imports(include=["ingest", "tests.fuzz.broken"]):
    from tests.fuzz import broken, targets

from graph.errors import SourceError
from tests.fuzz.mutate import mutate

_LISTED = 50  # places with a fault, after which a target has enough of them


def main(arguments: list[str]) -> None:
    """Run until libFuzzer's options say enough."""
    name, faults, *options = arguments
    with atheris.instrument_imports(include=["ingest"]):
        check = broken.check if name == broken.NAME else targets.make_target(name)
    default = targets.default_name(name)
    seen: set[str] = set()

    def run(content: bytes) -> None:
        try:
            check(content)
        except SourceError:
            return
        except Exception as exc:  # noqa: BLE001 -- a fault of any kind is what is looked for
            place = find_place(exc)
            if place not in seen and len(seen) < _LISTED:
                seen.add(place)
                keep(content, exc, place, Path(faults))

    def change(content: bytes, limit: int, seed: int) -> bytes:
        return mutate(content, limit, seed, default, atheris.Mutate)

    warnings.simplefilter("ignore")
    atheris.Setup(["fuzz", *options], run, custom_mutator=change)
    atheris.Fuzz()


def find_place(exc: BaseException) -> str:
    """Type and the last two places in our own code: the faults of one place are one."""
    frames: list[str] = []
    trace: TracebackType | None = exc.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if {"ingest", "graph", "fuzz"} & set(Path(code.co_filename).parts):
            frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join([type(exc).__name__, *frames[-2:]])


def keep(content: bytes, exc: BaseException, place: str, folder: Path) -> None:
    """Write an input that showed a fault, and what was raised."""
    stem = f"fault-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
    (folder / stem).write_bytes(content)
    report = place + "\n" + "".join(traceback.format_exception(exc))
    (folder / f"{stem}.txt").write_text(report, "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main(sys.argv[1:])
