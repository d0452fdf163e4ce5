"""Opens published files as streams of bytes: plain, gzipped or zipped, never more than they may be.

What a file is, its first bytes say, not its name. A file that unpacks without end, that is
encrypted, or that names a place outside itself is refused. Nothing is ever written to disk here.
"""

from __future__ import annotations

import errno
import fnmatch
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from graph.errors import ParseError

if TYPE_CHECKING:
    from typing_extensions import Buffer

# A registry of the world's largest countries unpacks to some 10 GB; a list to less than 1 GB.
MAX_UNPACKED = 32 << 30
# Published text packs to a tenth or a thirtieth. More is padding made to fill a disk or a memory.
MAX_RATIO = 200
_SMALL = 64 << 20  # below this size no ratio harms
_MAX_MEMBERS = 10_000
_BUFFER = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # no publisher packs with another
_GZIP = b"\x1f\x8b"
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")  # the second begins an empty one
_HEAD = 4  # bytes that tell
_WORKBOOK = "[Content_Types].xml"  # an XLSX is a ZIP, and is read as it is
# What the libraries say of packing that is damaged, or made to confuse them.
_DAMAGE = (EOFError, OSError, ValueError, NotImplementedError, zipfile.BadZipFile, zlib.error)
AGAIN = "Download the file again from the publisher."


def refuse(name: str, line: int, fault: str, remedy: str = AGAIN, dataset: str = "") -> ParseError:
    """A `ParseError` whose one sentence names file, line, fault and remedy."""
    return ParseError(f"{name}, line {line}: {fault}. {remedy}", locator=f"{name}:{line}",
                      dataset=dataset)  # fmt: skip


@dataclass(slots=True)
class Meter:
    """How much of the files on the disk has been read, told to whoever watches."""

    total: int  # bytes on the disk
    tell: Callable[[int, int], None]  # (bytes read, total)
    read: int = field(default=0)

    def advance(self, size: int) -> None:
        """So many bytes more were read."""
        self.read += size
        self.tell(self.read, self.total)


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def measured(meter: Meter) -> Iterator[None]:
    """Within this block, every byte that `open_stream` reads from the disk is told to the meter."""
    token = _METER.set(meter)
    try:
        yield
    finally:
        _METER.reset(token)


class _Counted(io.RawIOBase):
    """A file that tells the meter what is read of it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._meter = _METER.get()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Buffer) -> int:
        block = self._raw.read(memoryview(buffer).nbytes)
        memoryview(buffer)[: len(block)] = block
        if self._meter is not None:
            self._meter.advance(len(block))
        return len(block)


class _Capped(io.RawIOBase):
    """Unpacked bytes, up to a limit; damage in the packing is a `ParseError`."""

    def __init__(self, packed: BinaryIO, name: str, limit: int, dataset: str) -> None:
        self._packed = packed
        self._name, self._dataset = name, dataset
        self._limit, self._left = limit, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        try:
            block = self._packed.read(memoryview(buffer).nbytes)
        except _DAMAGE as exc:
            if _is_disk_fault(exc):
                raise
            fault = f"the packed file is broken off or damaged ({exc})"
            raise refuse(self._name, 1, fault, dataset=self._dataset) from exc
        self._left -= len(block)
        if self._left < 0:
            fault = f"the file unpacks to more than {self._limit} bytes"
            raise refuse(self._name, 1, fault, dataset=self._dataset)
        memoryview(buffer)[: len(block)] = block
        return len(block)


@contextmanager
def open_stream(
    path: Path,
    name: str,
    dataset: str = "",
    *,
    member: str | None = None,
    limit: int = MAX_UNPACKED,
) -> Iterator[io.BufferedReader]:
    """The content of a file, unpacked when its first bytes say gzip or ZIP.

    Args:
        name: Canonical name, for messages.
        member: Pattern (`*.xml`) of the file wanted from a ZIP; default: the only one in it.
        limit: Bytes of content, at most.

    Raises:
        ParseError: When the packing is damaged, encrypted or hostile, or holds no such file, or
            more than one; and, while reading, when it holds more than `limit` bytes.
    """
    with path.open("rb") as file:
        counted = io.BufferedReader(_Counted(cast(BinaryIO, file)), _BUFFER)
        head = counted.peek(_HEAD)[:_HEAD]
        if head.startswith(_GZIP):
            with gzip.GzipFile(fileobj=counted) as unpacked:
                size = path.stat().st_size
                ratio = max(size * MAX_RATIO, _SMALL)
                yield _cap(cast(BinaryIO, unpacked), name, min(limit, ratio), dataset)
        elif head in _ZIPS:
            with _open_zip(counted, name, dataset) as archive:
                chosen = _choose(archive, member, name, dataset)
                if chosen is None:
                    counted.seek(0)
                    yield _cap(counted, name, limit, dataset)
                else:
                    with _open_member(archive, chosen, name, dataset) as unpacked:
                        yield _cap(unpacked, name, limit, dataset)
        else:
            yield _cap(counted, name, limit, dataset)


def iter_members(
    path: Path, name: str, dataset: str = ""
) -> Iterator[tuple[str, io.BufferedReader]]:
    """Each file in a ZIP with its content, by name; nothing for a file that is none.

    Raises:
        ParseError: When it is damaged or hostile.
    """
    if not list_members(path, name, dataset):
        return
    with path.open("rb") as file:
        counted = io.BufferedReader(_Counted(cast(BinaryIO, file)), _BUFFER)
        with _open_zip(cast(BinaryIO, counted), name, dataset) as archive:
            for each in sorted(_members(archive, name, dataset), key=lambda info: info.filename):
                with _open_member(archive, each, name, dataset) as unpacked:
                    yield each.filename, _cap(unpacked, name, MAX_UNPACKED, dataset)


def list_members(path: Path, name: str, dataset: str = "") -> list[str]:
    """Names of the files in a ZIP, in its order; empty for a file that is none.

    Raises:
        ParseError: When it is damaged or hostile.
    """
    with path.open("rb") as file:
        if file.read(_HEAD) not in _ZIPS:
            return []
        file.seek(0)
        with _open_zip(file, name, dataset) as archive:
            files = _members(archive, name, dataset)
    return [] if any(each.filename == _WORKBOOK for each in files) else [
        each.filename for each in files
    ]  # fmt: skip


def find_member(path: Path, name: str, dataset: str = "") -> str | None:
    """Pattern, for `open_stream`, of the file wanted from a ZIP of several: the one of that name.

    None when there is no choice: for a ZIP of one file, whatever it is called, and for no ZIP.

    Raises:
        ParseError: When it is damaged or hostile.
    """
    if len(list_members(path, name, dataset)) < 2:
        return None
    wanted = name.rpartition("/")[2].lower().removesuffix(".zip")
    return "".join(f"[{each}]" if each in "*?[" else each for each in wanted)


def _is_disk_fault(exc: BaseException) -> bool:
    """The disk failed, not the file: a damaged one is told without number, or asks for no place."""
    return isinstance(exc, OSError) and exc.errno not in (None, errno.EINVAL)


def _cap(stream: BinaryIO, name: str, limit: int, dataset: str) -> io.BufferedReader:
    return io.BufferedReader(_Capped(stream, name, limit, dataset), _BUFFER)


def _open_zip(file: BinaryIO, name: str, dataset: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _DAMAGE as exc:
        if _is_disk_fault(exc):
            raise
        raise refuse(name, 1, f"the ZIP is broken off or damaged ({exc})", dataset=dataset) from exc


def _open_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, dataset: str
) -> BinaryIO:
    try:
        return cast(BinaryIO, archive.open(member))
    except _DAMAGE as exc:
        if _is_disk_fault(exc):
            raise
        fault = f"{member.filename!r} in the ZIP is broken off or damaged ({exc})"
        raise refuse(name, 1, fault, dataset=dataset) from exc


def _members(archive: zipfile.ZipFile, name: str, dataset: str) -> list[zipfile.ZipInfo]:
    """The files in a ZIP, none of them hostile."""
    found = [each for each in archive.infolist() if not each.filename.endswith("/")]
    if len(found) > _MAX_MEMBERS:
        raise refuse(name, 1, f"the ZIP holds {len(found)} files", dataset=dataset)
    if sum(each.compress_size for each in found) > archive.start_dir:
        fault = "the files in the ZIP overlap, or are broken off: a ZIP bomb, or a damaged one"
        raise refuse(name, 1, fault, dataset=dataset)
    for each in found:
        place = PurePosixPath(each.filename.replace("\\", "/"))
        if (
            not place.parts
            or place.is_absolute()
            or ".." in place.parts
            or ":" in "".join(place.parts[:1])
        ):
            fault = f"the ZIP names a place outside itself ({each.filename!r})"
            raise refuse(name, 1, fault, dataset=dataset)
        if each.flag_bits & 1:
            raise refuse(name, 1, f"{each.filename!r} in the ZIP is encrypted",
                         "Unpack it and load the file itself.", dataset)  # fmt: skip
        if each.compress_type not in _METHODS:
            fault = f"{each.filename!r} in the ZIP is packed by method {each.compress_type}"
            raise refuse(name, 1, fault, "Unpack it and load the file itself.", dataset)
        if each.file_size > max(each.compress_size * MAX_RATIO, _SMALL):
            fault = (f"{each.filename!r} unpacks from {each.compress_size} to {each.file_size} "
                     "bytes: a ZIP bomb")  # fmt: skip
            raise refuse(name, 1, fault, dataset=dataset)
    return found


def _choose(
    archive: zipfile.ZipFile, member: str | None, name: str, dataset: str
) -> zipfile.ZipInfo | None:
    """The wanted file of a ZIP; None for a workbook, which is read as it is."""
    files = _members(archive, name, dataset)
    if any(each.filename == _WORKBOOK for each in files):
        return None
    wanted = [
        each for each in files
        if member is None or fnmatch.fnmatch(each.filename.lower().rpartition("/")[2], member)
    ]  # fmt: skip
    if len(wanted) != 1:
        names = ", ".join(each.filename for each in files[:5]) or "nothing"
        fault = f"the ZIP holds {names}; exactly one {member or 'file'} is read"
        raise refuse(name, 1, fault, "Unpack it and load the file itself.", dataset)
    return wanted[0]
