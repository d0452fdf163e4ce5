"""Opaque cursors: a place in the pages of one request on one snapshot.

A cursor of another request, or of a snapshot that is no longer live, is refused: shifted pages
would leave parties out unseen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from graph.errors import QueryError

# Far beyond any page that can be asked for; a larger number in a cursor is not ours.
_MAX_OFFSET = 10**9


class UnknownCursor(QueryError):
    """No page has this cursor."""

    def __init__(self) -> None:
        super().__init__(
            "No page of this request has this cursor in the live snapshot; start again without it.",
            pointer="/cursor",
        )


def make_scope(snapshot: str, request: object) -> str:
    """A digest of what the pages are of. `request` must be plain JSON, without the cursor."""
    text = json.dumps([snapshot, request], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_cursor(offset: int | None, scope: str) -> str | None:
    """The cursor of the page that starts at `offset`; None when there is no such page."""
    if offset is None:
        return None
    return base64.urlsafe_b64encode(f"{offset}.{scope}".encode()).decode().rstrip("=")


def parse_cursor(cursor: str | None, scope: str) -> int:
    """The offset that a cursor stands for; 0 without one.

    Raises:
        UnknownCursor: When it is none of ours, or of another request or snapshot.
    """
    if cursor is None:
        return 0
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        offset, _, found = base64.b64decode(padded, altchars=b"-_", validate=True).partition(b".")
        value = int(offset)
    except (ValueError, binascii.Error) as exc:
        raise UnknownCursor from exc
    if found.decode("latin-1") != scope or not 0 < value <= _MAX_OFFSET:
        raise UnknownCursor
    return value
