"""Which relations a sentence states between the parties that it names.

The sentence is read with its names masked («0», «1» …), so that a pattern sees grammar and never a
name. Each pattern says one thing, both ends stand in it, and a name that is part of a longer noun
("the «0» commander «1»") is no end. What no pattern fits proposes nothing: a missed row costs a
reader a minute, a wrong one costs trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.press.names import Mention
from ingest.press.roles import ROLE_NOUNS, VERBS, Role, find_role


@dataclass(frozen=True, slots=True)
class Found:
    """A relation in a sentence: ends by the place of their mention, role, where it stands."""

    subject: int  # FollowTheMoney's source side
    object: int
    role: Role
    words: str  # the role as the sentence has it
    start: int  # characters of the masked sentence
    end: int


class Masked(NamedTuple):
    """A sentence with numbers for names, and where each of its characters was."""

    text: str
    mentions: tuple[Mention, ...]
    places: tuple[int, ...]


MAX_SENTENCE = 1500  # characters; longer ones are lists of identifiers, and slow to search
_N = r"«\d+»"
# Words that cannot stand between a role and its object's name: they begin something else.
_STOP = (
    "that|which|who|whom|whose|to|for|by|with|in|of|from|and|or|but|his|her|its|their|is|was|are|"
    "were|has|had|have|on|at|as|into|through|via|than|not|against|including|between|where|when|while|"
    "controls|owns|operates|manages|serves|works|leads|holds|runs|uses|used|worked|served|acted|"
    "acts|provides|provided|also|oversees|heads|directs|employs|founded|established"
)
_STOP_IN_ROLES = _STOP.replace("|and|or|", "|")
_DESC = rf"(?:(?!(?:{_STOP})\b)(?:[\w.'/$%&-]+|{_N}(?:'s?)?) ){{0,8}}"
_DET = r"(?:(?:the|a|an|both|all|several|two|three|four|five|many) )?"
_ITEM = rf"{_DET}{_DESC}{_N}"
_LIST = rf"(?:both )?{_ITEM}(?:, {_ITEM})*(?:,? (?:and|as well as) {_ITEM})?"
# What may follow an end: no noun, or it would be a part of that noun.
_AFTER = (
    r"(?=$|[.;:)\"]|,|-| (?:and|or|but|who|which|that|in|on|at|from|for|to|by|with|as|since|"
    r"through|via|while|when|where|after|before|during|under|pursuant|is|was|were|are|has|have|"
    r"had|until|because|using|based|located|also|between|within|outside|despite|prior|an?|the|"
    r"serves?|served|throughout|among|along|until|both|whom|whose|currently|previously|following|"
    r"alongside|responsible|together|did|does|can|could|would|will|may|operat(?:es|ed|ing)|"
    r"engag(?:es|ed|ing)|provid(?:es|ed|ing)|designated|own(?:s|ed)|act(?:s|ed)|"
    r"work(?:s|ed)|us(?:es|ed)|he|she|it|they|"
    r"beginning|starting|circa|(?:so|then) )\b| \()"
)
_BE = (
    r"(?:(?:also|currently|previously|formerly|reportedly|both|now|then|"
    r"subsequently|together|each) )*"
    r"(?:is|was|are|were|has been|have been|had been|became|remains|serves?|served|has served|"
    r"have served|had served|acts|acted|has acted|works|worked|has worked|functions|functioned|"
    r"is identified|was identified|has been identified|is known|is listed|was listed|"
    r"was appointed|is registered)"
    r"(?: (?:also|currently|previously|formerly|reportedly|both|now|once|still|jointly|been|"
    r"concurrently|since|together|each))*"
    r"(?: as)?"
)
_ASIDE = r"(?:,[^,«»]{2,90},|,| (?:is|was) (?:a|an|one of) [^«».;]{2,90} who)?"
# Up to the last of "the founder, chairman and majority owner": `find_role` reads the others. One
# bounded run of words: a repetition within a repetition would take for ever on a long sentence.
_ROLES = (
    r"(?P<roles>(?:one of (?:the |its |several )?)?"
    rf"(?:(?!(?:{_STOP_IN_ROLES})\b)[\w.'/$%&-]+,? ){{0,13}}?{ROLE_NOUNS})"
)
_PREP = r"(?P<prep>of|for|to|in|at|with|within)"
_OBJECTS = rf"(?P<objects>{_LIST}){_AFTER}"
_SUBJECTS = rf"(?<![\w.'/$%&-])(?P<subjects>{_LIST})"
_EARLIER = re.compile(
    r"previously|\b(?:in|since|on) (?:[A-Z]\w+ (?:\d{1,2}, )?)?(?:19|20)\d\d|"
    r"earlier|last (?:year|month|week)"
)
_ALIASES = re.compile(
    rf",? (?:a\.?k\.?a\.?|f\.?k\.?a\.?|n\.?k\.?a\.?|d\.?b\.?a\.?|also known as|formerly known as|"
    rf"better known as|doing business as|formerly),? {_N}(?:,? (?:and|or) {_N})?"
)
_LEADING = re.compile(
    r"(?:^|(?<= ))(?:the|a|an|its|his|her|their|both|[\w.]+-(?:based|born|linked|"
    r"registered|controlled))$"
)
_JOINED = re.compile(rf"{_N},? (?:and|or|as well as)$|{_N},$")
_GOVERNED = re.compile(
    r"(?:^|\b)(?:of|by|for|with|to|from|in|on|at|into|including|through|via|between|as|or|like|"
    r"against|than|using|about|within|among|under|after|before|that of|name[ds]?|"
    r"call(?:s|ed))$|'s?$|»$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|nor|neither|denied|denies|alleged(?:ly)?|falsely|attempted|sought|"
    r"tried|plan(?:s|ned)|would|could|may|might|wants?|wanted|intend(?:s|ed)|if|whether|unless|"
    r"replaced|instead|respective(?:ly)?|successor|predecessor)\b"
)

_COPULA = re.compile(rf"{_SUBJECTS}{_ASIDE}(?:,? (?:who|which))? {_BE} {_ROLES} {_PREP} {_OBJECTS}")
_APPOSED = re.compile(
    rf"{_SUBJECTS}, (?:who is |which is )?(?:the |a |an |another )?{_ROLES} {_PREP} {_OBJECTS}"
)
_POSSESSED = re.compile(
    rf"{_SUBJECTS}{_ASIDE} {_BE} (?P<objects>{_DET}{_DESC}{_N})(?:'s?)? {_ROLES}(?=$|"
    rf"[.,;]| and| in| for| since| who| based| from| with)"
)
_GENITIVE = re.compile(
    rf"(?P<objects>{_N})'s? {_ROLES},? (?P<subjects>{_N}){_AFTER}"  # "«0»'s brother, «1»"
)
_VERB = re.compile(rf"{_SUBJECTS}{_ASIDE}(?:,? (?:who|which))? (?P<verb>{VERBS}) {_OBJECTS}")
_PASSIVE = re.compile(
    rf"{_SUBJECTS}{_ASIDE}(?:,? (?:who|which|that))?(?: {_BE}|,)? "
    r"(?P<verb>(?:(?:partially|jointly|wholly|majority|fully|also|ultimately|"
    r"beneficially|directly|indirectly|both)[ -])*"
    r"(?:owned|controlled|managed|operated|run|led|headed|founded|established|directed|overseen|"
    r"presided over)(?:,? (?:and|or|and/or)? ?(?:owned|controlled|managed|operated|run|led|headed|"
    r"directed|overseen|founded))*(?:, directly or indirectly,)?) by,? (?:directly "
    r"or indirectly, )?"
    rf"{_OBJECTS}"
)
_DESIGNATED = re.compile(
    rf"{_SUBJECTS}{_ASIDE} (?:is|are|was|were|has been|have been)(?: also| being| today| hereby| "
    r"each| both| concurrently| additionally)* (?:designated|sanctioned|listed|named)\b"
)
_ALSO_DESIGNATED = re.compile(  # "… is the owner of «1» and is being designated for …"
    rf"{_SUBJECTS}{_ASIDE} (?:is|are|was|were|has|have|serves|served|acts|owns|manages)\b"
    r"(?![^.;]{0,260}? (?:is|are) being designated[^.;]{0,200}? being designated)"
    r"[^.;]{3,260}?,? (?:and|who) (?:is|are) (?:also )?being designated\b"
)
_DESIGNATES = re.compile(
    r"(?:(?:OFAC|Treasury|Department|State|action|Office|Control|today)\b[^«»]{0,40}?) "
    r"(?:is |has |have |are )?(?:also |today |additionally |concurrently |further )*"
    r"(?:designat(?:ed|es|ing)|sanction(?:ed|s|ing))"
    rf"(?: today| also)? (?P<subjects>{_LIST}){_AFTER}"
)
_FOR = re.compile(
    r"(?:pursuant to|under|,|today)[^«»]{0,120}?\bfor (?P<reason>.*)$|"
    r"^[^«»]{0,40}?\bfor (?P<plain>.*)$"
)


def mask(sentence: str, mentions: Sequence[Mention]) -> Masked:
    """A sentence with its mentions as numbers; what stands in parentheses is left out."""
    parts: list[tuple[str, int]] = []
    at = 0
    for number, mention in enumerate(mentions):
        parts += [(char, at + offset) for offset, char in enumerate(sentence[at : mention.start])]
        parts += [(char, mention.start) for char in f"«{number}»"]
        at = mention.end
    parts += [(char, at + offset) for offset, char in enumerate(sentence[at:])]
    text = "".join(char for char, _ in parts)
    keep = [True] * len(text)
    for match in re.finditer(r" ?\([^()]*\)", text):
        keep[match.start() : match.end()] = [False] * (match.end() - match.start())
    for match in _ALIASES.finditer(text):
        keep[match.start() : match.end()] = [False] * (match.end() - match.start())
    kept = [part for part, stays in zip(parts, keep, strict=True) if stays]
    return Masked("".join(c for c, _ in kept), tuple(mentions), tuple(p for _, p in kept))


def find_relations(masked: Masked) -> list[Found]:
    """The relations that a sentence states, in order; each once."""
    found: dict[tuple[str, str, str], Found] = {}
    text = masked.text
    if len(text) > MAX_SENTENCE:
        return []
    for finder in (_by_role, _by_verb, _by_passive, _by_reason):
        for each in finder(text):
            names = masked.mentions[each.subject].name, masked.mentions[each.object].name
            if names[0] != names[1]:
                found.setdefault((names[0], each.role.name, names[1]), each)
    return sorted(found.values(), key=lambda each: (each.start, each.end))


def find_designated(masked: Masked) -> list[int]:
    """The mentions of parties that a sentence says are designated by this action."""
    text = masked.text
    found: list[int] = []
    if len(text) > MAX_SENTENCE:
        return []
    for match in (*_DESIGNATED.finditer(text), *_ALSO_DESIGNATED.finditer(text)):
        around = match[0] + text[match.end() : match.end() + 30]
        now = re.search(r"today|being", around)
        if now and _is_now(text, match) and _is_clause_subject(text, match.start("subjects")):
            found += _heads(match["subjects"])
    for match in _DESIGNATES.finditer(text):
        if _is_now(text, match):
            found += _heads(match["subjects"])
    return list(dict.fromkeys(found))


def _is_now(text: str, match: re.Match[str]) -> bool:
    """Whether nothing around a statement puts it into the past."""
    around = text[max(0, match.start() - 60) : match.end() + 40]
    return not _NEGATED.search(match[0]) and not _EARLIER.search(around)


def _by_role(text: str) -> Iterator[Found]:
    for pattern in (_COPULA, _APPOSED, _POSSESSED, _GENITIVE):
        for match in _iter_matches(pattern, text):
            roles = match["roles"]
            prep = match["prep"] if "prep" in match.groupdict() else "of"
            if pattern is _APPOSED and len(_heads(match["subjects"])) > 1:
                subjects = _heads(match["subjects"])[-1:]
            else:
                subjects = _heads(match["subjects"])
            for role in find_role(roles, prep):
                yield from _pair(match, subjects, _objects(match), role, roles)


def _by_verb(text: str) -> Iterator[Found]:
    for match in _iter_matches(_VERB, text):
        for role in find_role(match["verb"], "verb"):
            yield from _pair(match, _heads(match["subjects"]), _objects(match), role, match["verb"])


def _by_passive(text: str) -> Iterator[Found]:
    for match in _iter_matches(_PASSIVE, text):
        subjects = _heads(match["subjects"])
        if not re.search(
            rf"(?:{_BE}) \S*$", match[0][: match.start("verb") - match.start()].strip() + " "
        ):
            subjects = subjects[-1:]
        for role in find_role(f"{match['verb']} by", "by"):
            yield from _pair(match, subjects, _objects(match), role, f"{match['verb']} by")


def _by_reason(text: str) -> Iterator[Found]:
    """Why OFAC designates: the statutory phrases after "for", about every designee named."""
    for pattern in (_DESIGNATED, _ALSO_DESIGNATED, _DESIGNATES):
        for match in pattern.finditer(text):
            if pattern is not _DESIGNATES and not _is_clause_subject(text, match.start("subjects")):
                continue
            rest = text[match.end() :]
            reason = re.search(
                r"\bfor,? (?:on or after [A-Z]\w+ \d+, \d{4},? )?(?P<reason>(?:having|being|"
                r"owning|acting|providing|knowingly|"
                r"materially|support\w*|assisting|their|his|its|her|leading|"
                r"controlling|directing|financ\w+)\b.*)$",
                rest,
            )
            if reason is None or re.search(
                r"; |[a-z]\. |\b(?:while|who|which)\b|«\d+»", rest[: reason.start()]
            ):
                continue
            subjects = _heads(match["subjects"])
            offset = match.end() + reason.start("reason")
            for role, objects, end, words in _reasons(reason["reason"]):
                for found in _cross(subjects, objects, role):
                    yield Found(*found, role, words, match.start(), offset + end)


_REASONS = (
    (
        "owned or controlled",
        r"(?:being |having been )?(?:owned|controlled)[^«»]{0,40}? by"
        r"(?:, or[^«»]{0,90}?on behalf of)?",
    ),
    ("acts for", r"(?:having )?act(?:ed|ing)[^«»]{0,50}? (?:for or )?on behalf of"),
    (
        "owns or controls",
        r"(?:having )?(?:own(?:ed|ing|s)?|controll(?:ed|ing))\b"
        r"(?!,? (?:by|or controlled by))[^«»]{0,50}?",
    ),
    (
        "leads",
        r"(?:being|having been|serving as) (?:a |an |the )?(?:former |senior )?"
        r"(?:leaders?|officials?|executive officers?)[^«»]{0,60}? of",
    ),
    ("member", r"(?:being|having been) (?:a )?(?:member)s? of"),
    (
        "supports",
        r"(?:(?:their|his|its|her|providing|continued|ongoing|material|financial) )+"
        r"support (?:to|for|of)|supporting",
    ),
    (
        "supports",
        r"(?:having |knowingly |their |his |its |her |the )*(?:materially |material |financial )*"
        r"(?:assist|sponsor|provid|support|financ)[^«»]{0,190}?"
        r"(?:support of|support to|support for|services to|assist(?:ing|ed)|support(?:ing|ed)?|"
        r"assistance to|services for)",
    ),
)


def _reasons(text: str) -> Iterator[tuple[Role, list[int], int, str]]:
    """The statutory phrases at the start of a text and after each "and for"."""
    starts = [
        0,
        *(
            m.end()
            for m in re.finditer(
                r"\band (?:also )?(?:for )?(?=having|being|acting|owning|providing|materially)",
                text,
            )
        ),
    ]
    for start in starts:
        part = text[start:]
        for name, phrase in _REASONS:
            match = re.match(
                rf"(?:{phrase}),?(?: directly or indirectly,?)? (?P<objects>{_LIST}){_AFTER}", part
            )
            if match and not _NEGATED.search(match[0]):
                objects = _objects(match)
                if re.match(r" for (?:acting|having|being|providing|owning)", part[match.end() :]):
                    objects = objects[:-1]  # the next designee and its reason
                for role in find_role(name, "reason"):
                    words = " ".join(
                        re.sub(r"«\d+»", "", match[0][: match.start("objects")]).split()
                    )
                    yield role, objects, start + match.end(), words
                break


def _iter_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches, overlapping ones as well, whose subject is one and which nothing negates."""
    at = 0
    while match := pattern.search(text, at):
        at = text.index("»", match.start()) + 1
        if _is_clause_subject(text, match.start("subjects")) and not _NEGATED.search(match[0]):
            yield match


def _is_clause_subject(text: str, at: int) -> bool:
    """Whether a name can be the subject: nothing before it makes it part of something else."""
    before = text[:at].rstrip()
    while match := _LEADING.search(before):
        before = before[: match.start()].rstrip()
    if not before or before[-1] in '.;:"':
        return True
    if joined := _JOINED.search(before):  # one of a list: what holds for the first holds for it
        return _is_clause_subject(text, joined.start())
    return not _GOVERNED.search(before)


def _heads(text: str) -> list[int]:
    """The numbers of the names of a list that are ends: not part of a longer noun."""
    if "," in text and not re.search(r"\b(?:and|as well as)\b", text):
        text = text.rpartition(", ")[2]  # no list: what is before the comma is another clause
    found = []
    for match in re.finditer(r"«(\d+)»", text):
        after = text[match.end() :]
        if text[: match.start()].endswith("» "):  # part of a longer name
            continue
        if not after or re.match(r",|$|(?:,? (?:and|as well as) )", after):
            found.append(int(match[1]))
    return found


def _objects(match: re.Match[str]) -> list[int]:
    """The ends after a relation, without one that begins the next clause ("… of A and B is …")."""
    found = _heads(match["objects"])
    after = match.string[match.end("objects") :]
    if len(found) > 1 and re.match(r" (?:is|was|are|were|has|have|had|serves?|served)\b", after):
        return found[:-1]
    return found


def _pair(
    match: re.Match[str], subjects: list[int], objects: list[int], role: Role, words: str
) -> Iterator[Found]:
    for subject, target in _cross(subjects, objects, role):
        yield Found(subject, target, role, " ".join(words.split()), match.start(), match.end())


def _cross(
    subjects: Sequence[int], objects: Sequence[int], role: Role
) -> Iterator[tuple[int, int]]:
    for subject in subjects:
        for target in objects:
            if subject != target:
                yield (target, subject) if role.turned else (subject, target)
