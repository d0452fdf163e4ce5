"""What the HTTP interface needs from whoever serves it.

`cuibono` satisfies these protocols; nothing here imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from casework.model import ListVersion, SearchQuery
from graph.errors import StoreUnavailable
from graph.model import Frozen
from graph.network import Network

if TYPE_CHECKING:
    from casework.search import SearchAnswer  # loads the names index

# A snapshot is published between two reads at most once in practice; three tries are ample.
_READS = 3


class Meta(Frozen):
    """What is installed and loaded. `config_hash` names the settings that shape answers."""

    version: str
    snapshot: str
    config_hash: str
    sources: tuple[ListVersion, ...]


class Investigation(Protocol):
    """The live snapshot and what can be asked of it.

    Every member answers from the snapshot that is published when it is called, so that a newly
    published one is served without a restart. Safe to share between threads. All raise
    `StoreUnavailable` when no snapshot is published.
    """

    @property
    def network(self) -> Network:
        """The network of the live snapshot; stays usable for the request that read it."""
        ...

    def meta(self) -> Meta:
        """Version, snapshot and list versions."""
        ...

    def search(self, query: SearchQuery) -> SearchAnswer:
        """Parties whose names fit, with reasons."""
        ...

    def ready(self) -> bool:
        """Whether a snapshot can be read now; False rather than an error."""
        ...


def read_live(investigation: Investigation) -> tuple[Network, Meta]:
    """The network and the description of one and the same snapshot.

    Two reads can fall on either side of a publication; an answer that named the list versions of
    another snapshot would be wrong.

    Raises:
        StoreUnavailable: When none is published, or snapshots change faster than they can be read.
    """
    for _ in range(_READS):
        network, meta = investigation.network, investigation.meta()
        if network.snapshot == meta.snapshot:
            return network, meta
    raise StoreUnavailable("The snapshot changes faster than it can be read; repeat the request.")
