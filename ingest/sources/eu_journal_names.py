"""Names of the EU's annexes: labelled former names and names in another script beside the name.

An unlabelled combined form ("Ghost Trading (GT)") stays whole: what of it is a name, nobody said.
"""

from __future__ import annotations

import re

from ingest.parties import Party
from ingest.sources.un_sc import language_of

_BRACKETS = re.compile(r"\s*\(([^()]{2,})\)")
_FORMER = re.compile(
    r"^(?:ex\.?|formerly(?: known as)?|previously(?: known as)?|f\.?k\.?a\.?:?)\s+(?=\S)", re.I
)
_ALSO = re.compile(r"^(?:a\.?k\.?a\.?:?|alias|also known as)\s+(?=\S)", re.IGNORECASE)
_QUOTES = " ‘’'“”\"„«»"
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


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
            found.append(("alias", inner[also.end() :].strip(_QUOTES)))
        elif not _LATIN.search(inner) and language_of(inner):
            found.append(("alias", inner))
        else:
            continue
        plain = plain.replace(match[0], "", 1)
    plain = " ".join(plain.split())
    if not plain:
        plain, found = text, []
    party.put("name", plain, original=text, lang=language_of(plain))
    for prop, value in found:
        party.put(prop, value, original=text, lang=language_of(value))
