"""Places named inside a name, from rigour's territories.

Only names of at least four letters count: two- and three-letter codes are also words. A person's
name is never searched for places, since surnames come from towns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from rigour.territories import get_territories, territories_intersect

_LONGEST = 4  # words of the longest name looked for ("united arab emirates")
_SHORTEST = 4  # letters


@cache
def _places() -> dict[str, str]:
    """Casefolded Latin names of territories and of the places that rigour lists in them."""
    names: dict[str, str] = {}
    for territory in get_territories():
        for name in (*territory.places, territory.full_name, territory.name):
            bare = name.partition("(")[0]  # "Hong Kong (SAR)"
            words = bare.casefold().replace("-", " ").replace("'", "").split()
            if words and words[0] == "the":
                words = words[1:]
            key = " ".join(words)
            if key.isascii() and len(key) >= _SHORTEST:
                names[key] = territory.code
    return names


def find_place(tokens: Sequence[str]) -> tuple[str, int, int] | None:
    """The last place that a name names, if it names more than the place.

    Args:
        tokens: Casefolded Latin tokens.

    Returns:
        Territory code, first and one-past-last token; None without a place.
    """
    known = _places()
    for end in range(len(tokens), 0, -1):
        for start in range(max(0, end - _LONGEST), end):
            if end - start == len(tokens):
                continue
            code = known.get(" ".join(tokens[start:end]))
            if code is not None:
                return code, start, end
    return None


def is_place(token: str) -> bool:
    """Whether one token names a territory or a place in it."""
    return token in _places()


def same_territory(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether any two codes name one territory, or one inside the other."""
    return bool(territories_intersect(left, right))
