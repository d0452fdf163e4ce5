"""Where the real lists are: `CUIBONO_DATA`, or `../shared/data` beside the project.

Tests that need them skip visibly without them, and fail under `CI=true`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def data_folder() -> Path | None:
    """The folder of the real lists, or None."""
    folder = Path(os.environ.get("CUIBONO_DATA") or PROJECT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def require_data(*parts: str) -> Path:
    """A folder or file of the real lists; skips without it, fails under CI."""
    folder = data_folder()
    path = folder.joinpath(*parts) if folder else None
    if path is not None and path.exists():
        return path
    message = f"the real lists are absent: {'/'.join(parts) or 'data'}; set CUIBONO_DATA"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
