"""What loads and builds did, and what a workspace holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import shorten
from typing import TYPE_CHECKING

from rich.console import RenderableType

from cuibono.loaded import LoadedDataset, LoadedIssue, WorkspaceStatus
from cuibono.render.layout import HEADING, QUIET, WARNING, count, indent, join, line, table
from cuibono.render.search import describe_list
from graph.snapshot import Manifest
from ingest.load import LoadReport

if TYPE_CHECKING:
    from casework.build import BuildReport

SNAPSHOT_HEADER = ("snapshot", "created", "code", "ledger", "entities", "links", "datasets")
ISSUE_HEADER = ("dataset", "level", "code", "message", "entity", "where")
_EXAMPLE = 160  # characters; --all shows the whole
ISSUE_GROUP_HEADER = ("dataset", "level", "code", "issues", "for example", "entity", "where")


def iter_load(report: LoadReport) -> Iterator[RenderableType]:
    """Which version was loaded, what it holds, what changed, what to beware of."""
    state = "new" if report.new else "already loaded, nothing changed"
    if report.downloaded is False:
        state = "its publisher says that nothing has changed since it was fetched"
    yield line(f"{report.dataset} {report.version}: {state}", style=HEADING)
    published = f"published {report.published}" if report.published else "publication not stated"
    yield line(f"{published} ({report.published_from})", level=1)
    counts = [
        f"{number:,} {name}" for name, number in report.counts.items() if isinstance(number, int)
    ]
    yield line(join(counts), level=1)
    if report.previous and report.new:
        delta = report.delta
        changes = f"{len(delta.added):,} added, {len(delta.removed):,} removed, "
        changes += f"{len(delta.changed):,} changed since version {report.previous}"
        yield line(f"entities and relations: {changes}; see `cuibono diff {report.dataset}`",
                   level=1)  # fmt: skip
    elif report.previous:
        yield line(f"previous version {report.previous}", level=1, style=QUIET)
    if report.issues:
        issues = join(f"{code} {number:,}" for code, number in sorted(report.issues.items()))
        yield line(f"issues: {issues}; see `cuibono issues {report.dataset}`", level=1)
    for warning in report.warnings:
        yield line(f"warning: {warning}", level=1, style=WARNING)


def iter_build(report: BuildReport) -> Iterator[RenderableType]:
    """Which snapshot was published, what it holds, how long it took, where statuses differ."""
    same = " (the same contents as before)" if report.unchanged else ""
    yield line(f"published snapshot {report.snapshot}{same}", style=HEADING)
    yield line(join(f"{number:,} {name}" for name, number in report.counts.items()), level=1)
    seconds = join(f"{stage} {spent:.2f} s" for stage, spent in report.seconds.items())
    yield line(f"{seconds}; {sum(report.seconds.values()):.2f} s in all", level=1, style=QUIET)
    if report.issues:
        issues = join(f"{code} {number:,}" for code, number in sorted(report.issues.items()))
        yield line(f"issues: {issues}; see `cuibono issues`", level=1)
    if report.differences:
        yield line(
            "rows whose own status is not the one that their evidence supports (not used):",
            level=1,
        )
        rows = (
            [each.locator, each.declared, str(each.derived), each.relation_id]
            for each in report.differences
        )
        yield indent(table(("row", "the file says", "evidence supports", "relation"), rows))


def iter_status(status: WorkspaceStatus) -> Iterator[RenderableType]:
    """The live snapshot, and each list with its date, age and whether it is in there."""
    yield line(f"workspace {status.workspace}, store {status.store}", style=HEADING)
    if status.snapshot:
        yield line(
            f"live snapshot {status.snapshot}, built {status.created_at} "
            f"({count(status.snapshots, 'snapshot')} kept)"
        )
    else:
        yield line("nothing is published; run `cuibono build`", style=WARNING)
    for dataset in status.datasets:
        stale = dataset.source.stale is True
        waiting = "" if dataset.in_snapshot else "; not in the live snapshot"
        yield line(
            f"{describe_list(dataset.source)}; {describe_age(dataset)}{waiting}",
            level=1,
            style=WARNING if stale or waiting else "",
        )
    if not status.datasets:
        yield line("no list is loaded; see `cuibono load --help`", level=1, style=WARNING)
    elif status.build_due:
        yield line("a build is due: `cuibono build`", style=WARNING)


def describe_age(dataset: LoadedDataset) -> str:
    """How old a list is, how old it may be, and when its publisher was last asked."""
    parts = [f"{count(dataset.age_days, 'day')} old"]
    if dataset.refresh_hours:
        parts.append(f"expected every {describe_hours(dataset.refresh_hours)}")
    if dataset.checked_at:
        parts.append(f"its publisher had nothing newer on {dataset.checked_at[:10]}")
    return join(parts)


def describe_hours(hours: int) -> str:
    """A rhythm in hours, or in days where it is whole days."""
    days, rest = divmod(hours, 24)
    if rest:
        return count(hours, "hour")
    return count(days, "day") if days > 1 else "day"


def iter_snapshot_rows(manifests: Iterable[Manifest]) -> Iterator[list[str]]:
    """One row a snapshot, newest first."""
    for manifest in manifests:
        yield [
            manifest.id,
            manifest.created_at,
            manifest.code_version,
            manifest.ledger_position,
            f"{manifest.counts.get('entities', 0)}",
            str(sum(number for name, number in manifest.counts.items() if name.endswith("links"))),
            join(f"{each.dataset} {each.published or 'undated'}" for each in manifest.datasets),
        ]


def iter_issue_groups(issues: Iterable[LoadedIssue]) -> Iterator[list[str]]:
    """One row a dataset, level and code: how many, and the first as an example."""
    groups: dict[tuple[str, str, str], list[LoadedIssue]] = {}
    for issue in issues:
        groups.setdefault((issue.dataset, issue.level, issue.code), []).append(issue)
    # Warnings first: they may change an answer, notes do not.
    for (dataset, level, code), found in sorted(
        groups.items(), key=lambda each: (each[0][0], each[0][1] != "warning", -len(each[1]))
    ):
        example = found[0]
        yield [
            dataset,
            level,
            code,
            f"{len(found):,}",
            shorten(example.message, _EXAMPLE, placeholder=" …"),
            example.entity_id or "",
            example.locator or "",
        ]


def iter_issue_rows(issues: Iterable[LoadedIssue]) -> Iterator[list[str]]:
    """One row an issue."""
    for issue in issues:
        yield [
            issue.dataset,
            issue.level,
            issue.code,
            issue.message,
            issue.entity_id or "",
            issue.locator or "",
        ]
