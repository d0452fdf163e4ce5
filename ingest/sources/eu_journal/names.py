"""Names of the EU's annexes: labelled former names and names in another script beside the name.

An unlabelled combined form ("Ghost Trading (GT)") stays whole: what of it is a name, nobody said.
What is labelled within a person's name ("Foo (a.k.a. Fu) BAR") spells one of its words differently.
It is no name to find the person by, as many people have it: it is stated as a weak alias.
"""

from __future__ import annotations

import re

from ingest.parties import Party
from ingest.sources.un_sc.source import language_of

_BRACKETS = re.compile(r"\s*\(([^()]{2,})\)")
_FORMER = re.compile(
    r"^(?:ex\.?|formerly(?: known as)?|previously(?: known as)?|f\.?k\.?a\.?:?)\s+(?=\S)", re.I
)
_ALSO = re.compile(r"^(?:a\.?k\.?a\.?:?|alias|also known as)\s+(?=\S)", re.IGNORECASE)
_QUOTES = " ‘’'“”\"„«»"
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_LISTED = re.compile(r"\s*[,;/]\s*|\s+or\s+")


def write_name(party: Party, text: str) -> None:
    """State the name; with what is labelled in brackets taken out, and the published name beside.

    Names in a script of their own are aliases, as they are in the lists of the UN.
    """
    plain, found = text, []
    for match in _BRACKETS.finditer(text):
        inner = match[1].strip()
        if former := _FORMER.match(inner):
            found.append(("previousName", inner[former.end() :].strip(_QUOTES)))
        elif also := _ALSO.match(inner):
            also_known = inner[also.end() :].strip(_QUOTES)
            weak = party.schema == "Person" and _is_part(also_known, text[match.end() :])
            found.append(("weakAlias" if weak else "alias", also_known))
        elif not _LATIN.search(inner) and language_of(inner):
            weak = party.schema == "Person" and _is_part(inner)
            found.append(("weakAlias" if weak else "alias", inner))
        else:
            continue
        plain = plain.replace(match[0], "", 1)
    plain = " ".join(plain.split())
    if not plain:
        plain, found = text, []
    party.put("name", plain, original=text, lang=language_of(plain))
    for prop, value in found:
        party.put(prop, value, original=text, lang=language_of(value))


def _is_part(value: str, rest: str = "") -> bool:
    """Whether a text in brackets is one word, or many of them, or stands within the name.

    Args:
        rest: What follows it; another spelling of the whole name in a script of its own may.
    """
    within = _LATIN.search(_BRACKETS.sub("", rest)) is not None
    return within or any(len(each.split()) == 1 for each in _LISTED.split(value) if each)
