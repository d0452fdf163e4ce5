"""Neighbours of one entity: links grouped by the other party, ordered, counted, paged.

The same for every backend: it gives the links, this gives the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from graph.columns import credibility_of
from graph.model import Entity, Link
from graph.network import Hop, NeighbourAnswer, NeighbourQuery
from graph.rules import Executed

# More neighbours than anyone can look at: expand by type.
SUPERNODE = 200


def page_of_neighbours(
    query: NeighbourQuery,
    links: Sequence[Link],
    entities: Mapping[str, Entity],
    degrees: Mapping[str, int],
    *,
    executed: Executed,
    snapshot: str,
) -> NeighbourAnswer:
    """One page of an entity's neighbours.

    Args:
        query: What was asked; its filters have been applied to `links`.
        links: Every usable link of the source, in order of id.
        entities: The source and all its neighbours.
        degrees: Number of links of each neighbour, for `order="degree"`.
        executed: How the backend found them.
        snapshot: Id of the snapshot.
    """
    source = query.source
    by_party: dict[str, list[Link]] = {}
    for link in links:
        other = link.target if link.source == source else link.source
        by_party.setdefault(other, []).append(link)

    def risk(party: str) -> tuple[object, ...]:
        best = max(credibility_of(link) for link in by_party[party])
        return (not entities[party].listed, -round(best, 9), party)

    order = {
        "risk": risk,
        "degree": lambda party: (-degrees.get(party, 0), party),
        "id": lambda party: (party,),
    }[query.order]
    parties = sorted(by_party, key=order)
    page = parties[query.offset : query.offset + query.limit]
    after = query.offset + len(page)
    shown = [link for party in page for link in by_party[party]]
    return NeighbourAnswer(
        neighbours=tuple(page),
        hops=tuple(
            Hop(source=source, target=party, links=tuple(link.id for link in by_party[party]))
            for party in page
        ),
        total=len(parties),
        counts_by_type=dict(
            sorted(
                Counter(
                    kind for found in by_party.values() for kind in {each.type for each in found}
                ).items()
            )
        ),
        next_offset=after if after < len(parties) else None,
        supernode=len(parties) > SUPERNODE,
        executed=executed,
        snapshot=snapshot,
        nodes={each: entities[each] for each in sorted({source, *page})},
        links={link.id: link for link in sorted(shown, key=lambda each: each.id)},
    )
