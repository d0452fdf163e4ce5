"""A reader with a bug planted in it: a fuzzer that does not find it finds nothing.

The bug shows only in a well-formed file with the right root and a record whose number consists of
digits that `str.isdigit` takes for digits and `int` does not.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from graph.errors import ParseError
from ingest.xml import iter_nodes

NAME = "broken"
SEED = b'<?xml version="1.0"?>\n<L><R><number>12</number><name>Foo Quux</name></R></L>'


def check(content: bytes) -> None:
    """Read a list of numbered records."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.xml")
        path.write_bytes(content)
        for node in iter_nodes(path, path.name, ("R",), roots=("L",)):
            number = node.child_text("number") or "0"
            if not number.isdigit():
                raise ParseError(f"{number!r} is no number.")
            int(number)
