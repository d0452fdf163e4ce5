"""Status of a link, derived from who asserted and who denied it, and when.

*Corroborated* needs two origins with no common upstream: a newspaper that relays Reuters is
Reuters. *Refuted* needs a denial that settles the matter: the only asserter withdraws, or one
side's own claim about the other is denied by the other. Any other denial makes a link *disputed*.
 A status column in a source file is its author's claim, never used here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from graph.dates import DAY_MAX, DAY_MIN, Span, parse_span
from graph.model import Entity, Evidence, Status

_VIA = re.compile(
    r"\((?:via|through|as relayed by|relaying|reported by)\s+([^)]+)\)", re.IGNORECASE
)
_ASIDE = re.compile(r"\([^)]*\)")
_WORD = re.compile(r"[^\W_]+")
# Words that do not tell one organisation from another.
_EMPTY_WORDS = frozenset({"the", "of", "its", "website", "and", "ltd", "limited", "inc", "llc"})


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold()
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(word for word in _WORD.findall(folded) if word not in _EMPTY_WORDS)


# Offices that speak for the body they belong to: two of them are one origin.
_PARENTS = {
    "ofac": "us treasury",
    "office foreign assets control": "us treasury",
    "fincen": "us treasury",
    "financial crimes enforcement network": "us treasury",
    "us department treasury": "us treasury",
    "treasury department": "us treasury",
    "us treasury department": "us treasury",
    "department treasury": "us treasury",
    "united states department treasury": "us treasury",
    "united states treasury": "us treasury",
    "ofsi": "hm treasury",
    "office financial sanctions implementation": "hm treasury",
}


def find_origins(evidence: Evidence) -> frozenset[str]:
    """Everyone whose word the evidence rests on: its author and whom the author relays.

    Example:
        >>> sorted(find_origins(Evidence(by="Officials (via Reuters)", dataset="x",
        ...                              record_id="1", locator="x:1")))
        ['officials', 'reuters']
    """
    names = [_ASIDE.sub(" ", evidence.by)]
    names += _VIA.findall(evidence.by)
    if evidence.relays:
        names += re.split(r"[;,]", evidence.relays)
    plain = [each for each in map(_plain, names) if each]
    return frozenset(_PARENTS.get(each, each) for each in plain)


def _independent(left: frozenset[str], right: frozenset[str]) -> bool:
    """No origin in common. An unnamed one may be anybody, a longer name the same one in full."""
    return bool(left and right) and not any(
        set(one.split()) <= set(other.split()) or set(other.split()) <= set(one.split())
        for one in left
        for other in right
    )


def _speaks_for(origins: frozenset[str], names: Sequence[str]) -> bool:
    """Whether a party is among the origins: all words of one of its names are, or the reverse."""
    spoken = [set(origin.split()) for origin in origins]
    words = [set(_plain(name).split()) for name in names]
    return any(own and (own <= each or each <= own) for own in words for each in spoken)


Ends = tuple[Sequence[str], Sequence[str]]


def derive_status(evidence: Sequence[Evidence], ends: Ends = ((), ())) -> Status:
    """The status that the evidence supports.

    Args:
        evidence: Assertions and denials; at least one assertion.
        ends: Names of the link's source, and of its target: all spellings that may be used.
    """
    said = [find_origins(item) for item in evidence if item.stance == "asserts"]
    if len(said) < len(evidence):
        return Status.REFUTED if _is_settled(evidence, said, ends) else Status.DISPUTED
    if any(_independent(a, b) for i, a in enumerate(said) for b in said[i + 1 :]):
        return Status.CORROBORATED
    return Status.ASSERTED


def _is_settled(evidence: Sequence[Evidence], said: Sequence[frozenset[str]], ends: Ends) -> bool:
    """Whether the denials settle the matter: see the module docstring."""
    denials = [item for item in evidence if item.stance == "denies"]
    if all(_is_withdrawn(item, denials) for item in evidence if item.stance == "asserts"):
        return True
    denied = [find_origins(item) for item in denials]
    return any(
        all(_speaks_for(origins, claimant) for origins in said)
        and any(_speaks_for(origins, other) for origins in denied)
        for claimant, other in (ends, ends[::-1])
    )


def _is_withdrawn(said: Evidence, denials: Sequence[Evidence]) -> bool:
    """Whether whoever said it denied it, and not certainly before saying it."""
    origins, since = find_origins(said), parse_span(said.on).earliest
    return bool(origins) and any(
        origins <= find_origins(denial) and parse_span(denial.on).latest >= since
        for denial in denials
    )


def published_span(item: Evidence) -> Span:
    """The days on which a piece of evidence may have been published first."""
    span = parse_span(item.on)
    return Span(DAY_MIN, span.latest) if item.standing else span


def split_known(evidence: Sequence[Evidence], at: str) -> tuple[list[Evidence], list[Evidence]]:
    """Evidence that had certainly been published by a date, and that of which the dates do not say.

    Evidence without a date is in the second part: nobody knows when it was published.
    """
    day = parse_span(at)
    known, unclear = [], []
    for item in evidence:
        span = published_span(item)
        if span.latest <= day.latest and span.latest < DAY_MAX:
            known.append(item)
        elif span.earliest <= day.latest:
            unclear.append(item)
    return known, unclear


def names_of(entity: Entity) -> list[str]:
    """Every spelling under which an entity may speak for itself."""
    return [entity.caption, *(name for prop in ("name", "alias") for name in entity.values(prop))]
