"""A proposal of a mapping for a table: what header and cells say, and what they do not.

Every column appears, mapped or in a comment with the reason why it is left out. The proposal loads
as it is, and is meant to be read: a header is a word, and words mislead.
"""

from __future__ import annotations

from pathlib import Path

from graph.errors import ParseError
from ingest.columns import Batch
from ingest.source import IssueLog
from ingest.table.guess_columns import Column, guess_column
from ingest.table.guess_parties import Proposal
from ingest.table.guess_text import iter_lines
from ingest.table.mapping import parse_mapping
from ingest.table.rows import iter_table
from ingest.table.sidecar import Reading

SAMPLE = 5_000  # rows that are looked at


def guess_mapping(path: Path) -> str:
    """A mapping for a table, as the text of a mapping file that loads as it is.

    Args:
        path: The table. Write the text as `mapping.yml` beside it.

    Raises:
        ParseError: When the file is no table, or no column can name or number anything.
    """
    batch = next(iter_table(path, path.name, (), Reading(), IssueLog()))
    columns = [_read_column(batch, name) for name in batch.names]
    proposal = Proposal([guess_column(column) for column in columns])
    if not proposal.parties:
        reasons = "; ".join(f"{name!r}: {why}" for name, why in proposal.left_out.items())
        raise ParseError(
            f"{path.name}: no column names or numbers a party ({reasons[:500]}). Write the mapping "
            "by hand: docs/mapping.md shows how.", locator=f"{path.name}:1",
        )  # fmt: skip
    text = "".join(f"{line}\n" for line in iter_lines(path.name, proposal))
    parse_mapping(text)  # holds the promise that it loads
    return text


def _read_column(batch: Batch, name: str) -> Column:
    cells = batch.column(name).slice(0, SAMPLE).to_pylist()
    return Column(name, tuple(cell for cell in cells if cell), len(cells))
