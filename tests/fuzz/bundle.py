"""Several files as one input: a fuzzer mutates one string of bytes, most formats are a folder.

Each file is preceded by a line `%%FILE <name>`; an input without such a line is the only file of
its target.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_MARK = re.compile(rb"(?:\A|\n)%%FILE ([\w][\w .()/-]{0,80})\n")


def join(files: Mapping[str, bytes]) -> bytes:
    """The input that `split` takes apart again."""
    return b"\n".join(b"%%FILE " + name.encode() + b"\n" + each for name, each in files.items())


def split(content: bytes, default: str) -> dict[str, bytes]:
    """The files of an input; names that leave the folder are not kept.

    Args:
        default: Name of the only file of an input without a mark.
    """
    parts = _MARK.split(content)
    if len(parts) == 1:
        return {default: content}
    named = zip(parts[1::2], parts[2::2], strict=True)
    files = {name.decode().strip(): each for name, each in named}
    return {name: each for name, each in files.items() if _stays_inside(name)} or {default: b""}


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files into a folder."""
    for name, content in files.items():
        path = folder / name
        if not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def collect(folder: Path) -> dict[str, bytes]:
    """The files of a folder, the reverse of `write`."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _stays_inside(name: str) -> bool:
    parts = name.split("/")
    return len(parts) < 3 and all(part.strip(". ") for part in parts)
