"""How many rows of a source become statements in a second, and in how much memory.

`python -m benchmarks.ingest --help`. Every measure runs in a process of its own, so that its peak
of memory is its own. A case is a function of a scratch folder and a number of rows that returns
what it did; `CASES` lists them, with the peer beside which a case stands.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from benchmarks import registries
from benchmarks.measure import (
    describe_machine,
    number,
    peak_memory_mb,
    run_child,
    table,
    times,
    write_report,
)

SEED = 7
PACKAGES = ("followthemoney", "rigour", "pyarrow", "numpy")
HASH = "0" * 64  # of the generated file; no case verifies it


class Done(NamedTuple):
    """What a case did. The time that it took to make its input is not in it."""

    seconds: float
    cpu_s: float  # of all threads of the process
    rows: int
    statements: int


class Case(NamedTuple):
    """One row of the table."""

    title: str
    run: Callable[[Path, int], Done]
    rows: int  # by default
    peer: str | None = None  # the case with whose rate this one is compared


@dataclass(slots=True)
class Clock:
    """Seconds and processor seconds since it was made."""

    began: float
    cpu: float

    @classmethod
    def start(cls) -> Clock:
        """A clock that runs."""
        return cls(time.perf_counter(), time.process_time())

    def stop(self, rows: int, statements: int) -> Done:
        """What was done since."""
        cpu = time.process_time() - self.cpu
        return Done(time.perf_counter() - self.began, cpu, rows, statements)


# -- a company register of 20 columns -------------------------------------------------------------

# Column -> property of Company. The mapping of both sides.
REGISTER = {
    "number": "registrationNumber", "name": "name", "former_name": "previousName",
    "trading_name": "alias", "legal_form": "legalForm", "status": "status",
    "incorporated": "incorporationDate", "dissolved": "dissolutionDate",
    "jurisdiction": "jurisdiction", "country": "country", "address": "address",
    "vat": "vatCode", "tax_number": "taxNumber", "sector": "sector", "activity": "classification",
    "email": "email", "website": "website", "link": "sourceUrl", "summary": "summary",
    "updated": "modifiedAt",
}  # fmt: skip
_WORDS = ("Zubrow", "Quillon", "Vexley", "Marenka", "Ostrava", "Drumlin", "Kestrel", "Halvorn",
          "Göteburg", "Tamarisk", "O'Lomond", "Farrow", "Pellucid", "Windrush", "Ça Iraq", "Łodz",
    )  # fmt: skip
_TRADES = ("Trading", "Holdings", "Shipping", "Capital", "Foods", "Timber", "Metals", "Energy")
_COUNTRIES = ("Germany", "France", "gb", "Luxembourg", "NL", "The Gambia", "Lebanon", "Ireland")
_FORMS = ("Private limited company", "Limited partnership", "Public limited company", "Branch")


def write_register(path: Path, rows: int) -> None:
    """A seeded register: most cells clean and of a kind, some cells empty, some in need of care."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(REGISTER) + "\r\n")
        for cells in _iter_register(random.Random(SEED), rows):
            stream.write(",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + "\r\n")


def _iter_register(chance: random.Random, rows: int) -> Iterator[tuple[str, ...]]:
    pick, share = chance.choice, chance.random
    for place in range(rows):
        name = f"{pick(_WORDS)} {pick(_TRADES)} {place} Limited"
        made, gone, seen = (_day(chance) for _ in range(3))
        site = f"{pick(_TRADES).lower()}{place % 50_000}.example.org"
        yield (
            f"{place:08d}", name,
            f"{pick(_WORDS)} {pick(_TRADES)} {place}" if share() < 0.15 else "",
            f"{pick(_WORDS)}  {place}" if share() < 0.1 else "",
            pick(_FORMS), "Active" if share() < 0.8 else "Dissolved", made,
            gone if share() < 0.2 else "", pick(_COUNTRIES), pick(_COUNTRIES),
            f"{chance.randrange(1, 300)} {pick(_WORDS)} Street, {pick(_WORDS)}, "
            f"{chance.randrange(10_000, 99_999)}",
            f"GB{chance.randrange(10**8, 10**9)}", str(chance.randrange(10**9, 10**10)),
            f"{chance.randrange(100)} - {pick(_TRADES)}", f"{chance.randrange(10_000):04d}",
            f"office@{site}" if share() < 0.1 else "", f"https://{site}/" if share() < 0.2 else "",
            f"https://register.example.org/company/{place:08d}",
            f"{pick(_TRADES)} and {pick(_TRADES).lower()} of every description",
            f"{seen}T10:00:00",
        )  # fmt: skip


def _day(chance: random.Random) -> str:
    year, month, day = (
        chance.randrange(1950, 2025),
        chance.randrange(1, 13),
        chance.randrange(1, 29),
    )
    return f"{year}-{month:02d}-{day:02d}"


def run_register(folder: Path, rows: int) -> Done:
    """The register through `ingest.columns` and `StatementWriter.add_columns`, to Parquet."""
    import pyarrow.parquet as pq

    from graph.statements import DatasetVersion, StatementWriter
    from ingest.columns import iter_csv_batches, make_ids, parse_days

    path = folder / "register.csv"
    write_register(path, rows)
    clock = Clock.start()
    writer = StatementWriter(
        DatasetVersion("register", "0", None, "2026-01-01T00:00:00+00:00", {path.name: HASH})
    )
    writer.spill_to(folder)
    for batch in iter_csv_batches(path, path.name, "register", columns_required=tuple(REGISTER)):
        numbers = batch.column("number")
        ids = make_ids("register", numbers)
        origins = batch.origins(numbers, HASH)
        writer.add_entities("Company", ids, origins)
        for column, prop in REGISTER.items():
            given = batch.column(column)
            values = parse_days(given) if prop.endswith(("Date", "modifiedAt")) else given
            writer.add_columns("Company", prop, ids, values, origins, original=given)
    writer.write(folder)
    metadata = pq.read_metadata(folder / "statements.parquet")
    return clock.stop(rows, metadata.num_rows - rows)  # FollowTheMoney counts no ids


def run_mapping(folder: Path, rows: int) -> Done:
    """The same register through FollowTheMoney's own mapping, as `ftm map` runs it, to nothing."""
    from followthemoney import model

    path = folder / "register.csv"
    write_register(path, rows)
    clock = Clock.start()
    properties = {prop: {"column": column} for column, prop in REGISTER.items()}
    query = {
        "csv_url": path.as_uri(),
        "entities": {"company": {"schema": "Company", "key": "number", "properties": properties}},
    }
    statements = 0
    for entity in model.map_entities(query, key_prefix="register", dataset="register"):
        statements += sum(len(entity.get(prop)) for prop in properties)
    return clock.stop(rows, statements)


def run_mapping_statements(folder: Path, rows: int) -> Done:
    """The mapping, and of each entity its statements, written as `ftm statements` does."""
    from followthemoney import model
    from followthemoney.statement import Statement
    from followthemoney.statement.serialize import PACK, get_statement_writer

    path = folder / "register.csv"
    write_register(path, rows)
    clock = Clock.start()
    properties = {prop: {"column": column} for column, prop in REGISTER.items()}
    query = {
        "csv_url": path.as_uri(),
        "entities": {"company": {"schema": "Company", "key": "number", "properties": properties}},
    }
    count = 0
    with (folder / "statements.pack").open("wb") as stream:
        writer = get_statement_writer(stream, PACK)
        for entity in model.map_entities(query, key_prefix="register", dataset="register"):
            for statement in Statement.from_entity(entity, "register"):
                count += statement.prop != "id"
                writer.write(statement)
        writer.close()
    return clock.stop(rows, count)


# -- the bulk products of company registers (`registries.py`) ------------------------------------


def run_source(
    folder: Path,
    rows: int,
    write: Callable[[Path, int], Path],
    reader: str,
    name: str,
    dataset: str = "benchmark",
) -> Done:
    """A generated file through the catalogue's reader of its format, to Parquet.

    Args:
        folder: Scratch.
        rows: Of the file.
        write: Makes the file.
        reader: Name of the format in `ingest.catalog.READERS`.
        name: Of the file, as its publisher would call it.
        dataset: That the file is of, where its format has several.
    """
    import pyarrow.parquet as pq

    from graph.bulk import bulk
    from graph.statements import DatasetVersion, StatementWriter
    from ingest.catalog import READERS
    from ingest.source import IssueLog, Reader

    path = write(folder / name, rows)
    module, _, kind = READERS[reader].partition(":")
    source: Reader = getattr(import_module(module), kind)(dataset)
    clock = Clock.start()
    with bulk():
        files = source.find_files(path)
        writer = StatementWriter(
            DatasetVersion(dataset, "0", None, "2026-01-01T00:00:00+00:00",
                           dict.fromkeys(files, HASH))
        )  # fmt: skip
        writer.spill_to(folder)
        source.parse(files, writer, IssueLog())
        writer.write(folder)
    return clock.stop(rows, pq.read_metadata(folder / "statements.parquet").num_rows)


def run_gleif_level1(folder: Path, rows: int) -> Done:
    """GLEIF's level 1: 338 columns, most of them empty."""
    return run_source(folder, rows, registries.write_level1, "gleif_lei", "lei2.csv")


def run_gleif_level2(folder: Path, rows: int) -> Done:
    """GLEIF's level 2: relationships."""
    return run_source(folder, rows, registries.write_level2, "gleif_rr", "rr.csv")


def run_company_data(folder: Path, rows: int) -> Done:
    """Companies House: every company."""
    return run_source(folder, rows, registries.write_company_data, "gb_coh_csv", "companies.csv")


def run_psc(folder: Path, rows: int) -> Done:
    """Companies House: people with significant control, two relations each."""
    return run_source(folder, rows, registries.write_psc, "gb_psc_jsonl", "psc.txt")


def run_advanced(folder: Path, parties: int) -> Done:
    """OFAC's Advanced XML: a list, whose values are added one by one. Its rows are parties."""
    from benchmarks import advanced  # imports the reader, which is part of what others measure

    def write(path: Path, parties: int) -> Path:
        advanced.write_document(path, parties)
        return path

    return run_source(folder, parties, write, "us_ofac_advanced", "sdn_advanced.xml", "us_ofac_sdn")


# One function a case: add it here, with the number of rows that it takes by default.
CASES: dict[str, Case] = {
    "register": Case("register of 20 columns, in columns to Parquet", run_register, 500_000,
                     "mapping"),
    "mapping": Case("register, FollowTheMoney's mapping, in memory", run_mapping, 20_000),
    "mapping-statements": Case("register, FollowTheMoney's mapping to a file of statements",
                               run_mapping_statements, 20_000),
    "gleif-level1": Case("GLEIF level 1", run_gleif_level1, 1_000_000),
    "gleif-level2": Case("GLEIF level 2", run_gleif_level2, 1_000_000),
    "company-data": Case("Companies House, companies", run_company_data, 1_000_000),
    "psc": Case("Companies House, people with significant control", run_psc, 1_000_000),
    "advanced": Case("OFAC's Advanced XML, parties", run_advanced, 19_400),
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run cases and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--cases", default=",".join(CASES), help="which [all], with commas")
    parser.add_argument("--rows", type=int, help="rows of every case [each case's own]")
    parser.add_argument("--markdown", type=Path, help="file that also receives the report")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        print(json.dumps(measure(given.child, given.rows)))
        return 0
    unknown = [name for name in given.cases.split(",") if name not in CASES]
    if unknown:
        print(f"No case {unknown[0]!r}; there are {', '.join(CASES)}.", file=sys.stderr)
        return 2
    write_report(run(given.cases.split(","), given.rows), given.markdown)
    return 0


def measure(name: str, rows: int | None = None) -> dict[str, float]:
    """Run one case in this process."""
    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="cuibono-benchmark-") as folder:
        done = case.run(Path(folder), rows or case.rows)
    return {**done._asdict(), "peak_mb": peak_memory_mb()}


def run(names: Sequence[str], rows: int | None = None) -> str:
    """The report."""
    machine = describe_machine(PACKAGES)
    found = {}
    for name in names:
        size = ["--rows", str(rows)] if rows else []
        found[name] = run_child(["-m", "benchmarks.ingest", "--child", name, *size]).report
    lines = []
    for name, each in found.items():
        peer = found.get(CASES[name].peer or "")
        lines.append(
            [
                CASES[name].title,
                number(each["rows"]),
                number(each["statements"]),
                number(each["seconds"]),
                number(each["cpu_s"]),
                number(each["rows"] / each["cpu_s"]),
                times(_rate(each) / _rate(peer)) if peer else "",
                number(each["peak_mb"]),
            ]
        )
    heads = ["case", "rows", "statements", "s", "CPU s", "rows/s and core", "to its peer",
             "peak, MB"]  # fmt: skip
    return f"# Ingest\n\n{machine}\n\n{table(heads, lines)}"


def _rate(report: dict[str, float]) -> float:
    return report["rows"] / report["cpu_s"]


if __name__ == "__main__":
    raise SystemExit(main())
