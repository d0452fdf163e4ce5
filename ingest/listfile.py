"""Finds the published files of a list, whatever they were renamed to.

Publishers date their files and people rename their downloads: a file is known by its name, or else
by how its content begins. Large registers come whole or in numbered parts. What a file means
belongs to its source.
"""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePath

from graph.errors import ParseError
from ingest.dates import parse_date
from ingest.unpack import open_stream
from ingest.xml import iter_nodes

HEAD = 1 << 14  # bytes in which a root element or a header line stands
HEADER_LINES = 6  # a title, a date and a blank line may come before the header
_PACKING = (".gz", ".zip")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
# "…-part1_7.zip", "…_1of31.zip": (number, number of parts).
_PART = re.compile(r"(?:part|_)(\d{1,3})(?:_|of)(\d{1,3})(?=\.|$)")


@dataclass(frozen=True, slots=True)
class ListFile:
    """The one file of a list: how it is called and how it is known when it is called otherwise."""

    name: str  # canonical, lower case: "conlist.csv"
    patterns: tuple[str, ...]  # of names in lower case, without .gz and .zip
    begins: Callable[[bytes], bool]  # whether content that begins so is of this list
    page: str  # where a person finds it

    @property
    def stem(self) -> str:
        """The canonical name without its ending: what the names of all parts begin with."""
        return PurePath(self.name).stem


def find_list_file(location: Path, wanted: ListFile, dataset: str) -> dict[str, Path]:
    """The file at a folder, or the file given, by its canonical name.

    Raises:
        ParseError: When there is none or more than one; the message names the remedy.
    """
    member = member_of(wanted.name)
    if not location.exists():
        raise _missing(location, f"{wanted.name} is missing: {location.as_posix()!r} does not "
                       "exist", wanted, dataset)  # fmt: skip
    if location.is_file():
        if _is_named(location, wanted) or _begins(location, wanted, dataset, member=member):
            return {wanted.name: location}
        fault = f"{location.name!r} is not {wanted.name}"
        raise _missing(location, fault, wanted, dataset)
    paths = [path for path in sorted(location.iterdir()) if path.is_file()]
    found = [path for path in paths if _is_named(path, wanted)]
    found = found or [path for path in paths if _begins(path, wanted, dataset, member=member)]
    if len(found) == 1:
        return {wanted.name: found[0]}
    if not found:
        fault = f"{wanted.name} is missing: {location.as_posix()!r} holds no {wanted.name} by name"
        raise _missing(location, f"{fault} or content", wanted, dataset)
    several = " and ".join(path.name for path in found)
    raise ParseError(
        f"{wanted.name} is there more than once ({several}); keep one, or give the file itself.",
        locator=wanted.name, dataset=dataset,
    )  # fmt: skip


def find_named(location: Path, names: Iterable[str], dataset: str) -> dict[str, Path]:
    """The files of these names at a folder, plain, gzipped or zipped, in any case of the name.

    Args:
        location: The folder, or one of its files.
        names: Canonical names in lower case, such as "sdn.csv".

    Raises:
        ParseError: When the folder or a file is missing, or a name fits two files.
    """
    folder = location if location.is_dir() else location.parent
    if not location.exists():
        raise ParseError(
            f"{location.as_posix()!r} does not exist; give the folder that holds "
            f"{', '.join(names)}.",
            locator=location.as_posix(),
            dataset=dataset,
        )
    present: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            plain = path.name.lower().removesuffix(".gz").removesuffix(".zip")
            present.setdefault(plain, []).append(path)
    found = {}
    for name in names:
        paths = present.get(name, [])
        if len(paths) != 1:
            several = " and ".join(path.name for path in paths)
            fault = f"stands there twice ({several}); keep one" if paths else "is missing; add it"
            raise ParseError(
                f"{name} {fault} in {folder.as_posix()!r}, plain, gzipped or zipped, so that all "
                "files are of one publication.",
                locator=name,
                dataset=dataset,
            )
        found[name] = paths[0]
    return found


def find_parts(location: Path, wanted: ListFile, dataset: str) -> dict[str, Path]:
    """The files of one snapshot at a folder or file, in the order of their parts.

    A part given alone stands for its folder: the others must lie beside it. A snapshot of which a
    part is missing would lack entries that nobody misses, so it is refused.

    Returns:
        "psc.jsonl" of a whole one, else "psc-01-of-31.jsonl" and so on.

    Raises:
        ParseError: When there is none, a part is missing, or there is more than one snapshot.
    """
    if not location.exists():
        raise _broken(location, f"{location.as_posix()!r} does not exist", wanted, dataset)
    groups: dict[tuple[str, int], dict[int, Path]] = defaultdict(dict)
    for path in _candidates(location):
        group, number = _part_of(path)
        is_meant = location.is_dir() or group == _part_of(location)[0]
        if is_meant and _begins(path, wanted, dataset, member=None):
            if number in groups[group]:
                several = f"{groups[group][number].name} and {path.name}"
                raise _broken(location, f"{several} are the same part", wanted, dataset)
            groups[group][number] = path
    if not groups:
        place = f"{location.as_posix()!r} holds no {wanted.stem}"
        raise _broken(location, place, wanted, dataset)
    if len(groups) > 1:
        several = " and ".join(path.name for parts in groups.values() for path in parts.values())
        raise _broken(location, f"there is more than one snapshot ({several})", wanted, dataset)
    (((_, total), parts),) = groups.items()
    missing = sorted(set(range(1, total + 1)) - set(parts))
    if missing:
        numbers = ", ".join(map(str, missing))
        raise _broken(location, f"part {numbers} of {total} is missing", wanted, dataset)
    if total == 1:
        return {wanted.name: parts[1]}
    suffix = PurePath(wanted.name).suffix
    return {
        f"{wanted.stem}-{number:02d}-of-{total:02d}{suffix}": parts[number]
        for number in sorted(parts)
    }


def _missing(location: Path, fault: str, wanted: ListFile, dataset: str) -> ParseError:
    return ParseError(
        f"{fault}; give the publisher's file or its folder, plain, gzipped or zipped, from "
        f"{wanted.page}.",
        locator=location.as_posix(), dataset=dataset,
    )  # fmt: skip


def _broken(location: Path, fault: str, wanted: ListFile, dataset: str) -> ParseError:
    return ParseError(
        f"{fault}; give the folder or the file of one whole snapshot, plain, gzipped or zipped, "
        f"from {wanted.page}.",
        locator=location.as_posix(), dataset=dataset,
    )  # fmt: skip


def _is_named(path: Path, wanted: ListFile) -> bool:
    name = path.name.lower()
    for ending in _PACKING:
        plain = name.removesuffix(ending)
        if plain != name and "." not in plain:
            plain += Path(wanted.name).suffix  # "UK-Sanctions-List.zip" does not say of what
        name = plain
    return any(fnmatch.fnmatch(name, pattern) for pattern in wanted.patterns)


def _begins(path: Path, wanted: ListFile, dataset: str, *, member: str | None) -> bool:
    try:
        with open_stream(path, wanted.name, dataset, member=member) as stream:
            return wanted.begins(stream.read(HEAD).removeprefix(b"\xef\xbb\xbf"))
    except ParseError:
        return False  # something else that lies there, packed


def _candidates(location: Path) -> list[Path]:
    if location.is_file() and _part_of(location)[0][1] == 1:
        return [location]
    folder = location if location.is_dir() else location.parent
    return [path for path in sorted(folder.iterdir()) if path.is_file()]


def _part_of(path: Path) -> tuple[tuple[str, int], int]:
    """((name without the part's number, number of parts), number of the part)."""
    name = path.name.lower()
    match = _PART.search(name)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        return (name, 1), 1
    stem = name[: match.start()] + name[match.end() :]
    for ending in (*_PACKING, ".csv", ".txt", ".json", ".jsonl"):
        stem = stem.removesuffix(ending)
    return (stem, int(match[2])), int(match[1])


def member_of(name: str) -> str:
    """Pattern of the file in a ZIP that holds others (a note, a schema) beside it."""
    return f"*{PurePath(name).suffix}"


def begins_with_root(*roots: str) -> Callable[[bytes], bool]:
    """Recognises XML by its root element, with or without a namespace prefix."""
    wanted = {root.encode() for root in roots}

    def begins(head: bytes) -> bool:
        plain = _COMMENT.sub(b"", head.replace(b"\0", b""))  # the NUL bytes are those of UTF-16
        root = _ROOT.search(plain)
        return root is not None and root[1] in wanted

    return begins


def begins_with_columns(*columns: str) -> Callable[[bytes], bool]:
    """Recognises a delimited file by columns in one of its first lines."""
    wanted = [column.lower().encode() for column in columns]

    def begins(head: bytes) -> bool:
        lines = head.lower().splitlines()[:HEADER_LINES]
        return any(all(column in line for column in wanted) for line in lines)

    return begins


def read_day(path: Path, name: str, root: str, attribute: str, dataset: str) -> str | None:
    """The day that an attribute of the root element states: when the list was generated.

    Raises:
        ParseError: When the file has another root, or is no XML.
    """
    nodes = iter_nodes(path, name, (), roots=(root,), dataset=dataset, member=member_of(name))
    with closing(nodes):  # type: ignore[type-var]
        return parse_date(next(nodes).attribute(attribute) or "")
