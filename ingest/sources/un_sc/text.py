"""What the UN list's comments say in words: references to other entries, numbers, parents' names.

The list states relations only as prose ("Co-owner of … (TAe.010) and associated also with …
(TAi.163)"). A mention is a permanent reference number and the words that lead to it; a number that
follows without words of its own ("…, and …") shares those of the one before it. Nothing is derived
that the words do not say: what is no known form keeps its words as the role.

Source: United Nations Security Council, "Consolidated List" XML, COMMENTS1 and DESIGNATION; the
form of permanent reference numbers is in the guidelines of the sanctions committees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

REFERENCE = re.compile(r"\b([A-Z]{2}[ie])\.?\s?(\d{3,4})\b")
_MONTHS = "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
_ABBREVIATIONS = frozenset(
    f"{_MONTHS} Ltd Co Corp Inc No Nos Mr Mrs Ms Dr Prof St Gen Col Lt Maj Tel approx ca".split()
)
# A full stop is forgotten at times: "(TAi.040) Believed to be …", "in 2014.Associated with …".
_BREAK = re.compile(
    r"(?P<stop>[.!?;])\s+(?=[A-Z“\"'‘(])|(?<=[a-z0-9)])\.(?=[A-Z][a-z])"
    r"|(?<=\d\))\s+(?=(?:Associated|Believed|Brother|Linked|Member|Arrest|Review|INTERPOL)\b)"
)
# "listed as Al-Qaida in Iraq" says under which name the party before it stands on the list.
_ASIDE = re.compile(
    r"[,\s]*\(?(?:which (?:is|was) )?\b(?:also |formerly |previously )?"
    r"(?:listed|known|designated) (?:as|under)\b[^()]*$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_OPEN = re.compile(r"\s*\((?:[\w’' -]{0,20}?[,–-])?\s*$")  # "(" or "(JIM, " before the number
_WORD = re.compile(r"\S+")
_PARTICLE = re.compile(  # small words inside names, of any language of the list
    r"of|the|in|and|for|al|an|as|a|bin|ibn|ben|bint|ul|ur|ag|de|du|des|la|le|les|el|et|en|pour|wa|i|"
    r"[&/–-]"
)
# Words that begin a new relation though they are capitalised, when one of the second follows.
_RELATION = re.compile(
    r"(?:Brother|Sister|Son|Daughter|Father|Mother|Wife|Husband|Cousin|Uncle|Nephew|Member|Leader|"
    r"Head|Chief|Owner|Co-owner|Founder|Deputy|Commander|Emir|Amir|Director|Associate|Associated|"
    r"Affiliated|Linked|Owned|Led|Headed|Founded|Formed|Amir/Chief)(?:-in-law)?"
)
_VERB = re.compile(r"[A-Z][a-z]{2,}(?:ed|ing|ads|wns|ports|mands)")  # "Joined …", "Heading …"
_LINKING = frozenset(("of", "with", "to", "by", "for", "from"))
_JOINED = re.compile(r"^[\s,;:/)–—-]*(?:(?:and|or|as well as|including)\b[\s,]*)*", re.IGNORECASE)
_FILLER = re.compile(r"^(?:(?:and|or|the|both|with|of)\b|[\s,.;:)&’'”\"]+|s\b)*$", re.IGNORECASE)
# What was so and may be no longer; an event, as in "was founded by", stays one.
_WAS = r"[Ww]as\s+(?:the|an?|one|(?:co-)?owne[rd]|led|headed)\b"
_SUBJECT = re.compile(
    rf"^(?:(?:[A-Z][\w’'-]*\s+){{1,5}}(?:is|(?!{_WAS})was)\s+)?"
    rf"(?:(?:and|[Hh]e|[Ss]he|[Ii]t|[Ii]s|are|(?!{_WAS})[Ww]as|who|which|[Hh]as|[Aa]lso)\s+)*"
    r"(?=\w)"
)
_WANTS_MORE = re.compile(r"\b(?:acting|senior|former|deputy|leader)$", re.IGNORECASE)
_ONLY_WHEN = re.compile(r"(?:in|on|since|until|as (?:of|at))\b[\w\s.]*\d{4},?", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[’']s\s*\($|[’']s\s*$")
_FORMER = re.compile(
    r"\b(?:also|former|formerly|previous|previously|old)\b[^.()]{0,40}"
    r"\b(?:number|reference|ref)\b[^.()]{0,12}$",
    re.IGNORECASE,
)
_OLD_REFERENCE = re.compile(r"\[\s*Old Reference\s*#?\s*([^\]\s][^\]]*?)\s*\]", re.IGNORECASE)
_MAX_ROLE = 200  # characters; a longer one is the whole sentence, which the quotation has


class Mention(NamedTuple):
    """A reference number in a text, and what the text says of it."""

    reference: str  # "TAe.010"
    role: str  # the words; empty when there are none
    sentence: str
    former: bool = False  # a former number of the entry itself
    doubtful: bool = False  # printed without its dot: only if there is such an entry


def iter_mentions(text: str) -> Iterator[Mention]:
    """The references of a text, in order.

    Example:
        >>> [mention[:2] for mention in iter_mentions("Owner of Ghost Ltd. (XYe.001).")]
        [('XYe.001', 'Owner of')]
    """
    for sentence in iter_sentences(text):
        role, end = "", 0
        found = list(REFERENCE.finditer(sentence))
        for number, match in enumerate(found):
            before = sentence[end : match.start()]
            following = sentence[match.end() : found[number + 1].start() if number + 1 < len(found)
                                 else None]  # fmt: skip
            end = match.end()
            own = _find_role(before, first=number == 0)
            if own is None:
                own = role or _role_after(sentence, following)
            elif _ONLY_WHEN.fullmatch(own):
                own = sentence[:_MAX_ROLE].rstrip(" .")
            elif _POSSESSIVE.search(before) or _WANTS_MORE.search(own):
                own = role = f"{own} … {_after(following)}".rstrip(" …")
            else:
                role = own
            former = _says_former(before)
            yield Mention(f"{match[1]}.{match[2]}", own, sentence, former, "." not in match[0])


def iter_sentences(text: str) -> Iterator[str]:
    """The sentences of a text, blanks and line breaks as one blank."""
    plain = " ".join(text.split())
    start = 0
    for match in _BREAK.finditer(plain):
        words = plain[start : match.start()].split()
        if match["stop"] == "." and words and words[-1].lstrip("(") in _ABBREVIATIONS:
            continue
        if match["stop"] == "." and words and len(words[-1]) == 1 and words[-1].isupper():
            continue  # an initial
        stop = match.start() + (1 if match["stop"] or plain[match.start()] == "." else 0)
        yield plain[start:stop].strip()
        start = match.end()
    if plain[start:].strip():
        yield plain[start:].strip()


def iter_old_references(text: str) -> Iterator[str]:
    """Numbers of an earlier scheme: "[Old Reference # I.47.C.1]"."""
    for match in _OLD_REFERENCE.finditer(" ".join(text.split())):
        yield match[1].strip(" .")


def _find_role(before: str, *, first: bool) -> str | None:
    """The words that lead to a name, or None when there are none before the name."""
    plain = _OPEN.sub("", before)
    plain = _ASIDE.sub("", plain)
    while _BRACKETS.search(plain):
        plain = _ASIDE.sub("", _BRACKETS.sub("", plain))
    plain = plain.rstrip(" ,(")
    start = len(plain)
    words = list(_WORD.finditer(plain))
    for place in range(len(words) - 1, -1, -1):
        word = words[place][0]
        if not _is_of_name(word) or _starts_relation(words, place, first=first):
            break
        start = words[place].start()
    role = plain[:start] + _leading(plain[start:])
    role = _BRACKETS.sub("", _ASIDE.sub("", role))
    if _FILLER.match(role) or _FILLER.match(_JOINED.sub("", role)):
        return None
    return _trim(role)


def _is_of_name(word: str) -> bool:
    bare = word.strip(",.()“”\"'‘’`")
    if not bare or any(each.isupper() for each in bare):
        return True
    return _PARTICLE.fullmatch(bare.lower()) is not None


def _starts_relation(words: list[re.Match[str]], place: int, *, first: bool) -> bool:
    """Whether a capitalised word is the beginning of the phrase rather than of the name."""
    later = [word[0] for word in words[place + 1 :]]
    if _RELATION.fullmatch(words[place][0]) and later and later[0] in _LINKING:
        return True
    if not first or place:
        return False
    return later[:1] != [] and (later[0] in _LINKING or bool(_VERB.fullmatch(words[0][0])))


def _leading(name: str) -> str:
    """What stands before the first capitalised word of a name belongs to the phrase."""
    taken = []
    for word in _WORD.findall(name):
        if any(each.isupper() for each in word) or word.lower().startswith("al-"):
            break
        taken.append(word)
    return " ".join(taken)


def _says_former(before: str) -> bool:
    """Whether the words before a number say that the entry itself had it.

    In brackets behind a name the number is that party's.
    """
    opened = before.rfind("(")
    if opened > before.rfind(")") and before[:opened].strip():
        return False
    return _FORMER.search(before) is not None


def _role_after(sentence: str, following: str) -> str:
    """The words after a name that begins its sentence: "(QDe.004) facilitator", "(…) is …"."""
    if re.match(r"\W*(?:is|was|are|were|has|had|led|founded|served|succeeded)\b", following):
        return sentence[:_MAX_ROLE].rstrip(" .")  # the party named is the one that does it
    return _after(following)


def _after(following: str) -> str:
    plain = " ".join(following.split()).lstrip(" .,;:)’'”\"")
    return _trim(re.split(r"[,.;(]| who | which ", plain)[0])


def _trim(role: str) -> str:
    plain = _JOINED.sub("", " ".join(role.split()))
    plain = _SUBJECT.sub("", plain)
    plain = re.sub(r"\s+(?:the|an|a)$", "", plain.strip(' ,;:.–—-“"'))
    if len(plain) > _MAX_ROLE:
        plain = "… " + plain[-_MAX_ROLE:].partition(" ")[2]
    return plain


class Stated(NamedTuple):
    """A number, an address or a name that a comment states under a label."""

    props: tuple[str, ...]  # in order of preference
    value: str
    original: str


_END = r"(?=[\s;,.)]|$)"
_NAME_IS = r"[’'`‘]?s?\s+name(?:\s+(?:is|was)|:)\s+"
_LABELS = tuple(
    (props, re.compile(pattern, flags))
    for props, pattern, flags in (
        (("imoNumber", "registrationNumber"),
         rf"\bIMO\)?(?:\s+[Nn]umber)?:?\s+(?P<value>\d{{7}}){_END}", 0),
        (("swiftBic", "idNumber"),
         rf"\bSWIFT(?:/BIC)?(?:\s+code)?:?\s+(?P<value>[A-Z0-9]{{8}}(?:[A-Z0-9]{{3}})?){_END}", 0),
        (("taxNumber",), rf"\bTax Number:?\s+(?P<value>[\w/-]*\d[\w/-]*){_END}", re.IGNORECASE),
        (("taxNumber",),
         rf"\bEmployer Identification Number(?:\s+\([^)]*\))?:?\s+(?P<value>\d[\d-]+){_END}",
         re.IGNORECASE),
        (("vatCode", "taxNumber"),
         rf"\bVAT (?:Number|No\.?):?\s+(?P<value>[A-Z]{{0,3}}\d[\w-]+){_END}", re.IGNORECASE),
        (("licenseNumber", "idNumber"),
         rf"\bLicen[cs]e (?:Number|No\.?):?\s+(?P<value>[\w/-]*\d[\w/-]*){_END}", re.IGNORECASE),
        (("registrationNumber", "idNumber"),
         r"\b(?:Company|Business|Registered company)(?: registration)? number:?\s+"
         rf"(?P<value>[A-Z]{{0,3}}\d[\w/-]*){_END}", re.IGNORECASE),
        (("email",), r"(?P<value>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)", 0),
        (("phone",),
         r"\b(?:Tel|Telephone|Phone|Mobile)(?:\s+(?:number|no))?s?\s?[.:]*\s*"
         r"(?P<value>(?:\+|00)?\(?\d[\d ()/-]{5,}\d)", re.IGNORECASE),
        (("fatherName",),
         rf"\bFather{_NAME_IS}(?P<value>[^.;,()]+?)(?=\s*[.;,()]|\s+(?:and\s|Mother|Provided)|$)",
         re.IGNORECASE),
        (("motherName",),
         rf"\bMother{_NAME_IS}(?P<value>[^.;,()]+?)(?=\s*[.;,()]|\s+(?:and\s|Father)|$)",
         re.IGNORECASE),
    )
)  # fmt: skip


def iter_stated(text: str) -> Iterator[Stated]:
    """Numbers, addresses and parents' names that a text states under a plain label.

    Example:
        >>> [each[:2] for each in iter_stated("Afghan License Number: 044. E-mail: a@b.test")]
        [(('licenseNumber', 'idNumber'), '044'), (('email',), 'a@b.test')]
    """
    plain = " ".join(text.split())
    for props, pattern in _LABELS:
        for match in pattern.finditer(plain):
            value = match["value"].strip(" .-")
            if value:
                yield Stated(props, value, match[0].strip())


_PARTICULARS = re.compile(
    r"[\s,.;]*[(\s]\s*(?:date of birth\b|DOB\b|born (?:on\b|in\b|\d)|passport n|(?:\w+ )?ID number"
    r"|national identification)",
    re.IGNORECASE,
)


def strip_particulars(alias: str) -> str:
    """A person's alias without the birth or document that is printed behind it.

    They are those of the papers in that name, which may be false, so they are kept with the
    published text and are not made the person's own. A name at birth ("born QUUX") is a name.
    """
    match = _PARTICULARS.search(alias)
    return alias[: match.start()].rstrip(" ,.;(") if match and match.start() else alias
