"""`Workspace`: the public Python face of everything that one folder holds.

A workspace is a directory with an archive of published files, staged statements, immutable
snapshots and the ledger; `current` names the live snapshot. Each question is answered by the
snapshot that is live when it is asked, so that a newly published one is served without a restart.
Safe to share between threads. It satisfies `api.ports.Investigation`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from casework.ids import find_by_id
from cuibono.settings import DEFAULT_WORKSPACE, EMBEDDED, read_credentials, require_store
from cuibono.version import __version__
from graph.errors import ConfigurationError, EntityNotFound, StoreError
from graph.model import Entity, Event, Link
from graph.network import (
    NearestAnswer,
    NearestQuery,
    NeighbourAnswer,
    NeighbourQuery,
    Network,
    PathAnswer,
    PathQuery,
)
from graph.snapshot import Manifest, Snapshot, current_id, list_snapshots, open_current

if TYPE_CHECKING:
    from api.ports import Meta
    from casework.build import BuildReport
    from casework.model import SearchQuery
    from casework.search import SearchAnswer
    from cuibono.catalogue import Sources
    from cuibono.differences import ListDifference
    from cuibono.loaded import LoadedIssue, WorkspaceStatus
    from entity_resolution.index import NamesIndex
    from ingest.archive import Archive
    from ingest.captures import Captures
    from ingest.load import LoadReport

# Inside the methods: the names index, romanisation, FollowTheMoney and Arrow take longer to load
# than a question by ids takes to answer.

Progress = Callable[[str, float], None]
LoadProgress = Callable[[str, int, int], None]  # (stage, bytes done, bytes in all or 0)
FOLDERS = ("archive", "statements", "snapshots")


@dataclass(frozen=True)
class _Live:
    """One opened snapshot; whoever holds it can go on reading it after the next is published."""

    snapshot: Snapshot
    network: Network

    @cached_property
    def names(self) -> NamesIndex:
        """The names index; a question by ids does without it."""
        from entity_resolution.index import NamesIndex

        return NamesIndex.open(self.snapshot.names_directory)

    @property
    def meta(self) -> Meta:
        """Version, snapshot and list versions, with their age now."""
        from cuibono.meta import make_meta

        return make_meta(self.snapshot.manifest)


class Workspace:
    """A folder of lists, snapshots and decisions, and what can be asked of it."""

    def __init__(self, root: Path | str = DEFAULT_WORKSPACE, *, store: str = EMBEDDED) -> None:
        self.root = Path(root)
        self.store = require_store(store)
        self._lock = threading.Lock()
        self._opened: _Live | None = None

    @classmethod
    def init(cls, root: Path | str = DEFAULT_WORKSPACE, *, store: str = EMBEDDED) -> Workspace:
        """Make the folder and its parts; what is there already stays as it is.

        Raises:
            ConfigurationError: When the path is a file.
        """
        workspace = cls(root, store=store)
        if workspace.root.exists() and not workspace.root.is_dir():
            raise ConfigurationError(f"{str(root)!r} is a file; give a folder.")
        for name in FOLDERS:
            (workspace.root / name).mkdir(parents=True, exist_ok=True)
        return workspace

    # -- what is loaded -------------------------------------------------------------------

    def load(
        self,
        dataset: str,
        location: Path | str,
        *,
        published: str | None = None,
        accept_shrink: bool = False,
        progress: LoadProgress | None = None,
    ) -> LoadReport:
        """Read published files into the archive. The live snapshot changes with the next build.

        Args:
            dataset: A name of the catalogue, or a kind of own files ("evidence": a case file).
            published: Day of publication, YYYY-MM-DD; default: the day that the file states, else
                a date in the name of the folder or file.
            accept_shrink: Load a list that lost more than a fifth of what it held.
            progress: Told how far the load is.

        Raises:
            SourceError: When the files are not what they should be; nothing is recorded.
        """
        from ingest.catalog import get_source
        from ingest.load import load

        self._require_folders()
        path = Path(location)
        return load(
            self.archive,
            get_source(dataset, path),
            path,
            published=published,
            staging=self.root / "statements",
            accept_shrink=accept_shrink,
            progress=progress or (lambda _stage, _done, _total: None),
        )

    def fetch(
        self,
        dataset: str,
        *,
        origin: Path | str | None = None,
        sha256: Mapping[str, str] | None = None,
        accept_shrink: bool = False,
        progress: LoadProgress | None = None,
    ) -> LoadReport:
        """Download a dataset from its publisher and load it: the only outbound connection.

        What the publisher says has not changed since the last time is not downloaded again.

        Args:
            origin: Address of a folder that holds the same files, or a folder or file of this
                machine, for which nothing calls out; default: the publisher's address.
            sha256: File name -> the digest that it must have.
            accept_shrink: Load a list that lost more than a fifth of what it held.
            progress: Told how far download and load are.

        Raises:
            DownloadError: When a file cannot be had.
            ChecksumMismatch: When a file has another digest than the given one.
            ConfigurationError: When the publisher gives no stable address.
        """
        from cuibono.fetching import fetch_dataset

        self._require_folders()
        return fetch_dataset(
            self, dataset, origin=origin, sha256=sha256 or {}, accept_shrink=accept_shrink,
            progress=progress or (lambda _stage, _done, _total: None),
        )  # fmt: skip

    def diff(
        self,
        dataset: str,
        first: str | None = None,
        second: str | None = None,
        *,
        against: str | None = None,
    ) -> ListDifference:
        """What changed on a list between two loaded versions, by party.

        Args:
            first: The earlier version: the beginning of its id, or a day on which it stood.
                Default: the one before the newest.
            second: The later one, likewise. Default: the newest.
            against: Another dataset, of whose publisher the first has ids too: `first` is then a
                version of `dataset`, `second` one of this; default of both: the newest.

        Raises:
            ConfigurationError: When a version is not there, or the two have nothing in common.
        """
        from cuibono.compare import compare_loaded

        self._require_folders()
        return compare_loaded(self.root, dataset, (first, second), against=against)

    def sources(self) -> Sources:
        """Every dataset of the catalogue with what is loaded of it; needs no workspace."""
        from cuibono.catalogue import describe_sources

        return describe_sources(self.root, self.store)

    def stale(self) -> list[str]:
        """The loaded datasets that are older than they should be and can be fetched."""
        from cuibono.catalogue import list_stale

        self._require_folders()
        return list_stale(self.root, self.store)

    def build(self, progress: Progress | None = None) -> BuildReport:
        """Compute a snapshot from all that is loaded, and publish it.

        With a store other than the embedded one, the snapshot is loaded there too.
        """
        from casework.build import build

        self._require_folders()
        report = build(self.root, progress=progress, code_version=__version__)
        if self.store != EMBEDDED:
            self._load_server(progress)
        return report

    def status(self) -> WorkspaceStatus:
        """What is loaded, what is published, and whether a build is due."""
        from cuibono.loaded import describe_workspace

        self._require_folders()
        return describe_workspace(self.root, self.store)

    def snapshots(self) -> list[Manifest]:
        """The published snapshots."""
        self._require_folders()
        return list_snapshots(self.root)

    def issues(self, dataset: str | None = None) -> list[LoadedIssue]:
        """What loads could not read and what the build noticed, in the live snapshot.

        Before the first build: what the loads of the newest versions could not read.

        Raises:
            ConfigurationError: When there is no such dataset.
            StoreUnavailable: When nothing is loaded and nothing published.
        """
        from cuibono.loaded import iter_issues, iter_loaded_issues

        self._require_folders()
        if current_id(self.root) is None and self.archive.datasets():
            return list(iter_loaded_issues(self.root, dataset))
        return list(iter_issues(self._live().snapshot, dataset))

    def explain_issues(self, dataset: str | None = None) -> list[str]:
        """Which loaded versions `issues` is not about, or that nothing is built; one sentence."""
        status = self.status()
        if status.snapshot is None:
            return ["Nothing is built yet: these are the issues of the newest loaded versions."]
        names = [each.source.dataset for each in status.datasets if not each.in_snapshot]
        waiting = [name for name in names if dataset in (None, name)]
        if not waiting:
            return []
        return [f"The newest loaded version of {', '.join(waiting)} is not built yet, and its "
                "issues are not shown; run `cuibono build`."]  # fmt: skip

    # -- what can be asked -----------------------------------------------------------------

    @property
    def network(self) -> Network:
        """The network of the live snapshot."""
        return self._live().network

    def meta(self) -> Meta:
        """Version, snapshot and list versions."""
        return self._live().meta

    def ready(self) -> bool:
        """Whether a question can be answered now."""
        try:
            _ = self._live().names
        except (StoreError, ConfigurationError, OSError):
            return False
        return True

    def search(self, query: SearchQuery) -> SearchAnswer:
        """Parties whose names fit, with reasons."""
        from casework.search import search

        live = self._live()
        return search(live.names, live.network, live.meta.sources, query)

    def resolve_party(self, text: str) -> str:
        """The id of the party that an id or a name means.

        Raises:
            AmbiguousName: When the name fits several; with the candidates.
        """
        live = self._live()
        entity = find_by_id(live.network, text)
        if entity is not None:
            return entity.id
        from casework.search import require_party

        return require_party(live.names, live.network, live.meta.sources, text)

    def entity(self, entity_id: str) -> Entity:
        """An entity by its id, or by that of one merged into it.

        Raises:
            EntityNotFound: When it is absent.
        """
        found = self.network.get_entity(entity_id)
        if found is None:
            raise EntityNotFound(entity_id)
        return found

    def neighbours(self, query: NeighbourQuery) -> NeighbourAnswer:
        """Who is one link away."""
        return self.network.neighbours(query)

    def paths(self, query: PathQuery) -> PathAnswer:
        """How parties are connected; an empty answer states its scope."""
        return self.network.paths(query)

    def nearest(self, query: NearestQuery) -> NearestAnswer:
        """The nearest listed parties."""
        return self.network.nearest(query)

    def degree(self, entity_id: str) -> NeighbourAnswer:
        """How many links the entity has, by type: a page of one neighbour, with the counts."""
        return self.neighbours(NeighbourQuery(source=entity_id, limit=1))

    def timeline(self, entity_id: str) -> list[Event]:
        """Dated facts that name the entity, earliest first."""
        return self.network.get_events(self.entity(entity_id).id)

    def claims(self, entity_id: str) -> list[Link]:
        """Claims and refuted links that name the entity."""
        return self.network.get_claims(self.entity(entity_id).id)

    def close(self) -> None:
        """Release files and connections; a later question opens them again."""
        with self._lock:
            if self._opened is not None:
                self._opened.network.close()
                self._opened.snapshot.close()
                self._opened = None

    # -- within --------------------------------------------------------------------------

    @property
    def archive(self) -> Archive:
        """The published files as received."""
        from ingest.archive import Archive

        return Archive(self.root / "archive")

    @property
    def captures(self) -> Captures:
        """The pages and documents behind evidence, as they were archived.

        What is added to them changes the live snapshot with the next build.
        """
        from ingest.captures import Captures

        self._require_folders()
        return Captures(self.archive)

    def _require_folders(self) -> None:
        if not (self.root / "archive").is_dir():
            raise ConfigurationError(
                f"{str(self.root)!r} is no workspace; make one with `cuibono init -w "
                f"{self.root}`, or name another with -w."
            )

    def _live(self) -> _Live:
        self._require_folders()
        with self._lock:
            live = current_id(self.root)
            if self._opened is None or self._opened.snapshot.manifest.id != live:
                self._opened = self._open()
            return self._opened

    def _open(self) -> _Live:
        snapshot = open_current(self.root)
        return _Live(snapshot=snapshot, network=self._open_network(snapshot))

    def _load_server(self, progress: Progress | None) -> None:
        from graph.neo4j.load import load_snapshot  # the driver: only for a server

        def tell(sort: str, number: int) -> None:
            if progress:
                progress(f"server: {number:,} {sort}", 1.0)

        with closing(open_current(self.root)) as snapshot:
            load_snapshot(snapshot.network, self.store, read_credentials(os.environ), progress=tell)

    def _open_network(self, snapshot: Snapshot) -> Network:
        if self.store == EMBEDDED:
            return snapshot.network
        from graph.neo4j.network import Neo4jNetwork  # optional: needs a server

        credentials = read_credentials(os.environ)
        return Neo4jNetwork.open(self.store, credentials, snapshot.manifest.id)
