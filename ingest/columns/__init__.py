"""Registries in columns: millions of rows as batches of texts, a property of all rows at a time.

`iter_csv_batches` reads a delimited file, `batch_rows` packs what another reader flattened; both
give `Batch`es. `transforms` makes ids, dates and codes of columns; `StatementWriter.add_columns`
takes them. Every value equals what a loop over the rows would have made of it.
"""

from ingest.columns.batch import Batch, batch_rows
from ingest.columns.delimited import iter_csv_batches
from ingest.columns.transforms import (
    choose_first,
    find_unmapped,
    join_texts,
    keep_where,
    make_ids,
    map_distinct,
    map_words,
    parse_days,
    prefix_texts,
)

__all__ = [
    "Batch",
    "batch_rows",
    "choose_first",
    "find_unmapped",
    "iter_csv_batches",
    "join_texts",
    "keep_where",
    "make_ids",
    "map_distinct",
    "map_words",
    "parse_days",
    "prefix_texts",
]
