"""What a report holds, arranged for reading. Pure: equal input gives equal content, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import urlsplit

from casework.model import ListVersion
from casework.search import SearchAnswer
from graph.model import Entity, Event, Evidence, Frozen, Link, LinkKind, Status
from graph.network import (
    HubPolicy,
    NearestAnswer,
    NearestQuery,
    Path,
    PathAnswer,
    PathQuery,
    PolicyRule,
)
from graph.text import POLICY_WORDS, date_words, describe_listing, describe_when, link_words

WORDING = (
    "A possible match is a name that fits, not an identity. A path is a chain of links that "
    "sources report, not a finding about anyone on it.",
    "“Listed” means that a named list names the party. “Asserted” rests on one origin, "
    "“corroborated” on two that do not repeat one another. “Disputed” means that someone denies "
    "it, “refuted” that the denial settles it; a refuted link carries no path.",
    "Derived links are computed from shared values, such as premises; nobody stated them.",
    "Dates and shares are as precise as their sources: an unknown date is unknown.",
)
_WEB = ("http", "https")
Style = Literal["stated", "derived", "identity", "claim"]
_STYLES: dict[LinkKind, Style] = {
    LinkKind.RELATIONSHIP: "stated",
    LinkKind.DERIVED: "derived",
    LinkKind.IDENTITY: "identity",
    LinkKind.CLAIM: "claim",
}
_STATUS_WORDS = {
    Status.ASSERTED: "one origin",
    Status.CORROBORATED: "independent origins",
    Status.DISPUTED: "someone denies it",
    Status.REFUTED: "denied, and settled",
    Status.SUPERSEDED: "replaced by a later statement",
    Status.CONFIRMED: "confirmed by a person or an identifier",
    Status.PROPOSED: "inferred, not decided",
    Status.REJECTED: "judged to be different",
}


class ReportInput(Frozen):
    """Everything that a report rests on. `made_on` is a date text: reports have no clock."""

    question: str
    made_on: str
    version: str
    snapshot: str
    config_hash: str
    lists: tuple[ListVersion, ...]
    searches: tuple[SearchAnswer, ...] = ()
    query: PathQuery | NearestQuery | None = None
    answer: PathAnswer | NearestAnswer | None = None
    events: tuple[Event, ...] = ()
    not_checked: tuple[str, ...] = ()


class Party(Frozen):
    """A node of a path."""

    id: str
    name: str
    schema_name: str
    kind: str
    listed: bool
    listings: tuple[str, ...]


class Source(Frozen):
    """One piece of evidence. `link` is set only for web addresses."""

    number: int
    denies: bool
    by: str
    on: str
    relays: str
    title: str
    quote: str
    note: str
    link: str
    address: str
    where: str
    sha256: str
    quotation: str  # whether the quotation is in the archived copy of its source
    capture: str  # SHA-256 of that copy


class LinkView(Frozen):
    """A link as a row of an evidence table."""

    id: str
    words: str
    left: str
    right: str
    forward: bool
    dates: str
    status: str
    meaning: str
    style: Style
    disputed: bool
    refuted: bool
    sources: tuple[Source, ...]


class HopView(Frozen):
    """One step: from a party to the next one, by one or more links."""

    number: int
    left: Party
    right: Party
    links: tuple[LinkView, ...]
    weakest: bool


class PathView(Frozen):
    """One path with its drawing, evidence and text."""

    number: int
    title: str
    hops: tuple[HopView, ...]
    identities: tuple[LinkView, ...]
    strength: str
    weakest: str
    when: str
    disputed: bool
    claimed: bool
    text: str


def make_paths(report: ReportInput) -> tuple[PathView, ...]:
    """The answer's paths in its order; those of a nearest answer name the listed party."""
    answer = report.answer
    if answer is None:
        return ()
    if isinstance(answer, PathAnswer):
        return tuple(
            _make_path(number, f"Path {number}", path, answer)
            for number, path in enumerate(answer.paths, 1)
        )
    return tuple(
        _make_path(
            number, f"Nearest {number}: {_caption(answer.nodes, item.entity)}", item.path, answer
        )
        for number, item in enumerate(answer.nearest, 1)
    )


def _make_path(number: int, title: str, path: Path, answer: PathAnswer | NearestAnswer) -> PathView:
    hops = tuple(
        HopView(
            number=place + 1,
            left=make_party(answer.nodes, hop.source),
            right=make_party(answer.nodes, hop.target),
            links=tuple(
                make_link(answer.links[link], answer.nodes, start=hop.source)
                for link in hop.links
                if link in answer.links
            ),
            weakest=place == path.weakest.hop,
        )
        for place, hop in enumerate(path.hops)
    )
    return PathView(
        number=number,
        title=title,
        hops=hops,
        identities=make_links(path.identity_links, answer),
        strength=f"{path.strength:.2f}",
        weakest=f"hop {path.weakest.hop + 1}: {path.weakest.why}",
        when=describe_when(path),
        disputed=path.disputed,
        claimed=path.claimed,
        text=path.text,
    )


def make_party(nodes: Mapping[str, Entity], entity_id: str) -> Party:
    """A party; one that the answer does not hold keeps its id as its name."""
    entity = nodes.get(entity_id)
    if entity is None:
        return Party(
            id=entity_id, name=entity_id, schema_name="", kind="", listed=False, listings=()
        )
    return Party(
        id=entity.id,
        name=entity.caption,
        schema_name=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", entity.schema_).lower(),
        kind="" if entity.kind.value == "party" else entity.kind.value,
        listed=entity.listed,
        listings=tuple(describe_listing(listing) for listing in entity.listings),
    )


def make_links(ids: Iterable[str], answer: PathAnswer | NearestAnswer) -> tuple[LinkView, ...]:
    """Those of the ids that the answer holds."""
    return tuple(
        make_link(answer.links[each], answer.nodes) for each in ids if each in answer.links
    )


def make_link(link: Link, nodes: Mapping[str, Entity], *, start: str | None = None) -> LinkView:
    """A link, read from the party where the step starts (`start`), or from its source."""
    forward = start is None or link.source == start or link.target != start
    words = "same as" if link.kind is LinkKind.IDENTITY else link_words(link)
    return LinkView(
        id=link.id,
        words=words,
        left=_caption(nodes, link.source),
        right=_caption(nodes, link.target),
        forward=forward,
        dates=date_words(link.start, link.end) or "dates not stated",
        status=link.status.value,
        meaning=_describe_status(link),
        style=_STYLES[link.kind],
        disputed=link.status is Status.DISPUTED,
        refuted=link.status in (Status.REFUTED, Status.REJECTED),
        sources=make_sources(link.evidence),
    )


def _describe_status(link: Link) -> str:
    if link.kind is LinkKind.DERIVED and link.status is Status.ASSERTED:
        return f"computed from a value that {link.sharers or 'some'} parties share"
    if link.kind is not LinkKind.IDENTITY:
        return _STATUS_WORDS[link.status]
    chance = "not stated" if link.probability is None else f"{link.probability:.2f}"
    return f"{_STATUS_WORDS[link.status]}; probability {chance}"


def make_sources(evidence: Iterable[Evidence]) -> tuple[Source, ...]:
    """Evidence in stated order."""
    return tuple(
        Source(
            number=number,
            denies=item.stance == "denies",
            by=item.by,
            on=item.on or "undated",
            relays=item.relays or "",
            title=item.source_title or "",
            quote=item.quote or "",
            note=item.note or "",
            link=find_web_address(item.source_url),
            address=item.source_url or "",
            where=f"{item.dataset}, record {item.record_id}, {item.locator}",
            sha256=item.sha256,
            quotation=item.quotation or "",
            capture=item.capture or "",
        )
        for number, item in enumerate(evidence, 1)
    )


def find_web_address(text: str | None) -> str:
    """The text if it is a web address that may become a link; empty for anything else."""
    if not text or any(char.isspace() or not char.isprintable() for char in text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in _WEB and parts.netloc else ""


def _caption(nodes: Mapping[str, Entity], entity_id: str) -> str:
    entity = nodes.get(entity_id)
    return entity.caption if entity else entity_id


def describe_scope(report: ReportInput) -> list[tuple[str, str]]:
    """What was asked, as (name, value), every default spelt out."""
    query = report.query
    if query is None:
        return []
    nodes = report.answer.nodes if report.answer else {}

    def names(ids: Iterable[str]) -> str:
        return "; ".join(f"{_caption(nodes, each)} [{each}]" for each in ids)

    if isinstance(query, PathQuery):
        rows = [
            ("From", names(query.sources)),
            ("To", names(query.targets)),
            ("Paths asked for", f"{query.k} ({query.mode.replace('_', ' ')})"),
        ]
    else:
        rows = [
            ("From", names([query.source])),
            ("To", f"the nearest listed parties, at most {query.limit}"),
            ("Lists that count", ", ".join(query.lists) or "all"),
        ]
    filters = query.filters
    during = f"{filters.during[0]} to {filters.during[1]}" if filters.during else ""
    return [
        *rows,
        ("Hops, at most", str(query.max_hops)),
        ("Valid at", filters.as_of or during or "any time"),
        ("Published by", filters.known_at or "any time"),
        ("Dates", "certain" if filters.certain_dates else "possible"),
        ("Link types", ", ".join(filters.types_allow) or "all"),
        ("Link types left out", ", ".join(filters.types_deny) or "none"),
        ("Statuses", ", ".join(each.value for each in filters.statuses)),
        ("Datasets", ", ".join(filters.datasets) or "all"),
        ("Direction", filters.direction),
        ("Confidence, at least", f"{filters.min_confidence:g}"),
        ("Evidence", "found in archived copies only" if filters.verified_only else "all"),
        ("Doubt admitted about identity", f"{filters.doubt:g}"),
        ("Claims", "may carry a path" if filters.include_claims else "carry no path"),
        ("Parties avoided", names(filters.avoid) or "none"),
        ("Hub policy", _describe_policy(query.policy)),
        ("Search budget", f"{query.budget.links:,} link ends".replace(",", " ")),
    ]


def _describe_policy(policy: HubPolicy) -> str:
    lifted = ", ".join(rule.value.replace("_", " ") for rule in policy.lift)
    return f"hub above {policy.max_degree} links; rules lifted: {lifted or 'none'}"


def describe_not_checked(report: ReportInput) -> list[str]:
    """What the answer does not cover, from the query, the answer and the caller."""
    said = [
        "Anything that the lists and evidence named under “Data” do not hold: other lists, "
        "registries, accounts, and what nobody has published.",
    ]
    query, answer = report.query, report.answer
    if query is not None:
        said.append(f"Connections of more than {query.max_hops} hops.")
        if not query.filters.include_claims:
            said.append("Paths over claims that nobody independent confirms.")
        if query.filters.doubt == 0:
            said.append("Paths over identities that were inferred and not confirmed.")
        held = [rule for rule in PolicyRule if rule not in query.policy.lift]
        said += [f"Paths that the hub policy refuses: {POLICY_WORDS[rule]}." for rule in held]
    if answer is not None and answer.status == "partial":
        said.append("The search met its budget: connections may exist that it did not reach.")
    if any(item.stale for item in report.lists):
        said.append("Newer versions of the lists that are marked as out of date.")
    return [*said, *report.not_checked]
