"""Links that follow from shared values, and identities that a shared identifier proposes.

Neither is stated by any source: a derived link names both published texts and is marked as derived;
a proposed identity waits for a person. A shared value is no proof of a tie, a shared identifier is
no proof of identity.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import pyarrow as pa
from followthemoney import model
from followthemoney.exc import InvalidData
from rapidfuzz import fuzz
from rigour.names import remove_org_types

from entity_resolution.normalise.addresses import fold_text
from entity_resolution.normalise.identifiers import GLOBAL_FAMILIES
from entity_resolution.shared_rows import (
    Holding,
    SharedKind,
    SharedValue,
    is_party,
    read_rows,
)
from entity_resolution.shared_values import Shared, find_shared, find_shared_values
from graph.statements import Assertion, Provenance, Relation

__all__ = [
    "MAX_PAIRWISE",
    "DerivedLinks",
    "Shared",
    "SharedValue",
    "WidelyShared",
    "derive_links",
    "find_shared",
    "find_shared_values",
    "propose_identities",
]

# A value of more parties would give thousands of links that say nothing of any two of them.
MAX_PAIRWISE = 50
BY = "cuibono (derived)"

ROLES: dict[SharedKind, str] = {
    "premises": "shared premises",
    "website": "shared website",
    "e-mail": "shared e-mail",
    "phone": "shared phone",
    "identifier": "shared identifier",
    "account": "shared account",
    "wallet": "shared wallet",
}

# Numbers that an authority gives to one holder.
_STRONG = frozenset(
    {
        "passport",
        "tax",
        "vat",
        "registration",
        "state registration",
        "national id",
        "social security",
        "lei",
        "imo",
        "mmsi",
    }
)
# Of these a holder has one; two different ones under one issuer speak against identity.
# Passports are renewed, registrations and tax numbers exist once per region or branch.
_SINGLE = frozenset({"national id", "social security", "lei", "imo", "state registration"})
NAMES_AGREE = 85.0
# A shared identifier with agreeing names is rarely two parties (a branch, a successor); with
# other names it is as often a joint venture, a holder's company or an error of the list.
PROBABILITY_NAMES_AGREE = 0.9
PROBABILITY_NAMES_DIFFER = 0.5
_MAX_NAMES = 12
# A number of more parties is a placeholder, an agent's or a register's, and proposes nobody.
MAX_IDENTITY = 10

Statement = tuple[Relation, Assertion, Provenance]


@dataclass(frozen=True, slots=True)
class WidelyShared:
    """A value of too many parties to be expanded; an answer says that it was left out."""

    kind: SharedKind
    value: str
    sharers: int


class DerivedLinks(NamedTuple):
    """Links sorted by id, and the values that were left out."""

    links: list[Statement]
    widely_shared: list[WidelyShared]


def _digest(*parts: str) -> str:
    return hashlib.sha1("|".join(parts).encode(), usedforsecurity=False).hexdigest()[:16]


def _first_per_party(value: SharedValue) -> dict[str, list[Holding]]:
    held: dict[str, list[Holding]] = defaultdict(list)
    for holding in value.holdings:  # sorted
        held[holding.party].append(holding)
    return held


def _closest(left: Iterable[Holding], right: Iterable[Holding]) -> tuple[Holding, Holding]:
    """The two statements to cite: with the same text where there are such."""
    right = list(right)
    return min(
        ((a, b) for a in left for b in right),
        key=lambda pair: (pair[0].text != pair[1].text, pair),
    )


def _assert_both(
    what: str, left: Holding, right: Holding, published: Mapping[str, str]
) -> tuple[Assertion, Provenance]:
    """Evidence that names both published texts and where they stand."""
    datasets = sorted({left.dataset, right.dataset})
    dates = [
        published.get(holding.dataset) or holding.published
        for holding in (left, right)
        if published.get(holding.dataset) or holding.published
    ]
    texts = f"“{left.text}”" if left.text == right.text else f"“{left.text}” and “{right.text}”"
    assertion = Assertion(
        by=BY,
        on=max(dates, default=None),
        source_title=", ".join(datasets),
        note=f"derived: both state {texts} ({what})",
        standing=True,
    )
    provenance = Provenance(
        record_id="; ".join(dict.fromkeys((left.record_id, right.record_id))),
        locator="; ".join(dict.fromkeys((left.locator, right.locator))),
        sha256=left.sha256 if left.sha256 == right.sha256 else "",
    )
    return assertion, provenance


def derive_links(
    statements: pa.Table,
    *,
    published: Mapping[str, str] | None = None,
    shared: Shared | None = None,
) -> DerivedLinks:
    """A link for each two parties that share a value, sorted by id.

    The order of the statements changes nothing. Two values shared by one pair are two links, but
    one address that two keys find (house number and P.O. box) is one.

    Args:
        statements: Columns as in `graph.statements.STATEMENTS`, of all datasets together.
        published: Date of each dataset's version; by default the statements' own.
        shared: `find_shared` of the same statements, where it is at hand.

    Complexity:
        Linear in statements, plus at most `MAX_PAIRWISE` squared per shared value.
    """
    dates = published or {}
    links: dict[str, Statement] = {}
    wide: list[WidelyShared] = []
    linked: set[tuple[str, str, str, str]] = set()  # premises: parties and the cited texts
    for value in (shared or find_shared(statements)).values:
        sharers = len(value.parties)
        if sharers > MAX_PAIRWISE:
            wide.append(WidelyShared(value.kind, value.value, sharers))
            continue
        held = _first_per_party(value)
        for source, target in combinations(value.parties, 2):
            left, right = _closest(held[source], held[target])
            if value.kind == "premises":
                cited = (source, target, left.text, right.text)
                if cited in linked:
                    continue
                linked.add(cited)
            place = min(left.place, right.place)
            kind = value.kind
            link = Relation(
                id=f"shared-{kind}-{_digest(kind, value.key, place, source, target)}",
                kind="derived",
                schema="UnknownLink",
                role=ROLES[kind],
                source=source,
                target=target,
                value=value.value,
                sharers=sharers,
            )
            links[link.id] = (link, *_assert_both(ROLES[kind], left, right, dates))
    wide.sort(key=lambda each: (-each.sharers, each.kind, each.value))
    return DerivedLinks([links[key] for key in sorted(links)], wide)


# --- identity -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Profile:
    """What speaks for or against two parties being one."""

    schemata: set[str]
    names: set[str]
    births: set[str]


def _plain_name(name: str) -> str:
    """Folded words without legal form, so that two forms in common are no agreement."""
    return " ".join(re.findall(r"\w+", remove_org_types(fold_text(name))))


def _read_profiles(statements: pa.Table, wanted: frozenset[str]) -> dict[str, _Profile]:
    profiles: dict[str, _Profile] = {}
    for row in read_rows(statements, ("name", "alias", "previousName", "birthDate", "id")):
        if row.entity_id not in wanted or not is_party(row.schema):
            continue
        profile = profiles.setdefault(row.entity_id, _Profile(set(), set(), set()))
        profile.schemata.add(row.schema)
        if row.prop == "birthDate":
            profile.births.add(row.value)
        elif row.prop != "id":
            profile.names.add(_plain_name(row.value))
    return profiles


def _schemata_agree(left: _Profile, right: _Profile) -> bool:
    try:
        for one in left.schemata:
            for other in right.schemata:
                model.common_schema(one, other)
    except InvalidData:
        return False
    return True


def _births_agree(left: _Profile, right: _Profile) -> bool:
    """Some year in common, or no date on one side."""
    years = [{birth[:4] for birth in each.births} for each in (left, right)]
    return not all(years) or bool(years[0] & years[1])


def _names_agree(left: _Profile, right: _Profile) -> bool:
    """Some two names of the same words, in any order; a word of difference is tolerated."""
    return any(
        fuzz.token_sort_ratio(one, other) >= NAMES_AGREE
        for one in sorted(left.names)[:_MAX_NAMES]
        for other in sorted(right.names)[:_MAX_NAMES]
    )


def _conflict(left: Mapping[str, set[str]], right: Mapping[str, set[str]]) -> bool:
    """Both state a number that its holder has only one of, and none in common."""
    return any(
        left[sort].isdisjoint(right[sort])
        for sort in left.keys() & right.keys()
        if sort.partition("|")[0] in _SINGLE
    )


def propose_identities(
    statements: pa.Table,
    *,
    published: Mapping[str, str] | None = None,
    shared: Shared | None = None,
) -> list[Statement]:
    """Pairs that may be one party, because they share a strong identifier of one issuer.

    A proposal, never a confirmation: two firms of one owner are printed with one number as well as
    one firm that is listed twice. Incompatible schemata, birth years without one in common, or
    different numbers of which a holder has one: no proposal. Where no source states the issuer,
    the names must agree.

    Args:
        statements: As for `derive_links`.
        published: Date of each dataset's version; by default the statements' own.
        shared: `find_shared` of the same statements, where it is at hand.

    Returns:
        Sorted by id; one entry per shared identifier, so a pair may occur with several. The
        probability is a documented rule, not a measurement.
    """
    dates = published or {}
    found = shared or find_shared(statements, kinds=frozenset({"identifier"}))
    strong = [
        value
        for value in found.values
        if value.kind == "identifier"
        and value.key.partition("|")[0] in _STRONG
        and len(value.parties) <= MAX_IDENTITY
    ]
    parties = frozenset(party for value in strong for party in value.parties)
    profiles, numbers = _read_profiles(statements, parties), found.numbers_of(parties)
    proposals: list[Statement] = []
    for value in strong:
        family, issuer, _ = value.key.split("|")
        held = _first_per_party(value)
        for source, target in combinations(value.parties, 2):
            left, right = profiles.get(source), profiles.get(target)
            if left is None or right is None or _conflict(numbers[source], numbers[target]):
                continue
            if not (_schemata_agree(left, right) and _births_agree(left, right)):
                continue
            agree = _names_agree(left, right)
            if not agree and not issuer and family not in GLOBAL_FAMILIES:
                continue
            proposal = Relation(
                id=f"same-{_digest(source, target)}",
                kind="identity",
                schema="UnknownLink",
                role="possibly the same",
                source=source,
                target=target,
                probability=PROBABILITY_NAMES_AGREE if agree else PROBABILITY_NAMES_DIFFER,
                value=value.value,
            )
            cited = _closest(held[source], held[target])
            proposals.append((proposal, *_assert_both(f"shared {family}", *cited, dates)))
    return sorted(proposals, key=lambda each: (each[0].id, each[1].note or ""))
