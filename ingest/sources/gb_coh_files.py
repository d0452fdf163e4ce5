"""Finds the bulk products of Companies House: one file, or all the parts of one snapshot.

The products are offered whole or in numbered parts ("…-part1_7.zip", "…_1of31.zip"). A snapshot of
which a part is missing would lack companies that nobody misses, so it is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ParseError
from ingest.unpack import open_stream

_HEAD = 1 << 14
_PART = re.compile(r"(?:part|_)(\d{1,3})(?:_|of)(\d{1,3})(?=\.|$)")


@dataclass(frozen=True, slots=True)
class Product:
    """How a product is called here, and how its content begins."""

    stem: str
    suffix: str
    begins: Callable[[bytes], bool]
    page: str  # where a person finds it


def find_parts(location: Path, product: Product, dataset: str) -> dict[str, Path]:
    """The files of one snapshot at a folder or file, in the order of their parts.

    A part given alone stands for its folder: the others must lie beside it.

    Raises:
        ParseError: When there is none, a part is missing, or there is more than one snapshot.
    """
    if not location.exists():
        raise _fault(location, f"{location.as_posix()!r} does not exist", product, dataset)
    groups: dict[tuple[str, int], dict[int, Path]] = defaultdict(dict)
    for path in _candidates(location):
        group, number = _part_of(path)
        is_meant = location.is_dir() or group == _part_of(location)[0]
        if is_meant and _begins(path, product, dataset):
            if number in groups[group]:
                several = f"{groups[group][number].name} and {path.name}"
                raise _fault(location, f"{several} are the same part", product, dataset)
            groups[group][number] = path
    if not groups:
        place = f"{location.as_posix()!r} holds no {product.stem}"
        raise _fault(location, place, product, dataset)
    if len(groups) > 1:
        several = " and ".join(path.name for parts in groups.values() for path in parts.values())
        raise _fault(location, f"there is more than one snapshot ({several})", product, dataset)
    (((_, total), parts),) = groups.items()
    missing = sorted(set(range(1, total + 1)) - set(parts))
    if missing:
        numbers = ", ".join(map(str, missing))
        raise _fault(location, f"part {numbers} of {total} is missing", product, dataset)
    if total == 1:
        return {f"{product.stem}{product.suffix}": parts[1]}
    return {
        f"{product.stem}-{number:02d}-of-{total:02d}{product.suffix}": parts[number]
        for number in sorted(parts)
    }


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
    for ending in (".gz", ".zip", ".csv", ".txt", ".json", ".jsonl"):
        stem = stem.removesuffix(ending)
    return (stem, int(match[2])), int(match[1])


def _begins(path: Path, product: Product, dataset: str) -> bool:
    try:
        with open_stream(path, path.name, dataset) as stream:
            return product.begins(stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf"))
    except ParseError:
        return False  # something else that lies there, packed


def _fault(location: Path, fault: str, product: Product, dataset: str) -> ParseError:
    return ParseError(
        f"{fault}; give the folder or the file of one whole snapshot, plain, gzipped or zipped, "
        f"from {product.page}.",
        locator=location.as_posix(), dataset=dataset,
    )  # fmt: skip
