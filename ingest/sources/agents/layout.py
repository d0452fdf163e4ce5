"""How a list of agents is laid out: which of its columns is which of ours.

Layouts are YAML files: `layouts/` holds the ones that are shipped, `agents.yml`
beside the tables says what differs in a list of one's own. `docs/agents.md` is the guide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from ingest.table.sidecar import Reading
from ingest.table.yaml_text import Block, read_yaml, suggest
from ingest.unpack import refuse

SETTINGS = "agents.yml"
OWN_LAYOUT = "own"
LAYOUTS = (OWN_LAYOUT, "courier_agents", "fincen_agent_list", "msb_register")
# Columns of which one must be there: without them a row names nobody.
NAMING = ("outlet_name", "outlet_address", "sub_agent", "master_agent", "principal")

_FOLDER = Path(__file__).with_name("layouts")
_KEYS = (
    *("layout", "title", "publisher", "url", "published", "month_first", "sheet", "delimiter"),
    *("encoding", "columns", "constants", "ignore"),
)
_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """The headings of each of our columns in one kind of list."""

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]  # ours -> folded headings, preferred first
    ignore: frozenset[str] = frozenset()  # folded
    subject: str = "agent"  # or "principal": whom a row without agent and outlet describes
    month_first: bool = False  # 3/4/2020 is the fourth of March


@dataclass(frozen=True, slots=True)
class Settings:
    """What `agents.yml` says; the default: nothing."""

    layout: str | None = None
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: str | None = None  # ISO day
    month_first: bool | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # headings as written
    constants: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True, slots=True)
class Headings:
    """One table's header, understood."""

    layout: Layout
    of: Mapping[str, str]  # ours -> the table's own heading
    ignored: tuple[str, ...]
    month_first: bool = False


def fold(text: str) -> str:
    """A heading without case, blanks and punctuation.

    Example:
        >>> fold("Sub-Agent  Name"), fold("# of Branches")
        ('sub agent name', 'of branches')
    """
    return _NO_WORD.sub(" ", text.casefold()).strip()


@cache
def read_layout(name: str) -> Layout:
    """A shipped layout."""
    place = f"layouts/{name}.yml"
    block = read_yaml(place, (_FOLDER / f"{name}.yml").read_text("utf-8"))
    columns = block.block("columns")
    known = known_columns() if name != OWN_LAYOUT else tuple(columns)
    columns.require_keys(known, "`columns`")
    own = name == OWN_LAYOUT
    return Layout(
        name=name,
        title=block.text("title") or name,
        columns={
            ours: tuple(map(fold, (*((ours,) if own else ()), *columns.texts(ours))))
            for ours in columns
        },
        ignore=frozenset(map(fold, block.texts("ignore"))),
        subject=block.text("subject") or "agent",
        month_first=block.flag("month_first"),
    )


@cache
def known_columns() -> tuple[str, ...]:
    """The names of our columns."""
    return tuple(read_layout(OWN_LAYOUT).columns)


def parse_settings(text: str) -> Settings:
    """Read `agents.yml`.

    Raises:
        ParseError: Names file, line, fault and the nearest known word.
    """
    block = read_yaml(SETTINGS, text)
    block.require_keys(_KEYS, "agents.yml")
    layout = block.text("layout")
    if layout is not None and layout not in LAYOUTS:
        raise block.fault(f"no layout is called {layout!r}", suggest(layout, LAYOUTS), "layout")
    columns, constants = block.block("columns"), block.block("constants")
    columns.require_keys(known_columns(), "`columns`")
    constants.require_keys(known_columns(), "`constants`")
    return Settings(
        layout=layout,
        title=block.text("title"),
        publisher=block.text("publisher"),
        url=block.text("url"),
        published=_read_day(block),
        month_first=block.flag("month_first") if "month_first" in block else None,
        columns={ours: columns.texts(ours) for ours in columns},
        constants={ours: value for ours in constants if (value := constants.text(ours))},
        ignore=block.texts("ignore"),
        reading=_read_reading(block),
    )


def _read_day(block: Block) -> str | None:
    text = block.text("published")
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as exc:
        raise block.fault(f"{text!r} is no day", "Write it as YYYY-MM-DD.", "published") from exc


def _read_reading(block: Block) -> Reading:
    delimiter = block.text("delimiter")
    if delimiter is not None:
        delimiter = _DELIMITERS.get(delimiter.lower(), delimiter)
        if len(delimiter) != 1:
            fault = f"{delimiter!r} cannot stand between cells"
            raise block.fault(fault, "Write one character, or `tab`.", "delimiter")
    encoding = block.text("encoding")
    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError as exc:
            fault = f"no encoding is called {encoding!r}"
            raise block.fault(fault, "Write utf-8, windows-1252 …", "encoding") from exc
    return Reading(sheet=block.text("sheet"), delimiter=delimiter, encoding=encoding)


def read_headings(header: Sequence[str], settings: Settings, name: str) -> Headings:
    """Which column of a table is which of ours.

    The layout is the one that the settings name, else the shipped one that knows most of the
    headings; columns that the settings name come before it.

    Raises:
        ParseError: When a column that the settings name is absent, or no column names a partner.
    """
    names = (settings.layout,) if settings.layout else LAYOUTS
    stated = _find_stated(header, settings, name)
    matched = [(read_layout(each), _match(header, read_layout(each), stated)) for each in names]
    layout, of = max(matched, key=lambda pair: len(pair[1]))
    if not any(ours in of for ours in NAMING):
        raise refuse(
            name, 1, f"no column names an agent, an outlet or a principal ({', '.join(header)})",
            f"Name them under `columns:` of {SETTINGS} beside the table; see docs/agents.md.",
        )  # fmt: skip
    wanted = {fold(each) for each in settings.ignore} | layout.ignore
    ignored = tuple(each for each in header if fold(each) in wanted and each not in of.values())
    stated_order = settings.month_first
    return Headings(
        layout, of, ignored, layout.month_first if stated_order is None else stated_order
    )


def _find_stated(header: Sequence[str], settings: Settings, name: str) -> dict[str, str]:
    folded = {fold(each): each for each in reversed(header)}
    found = {}
    for ours, headings in settings.columns.items():
        present = [folded[fold(each)] for each in headings if fold(each) in folded]
        if not present:
            fault = f"the table has no column {' or '.join(map(repr, headings))}, which {SETTINGS} "
            remedy = suggest(headings[0], header) if headings else "Name a column."
            raise refuse(name, 1, fault + f"names for {ours}", remedy)
        found[ours] = present[0]
    return found


def _match(header: Sequence[str], layout: Layout, stated: Mapping[str, str]) -> dict[str, str]:
    """Each column of the table goes to one of ours, those that the settings name first."""
    free = {fold(each): each for each in reversed(header) if each not in stated.values()}
    found = dict(stated)
    for ours, headings in layout.columns.items():
        if ours in found:
            continue
        heading = next((each for each in headings if each in free), None)
        if heading is not None:
            found[ours] = free.pop(heading)
    return found
