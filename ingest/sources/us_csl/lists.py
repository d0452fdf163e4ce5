"""The lists that the Consolidated Screening List repeats, and what being on each means.

Source: International Trade Administration, "Consolidated Screening List"; the topics follow the
consequence that each list has in law.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ingest.sources.us_ofac.lists import AUTHORITY as OFAC

_BIS = "Bureau of Industry and Security"
_STATE = "State Department"
_TREASURY = "Treasury Department"
# By the code in parentheses. Only the SDN list blocks property; on Treasury's other lists some
# dealings are restricted.
_LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sdn": (OFAC, ("sanction",)),
    "ssi": (OFAC, ("reg.action",)),  # new debt and equity of the Russian energy and finance sector
    "cap": (OFAC, ("reg.action",)),  # correspondent accounts
    "fse": (OFAC, ("reg.action",)),  # foreign sanctions evaders
    "mbs": (OFAC, ("reg.action",)),  # menu of restrictions
    "plc": (OFAC, ("reg.action",)),  # transactions are rejected, property is not blocked
    "cmic": (OFAC, ("invest.ban",)),  # publicly traded securities
    "el": (_BIS, ("export.control",)),
    "dpl": (_BIS, ("export.control",)),
    "uvl": (_BIS, ("export.control",)),
    "meu": (_BIS, ("export.control",)),
    "dtc": (_STATE, ("debarment",)),
    "isn": (_STATE, ("debarment",)),
}
_BLOCKING = "E.O. 13382"  # of the nonproliferation sanctions, the order that blocks property
_CODED = re.compile(r"\(([^()]+)\)")


@dataclass(frozen=True, slots=True)
class ScreeningList:
    """One of the lists."""

    code: str
    authority: str
    topics: tuple[str, ...]  # empty for a list that is not known

    @property
    def numbered_by_ofac(self) -> bool:
        """Whether the number of a row is OFAC's uid."""
        return self.authority == OFAC

    def topics_of(self, programs: Sequence[str]) -> tuple[str, ...]:
        """What a row's programs add."""
        return ("sanction",) if self.code == "isn" and _BLOCKING in programs else ()


@cache
def find_list(words: str) -> ScreeningList:
    """The list that the words of a row's `source` name, such as "Entity List (EL) - …"."""
    match = _CODED.search(words)
    code = (match[1] if match else words.partition(" - ")[0]).lower()
    code = code.removesuffix(" list").removeprefix("ns-")
    slug = re.sub(r"[^a-z0-9]+", "-", code).strip("-") or "list"
    if slug in _LISTS:
        return ScreeningList(slug, *_LISTS[slug])
    publisher = words.rpartition(" - ")[2].strip() or words
    return ScreeningList(slug, OFAC if publisher == _TREASURY else publisher, ())
