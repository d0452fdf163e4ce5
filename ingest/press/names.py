"""Who a release names: mentions in a sentence, and what a short name stands for.

A mention is a run of capitalised words, held together by the small words that names contain.
Countries, offices of the government and titles are no parties. A short name is resolved only by
the release itself: where it is defined in parentheses, or is the end of one full name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ingest.press.release import Release
from ingest.press.words import (
    ADJECTIVES,
    COMMA_FORMS,
    DEMONYMS,
    HEADS_FOR,
    HEADS_OF,
    JOINABLE,
    NO_PARTY,
    NO_PERSON,
    OPENERS,
    PARTICLES,
    SPLITTERS,
    TITLES,
    word_set,
)

_TOKEN = re.compile(r"\d[\w.,-]*\w|\w[\w'/.+-]*\w\.?|\w\.?|&|[^\w\s]")
_SHORT = re.compile(r"\s*\(\s*(?:hereinafter |or |the )?\"?'?([A-Z][\w'& .-]{0,60}?)'?\"?\s*\)")
_NEVER = re.compile(
    r"^E\.?O\.?\b|Executive Order|^U\.S\.|^United States|^Section \d|Foreign Assets Control"
    r"|Attorney's Office|Department of|Financial Intelligence$|Specially Designated"
    r"|^(?:Janu|Febru|March|April|May|June|July|August|Septem|Octo|Novem|Decem)\w* \d"
)
_DESCRIBED = re.compile(
    r"-(?:based|born|linked|designated|sanctioned|registered|flagged|affiliated|backed|aligned)$"
)
# Words that make no name of their own: "Zed Group's Executive Council".
_GENERIC = NO_PERSON | word_set(
    "Executive Military Political Shura Jihad Financial Foreign External Central General Unit Wing "
    "Media Affairs Relations Apparatus Bureau Special Elite Guard of for and the"
)
_OFFICES = word_set("Secretary General Chief Deputy Head Emir Amir Supreme Vice Governor Spokesman")
MAX_WORDS = 14


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it stands in a sentence."""

    start: int
    end: int
    text: str
    name: str  # the full name, as far as the release tells


class Names:
    """The names of one release."""

    def __init__(self, release: Release) -> None:
        self.full: dict[str, str] = {}  # short name -> full name
        self._inventory: set[str] = set()
        for each in release.bold:
            for name in map(_without_alias, _split_list(each)):
                if _is_bold_name(name):
                    self._inventory.add(name.rstrip(":"))
        for sentence in release.sentences:
            self._learn(sentence)
        self._match_ends()

    def find(self, sentence: str) -> list[Mention]:
        """The mentions in a sentence, in order, none within another."""
        return [
            Mention(start, end, text, self.full.get(text, text))
            for start, end, text in self._find_runs(sentence)
        ]

    def _find_runs(self, sentence: str) -> list[tuple[int, int, str]]:
        taken = self._find_known(sentence)
        runs = []
        for start, end in _capital_runs(sentence):
            if any(start < right and left < end for left, right in taken):
                continue
            if sentence[start:end].removesuffix("'s") not in NO_PARTY:
                runs += _trim(sentence, start, end)
        known = [(left, right, sentence[left:right]) for left, right in taken]
        return sorted([*known, *(run for run in runs if is_party(run[2]))])

    def _find_known(self, sentence: str) -> list[tuple[int, int]]:
        """Places of names in bold, the longest first."""
        taken: list[tuple[int, int]] = []
        for name in sorted(self._inventory, key=len, reverse=True):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence):
                if not any(match.start() < b and a < match.end() for a, b in taken):
                    taken.append(match.span())
        return taken

    def _learn(self, sentence: str) -> None:
        for _, end, name in self._find_runs(sentence):
            match = _SHORT.match(sentence, end)
            if match and name != match[1]:
                short = match[1].strip()
                if is_short_of(short, name):
                    self.full.setdefault(short, name)
            self._seen(name)

    def _seen(self, name: str) -> None:
        if len(name.split()) > 1:
            self.full.setdefault(name, name)

    def _match_ends(self) -> None:
        """A last word that ends exactly one full name of a person-like form stands for it."""
        ends: dict[str, set[str]] = {}
        for name in set(self.full.values()):
            words = name.split()
            if 2 <= len(words) <= 6 and not any(
                word.strip(".,'") in NO_PERSON or not word.strip(".,'-").isalpha() for word in words
            ):
                ends.setdefault(words[-1], set()).add(name)
        for last, names in ends.items():
            if len(names) == 1 and len(last) > 3:
                self.full.setdefault(last, next(iter(names)))


def _without_alias(text: str) -> str:
    """A name in bold without the short form that it is given: "Zed Trading (Zed)"."""
    match = re.fullmatch(r"(.+?)\s*\(([^()]*)\)", text)
    return match[1] if match and is_short_of(match[2], match[1]) else text


def _split_list(text: str) -> list[str]:
    """The names of a list in bold: "A, B, and C"; a legal form stays with its name."""
    if not re.search(r", |; ", text):
        return [text]
    parts = re.split(r"; |, and |, ", text)
    names: list[str] = []
    for part in parts:
        if names and part.strip() in COMMA_FORMS:
            names[-1] += f", {part.strip()}"
        else:
            names.append(part.strip())
    return [name for name in names if name]


def _is_bold_name(text: str) -> bool:
    words = text.rstrip(":").split()
    if not 0 < len(words) <= MAX_WORDS or not text[0].isupper() or len(text) < 3:
        return False
    joining = {*PARTICLES, "of", "for", "and", "the", "&"}
    small = [word for word in words if word[0].islower() and word.lower() not in joining]
    return not small and is_party(text.rstrip(":")) and not text.isupper()


def is_short_of(short: str, name: str) -> bool:
    """Whether a text in parentheses is a short form of the name before it.

    Example:
        >>> is_short_of("IRGC-QF", "Islamic Revolutionary Guard Corps-Qods Force")
        True
        >>> is_short_of("Lebanon", "Example Exchange")
        False
    """
    words = {word.lower().strip(".'") for word in re.split(r"[\s-]+", name)}
    parts = [part.lower().strip(".'") for part in re.split(r"[\s-]+", short)]
    if sum(part in words for part in parts) * 2 > len(parts):
        return True
    letters = "".join(char for char in short if char.isupper())
    initials = "".join(word[0] for word in re.split(r"[\s-]+", name) if word[:1].isalpha()).upper()
    return len(letters) >= 2 and _is_subsequence(letters, initials)


def _is_subsequence(letters: str, initials: str) -> bool:
    rest = iter(initials)
    return sum(letter in rest for letter in letters) >= max(2, len(letters) - 1)


def _capital_runs(sentence: str) -> list[tuple[int, int]]:
    """Spans of capitalised words with the small words inside names."""
    tokens = [(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(sentence)]
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        after = tokens[at + 1][2] if at + 1 < len(tokens) else ""
        if not _is_capital(tokens[at][2]) and not (
            tokens[at][2] in ("al", "el") and _is_capital(after)
        ):
            at += 1
            continue
        last = at
        following = at + 1
        while following < len(tokens):
            step = _continues(tokens, at, last, following, sentence)
            if not step:
                break
            last = following + step - 1
            following = last + 1
        runs.append((tokens[at][0], tokens[last][1]))
        at = last + 1
    return runs


def _continues(
    tokens: list[tuple[int, int, str]], first: int, last: int, at: int, sentence: str
) -> int:
    """How many tokens from a place belong to the run before it; 0: it ends."""
    word = tokens[at][2]
    gap = sentence[tokens[at - 1][1] : tokens[at][0]]
    if gap not in ("", " "):
        return 0
    previous = tokens[last][2]
    if re.search(r"'s?$", previous) and previous[0].isupper() and len(previous) > 2:
        return 1 if _is_capital(word) else 0
    if _is_capital(word):
        return 1
    following = tokens[at + 1][2] if at + 1 < len(tokens) else ""
    if word.isdigit() and len(word) <= 3 and previous.strip(".") not in ADJECTIVES:
        return 1
    heads = {"of": HEADS_OF, "for": HEADS_FOR}.get(word, frozenset())
    if following == "the" and tokens[last][2] in heads:
        return 3 if at + 2 < len(tokens) and _is_capital(tokens[at + 2][2]) else 0
    if not _is_capital(following):
        return 0
    if word == "," and following in COMMA_FORMS:
        return 2
    run = {tokens[index][2].strip(".,") for index in range(first, last + 1)}
    if word in PARTICLES:
        return 2
    if word == "of" and run & HEADS_OF:
        return 2
    if word == "for" and (run & HEADS_FOR or following in JOINABLE):
        return 2
    if word in ("and", "&") and (word == "&" or following.strip(".,") in JOINABLE):
        return 2
    return 0


def _is_capital(word: str) -> bool:
    if re.fullmatch(r"\d{1,3}(?:st|nd|rd|th)", word):  # "27th Front"
        return True
    return word[:1].isupper() or bool(re.match(r"(?:al|el|as|ash|an|ad|ar|at)-[A-Z']", word))


class _Word(NamedTuple):
    start: int
    end: int
    text: str


def _trim(sentence: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """A run without the adjectives, titles and sentence openers that stand before a name."""
    words = [
        _Word(start + match.start(), start + match.end(), match[0])
        for match in re.finditer(r"\S+", sentence[start:end])
    ]
    words = _drop_heading(words)
    while words and (drop := _leading(words)):
        words = words[drop:]
    for at in range(len(words) - 1, 0, -1):  # "X Secretary General Y": Y alone
        person = not any(word.text.strip(".,'s") in NO_PERSON for word in words[at:])
        if words[at - 1].text in SPLITTERS and person:
            words = words[at:]
            break
    if not words:
        return []
    return [run for part in _split_possessor(words) for run in _as_run(sentence, part)]


def _split_possessor(words: list[_Word]) -> list[list[_Word]]:
    """Parts of a name at its possessive; an organ without its own name stays with its group."""
    for at, word in enumerate(words[:-1], 1):
        if not re.search(r"'s$|s'$", word.text):
            continue
        owner, rest = words[:at], words[at:]
        while rest and (rest[0].text.strip(".,") in _OFFICES or rest[0].text in SPLITTERS):
            rest = rest[1:]
        if rest != words[at:]:
            return [owner, rest] if rest else [owner]
        if any(each.text.strip(".,'s") not in _GENERIC for each in rest):
            return [owner, rest]
    return [words]


def _as_run(sentence: str, words: list[_Word]) -> list[tuple[int, int, str]]:
    first, last = words[0].start, words[-1].end
    text = sentence[first:last]
    for ending in ("'s", "'"):
        text = text.removesuffix(ending)
    if text.endswith(".") and not re.search(r"\.\w+\.$", text):
        text = text[:-1]
    return [(first, first + len(text), text)] if text else []


def _drop_heading(words: list[_Word]) -> list[_Word]:
    """Without a heading in capitals before the same name."""
    for size in range(1, len(words) // 2 + 1):
        texts = [word.text for word in words[: 2 * size]]
        if texts[:size] == texts[size:] or (
            all(map(str.isupper, texts[:size]))
            and texts[:size] == [text.upper() for text in texts[size:]]
        ):
            return words[size:]
    return words


def _leading(words: list[_Word]) -> int:
    """How many words at the beginning of a run are not of the name."""
    head = words[0].text.strip(".,'\"")
    two = " ".join(word.text for word in words[:2])
    for size in range(3, 1, -1):  # "South Africa-based", "United Arab Emirates-based"
        if len(words) > size and _DESCRIBED.search(words[size - 1].text):
            return size
    if two in TITLES or re.fullmatch(r"(?:al|el) [\w'-]+-(?:affiliated|linked|based)", two):
        return 2
    opens = head in OPENERS and words[0].start == 0
    possessor = len(words) > 1 and head.endswith("'s") and head[:-2] in NO_PARTY
    described = head in ADJECTIVES or head in TITLES or _DESCRIBED.search(head) is not None
    return int(opens or possessor or described)


def is_party(text: str) -> bool:
    """Whether a run can be the name of a party."""
    words = text.split()
    if text in NO_PARTY or (len(words) == 1 and (text in DEMONYMS or text in OPENERS)):
        return False
    parts = [part for word in words for part in word.strip(".,").split("-") if part]
    if all(part in NO_PARTY or part in DEMONYMS for part in parts):
        return False
    return len(text) > 1 and not _NEVER.search(text)
