"""What a column holds, by what it is called and by what stands in it.

The header says what is meant, the cells whether it can be so: a column called "birth" without dates
is left alone, and a check digit tells an LEI from twenty letters. What neither says is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from followthemoney.types import registry
from followthemoney.types.common import PropertyType
from normality import ascii_text
from rigour.ids import get_identifier_format

from graph.countries import find_country
from ingest.table.guess_words import CONCEPTS, STATES, SUBJECTS

SURE = 0.9  # of the cells: what so many say is said of the column; lists hold slips
_FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d",
            "%Y%m%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y", "%m/%Y",
            "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S")  # fmt: skip
_DATES = ("birth_date", "founded", "closed", "start", "end")
_NUMBER = re.compile(r"\s*[<>]?=?\s*(\d{1,3}(?:[.,]\d+)?)\s*%?\s*")
_BAND = re.compile(r"\s*\d{1,3}(?:[.,]\d+)?\s*%?\s*[-–]\s*\d{1,3}(?:[.,]\d+)?\s*%?\s*")
_WORD = re.compile(r"[^\W_]+")
_SHAPES = {"lei": re.compile(r"[0-9A-Z]{18}\d\d"), "imo": re.compile(r"(IMO\s?)?\d{7}"),
           "iban": re.compile(r"[A-Z]{2}\d\d[0-9A-Z ]+")}  # fmt: skip
_NUMBERED = re.compile(r"[\s_.-]*\d{1,2}$")
_KINDS = {"type", "types", "kind", "tipo", "typ", "category", "source"}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, and its cells that are not empty."""

    name: str
    cells: tuple[str, ...]
    rows: int

    @property
    def is_full(self) -> bool:
        """Whether next to no cell is empty."""
        return self.rows > 0 and len(self.cells) >= 0.99 * self.rows

    @property
    def stem(self) -> str:
        """The name without the number at its end, where it has one ("Name 6")."""
        return _NUMBERED.sub("", self.name) if _NUMBERED.search(self.name) else ""

    @property
    def is_unique(self) -> bool:
        """Whether no cell stands twice."""
        return len(self.cells) > 1 and len(set(self.cells)) == len(self.cells)

    def share(self, fits: Callable[[str], object]) -> float:
        """The share of the cells that fit; 0 when there is none."""
        return sum(1 for cell in self.cells if fits(cell)) / max(len(self.cells), 1)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column holds; or, as `doubt`, why it is better left out."""

    column: Column
    subject: str = ""  # of SUBJECTS; empty: the party that the row is about
    concept: str = ""  # of CONCEPTS
    reason: str = ""
    doubt: str = ""
    format: str | None = None


def guess_column(column: Column) -> Guess:
    """What a column holds, as far as header and cells say."""
    subject, concept = read_header(column.name)
    if not column.cells:
        return Guess(column, doubt="every cell is empty")
    by_cells = _recognise(column)
    if concept in ("", "id", "name", "registration_number") and by_cells and by_cells != concept:
        if by_cells in ("country", "date"):
            if concept in ("", "id"):
                return Guess(column, doubt=f"the cells are a {by_cells}; of what, nothing says")
        else:
            return Guess(column, subject, by_cells, f"the cells are {by_cells} values")
    if concept == "kind":
        return Guess(column, doubt="the header speaks of a kind or a source, not of the party")
    if not concept:
        if subject:
            return Guess(column, subject, "name", f"the header says {subject.replace('_', ' ')}")
        return Guess(column, doubt="neither header nor cells say what it is")
    said = f"{subject} {concept}".replace("_", " ").strip()
    return _check(Guess(column, subject, concept, f"the header says {said}"))


def _check(guess: Guess) -> Guess:
    """Hold what the header says against the cells."""
    column, concept = guess.column, guess.concept
    if concept in _DATES:
        return _check_dates(guess)
    kinds: dict[str, tuple[PropertyType, str | None]] = {
        "email": (registry.email, None), "website": (registry.url, None),
        "country": (registry.country, None), "nationality": (registry.country, None),
        "flag": (registry.country, None), "gender": (registry.gender, None),
        "lei": (registry.identifier, "lei"), "imo": (registry.identifier, "imo"),
        "iban": (registry.identifier, "iban"), "source_url": (registry.url, None),
    }  # fmt: skip
    if concept in kinds:
        kind, form = kinds[concept]
        fits = column.share(lambda cell: kind.clean(cell, format=form))
        if fits < 0.5:
            return _doubt(guess, f"{guess.reason}, but only {fits:.0%} of the cells are that")
    if concept == "share":
        fits = column.share(is_share)
        if fits < SURE:
            return _doubt(
                guess, f"{guess.reason}, but only {fits:.0%} of the cells are percentages"
            )
    if concept == "region" and column.share(lambda cell: cell.lower() in STATES) > 0.5:
        return Guess(column, guess.subject, "status", "the cells are words for a status")
    if concept == "phone" and column.share(registry.phone.clean) < 0.5:
        lack = "most numbers lack the code of their country; give it as `format`"
        return _doubt(guess, f"{guess.reason}, but {lack}")
    return guess


def _check_dates(guess: Guess) -> Guess:
    column = guess.column
    if column.share(registry.date.clean) >= SURE:
        return guess
    fits = {form: column.share(partial(_parses, form)) for form in _FORMATS}
    best = max(fits.values())
    forms = [form for form in _FORMATS if fits[form] == best]
    if best < SURE:
        return _doubt(guess, f"{guess.reason}, but the cells are no dates of one form")
    if {form[:2] for form in forms if "%d" in form and "%m" in form} >= {"%d", "%m"}:
        listed = " or ".join(forms)
        return _doubt(guess, f"{guess.reason}; day or month first, no cell tells: format {listed}")
    return Guess(column, guess.subject, guess.concept, guess.reason, format=forms[0])


def _parses(form: str, cell: str) -> bool:
    try:
        return 1000 <= datetime.strptime(cell, form).year <= 2999  # noqa: DTZ007  a date, no moment
    except ValueError:
        return False


def _doubt(guess: Guess, doubt: str) -> Guess:
    return Guess(guess.column, guess.subject, guess.concept, doubt=doubt)


def _recognise(column: Column) -> str:
    """What the cells alone say."""
    for form, shape in _SHAPES.items():
        if len(set(column.cells)) >= 3 and column.share(partial(_is_valid, form, shape)) >= SURE:
            return form
    if column.share(lambda cell: "@" in cell and registry.email.clean(cell)) >= SURE:
        return "email"
    if column.share(lambda cell: cell.lower().startswith(("http://", "https://", "www."))) >= SURE:
        return "website"
    if column.share(lambda cell: re.match(r"\d{4}-\d\d-\d\d", cell) and registry.date.clean(cell)) \
            >= SURE:  # fmt: skip
        return "date"
    is_place = column.share(lambda cell: len(cell) > 1 and find_country(cell)) >= SURE
    return "country" if is_place and len(set(column.cells)) > 1 else ""


def _is_valid(form: str, shape: re.Pattern[str], cell: str) -> bool:
    """Whether a cell is such an identifier, by its shape and its check digits."""
    known = get_identifier_format(form)
    return known is not None and shape.fullmatch(cell) is not None and known.is_valid(cell)


def is_share(cell: str) -> bool:
    """Whether a cell is a percentage from 0 to 100, or a band of them."""
    if match := _NUMBER.fullmatch(cell):
        return float(match[1].replace(",", ".")) <= 100
    return _BAND.fullmatch(cell) is not None


def read_header(name: str) -> tuple[str, str]:
    """Whom a header speaks of, and what it says of them; empty where it does not say.

    Example:
        >>> read_header("owner_dob"), read_header("Razón social"), read_header("Дата рождения")
        (('owner', 'birth_date'), ('', 'name'), ('', 'birth_date'))
    """
    words = fold(name)
    if not words:
        return "", ""
    subject, rest = _take(words, _phrases("subject"))
    # "Company name" is no name of an agent: the word of the subject may be the name's own.
    concept, left = _take(rest, _phrases("concept"))
    if concept not in ("legal_form", "") and _KINDS & set(left):
        return subject, "kind"  # "Alias type" holds no alias
    if subject and not concept and rest:
        whole, left = _take(words, _phrases("concept"))
        if whole and not left:
            return "", whole
    return subject, concept


def fold(name: str) -> tuple[str, ...]:
    """The words of a header, folded as those of the vocabulary are."""
    spaced = _CAMEL.sub(" ", name)
    if any(ord(letter) > 0x24F and letter.isalpha() for letter in spaced):
        return tuple(_WORD.findall(spaced.casefold()))
    return tuple(_WORD.findall((ascii_text(spaced) or "").lower().replace("%", " percent ")))


@cache
def _phrases(which: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(meaning, words) of the vocabulary, longest phrases first."""
    table = SUBJECTS if which == "subject" else CONCEPTS
    phrases = [
        (meaning, (*phrase[: phrase.startswith("=")], *fold(phrase)))
        for meaning, texts in table.items()
        for phrase in texts
    ]
    return tuple(sorted(phrases, key=lambda each: -sum(len(word) + 3 for word in each[1])))


def _take(
    words: Sequence[str], phrases: Iterable[tuple[str, tuple[str, ...]]]
) -> tuple[str, tuple[str, ...]]:
    """The meaning of the longest phrase in the words, and the other words."""
    for meaning, phrase in phrases:
        size = len(phrase)
        if phrase[0] == "=":
            if tuple(words) == phrase[1:]:
                return meaning, ()
            continue
        for place in range(len(words) - size + 1):
            if tuple(words[place : place + size]) == phrase:
                return meaning, (*words[:place], *words[place + size :])
        # Chinese and Japanese write without blanks.
        if size == 1 and ord(phrase[0][0]) >= 0x3000 and any(phrase[0] in word for word in words):
            return meaning, ()
    return "", tuple(words)
