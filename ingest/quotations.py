"""Whether a quotation stands in a text: compared as a reader would, word for word.

Typography is no difference (quotation marks, dashes, blanks, line ends, invisible characters); case
and words are. An ellipsis in a quotation stands for words left out: what is before and after it
must occur in that order. A quotation that is found proves that the words are there, not that they
are true, nor that they mean what a row makes of them.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = {
    **dict.fromkeys(map(ord, "“”„‟«»″"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛`´′"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    ord("*"): None,  # emphasis, in Markdown and in what is copied from it
}
_INVISIBLE = ("Cf", "Cc", "Cs", "Co")  # soft hyphens, zero widths, direction marks, controls
_ELLIPSIS = re.compile(r"\[\s*…\s*\]|\(\s*…\s*\)|…")
_SIC = re.compile(r"\[\s*sic\s*\]", re.IGNORECASE)
_MIN_PART = 2  # letters and digits of a part beside an ellipsis; less is found anywhere


def normalise(text: str) -> str:
    """The text with one form for what typography writes in several.

    Example:
        >>> normalise("“Tajco  Ltd” –  in  Banjul...")
        '"Tajco Ltd"-in Banjul…'
    """
    text = re.sub(r"\.\s?\.\s?\.", "…", text)
    text = "".join(
        char
        for char in text.translate(_MARKS)
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    parts = (unicodedata.normalize("NFKC", part) for part in text.split("…"))
    text = " ".join("…".join(parts).split())
    return re.sub(r"-{2,}", "-", re.sub(r"\s*-\s*", "-", text)).replace("''", '"')


def split_quotation(quote: str) -> list[str]:
    """The parts of a quotation between its ellipses, normalised."""
    text = _SIC.sub(" ", normalise(quote)).strip("\"' ")
    parts = (" ".join(part.split()) for part in _ELLIPSIS.split(text))
    return [part for part in parts if sum(map(str.isalnum, part)) >= _MIN_PART]


def find_quotation(quote: str, text: str) -> bool:
    """Whether every part of a quotation occurs in a normalised text, in order.

    A part must begin and end where words do: "owned" is not in "disowned". A quotation without
    words is in no text.

    Args:
        quote: As a row gives it.
        text: What `normalise` made of the source.
    """
    parts = split_quotation(quote)
    at = 0
    for part in parts:
        found = _find_words(part, text, at)
        if found < 0:
            return False
        at = found + len(part)
    return bool(parts)


def _find_words(part: str, text: str, at: int) -> int:
    """Where a part begins as whole words, at or after a place; -1 when nowhere."""
    while (found := text.find(part, at)) >= 0:
        end = found + len(part)
        if not _joins(text, found) and not _joins(text, end):
            return found
        at = found + 1
    return -1


def _joins(text: str, at: int) -> bool:
    """Whether one word goes on across a place."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    # A lost blank ("andHusayn") is a fault of the page.
    return left.isalnum() and right.isalnum() and not (left.islower() and right.isupper())
