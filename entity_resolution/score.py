"""From the terms of a comparison to a probability, a verdict and a sentence.

The score is a sum of log-odds: a prior and one term per feature, each reported. Ranking uses the
unrounded sum and nothing is clipped before it, so that ties need identical evidence. An attribute
that one side does not state is exactly zero. A score says how well two descriptions fit; it does
not say that two parties are one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from entity_resolution.attributes import compare_birth_dates, compare_countries, conflicting
from entity_resolution.evidence import (
    Facts,
    FeatureResult,
    MatchResult,
    Policy,
    Query,
    hash_config,
)
from entity_resolution.features import (
    CandidateName,
    NameEvidence,
    PreparedName,
    compare_names,
)

_THINGS = frozenset({"Vessel", "Airplane", "Vehicle"})


@dataclass(frozen=True, slots=True)
class Scorer:
    """Adds up features under one policy and one threshold."""

    policy: Policy
    threshold: float

    def ceiling(self) -> float:
        """The log-odds that insufficient evidence stays below."""
        return log_odds_of(self.threshold) - self.policy.margin

    def compare(self, query: PreparedName, name: CandidateName) -> NameEvidence:
        """The evidence of one name; what cannot suffice is held below the threshold.

        A weak alias is held, so that a strong name is preferred where it suffices.
        """
        evidence = compare_names(query, name, self.policy)
        reason = evidence.insufficient
        if name.property == "weakAlias" and self.policy.weak_aliases == "confirm":
            reason = "a weak alias only confirms"
        if reason is None:
            return evidence
        total = self.policy.prior + evidence.log_odds
        held = soft_ceiling(total, self.ceiling())
        cap = FeatureResult(
            name="insufficient",
            query=evidence.features[0].query,
            candidate=reason,
            property=name.property,
            dataset=name.dataset,
            log_odds=held - total,
        )
        return NameEvidence((*evidence.features, cap), evidence.log_odds + cap.log_odds, reason)

    def score(
        self,
        query: Query,
        prepared: PreparedName,
        entity: tuple[str, str],
        evidence: NameEvidence,
        facts: Facts | None,
    ) -> MatchResult:
        """Name evidence and attributes together.

        Args:
            query: What is looked for.
            prepared: Its name, as read for the candidate's kind of name.
            entity: Id and schema of the candidate.
            evidence: Of its best name.
            facts: Its attributes; None states nothing.
        """
        policy = self.policy
        features = list(evidence.features)
        place = (prepared.place, prepared.place_words) if prepared.place else None
        if query.schema_ and (query.schema_ in _THINGS) != (entity[1] in _THINGS):
            features.append(
                FeatureResult(
                    name="schema",
                    query=query.schema_,
                    candidate=entity[1],
                    log_odds=policy.schema_conflict,
                )
            )
        if facts is not None:
            features += compare_countries(query, place, facts, policy)
        total = policy.prior + sum(feature.log_odds for feature in features)
        if evidence.insufficient is not None:
            # A shared country must not lift what may not suffice; a birth date may.
            total = self._hold(features, total, evidence.insufficient)
        if facts is not None:
            dates = compare_birth_dates(query, facts, policy)
            features += dates
            total += sum(feature.log_odds for feature in dates)
            if conflicting(dates, policy):
                total = self._hold(features, total, "birth dates exclude each other")
        prior = FeatureResult(name="prior", log_odds=policy.prior)
        features.insert(0, prior)
        total = math.fsum(feature.log_odds for feature in features)
        match = probability(total) >= self.threshold
        return MatchResult(
            entity_id=entity[0],
            schema_=entity[1],
            score=probability(total),
            log_odds=total,
            match=match,
            threshold=self.threshold,
            features=tuple(features),
            explanation=explain(features, evidence.insufficient, match=match),
            policy=f"weak aliases {policy.weak_aliases}",
            config_hash=hash_config(policy),
        )

    def _hold(self, features: list[FeatureResult], total: float, reason: str) -> float:
        held = soft_ceiling(total, self.ceiling())
        features.append(FeatureResult(name="insufficient", candidate=reason, log_odds=held - total))
        return held


def probability(log_odds: float) -> float:
    """Logistic of a sum of log-odds; monotone, so that it never reorders."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    return math.exp(log_odds) / (1.0 + math.exp(log_odds))


def log_odds_of(score: float) -> float:
    """Inverse of `probability`, for thresholds strictly between 0 and 1."""
    return math.log(score / (1.0 - score))


def soft_ceiling(value: float, ceiling: float) -> float:
    """A value held below a ceiling by a strictly growing curve, so that ranks survive."""
    gap = ceiling - value
    return ceiling - (math.log1p(math.exp(gap)) if gap < 30 else gap)


def explain(features: Sequence[FeatureResult], insufficient: str | None, *, match: bool) -> str:
    """One sentence with both names as given; says fit, never identity."""
    name = next(feature for feature in features if feature.name.endswith("_name"))
    words = ", ".join(
        token.query if token.how == "equal" else f"{token.query} ~ {token.candidate} ({token.how})"
        for token in name.tokens
    )
    parts = [f"{name.query!r} compared with {name.property} {name.candidate!r}"]
    parts.append(f"agree: {words}" if words else "no word agrees")
    for side in ("query", "candidate"):
        missing = [token.token for token in name.unmatched if token.side == side]
        if missing:
            parts.append(f"only in the {side}: {', '.join(missing)}")
    parts += [
        f"{feature.name.replace('_', ' ')} {feature.query!r} / {feature.candidate!r}"
        for feature in features
        if feature.name in ("legal_form", "country", "birth_date", "alias_scope", "schema")
    ]
    if any(feature.candidate == "birth dates exclude each other" for feature in features):
        insufficient = "birth dates exclude each other"
    if insufficient:
        parts.append(f"held back: {insufficient}")
    return "; ".join(parts) + ("." if match else "; below the threshold.")
