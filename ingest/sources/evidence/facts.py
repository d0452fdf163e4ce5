"""Rows of evidence and entity tables, judged: each becomes a fact or is rejected with its reason.

Every rejected row is logged with file and line. A file most of whose rows are rejected is refused
whole: what is left of it would mislead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar, get_args
from urllib.parse import urlsplit

from graph.dates import parse_span
from graph.errors import ParseError
from graph.model import Percentage
from graph.statements import Assertion, RelationKind, require_property, require_schema
from ingest.ids import LIST_PREFIXES
from ingest.source import IssueLog
from ingest.sources.evidence.tables import PROPERTY_OF, REQUIRED, Row

MAX_QUOTE = 300  # characters: a quotation points into the source, it does not copy it
KINDS = (*(kind for kind in get_args(RelationKind) if kind != "derived"), "listing")
# What the ids of lists and registries begin with; everything else is the case's own.

_CASE_ID = re.compile(r"case:[a-z0-9][a-z0-9._-]*")
_LIST_ID = re.compile(rf"(?:{'|'.join(LIST_PREFIXES)})[a-z0-9][a-z0-9._-]*")
_WHOLE = ("name", "note", "source_url")  # columns of one value; others hold several, by semicolon
_NUMBER = r"\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*"
_BOUND = re.compile(rf"(>=|>|<=|<|){_NUMBER}")
_BAND = re.compile(rf"(>?){_NUMBER}[-–](<?){_NUMBER}")


class End(NamedTuple):
    """One end of a row: a party, a place, a proceeding, a list."""

    id: str
    name: str
    schema: str  # as declared; empty when the file does not say


class EntityRow(NamedTuple):
    """An accepted row of the entity table."""

    id: str
    schema: str
    values: tuple[tuple[str, str], ...]  # property, value
    locator: str


@dataclass(frozen=True, slots=True)
class Fact:
    """An accepted row of the evidence table."""

    locator: str
    kind: str
    schema: str
    role: str
    subject: End
    object: End
    start: str | None
    end: str | None
    percentage: Percentage | None
    confidence: float | None
    probability: float | None
    assertions: tuple[Assertion, ...]


_Checked = TypeVar("_Checked", Fact, EntityRow)


def accept_rows(
    rows: list[Row], check: Callable[[Row], _Checked], issues: IssueLog
) -> list[_Checked]:
    """What the check makes of each row; rejected and repeated rows are logged.

    Raises:
        ParseError: When more than half of the rows are rejected, or none is left.
    """
    accepted: list[_Checked] = []
    reasons: list[str] = []
    first_at: dict[tuple[tuple[str, str], ...], str] = {}
    for row in rows:
        first = first_at.setdefault(tuple(sorted(row.cells.items())), row.locator)
        if first != row.locator and not row.fault:
            issues.note("repeated-row", f"repeats {first}; read once.", locator=row.locator)
            continue
        try:
            if row.fault:
                raise ValueError(row.fault)
            accepted.append(check(row))
        except ValueError as exc:
            reasons.append(f"{row.locator}: {exc}")
            issues.warn("rejected-row", str(exc), locator=row.locator)
    if rows and (len(reasons) * 2 > len(rows) or not accepted):
        raise ParseError(
            f"{len(reasons)} of {len(rows)} rows are rejected; mend them and load again: "
            + "; ".join(reasons[:3]),
            locator=reasons[0].split(": ")[0],
        )
    return accepted


def check_entity(row: Row) -> EntityRow:
    """An entity row.

    Raises:
        ValueError: The reason for which the row is rejected.
    """
    cells = row.cells
    _require_cells(cells, "entities")
    _require_url(cells["source_url"], "source_url")
    schema = _require_thing(cells["schema"], "schema")
    values: list[tuple[str, str]] = []
    for column, cell in cells.items():
        if cell and column not in ("id", "schema"):
            prop = require_property(schema, PROPERTY_OF.get(column, column)).name
            parts = [cell] if column in _WHOLE else cell.split(";")
            values += [(prop, part.strip()) for part in parts if part.strip()]
    return EntityRow(_require_id(cells["id"], "id"), schema, tuple(values), row.locator)


def check_fact(row: Row) -> Fact:
    """An evidence row.

    Raises:
        ValueError: The reason for which the row is rejected.
    """
    cells = row.cells
    _require_cells(cells, "evidence")
    kind, schema = _require_kind(cells)
    subject, target = _require_end(cells, "subject"), _require_end(cells, "object")
    if subject.id == target.id:
        raise ValueError(f"{subject.id} stands on both sides")
    start, end = _require_date(cells, "start_date"), _require_date(cells, "end_date")
    if parse_span(start).earliest > parse_span(end).latest:
        raise ValueError(f"ends ({end}) before it starts ({start})")
    probability = _require_share(cells, "probability")
    if probability is not None and kind != "identity":
        raise ValueError("probability is for identity rows; use confidence")
    return Fact(
        locator=row.locator,
        kind=kind,
        schema=schema,
        role=cells.get("role", ""),
        subject=subject,
        object=target,
        start=start,
        end=end,
        percentage=parse_percentage(cells.get("percentage", "")),
        confidence=_require_share(cells, "confidence"),
        probability=probability,
        assertions=tuple(_iter_assertions(cells)),
    )


def _require_cells(cells: Mapping[str, str], table: str) -> None:
    if empty := [column for column in REQUIRED[table] if not cells.get(column)]:
        raise ValueError(f"{', '.join(empty)} is empty")


def _require_kind(cells: Mapping[str, str]) -> tuple[str, str]:
    kind, schema = cells["kind"], cells["relation_schema"]
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    if (kind == "listing") != (schema == "Sanction"):
        raise ValueError("kind listing goes with relation_schema Sanction, and only with it")
    if kind != "listing" and not require_schema(schema).edge:
        raise ValueError(f"relation_schema {schema} links nothing")
    return kind, schema


def _require_id(text: str, column: str) -> str:
    found = text.lower()
    if not (_CASE_ID.fullmatch(found) or _LIST_ID.fullmatch(found)):
        raise ValueError(
            f"{column} {text!r} is no id; write case:<slug>, or a list's id such as ofac-12452"
        )
    return found


def _require_thing(name: str, column: str) -> str:
    schema = require_schema(name)
    if schema.abstract or not schema.is_a("Thing"):
        raise ValueError(f"{column} {name} is not that of a party or thing")
    return name


def _require_end(cells: Mapping[str, str], side: str) -> End:
    declared = cells.get(f"{side}_schema", "")
    if declared:
        _require_thing(declared, f"{side}_schema")
    return End(_require_id(cells[f"{side}_id"], f"{side}_id"), cells[side], declared)


def _require_date(cells: Mapping[str, str], column: str) -> str | None:
    text = cells.get(column) or None
    try:
        parse_span(text)
    except ValueError as exc:
        raise ValueError(f"{column}: {exc}") from exc
    return text


def _require_url(text: str, column: str) -> None:
    try:
        parts = urlsplit(text)
    except ValueError as exc:
        raise ValueError(f"{column} {text!r} is no address: {exc}") from exc
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", text):
        raise ValueError(f"{column} {text!r} is no http or https address")


def _require_share(cells: Mapping[str, str], column: str) -> float | None:
    text = cells.get(column)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as exc:
        raise ValueError(f"{column} {text!r} is no number") from exc
    if not 0 <= value <= 1:
        raise ValueError(f"{column} {text!r} is not between 0 and 1")
    return value


def parse_percentage(text: str) -> Percentage | None:
    """A share as published: one number, a band, or a bound; None when not stated.

    Raises:
        ValueError: When the text has none of these forms, or no share fits it.

    Example:
        >>> parse_percentage(">25-50")
        Percentage(minimum=25.0, maximum=50.0, minimum_open=True, maximum_open=False)
    """
    if not text:
        return None
    low, high, low_open, high_open = 0.0, 100.0, False, False
    if match := _BAND.fullmatch(text):
        low, high = float(match[2]), float(match[4])
        low_open, high_open = bool(match[1]), bool(match[3])
    elif match := _BOUND.fullmatch(text):
        sign, value = match[1], float(match[2])
        low = value if sign in ("", ">", ">=") else low
        high = value if sign in ("", "<", "<=") else high
        low_open, high_open = sign == ">", sign == "<"
    else:
        raise ValueError(f"percentage {text!r} is no share; write 50, 25-50, >50 or >=25")
    if high > 100 or low > high or (low == high and (low_open or high_open)):
        raise ValueError(f"percentage {text!r}: no share fits it")
    return Percentage(minimum=low, maximum=high, minimum_open=low_open, maximum_open=high_open)


def _iter_assertions(cells: Mapping[str, str]) -> Iterator[Assertion]:
    """Who says what the row states, and who denies it."""
    stated = {column: cell or None for column, cell in cells.items()}
    for column in ("quote", "denied_quote"):
        if len(text := cells.get(column, "")) > MAX_QUOTE:
            raise ValueError(f"{column} has {len(text)} characters; at most {MAX_QUOTE}")
    for column in ("source_url", "denied_source_url"):
        if address := stated.get(column):
            _require_url(address, column)
    yield Assertion(
        by=cells["asserted_by"],
        on=_require_date(cells, "asserted_on"),
        relays=stated.get("relays"),
        source_title=stated.get("source_title"),
        source_url=cells["source_url"],
        quote=stated.get("quote"),
        note=stated.get("confidence_note"),
        declared_status=stated.get("status"),
    )
    denied_on = _require_date(cells, "denied_on")
    if denied_by := stated.get("denied_by"):
        # A denial without a source of its own is reported by the row's.
        side = "denied_" if stated.get("denied_source_url") else ""
        yield Assertion(
            by=denied_by,
            on=denied_on,
            stance="denies",
            relays=stated.get("denied_relays"),
            source_title=stated.get(f"{side}source_title"),
            source_url=stated.get(f"{side}source_url"),
            quote=stated.get("denied_quote"),
            declared_status=stated.get("status"),
        )
    elif any(cell for column, cell in cells.items() if column.startswith("denied_")):
        raise ValueError("a denial is described, but denied_by is empty")
