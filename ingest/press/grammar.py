"""Which relations a sentence states between the parties that it names.

The sentence is read with its names masked («0», «1» …), so that a pattern sees grammar and never a
name. Each pattern says one thing, both ends stand in it, and a name that is part of a longer noun
("the «0» commander «1»") is no end. What no pattern fits proposes nothing: a missed row costs a
reader a minute, a wrong one costs trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.press.clauses import find_carried
from ingest.press.designations import find_reasons
from ingest.press.roles import VERBS, find_role
from ingest.press.sentence import (
    AFTER,
    ASIDE,
    BE,
    DESC,
    DET,
    LIST,
    MAX_SENTENCE,
    OBJECTS,
    PART,
    PREP,
    ROLES,
    SUBJECTS,
    Found,
    Masked,
    N,
    heads,
    iter_matches,
    pair,
    read_objects,
)

_WHOLE = rf"(?P<objects>{LIST})(?:{AFTER}|{PART})"
_COPULA = re.compile(rf"{SUBJECTS}{ASIDE}(?:,? (?:who|which))? {BE} {ROLES} {PREP} {_WHOLE}")
_APPOSED = re.compile(
    rf"{SUBJECTS}, (?:who is |which is )?(?:the |a |an |another )?{ROLES} {PREP} {_WHOLE}"
)
_POSSESSED = re.compile(
    rf"{SUBJECTS}{ASIDE} {BE} (?P<objects>{DET}{DESC}{N})(?:'s?)? {ROLES}(?=$|"
    rf"[.,;]| and| in| for| since| who| based| from| with)"
)
_APPOSED_POSSESSED = re.compile(  # "«0», a senior «1» commander,"
    rf"{SUBJECTS}, (?:who is |which is )?(?:(?:the|an?|another|two|three|both) )?"
    rf"(?P<objects>{DESC}{N})(?:'s?)? {ROLES}"
    r"(?=$|[.,;]| (?:and|in|for|since|who|based|from|with|responsible|at|during|under|are|is)\b)"
)
_INTRODUCED = re.compile(  # "two senior «0» leaders, «1» and «2»", "«0» officials, including «1»"
    rf"(?P<objects>{N})(?:'s?)? {ROLES}(?P<how>: |, including |,? such as | including |, )"
    rf"(?P<subjects>{LIST}){AFTER}"
)
_OWN = re.compile(  # "«0» and its leader, «1»"
    rf"(?P<objects>{N})(?:,? and|,|,? along with|,? as well as) (?:his|her|its) {ROLES},? "
    rf"(?P<subjects>{N}){AFTER}"
)
_HEAD_OF = re.compile(  # "the owner of «0», «1»,"
    rf"\b(?:[Tt]he|its|an?) {ROLES} {PREP} (?P<objects>{DET}{N}), (?P<subjects>{N})"
    r"(?=[,.;] (?!(?:and )?(?:the )?«)|\.?$| who\b)"
)
_GENITIVE = re.compile(
    rf"(?P<objects>{N})'s? {ROLES},? (?P<subjects>{N}){AFTER}"  # "«0»'s brother, «1»"
)
_VERB = re.compile(rf"{SUBJECTS}{ASIDE}(?:,? (?:who|which))? (?P<verb>{VERBS}) {OBJECTS}")
_PASSIVE = re.compile(
    rf"{SUBJECTS}{ASIDE}(?:,? (?:who|which|that))?(?: {BE}|,|, an? [^«»,;]{{2,110}}?)? "
    r"(?P<verb>(?:(?:partially|jointly|wholly|majority|fully|also|ultimately|"
    r"beneficially|directly|indirectly|both)[ -])*"
    r"(?:owned|controlled|managed|operated|run|led|headed|founded|established|directed|overseen|"
    r"presided over)(?:,? (?:and|or|and/or)? ?(?:owned|controlled|managed|operated|run|led|headed|"
    r"directed|overseen|founded))*(?:, directly or indirectly,)?) by,? (?:directly "
    r"or indirectly, )?"
    rf"{OBJECTS}"
)


def find_relations(masked: Masked) -> list[Found]:
    """The relations that a sentence states, in order; each once."""
    found: dict[tuple[str, str, str], Found] = {}
    text = masked.text
    if len(text) > MAX_SENTENCE:
        return []
    for finder in (_by_role, _by_verb, _by_passive, find_reasons, find_carried):
        for each in finder(text):
            names = masked.mentions[each.subject].name, masked.mentions[each.object].name
            if names[0] != names[1]:
                found.setdefault((names[0], each.role.name, names[1]), each)
    return sorted(found.values(), key=lambda each: (each.start, each.end))


def _by_role(text: str) -> Iterator[Found]:
    for pattern in (
        _COPULA,
        _APPOSED,
        _APPOSED_POSSESSED,
        _POSSESSED,
        _INTRODUCED,
        _GENITIVE,
        _HEAD_OF,
        _OWN,
    ):
        for match in iter_matches(pattern, text):
            roles = match["roles"]
            if pattern is _HEAD_OF and roles.endswith(("s", "men")):
                continue
            prep = match["prep"] if "prep" in match.groupdict() else "of"
            subjects = heads(match["subjects"])
            apposed = pattern in (_APPOSED, _APPOSED_POSSESSED)
            if apposed and not re.search(r", (?:two|three|four|both|all) ", match[0]):
                subjects = subjects[-1:]
            if pattern is _INTRODUCED and not (
                roles.endswith(("s", "men"))
                or ("'" in match[0].split()[0] and match["how"] == ", ")
            ):
                continue
            for role in find_role(roles, prep):
                yield from pair(match, subjects, read_objects(match), role, roles)


def _by_verb(text: str) -> Iterator[Found]:
    for match in iter_matches(_VERB, text):
        for role in find_role(match["verb"], "verb"):
            yield from pair(
                match, heads(match["subjects"]), read_objects(match), role, match["verb"]
            )


def _by_passive(text: str) -> Iterator[Found]:
    for match in iter_matches(_PASSIVE, text):
        subjects = heads(match["subjects"])
        if not re.search(
            rf"(?:{BE}) \S*$", match[0][: match.start("verb") - match.start()].strip() + " "
        ):
            subjects = subjects[-1:]
        for role in find_role(f"{match['verb']} by", "by"):
            yield from pair(match, subjects, read_objects(match), role, f"{match['verb']} by")
