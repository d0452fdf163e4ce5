"""Finds the XML file of a list by its name, or by its root element where it was renamed.

Publishers name their file anew ("consolidated.xml", "20260227-FULL-1_1.xml") and browsers add
" (1)": the root element says what a file is.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from graph.errors import ParseError
from ingest.dates import parse_date
from ingest.xml import Node, iter_nodes

_PACKED = (".gz", ".zip")
_ENDINGS = (".xml", *_PACKED)


def find_xml(location: Path, name: str, root: str, dataset: str) -> Path:
    """The file of a list at a folder, or the file given.

    Args:
        location: The folder, or the file whatever its name.
        name: Canonical name in lower case; a file of this name is taken without a look.
        root: Local name of the root element that marks the format.

    Raises:
        ParseError: When there is none, or more than one that may be meant.
    """
    if location.is_file():
        if location.suffix.lower() in _ENDINGS or _has_root(location, name, root):
            return location  # its own fault, if it is not one, is said when it is read
        raise _missing(location, name, root, dataset)
    files = sorted(location.iterdir()) if location.is_dir() else []
    files = [path for path in files if path.is_file() and path.name.lower().endswith(_ENDINGS)]
    found = [path for path in files if _plain(path) == name]
    if not found:
        found = [path for path in files if _has_root(path, name, root)]
    if len(found) == 1:
        return found[0]
    if found:
        several = " and ".join(path.name for path in found)
        raise ParseError(
            f"{name} stands in {location.as_posix()!r} more than once ({several}); keep one, or "
            "name the file.", locator=name, dataset=dataset,
        )  # fmt: skip
    raise _missing(location, name, root, dataset)


def read_root(path: Path, name: str, root: str, dataset: str) -> Node:
    """The root element of a file, without its children.

    Raises:
        ParseError: When the file has another root, or is no XML.
    """
    with closing(iter_nodes(path, name, (), roots=(root,), dataset=dataset)) as nodes:  # type: ignore[type-var]
        return next(nodes)


def read_day(path: Path, name: str, root: str, attribute: str, dataset: str) -> str | None:
    """The day that an attribute of the root states: when the list was generated."""
    return parse_date(read_root(path, name, root, dataset).attribute(attribute) or "")


def _plain(path: Path) -> str:
    name = path.name.lower()
    for ending in _PACKED:
        name = name.removesuffix(ending)
    return name if name.endswith(".xml") else f"{name}.xml"


def _has_root(path: Path, name: str, root: str) -> bool:
    try:
        read_root(path, name, root, "")
    except ParseError:
        return False
    return True


def _missing(location: Path, name: str, root: str, dataset: str) -> ParseError:
    return ParseError(
        f"{location.as_posix()!r} holds no {name} (XML with the root element <{root}>, plain, "
        "gzipped or zipped); give the publisher's file or its folder.",
        locator=location.as_posix(), dataset=dataset,
    )  # fmt: skip
