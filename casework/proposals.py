"""Proposed evidence on its way to a case: written, reviewed by a person, and only then accepted.

The sheet is a CSV file that a spreadsheet can edit. `decision` is accept, reject or empty. What is
not accepted stays where it is; what is accepted goes into an evidence file, once.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.errors import ConfigurationError, ParseError
from graph.model import CASE_PREFIX
from graph.snapshot import SNAPSHOTS, current_id, read_manifest
from ingest.archive import write_atomically
from ingest.press.proposals import COLUMNS, REVIEW_COLUMNS
from ingest.sources.evidence.tables import OPTIONAL, REQUIRED

ACCEPT, REJECT = "accept", "reject"
_NAMES = ("name", "alias", "previousName")  # weak aliases name too many
_EVIDENCE = tuple(column for column in (*REQUIRED["evidence"], *OPTIONAL))
_WORDS = {"accept": ACCEPT, "accepted": ACCEPT, "a": ACCEPT, "yes": ACCEPT, "y": ACCEPT,
          "reject": REJECT, "rejected": REJECT, "r": REJECT, "no": REJECT, "n": REJECT}  # fmt: skip


class ListedNames:
    """Ids of the parties of the live snapshot's lists, by exact name in any order of its words."""

    def __init__(self, ids: Mapping[str, frozenset[str]]) -> None:
        self._ids = ids

    @classmethod
    def open(cls, root: Path) -> ListedNames:
        """The names of a workspace's lists; none when nothing is built."""
        snapshot = current_id(root)
        if snapshot is None:
            return cls({})
        found: dict[str, set[str]] = {}
        for entry in read_manifest(root, snapshot).datasets:
            if entry.dataset.startswith(CASE_PREFIX):
                continue
            place = root / SNAPSHOTS / snapshot / "statements" / entry.dataset
            table = pq.read_table(
                place / "statements.parquet", columns=["entity_id", "prop", "value"]
            )
            names = table.filter(pc.is_in(table["prop"].cast(pa.string()), pa.array(_NAMES)))
            for row in names.to_pylist():
                found.setdefault(name_key(row["value"]), set()).add(row["entity_id"])
        return cls({key: frozenset(ids) for key, ids in found.items()})

    def find(self, name: str) -> Sequence[str]:
        """The ids of those who bear exactly this name, sorted; empty when nobody does."""
        return sorted(self._ids.get(name_key(name), ()))


def name_key(name: str) -> str:
    """A name without case, accents, punctuation and order of its words.

    Example:
        >>> name_key("EXAMPLE, Zéd") == name_key("Zed Example")
        True
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(sorted(re.findall(r"\w+", re.sub(r"[.'’]", "", plain))))


def read_sheet(path: Path) -> list[dict[str, str]]:
    """The rows of a sheet of proposals, with decisions in one form.

    Raises:
        ParseError: When it is no such sheet, or a decision is none.
    """
    try:
        text = path.read_text("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = [
            {name: (cell or "").strip() for name, cell in row.items() if name} for row in reader
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise ParseError(f"{path} is no sheet of proposals: {exc}.", locator=path.name) from exc
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ParseError(
            f"{path} is no sheet of proposals: it lacks {', '.join(missing[:5])}; make one with "
            "`cuibono evidence propose`.",
            locator=path.name,
        )
    for line, row in enumerate(rows, 2):
        word = row["decision"].casefold()
        if word and word not in _WORDS:
            raise ParseError(
                f"{path.name}: row {line}: decision {row['decision']!r} is neither accept nor "
                "reject.",
                locator=f"{path.name}:{line}",
            )
        row["decision"] = _WORDS.get(word, "")
    return rows


def write_sheet(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write a sheet of proposals, whole or not at all."""
    _write(path, COLUMNS, rows)


def merge_sheet(path: Path, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """New proposals beside those of an existing sheet, whose decisions stand."""
    if not path.exists():
        return list(rows)
    known = read_sheet(path)
    ids = {row["proposal_id"] for row in known}
    return [*known, *(row for row in rows if row["proposal_id"] not in ids)]


def accept_rows(rows: Iterable[Mapping[str, str]], target: Path) -> tuple[int, int]:
    """Move accepted proposals into an evidence file; those that it holds already are left.

    Returns:
        How many were written, and how many the file held already.

    Raises:
        ConfigurationError: When the target is no evidence file in CSV.
    """
    known, header = _read_evidence(target)
    columns = tuple(dict.fromkeys((*header, *_EVIDENCE))) if header else _EVIDENCE
    held = {_identity(row) for row in known}
    written, repeated = 0, 0
    for row in rows:
        if row["decision"] != ACCEPT:
            continue
        fresh = {name: row.get(name, "") for name in columns}
        if _identity(fresh) in held:
            repeated += 1
            continue
        held.add(_identity(fresh))
        known.append(fresh)
        written += 1
    if written:
        _write(target, columns, known)
    return written, repeated


def _read_evidence(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    if path.suffix.lower() != ".csv":
        raise ConfigurationError(f"{path} is no CSV file; name one, as in case/evidence.csv.")
    if not path.exists():
        return [], []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = [{name: cell or "" for name, cell in row.items() if name} for row in reader]
    header = list(reader.fieldnames or ())
    if missing := [name for name in REQUIRED["evidence"] if name not in header]:
        raise ConfigurationError(
            f"{path} is no evidence file: it lacks {', '.join(missing)}; see "
            "docs/evidence-files.md."
        )
    return rows, header


def _identity(row: Mapping[str, str]) -> tuple[str, ...]:
    names = ("kind", "subject_id", "relation_schema", "role", "object_id", "source_url", "quote")
    return tuple(row.get(name, "").strip() for name in names)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())


def count_decisions(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """How many rows are accepted, rejected and open."""
    counts = {ACCEPT: 0, REJECT: 0, "open": 0}
    for row in rows:
        counts[row["decision"] or "open"] += 1
    return counts


__all__ = [
    "ACCEPT",
    "REJECT",
    "REVIEW_COLUMNS",
    "ListedNames",
    "accept_rows",
    "count_decisions",
    "merge_sheet",
    "name_key",
    "read_sheet",
    "write_sheet",
]
