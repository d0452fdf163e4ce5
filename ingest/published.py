"""The day on which a list was published: given, stated in the file, or in the name of the file.

It orders the versions of a dataset, and says what was known when. A day that nobody states stays
unknown; it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from graph.errors import ConfigurationError, ParseError
from ingest.source import Dated, Source

_DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
_STATED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
# East of Greenwich it is tomorrow already; no clock of a publisher is further ahead.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Publication:
    """When a version was published, and who says so."""

    day: str | None  # an ISO date, as precise as it was stated
    origin: str  # "given", "file", "name" or "unknown"
    warnings: tuple[str, ...] = ()


def find_publication(
    given: str | None, source: Source, location: Path, files: Mapping[str, Path], today: date
) -> Publication:
    """Settle the day of publication; what was given wins over the file, that over its name.

    Args:
        given: As `require_day` accepts it.
        source: Asked for what the file states, when it can tell.

    Raises:
        ParseError: When the file states a day to come: such a list would stand over later ones.
    """
    stated = source.published(files) if isinstance(source, Dated) else None
    if given:
        differs = (
            f"The file itself says that it was published {stated}; {given} is taken, as given."
        )
        return Publication(given, "given", (differs,) if stated not in (None, given) else ())
    warnings: tuple[str, ...] = ()
    if stated is not None:
        if _check_stated(stated, next(iter(files)), today, source.dataset):
            return Publication(stated, "file")
        warnings = (f"The file states its day of publication as {stated!r}, which is no date; give "
                    "it with --published.",)  # fmt: skip
    named = _find_named(location, files, today)
    return Publication(named, "name" if named else "unknown", warnings)


def require_day(given: str, today: date) -> None:
    """Refuse a day of publication that is none.

    It orders the versions: a list dated in the future would stand over every later one.

    Raises:
        ConfigurationError: When it is not a plain day of the calendar, or is in the future.
    """
    try:
        if not _DAY.fullmatch(given):
            raise ValueError("not of the form YYYY-MM-DD")
        day = date.fromisoformat(given)
    except ValueError as exc:
        raise ConfigurationError(
            f"The day of publication {given!r} is wrong ({exc}); give it as YYYY-MM-DD."
        ) from exc
    if day > today:
        raise ConfigurationError(
            f"The day of publication {given!r} is in the future (today is {today}); give the day "
            "on which the publisher published the files."
        )


def _check_stated(stated: str, name: str, today: date, dataset: str) -> bool:
    """Whether it is an ISO date, of any precision, that is not to come."""
    try:
        if not _STATED.fullmatch(stated):
            return False
        earliest = date.fromisoformat(stated + "-01-01"[len(stated) - 4 :])
    except ValueError:
        return False
    if earliest > today + _AHEAD:
        raise ParseError(
            f"{name} says that it was published {stated}, which is in the future (today is "
            f"{today}); check the clock of this machine, or give the day with --published.",
            locator=name, dataset=dataset,
        )  # fmt: skip
    return True


def _find_named(location: Path, files: Mapping[str, Path], today: date) -> str | None:
    """A day in the name of the folder or of a file, unless it is to come."""
    resolved = location.resolve()
    folders = (resolved.name,) if resolved.is_dir() else (resolved.name, resolved.parent.name)
    for text in (*folders, *(path.name for path in files.values())):
        for match in _DAY.finditer(text):
            try:
                day = date.fromisoformat(match[1])
            except ValueError:
                continue
            if day <= today:
                return day.isoformat()
    return None
