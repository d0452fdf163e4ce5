"""Bulk work without the cycle collector: millions of small objects that all stay until the end.

Python's collector walks every tracked object again and again while tables grow, and finds nothing:
rows, strings and tuples form no cycles. Reference counting frees them all the same.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bulk() -> Iterator[None]:
    """Switch the cycle collector off inside the block, and on again however the block ends.

    It is a switch of the whole process: another thread that leaves cycles behind meanwhile keeps
    them until the block ends. So it belongs around seconds of loading and building, never around a
    server. Blocks may be nested; one in which the collector was off already leaves it off.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
