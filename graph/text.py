"""The one plain-language text of a path or an answer: page, terminal, report and API show the same.

It says who stated what and when, and the scope of what was not found. It never calls anybody
guilty: a path is no evidence of wrongdoing. Names come from lists and are hostile text: whoever
shows this text escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.model import LEDGER, Entity, Evidence, Link, LinkKind, Listing, Status
from graph.network import Nearest, NearestQuery, Path, PathQuery, PolicyRule, Pruned
from graph.vocabulary import EDGE_LABELS

POLICY_WORDS = {
    PolicyRule.HUBS: "an organisation that many parties are tied to carries no path",
    PolicyRule.FAMILY: "family carries no path to or through an unlisted relative",
    PolicyRule.SHARED_VALUES: "widely shared premises and values carry no path",
    PolicyRule.SHARED_PRINCIPAL: (
        "a shared principal or payer is no tie between its agents: no way up and down again"
    ),
}


def describe_path(path: Path, links: Mapping[str, Link], entities: Mapping[str, Entity]) -> str:
    """One paragraph for one path: a sentence a hop, then when, how strong, on what it rests."""
    sentences = []
    for hop in path.hops:
        said = "; ".join(describe_link(links[each], entities) for each in hop.links)
        sentences.append(f"{said}.")
    for each in path.identity_links:
        link = links[each]
        sentences.append(
            f"This path rests on the inference that {entities[link.source].caption} is "
            f"{entities[link.target].caption}: {_identity_words(link)}."
        )
    if path.claimed:
        sentences.append("It needs a claim that nobody independent confirms.")
    elif path.disputed:
        sentences.append("At least one hop is disputed: both statements are shown.")
    sentences.append(describe_when(path))
    return " ".join(sentences)


def describe_link(link: Link, entities: Mapping[str, Entity]) -> str:
    """What a link states, its status, and by whom."""
    source, target = entities[link.source].caption, entities[link.target].caption
    words = f"{source} – {link_words(link)} – {target}"
    dates = date_words(link.start, link.end)
    sources = [item for item in link.evidence if item.stance == "asserts"]
    denials = [item for item in link.evidence if item.stance == "denies"]
    by = ", ".join(dict.fromkeys(_by(item) for item in sources))
    text = f"{words}{', ' + dates if dates else ''} ({link.status}: {by})"
    if denials:
        text += f", denied by {', '.join(dict.fromkeys(_by(item) for item in denials))}"
    return text


def link_words(link: Link) -> str:
    """What the link is: its role, or its schema's own label."""
    if link.kind is LinkKind.DERIVED:
        return f"{link.role}: {link.value}" if link.value else link.role
    words = link.role or EDGE_LABELS.get(link.schema_, link.schema_)
    if link.percentage is not None:
        words += f", {_share(link)}"
    return f"{words} (claimed)" if link.kind is LinkKind.CLAIM else words


def _share(link: Link) -> str:
    share = link.percentage
    assert share is not None  # noqa: S101 - the caller checked
    if share.minimum == share.maximum:
        return f"{share.minimum:g} %"
    low = f"{'more than' if share.minimum_open else 'at least'} {share.minimum:g} %"
    high = f"{'less than' if share.maximum_open else 'at most'} {share.maximum:g} %"
    return f"{low}, {high}"


def _by(item: Evidence) -> str:
    words = item.by
    if item.relays and item.relays.casefold() not in item.by.casefold():
        words += f", via {item.relays}"
    return f"{words}, {item.on}" if item.on else f"{words}, undated"


def _identity_words(link: Link) -> str:
    said = [item for item in link.evidence if item.stance == "asserts"]
    judged = [item for item in said if item.dataset == LEDGER]
    if link.status is Status.CONFIRMED:
        return f"confirmed by {', '.join(dict.fromkeys(map(_by, judged or said)))}"
    proposed = ", ".join(dict.fromkeys(_by(item) for item in said if item not in judged))
    chance = "probability not stated" if link.probability is None else f"{link.probability:.0%}"
    undecided = f"{_by(judged[0])} is unsure" if judged else "not decided by anybody"
    return f"proposed by {proposed}, {chance}, {undecided}"


def date_words(start: str | None, end: str | None) -> str:
    """A link's dates as published; empty when it has none."""
    if start and end:
        return f"from {_date(start)} to {_date(end)}"
    if start:
        return f"since {_date(start)}"
    return f"until {_date(end)}" if end else ""


def _date(text: str) -> str:
    if text.startswith("[.."):
        return f"{text[3:-1]} at the latest"
    if text.startswith("["):
        return f"{text[1:-3]} at the earliest"
    if text.endswith("~"):
        return f"about {text[:-1]}"
    first, slash, last = text.partition("/")
    return f"some time between {first} and {last}" if slash else text


def describe_listing(listing: Listing) -> str:
    """By whom, under which programmes, since when; a report of a listing says that it is one."""
    programs = f" ({', '.join(listing.programs)})" if listing.programs else ""
    since = f" since {_date(listing.since)}" if listing.since else ""
    words = f"listed by {listing.authority}{programs}{since}"
    if listing.until:
        words += f", delisted by {_date(listing.until)}"
    if listing.reported:
        words = f"reported by {listing.dataset} as {words}"
    return f"{words}, but on none of the lists loaded" if listing.unconfirmed else words


def describe_when(path: Path) -> str:
    """When all hops held at once: certainly, possibly, or never."""
    if not path.possible:
        return "By the dates stated, its hops never held at once."
    possible = _intervals(path.possible)
    if not path.certain:
        return f"Possibly all at once {possible}; on no day for certain."
    certain = _intervals(path.certain)
    if certain == possible:
        return f"Certainly all at once {certain}."
    return f"Certainly all at once {certain}; possibly {possible}."


def _intervals(intervals: Sequence[tuple[str | None, str | None]]) -> str:
    return " and ".join(_interval(first, last) for first, last in intervals)


def _interval(first: str | None, last: str | None) -> str:
    if first and first == last:
        return f"on {first}"
    if first and last:
        return f"from {first} to {last}"
    if first:
        return f"from {first}, end unknown"
    return f"until {last}, start unknown" if last else "at times unknown"


def why_weak(links: Sequence[Link]) -> str:
    """Why a hop is the one to check first."""
    best = links[0]
    origins = {item.by for link in links for item in link.evidence if item.stance == "asserts"}
    if best.kind is LinkKind.CLAIM:
        return "a claim that nobody independent confirms"
    if best.status is Status.DISPUTED:
        return "disputed"
    if best.kind is LinkKind.DERIVED:
        return f"computed from a value that {best.sharers} parties share"
    if len(origins) == 1:
        return f"stated by {next(iter(origins))} alone"
    return f"stated by {len(origins)} sources"


def why_inferred(link: Link, entities: Mapping[str, Entity]) -> str:
    """Why an identity is what to check first."""
    names = f"{entities[link.source].caption} is {entities[link.target].caption}"
    return f"needs that {names}: {_identity_words(link)}"


def describe_paths(
    query: PathQuery,
    paths: Sequence[Path],
    entities: Mapping[str, Entity],
    *,
    completed: int,
    partial: bool,
    pruned: Pruned,
    exhausted: bool,
    indeterminate: int,
    snapshot: str,
) -> str:
    """What the answer covers: for "no path" its whole scope."""
    ends = f"{_list(query.sources, entities)} and {_list(query.targets, entities)}"
    scope = f"in snapshot {snapshot}{_filters(query)}"
    if partial:
        head = f"{len(paths)} found, but the search is incomplete: its budget ended it at"
        return f"Between {ends}: {head} {completed} hops, {scope}. There may be more."
    if paths:
        more = " There may be more; ask for a larger k." if len(paths) == query.k else ""
        number = f"{len(paths)} path{'s' if len(paths) > 1 else ''}"
        return f"Between {ends}: {number} of at most {query.max_hops} hops, {scope}.{more}"
    text = f"No path of at most {query.max_hops} hops between {ends}, {scope}."
    if exhausted:
        text += " All that one side can reach under this policy was searched, at any length."
    if indeterminate:
        text += (
            f" {indeterminate} link{'s' if indeterminate > 1 else ''} of a path may, but need not,"
            " have been published by then: the sources' dates do not say."
        )
    return text + _hidden(pruned, f"A path of {pruned.hops_without_policy} hops exists")


def describe_nearest(
    query: NearestQuery,
    source: Entity,
    nearest: Sequence[Nearest],
    *,
    partial: bool,
    pruned: Pruned,
    snapshot: str,
) -> str:
    """What the answer covers, for "none" too."""
    lists = f" of {', '.join(query.lists)}" if query.lists else ""
    scope = f"within {query.max_hops} hops of {source.caption}, in snapshot {snapshot}"
    if partial:
        return f"{len(nearest)} listed parties{lists} found {scope}; the search is incomplete."
    if nearest:
        return f"{len(nearest)} listed part{'ies' if len(nearest) > 1 else 'y'}{lists} {scope}."
    asked = "under the filters and the hub policy asked"
    text = f"No listed party{lists} found {scope}, {asked}."
    return text + _hidden(pruned, f"A listed party is {pruned.hops_without_policy} hops away")


def _hidden(pruned: Pruned, found: str) -> str:
    """What the hub policy hides, when it hides all there is."""
    if not pruned.measured:
        return " Whether the hub policy hides one was not found out: the budget was spent."
    if pruned.hops_without_policy is None:
        return ""
    rules = "; ".join(POLICY_WORDS[each] for each in pruned.rules)
    every = "several of its rules together refuse it"
    return f" {found} if the hub policy is lifted ({rules or every})."


def _list(ids: Sequence[str], entities: Mapping[str, Entity]) -> str:
    names = [entities[each].caption if each in entities else each for each in ids]
    return (
        names[0]
        if len(names) == 1
        else f"any of {', '.join(names[:3])}{' …' if len(names) > 3 else ''}"
    )


def _filters(query: PathQuery) -> str:
    stated = query.filters.model_dump(exclude_defaults=True)
    stated |= (
        {"hub rules lifted": [str(each) for each in query.policy.lift]} if query.policy.lift else {}
    )
    if not stated:
        return " under the default policy"
    words = ", ".join(
        f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in stated.items()
    )
    return f" under {words}"


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(str(each) for each in value)
    return "yes" if value is True else str(value)
