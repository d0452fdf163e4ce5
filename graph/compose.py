"""Routes become paths: the links of each hop, their dates, their strength, what they rest on.

The backend finds routes as ids; everything here is the same whichever backend found them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import prod

from graph import text
from graph.columns import certain_bounds, credibility_of
from graph.dates import ALWAYS, Intervals, from_day, intersect, possible_days, union
from graph.model import Entity, Link, LinkKind, Status
from graph.network import Hop, Path, PolicyRule, Weakest
from graph.policy import Principal, find_principal
from graph.rules import Engine, Route, Rule
from graph.status import derive_status, find_origins, names_of, split_known


class Composer:
    """Turns routes into paths: links, dates, strength, what they rest on."""

    def __init__(
        self, engine: Engine, rule: Rule, ends: tuple[Sequence[str], Sequence[str]]
    ) -> None:
        self._engine = engine
        self._rule = rule
        self._ends = ends
        self.links: dict[str, Link] = {}
        self._entities: dict[str, Entity] = {}

    def entities_of(self, names: Iterable[str]) -> dict[str, Entity]:
        """Every entity met so far, these among them."""
        missing = sorted(set(names) - self._entities.keys())
        if missing:
            self._entities.update(self._engine.get_entities(missing))
        return self._entities

    def only(self, names: Iterable[str]) -> dict[str, Entity]:
        """The entities of some ids, sorted by id."""
        known = self.entities_of(names)
        return {each: known[each] for each in sorted(set(names))}

    def compose(self, routes: Sequence[tuple[int, Route]]) -> list[Path]:
        """One path a route."""
        pairs = sorted({pair for _, route in routes for pair in route})
        usable = self._between(pairs, self._rule)
        whole = [route for _, route in routes if all(usable[pair] for pair in route)]
        return [self._path(route, usable) for route in whole]

    def links_of(self, pairs: Sequence[tuple[str, str]], rule: Rule) -> dict[str, Link]:
        """Links of some pairs that pass a rule, by id."""
        return {link.id: link for links in self._between(pairs, rule).values() for link in links}

    def _between(
        self, pairs: Sequence[tuple[str, str]], rule: Rule
    ) -> dict[tuple[str, str], list[Link]]:
        between = self._engine.links_between(pairs, rule)
        entities = self.entities_of({end for pair in pairs for end in pair})
        known = {
            pair: [as_known(link, rule, entities) for link in links]
            for pair, links in between.items()
        }
        # The search knows only some changes of a status; what the evidence gives decides.
        return {
            pair: [
                link
                for link in links
                if link.kind is LinkKind.CLAIM or link.status in rule.statuses
            ]
            for pair, links in known.items()
        }

    def _path(self, route: Route, usable: dict[tuple[str, str], list[Link]]) -> Path:
        turns = self._rule.enforces(PolicyRule.SHARED_PRINCIPAL)
        shown = [usable[pair] for pair in route]
        grade, chosen = _choose(route, shown, turns=turns)
        shown = _without_turns(route, shown) if turns else shown
        identities = self._identities(route)
        best = [_best_links(links) for links in chosen]
        strengths = [_strength(links) for links in best]
        for link in [*identities, *(link for links in shown for link in links)]:
            self.links[link.id] = link
        certain, possible = _held(best)
        path = Path(
            nodes=_nodes_of(self._whole(route)),
            hops=tuple(
                Hop(source=left, target=right, links=tuple(link.id for link in links))
                for (left, right), links in zip(route, shown, strict=True)
            ),
            length=len(route),
            strength=round(prod([*strengths, *map(credibility_of, identities)]), 6),
            weakest=self._weakest(best, identities),
            disputed=any(all(map(_is_disputed, links)) for links in best) or grade == _DISPUTED,
            claimed=grade == _CLAIMED,
            identity_links=tuple(link.id for link in identities),
            certain=_dates(certain),
            possible=_dates(possible),
            text="",
        )
        named = {end for link in identities for end in (link.source, link.target)}
        described = text.describe_path(path, self.links, self.entities_of({*path.nodes, *named}))
        return path.model_copy(update={"text": described})

    def _weakest(self, hops: list[list[Link]], identities: list[Link]) -> Weakest:
        """The hop to check first; where an inferred identity is weaker, the hop that needs it."""
        at = min(
            range(len(hops)), key=lambda each: (_strength(hops[each]), _origins(hops[each]), each)
        )
        weak = min(identities, key=credibility_of, default=None)
        if weak is None or credibility_of(weak) > _strength(hops[at]):
            return Weakest(hop=at, why=text.why_weak(hops[at]))
        ends = {weak.source, weak.target}
        needing = (
            index
            for index, links in enumerate(hops)
            if any(ends & {link.source, link.target} for link in links)
        )
        entities = self.entities_of(ends)
        return Weakest(hop=next(needing, at), why=text.why_inferred(weak, entities))

    def _whole(self, route: Route) -> Route:
        """The route with the asked ends, which an identity may join to its first or last party."""
        first, last = route[0][0], route[-1][1]
        source = self._asked(first, self._ends[0])
        target = self._asked(last, self._ends[1])
        return ((source, source), *route, (target, target))

    def _asked(self, node: str, ends: Sequence[str]) -> str:
        if node in ends:
            return node
        cluster = self._engine.cluster_of(node, self._rule)
        return next(each for each in ends if each in cluster)

    def _identities(self, route: Route) -> list[Link]:
        found: dict[str, Link] = {}
        for (_, left), (right, _) in pairwise(self._whole(route)):
            if left != right:
                for link in self._engine.find_identities(left, right, self._rule):
                    found[link.id] = link
        return list(found.values())


# What a link adds to a path: nothing but its statement, a dispute, or one side's word.
_SOUND, _DISPUTED, _CLAIMED = 0, 1, 2


def _grade(link: Link) -> int:
    if link.kind is LinkKind.CLAIM:
        return _CLAIMED
    return _DISPUTED if _is_disputed(link) else _SOUND


def _choose(route: Route, hops: list[list[Link]], *, turns: bool) -> tuple[int, list[list[Link]]]:
    """The best grade of links of which the route can be made, and its links up to that grade."""
    for grade in (_SOUND, _DISPUTED, _CLAIMED):
        chosen = [[link for link in links if _grade(link) <= grade] for links in hops]
        if turns and all(chosen):
            chosen = _without_turns(route, chosen)
        if all(chosen):
            return grade, chosen
    return _CLAIMED, hops


def _without_turns(route: Route, hops: list[list[Link]]) -> list[list[Link]]:
    """Leave out parallel links that only fit a refused turn at a shared principal.

    A turn is a way up to a party as the principal and down from it again. One pass along the route
    keeps what can be reached without one, one pass back keeps what can go on without one; on a
    chain the two together leave exactly the links of some route without a turn.
    """
    kept = [list(links) for links in hops]
    for at in range(1, len(route)):
        if all(_principal_of(link) == route[at - 1][1] for link in kept[at - 1]):
            kept[at] = [link for link in kept[at] if _principal_of(link) != route[at][0]]
    for at in range(len(route) - 1, 0, -1):
        if all(_principal_of(link) == route[at][0] for link in kept[at]):
            kept[at - 1] = [
                link for link in kept[at - 1] if _principal_of(link) != route[at - 1][1]
            ]
    return kept


def _principal_of(link: Link) -> str | None:
    """Id of the party that the other end acts for, None when the link is no agency."""
    return {
        Principal.NEITHER: None,
        Principal.SOURCE: link.source,
        Principal.TARGET: link.target,
    }[find_principal(link)]


def _nodes_of(route: Route) -> tuple[str, ...]:
    ends = [end for pair in route for end in pair]
    return tuple(end for end, before in zip(ends, [None, *ends], strict=False) if end != before)


def _is_disputed(link: Link) -> bool:
    return link.status in (Status.DISPUTED, Status.REFUTED)


def _best_links(links: list[Link]) -> list[Link]:
    """The links a hop rests on: undisputed ones, else disputed ones, else claims."""
    sound = [link for link in links if link.kind is not LinkKind.CLAIM]
    return [link for link in sound if not _is_disputed(link)] or sound or links


def _origins(links: list[Link]) -> int:
    """Of a hop: how many speak for it."""
    said = [item for link in links for item in link.evidence if item.stance == "asserts"]
    return len({origin for item in said for origin in find_origins(item)})


def _strength(links: list[Link]) -> float:
    """Of a hop: its best link. Links of one hop often share a source, so they do not add up."""
    return max(credibility_of(link) for link in links)


def _held(hops: Sequence[list[Link]]) -> tuple[Intervals, Intervals]:
    """When all hops certainly, and possibly, held at once; any link of a hop will do."""
    certain, possible = ALWAYS, ALWAYS
    for links in hops:
        bounds = [certain_bounds(link) for link in links]
        certain = intersect(certain, union([(each,) for each in bounds if each[0] <= each[1]]))
        possible = intersect(possible, union(possible_days(link.start, link.end) for link in links))
    return certain, possible


def _dates(days: Intervals) -> tuple[tuple[str | None, str | None], ...]:
    return tuple((from_day(first), from_day(last)) for first, last in days)


def as_known(link: Link, rule: Rule, entities: Mapping[str, Entity]) -> Link:
    """The link as it stood at the query's `known_at`: evidence published since is left out."""
    known_at = rule.filters.known_at
    if known_at is None:
        return link
    known, unclear = split_known(link.evidence, known_at)
    evidence = [*known, *unclear] if rule.maybe_known else known
    if not any(item.stance == "asserts" for item in evidence):
        return link
    names = (names_of(entities[link.source]), names_of(entities[link.target]))
    status = link.status if link.kind is LinkKind.IDENTITY else derive_status(evidence, names)
    return link.model_copy(update={"evidence": tuple(evidence), "status": status})
