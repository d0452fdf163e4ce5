"""Fills the shapes of `api.models` from the models of `graph` and `casework`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from api.models import (
    DISCLAIMER,
    Edge,
    EvidenceItem,
    ExploredCounts,
    FoundPath,
    Hit,
    LeftOut,
    Node,
    ResolvedBudget,
    ResolvedQuery,
    Statement,
    Step,
    WeakestStep,
)
from api.ports import Meta
from graph.model import Entity, Event, Evidence, Link, Stated
from graph.network import Answer, Hop, NearestQuery, Path, PathQuery
from ingest.disclaimers import find_disclaimers

if TYPE_CHECKING:
    from casework.search import SearchHit  # loads the names index


def make_envelope(
    meta: Meta, request_id: str, generated_at: str, as_of: str | None = None
) -> dict[str, Any]:
    """The parts of `Envelope`.

    `request_id` and `generated_at` are the only ones that differ between two equal answers.
    """
    return {
        "snapshot": meta.snapshot,
        "list_versions": meta.sources,
        "as_of": as_of,
        "generated_at": generated_at,
        "request_id": request_id,
        "config_hash": meta.config_hash,
        "disclaimer": make_disclaimer(version.dataset for version in meta.sources),
    }


def make_disclaimer(datasets: Iterable[str]) -> str:
    """What every answer says, and what publishers want said of the parties of their datasets."""
    return " ".join([DISCLAIMER, *find_disclaimers(datasets)])


def safe_url(text: str | None) -> str | None:
    """A web address that a client may turn into a link; None for any other scheme or form."""
    if not text or any(char.isspace() or not char.isprintable() for char in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.netloc else None


def to_node(entity: Entity) -> Node:
    """A party without its properties."""
    return Node(
        id=entity.id,
        schema_=entity.schema_,
        caption=entity.caption,
        kind=entity.kind.value,
        listed=entity.listed,
        topics=entity.topics,
        countries=entity.countries,
        datasets=entity.datasets,
        listings=entity.listings,
    )


def to_nodes(entities: Mapping[str, Entity]) -> dict[str, Node]:
    """Parties by id, in the order of the ids."""
    return {key: to_node(entities[key]) for key in sorted(entities)}


def _to_evidence(item: Evidence) -> EvidenceItem:
    url = safe_url(item.source_url)
    return EvidenceItem(
        stance=item.stance,
        by=item.by,
        on=item.on,
        relays=item.relays,
        source=item.dataset,
        record_id=item.record_id,
        title=item.source_title,
        url=url,
        reference=None if url else item.source_url,
        locator=item.locator,
        quote=item.quote,
        note=item.note,
        declared_status=item.declared_status,
        retrieved_at=item.retrieved_at,
        sha256=item.sha256,
        quotation=item.quotation,
        capture=item.capture,
    )


def _stated(item: Stated) -> dict[str, Any]:
    return {
        "id": item.id,
        "schema": item.schema_,
        "role": item.role,
        "source": item.source,
        "target": item.target,
        "start": item.start,
        "end": item.end,
        "status": item.status.value,
        "datasets": item.datasets,
        "evidence": tuple(_to_evidence(each) for each in item.evidence),
    }


def to_statement(event: Event) -> Statement:
    """An event of a timeline."""
    return Statement(**_stated(event))


def to_edge(link: Link) -> Edge:
    """A link with its evidence."""
    return Edge(
        **_stated(link),
        kind=link.kind.value,
        type=link.type,
        percentage=link.percentage,
        confidence=link.confidence,
        probability=link.probability,
        value=link.value,
        sharers=link.sharers,
    )


def to_edges(links: Mapping[str, Link]) -> dict[str, Edge]:
    """Links by id, in the order of the ids."""
    return {key: to_edge(links[key]) for key in sorted(links)}


def to_steps(hops: Iterable[Hop]) -> tuple[Step, ...]:
    """Hops, each with all its edges."""
    return tuple(Step(source=hop.source, target=hop.target, edges=hop.links) for hop in hops)


def to_path(path: Path) -> FoundPath:
    """One path in the words of the surface."""
    weakest = path.hops[path.weakest.hop] if path.hops else None
    return FoundPath(
        nodes=path.nodes,
        edges=tuple(hop.links[0] for hop in path.hops),
        steps=to_steps(path.hops),
        hops=path.length,
        strength=path.strength,
        weakest=WeakestStep(
            step=path.weakest.hop,
            edge=weakest.links[0] if weakest else "",
            why=path.weakest.why,
        ),
        disputed=path.disputed,
        claimed=path.claimed,
        merges_relied_on=path.identity_links,
        certain=path.certain,
        possible=path.possible,
        text=path.text,
    )


def to_hit(hit: SearchHit) -> Hit:
    """A possible match with its reasons."""
    return Hit(
        entity=to_node(hit.entity),
        score=hit.score,
        match=hit.match,
        log_odds=hit.log_odds,
        explanation=hit.explanation,
        text=hit.text,
    )


def _resolved(query: PathQuery | NearestQuery) -> dict[str, Any]:
    filters = query.filters
    return {
        "max_hops": query.max_hops,
        "direction": filters.direction,
        "types_allow": filters.types_allow,
        "types_deny": filters.types_deny,
        "datasets": filters.datasets,
        "statuses": tuple(status.value for status in filters.statuses),
        "min_confidence": filters.min_confidence,
        "verified_only": filters.verified_only,
        "as_of": filters.as_of,
        "during": filters.during,
        "certain_dates": filters.certain_dates,
        "known_at": filters.known_at,
        "doubt": filters.doubt,
        "include_claims": filters.include_claims,
        "avoid": filters.avoid,
        "max_degree": query.policy.max_degree,
        "lift": query.policy.lift,
        "budget": ResolvedBudget(edges=query.budget.links),
    }


def to_resolved(query: PathQuery | NearestQuery) -> ResolvedQuery:
    """What a request came to, with every default."""
    if isinstance(query, PathQuery):
        return ResolvedQuery(
            sources=query.sources,
            targets=query.targets,
            mode=query.mode,
            k=query.k,
            **_resolved(query),
        )
    return ResolvedQuery(
        sources=(query.source,), lists=query.lists, limit=query.limit, **_resolved(query)
    )


def to_completeness(answer: Answer, query: PathQuery | NearestQuery) -> dict[str, Any]:
    """The parts of `Completeness` that come from the network."""
    pruned = answer.pruned
    status: Literal["complete", "partial"] = answer.status
    return {
        "status": status,
        "stop_reason": answer.stop_reason,
        "completed_depth": answer.completed_depth,
        "explored": ExploredCounts.of(answer.explored),
        "pruned": LeftOut(
            hubs_met=pruned.hubs_met,
            hubs=pruned.hubs,
            hops_without_policy=pruned.hops_without_policy,
            rules=pruned.rules,
        ),
        "executed": answer.executed,
        "statement": answer.statement,
        "query": to_resolved(query),
        "nodes": to_nodes(answer.nodes),
        "edges": to_edges(answer.links),
    }
