"""One link and what stands behind it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType

from cuibono.render.dates import describe_date
from cuibono.render.layout import QUIET, WARNING, count, join, line
from graph.model import Entity, Event, Evidence, Link, LinkKind, Stated, Status
from graph.text import date_words, link_words

_VERBS: dict[LinkKind | None, str] = {
    LinkKind.DERIVED: "computed by",
    LinkKind.IDENTITY: "proposed by",
    LinkKind.CLAIM: "claimed by",
}
_CONTESTED = {Status.DISPUTED, Status.REFUTED}


def caption(nodes: Mapping[str, Entity], entity_id: str) -> str:
    """What a party is called in this answer, else its id."""
    entity = nodes.get(entity_id)
    return entity.caption if entity else entity_id


def describe_relation(link: Link) -> str:
    """The type of the link and what the source calls it, with the share it states."""
    if link.kind is LinkKind.IDENTITY:
        return "same as"
    return f"{link.type}: {link_words(link)}"


def describe_link(link: Link, nodes: Mapping[str, Entity]) -> str:
    """Both ends in the direction that the source states, the relation, dates and status."""
    if link.kind is LinkKind.DERIVED:
        facts = [f"derived: {count(link.sharers, 'party shares', 'parties share')} it"]
    elif link.kind is LinkKind.IDENTITY:
        facts = [f"status {link.status}", describe_probability(link)]
    else:
        dates = date_words(link.start, link.end) or "no dates stated"
        facts = [dates, f"status {link.status}"]
    if link.confidence is not None:
        facts.append(f"confidence {link.confidence:g}")
    ends = f"{caption(nodes, link.source)} → {caption(nodes, link.target)}"
    return f"{ends}: {describe_relation(link)} ({'; '.join(facts)})"


def describe_probability(link: Link) -> str:
    """The probability of an identity; one that nobody stated is not made up."""
    if link.probability is None:
        return "probability not stated"
    return f"probability {link.probability:g}"


def describe_source(evidence: Evidence, verb: str = "asserted by") -> str:
    """Who said or denied it, when, and whom that source repeats."""
    verb = "denied by" if evidence.stance == "denies" else verb
    when = f"on {describe_date(evidence.on)}" if evidence.on else "on a date not stated"
    relays = f", via {evidence.relays}" if evidence.relays else ""
    return f"{verb} {evidence.by} {when}{relays}"


def describe_check(evidence: Evidence) -> str:
    """Whether the quotation is in the archived copy of its source; empty: nothing to look for."""
    if evidence.quotation is None:
        return ""
    copy = f"copy {evidence.capture[:12]}…" if evidence.capture else ""
    match evidence.quotation:
        case "verified":
            return f"quotation verified in the archived {copy}"
        case "not found":
            return f"quotation NOT FOUND in the archived {copy}"
        case _:
            reason = f"the archived {copy} is not searchable" if copy else "no archived copy"
            return f"quotation not checked: {reason}"


def iter_evidence(stated: Stated, level: int) -> Iterator[RenderableType]:
    """Every source with title, address and quotation, denials last."""
    kind = stated.kind if isinstance(stated, Link) else None
    verb = _VERBS.get(kind, "asserted by")
    for evidence in sorted(stated.evidence, key=lambda item: item.stance == "denies"):
        style = WARNING if evidence.stance == "denies" else ""
        yield line(describe_source(evidence, verb), level=level, style=style)
        source = join([evidence.source_title or "", evidence.source_url or ""])
        where = f"{source} · " if source else ""
        yield line(
            f"{where}{evidence.dataset} {evidence.record_id} ({evidence.locator})",
            level=level + 1,
            style=QUIET,
        )
        if evidence.quote:
            yield line(f"“{evidence.quote}”", level=level + 1)
        if checked := describe_check(evidence):
            bad = evidence.quotation == "not found"
            yield line(checked, level=level + 1, style=WARNING if bad else QUIET)
        if evidence.note:
            yield line(f"note: {evidence.note}", level=level + 1, style=QUIET)


def iter_link(link: Link, nodes: Mapping[str, Entity], level: int) -> Iterator[RenderableType]:
    """A link and its evidence."""
    style = WARNING if link.status in _CONTESTED or link.kind is LinkKind.CLAIM else ""
    yield line(describe_link(link, nodes), level=level, style=style)
    yield from iter_evidence(link, level + 1)


def iter_event(event: Event, nodes: Mapping[str, Entity], level: int) -> Iterator[RenderableType]:
    """A dated fact and its evidence."""
    yield line(
        f"{_describe_day(event)}: "
        f"{caption(nodes, event.source)} – "
        f"{event.role or event.schema_} – {caption(nodes, event.target)} (status {event.status})",
        level=level,
    )
    yield from iter_evidence(event, level + 1)


def _describe_day(event: Event) -> str:
    """An event with one date happened then; it did not begin to hold."""
    if event.start and not event.end:
        return describe_date(event.start)
    return date_words(event.start, event.end) or "date not stated"


def describe_inference(link: Link, nodes: Mapping[str, Entity]) -> str:
    """The identity that a path relies on, by name, with who proposed it."""
    by = join(sorted({item.by for item in link.evidence if item.stance == "asserts"}))
    left, right = caption(nodes, link.source), caption(nodes, link.target)
    if link.status is Status.CONFIRMED:
        return f"rests on the confirmed judgement that {left} is {right}, by {by}"
    return (
        f"rests on the inference that {left} is {right}, proposed by {by}, "
        f"{describe_probability(link)}"
    )
