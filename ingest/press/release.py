"""A press release as sentences: front matter, body without notices, one sentence at a time.

Marks that tell names (bold) are kept beside the text. What an official says in quotation marks and
the notices at the end (what a designation means, how to be removed) propose nothing and are left
out: `tests/ingest/press_labels.md` says the same to whoever labels releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.captures import MARKDOWN, make_page, read_page, strip_markdown
from ingest.press.words import word_set
from ingest.quotations import normalise

_ENDS = re.compile(
    r"sanctions? implications|for more information|identifying information|view (?:more )?"
    r"identifying|click here|as a result of (?:today|these)|contact:|view the (?:chart|full)"
    r"|to view (?:a|the) chart",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\*\*\s*([^*\n]{2,120}?)\s*\*\*")
# A heading in bold before the text of its paragraph.
_RUN_IN = re.compile(r"(?m)^([ \t]*\*\*[^*\n]+\*\*)[ \t:]*(?:\n|(?=[A-Z]))")
# A full stop after these ends no sentence.
_ABBREVIATIONS = word_set(
    "mr mrs ms dr gen col lt sgt brig maj capt co ltd inc corp no st jr sr u.s u.n u.k e.o s.a "
    "s.a.l s.a.r.l c.v d.b.a a.k.a f.k.a n.k.a e.g i.e al etc vs d.c l.l.c b.v ph.d p.o bros est "
    "dist rev hon sec jan feb mar apr jun jul aug sept sep oct nov dec pvt pte a.s a.ş k.d"
)
_BREAK = re.compile(r"([.!?])([\"')\]]*)(\s+|(?=[A-Z][a-z]))")
_INITIAL = re.compile(r"(?:^|[\s.(])[A-Z]$")
_SPEECH = re.compile(r'"[^"]{25,}?[,.!?]\s?"|"[^"]{25,}$')
# A single line end inside a sentence is a line that was wrapped.
_PARAGRAPH = re.compile(r"\n\s*\n|(?<=[.:;!?\"])\s*\n|\n(?=[A-Z][\w ]{0,24}:)")
_IDENTIFIERS = re.compile(r"\b(?:DOB|POB|AKAs?|FKAs?|NKA|Passport|Nationality)\b[^:]{0,12}:")
_DATELINE = re.compile(r"^(?:\W*Washington|.{0,400}?\bWASHINGTON)\b[^-]{0,24}-+\s*", re.DOTALL)
_REPEATED = re.compile(r"^(\w[^;:]{4,80}?) (?=\1\b)")  # a heading before its paragraph
_ATTRIBUTED = re.compile(r",? (?:said|added|stated) (?:[A-Z]|the )|^said ")  # speech without marks
_SAID = re.compile(r"\b(?:said|stated|added|noted|continued|remarked)\b")


@dataclass(frozen=True, slots=True)
class Release:
    """A release: where and when it was published, and what it states."""

    name: str
    url: str
    title: str
    date: str  # YYYY-MM-DD; empty when it does not say
    sentences: tuple[str, ...]  # normalised, in order
    bold: tuple[str, ...]  # texts in bold, normalised


def read_release(path: Path) -> Release:
    """Read a release, in any form that can be captured.

    Raises:
        ParseError: When the file is empty or too large.
    """
    page = read_page(path)
    raw = path.read_text("utf-8", errors="replace")
    if page.media_type == MARKDOWN:
        page = make_page(_RUN_IN.sub(r"\1\n\n", raw).encode(), MARKDOWN)
    bold = tuple(dict.fromkeys(normalise(strip_markdown(each)) for each in _BOLD.findall(raw)))
    return Release(
        name=path.name,
        url=page.url,
        title=page.title,
        date=page.date,
        sentences=tuple(_iter_sentences(page.text)),
        bold=tuple(each for each in bold if each[:1].isupper()),
    )


def _iter_sentences(text: str) -> Iterator[str]:
    for paragraph in _PARAGRAPH.split(text):
        plain = _DATELINE.sub("", normalise(paragraph))
        if re.match(r"sanctions? implications", plain, re.IGNORECASE):
            return  # what follows are notices
        if not plain or plain.isupper() or _IDENTIFIERS.search(plain) or _ENDS.match(plain):
            continue  # a heading, identifying information, a notice
        if _SAID.search(plain):
            plain = _SPEECH.sub(" ", plain)
        sentences = (_REPEATED.sub("", each) for each in split_sentences(plain))
        yield from (each for each in sentences if _states(each))


def _states(sentence: str) -> bool:
    """Whether a sentence is the release's own: no speech, no notice."""
    return not _ATTRIBUTED.search(sentence) and not _ENDS.match(sentence)


def split_sentences(text: str) -> list[str]:
    """The sentences of a paragraph; a full stop without a blank after it ends one, too.

    Example:
        >>> split_sentences("A. Example Co. owns B Ltd. It trades.Also: C.")
        ['A. Example Co. owns B Ltd.', 'It trades.', 'Also: C.']
    """
    sentences, start = [], 0
    for match in _BREAK.finditer(text):
        before = text[start : match.start()]
        word = before.rsplit(" ", 1)[-1].lstrip("(\"'").lower()
        after = text[match.end() :]
        if match[1] == "." and (
            _INITIAL.search(before)
            or (word in _ABBREVIATIONS and not _starts_anew(word, after))
            or after[:1].islower()
        ):
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [each for each in sentences if each]


def _starts_anew(word: str, after: str) -> bool:
    """Whether what follows an abbreviated company form begins a sentence."""
    first = re.match(r"(?:The|It|He|She|They|In|On|Both|This|These|As|Since|Today|OFAC)\b", after)
    return word in ("ltd", "inc", "co", "corp", "l.l.c", "s.a.l", "s.a") and first is not None
