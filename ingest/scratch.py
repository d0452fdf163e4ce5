"""Folders for work in progress: gone when the work ends, swept when it was killed.

Each is locked by the process that works in it, and a lock ends with its process however that ends.
So what nobody holds any more is known to be a leftover, and a load that takes hours is not.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

# Between the making of a folder and its lock nobody holds it.
GRACE = timedelta(minutes=1)


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A fresh folder, gone afterwards unless it was renamed.

    Args:
        parent: Where it is made; made when absent.
        prefix: What its name begins with: a dot, so that nothing takes it for finished.
    """
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep_scratch(parent: Path, prefix: str, now: datetime) -> int:
    """Remove the folders of this prefix that killed processes left.

    Returns:
        How many there were.
    """
    swept = 0
    for folder in parent.glob(f"{prefix}*"):
        try:
            young = now.timestamp() - folder.stat().st_mtime <= GRACE.total_seconds()
        except FileNotFoundError:  # its owner has just ended
            continue
        if not young and not _is_held(folder):
            shutil.rmtree(folder, ignore_errors=True)
            swept += 1
    return swept


def _is_held(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, or a file system without locks: left alone either way
        return True
    finally:
        os.close(lock)
    return False
