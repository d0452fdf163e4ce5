"""Premises and whether two of them are the same place.

The house number, the building or the P.O. box decides; a street, a city or a country alone never
does. *Possible* is for a person to review. Equal premises are a shared value, not a tie of
ownership: towers, markets and registered offices house strangers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

Verdict = Literal["same", "possible", "different"]

# One or two letters of a place name differ between romanisations (Isfahan and Esfahan: 86).
CITY_RATIO = 85.0
STREET_RATIO = 85.0


class Judged(NamedTuple):
    """Whether two premises are the same, and why."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Premises:
    """What identifies a place where parties can be found.

    At least one of `numbers` with `street`, `building`, `box` or `care_of` is present.
    """

    numbers: str = ""  # house number as stated, separators unified
    street: str = ""  # what the house number counts on, joined without type words
    parts: frozenset[str] = frozenset()  # block, corps or plot inside the house number
    building: tuple[str, ...] = ()
    box: str = ""
    care_of: str = ""
    city: tuple[str, ...] = ()  # place first, then what it lies in
    country: str | None = None
    postal_code: str = ""
    context: frozenset[str] = frozenset()  # districts and further streets
    detail: tuple[str, ...] = field(default=(), compare=False)  # floor, suite: never decides

    @property
    def keys(self) -> tuple[str, ...]:
        """Blocking keys, strongest first: premises without one in common are never the same."""
        stated = (
            ("number", f"{self.numbers}|{self.street}" if self.numbers else ""),
            ("box", self.box),
            ("building", "".join(self.building)),
            ("care of", self.care_of),
        )
        return tuple(f"{basis}|{value}" for basis, value in stated if value)


def _cities_agree(left: Premises, right: Premises) -> bool | None:
    """None when one states no city, and does not name the other's among its districts."""
    if not left.city or not right.city:
        if left.postal_code and left.postal_code == right.postal_code:
            return True
        one, other = (left, right) if left.city else (right, left)
        named = one.city and any(word in other.context for word in one.city[0].split())
        return True if named else None
    return any(
        fuzz.ratio(one, other) >= CITY_RATIO
        or one.startswith(f"{other} ")  # "Fuyang Hangzhou" for Fuyang in Hangzhou
        or other.startswith(f"{one} ")
        for one, other in (*product(left.city[:1], right.city), *product(left.city, right.city[:1]))
    )


def _contexts_differ(left: Premises, right: Premises) -> bool:
    """Both name districts or further streets, and none in common."""
    if left.postal_code and left.postal_code == right.postal_code:
        return False
    one = {*left.context, left.street} - {"", *left.city}
    other = {*right.context, right.street} - {"", *right.city}
    if left.street and left.street == right.street:
        one, other = one - {left.street}, other - {right.street}
    return bool(one and other) and not any(
        fuzz.ratio(a, b) >= STREET_RATIO for a, b in product(one, other)
    )


def _postcodes_conflict(left: Premises, right: Premises) -> bool:
    """Codes that differ from their first half on stand for different parts of a city."""
    a, b = left.postal_code, right.postal_code
    half = max(len(min(a, b, key=len)) // 2, 1)
    return bool(a and b) and a[:half] != b[:half]


def _parts_conflict(left: Premises, right: Premises) -> bool:
    """Both state the same kind of part (block, corps) with different values."""

    def values(each: Premises, kind: str) -> set[str]:
        return {part for part in each.parts if part.split()[0] == kind}

    kinds = {part.split()[0] for part in left.parts} - {"number"}
    return any(
        values(left, kind) and values(right, kind) and values(left, kind) != values(right, kind)
        for kind in kinds
    )


def _compare_numbers(left: Premises, right: Premises, city: bool | None) -> Judged | None:
    if not (left.numbers and right.numbers):
        return None
    if left.numbers != right.numbers:
        return Judged("different", f"house numbers differ: {left.numbers}, {right.numbers}")
    if left.street != right.street:
        if fuzz.ratio(left.street, right.street) < STREET_RATIO:
            return Judged("different", "streets differ")
        return Judged("possible", "same house number, street spelled differently")
    if _parts_conflict(left, right):
        return Judged("different", "same house number, another block or building")
    for doubt, reason in (
        (left.parts != right.parts, "same house number, only one states the block or building"),
        (city is None, "same house number and street, city not stated by both"),
        (_contexts_differ(left, right), "same house number and street, districts differ"),
        (_postcodes_conflict(left, right), "same house number and street, postal codes differ"),
    ):
        if doubt:
            return Judged("possible", reason)
    return Judged("same", f"house number {left.numbers} of the same street")


def _compare_boxes(left: Premises, right: Premises, city: bool | None) -> Judged | None:
    if not (left.box and right.box):
        return None
    if left.box != right.box:
        return Judged("different", f"P.O. boxes differ: {left.box}, {right.box}")
    if city or (not left.city and not right.city and left.country and len(left.box) > 4):
        return Judged("same", f"P.O. box {left.box}")
    return Judged("possible", "same P.O. box, city not stated by both")


def _compare_buildings(left: Premises, right: Premises, city: bool | None) -> Judged | None:
    if not (left.building and right.building):
        return None
    one, other = "".join(left.building), "".join(right.building)
    if one != other:
        a, b = set(left.building), set(right.building)
        alike = a <= b or b <= a or fuzz.ratio(one, other) >= STREET_RATIO
        if city and alike and not _contexts_differ(left, right):
            return Judged("possible", "buildings of similar name in the same street or district")
        return Judged("different", "buildings differ")
    if left.numbers and right.numbers and left.numbers != right.numbers:
        return Judged("different", "buildings of one name with different house numbers")
    if _parts_conflict(left, right):
        return Judged("different", "same building name, another block")
    if not city:
        return Judged("possible", "same building name, city not stated by both")
    if _contexts_differ(left, right):
        return Judged("possible", "same building name, streets or districts differ")
    return Judged("same", f"building {' '.join(left.building)}")


def _compare_care_of(left: Premises, right: Premises, city: bool | None) -> Judged | None:
    if not left.care_of or left.care_of != right.care_of:
        return None
    if city or (not left.city and not right.city):
        return Judged("same", "care of the same party")
    return Judged("possible", "care of the same party, city not stated by both")


def compare_premises(left: Premises, right: Premises) -> Judged:
    """Whether two premises are the same: the house number, building or box decides.

    *Possible* is for a person to review and never makes a link. Symmetric.

    Example:
        >>> home = Premises(numbers="62", street="buckle", city=("banjul",), country="gm")
        >>> compare_premises(home, home).reason
        'house number 62 of the same street'
    """
    if left.country and right.country and left.country != right.country:
        return Judged("different", "countries differ")
    city = _cities_agree(left, right)
    if city is False:
        return Judged("different", "cities differ")
    found = [
        judged
        for compare in (_compare_numbers, _compare_boxes, _compare_buildings, _compare_care_of)
        if (judged := compare(left, right, city)) is not None
    ]
    for verdict in ("same", "possible", "different"):
        for judged in found:
            if judged.verdict == verdict:
                return judged
    return Judged("different", "no house number, building or P.O. box in common")
