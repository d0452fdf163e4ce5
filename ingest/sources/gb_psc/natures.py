"""What the register of people with significant control says of a holding: natures as relations.

A nature is one word, such as `ownership-of-shares-25-to-50-percent-as-trust`. It stays the role of
its relation, whole: the bands are of direct *and* indirect holdings, and "-as-trust" or "-as-firm"
says that the shares are held by a trust or firm that the person controls or is part of.

Source: The Register of People with Significant Control Regulations 2016 (SI 2016/339), Schedule 2;
Companies House, "api-enumerations", psc_descriptions.yml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from graph.model import Percentage
from ingest.ids import digest

# Schedule 2, Part 1: "more than 25 % but not more than 50 %", "more than 50 % but less than 75 %",
# "75 % or more". Overseas entities state no upper end.
BANDS = {
    "25-to-50": Percentage(minimum=25, maximum=50, minimum_open=True),
    "50-to-75": Percentage(minimum=50, maximum=75, minimum_open=True, maximum_open=True),
    "75-to-100": Percentage(minimum=75, maximum=100),
    "more-than-25": Percentage(minimum=25, maximum=100, minimum_open=True),
}
# The right of a partner to the assets that are left is what a share is in a company.
_SHARES = ("ownership-of-shares", "right-to-share-surplus-assets",
           "part-right-to-share-surplus-assets")  # fmt: skip
_SUFFIX = (r"(?:-as-(?:trust|firm|control-over-trust|control-over-firm))?"
           r"(?:-limited-liability-partnership|-registered-overseas-entity)?")  # fmt: skip
_SHARE = re.compile(
    rf"({'|'.join((*_SHARES, 'voting-rights'))})-({'|'.join(BANDS)})-percent{_SUFFIX}"
)
_CONTROL = re.compile(
    r"(?:right-to-appoint-and-remove-(?:directors|members|persons?)|"
    rf"significant-influence-or-control){_SUFFIX}"
)

_WORD = re.compile(r"[a-z0-9-]+")


class Holding(NamedTuple):
    """One relation between a person and a company."""

    key: str  # what tells it from the others of the same record
    schema: str
    role: str  # the natures as published
    share: Percentage | None = None
    known: bool = True  # whether the natures are of the published vocabulary


@lru_cache(maxsize=65536)
def parse_natures(natures: tuple[str, ...], kind: str) -> tuple[Holding, ...]:
    """The relations that the natures of one record state.

    All shares together are one Ownership: they may be the same shares, held in two ways, so they
    are never added. Each other nature is a Control of its own. Where no nature is stated, the kind
    of the record says that there is control, and nothing more.

    Example:
        >>> [(each.schema, each.share.minimum) for each in
        ...  parse_natures(("ownership-of-shares-75-to-100-percent",
        ...                 "voting-rights-75-to-100-percent"), "")]
        [('Ownership', 75.0), ('Control', 75.0)]
    """
    shares: list[tuple[str, Percentage]] = []
    found: list[Holding] = []
    for nature in dict.fromkeys(natures):
        if match := _SHARE.fullmatch(nature):
            if match[1] in _SHARES:
                shares.append((nature, BANDS[match[2]]))
            else:
                found.append(Holding(nature, "Control", nature, BANDS[match[2]]))
        elif _CONTROL.fullmatch(nature):
            found.append(Holding(nature, "Control", nature))
        else:
            # "registered-owner-as-nominee-…" among them: the company holds for the person.
            known = nature.startswith("registered-owner-as-")
            key = nature if _WORD.fullmatch(nature) else digest(nature)  # goes into an id
            found.append(Holding(key, "UnknownLink", nature, known=known))
    if shares:
        role = "; ".join(nature for nature, _ in shares)
        found.insert(0, Holding("shares", "Ownership", role, _widest([each for _, each in shares])))
    return tuple(found) or (Holding("control", "Control", kind),)


def _widest(bands: Sequence[Percentage]) -> Percentage:
    """At least the largest of the bands; with more than one, nobody says how much in all."""
    largest = max(bands, key=lambda each: (each.minimum, each.minimum_open))
    if len(bands) == 1:
        return largest
    return Percentage(minimum=largest.minimum, maximum=100, minimum_open=largest.minimum_open)
