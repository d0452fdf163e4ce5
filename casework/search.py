"""Finds parties by name, says why each fits, and what was checked.

A name match is not identity: a hit is a possible match for a person to judge. An empty answer names
the lists and dates that were checked, and never reads as a clearance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from casework.ids import find_by_id
from casework.model import (
    DEFAULT_THRESHOLD,
    Facet,
    Facets,
    ListVersion,
    SearchQuery,
    Total,
)
from entity_resolution.evidence import Facts, FeatureResult, MatchResult, Query
from entity_resolution.features import families
from entity_resolution.index import NamesIndex
from entity_resolution.normalise.names import parse_name
from entity_resolution.normalise.places import find_place
from graph.errors import AmbiguousName, ResolutionError
from graph.model import Entity, Frozen, LinkKind, PropertyValue, Status
from graph.network import Filters, NeighbourQuery, Network

# Candidates that the index is asked for: facets and conditions look at no more than these, so
# that more are taken where conditions will drop some.
MAX_CANDIDATES = 100
MAX_CANDIDATES_NARROWED = 500
# In nats: the evidence for the best must be some four times that for the next.
CLEAR_LEAD = 1.4
_NAMED = 50
_EQUAL_PROPERTIES = ("name", "alias", "previousName")
# Without its legal form a primary name is no better than an alias: a group's firms share the rest.
_EQUALITY = (
    (_EQUAL_PROPERTIES[:1], True),
    (_EQUAL_PROPERTIES[1:], True),
    (_EQUAL_PROPERTIES, False),
)
_ANY = 0.01
# Below the cutoff, so many hits are looked at for names that begin with the text.
_SHORT_FORM = 0.2
_SHORT_FORMS = 20
_YEAR = re.compile(r"\b\d{4}\b")
_ABOUT = re.compile(r"\b(?:circa|approximately|about|c\.)")
_HOW_WORDS = {
    "consonants": "same consonants",
    "edit": "similar spelling",
    "spelling": "variant spelling",
}


class SearchHit(Frozen):
    """A party whose name fits; not a finding that it is the party meant."""

    entity: Entity
    score: float
    match: bool
    log_odds: float
    explanation: tuple[FeatureResult, ...]
    text: str


class SearchAnswer(Frozen):
    """Hits, best first, and the scope of the search."""

    results: tuple[SearchHit, ...]
    facets: Facets
    total: Total
    next_offset: int | None
    snapshot: str
    lists: tuple[ListVersion, ...]
    statement: str


def search(
    names: NamesIndex, network: Network, lists: Sequence[ListVersion], query: SearchQuery
) -> SearchAnswer:
    """Parties whose names fit, with reasons; not who they are.

    Conditions are applied to what the names index found, so that a very common name can hide a
    party that only a condition would single out; `total` and the statement then say so.

    Args:
        names: Index of the snapshot that the network shows.
        network: Gives the entities, and their attributes for the score.
        lists: What is loaded; named in the statement.
        query: The name and the conditions.
    """
    narrowed = bool(query.schemas or query.topics or query.countries or query.sources)
    most = MAX_CANDIDATES_NARROWED if narrowed else MAX_CANDIDATES
    pool = names.search(
        Query(name=query.q),
        limit=most,
        threshold=query.threshold,
        cutoff=min(query.cutoff, _SHORT_FORM),
        facts=_find_facts(network, query.q),
    )
    entities = network.get_entities([result.entity_id for result in pool])
    hits = [
        _make_hit(query.q, result, entities[result.entity_id])
        for result in pool
        if result.entity_id in entities and _admits(query, entities[result.entity_id])
    ]
    # What a text is the beginning of is shown below the cutoff too, and never as a match.
    near = [hit for hit in hits if hit.score < query.cutoff][:_SHORT_FORMS]
    begun = {hit.entity.id for hit in near if _begins(query.q, hit)}
    hits = [hit for hit in hits if hit.score >= query.cutoff or hit.entity.id in begun]
    end = query.offset + query.limit
    cut = len(pool) >= most
    statement = _describe_scope(query, len(hits), lists)
    if cut:
        statement += f" Only the {most} names that come nearest were looked at: there may be more."
    return SearchAnswer(
        results=tuple(hits[query.offset : end]),
        facets=_count_facets(hits),
        total=Total(value=len(hits), relation="gte" if cut else "eq"),
        next_offset=end if end < len(hits) else None,
        snapshot=network.snapshot,
        lists=tuple(lists),
        statement=statement,
    )


def _find_facts(network: Network, text: str) -> Callable[[list[str]], Mapping[str, Facts]] | None:
    """How attributes are fetched; None where a name alone is asked for, to which none can speak.

    A place that the name holds ("Grand Stores, Banjul") is what they are compared with. Reading
    them takes most of a search's time.
    """
    if find_place(parse_name(text, "organisation").tokens) is None:
        return None
    return lambda ids: _gather_facts(network, ids)


def _gather_facts(network: Network, entity_ids: Sequence[str]) -> dict[str, Facts]:
    return {
        entity_id: Facts(
            countries=entity.countries,
            birth_dates=tuple(map(_birth_date, entity.properties.get("birthDate", ()))),
            topics=entity.topics,
            places=tuple(entity.values("city")),
        )
        for entity_id, entity in network.get_entities(entity_ids).items()
    }


def _birth_date(stated: PropertyValue) -> str:
    """A date of birth with the doubt that its publisher states: about a year, or between two."""
    original = (stated.original or "").casefold()
    years = _YEAR.findall(original)
    if " to " in original and len(years) == 2 and years[0] <= years[1]:
        return f"{years[0]}/{years[1]}"
    return f"{stated.value}~" if _ABOUT.search(original) else stated.value


def _admits(query: SearchQuery, entity: Entity) -> bool:
    return (
        (not query.schemas or _is_any(entity.schema_, query.schemas))
        and _meets(query.topics, entity.topics)
        and _meets(query.countries, entity.countries)
        and _meets(query.sources, entity.datasets)
        and (query.fuzzy or find_equal_name(query.q, entity) is not None)
    )


def _is_any(name: str, wanted: tuple[str, ...]) -> bool:
    from followthemoney import model  # half a second: only for who asks for schemata

    schema = model.get(name)
    return schema is not None and any(map(schema.is_a, wanted))


def _meets(wanted: tuple[str, ...], held: tuple[str, ...]) -> bool:
    return not wanted or not set(wanted).isdisjoint(held)


def find_equal_name(text: str, entity: Entity, *, same_form: bool = False) -> str | None:
    """The property of an entity's name that equals a text, or None.

    Case, accents, punctuation and script are set aside, and the order of a person's names; nothing
    else is. A primary name goes before an alias. A weak alias never counts: it only confirms.

    Args:
        text: A name.
        entity: Who may have it.
        same_form: Whether legal forms must be equal too; otherwise one that only one side states is
            set aside as well.
    """
    asked = {family: parse_name(text, family) for family in families(entity.schema_)}
    for prop in _EQUAL_PROPERTIES:
        for value in entity.values(prop):
            for family, name in asked.items():
                other = parse_name(value, family)
                stated = (name.legal_forms, other.legal_forms)
                agree = stated[0] == stated[1] or (not same_form and not all(stated))
                pair = (name.tokens, other.tokens)
                if family == "person":
                    pair = (tuple(sorted(name.tokens)), tuple(sorted(other.tokens)))
                if agree and name.tokens and pair[0] == pair[1]:
                    return prop
    return None


def _make_hit(text: str, result: MatchResult, entity: Entity) -> SearchHit:
    return SearchHit(
        entity=entity,
        score=result.score,
        match=result.match,
        log_odds=result.log_odds,
        explanation=result.features,
        text=_describe_hit(text, result),
    )


def _describe_hit(text: str, result: MatchResult) -> str:
    """One sentence with both names as given, what agrees, what does not, and the score."""
    named = next((each for each in result.features if each.tokens or each.unmatched), None)
    verb = "fits" if result.match else "is like"
    if named is None:
        return f"“{text}” {verb} {result.entity_id}: score {result.score:.2f}."
    where = ", ".join(part for part in (named.property, named.dataset) if part)
    reasons = [
        f"{pair.query} equal"
        if pair.query == pair.candidate
        else f"{pair.query} ~ {pair.candidate} ({_HOW_WORDS.get(pair.how, pair.how)})"
        for pair in named.tokens
    ]
    for side, words in (("query", "not in the name found"), ("candidate", "only in it")):
        missing = [each.token for each in named.unmatched if each.side == side]
        reasons += [f"{words}: {' '.join(missing)}"] if missing else []
    reasons += [
        f"{each.name.replace('_', ' ')} {each.query or '–'} / {each.candidate or '–'}"
        for each in result.features
        if each is not named and each.name != "prior" and each.log_odds
    ]
    return (
        f"“{named.query}” {verb} “{named.candidate}”{f' ({where})' if where else ''}: "
        f"{'; '.join(reasons)}; score {result.score:.2f}."
    )


def _count_facets(hits: Sequence[SearchHit]) -> Facets:
    def count(values: Iterable[str]) -> tuple[Facet, ...]:
        counted = Counter(values)
        ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Facet(value=value, count=number) for value, number in ordered)

    entities = [hit.entity for hit in hits]
    return Facets(
        countries=count(each for entity in entities for each in set(entity.countries)),
        datasets=count(each for entity in entities for each in set(entity.datasets)),
        schemas=count(entity.schema_ for entity in entities),
        topics=count(each for entity in entities for each in set(entity.topics)),
    )


def describe_lists(lists: Sequence[ListVersion]) -> str:
    """The lists with their dates, as one phrase."""
    if not lists:
        return "none is loaded"
    return "; ".join(
        f"{each.dataset}, "
        + (f"published {each.published}" if each.published else "publication date not stated")
        + (", out of date" if each.stale else "")
        for each in lists
    )


def _describe_scope(query: SearchQuery, found: int, lists: Sequence[ListVersion]) -> str:
    checked = [each for each in lists if not query.sources or each.dataset in query.sources]
    conditions = [
        f"{name} {', '.join(values)}"
        for name, values in (
            ("schema", query.schemas),
            ("topic", query.topics),
            ("country", query.countries),
        )
        if values
    ] + ([] if query.fuzzy else ["only equal names"])
    limits = f" (conditions: {'; '.join(conditions)})" if conditions else ""
    what = {0: "No party found", 1: "1 possible match"}.get(found, f"{found} possible matches")
    return (
        f"{what} at or above {query.cutoff:.2f} in the lists checked{limits}: "
        f"{describe_lists(checked)}."
    )


def require_party(
    names: NamesIndex, network: Network, lists: Sequence[ListVersion], text: str
) -> str:
    """The id of the party that a text means: for questions about one party, not for screening.

    An id wins, whatever its case. Then a primary name that equals the text, an alias that does,
    either but for a legal form (`find_equal_name`). Then a match at or above the default threshold
    whose log-odds lead those of every other party by `CLEAR_LEAD`. Then the only organisation of
    which the text is the beginning ("Western Union" of Western Union Financial Services), unless
    only generic words agree. Parties joined by a confirmed identity count as one.

    Raises:
        AmbiguousName: When several parties fit; with their ids.
        ResolutionError: When none does; names the lists checked.
    """
    entity = find_by_id(network, text)
    if entity is not None:
        return entity.id
    # Almost no cutoff: an equal name is meant even where it would be no evidence, as "Trust Bank".
    query = SearchQuery(q=text, limit=_NAMED, cutoff=_ANY) if text.strip() else None
    hits = search(names, network, lists, query).results if query else ()
    for properties, same_form in _EQUALITY:
        fitting = [
            hit
            for hit in hits
            if find_equal_name(text, hit.entity, same_form=same_form) in properties
        ]
        if fitting:
            return _require_one(network, text, fitting)
    matches = [hit for hit in hits if hit.match]
    if matches:
        best = matches[0].log_odds
        return _require_one(
            network, text, [hit for hit in hits if best - hit.log_odds < CLEAR_LEAD]
        )
    begun = [hit for hit in hits if _is_short_for(text, hit)]
    if begun:
        return _require_one(network, text, begun)
    raise ResolutionError(
        f"No party found for {text!r} at or above {DEFAULT_THRESHOLD:.2f} in the lists checked: "
        f"{describe_lists(lists)}. `cuibono search --cutoff 0.1` shows what comes near."
    )


def _is_short_for(text: str, hit: SearchHit) -> bool:
    """Whether a text that is more than generic words is the beginning of an organisation's name."""
    generic = any(feature.name == "insufficient" for feature in hit.explanation)
    return not generic and _begins(text, hit)


def _begins(text: str, hit: SearchHit) -> bool:
    """Whether an organisation's name or alias begins with a text; a person's is no short form."""
    words = parse_name(text, "organisation").tokens
    if not words or families(hit.entity.schema_) == ("person",):
        return False
    return any(
        parse_name(value, "organisation").tokens[: len(words)] == words
        for prop in _EQUAL_PROPERTIES
        for value in hit.entity.values(prop)
    )


def _require_one(network: Network, text: str, hits: Sequence[SearchHit]) -> str:
    best = hits[0].entity.id
    others = [hit for hit in hits[1:] if hit.entity.id not in _find_same(network, best)]
    if not others:
        return best
    raise AmbiguousName(
        text, [(hit.entity.id, hit.entity.caption, hit.score) for hit in (hits[0], *others)]
    )


def _find_same(network: Network, entity_id: str) -> set[str]:
    """Parties that confirmed identity links join to one, over any number of links."""
    found, waiting = {entity_id}, [entity_id]
    while waiting:
        page = network.neighbours(
            NeighbourQuery(source=waiting.pop(), filters=Filters(types_allow=("SameAs",)))
        )
        confirmed = {
            end
            for link in page.links.values()
            if link.kind is LinkKind.IDENTITY and link.status is Status.CONFIRMED
            for end in (link.source, link.target)
        }
        waiting += confirmed - found
        found |= confirmed
    return found
