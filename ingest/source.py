"""What every source offers, and the log of what it could not read.

A source turns the files of one dataset version into statements. It handles each published value,
ignores it by name, or logs it: nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from graph.statements import StatementWriter


@dataclass(frozen=True, slots=True)
class Issue:
    """Something in a published file that a person should know about."""

    level: str  # "warning" or "note"
    code: str  # stable, e.g. "unknown-remark"
    message: str
    entity_id: str | None = None
    locator: str | None = None


@dataclass(slots=True)
class IssueLog:
    """Issues of one load, in order, all kept."""

    issues: list[Issue] = field(default_factory=list)

    def warn(
        self, code: str, message: str, *, entity_id: str | None = None, locator: str | None = None
    ) -> None:
        """Log what may change an answer."""
        self.issues.append(Issue("warning", code, message, entity_id, locator))

    def note(
        self, code: str, message: str, *, entity_id: str | None = None, locator: str | None = None
    ) -> None:
        """Log what is kept raw and changes no answer."""
        self.issues.append(Issue("note", code, message, entity_id, locator))


class Source(Protocol):
    """One format of one publisher."""

    dataset: str  # "us_ofac_sdn"

    def find_files(self, location: Path) -> dict[str, Path]:
        """The published files at a folder or file, by their canonical names ("sdn.csv").

        Plain or gzipped, whatever the case of the name.

        Raises:
            ParseError: When one is missing; the message names it and the remedy.
        """
        ...

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """Read the files whole into the writer.

        Raises:
            ParseError: When a file is truncated, empty, not of the format, wrongly encoded, or
                holds NUL bytes: names file, line and remedy.
            AssertionFailed: When a mandatory count does not hold.
        """
        ...


class Reader(Source, Protocol):
    """A source of which there may be others for the same dataset, in other formats."""

    def reads(self, names: Collection[str]) -> bool:
        """Whether files of these canonical names are of its format."""
        ...


class About(NamedTuple):
    """What a dataset is, for people; what is not stated is empty."""

    title: str
    publisher: str = ""
    licence: str = ""


@runtime_checkable
class Described(Protocol):
    """A source whose files say what they are: anybody's own, which no catalog knows."""

    def describe(self, files: Mapping[str, Path]) -> About:
        """Title, publisher and licence as the files state them."""
        ...


@runtime_checkable
class Dated(Protocol):
    """A source whose files state their own day of publication."""

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day that a file states, an ISO date as precise as it is; None when it does not."""
        ...
