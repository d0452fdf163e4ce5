"""Shares of links as intervals: from the property `percentage`, or from columns of both ends.

A share that is none (over 100, its ends in the wrong order, words) is unknown, with a warning; its
cell stays in the quotation.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from graph.model import Percentage
from ingest.columns import Batch
from ingest.sources.evidence.facts import parse_percentage
from ingest.table.mapping import EntityRule
from ingest.table.sidecar import ShareRule
from ingest.table.yaml_text import parse_flag
from ingest.tally import RowIssues

_COMMA = re.compile(r"(?<=\d),(?=\d)")
_WORDS = re.compile(r"\s*(?:percent|per cent|pct\.?|prozent|pour cent|por ciento)\s*$", re.I)
_BETWEEN = "\x1f"  # no cell holds it: control characters are cleaned away
_COLUMNS = ("percentage_minimum", "percentage_maximum",
            "percentage_minimum_open", "percentage_maximum_open")  # fmt: skip


def make_shares(
    rule: EntityRule, share: pa.StringArray, batch: Batch, tally: RowIssues
) -> dict[str, pa.Array]:
    """The columns of the sidecar that hold the shares of a link's rows.

    Args:
        share: The property `percentage` as published; used unless the mapping names columns.
    """
    ends = rule.link.percentage
    texts = _join_ends(ends, batch) if ends else share
    encoded = texts.dictionary_encode()
    found: list[Percentage | None] = []
    faults: dict[int, str] = {}
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            found.append(parse_share(*text.split(_BETWEEN)))
        except ValueError as exc:
            found.append(None)
            faults[code] = str(exc)
    if faults:
        for place, code in enumerate(encoded.indices.to_pylist()):
            if code in faults:
                tally.warn("no-share", f"{faults[code]}; the share is left unknown.",
                           batch.locators[place].as_py())  # fmt: skip
    ends_of = [
        (each.minimum, each.maximum, each.minimum_open, each.maximum_open) if each else (None,) * 4
        for each in found
    ]
    columns = list(zip(*ends_of, strict=True)) or [()] * len(_COLUMNS)
    kinds = (pa.float64(), pa.float64(), pa.bool_(), pa.bool_())
    return {
        name: pa.array(values, kind).take(encoded.indices)
        for name, values, kind in zip(_COLUMNS, columns, kinds, strict=True)
    }


def _join_ends(ends: ShareRule, batch: Batch) -> pa.StringArray:
    """The cells of both ends and whether they are inclusive, as one text a row."""
    size = len(batch)
    columns = []
    for name in (ends.minimum, ends.maximum):
        columns.append(pa.nulls(size, pa.string()) if name is None else batch.column(name))
    either = pc.or_(columns[0].is_valid(), columns[1].is_valid())
    for flag in (ends.minimum_inclusive, ends.maximum_inclusive):
        columns.append(
            batch.column(flag) if isinstance(flag, str)
            else pa.repeat(pa.scalar(str(flag).lower(), pa.string()), size)
        )  # fmt: skip
    joined = pc.binary_join_element_wise(
        *columns, _BETWEEN, null_handling="replace", null_replacement=""
    )
    return pc.if_else(either, joined, None)


@lru_cache(maxsize=65536)
def parse_share(
    minimum: str,
    maximum: str | None = None,
    minimum_inclusive: str = "",
    maximum_inclusive: str = "",
) -> Percentage | None:
    """A share of one text ("25 %", "25-50", ">50"), or of its two ends.

    An end that is not stated is 0 or 100; an end of which nothing is said is inclusive.

    Raises:
        ValueError: When no share fits what is said.

    Example:
        >>> parse_share("12,5 %")
        Percentage(minimum=12.5, maximum=12.5, minimum_open=False, maximum_open=False)
        >>> parse_share("25", "50", "false", "yes")
        Percentage(minimum=25.0, maximum=50.0, minimum_open=True, maximum_open=False)
    """
    if maximum is None:
        return parse_percentage(_plain(minimum))
    low = parse_percentage(_plain(minimum)) if minimum else None
    high = parse_percentage(_plain(maximum)) if maximum else None
    stated = f"percentage {minimum!r} to {maximum!r}"
    for end in (low, high):
        if end and end.minimum != end.maximum:
            raise ValueError(f"{stated}: an end is one number")
    bottom, top = (low.minimum if low else 0.0), (high.maximum if high else 100.0)
    bottom_open = low is not None and parse_flag(minimum_inclusive) is False
    top_open = high is not None and parse_flag(maximum_inclusive) is False
    if bottom > top or (bottom == top and (bottom_open or top_open)):
        raise ValueError(f"{stated}: no share fits it")
    return Percentage(minimum=bottom, maximum=top, minimum_open=bottom_open, maximum_open=top_open)


def _plain(text: str) -> str:
    return _COMMA.sub(".", _WORDS.sub("", text))
