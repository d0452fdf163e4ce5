"""Every error that cuibono raises on purpose.

CuibonoError
├─ InvalidEntity(ValueError)          .errors {property: reason}
├─ ConfigurationError
├─ SourceError                        .dataset
│  ├─ DownloadError                   .url, .retryable
│  ├─ ChecksumMismatch                .expected, .actual, .url
│  ├─ ParseError                      .locator
│  └─ AssertionFailed                 .metric, .expected, .actual
├─ StoreError                         .retryable
│  ├─ StoreUnavailable
│  ├─ EntityNotFound(LookupError)     .entity_id
│  └─ UnsupportedOperation
├─ ResolutionError
│  ├─ AmbiguousName                   .name, .candidates
│  ├─ ConflictingJudgement            .left, .right, .existing
│  └─ UnknownAlgorithm(LookupError)   .name
└─ QueryError                         .pointer
   └─ QueryLimitExceeded              .limit, .value

A message names the value and the remedy. No HTTP in here: `api.errors` maps a class to a status.
An empty result (no path, no hit) is a result, not an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class CuibonoError(Exception):
    """Root of the tree; catch it at a process edge only."""


class InvalidEntity(CuibonoError, ValueError):
    """An entity does not fit its schema."""

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.errors = dict(errors or {})


class ConfigurationError(CuibonoError):
    """A setting, a path or an installation is wrong."""


class SourceError(CuibonoError):
    """A published file cannot be used; the live snapshot is untouched."""

    def __init__(self, message: str, *, dataset: str = "") -> None:
        super().__init__(message)
        self.dataset = dataset


class DownloadError(SourceError):
    """A file could not be fetched."""

    def __init__(self, message: str, *, url: str, retryable: bool, dataset: str = "") -> None:
        super().__init__(message, dataset=dataset)
        self.url = url
        self.retryable = retryable


class ChecksumMismatch(SourceError):
    """A file's SHA-256 is not the one that was recorded."""

    def __init__(self, message: str, *, expected: str, actual: str, url: str = "") -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual
        self.url = url


class ParseError(SourceError):
    """A file is not what its format says. `locator` is file and line, or file and XPath."""

    def __init__(self, message: str, *, locator: str = "", dataset: str = "") -> None:
        super().__init__(message, dataset=dataset)
        self.locator = locator


class AssertionFailed(SourceError):
    """A dataset's expected counts or fill rates do not hold."""

    def __init__(
        self, message: str, *, metric: str, expected: float, actual: float, dataset: str = ""
    ) -> None:
        super().__init__(message, dataset=dataset)
        self.metric = metric
        self.expected = expected
        self.actual = actual


class StoreError(CuibonoError):
    """A store failed. `retryable` says whether the same call may succeed later."""

    retryable = False


class StoreUnavailable(StoreError):
    """No snapshot is published, or the server does not answer."""

    retryable = True


class EntityNotFound(StoreError, LookupError):
    """No entity has this id in the snapshot."""

    def __init__(self, entity_id: str) -> None:
        super().__init__(
            f"No entity has the id {entity_id!r} in this snapshot; "
            "`cuibono search` finds ids by name."
        )
        self.entity_id = entity_id


class UnsupportedOperation(StoreError):
    """This backend cannot answer this query."""


class ResolutionError(CuibonoError):
    """Entity resolution cannot decide."""


class AmbiguousName(ResolutionError):
    """A name fits several parties. `candidates` are (id, caption, score), best first."""

    def __init__(self, name: str, candidates: Sequence[tuple[str, str, float]]) -> None:
        super().__init__(f"{name!r} fits {len(candidates)} parties; give one of their ids.")
        self.name = name
        self.candidates = list(candidates)


class ConflictingJudgement(ResolutionError):
    """A judgement contradicts one that stands."""

    def __init__(self, message: str, *, left: str, right: str, existing: str) -> None:
        super().__init__(message)
        self.left = left
        self.right = right
        self.existing = existing


class UnknownAlgorithm(ResolutionError, LookupError):
    """No scoring algorithm has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No scoring algorithm is called {name!r}.")
        self.name = name


class QueryError(CuibonoError):
    """A query is malformed. `pointer` is the JSON pointer of the faulty part."""

    def __init__(self, message: str, *, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


class QueryLimitExceeded(QueryError):
    """A query asks for more than the limits allow."""

    def __init__(self, message: str, *, limit: int, value: int, pointer: str = "") -> None:
        super().__init__(message, pointer=pointer)
        self.limit = limit
        self.value = value
