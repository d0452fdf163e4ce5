"""The terms of a score that attributes give: countries, places, birth dates.

An attribute that one side does not state gives no term: absent is exactly zero.
"""

from __future__ import annotations

from collections.abc import Iterable

from entity_resolution.evidence import Facts, FeatureResult, Policy, Query
from entity_resolution.normalise.names import clean_text
from entity_resolution.normalise.places import same_territory
from graph.dates import Span, from_day, parse_span

_YEAR_DAYS = 366


def compare_countries(
    query: Query, place: tuple[str, str] | None, facts: Facts, policy: Policy
) -> list[FeatureResult]:
    """Countries of the query, or a place in its name, against the candidate's.

    Args:
        query: Its `countries`, as territory codes.
        place: Territory code and words of a place in the name, when one is.
        facts: Countries, and cities of addresses.
        policy: What agreement and conflict are worth.
    """
    stated = query.countries or ((place[0],) if place else ())
    if not stated or not (facts.countries or facts.places):
        return []
    cities = {clean_text(city) for city in facts.places}
    shared = same_territory(stated, facts.countries) or (place is not None and place[1] in cities)
    return [
        FeatureResult(
            name="country",
            query=", ".join(query.countries) or (place[1] if place else ""),
            candidate=", ".join(facts.countries or facts.places),
            log_odds=policy.country_shared if shared else policy.country_conflict,
        )
    ]


def compare_birth_dates(query: Query, facts: Facts, policy: Policy) -> list[FeatureResult]:
    """The best of all pairs of birth dates, graded by precision.

    Lists often hold several dates, or wrong ones: a near miss costs little, and any compatible
    pair outweighs conflicting ones.
    """
    options = [
        (_grade_dates(left, right, policy), left, right)
        for left in query.birth_dates
        for right in facts.birth_dates
    ]
    if not options:
        return []
    value, left, right = max(options)
    return [FeatureResult(name="birth_date", query=left, candidate=right, log_odds=value)]


def _grade_dates(left: str, right: str, policy: Policy) -> float:
    first, second = _span(left), _span(right)
    if first is None or second is None:
        return 0.0
    if first.earliest <= second.latest and second.earliest <= first.latest:
        exact = first.earliest == first.latest and second.earliest == second.latest
        return policy.birth_date_equal if exact else policy.birth_date_overlap
    if _day_and_month_swapped(first, second):
        return policy.birth_date_overlap
    gap = max(first.earliest - second.latest, second.earliest - first.latest)
    return policy.birth_date_near if gap <= _YEAR_DAYS else policy.birth_date_conflict


def _span(text: str) -> Span | None:
    """The span of a stated date, None for a text that is none: it states nothing comparable."""
    try:
        return parse_span(text)
    except ValueError:
        return None


def _day_and_month_swapped(first: Span, second: Span) -> bool:
    if first.earliest != first.latest or second.earliest != second.latest:
        return False
    left, right = from_day(first.earliest), from_day(second.earliest)
    if left is None or right is None or left[:4] != right[:4]:
        return False
    return left[5:7] == right[8:10] and left[8:10] == right[5:7]


def conflicting(features: Iterable[FeatureResult], policy: Policy) -> bool:
    """Whether birth dates exclude each other."""
    return any(
        feature.name == "birth_date" and feature.log_odds <= policy.birth_date_conflict
        for feature in features
    )
