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
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.pieces import Column, Piece, Repeated, expand, join_columns, split_table
from graph.tables import WORD

# Statements of a row group: large enough to pack well, small enough that two of them (one filling,
# one being written) stay far below the memory of the smallest machine.
GROUP_ROWS = 500_000
_WIDE = 2  # relations and evidence: so many times fewer rows, as each holds texts of its own
_HEAD_ROWS = 4096  # of each run in memory while runs are merged: a megabyte
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
        is_wide: bool = False,
    ) -> None:
        """Prepare a file.

        Args:
            name: Of the file.
            schema: What readers see.
            spill: Where it grows.
            stored: What `put` is given, where that differs: the same names, texts as dictionaries.
            known: All words that occur in a column; see `graph.pieces.join_columns`.
            is_wide: Whether a row holds many texts of its own; row groups are then shorter.
        """
        self.name, self.schema, self.stored = name, schema, stored or schema
        self._spill, self._known = spill, known
        self._limit = GROUP_ROWS // _WIDE if is_wide else GROUP_ROWS
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
        if self._rows >= self._limit:
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
    pieces: list[Piece],
    stored: pa.Schema,
    known: Mapping[str, pa.StringArray],
) -> None:
    """Write a row group and let go of its pieces.

    No method: a thread that still writes keeps no owner of a spill alive.
    """
    if not pieces:
        return
    columns: list[pa.ChunkedArray] = []
    joined: dict[object, pa.ChunkedArray] = {}  # an entity's own id is its canonical id
    for each in stored:
        parts = [piece[each.name] for piece in pieces]
        words = known.get(each.name)
        same = (each.type, id(words), *map(id, parts))
        if same not in joined:
            joined[same] = join_columns(parts, each.type, words)
        columns.append(joined[same])
    table = pa.Table.from_arrays(columns, schema=stored)
    file.write_table(table, row_group_size=table.num_rows)
    pieces.clear()
    del parts, columns, joined, table
    pa.default_memory_pool().release_unused()  # else its peak stays with the process


class SortedSink:
    """A Parquet file of one table, sorted by its ids, which are distinct texts.

    Rows wait on the disk in sorted runs that are merged at the end: memory holds one run while
    rows come, then the beginning of each run and one row group.
    """

    def __init__(self, name: str, schema: pa.Schema, spill: Spill) -> None:
        """Prepare a file; its first column is the id."""
        self.name, self.schema = name, schema
        # In a run, words stand as numbers in order of their appearance.
        self._words: dict[str, dict[str, int]] = {
            each.name: {} for each in schema if each.type == WORD
        }
        self._plain = pa.schema(
            [(each.name, pa.int32() if each.type == WORD else each.type) for each in schema]
        )
        self._limit = GROUP_ROWS // _WIDE
        self._spill = spill
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._file: pa.RecordBatchFileWriter | None = None
        self._runs: list[range] = []  # places of their batches in the file

    def put(self, piece: Piece) -> None:
        """Append rows, the same number in each column."""
        columns = [self._lay_out(piece[each.name], each) for each in self.schema]
        rows = pa.RecordBatch.from_arrays(columns, schema=self._plain)
        if rows.num_rows:
            self._waiting.append(rows)
            self._rows += rows.num_rows
        if self._rows >= self._limit:
            self._flush()

    def put_table(self, table: pa.Table) -> None:
        """Append the rows of a table."""
        for piece in split_table(table):
            self.put(piece)

    def finish(self, directory: Path) -> None:
        """Merge, and write the file into a directory."""
        words = {name: pa.array(list(codes), pa.string()) for name, codes in self._words.items()}
        with pq.ParquetWriter(directory / self.name, self.schema, compression="zstd") as file:
            for rows in self._iter_groups():
                columns = [
                    pa.DictionaryArray.from_arrays(column.combine_chunks(), words[name])
                    if name in words
                    else column
                    for name, column in zip(rows.column_names, rows.columns, strict=True)
                ]
                table = pa.Table.from_arrays(columns, schema=self.schema)
                file.write_table(table, row_group_size=table.num_rows)

    @property
    def _path(self) -> Path:
        return self._spill.folder / f"{self.name}.arrow"

    def _lay_out(self, column: Column, field: pa.Field) -> pa.Array:
        """A column as it stands in a run."""
        codes = self._words.get(field.name)
        if codes is None:
            return expand(column, field.type) if isinstance(column, Repeated) else column
        if isinstance(column, Repeated):
            word = column.value
            code = None if word is None else codes.setdefault(str(word), len(codes))
            return expand(Repeated(code, column.size), pa.int32())
        own = [codes.setdefault(word, len(codes)) for word in column.dictionary.to_pylist()]
        return pa.array(own, pa.int32()).take(column.indices)

    def _flush(self) -> None:
        """Sort what waits, and put it on the disk as a run."""
        if not self._waiting:
            return
        if self._file is None:
            self._file = pa.ipc.new_file(self._path, self._plain)
        batches = self._take_sorted().to_batches(_HEAD_ROWS)
        for batch in batches:
            self._file.write_batch(batch)
        begin = self._runs[-1].stop if self._runs else 0
        self._runs.append(range(begin, begin + len(batches)))

    def _take_sorted(self) -> pa.Table:
        rows = pa.Table.from_batches(self._waiting, self._plain)
        self._waiting, self._rows = [], 0
        return _sort(rows)

    def _iter_groups(self) -> Iterator[pa.Table]:
        """The rows in order, a row group at a time."""
        waiting: list[pa.Table] = []
        room = self._limit
        for rows in self._iter_sorted():
            while len(rows) >= room:
                yield pa.concat_tables([*waiting, rows.slice(0, room)])
                rows, waiting, room = rows.slice(room), [], self._limit
            waiting.append(rows)
            room -= len(rows)
        if room < self._limit:
            yield pa.concat_tables(waiting)

    def _iter_sorted(self) -> Iterator[pa.Table]:
        """The rows in order."""
        if self._file is None:
            if self._waiting:
                yield self._take_sorted()
            return
        self._flush()
        self._file.close()
        with pa.OSFile(str(self._path)) as stream:  # pages of a mapped file would count as memory
            reader = pa.ipc.open_file(stream)
            heads = [_Head(map(reader.get_batch, run)) for run in self._runs]
            while heads := [head for head in heads if not head.is_empty]:
                last = min(head.last for head in heads)
                parts = [head.take_until(last) for head in heads if head.first <= last]
                rows = pa.Table.from_batches(parts, self._plain)
                yield rows if len(parts) == 1 else _sort(rows)


class _Head:
    """The rows of a sorted run that come next, from the id `first` to the id `last`."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self.is_empty = False
        self._move_to(next(batches, None))

    def take_until(self, last: str) -> pa.RecordBatch:
        """Give out the rows up to an id between `first` and `last`; there are some."""
        is_taken = pc.less_equal(self._rows.column(0), pa.scalar(last, pa.string()))
        count = pc.sum(is_taken).as_py()
        taken, left = self._rows.slice(0, count), self._rows.slice(count)
        self._move_to(left if left.num_rows else next(self._batches, None))
        return taken

    def _move_to(self, rows: pa.RecordBatch | None) -> None:
        """Go on with these rows; None: the run is at its end."""
        if rows is None:
            self.is_empty = True
            return
        self._rows = rows
        self.first, self.last = (rows.column(0)[place].as_py() for place in (0, -1))


def _sort(rows: pa.Table) -> pa.Table:
    """Rows in order of their ids."""
    rows = rows.combine_chunks()  # a column at a time would be joined for every take
    return rows.take(pc.sort_indices(rows.column(0)))


def _move(source: Path, target: Path) -> None:
    """Put a file in its place, on another file system by copying."""
    try:
        source.replace(target)
    except OSError:
        shutil.move(source, target)
