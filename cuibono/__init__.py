"""The front door: settings, `Workspace`, the command line and the sample case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cuibono.workspace import Workspace

__all__ = ["Workspace"]


def __getattr__(name: str) -> object:
    # `from cuibono import Workspace` works, and `cuibono --help` does not pay for what it imports.
    if name == "Workspace":
        from cuibono.workspace import Workspace

        return Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
