"""Two workspaces that must give the same answers: as published, and under other ids and names."""

from __future__ import annotations

import csv
import fcntl
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cuibono.workspace import Workspace
from graph.embedded.network import EmbeddedNetwork
from graph.model import Entity, Link
from graph.network import (
    Filters,
    HubPolicy,
    NeighbourAnswer,
    NeighbourQuery,
    PathAnswer,
    PathQuery,
    PolicyRule,
)
from graph.network import (
    Path as FoundPath,
)
from tests.data import PROJECT
from tests.golden.permute import Permutation

PUBLISHED = "2023-12-28"
SAMPLE = PROJECT / "cuibono" / "sample" / "tajideen"
LIST = "us_ofac_sdn"
CASE = "case_tajideen"
DERIVED = "derived"
NO_POLICY = HubPolicy(lift=tuple(PolicyRule))


@dataclass
class World:
    """One workspace, asked in original ids and answering in them."""

    workspace: Workspace
    case_folder: Path
    permutation: Permutation | None = None

    # -- ids and names ----------------------------------------------------------------------

    def id(self, original: str) -> str:
        """The id in this copy."""
        return self.permutation.id(original) if self.permutation else original

    def ids(self, originals: Iterable[str]) -> tuple[str, ...]:
        """The ids in this copy."""
        return tuple(map(self.id, originals))

    def original(self, entity_id: str) -> str:
        """The original of an id of this copy."""
        return self.permutation.original(entity_id) if self.permutation else entity_id

    def name(self, original: str) -> str:
        """A name in this copy."""
        return self.permutation.name(original) if self.permutation else original

    @property
    def renamed(self) -> bool:
        """Whether names are others than published."""
        return self.permutation is not None

    def ofac(self, *numbers: int) -> set[str]:
        """Original ids of list numbers: for expectations."""
        return {f"ofac-{number}" for number in numbers}

    # -- questions ----------------------------------------------------------------------------

    @property
    def network(self) -> EmbeddedNetwork:
        """The whole network, to look through."""
        network = self.workspace.network
        assert isinstance(network, EmbeddedNetwork)
        return network

    def entity(self, original: str) -> Entity:
        """An entity by its original id."""
        return self.workspace.entity(self.id(original))

    def paths(
        self,
        sources: str | Sequence[str],
        targets: str | Sequence[str],
        *,
        policy: HubPolicy | None = None,
        **asked: Any,
    ) -> PathAnswer:
        """A path query; keywords are its own and its filters'."""
        ends = [[each] if isinstance(each, str) else each for each in (sources, targets)]
        filters = {name: asked.pop(name) for name in list(asked) if name in Filters.model_fields}
        query = PathQuery(
            sources=self.ids(ends[0]),
            targets=self.ids(ends[1]),
            filters=Filters(**filters),
            policy=policy or HubPolicy(),
            **asked,
        )
        return self.workspace.paths(query)

    def routes(self, answer: PathAnswer) -> list[tuple[str, ...]]:
        """The nodes of each path, in original ids."""
        return [self.nodes(path) for path in answer.paths]

    def nodes(self, path: FoundPath) -> tuple[str, ...]:
        """The nodes of a path, in original ids."""
        return tuple(map(self.original, path.nodes))

    def page(self, original: str, **filters: Any) -> NeighbourAnswer:
        """All neighbours of an entity."""
        return self.workspace.neighbours(
            NeighbourQuery(source=self.id(original), limit=1000, filters=Filters(**filters))
        )

    def neighbours(self, original: str, **filters: Any) -> set[str]:
        """The neighbours of an entity, in original ids."""
        return set(map(self.original, self.page(original, **filters).neighbours))

    def links(self, left: str, right: str, **filters: Any) -> list[Link]:
        """The links between two entities."""
        answer = self.page(left, **filters)
        ends = {self.id(left), self.id(right)}
        return [link for link in answer.links.values() if {link.source, link.target} == ends]

    def case_rows(self) -> list[dict[str, str]]:
        """The evidence table of this copy."""
        with (self.case_folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@dataclass
class Worlds:
    """Builds each world once per session, whichever process comes first."""

    root: Path
    list_folder: Path
    _made: dict[str, World] = field(default_factory=dict)

    def get(self, name: str) -> World:
        """One of "published" and "permuted"."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> World:
        folder = self.root / name
        permutation = Permutation(self.list_folder, SAMPLE) if name == "permuted" else None
        # The folder's name is the case's: it is kept, so that the dataset is called the same.
        case = folder / "files" / SAMPLE.name if permutation else SAMPLE
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "workspace" / "current").exists():
                files = self.list_folder
                if permutation:
                    files = permutation.write_list(folder / "files" / "list")
                    permutation.write_case(case)
                workspace = Workspace.init(folder / "workspace")
                workspace.load(LIST, files, published=PUBLISHED)
                workspace.load("evidence", case)
                workspace.build()
        return World(Workspace(folder / "workspace"), case, permutation)

    def close(self) -> None:
        """Close what was opened."""
        for world in self._made.values():
            world.network.close()


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its worker processes share."""
    own = factory.getbasetemp()
    return (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "golden"
