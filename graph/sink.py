"""Tables that grow beyond memory: full row groups go to a Parquet file while more rows come.

Rows keep their order and the same rows give the same bytes, whatever the machine does meanwhile.
Nothing is left on the disk by a load that fails: what was spilled lies in one temporary folder that
goes with its owner.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.pieces import Piece, join_columns, split_table
from graph.tables import WORD

# Statements of a row group: large enough to pack well, small enough that two of them (one filling,
# one being written) stay far below the memory of the smallest machine.
GROUP_ROWS = 500_000
_DICTIONARY_BYTES = 64 << 20  # a row group's ids stay a dictionary, whatever their number
_SCHEMA_KEY = "ARROW:schema"  # where readers look for the types to give the columns


class Spill:
    """A temporary folder, made when first needed and removed with its owner at the latest."""

    def __init__(self, parent: Path | None = None) -> None:
        """Make it under `parent`; default: where the system keeps temporary files."""
        self.parent = parent
        self._folder: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder, which exists."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(dir=self.parent, prefix=".statements-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def remove(self) -> None:
        """Remove the folder and what is in it."""
        if self._folder is not None:
            self._remove()


class TableSink:
    """A Parquet file of one table, written row group by row group in the order of `put`.

    A second thread encodes and packs one row group while the next one fills. Columns of long texts
    that repeat (ids, locators) may come as dictionaries: that saves copying each of them for every
    statement. The file declares them as `schema` does all the same.
    """

    def __init__(
        self,
        name: str,
        schema: pa.Schema,
        spill: Spill,
        *,
        stored: pa.Schema | None = None,
        known: Mapping[str, pa.StringArray] = MappingProxyType({}),
    ) -> None:
        """Prepare a file.

        Args:
            name: Of the file.
            schema: What readers see.
            spill: Where it grows.
            stored: What `put` is given, where that differs: the same names, texts as dictionaries.
            known: All words that occur in a column; see `graph.pieces.join_columns`.
        """
        self.name, self.schema, self.stored = name, schema, stored or schema
        self._spill, self._known = spill, known
        self._pieces: list[Piece] = []
        self._rows = 0
        self._file: pq.ParquetWriter | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._writing: Future[None] | None = None

    def put(self, piece: Piece) -> None:
        """Append rows, the same number in each column; they may be written later."""
        size = len(piece[self.stored.names[0]])
        if size:
            self._pieces.append(piece)
            self._rows += size
        if self._rows >= GROUP_ROWS:
            self._flush()

    def put_table(self, table: pa.Table) -> None:
        """Append the rows of a table."""
        for piece in split_table(table):
            self.put(piece)

    def finish(self, directory: Path) -> None:
        """Write what is left and put the file into a directory, over one that is there."""
        try:
            if self._file is None:
                path = directory / self.name
                self._file = self._open(path)
                _write(self._file, self._take(), self.stored, self._known)
            else:
                path = self._spill.folder / self.name
                if self._rows:
                    self._flush()
                self._settle()
            schema = base64.b64encode(self.schema.serialize().to_pybytes()).decode()
            self._file.add_key_value_metadata({_SCHEMA_KEY: schema})
        finally:
            self.close()
        if path.parent != directory:
            _move(path, directory / self.name)

    def close(self) -> None:
        """Let go of the file and the thread; what is not written is lost."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        if self._file is not None:
            self._file.close()

    def _take(self) -> list[Piece]:
        pieces, self._pieces, self._rows = self._pieces, [], 0
        return pieces

    def _flush(self) -> None:
        self._settle()
        if self._file is None:
            self._file = self._open(self._spill.folder / self.name)
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="parquet")
        self._writing = self._thread.submit(
            _write, self._file, self._take(), self.stored, self._known
        )

    def _settle(self) -> None:
        """Wait for the row group before; its failure is raised here."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _open(self, path: Path) -> pq.ParquetWriter:
        return pq.ParquetWriter(
            path, self.stored, compression="zstd", store_schema=False, write_statistics=False,
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            # Texts pack better, and in half the time, without looking for repeated ones first.
            use_dictionary=[each.name for each in self.stored if each.type == WORD],
        )  # fmt: skip


def _write(
    file: pq.ParquetWriter,
    pieces: Sequence[Piece],
    stored: pa.Schema,
    known: Mapping[str, pa.StringArray],
) -> None:
    """Write a row group. No method: a thread that still writes keeps no owner of a spill alive."""
    if not pieces:
        return
    columns = [
        join_columns([piece[each.name] for piece in pieces], each.type, known.get(each.name))
        for each in stored
    ]
    table = pa.Table.from_arrays(columns, schema=stored)
    file.write_table(table, row_group_size=table.num_rows)


class SortedSink:
    """A Parquet file of one table, sorted by its id; equal ids keep the order of `put`.

    Rows wait on the disk, memory-mapped, so that only their ids are in memory while they are
    sorted: some 50 bytes a row.
    """

    def __init__(self, name: str, schema: pa.Schema, spill: Spill) -> None:
        """Prepare a file; its first column is the id."""
        self.name, self.schema = name, schema
        self._plain = pa.schema(
            [(each.name, pa.string() if each.type == WORD else each.type) for each in schema]
        )
        self._spill = spill
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._file: pa.RecordBatchFileWriter | None = None

    def put(self, table: pa.Table) -> None:
        """Append rows."""
        if table.num_rows:
            self._waiting.append(table.cast(self._plain))
            self._rows += table.num_rows
        if self._rows >= GROUP_ROWS:
            self._flush()

    def finish(self, directory: Path) -> None:
        """Sort, and write the file into a directory."""
        if self._file is None:
            batches = [batch for table in self._waiting for batch in table.to_batches()]
        else:
            self._flush()
            self._file.close()
            mapped = pa.memory_map(str(self._path))
            reader = pa.ipc.open_file(mapped)
            batches = [reader.get_batch(place) for place in range(reader.num_record_batches)]
        with pq.ParquetWriter(directory / self.name, self.schema, compression="zstd") as file:
            for table in self._iter_sorted(batches):
                file.write_table(table, row_group_size=table.num_rows)

    @property
    def _path(self) -> Path:
        return self._spill.folder / f"{self.name}.arrow"

    def _flush(self) -> None:
        if not self._waiting:
            return
        if self._file is None:
            self._file = pa.ipc.new_file(self._path, self._plain)
        self._file.write_table(pa.concat_tables(self._waiting).combine_chunks())
        self._waiting, self._rows = [], 0

    def _iter_sorted(self, batches: Sequence[pa.RecordBatch]) -> Iterator[pa.Table]:
        """The rows in order, a row group at a time, columns of words with one dictionary."""
        if not batches:
            return
        ids = pa.chunked_array([batch.column(0) for batch in batches])
        order = pc.sort_indices(ids).to_numpy().astype(np.int64)
        starts = np.cumsum([0, *(batch.num_rows for batch in batches)])
        words = {
            each.name: pc.unique(
                pa.chunked_array([batch.column(each.name) for batch in batches])
            ).drop_null()
            for each in self.schema
            if each.type == WORD
        }
        for begin in range(0, len(order), GROUP_ROWS):
            rows = _gather(batches, starts, order[begin : begin + GROUP_ROWS])
            yield pa.Table.from_arrays(
                [
                    pa.DictionaryArray.from_arrays(
                        pc.index_in(column, value_set=words[name]), words[name]
                    )
                    if name in words
                    else column
                    for name, column in zip(rows.column_names, rows.columns, strict=True)
                ],
                schema=self.schema,
            )


def _gather(
    batches: Sequence[pa.RecordBatch],
    starts: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> pa.RecordBatch:
    """Rows of several batches, in the order asked for: Arrow would join all batches first."""
    places = np.searchsorted(starts, rows, side="right") - 1
    by_batch = np.argsort(places, kind="stable")
    used, begins = np.unique(places[by_batch], return_index=True)
    parts = [
        batches[place].take(pa.array(rows[part] - starts[place]))
        for place, part in zip(used.tolist(), np.split(by_batch, begins[1:]), strict=True)
    ]
    back = np.empty(len(rows), np.int64)
    back[by_batch] = np.arange(len(rows))
    return pa.concat_batches(parts).take(pa.array(back))


def _move(source: Path, target: Path) -> None:
    """Put a file in its place, on another file system by copying."""
    try:
        source.replace(target)
    except OSError:
        shutil.move(source, target)
