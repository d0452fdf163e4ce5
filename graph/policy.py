"""The hub policy's facts about links and nodes (domain.md §6): what may carry a path.

Three facts are fixed when a snapshot is built, because they need the whole network: which side of a
link is the *principal*, which links are *context* that carries no path by default, and how many
parties an organisation is tied to. A query's `HubPolicy` decides what to do with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum, IntFlag

from graph.model import Entity, Link, LinkKind
from graph.vocabulary import ORGANISATIONS

# An organisation with at least this many parties, spread over at least this many programmes and
# countries, is a hub below the degree bound too: unrelated parties are tied to it.
SPREAD_DEGREE = 12
SPREAD_PROGRAMS = 5
SPREAD_COUNTRIES = 5
# A value shared by more parties than this and by parties of more programmes is a service
# provider's premises (a registered agent, a tower), not a tie; many parties of one programme may be
# a real network.
WIDELY_SHARED = 10
WIDELY_SHARED_PROGRAMS = 2


class Principal(IntEnum):
    """Which side of a link the other acts for. Going towards it is *up*."""

    NEITHER = 0
    SOURCE = 1
    TARGET = 2


class Context(IntFlag):
    """Why a link carries no path unless the rule is lifted."""

    NONE = 0
    FAMILY = 1
    SHARED_VALUE = 2


# FollowTheMoney's Representation runs from agent to client. Agencies that a source states in other
# words arrive as UnknownLink with the words as role; these say which side is the principal.
_PRINCIPAL_IS_SOURCE = re.compile(
    r"\bpa(?:id|y|ys|ying) out\b"
    r"|\boperates? (?:an? |the )?(?:outlet|branch|agency|agent|location)\b"
    r"|\bappoint(?:s|ed)\b.*\bagent\b|\bprincipal of\b|\bfranchisor of\b",
    re.IGNORECASE,
)
_PRINCIPAL_IS_TARGET = re.compile(
    r"\b(?:point of sale|outlet|branch|(?:sub-?|master )?agent|franchisee|payout location)"
    r" (?:of|for)\b"
    # A bank serves its customers as a principal its agents: two who bank there are not tied by it.
    r"|^settlement bank$",
    re.IGNORECASE,
)


def find_principal(link: Link) -> Principal:
    """Which side of a link is the principal of an agency, a payout or an outlet."""
    if link.kind in (LinkKind.DERIVED, LinkKind.IDENTITY):
        return Principal.NEITHER
    if link.schema_ == "Representation":
        return Principal.TARGET
    if link.schema_ in ("UnknownLink", "Payment"):
        if _PRINCIPAL_IS_SOURCE.search(link.role):
            return Principal.SOURCE
        if _PRINCIPAL_IS_TARGET.search(link.role):
            return Principal.TARGET
    return Principal.NEITHER


def find_context(link: Link, entities: Mapping[str, Entity]) -> Context:
    """Why a link is context only; `Context.NONE` when it carries paths."""
    ends = [entities[link.source], entities[link.target]]
    if link.schema_ == "Family" and not all(end.listed for end in ends):
        return Context.FAMILY
    return Context.NONE


def find_widely_shared(links: Iterable[Link], entities: Mapping[str, Entity]) -> frozenset[str]:
    """Values of derived links that too many and too various parties share."""
    parties: dict[str, set[str]] = {}
    sharers: dict[str, int] = {}
    for link in links:
        if link.kind is LinkKind.DERIVED and link.value:
            key = value_key(link)
            parties.setdefault(key, set()).update((link.source, link.target))
            sharers[key] = max(sharers.get(key, 0), link.sharers)
    return frozenset(
        key
        for key, ids in parties.items()
        if sharers[key] > WIDELY_SHARED
        and len({program for each in ids for program in programs_of(entities[each])})
        > WIDELY_SHARED_PROGRAMS
    )


def value_key(link: Link) -> str:
    """What identifies the value that a derived link stands on."""
    return f"{link.role}|{link.value}"


def programs_of(entity: Entity) -> set[str]:
    """Programmes under which an entity is listed now."""
    return {
        program
        for listing in entity.listings
        if listing.until is None
        for program in listing.programs
    }


def is_organisation(entity: Entity) -> bool:
    """Whether the hub rule applies at all: persons, vessels and wallets carry paths."""
    return entity.schema_ in ORGANISATIONS


def is_spread(entity: Entity, neighbours: Iterable[Entity]) -> bool:
    """Whether unrelated parties are tied to an organisation: many programmes and countries."""
    if not is_organisation(entity):
        return False
    parties = list(neighbours)
    if len(parties) < SPREAD_DEGREE:
        return False
    programs = {program for each in parties for program in programs_of(each)}
    countries = {country for each in parties for country in each.countries}
    return len(programs) >= SPREAD_PROGRAMS and len(countries) >= SPREAD_COUNTRIES
