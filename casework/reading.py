"""From the archive to tables: the versions of each dataset as one, ready to be made a network.

The first stage of a build. What other datasets decide is settled here: a list that repeats another
gives way to it, and quotations are held against the archived bytes that they are from.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.errors import ConfigurationError
from graph.model import CASE_PREFIX
from graph.snapshot import DatasetEntry, SnapshotWriter
from graph.statements import TABLES, DatasetTables, DatasetVersion
from graph.versions import (
    Edition,
    end_relayed,
    find_listed,
    merge_versions,
    weaken_relayed,
)
from ingest.archive import Archive
from ingest.captures import Captures
from ingest.catalog import describe, format_of, get_source, read_catalog
from ingest.load import Paths, restage
from ingest.verify import Verifier

MAX_DATASETS = 62  # a bit each in the links' masks


@dataclass(slots=True)
class Dataset:
    """One dataset of the build: all its versions as one."""

    entry: DatasetEntry
    tables: DatasetTables
    staged: Path
    as_staged: bool  # the tables are those of the folder, unchanged


def read_datasets(archive: Archive, staging: Path, writer: SnapshotWriter) -> list[Dataset]:
    """Every loaded dataset, its tables in the snapshot's folder.

    Raises:
        ConfigurationError: When nothing is loaded, or more than a snapshot holds.
    """
    datasets = _let_lists_decide([_merge(archive, name, staging) for name in archive.datasets()])
    if not datasets:
        raise ConfigurationError(
            "Nothing is loaded; run `cuibono load DATASET --from PATH` first, or `cuibono demo`."
        )
    if len(datasets) > MAX_DATASETS:
        raise ConfigurationError(
            f"{len(datasets)} datasets are loaded; a snapshot holds at most {MAX_DATASETS}."
        )
    datasets = _check_quotations(archive, datasets)
    for each in datasets:
        part = writer.part(f"statements/{each.entry.dataset}")
        if each.as_staged:
            _link_tables(each.staged, part)
        else:
            _write_tables(each.tables, part)
    return datasets


def _merge(archive: Archive, name: str, staging: Path) -> Dataset:
    """All versions of a dataset as one."""
    versions, known = archive.versions(name), read_catalog().get(name)
    if name.startswith(CASE_PREFIX):
        versions = versions[-1:]  # a row that its author took out is withdrawn, not delisted
    folders = [_staged(archive, version, staging) for version in versions]
    merged = merge_versions(
        [
            Edition(
                DatasetTables.read(folder),
                # A publisher that gives no day had published it when it was fetched, at the latest.
                version.published or version.retrieved_at[:10],
                format_of(name, version.files.keys()),
            )
            for folder, version in zip(folders, versions, strict=True)
        ]
    )
    newest = versions[-1]
    about = describe(name, lambda: archive.files(newest))
    entry = DatasetEntry(
        dataset=name,
        version=newest.version,
        title=about.title,
        publisher=about.publisher,
        licence=about.licence,
        published=newest.published,
        retrieved_at=newest.retrieved_at,
        files=dict(newest.files),
        refresh_hours=known.refresh_hours if known else None,
        entities=pc.count_distinct(merged.statements["entity_id"]).as_py(),
        links=merged.relations.num_rows,
    )
    return Dataset(entry, merged, folders[-1], as_staged=len(folders) == 1)


def _let_lists_decide(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Where a dataset repeats lists that are loaded, they decide.

    They say which names are weak and, where they are not older, who is on them.
    """
    by_name = {each.entry.dataset: each for each in datasets}
    decided = []
    for each in datasets:
        known = read_catalog().get(each.entry.dataset)
        repeated = {
            words: by_name[name]
            for words, name in (known.relays.items() if known else ())
            if name in by_name
        }
        tables, listed = each.tables, {}
        for name in dict.fromkeys(own.entry.dataset for own in repeated.values()):
            tables = weaken_relayed(tables, by_name[name].tables)
            listed[name] = find_listed(by_name[name].tables)
        lists = {
            words: (listed[own.entry.dataset], _day(own.entry))
            for words, own in repeated.items()
            if _day(own.entry) >= _day(each.entry)
        }
        if repeated:
            each = replace(each, tables=end_relayed(tables, lists), as_staged=False)
        decided.append(each)
    return decided


def _check_quotations(archive: Archive, datasets: Sequence[Dataset]) -> list[Dataset]:
    """The datasets with what the archive's captures say of every quotation."""
    verifier = Verifier(Captures(archive))
    checked = []
    for each in datasets:
        evidence = verifier.annotate(each.entry.dataset, each.tables.evidence)
        if evidence is not each.tables.evidence:
            each = replace(each, tables=replace(each.tables, evidence=evidence), as_staged=False)
        checked.append(each)
    return checked


def _day(entry: DatasetEntry) -> str:
    return entry.published or entry.retrieved_at[:10]


def _staged(archive: Archive, version: DatasetVersion, staging: Path) -> Path:
    """The staged tables of a version, made again from the archive when they are gone."""
    folder = Paths(staging).of(version.dataset, version.version)
    if folder.is_dir():
        return folder
    location = archive.file(next(iter(version.files.values())))
    return restage(archive, get_source(version.dataset, location), version, staging)


def _link_tables(staged: Path, part: Path) -> None:
    for name in TABLES:
        source, target = staged / f"{name}.parquet", part / f"{name}.parquet"
        try:
            target.hardlink_to(source)
        except OSError:  # another file system
            shutil.copyfile(source, target)


def _write_tables(tables: DatasetTables, part: Path) -> None:
    for name in TABLES:
        pq.write_table(getattr(tables, name), part / f"{name}.parquet", compression="zstd")
