"""How the status of a link changed as evidence was published, packed into one number.

Up to three changes, 19 bits each, earliest first: the day (16 bits, `DAY_MAX` for an empty place)
and the code of the status from that day on. Of a link whose status changed more often the last
three are kept; before the first of them it reads as not yet published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.dates import DAY_MAX, parse_span
from graph.model import Evidence, Status
from graph.status import Ends, derive_status

CHANGES = 3
_BITS = 19
_CODES = {status: code for code, status in enumerate(Status)}
NOT_PUBLISHED = -1


def find_changes(
    evidence: Sequence[Evidence], ends: Ends, *, maybe: bool = False
) -> list[tuple[int, Status]]:
    """The days on which the status changed, and to what; earliest first.

    Args:
        evidence: Assertions and denials.
        ends: Names of both parties, as for `derive_status`.
        maybe: Count a piece of evidence from the first day on which it may have been published,
            instead of the day by which it certainly had been.
    """
    days = [
        parse_span(item.on).earliest if maybe else parse_span(item.on).latest for item in evidence
    ]
    changes: list[tuple[int, Status]] = []
    for day in sorted(set(days)):
        known = [item for item, out in zip(evidence, days, strict=True) if out <= day]
        if day >= DAY_MAX or not any(item.stance == "asserts" for item in known):
            continue
        status = derive_status(known, ends)
        if not changes or changes[-1][1] is not status:
            changes.append((day, status))
    return changes


def pack_changes(changes: Sequence[tuple[int, Status]]) -> int:
    """The last changes as one number."""
    kept = list(changes)[-CHANGES:]
    places = [(day, _CODES[status]) for day, status in kept]
    places += [(DAY_MAX, 0)] * (CHANGES - len(kept))
    return sum((code << 16 | day) << (_BITS * place) for place, (day, code) in enumerate(places))


def status_at(packed: npt.NDArray[Any], day: int) -> npt.NDArray[Any]:
    """Status codes on a day, `NOT_PUBLISHED` where nothing had been said yet."""
    status = np.full(packed.shape, NOT_PUBLISHED, np.int8)
    for place in range(CHANGES):
        change = (packed >> (_BITS * place)) & ((1 << _BITS) - 1)
        begins = change & 0xFFFF
        status = np.where((begins <= day) & (begins < DAY_MAX), change >> 16, status)
    return status
