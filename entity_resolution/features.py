"""The terms of a score that names give: words, legal forms, numbers, the scope of an alias.

Each function returns features in log-odds, or none where a side states nothing. None of them knows
the threshold or the other terms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from entity_resolution.compare import Alignment, WeightedToken, align
from entity_resolution.evidence import (
    FeatureResult,
    Policy,
    TokenMatch,
    UnmatchedToken,
)
from entity_resolution.normalise.names import Family, TokenKind, parse_name, token_kind
from entity_resolution.normalise.organisations import COMMON, generic_form
from entity_resolution.normalise.places import find_place, is_place, same_territory

# Schemata whose names are names of people; every other name is an organisation's or a thing's.
_PERSON_SCHEMATA = frozenset({"Person"})
_EITHER_SCHEMATA = frozenset({"LegalEntity", "Thing"})
_DISTINCTIVE = frozenset({TokenKind.NAME})
_LIGHT = frozenset({TokenKind.PARTICLE, TokenKind.HONORIFIC})

Rarity = Callable[[str, Family], float]


@dataclass(frozen=True, slots=True)
class PreparedName:
    """A parsed name with weighted tokens; `place` is a territory that a query names."""

    text: str
    family: Family
    tokens: tuple[WeightedToken, ...]
    legal_forms: tuple[str, ...] = ()
    place: str | None = None
    place_words: str = ""
    place_tokens: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class CandidateName:
    """One name of one candidate, as published and as prepared."""

    prepared: PreparedName
    property: str
    dataset: str
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What one name of a candidate says: its terms, and whether they can suffice."""

    features: tuple[FeatureResult, ...]
    log_odds: float
    insufficient: str | None  # why no threshold may be reached by it


def families(schema: str | None) -> tuple[Family, ...]:
    """How names of a schema are read; both ways when it may be either."""
    if schema is None or schema in _EITHER_SCHEMATA:
        return ("person", "organisation")
    return ("person",) if schema in _PERSON_SCHEMATA else ("organisation",)


def weigh(token: str, family: Family, rarity: float, policy: Policy) -> WeightedToken:
    """The weight of a token: its rarity, bounded by what its kind can prove."""
    kind = token_kind(token, family)
    if kind is TokenKind.NAME:
        weight = min(policy.token_cap, policy.rarity_factor * rarity)
        if family == "organisation":
            if is_place(token):
                weight = min(policy.place_weight, weight)
                kind = TokenKind.GENERIC
            elif token in COMMON:
                weight = min(policy.common_cap, weight)
    elif kind is TokenKind.GENERIC:
        weight = min(policy.generic_cap, policy.generic_factor * rarity)
    elif kind is TokenKind.PARTICLE:
        weight = policy.particle_weight
    elif kind is TokenKind.HONORIFIC:
        weight = policy.honorific_weight
    elif kind is TokenKind.NUMBER:
        weight = policy.number_weight
    else:
        weight = policy.initial_weight
    return WeightedToken(token, kind, weight)


def prepare_query(text: str, family: Family, rarity: Rarity, policy: Policy) -> PreparedName:
    """Parse a name, weigh its tokens and look for a territory that it names."""
    parsed = parse_name(text, family)
    tokens = tuple(weigh(token, family, rarity(token, family), policy) for token in parsed.tokens)
    found = find_place(parsed.tokens) if family == "organisation" else None
    if found is None:
        return PreparedName(text, family, tokens, parsed.legal_forms)
    code, start, end = found
    return PreparedName(
        text,
        family,
        tokens,
        parsed.legal_forms,
        code,
        " ".join(parsed.tokens[start:end]),
        frozenset(range(start, end)),
    )


def compare_names(query: PreparedName, candidate: CandidateName, policy: Policy) -> NameEvidence:
    """Everything that two names say about each other.

    A name match is not identity: it says that the words agree, weighed by how rare they are.
    """
    other = candidate.prepared
    alignment = align(query.tokens, other.tokens)
    matched = _matched_weight(alignment, policy)
    penalty, conflict = _unmatched_penalty(query, other, alignment, policy)
    value = matched - penalty
    value += _completeness(query, other, alignment, policy)
    features = [_name_feature(query, candidate, alignment, value)]
    if conflict:
        features.append(_stated("number", query, candidate, policy.number_conflict))
    features += _compare_legal_forms(query, candidate, policy)
    features += _compare_scope(query, candidate, policy)
    return NameEvidence(
        tuple(features),
        sum(feature.log_odds for feature in features),
        _insufficiency(query, other, alignment),
    )


def _matched_weight(alignment: Alignment, policy: Policy) -> float:
    total = 0.0
    for pair in alignment.pairs:
        loss = (1.0 - pair.similarity) * pair.weight
        total += pair.weight - loss - policy.loss_factor * loss
    return total


def _completeness(
    query: PreparedName, candidate: PreparedName, alignment: Alignment, policy: Policy
) -> float:
    """What it adds that nothing of weight is left over on either side.

    Without it, names of common words only could not be found by their own whole name.
    """
    if not _complete(query, candidate, alignment):
        return 0.0
    place_left = bool(alignment.unmatched_query) and query.place is not None
    if place_left or any(pair.how != "equal" for pair in alignment.pairs):
        return policy.complete_bonus
    exact = policy.complete_bonus + policy.exact_bonus
    return exact + policy.identical_bonus if len(alignment.pairs) > 1 else exact


def _complete(query: PreparedName, candidate: PreparedName, alignment: Alignment) -> bool:
    return all(
        query.tokens[i].kind in _LIGHT or i in query.place_tokens for i in alignment.unmatched_query
    ) and all(candidate.tokens[i].kind in _LIGHT for i in alignment.unmatched_candidate)


def _unmatched_penalty(
    query: PreparedName, candidate: PreparedName, alignment: Alignment, policy: Policy
) -> tuple[float, bool]:
    left = [index for index in alignment.unmatched_query if index not in query.place_tokens]
    right = alignment.unmatched_candidate
    costs = [
        sum(_cost(side.tokens, index, side.family, policy) for index in indexes)
        for side, indexes in ((query, left), (candidate, right))
    ]
    lost = [
        sum(
            side.tokens[index].weight
            for index in indexes
            if side.tokens[index].kind in _DISTINCTIVE
        )
        for side, indexes in ((query, left), (candidate, right))
    ]
    person = query.family == "person"
    factor = policy.person_conflict if person else policy.organisation_conflict
    numbers = [
        any(side.tokens[index].kind is TokenKind.NUMBER for index in indexes)
        for side, indexes in ((query, left), (candidate, right))
    ]
    return sum(costs) + factor * min(lost), all(numbers)


def _cost(tokens: tuple[WeightedToken, ...], index: int, family: Family, policy: Policy) -> float:
    token = tokens[index]
    if family == "person":
        words = [i for i, each in enumerate(tokens) if each.kind in _DISTINCTIVE]
        factor = policy.person_other
        if words and index == words[0]:
            factor = policy.person_first
        elif words and index == words[-1]:
            factor = policy.person_last
        return token.weight * factor
    if token.kind is TokenKind.GENERIC:
        return token.weight * policy.organisation_generic
    return token.weight * policy.organisation_word


def _insufficiency(
    query: PreparedName, candidate: PreparedName, alignment: Alignment
) -> str | None:
    """Why the words that agree cannot be enough, however rare they are."""
    distinctive = [
        pair
        for pair in alignment.pairs
        if any(query.tokens[i].kind in _DISTINCTIVE for i in pair.query)
        or any(candidate.tokens[i].kind in _DISTINCTIVE for i in pair.candidate)
    ]
    if query.family == "organisation":
        if distinctive or _whole_name(query, candidate, alignment):
            return None
        return "only generic words agree"
    words = [
        sum(token.kind in _DISTINCTIVE or token.kind is TokenKind.INITIAL for token in side.tokens)
        for side in (query, candidate)
    ]
    given_names = sum(pair.how == "initial" for pair in alignment.pairs)
    compounds = sum(len(pair.query) + len(pair.candidate) > 2 for pair in alignment.pairs)
    if len(distinctive) + given_names + compounds < 2 and max(words) > 1:
        return "only one name agrees"
    return None


def _whole_name(query: PreparedName, candidate: PreparedName, alignment: Alignment) -> bool:
    """Whether two names of several generic words are the same from end to end."""
    if not _complete(query, candidate, alignment):
        return False
    pairs = alignment.pairs
    return len(pairs) > 2 or (len(pairs) == 2 and all(pair.how == "equal" for pair in pairs))


def _name_feature(
    query: PreparedName, candidate: CandidateName, alignment: Alignment, value: float
) -> FeatureResult:
    other = candidate.prepared
    matches = tuple(
        TokenMatch(
            query=" ".join(query.tokens[i].text for i in pair.query),
            candidate=" ".join(other.tokens[i].text for i in pair.candidate),
            how=pair.how,
            weight=pair.weight * pair.similarity,
        )
        for pair in alignment.pairs
    )
    unmatched = [
        UnmatchedToken(side="query", token=query.tokens[i].text, weight=query.tokens[i].weight)
        for i in alignment.unmatched_query
    ] + [
        UnmatchedToken(side="candidate", token=other.tokens[i].text, weight=other.tokens[i].weight)
        for i in alignment.unmatched_candidate
    ]
    return FeatureResult(
        name=f"{query.family}_name",
        query=query.text,
        candidate=other.text,
        property=candidate.property,
        dataset=candidate.dataset,
        tokens=matches,
        unmatched=tuple(unmatched),
        log_odds=value,
    )


def _stated(
    name: str, query: PreparedName, candidate: CandidateName, log_odds: float
) -> FeatureResult:
    return FeatureResult(
        name=name,
        query=query.text,
        candidate=candidate.prepared.text,
        property=candidate.property,
        dataset=candidate.dataset,
        log_odds=log_odds,
    )


def _compare_legal_forms(
    query: PreparedName, candidate: CandidateName, policy: Policy
) -> list[FeatureResult]:
    left, right = set(query.legal_forms), set(candidate.prepared.legal_forms)
    if not left or not right:
        return []
    if left & right:
        value = policy.legal_form_equal
    elif {generic_form(form) for form in left} & {generic_form(form) for form in right}:
        value = policy.legal_form_equal / 2
    else:
        value = policy.legal_form_conflict
    return [
        FeatureResult(
            name="legal_form",
            query=" ".join(sorted(left)),
            candidate=" ".join(sorted(right)),
            property=candidate.property,
            dataset=candidate.dataset,
            log_odds=value,
        )
    ]


def _compare_scope(
    query: PreparedName, candidate: CandidateName, policy: Policy
) -> list[FeatureResult]:
    """An alias in use in one country only, against the place that the query names."""
    if candidate.scope is None:
        return []
    if query.place is None:
        value = policy.scope_unstated
    elif same_territory([query.place], [candidate.scope]):
        value = policy.scope_agreed
    else:
        value = policy.scope_conflict
    return [
        FeatureResult(
            name="alias_scope",
            query=query.place_words,
            candidate=candidate.scope,
            property=candidate.property,
            dataset=candidate.dataset,
            log_odds=value,
        )
    ]
