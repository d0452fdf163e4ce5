"""What a search by name is asked, which lists it is asked of, and how its hits are counted.

Apart from `casework.search`, so that whoever only passes a question on does not load what answers
it: the names index, romanisation and string distances.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from graph.model import Frozen

DEFAULT_THRESHOLD = 0.7
DEFAULT_CUTOFF = 0.5
MAX_HITS = 100


class ListVersion(Frozen):
    """One version of one dataset, as loaded. `published` None: the publisher does not say."""

    dataset: str
    title: str = ""
    version: str
    published: str | None = None
    retrieved_at: str | None = None
    files: dict[str, str] = Field(default_factory=dict)  # name -> SHA-256
    licence: str | None = None
    records: int | None = None
    stale: bool | None = None  # None: nobody said how fresh it must be


class SearchQuery(Frozen):
    """A name, and what the party must be besides.

    `threshold` makes a hit a match, `cutoff` shows it. Without `fuzzy` only names count that are
    equal once case, accents, punctuation and script are set aside.
    """

    q: str = Field(min_length=1, max_length=500)
    schemas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    fuzzy: bool = True
    limit: int = Field(default=10, ge=1, le=MAX_HITS)
    offset: int = Field(default=0, ge=0)
    threshold: float = Field(default=DEFAULT_THRESHOLD, ge=0.01, le=0.99)
    cutoff: float = Field(default=DEFAULT_CUTOFF, ge=0.01, le=0.99)


class Facet(Frozen):
    """How many of all hits share a value."""

    value: str
    count: int


class Facets(Frozen):
    """Counts over all hits, most frequent first, not only over the page shown."""

    countries: tuple[Facet, ...] = ()
    datasets: tuple[Facet, ...] = ()
    schemas: tuple[Facet, ...] = ()
    topics: tuple[Facet, ...] = ()


class Total(Frozen):
    """Number of hits; `gte` when the candidate search was capped."""

    value: int
    relation: Literal["eq", "gte"]
