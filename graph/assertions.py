"""What a writer of statements is told: where a value stands, who said what, which version it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pyarrow as pa

from graph.model import Percentage

RelationKind = Literal["link", "location", "coverage", "identity", "derived", "event", "claim"]


class Provenance(NamedTuple):
    """Where the values of one record stand: record id in the dataset, file and line."""

    record_id: str
    locator: str  # "sdn.csv:17"
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Assertion:
    """Who said or denied a relation, before the dataset's own provenance is added."""

    by: str
    on: str | None = None
    stance: Literal["asserts", "denies"] = "asserts"
    relays: str | None = None
    source_title: str | None = None
    source_url: str | None = None
    quote: str | None = None
    note: str | None = None
    declared_status: str | None = None
    standing: bool = False  # stated on that day, and perhaps long before: an entry of a list


@dataclass(frozen=True, slots=True)
class Relation:
    """Two ends and what a source says holds between them, or happened between them.

    `source` and `target` are the FollowTheMoney sides of `schema`. `start` and `end` are date texts
    of `graph.dates`. `id` may be shared by several records that state the same relation.
    """

    id: str
    kind: RelationKind
    schema: str
    source: str
    target: str
    role: str = ""
    start: str | None = None
    end: str | None = None
    percentage: Percentage | None = None
    confidence: float | None = None
    probability: float | None = None
    value: str | None = None
    sharers: int = 0


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One published version of one dataset, as the archive holds it."""

    dataset: str
    version: str  # digest of its files
    published: str | None  # date text; None when the publisher does not say
    retrieved_at: str  # ISO 8601, UTC
    files: Mapping[str, str]  # name -> SHA-256


@dataclass(frozen=True, slots=True, eq=False)
class RowOrigins:
    """Where the rows of a batch stand: one record id and one locator for each, of one file."""

    record_ids: pa.StringArray
    locators: pa.StringArray  # "file.csv:row 17"
    sha256: str = ""
