"""What registries do to columns, each function equal to its single-value sibling in `ingest`.

All take and give columns of texts of one length; null stays null unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from graph.pieces import NO_TEXT
from ingest.dates import parse_date
from ingest.ids import make_id

# `make_id` lowers these and changes nothing else.
_PLAIN_NUMBER = r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$"
# `parse_date` leaves these as they are; days from the 29th on depend on the month.
_PLAIN_DAY = r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"
# `parse_date` takes the day of these, whatever the time after it.
_DAY_AND_TIME = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*$"
_DAY_CHARACTERS = 10


def join_texts(separator: str, *columns: pa.StringArray) -> pa.StringArray:
    """The stated parts of each row, joined; null where no part is stated."""
    stated = columns[0].is_valid()
    for column in columns[1:]:
        stated = pc.or_(stated, column.is_valid())
    # Arrow leaves out a row whose parts are all null, which would shift those after it.
    first = pc.if_else(stated, columns[0], "")
    joined = pc.binary_join_element_wise(first, *columns[1:], separator, null_handling="skip")
    return keep_where(stated, joined)


def prefix_texts(prefix: str, column: pa.StringArray) -> pa.StringArray:
    """Each text with a prefix before it."""
    return pc.binary_join_element_wise(prefix, column, "")


def make_ids(prefix: str, *columns: pa.StringArray) -> pa.StringArray:
    """`ingest.ids.make_id` of each row; null where any part is null."""
    return pc.binary_join_element_wise(prefix, *map(_slug, columns), "-")


def map_distinct(column: pa.StringArray, function: Callable[[str], str | None]) -> pa.StringArray:
    """A function of each text, called once for each distinct one."""
    encoded = column.dictionary_encode()
    made = [function(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(made, pa.string()).take(encoded.indices)


def map_words(column: pa.StringArray, words: Mapping[str, str | None]) -> pa.StringArray:
    """Each text's entry in a table; null where it has none: see `find_unmapped`."""
    return map_distinct(column, words.get)


def find_unmapped(column: pa.StringArray, made: pa.StringArray) -> dict[str, tuple[int, int]]:
    """Texts of which nothing was made: how many rows have each, and the first of them.

    Args:
        column: What was published.
        made: What `map_words`, `parse_days` or `map_distinct` made of it.
    """
    places = pc.indices_nonzero(pc.and_(column.is_valid(), made.is_null()))
    lost = column.take(places)
    found: dict[str, tuple[int, int]] = {}
    for text, place in zip(lost.to_pylist(), places.to_pylist(), strict=True):
        count, first = found.get(text, (0, place))
        found[text] = (count + 1, first)
    return found


def parse_days(column: pa.StringArray, *, month_first: bool = False) -> pa.StringArray:
    """`ingest.dates.parse_date` of each text; null where it is no date that is understood."""
    timed = pc.match_substring_regex(column, _DAY_AND_TIME)
    days = pc.if_else(timed, pc.utf8_slice_codeunits(column, 0, _DAY_CHARACTERS), column)
    odd = pc.invert(pc.match_substring_regex(days, _PLAIN_DAY))
    if not pc.any(odd).as_py():
        return days
    parsed = map_distinct(
        keep_where(odd, days), lambda text: parse_date(text, month_first=month_first)
    )
    return pc.if_else(odd, parsed, days)


def choose_first(*columns: pa.StringArray) -> pa.StringArray:
    """The first of the columns that states something, row by row."""
    return pc.coalesce(*columns)


def keep_where(keep: pa.BooleanArray, column: pa.StringArray) -> pa.StringArray:
    """A column, null where `keep` is not true."""
    return pc.if_else(pc.fill_null(keep, False), column, NO_TEXT)


def _slug(column: pa.StringArray) -> pa.StringArray:
    lowered = pc.ascii_lower(column)
    odd = pc.invert(pc.match_substring_regex(column, _PLAIN_NUMBER))
    if not pc.any(odd).as_py():
        return lowered
    slugs = map_distinct(keep_where(odd, column), lambda text: make_id("", text)[1:])
    return pc.if_else(odd, slugs, lowered)
