"""How the status of a link changed as evidence was published, packed into one number.

Up to three changes, 19 bits each, earliest first: the day (16 bits, `DAY_MAX` for an empty place)
and the code of the status from that day on. Of a link whose status changed more often, the first
change and the last ones are kept, so that it is never taken for unpublished; an answer shows the
status that its evidence gives for the day (`graph.compose`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.dates import DAY_MAX
from graph.model import Evidence, Status
from graph.status import Ends, derive_status, published_span

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
    spans = [published_span(item) for item in evidence]
    days = [span.earliest if maybe else span.latest for span in spans]
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
    """Changes as one number; see the module docstring for more than three."""
    kept = list(changes)
    if len(kept) > CHANGES:  # a second source changes least of what may be asked
        kept = [each for each in kept if each[1] is not Status.CORROBORATED] or kept
    while len(kept) > CHANGES:
        del kept[1]
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
