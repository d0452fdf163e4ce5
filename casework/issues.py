"""What a build has to say: the issues of the loads, and those that only the whole shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from casework.reading import Dataset
from graph.project import Projection
from graph.snapshot import SnapshotWriter
from graph.statements import read_column

NOT_FOUND = "not found"


def gather_issues(
    datasets: Sequence[Dataset], projection: Projection, writer: SnapshotWriter
) -> dict[str, int]:
    """Copy the issues of the loads and add those of the build; the numbers by code."""
    part = writer.part("issues")
    counts: Counter[str] = Counter()
    for each in datasets:
        with (
            (each.staged / "issues.jsonl").open(encoding="utf-8") as staged,
            (part / f"{each.entry.dataset}.jsonl").open("w", encoding="utf-8") as copy,
        ):
            for line in staged:
                copy.write(line)
                counts[json.loads(line)["code"]] += 1
    with (part / "build.jsonl").open("w", encoding="utf-8") as own:
        for row in _iter_own(datasets, projection):
            own.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            counts[str(row["code"])] += 1
    return dict(sorted(counts.items()))


def _iter_own(
    datasets: Sequence[Dataset], projection: Projection
) -> Iterator[dict[str, str | None]]:
    for each in projection.differences:
        message = f"The file says {each.declared}; its evidence supports {each.derived}."
        yield _row("note", "status-differs", message, each.relation_id, each.locator)
    for dataset in datasets:
        yield from _iter_misquoted(dataset)
    for note in projection.notes:
        yield _row("note", "build", note)


def _iter_misquoted(dataset: Dataset) -> Iterator[dict[str, str | None]]:
    """Quotations that the captured page of their address does not hold."""
    evidence = dataset.tables.evidence
    names = ("quotation", "relation_id", "quote", "source_url", "locator")
    for row in zip(*(read_column(evidence, name) for name in names), strict=True):
        verdict, relation_id, quote, url, locator = row
        if verdict == NOT_FOUND:
            message = f"{quote!r} does not stand in the capture of {url}: check the quotation."
            yield _row("warning", "quotation-not-found", message, relation_id, locator)


def _row(
    level: str, code: str, message: str, entity_id: str | None = None, locator: str | None = None
) -> dict[str, str | None]:
    return {
        "level": level, "code": code, "message": message, "entity_id": entity_id,
        "locator": locator,
    }  # fmt: skip
