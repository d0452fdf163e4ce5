"""The datasets that can be loaded, described for people, beside what is loaded of each.

    python -m cuibono.catalogue > docs/datasets.md

writes the list of datasets with their publishers and licences; a test holds the page to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from cuibono.loaded import LoadedDataset, describe_workspace
from graph.errors import ConfigurationError
from graph.model import Frozen
from graph.statements import DatasetVersion
from ingest.archive import Archive, chronology
from ingest.catalog import OWN, CatalogEntry, read_catalog


class LoadedVersion(Frozen):
    """One version that the archive holds; `day`: of publication, else of retrieval."""

    version: str
    day: str
    published: str | None
    retrieved_at: str


class KnownSource(Frozen):
    """A dataset of the catalog. `loaded`: its newest version, None when none is loaded."""

    dataset: str
    entry: CatalogEntry
    loaded: LoadedDataset | None = None
    versions: tuple[LoadedVersion, ...] = ()  # oldest first


class OwnKind(Frozen):
    """A kind of dataset that anybody makes, and the names of those that are loaded."""

    kind: str
    prefix: str
    title: str
    loaded: tuple[str, ...] = ()


class Sources(Frozen):
    """Everything that can be loaded."""

    datasets: tuple[KnownSource, ...]
    own: tuple[OwnKind, ...]


def describe_sources(root: Path, store: str) -> Sources:
    """The catalog, and what of it a workspace holds; a workspace need not exist."""
    archive = Archive(root / "archive")
    loaded = {each.source.dataset: each for each in describe_workspace(root, store).datasets}
    return Sources(
        datasets=tuple(
            KnownSource(
                dataset=name,
                entry=entry,
                loaded=loaded.get(name),
                versions=tuple(map(_describe, archive.versions(name))),
            )
            for name, entry in read_catalog().items()
        ),
        own=tuple(
            OwnKind(
                kind=kind,
                prefix=own.prefix,
                title=own.title,
                loaded=tuple(name for name in loaded if name.startswith(own.prefix)),
            )
            for kind, own in OWN.items()
        ),
    )


def require_source(sources: Sources, name: str) -> KnownSource | OwnKind:
    """The dataset or the kind of own files of this name.

    Raises:
        ConfigurationError: When there is none; lists those that there are.
    """
    for dataset in sources.datasets:
        if dataset.dataset == name:
            return dataset
    for own in sources.own:
        if name == own.kind or name in own.loaded:
            return own
    known = [each.dataset for each in sources.datasets] + [each.kind for each in sources.own]
    raise ConfigurationError(f"No dataset is called {name!r}; known: {', '.join(known)}.")


def list_stale(root: Path, store: str) -> list[str]:
    """The loaded datasets that are older than their publisher's rhythm and can be fetched."""
    catalog = read_catalog()
    return [
        each.source.dataset
        for each in describe_workspace(root, store).datasets
        if each.source.stale and catalog[each.source.dataset].urls
    ]


def _describe(version: DatasetVersion) -> LoadedVersion:
    return LoadedVersion(
        version=version.version,
        day=chronology(version)[0],
        published=version.published,
        retrieved_at=version.retrieved_at,
    )


def make_page() -> str:
    """The datasets of the catalog as Markdown: who publishes them, under which licence, where."""
    return "\n".join(_iter_page()) + "\n"


def _iter_page() -> Iterator[str]:
    yield "# Datasets and their licences\n"
    yield "Made by `python -m cuibono.catalogue`; edit `ingest/datasets/*.yml`, not this page.\n"
    yield "No list is shipped. Each stays under its publisher's terms wherever it goes.\n"
    yield "| dataset | title | publisher | covers | licence | formats | where |"
    yield "|---|---|---|---|---|---|---|"
    for name, entry in read_catalog().items():
        where = "fetched" if entry.urls else "by hand"
        page = f"[{where}]({entry.page})" if entry.page else where
        cells = (f"`{name}`", entry.title, entry.publisher, entry.coverage, entry.licence,
                 ", ".join(entry.formats), page)  # fmt: skip
        yield "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"
    yield ""
    yield "| own files | what they are | named |\n|---|---|---|"
    for kind, own in OWN.items():
        yield f"| `{kind}` | {own.title} | `{own.prefix}…` |"


if __name__ == "__main__":
    sys.stdout.write(make_page())
