"""What a match is made of: the query, the facts, the policy, and evidence that can be read.

Every result names both strings as given and adds up: the features' log-odds sum to the result's.
How the terms are computed is `entity_resolution.features`'; what they add up to, `score`'s.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from entity_resolution.normalise.names import NORMALISER_VERSION

SCORER_VERSION = "score-1"
Property = Literal["name", "alias", "previousName", "weakAlias"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Policy(_Frozen):
    """Every number and switch that a score depends on, in nats of log-odds.

    Set by reason and checked on alias pairs of the SDN list; see `tests/entity_resolution`.
    """

    weak_aliases: Literal["confirm", "match"] = "confirm"
    prior: float = -3.7
    rarity_factor: float = 0.6  # rarity on a list overstates rarity in the world
    token_cap: float = 5.5  # no single word, however rare on a list, identifies by itself
    common_cap: float = 3.6  # words that are names everywhere ("golden", "star")
    generic_cap: float = 1.2
    generic_factor: float = 0.25
    particle_weight: float = 0.15
    honorific_weight: float = 0.1
    number_weight: float = 3.0
    place_weight: float = 1.5
    initial_weight: float = 0.8
    complete_bonus: float = 1.0  # every word of both names is answered
    exact_bonus: float = 0.5  # and each by the same word
    identical_bonus: float = 1.5  # and the names are two words or more: a whole published name
    loss_factor: float = 0.6  # of the weight that an inexact pair leaves unexplained
    person_first: float = 0.6  # unmatched given name
    person_last: float = 0.5  # unmatched last name
    person_other: float = 0.3  # unmatched further name: patronymics are often left out
    person_conflict: float = 0.7  # both sides have words that the other lacks
    organisation_word: float = 0.6
    organisation_generic: float = 0.25
    organisation_conflict: float = 0.5
    number_conflict: float = -5.0
    legal_form_equal: float = 0.3
    legal_form_conflict: float = -0.4
    country_shared: float = 0.7
    country_conflict: float = -0.7
    scope_agreed: float = 0.5
    scope_conflict: float = -4.0
    scope_unstated: float = -0.3
    schema_conflict: float = -2.0
    birth_date_equal: float = 3.0
    birth_date_overlap: float = 1.2
    birth_date_near: float = -1.5
    birth_date_conflict: float = -5.0
    margin: float = 0.4  # how far below the threshold insufficient evidence stays


class Query(_Frozen):
    """A party to look for. Only the name is needed."""

    name: str
    schema_: str | None = Field(default=None, alias="schema")
    countries: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Facts(_Frozen):
    """What the entity store knows of a candidate. `places` are cities of its addresses."""

    countries: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class TokenMatch(_Frozen):
    """Words of both names that answer each other, as normalised."""

    query: str
    candidate: str
    how: str
    weight: float


class UnmatchedToken(_Frozen):
    """A word that the other name does not have."""

    side: Literal["query", "candidate"]
    token: str
    weight: float


class FeatureResult(_Frozen):
    """One term of the sum, with both strings as given."""

    name: str
    query: str = ""
    candidate: str = ""
    property: str | None = None
    dataset: str | None = None
    tokens: tuple[TokenMatch, ...] = ()
    unmatched: tuple[UnmatchedToken, ...] = ()
    log_odds: float


class MatchResult(_Frozen):
    """A candidate with its score. `log_odds` is the prior and all features, unrounded."""

    entity_id: str
    schema_: str = Field(alias="schema")
    score: float = Field(ge=0, le=1)
    log_odds: float
    match: bool
    threshold: float
    features: tuple[FeatureResult, ...]
    explanation: str
    policy: str  # how weak aliases were treated
    config_hash: str

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True
    )


def hash_config(policy: Policy) -> str:
    """Short hash over the policy and the versions of normaliser and scorer."""
    text = f"{NORMALISER_VERSION}|{SCORER_VERSION}|{policy.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
