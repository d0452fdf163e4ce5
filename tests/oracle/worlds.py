"""Small random worlds and questions, from a seed.

Every kind of link, parallel links, cycles, clusters, hubs and doubts occur in a world of five to
fourteen parties, where everything can be enumerated.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from graph.model import Entity, Evidence, Link, LinkKind, Listing, Status
from graph.network import Filters, HubPolicy, PathQuery, PolicyRule
from tests.oracle.reference import World

DATASETS = ("case_x", "list_a", "list_b")
ROLES = ("shared premises", "shared website", "shared e-mail")
KINDS = (LinkKind.RELATIONSHIP, LinkKind.DERIVED, LinkKind.IDENTITY, LinkKind.CLAIM)
RELATIONS = (
    ("Ownership", ""),
    ("Directorship", "director"),
    ("Family", "brother"),
    ("UnknownLink", "linked to"),
    ("UnknownLink", "outlet of"),
    ("UnknownLink", "paid out at"),
    ("Representation", "agent"),
    ("Associate", ""),
)
STARTS = (None, None, None, "2006", "2009-03", "2010-12-09", "2008~", "[..2007-05]", "2005/2007")
ENDS = (None, None, None, None, "2011", "2013-06", "2015-03-13", "[..2012]", "[2014-01-01..]")
SAID = (None, "2009", "2010-05", "2012-03-04", "2014-02-02", "2016")
SETTLED: dict[Status, tuple[str, str]] = {
    Status.ASSERTED: ("A", ""),
    Status.CORROBORATED: ("AB", ""),
    Status.DISPUTED: ("A", "C"),
    Status.REFUTED: ("A", "A"),
}


def entity(entity_id: str, schema: str = "Person", programs: Sequence[str] = ()) -> Entity:
    """A party, listed when it has programmes."""
    listing = Listing(
        authority="L", list="L", programs=tuple(programs), dataset="list_a", record_id=entity_id
    )
    return Entity(
        id=entity_id,
        schema_=schema,
        caption=entity_id.upper(),
        datasets=("list_a",),
        listings=(listing,) if programs else (),
    )


def said(by: str, on: str | None = None, stance: str = "asserts") -> Evidence:
    """One source that asserts or denies."""
    return Evidence.model_validate(
        {
            "by": by, "on": on, "stance": stance,
            "dataset": "case_x", "record_id": "1", "locator": "x:1",
        }
    )  # fmt: skip


def link(link_id: str, source: str, target: str, **more: object) -> Link:
    """A link with evidence that supports its status; an undirected asserted one by default."""
    status = Status(str(more.get("status", Status.ASSERTED)))
    asserters, deniers = SETTLED.get(status, ("A", ""))
    evidence = (*(said(by) for by in asserters), *(said(by, stance="denies") for by in deniers))
    given: dict[str, object] = {
        "schema": "UnknownLink", "status": status, "evidence": evidence, "datasets": ("case_x",),
    }  # fmt: skip
    return Link.model_validate({**given, **more, "id": link_id, "source": source, "target": target})


def world_of(entities: Sequence[Entity], links: Sequence[Link]) -> World:
    """A world by hand."""
    return World({each.id: each for each in entities}, list(links))


class Draw:
    """Draws worlds and questions from one seed.

    Without `chains` no party has more than one identity link.
    """

    def __init__(self, seed: int, *, chains: bool = True) -> None:
        self.random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.chains = chains
        self.paired: set[str] = set()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def world(self) -> World:
        self.paired.clear()
        size = self.random.randint(5, 14)
        ids = [f"n{number:02d}" for number in range(size)]
        count = self.random.randint(5, min(40, 5 + 2 * size))
        entities = [self._entity(each) for each in ids]
        links = [self._link(f"k{number:02d}", ids) for number in range(count)]
        return world_of(entities, links)

    def _entity(self, entity_id: str) -> Entity:
        schema = self.random.choice(("Person", "Person", "Company", "Organization", "Vessel"))
        programs = self.random.sample(("P1", "P2", "P3", "P4"), 2) if self.chance(0.3) else []
        made = entity(entity_id, schema, programs)
        if not programs:
            return made
        listing = made.listings[0].model_copy(
            update={
                "dataset": self.random.choice(("list_a", "list_b")),
                "until": "2015-01-01" if self.chance(0.15) else None,
                "programs": tuple(programs),
            }
        )
        return made.model_copy(update={"listings": (listing,)})

    def _link(self, link_id: str, ids: Sequence[str]) -> Link:
        draw = self.random
        source, target = draw.sample(ids, 2)
        if self.chance(0.25):  # near neighbours again: parallel links and cycles
            target = ids[(ids.index(source) + 1) % len(ids)]
        kind = draw.choices(KINDS, (72, 12, 7, 9))[0]
        if kind is LinkKind.IDENTITY and not self.chains:
            if {source, target} & self.paired:
                kind = LinkKind.RELATIONSHIP
            self.paired |= {source, target}
        schema, role = draw.choice(RELATIONS)
        status = draw.choices(tuple(SETTLED), (10, 4, 4, 2))[0]
        asserters, deniers = SETTLED[status]
        on = draw.choice(SAID)
        more: dict[str, object] = {
            "kind": kind,
            "datasets": tuple(sorted(draw.sample(DATASETS, draw.randint(1, 2)))),
            "start": draw.choice(STARTS),
            "end": draw.choice(ENDS),
            "confidence": draw.choice((None, None, None, 0.25, 0.5, 0.9)),
        }
        if kind is LinkKind.DERIVED:
            status, asserters, deniers = Status.ASSERTED, "A", ""
            schema, role = "UnknownLink", draw.choice(ROLES)
            more |= {"value": draw.choice(("v1", "v2")), "sharers": draw.choice((2, 3, 30))}
        elif kind is LinkKind.IDENTITY:
            states = (Status.CONFIRMED, Status.CONFIRMED, Status.PROPOSED, Status.REJECTED)
            status, schema, role = draw.choice(states), "UnknownLink", "same as"
            more |= {"probability": draw.choice((None, 0.25, 0.5, 0.75)), "confidence": None}
        evidence = [*(said(by, on) for by in asserters)]
        later = draw.choice(("2015-06-01", "2013", None))
        evidence += [said(by, later, "denies") for by in deniers]
        # Of the words of a denial nothing follows for the link.
        evidence = [
            each.model_copy(update={"quotation": draw.choice(("verified", "not found", None))})
            for each in evidence
        ]
        return link(
            link_id, source, target,
            schema=schema, role=role, status=status, evidence=tuple(evidence), **more,
        )  # fmt: skip

    def filters(self) -> Filters:
        """No filter in four of ten questions, else a few."""
        if self.chance(0.4):
            return Filters()
        draw = self.random
        options: dict[str, object] = {
            "types_allow": ("Ownership", "UnknownLink", "Representation", "SharedPremises"),
            "types_deny": tuple(draw.sample(("Family", "UnknownLink", "Ownership"), 1)),
            "direction": draw.choice(("out", "in")),
            "datasets": (draw.choice(DATASETS),),
            "statuses": tuple(
                draw.choice(
                    (
                        (Status.ASSERTED, Status.CORROBORATED),
                        (Status.ASSERTED, Status.CORROBORATED, Status.DISPUTED, Status.REFUTED),
                        (Status.DISPUTED, Status.REFUTED),
                    )
                )
            ),
            "min_confidence": draw.choice((0.3, 0.5, 0.7)),
            "verified_only": True,
            "as_of": draw.choice(("2010", "2012-03", "2010-12-09")),
            "during": draw.choice((("2007", "2008-06"), ("2010-01-01", "2012"))),
            "known_at": draw.choice(("2011", "2014-02", "2015-12-31")),
            "doubt": draw.choice((0.25, 0.5, 1.0)),
            "include_claims": True,
            "avoid": (f"n{draw.randint(0, 13):02d}",),
        }
        chosen = {name: value for name, value in options.items() if self.chance(0.17)}
        if "as_of" in chosen:
            chosen.pop("during", None)
        if {"as_of", "during"} & chosen.keys() and self.chance(0.4):
            chosen["certain_dates"] = True
        return Filters.model_validate(chosen)

    def policy(self) -> HubPolicy:
        lift = tuple(each for each in PolicyRule if self.chance(0.2))
        return HubPolicy(max_degree=self.random.choice((2, 3, 4, 25)), lift=lift)

    def question(self, world: World, *, k: int = 100) -> PathQuery:
        ids = self.random.sample(sorted(world.entities), 4)
        several = self.chance(0.25)
        return PathQuery(
            sources=tuple(ids[: 1 + several]),
            targets=tuple(ids[2 : 3 + several]),
            k=k,
            max_hops=self.random.choice((1, 2, 3, 3, 4, 4, 5)),
            filters=self.filters(),
            policy=self.policy(),
        )
