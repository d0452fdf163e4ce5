"""Who is designated by a release, and the statutory reasons that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.press.roles import Role, find_role
from ingest.press.sentence import (
    AFTER,
    ASIDE,
    LIST,
    MAX_SENTENCE,
    NEGATED,
    SUBJECTS,
    Found,
    Masked,
    N,
    cross,
    heads,
    is_clause_subject,
    read_objects,
)

_MANY = rf"{LIST.replace(', ', '[,;] ')}"  # long lists have semicolons
# An apposition after the name may name others: "«0», a leader of «1», is being designated".
_LONG_ASIDE = rf"(?:{ASIDE}|, (?:an?|the|two|three|four|who|which|both|{N}'s?)\b[^;]{{2,180}}?,)"
# "two «0» financiers operating in Lebanon: «1» and «2»"
_INTRO = (
    r"(?:(?:(?!\b(?:for|by|who|which|support\w*)\b)[^«»:;]){0,120}?"
    rf"(?:{N}(?:'s?)?(?:(?!\b(?:for|by|who|which|support\w*)\b)[^«»:;]){{1,120}}?)?"
    r"(?:(?:s|men|people|network)(?:,| ?-| in [A-Z]\w+,)|:| including) ?(?:including |namely )?)?"
)
_EARLIER = re.compile(
    r"previously|\b(?:in|since|on) (?:[A-Z]\w+ (?:\d{1,2}, )?)?(?:19|20)\d\d|"
    r"earlier|last (?:year|month|week)|at the same time|\bwhom\b|\bhad\b"
)
_DESIGNATED = re.compile(
    rf"{SUBJECTS}{_LONG_ASIDE} (?:is|are|was|were|has been|have been)(?: also| being| today| "
    r"hereby| "
    r"each| both| concurrently| additionally)* (?:designated|sanctioned|listed|named)\b"
)
_DATED = re.compile(r"\b[Oo]n [A-Z][a-z]+ \d{1,2}, \d{4},")
_ALSO_DESIGNATED = re.compile(  # "… is the owner of «1» and is being designated for …"
    rf"{SUBJECTS}{ASIDE} (?:is|are|was|were|has|have|serves|served|acts|owns|manages)\b"
    r"(?![^.;]{0,260}? (?:is|are) being designated[^.;]{0,200}? being designated)"
    r"[^.;]{3,260}?,? (?:and|who) (?:is|are) (?:also )?being designated\b"
)
_DESIGNATES = re.compile(
    r"(?:(?:OFAC|Treasury|Department|State|action|Office|Control|today)\b[^«»]{0,40}?) "
    r"(?:is |has |have |are )?(?:also |today |additionally |concurrently |further )*"
    r"(?:designat(?:ed|es|ing)|sanction(?:ed|s|ing))"
    rf"(?: today| also)? {_INTRO}(?P<subjects>{_MANY}){AFTER}"
)
_NOUN = re.compile(
    r"(?:\b[Bb]y designating|\b(?:the|a) designations? of|\bimpos(?:ed|es|ing) sanctions on|"
    r"\bannounced sanctions against|\balso (?:being )?designated(?: today)? (?:is|are|was|were)|"
    r"\b[Aa]lso sanctioned(?: today)? (?:is|are)|\bto designate)"
    rf" {_INTRO}(?P<subjects>{_MANY}){AFTER}"
)
_FOR = re.compile(
    r"(?:pursuant to|under|,|today)[^«»]{0,120}?\bfor (?P<reason>.*)$|"
    r"^[^«»]{0,40}?\bfor (?P<plain>.*)$"
)


def find_designated(masked: Masked) -> list[int]:
    """The mentions of parties that a sentence says are designated by this action."""
    text = masked.text
    found: list[int] = []
    if len(text) > MAX_SENTENCE:
        return []
    for match in (*_DESIGNATED.finditer(text), *_ALSO_DESIGNATED.finditer(text)):
        around = match[0] + text[match.end() : match.end() + 30]
        now = re.search(r"today|being", around)
        if now and _is_now(text, match) and is_clause_subject(text, match.start("subjects")):
            found += heads(match["subjects"])
    for match in (*_DESIGNATES.finditer(text), *_NOUN.finditer(text)):
        if _is_now(text, match):
            found += heads(match["subjects"])
    return list(dict.fromkeys(found))


def _is_now(text: str, match: re.Match[str]) -> bool:
    """Whether nothing around a statement puts it into the past."""
    after = re.split(r" for |amended|«|;", text[match.end() : match.end() + 130])[0]
    before = text[max(0, match.start() - 60) : match.start()]
    around = before + match[0] + after
    if _DATED.search(text[: match.start()]) or "at that time" in around:
        return False
    return not NEGATED.search(match[0]) and not _EARLIER.search(around)


def find_reasons(text: str) -> Iterator[Found]:
    """Why OFAC designates: the statutory phrases after "for", about every designee named."""
    for pattern in (_DESIGNATED, _ALSO_DESIGNATED, _DESIGNATES):
        for match in pattern.finditer(text):
            if pattern is not _DESIGNATES and not is_clause_subject(text, match.start("subjects")):
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
            subjects = heads(match["subjects"])
            offset = match.end() + reason.start("reason")
            for role, objects, end, words in _reasons(reason["reason"]):
                for found in cross(subjects, objects, role):
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


_SHARED = (  # "owned by, and for acting on behalf of, «0»"
    r"(?:,? (?:and|or) (?:for )?(?:being|acting|having|providing|materially|to have)[^«»]{0,170}?"
    r"(?: of| to| for| by),?)?(?: directly or indirectly,?)?"
)


def _reasons(text: str) -> Iterator[tuple[Role, list[int], int, str]]:
    """The statutory phrases at the start of a text and after each "and for"."""
    starts = [
        0,
        *(
            m.end()
            for m in re.finditer(
                r"(?<!by, )\b(?:and|or|as well as) (?:also )?(?:for )?(?=having|being|acting|"
                r"owning|controlling|providing|"
                r"materially|his |her |its |their |supporting|assisting)",
                text,
            )
        ),
    ]
    for start in starts:
        part = text[start:]
        for name, phrase in _REASONS:
            match = re.match(
                rf"(?:{phrase}),?(?: directly or indirectly,?)?{_SHARED} (?P<objects>{LIST})"
                rf"(?:{AFTER}|'s? )",
                part,
            )
            if match and not NEGATED.search(match[0]):
                objects = read_objects(match)
                if re.match(r" for (?:acting|having|being|providing|owning)", part[match.end() :]):
                    objects = objects[:-1]  # the next designee and its reason
                for role in find_role(name, "reason"):
                    words = " ".join(
                        re.sub(r"«\d+»", "", match[0][: match.start("objects")]).split()
                    )
                    yield role, objects, start + match.end(), words
                break
