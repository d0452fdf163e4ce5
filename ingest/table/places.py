"""Where the files of a mapping are: beside it, and nowhere else.

A mapping may come from anybody. It names files of its own folder: no address on the network, no
absolute path, no way out of the folder, not by a link either.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from graph.errors import ParseError
from ingest.table.yaml_text import Block
from ingest.unpack import refuse

_PACKED = (".gz", ".zip")


def clean_place(block: Block, place: str) -> str:
    """The relative name of a file that a query names ("companies.csv").

    Raises:
        ParseError: When it names anything but a file of the mapping's folder.
    """
    key = "csv_url" if "csv_url" in block else "csv_urls"
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", place):
        fault = f"{place!r} is an address, and nothing is fetched here"
        raise block.fault(fault, "Download the file, put it beside the mapping and name it.", key)
    if "$" in place:
        fault = f"{place!r} names a variable, which is not read"
        raise block.fault(fault, "Name the file, as it is called beside the mapping.", key)
    path = PurePosixPath(place)
    if path.is_absolute() or ".." in path.parts or "\\" in place or ":" in place or "\0" in place:
        fault = f"{place!r} leads out of the mapping's folder"
        raise block.fault(fault, "Put the file beside the mapping and name it.", key)
    name = path.as_posix()
    if not path.name or name.endswith((".yml", ".yaml")):
        raise block.fault(f"{place!r} names no table", "Name the file.", key)
    return name


def find_place(folder: Path, name: str, dataset: str) -> Path:
    """The file of this name in the folder: plain, gzipped or zipped, whatever the case of the name.

    Raises:
        ParseError: When it is absent, stands there twice, or lies elsewhere by a link.
    """
    wanted = {(name + ending).lower() for ending in ("", *_PACKED)}
    parent = folder / PurePosixPath(name).parent
    present = sorted(parent.iterdir()) if parent.is_dir() else []
    files = {path.relative_to(folder).as_posix(): path for path in present if path.is_file()}
    exact = [path for stated, path in files.items() if stated == name]
    found = exact or [path for stated, path in files.items() if stated.lower() in wanted]
    if len(found) != 1:
        several = " and ".join(path.name for path in found)
        fault = f"the file stands there twice ({several})" if found else "the file is absent"
        remedy = "Keep one." if found else f"The mapping names it; put it into {folder.name!r}."
        raise refuse(name, 1, fault, remedy, dataset)
    if not found[0].resolve().is_relative_to(folder.resolve()):
        fault = "the file is a link out of the mapping's folder"
        raise refuse(name, 1, fault, "Copy the file itself into the folder.", dataset)
    return found[0]


def find_mapping(location: Path, dataset: str) -> Path:
    """The mapping file: the one given, `mapping.yml` of a folder, or its only YAML file.

    Raises:
        ParseError: When there is none, or more than one.
    """
    if location.is_file():
        return location
    if not location.is_dir():
        raise ParseError(
            f"{location.as_posix()!r} does not exist; give a folder with mapping.yml and its "
            "tables.", locator=location.as_posix(), dataset=dataset,
        )  # fmt: skip
    files = [path for path in sorted(location.iterdir())
             if path.name.lower().endswith((".yml", ".yaml"))]  # fmt: skip
    named = [path for path in files if path.stem.lower() == "mapping"]
    found = named or files
    if len(found) != 1:
        several = ", ".join(path.name for path in found) or "no mapping.yml"
        raise ParseError(
            f"{location.as_posix()!r} holds {several}; keep one mapping file, called mapping.yml. "
            "`cuibono map --guess FILE` proposes one.", locator=location.as_posix(),
            dataset=dataset,
        )  # fmt: skip
    return found[0]
