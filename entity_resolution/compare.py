"""How alike two tokens are, and which token of one name answers which of the other.

Similarities are symmetric, in 0..1, and 1 on equals only. Weights come from the caller; what an
alignment means for identity is `entity_resolution.score`'s. A name match is not identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA

from entity_resolution.normalise.names import TokenKind, skeleton, vowel_pattern
from entity_resolution.normalise.romanise import BARE

# Below this, two tokens are different words.
SAME_WORD = 0.6
# What vowels of one skeleton cost: spelling varies within a/e, e/i; a/u and i/u tell names apart.
_VOWEL_COSTS = {"ae": 0.25, "ei": 0.15, "ai": 0.7, "au": 0.9, "eu": 0.5, "iu": 0.8}
_MISSING_VOWEL = 0.35
# Share of letters that may differ in a slip of the pen, by length of the longer token.
# Share of a spelling similarity that holds whatever the letters, by number of consonants.
_LETTER_FLOORS = (0.0, 0.2, 0.4, 0.7, 0.85)
# Consonant classes that romanisations of one letter exchange: gh/q, dh/z, th/s, kh/k, h/g, p/b.
_EXCHANGED = frozenset({"jk", "ds", "st", "hk", "hj", "bp", "bf", "dt"})
_ONE_SLIP, _TWO_SLIPS, _THREE_SLIPS = 5, 8, 12


@dataclass(frozen=True, slots=True)
class WeightedToken:
    """A token of a parsed name, with its kind and its weight as evidence in nats."""

    text: str
    kind: TokenKind
    weight: float


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Tokens that answer each other; two on one side when the other writes them as one."""

    query: tuple[int, ...]
    candidate: tuple[int, ...]
    how: str
    similarity: float
    weight: float


@dataclass(slots=True)
class Alignment:
    """A one-to-one assignment of tokens, and the positions that stay unmatched."""

    pairs: list[TokenPair] = field(default_factory=list)
    unmatched_query: list[int] = field(default_factory=list)
    unmatched_candidate: list[int] = field(default_factory=list)


@lru_cache(maxsize=1 << 17)
def compare_tokens(left: str, right: str) -> tuple[float, str]:
    """Similarity of two normalised tokens and the reason for it.

    Args:
        left: Token of `entity_resolution.normalise.names.parse_name`.
        right: The other; the order does not matter.

    Returns:
        (0..1, one of "equal", "initial", "consonants", "spelling", "edit", "different").
    """
    if left == right:
        return 1.0, "equal"
    if right < left:
        left, right = right, left
    bones, other = skeleton(left), skeleton(right)
    if left.startswith(BARE) or right.startswith(BARE):
        return _compare_bare(bones, other)
    if len(left) == 1 or len(right) == 1:
        return (0.65, "initial") if left[0] == right[0] else (0.0, "different")
    if left[0].isdigit() or right[0].isdigit():
        return _compare_numbers(left, right)
    return max(_sounds_alike(left, right, bones, other), (_slips(left, right), "edit"))


def _sounds_alike(left: str, right: str, bones: str, other: str) -> tuple[float, str]:
    """Equal consonants, or consonants that romanisations exchange, graded by the vowels.

    The fewer the consonants, the more the letters count: "money" and "mune" share two by chance.
    """
    if bones != other and not _exchangeable(bones, other):
        return 0.0, "different"
    if {bones[:1], other[:1]} == {"s", "t"} and "th" not in (left[:2], right[:2]):
        return 0.0, "different"  # Thabit is Sabit, but Tajdin is not Sajdin
    floor = _LETTER_FLOORS[min(len(bones), len(_LETTER_FLOORS) - 1)]
    alike = 0.97 - 0.5 * _vowel_cost(vowel_pattern(left), vowel_pattern(right))
    if bones != other:
        alike -= 0.06
    letters = OSA.normalized_similarity(left, right)
    return alike * (floor + (1.0 - floor) * letters), "spelling"


def _exchangeable(bones: str, other: str) -> bool:
    """Whether one consonant differs, and that one is written in both ways: Ghassem, Qassem."""
    if len(bones) != len(other) or len(bones) < 3:
        return False
    differing = [pair for pair in zip(bones, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and "".join(sorted(differing[0])) in _EXCHANGED


def _compare_bare(bones: str, other: str) -> tuple[float, str]:
    """One side writes no vowels: only consonants can speak."""
    if bones == other:
        return (0.93 if len(bones) > 2 else 0.85), "consonants"
    longest = max(len(bones), len(other))
    if longest >= 5 and OSA.distance(bones, other, score_cutoff=1) == 1:
        return 0.62 + 0.02 * min(longest, 8), "consonants"
    return 0.0, "different"


def _compare_numbers(left: str, right: str) -> tuple[float, str]:
    digits = [token.rstrip("stndrh") for token in (left, right)]
    return (0.98, "spelling") if digits[0] == digits[1] else (0.0, "different")


def _slips(left: str, right: str) -> float:
    longest, shortest = max(len(left), len(right)), min(len(left), len(right))
    if longest < _ONE_SLIP - 1:
        return 0.0
    allowed = 1 + (longest >= _TWO_SLIPS) + (longest >= _THREE_SLIPS)
    distance = OSA.distance(left, right, score_cutoff=allowed)
    if distance <= allowed:
        # One slip in four letters often makes another name; in eight, hardly ever.
        alike = 1.0 - 1.15 * distance / (longest - 0.5)
        return alike if left[0] == right[0] else alike - 0.15
    # Cut short: "muhamm" for "muhammad".
    if shortest >= _ONE_SLIP and (left.startswith(right) or right.startswith(left)):
        return max(0.0, 1.0 - 0.8 * (longest - shortest) / longest)
    return 0.0


def _vowel_cost(left: str, right: str) -> float:
    """Mean cost of the vowel groups, 0..1; a group that one side lacks costs a little."""
    if left == right:
        return 0.0
    longest = max(len(left), len(right))
    cost = _MISSING_VOWEL * (longest - min(len(left), len(right)))
    for first, second in zip(left, right, strict=False):
        if first != second:
            cost += _VOWEL_COSTS["".join(sorted((first, second)))]
    return min(1.0, cost / longest)


def align(query: Sequence[WeightedToken], candidate: Sequence[WeightedToken]) -> Alignment:
    """Assign tokens one to one, heaviest agreement first.

    Two neighbouring tokens may answer one ("afri belg", "afribelg"). The result does not depend on
    which name is called the query.
    """
    result = Alignment()
    free_query, free_candidate = set(range(len(query))), set(range(len(candidate)))
    pairs = _compound_pairs(query, candidate)
    if pairs:
        _take(sorted(pairs, key=_rank(query, candidate)), result, free_query, free_candidate)
    singles = [
        TokenPair((i,), (j,), how, alike, min(query[i].weight, candidate[j].weight))
        for i in free_query
        for j in free_candidate
        for alike, how in (compare_tokens(query[i].text, candidate[j].text),)
        if alike >= SAME_WORD
    ]
    _take(sorted(singles, key=_rank(query, candidate)), result, free_query, free_candidate)
    result.unmatched_query = sorted(free_query)
    result.unmatched_candidate = sorted(free_candidate)
    return result


def _rank(query: Sequence[WeightedToken], candidate: Sequence[WeightedToken]):  # type: ignore[no-untyped-def]
    """Sort key: heavier agreement first, then by text, the same from both sides."""

    def key(pair: TokenPair) -> tuple[float, float, str, str]:
        left = " ".join(query[i].text for i in pair.query)
        right = " ".join(candidate[j].text for j in pair.candidate)
        if right < left:
            left, right = right, left
        return (-pair.similarity * pair.weight, -pair.similarity, left, right)

    return key


def _take(
    pairs: list[TokenPair], result: Alignment, free_query: set[int], free_candidate: set[int]
) -> None:
    for pair in pairs:
        if free_query.issuperset(pair.query) and free_candidate.issuperset(pair.candidate):
            result.pairs.append(pair)
            free_query.difference_update(pair.query)
            free_candidate.difference_update(pair.candidate)


def _compound_pairs(
    query: Sequence[WeightedToken], candidate: Sequence[WeightedToken]
) -> list[TokenPair]:
    pairs = [
        TokenPair((i, i + 1), (j,), "compound", alike, weight)
        for i, j, alike, weight in _joins(query, candidate)
    ]
    pairs += [
        TokenPair((j,), (i, i + 1), "compound", alike, weight)
        for i, j, alike, weight in _joins(candidate, query)
    ]
    return pairs


def _joins(
    parts: Sequence[WeightedToken], wholes: Sequence[WeightedToken]
) -> list[tuple[int, int, float, float]]:
    found = []
    for i in range(len(parts) - 1):
        first, second = parts[i], parts[i + 1]
        length = len(first.text) + len(second.text)
        for j, whole in enumerate(wholes):
            if abs(len(whole.text) - length) > 1 or whole.text[0] != first.text[0]:
                continue
            if whole.text in (first.text, second.text) or length < _ONE_SLIP - 1:
                continue
            joined = first.text + second.text.lstrip(BARE)
            alike, _ = compare_tokens(joined, whole.text)
            if alike >= 0.85:
                weight = min(first.weight + second.weight, whole.weight)
                found.append((i, j, min(alike, 0.97), weight))
    return found
