"""Which datasets can be loaded, and everything that is known of one."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from cuibono.catalogue import KnownSource, OwnKind, Sources
from cuibono.render.clean import safe
from cuibono.render.data import describe_age, describe_hours
from cuibono.render.layout import HEADING, QUIET, WARNING, heading, indent, join, line, table
from ingest.catalog import CatalogEntry

SOURCE_HEADER = (
    "dataset", "title", "publisher", "formats", "licence", "changes every", "loaded",
)  # fmt: skip
OWN_HEADER = ("own files", "what they are", "named", "loaded")
NOT_LOADED = "not loaded"


def iter_sources(sources: Sources) -> Iterator[RenderableType]:
    """The lists of the catalog, then the kinds of own files."""
    rows: list[list[str | Text]] = []
    for known, cells in zip(sources.datasets, iter_source_rows(sources), strict=True):
        stale = known.loaded is not None and known.loaded.source.stale is True
        rows.append([*cells[:-1], safe(cells[-1], WARNING if stale else "")])
    yield table(SOURCE_HEADER, rows)
    yield Text("")
    yield table(
        OWN_HEADER,
        ([own.kind, own.title, f"{own.prefix}…", join(own.loaded)] for own in sources.own),
    )


def iter_source_rows(sources: Sources) -> Iterator[list[str]]:
    """One row a dataset of the catalog."""
    for known in sources.datasets:
        entry = known.entry
        yield [
            known.dataset,
            entry.title,
            entry.publisher,
            join(entry.formats),
            entry.licence,
            describe_hours(entry.refresh_hours),
            describe_loaded(known),
        ]


def describe_loaded(known: KnownSource) -> str:
    """The newest version with its age, in words that say when it is stale."""
    if known.loaded is None:
        return NOT_LOADED
    source, days = known.loaded.source, known.loaded.age_days
    published = f"published {source.published}" if source.published else "day not stated"
    stale = ", STALE" if source.stale else ""
    return f"{source.version}, {published}, {days:,} d old{stale}"


def iter_source(known: KnownSource) -> Iterator[RenderableType]:
    """Everything that is known of a dataset, and its loaded versions."""
    entry = known.entry
    yield line(f"{known.dataset}: {entry.title}", style=HEADING)
    yield indent(table(("what", "stated"), iter_facts(entry)))
    if entry.disclaimer:
        yield line(entry.disclaimer, level=1, style=WARNING)
    yield heading("Loaded")
    if known.loaded is None:
        yield line(f"{NOT_LOADED}: {describe_remedy(known)}", level=1, style=QUIET)
        return
    stale = known.loaded.source.stale is True
    yield line(
        f"{'STALE: ' if stale else ''}{describe_age(known.loaded)}",
        level=1,
        style=WARNING if stale else "",
    )
    rows = ([each.version, each.published or "not stated", each.retrieved_at]
            for each in known.versions)  # fmt: skip
    yield indent(table(("version", "published", "retrieved"), rows))


def iter_facts(entry: CatalogEntry) -> Iterator[tuple[str, str]]:
    """Name and value of everything in a catalog entry."""
    yield "publisher", entry.publisher
    yield "licence", entry.licence
    yield "coverage", entry.coverage
    yield "changes every", describe_hours(entry.refresh_hours)
    yield "formats", join(entry.formats)
    for name, url in entry.urls.items():
        yield f"address of {name}", url
    if entry.page:
        yield "page", entry.page
    for name, bounds in entry.expected.items():
        yield f"expected {name}", f"{bounds.minimum:,} to {bounds.maximum:,}"
    for name, fill in entry.filled.items():
        yield f"share with {name}", f"{fill.minimum:.1%} to {fill.maximum:.1%}"
    for words, dataset in entry.relays.items():
        yield "repeats", f"{words} ({dataset})"


def describe_remedy(known: KnownSource) -> str:
    """The command that loads a dataset."""
    if known.entry.urls:
        return f"`cuibono fetch {known.dataset}`, or `cuibono load {known.dataset} --from PATH`"
    return f"download it from its page and use `cuibono load {known.dataset} --from PATH`"


def iter_own(own: OwnKind) -> Iterator[RenderableType]:
    """A kind of own files."""
    yield line(f"{own.kind}: {own.title}", style=HEADING)
    yield line(f"its datasets are named {own.prefix}…, after the folder or file", level=1)
    yield line(f"loaded: {join(own.loaded) or 'none'}", level=1)
    yield line(f"`cuibono load {own.kind} --from PATH`", level=1, style=QUIET)
