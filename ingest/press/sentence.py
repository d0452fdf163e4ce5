"""A sentence with its names masked, and what can stand around a name in it.

A pattern sees grammar («0», «1» …) and never a name. What is part of a longer noun ("the «0»
commander «1»") is no end of a relation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.press.names import Mention
from ingest.press.roles import ROLE_NOUNS, Role


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
N = r"«\d+»"
# Words that cannot stand between a role and its object's name: they begin something else.
STOP = (
    "that|which|who|whom|whose|to|for|by|with|in|of|from|and|or|but|his|her|its|their|is|was|are|"
    "were|has|had|have|on|at|as|into|through|via|than|not|against|including|between|where|when|while|"
    "controls|owns|operates|manages|serves|works|leads|holds|runs|uses|used|worked|served|acted|"
    "acts|provides|provided|also|oversees|heads|directs|employs|founded|established"
)
STOP_IN_ROLES = STOP.replace("|and|or|", "|")
DESC = rf"(?:(?!(?:{STOP})\b)(?:[\w.'/$%&-]+|{N}(?:'s?)?) ){{0,8}}"
DET = r"(?:(?:the|a|an|both|all|several|two|three|four|five|many) )?"
ITEM = rf"{DET}{DESC}{N}"
LIST = rf"(?:both )?{ITEM}(?:, {ITEM})*(?:,? (?:and|as well as) {ITEM}){{0,2}}"
# What may follow an end: no noun, or it would be a part of that noun.
AFTER = (
    r"(?=$|[.;:)\"]|,|-| (?:and|or|but|who|which|that|in|on|at|from|for|to|by|with|as|since|"
    r"through|via|while|when|where|after|before|during|under|pursuant|is|was|were|are|has|have|"
    r"had|until|because|using|based|located|also|between|within|outside|despite|prior|an?|the|"
    r"serves?|served|throughout|among|along|until|both|whom|whose|currently|previously|following|"
    r"alongside|responsible|together|did|does|can|could|would|will|may|operat(?:es|ed|ing)|"
    r"engag(?:es|ed|ing)|provid(?:es|ed|ing)|designated|own(?:s|ed)|act(?:s|ed)|"
    r"work(?:s|ed)|us(?:es|ed)|he|she|it|they|"
    r"involved|charged|tasked|(?:terrorist |militant )?(?:network|group|organization)|"
    r"beginning|starting|circa|(?:so|then) )\b| \()"
)
BE = (
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
ASIDE = r"(?:,[^,«»]{2,90},|,| (?:is|was) (?:a|an|one of) [^«».;]{2,90} who)?"
# Up to the last of "the founder, chairman and majority owner": `find_role` reads the others. One
# bounded run of words: a repetition within a repetition would take for ever on a long sentence.
ROLES = (
    r"(?P<roles>(?:one of (?:the |its |several )?)?"
    rf"(?:(?!(?:{STOP_IN_ROLES})\b)[\w.'/$%&-]+,? ){{0,13}}?{ROLE_NOUNS})"
)
PREP = r"(?P<prep>of|for|to|in|at|with|within)"
OBJECTS = rf"(?P<objects>{LIST}){AFTER}"
# An unnamed part of a named group: who leads it leads in the group.
PART = (
    r"(?:'s?)? (?:[\w-]+ ){0,3}(?:wings?|units?|departments?|branch|councils?|committees?|forces?|"
    r"networks?|operations?|activities|apparatus|office|bureau|divisions?|cells?|camps?|"
    r"leadership|finances|arm|components?|intelligence|affairs|security|training|efforts)\b"
)
SUBJECTS = rf"(?<![\w.'/$%&-])(?P<subjects>{LIST})"
_ALIASES = re.compile(
    rf",? (?:a\.?k\.?a\.?|f\.?k\.?a\.?|n\.?k\.?a\.?|d\.?b\.?a\.?|also known as|formerly known as|"
    rf"better known as|doing business as|formerly),? {N}(?:,? (?:and|or) {N})?"
)
_LEADING = re.compile(
    r"(?:^|(?<= ))(?:the|a|an|its|his|her|their|both|[\w.]+-(?:based|born|linked|"
    r"registered|controlled))$"
)
_JOINED = re.compile(rf"{N},? (?:and|or|as well as)$|{N},$")
_GOVERNED = re.compile(
    r"(?:^|\b)(?:of|by|for|with|to|from|in|on|at|into|including|through|via|between|as|or|like|"
    r"against|than|using|about|within|among|under|after|before|that of|name[ds]?|"
    r"call(?:s|ed))$|'s?$|»$",
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"\b(?:reportedly|likely|believed|suspected|not|never|no longer|nor|neither|"
    r"denied|denies|alleged(?:ly)?|falsely|attempted|sought|"
    r"tried|plan(?:s|ned)|would|could|may|might|wants?|wanted|intend(?:s|ed)|if|whether|unless|"
    r"replaced|instead|respective(?:ly)?|successor|predecessor)\b"
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


def iter_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches, overlapping ones as well, whose subject is one and which nothing negates."""
    at = 0
    while match := pattern.search(text, at):
        at = text.index("»", match.start()) + 1
        after_object = match.start("objects") < match.start("subjects")
        governed = not after_object and not is_clause_subject(text, match.start("subjects"))
        if not governed and not NEGATED.search(match[0]):
            yield match


def is_clause_subject(text: str, at: int) -> bool:
    """Whether a name can be the subject: nothing before it makes it part of something else."""
    before = text[:at].rstrip()
    while match := _LEADING.search(before):
        before = before[: match.start()].rstrip()
    if not before or before[-1] in '.;:"':
        return True
    if joined := _JOINED.search(before):  # one of a list: what holds for the first holds for it
        return is_clause_subject(text, joined.start())
    return not _GOVERNED.search(before)


def heads(text: str) -> list[int]:
    """The numbers of the names of a list that are ends: not part of a longer noun."""
    if "," in text and not re.search(r"\b(?:and|as well as)\b", text):
        text = text.rpartition(", ")[2]  # no list: what is before the comma is another clause
    found = []
    for match in re.finditer(r"«(\d+)»", text):
        after = text[match.end() :]
        if text[: match.start()].endswith("» "):  # part of a longer name
            continue
        if re.match(rf" and {N}(?:'s?)? (?:[\w-]+ )+{N}", after):  # "«0» and «1» financier «2»"
            continue
        if not after or re.match(r"[,;]|$|(?:,? (?:and|as well as) )", after):
            found.append(int(match[1]))
    return found


def read_objects(match: re.Match[str]) -> list[int]:
    """The ends after a relation, without one that begins the next clause ("… of A and B is …")."""
    found = heads(match["objects"])
    after = match.string[match.end("objects") :]
    if len(found) > 1 and re.match(r" (?:is|was|are|were|has|have|had|serves?|served)\b", after):
        return found[:-1]
    return found


def pair(
    match: re.Match[str], subjects: list[int], objects: list[int], role: Role, words: str
) -> Iterator[Found]:
    """Each subject with each object, where the match stands."""
    for subject, target in cross(subjects, objects, role):
        yield Found(subject, target, role, " ".join(words.split()), match.start(), match.end())


def cross(subjects: Sequence[int], objects: Sequence[int], role: Role) -> Iterator[tuple[int, int]]:
    """Both ends in FollowTheMoney's direction, for each subject and object."""
    for subject in subjects:
        for target in objects:
            if subject != target:
                yield (target, subject) if role.turned else (subject, target)
