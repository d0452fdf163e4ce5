"""The facts about links and nodes that a search reads, as numbers of fixed width.

One row per link and per node, the same for every backend: the embedded one keeps them as arrays,
the Neo4j one as properties with these names. Whatever an answer shows comes from the stored `Link`
and `Entity`, never from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph.dates import DAY_MAX, DAY_MIN, certain_days, parse_span
from graph.history import find_changes, pack_changes
from graph.model import LINK_TYPES, Entity, Link, LinkKind, Status
from graph.policy import (
    Context,
    Principal,
    find_context,
    find_principal,
    is_organisation,
    is_spread,
)
from graph.status import names_of
from graph.vocabulary import EDGE_LABELS, UNDIRECTED_EDGES

TYPE_CODES = {name: code for code, name in enumerate(LINK_TYPES)}
KIND_CODES = {kind: code for code, kind in enumerate(LinkKind)}
STATUS_CODES = {status: code for code, status in enumerate(Status)}
# Shared values and identities have no direction either. An UnknownLink has one where it is stated
# ("Linked To"), though FollowTheMoney draws it without an arrow: the filter by direction keeps it.
UNDIRECTED = (UNDIRECTED_EDGES - {"UnknownLink"}) | (frozenset(LINK_TYPES) - frozenset(EDGE_LABELS))

# How far a link is to be believed when no confidence is stated: our convention, not a probability.
# Two independent origins are worth more than one, a denial less; a shared value weighs less the
# more parties share it.
CREDIBILITY = {
    Status.CORROBORATED: 0.9,
    Status.ASSERTED: 0.7,
    Status.DISPUTED: 0.4,
    Status.SUPERSEDED: 0.2,
    Status.REFUTED: 0.05,
    Status.CONFIRMED: 0.95,
    Status.PROPOSED: 0.5,
    Status.REJECTED: 0.0,
}
DERIVED_CREDIBILITY = 0.6


class LinkRow(NamedTuple):
    """What a search reads of one link. Days as in `graph.dates`."""

    type: int
    kind: int
    status: int
    start: int  # first possible day
    end: int  # last possible day
    certain_start: int  # after certain_end: no day is certain
    certain_end: int
    history: int  # how its status changed as evidence was certainly published: `graph.history`
    history_maybe: int  # the same for the first days on which it may have been
    principal: int
    context: int
    credibility: float
    probability: float  # of an identity link; -1: not stated
    datasets: int  # bit set of the datasets that state it
    verified: bool  # archived bytes bear out at least one assertion


class NodeRow(NamedTuple):
    """What a search reads of one node."""

    listed: bool
    degree: int  # parties an organisation is tied to; 0 for anything but an organisation
    spread: bool
    listed_by: int  # bit set of the datasets whose listing of it stands


def credibility_of(link: Link) -> float:
    """How far a link is to be believed, 0..1: stated, or by the convention above.

    What a file's author thinks of a link does not outweigh that somebody denies it; what a person
    decided of an identity outweighs what had been guessed.
    """
    usual = CREDIBILITY[link.status]
    if link.kind is LinkKind.IDENTITY:
        decided = link.status is not Status.PROPOSED or link.probability is None
        return usual if decided else float(link.probability or 0)
    if link.kind is LinkKind.DERIVED and link.confidence is None:
        return DERIVED_CREDIBILITY * 2 / max(link.sharers, 2)
    if link.confidence is None:
        return usual
    contested = link.status in (Status.DISPUTED, Status.REFUTED, Status.SUPERSEDED)
    return min(link.confidence, usual) if contested else link.confidence


def certain_bounds(link: Link) -> tuple[int, int]:
    """First and last certain day of a link; (DAY_MAX, DAY_MIN) when none is certain."""
    if "former" in link.role.lower().split():
        return DAY_MAX, DAY_MIN  # the source says that it had ended, not when it held
    stated = [item.on for item in link.evidence if item.stance == "asserts" and item.on]
    days = certain_days(link.start, link.end, stated)
    return days[0] if days else (DAY_MAX, DAY_MIN)


def dataset_bits(names: Iterable[str], codes: Mapping[str, int]) -> int:
    """Datasets as a bit set; `codes` give each its bit."""
    return sum(1 << codes[name] for name in set(names) if name in codes)


def make_link_row(
    link: Link,
    entities: Mapping[str, Entity],
    codes: Mapping[str, int],
    *,
    widely_shared: bool = False,
) -> LinkRow:
    """The row of one link; `entities` hold both its ends, `codes` the bits of datasets."""
    ends = (names_of(entities[link.source]), names_of(entities[link.target]))
    certain_start, certain_end = certain_bounds(link)
    context = find_context(link, entities) | (
        Context.SHARED_VALUE if widely_shared else Context.NONE
    )
    return LinkRow(
        type=TYPE_CODES[link.type],
        kind=KIND_CODES[link.kind],
        status=STATUS_CODES[link.status],
        start=parse_span(link.start).earliest,
        end=parse_span(link.end).latest,
        certain_start=certain_start,
        certain_end=certain_end,
        history=pack_changes(find_changes(link.evidence, ends)),
        history_maybe=pack_changes(find_changes(link.evidence, ends, maybe=True)),
        principal=int(find_principal(link)),
        context=int(context),
        credibility=credibility_of(link),
        probability=-1.0 if link.probability is None else link.probability,
        datasets=dataset_bits(link.datasets, codes),
        verified=is_verified(link),
    )


def is_verified(link: Link) -> bool:
    """Whether archived bytes bear out at least one source that asserts a link.

    The words of a source were found there; what they say may be wrong all the same.
    """
    return any(each.stance == "asserts" and each.checked for each in link.evidence)


def make_node_rows(
    entities: Mapping[str, Entity],
    links: Sequence[tuple[Link, LinkRow]],
    codes: Mapping[str, int],
) -> dict[str, NodeRow]:
    """The rows of all nodes. Agencies below an organisation do not count towards its degree."""
    tied: dict[str, set[str]] = {}
    for link, row in links:
        if link.kind is not LinkKind.RELATIONSHIP:
            continue
        if row.principal != Principal.SOURCE:
            tied.setdefault(link.source, set()).add(link.target)
        if row.principal != Principal.TARGET:
            tied.setdefault(link.target, set()).add(link.source)
    rows = {}
    for entity_id, entity in entities.items():
        parties = tied.get(entity_id, set())
        organisation = bool(parties) and is_organisation(entity)
        rows[entity_id] = NodeRow(
            listed=entity.listed,
            degree=len(parties) if organisation else 0,
            spread=organisation and is_spread(entity, (entities[each] for each in parties)),
            listed_by=dataset_bits(
                (each.dataset for each in entity.listings if each.until is None), codes
            ),
        )
    return rows
