"""Statements whose subject does not stand beside them: "«0» …, and has provided support to «1»".

Each predicate is looked for alone; who it is about is found to its left: a name beside it, the name
that "who" points back to, or the subject of the sentence when no other subject stands between.
Where that is in doubt, nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.press.roles import (
    ACTS_FOR,
    ASSOCIATE,
    LEADS_GROUP,
    MEMBER,
    OWNER,
    SUPPORTS,
    VERBS,
    Role,
    find_role,
)
from ingest.press.sentence import (
    AFTER,
    BE,
    DESC,
    DET,
    LIST,
    NEGATED,
    OBJECTS,
    PART,
    PREP,
    ROLES,
    STOP,
    Found,
    N,
    heads,
    is_clause_subject,
    pair,
    read_objects,
)

# What may stand between the verb and "to": no other party, nobody unnamed who is the receiver.
_THING = (
    r"(?:(?!\b(?:who|which|that|whom|whose|members?|fighters?|officials?|operatives?|supporters?|"
    r"individuals?|famil(?:y|ies)|leaders?|commanders?|compan(?:y|ies)|associates?|ranging|"
    r"including|while|in order|from|through|via)\b)[^«»;:]){0,140}?"
)
_MATTER = (
    r"(?:support|assistance|services?|training|weapon\w*|arms|funds?|funding|financ\w+|money|dollars|"
    r"cash|material\w*|explosives?|equipment|components?|technolog\w+|goods|expertise|"
    r"logistic\w*|recruits?|donations?|credit|loans?|aid|millions?|\$\d[\d,.]*|revenue\w*|proceeds|"
    r"currency|contributions?|payments?|parts|missiles?|rockets?|UAVs?|drones?|oil|ammunition)\b"
)
_GIVE = (
    r"(?:provid(?:e|es|ed|ing)|giv(?:es|ing)|gave|contribut(?:es?|ed|ing)|donat(?:es?|ed|ing)|"
    r"deliver(?:s|ed|ing)?|suppl(?:ies|ied|ying)|funnel(?:s|ed|l?ing)?|channel(?:s|ed|l?ing)?|"
    r"transfer(?:s|red|ring)?|smuggl(?:es?|ed|ing)|sen(?:ds?|t|ding)|mov(?:es?|ed|ing))"
)
_GET = (
    r"(?:rais(?:es?|ed|ing)|mov(?:es?|ed|ing)|transfer(?:s|red|ring)?|launder(?:s|ed|ing)?|"
    r"procur(?:es?|ed|ing)|smuggl(?:es?|ed|ing)|collect(?:s|ed|ing)|solicit(?:s|ed|ing)|"
    r"acquir(?:es|ed|ing)|generat(?:es?|ed|ing)|facilitat(?:es?|ed|ing)|purchas(?:es?|ed|ing)|"
    r"secur(?:es?|ed|ing)|obtain(?:s|ed|ing)?)"
)
_DEEDS = (
    r"(?:[\w-]+ ){0,3}(?:activit(?:y|ies)|operations?|networks?|efforts?|campaigns?|objectives?|"
    r"agenda|goals?|programs?|apparatus|terrorism|attacks?|interests|finances?|infrastructure)"
)
_TAIL = rf"(?:'s?)? {_DEEDS}\b"
_BEHALF = (
    r"(?:on behalf of|at the behest of|(?:on|at|upon) the (?:instructions?|orders?|"
    r"request|direction) of)"
)
_PREDICATES: tuple[tuple[re.Pattern[str], Role], ...] = tuple(
    (
        re.compile(
            rf"(?P<verb>{phrase}) (?P<objects>{LIST})(?:{_TAIL if role is SUPPORTS else '(?!)'}"
            rf"|{AFTER})"
        ),
        role,
    )
    for phrase, role in (
        (rf"\b{_GIVE} {_THING}\b{_MATTER}{_THING}\b(?:to|for|(?:to or )?in support of),?",
         SUPPORTS),
        (r"\b(?:materially )?assist(?:s|ed)?(?: in)?, sponsor(?:s|ed)?,? or provid(?:es?|ed)"
         r"[^«»]{0,200}?(?:to|for|of),?", SUPPORTS),
        (r"\b(?:assum(?:es|ed)|t(?:akes|ook)) (?:over )?(?:the )?(?:leadership|command) of",
         LEADS_GROUP),
        (r"\bh(?:olds?|eld|as|ave) (?:an? )?[\d.]+ ?(?:percent|%)[^«»]{0,30}? (?:of|in)", OWNER),
        (rf"\b{_GET} {_THING}\b{_MATTER}{_THING}\b(?:for|in support of),?", SUPPORTS),
        (r"\b(?:financ(?:es|ed|ing)|support(?:s|ed|ing)|assist(?:s|ed|ing)|sponsor(?:s|ed|ing)|"
         r"fund(?:s|ed|ing)|facilitat(?:es|ed|ing))(?: in)?", SUPPORTS),
        (r"\b(?:work|coordinat|collaborat|conspir)(?:s|es|ed|ing)? "
         r"(?:closely |directly |together )?with", ASSOCIATE),
        (r"\b(?:join(?:ed|ing)|fought for|belong(?:s|ed) to)", MEMBER),
    )
)  # fmt: skip
_ADVERBIALS = re.compile(rf"\b(?P<verb>{_BEHALF}) (?P<objects>{LIST}){AFTER}")
_VERBS = re.compile(rf"\b(?P<verb>{VERBS}) {OBJECTS}")
_COPULAS = (
    re.compile(rf"\b(?P<verb>{BE}) {ROLES} {PREP} (?P<objects>{LIST})(?:{AFTER}|{PART})"),
    re.compile(
        rf"\b(?P<verb>{BE}) (?P<objects>{DET}{DESC}{N})(?:'s?)? {ROLES}"
        r"(?=$|[.,;]| (?:and|in|for|since|who|based|from|with|responsible|at|during|under)\b)"
    ),
)
_DONE = (
    r"(?:owned|controlled|managed|operated|run|led|headed|founded|established|directed|overseen)"
)
_PASSIVES = re.compile(
    rf"\b(?:{BE} )?(?P<verb>(?:(?:wholly|jointly|partially|majority|also|ultimately)[ -])*{_DONE}"
    rf"(?:,? (?:and|or|and/or) ?{_DONE})*) by {OBJECTS}"
)
_ADVERB = (
    r"(?: (?:also|has|have|had|been|then|later|currently|previously|formerly|subsequently|"
    r"personally|directly|knowingly|actively|in turn|additionally|continues? to|continued to|"
    r"helped(?: to)?|helps|regularly|once|both|often|further|materially|financially))*"
)
_BESIDE = re.compile(rf"^(?P<who>,? (?:who|which|that))?{_ADVERB}(?P<ing> (?:is|was|were|been))? $")
_CONNECTED = re.compile(
    r"(?:^|[ ,])(?P<link>and|but|,|by|including(?: by)?|while|he|she|it|they|through|"
    rf"in addition to|after|before|for|where he|as well as){_ADVERB} $"
)
_POINTED = re.compile(rf"(?P<how>,| (?:is|was|has been|are|were)) (?:an?|the|one of|two|three) "
                      rf"[^,;]{{3,110}} (?:who|which|that){_ADVERB} $")  # fmt: skip
_PURPOSE = re.compile(
    r"\b(?:used|utilized|worked|coordinated|helped|conspired|collaborated|travell?ed|partnered|"
    rf"relied)\b[^.;]*? to{_ADVERB} $"
)
_PRIOR = re.compile(
    rf"(?P<name>{N})(?:,| and|, and|,? as well as) "
    r"(?:(?:the|an?|[\w.]+-(?:based|designated|linked|registered)) )*$"
)
_FINITE = re.compile(
    r"^(?:,? (?:who|which|that))?(?: (?:also|then|later|reportedly))* "
    r"(?:is|was|are|were|has|have|had|did|led|ran|held|sent|gave|made|became|took|sold|bought|met|"
    r"[a-z]+ed|owns|provides|serves|works|leads|manages|operates|supports|acts|uses|runs|controls)\b"
)
# The nearest name: with a longer description, "«0» recruited other «1»" would be one item.
_FIRST = rf"{DET}(?:(?!(?:{STOP})\b)(?:[\w.'/$%&-]+|{N}(?:'s?)?) ){{0,8}}?{N}"
_OPENING = re.compile(
    rf"^(?:(?:[^«»,;:]{{1,110}}, ){{0,2}}|.{{0,80}}\b(?:indicates?|shows?|showed) that )"
    rf"(?P<subjects>{_FIRST}(?:, {_FIRST})*(?:,? (?:and|as well as) {_FIRST})?)"
    rf"(?={AFTER}|{_FINITE.pattern[1:]})"
)
_UNCERTAIN = re.compile(
    r"\b(?:reportedly|allegedly|likely|believed|suspected|purported|presented himself)\b"
)


def find_carried(text: str) -> Iterator[Found]:
    """The relations of predicates to a subject that is found on their left."""
    for pattern, role in _PREDICATES:
        for match in pattern.finditer(text):
            yield from _relate(text, match, [role], find_subjects(text, match.start()))
    for match in _ADVERBIALS.finditer(text):
        subjects = find_subjects(text, match.start()) or _main_subjects(text, match.start())
        yield from _relate(text, match, [ACTS_FOR], subjects)
    for match in _VERBS.finditer(text):
        subjects = find_subjects(text, match.start())
        yield from _relate(text, match, find_role(match["verb"], "verb"), subjects)
    for match in _PASSIVES.finditer(text):
        subjects = find_subjects(text, match.start())
        yield from _relate(text, match, find_role(f"{match['verb']} by", "by"), subjects)
    for pattern in _COPULAS:
        for match in pattern.finditer(text):
            prep = match["prep"] if "prep" in match.groupdict() else "of"
            subjects = find_subjects(text, match.start())
            yield from _relate(text, match, find_role(match["roles"], prep), subjects)


def _relate(
    text: str, match: re.Match[str], roles: list[Role], subjects: list[int]
) -> Iterator[Found]:
    around = text[max(0, match.start() - 40) : match.end()]
    if not subjects or NEGATED.search(around) or _UNCERTAIN.search(around):
        return
    for role in roles:
        yield from pair(match, subjects, read_objects(match), role, match["verb"])


def find_subjects(text: str, at: int) -> list[int]:
    """The numbers of the names that a predicate is about; empty when in doubt."""
    left = text[:at]
    gap = left.rpartition("»")[2]
    if gap == left:
        return []
    if beside := _BESIDE.match(gap):
        if beside["ing"] and not re.match(r"\w+ing\b", text[at:]):
            return []
        before = left[: len(left) - len(gap)]
        if beside["who"] and re.search(rf",? (?:of|for|by|at|to) (?:the )?{N}$", before):
            return _main_subjects(text, at)  # "an employee of «1», who …"
        return _list_before(before, bool(beside["who"]))
    if pointed := _POINTED.search(left):
        before = left[: pointed.start()]
        return _list_before(before, pointed["how"] == ",") if before.endswith("»") else []
    if _CONNECTED.search(left) or _PURPOSE.search(left):
        return _main_subjects(text, at)
    return []


def _list_before(left: str, only_last: bool) -> list[int]:
    """The names of the list that ends a text, if it can be a subject."""
    start = left.rindex("«")
    found = [int(left[start + 1 : -1])]
    if only_last:
        return found
    while prior := _PRIOR.search(left[:start]):
        start = prior.start()
        found.insert(0, int(prior["name"][1:-1]))
    return found if is_clause_subject(left, start) else []


def _main_subjects(text: str, at: int) -> list[int]:
    """The subject that begins the sentence, unless another one stands before a place."""
    opening = _OPENING.match(text[:at])
    if opening is None or not is_clause_subject(text, opening.start("subjects")):
        return []
    found = heads(opening["subjects"])
    end = opening.end("subjects")
    if not found:
        return []
    for other in re.finditer(N, text[end:at]):
        if _FINITE.match(text[end + other.end() : at]):
            joined = re.search(r"[^,] and(?: also)? $", text[:at])
            relative = re.match(r",? (?:who|which) ", text[end + other.end() :])
            found = [int(other[0][1:-1])] if joined and relative else []
            if not found:
                return []
    return found
