"""Names as comparable tokens, and the consonant skeleton of a token.

Pure and deterministic: equal text gives equal tokens, on every machine, and normalising twice is
normalising once. `NORMALISER_VERSION` changes whenever any output does. Weights and scores do not
belong here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Literal

from entity_resolution.normalise.organisations import GENERIC, is_number, split_legal_forms
from entity_resolution.normalise.romanise import BARE, fold_look_alikes, romanise

NORMALISER_VERSION = "names-1"

Family = Literal["person", "organisation"]


class TokenKind(IntEnum):
    """What a token is worth as evidence. Stored in the index: append only."""

    NAME = 0
    GENERIC = 1  # a word that many organisations share
    PARTICLE = 2  # al, bin, de
    HONORIFIC = 3  # Hajj, Sheikh, Dr
    NUMBER = 4
    INITIAL = 5


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The tokens of a name, in natural order, and the legal forms set apart from them."""

    tokens: tuple[str, ...]
    legal_forms: tuple[str, ...] = ()


_PARTICLE_WORDS = """
    al el ul as ar ad az an at ash us ur ud ed es er ol le la les lo los las de da do dos das du
    del della di von van der den het zu zur bin ibn ben bint binti bte bt b ould wuld ag ap abu
    abou abi aboo umm um y e i o and of the for und et pour
"""
_HONORIFIC_WORDS = """
    haj hajj haji hajji hadji hadj hajja alhaj alhajj alhaji sheikh shaykh shaikh sheik cheikh
    shaik sheykh mulah mullah mulla mola molah maulawi mawlawi maulvi moulavi molvi mawlana
    maulana moulana mufti imam ayatollah ayatolah hojjatoleslam qari hafiz ustad ustaz ustadh
    sayyid sayid sayyed sayed seyed seyyed syed sidi akhund akhond akhundzada emir amir dr
    doctor prof professor eng engineer ing mr mrs ms miss mme mlle madame sir lord lady hon
    honourable honorable gen general maj major col colonel lt lieutenant capt captain brig
    brigadier admiral commander cdr sgt don dona sr sra jr senor senora hazrat janab muhandis
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_HONORIFICS = frozenset(_HONORIFIC_WORDS.split())
_ARTICLE_WORDS = "al el ul il ol as ar ad az an at ash us ur ud ed es er"
_ARTICLES = frozenset(_ARTICLE_WORDS.split())

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻ`´ʿʾ\"“”″′"))
# Bounds on hostile text; the longest name of the SDN list (2023-12) has 196 characters, 25 words.
MAX_TOKENS = 48
_MAX_TEXT = 1000
_MAX_COMPOUND = 40  # letters; longer tokens are not searched for compounds

_SPLIT = re.compile(r"[^\w]+|_+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_DOTTED = re.compile(r"\b(?:\w\.){2,}\w?\b|\b(?:\w\.){2,}")

# Compounds, joined: Abdul-Rahman, Taj al-Din, Nasr Allah.
_ABD = re.compile(r"^abd[aeiou](?:l(?=[a-z]{2})|([dnrstz])(?=\1))")
_DIN = re.compile(r"^(.{3,}?)(?:[aeiou]?[ld]?)?d(?:i|ee|ie|ei|y)ne?$")
_LAH = re.compile(r"^(.{2,}?)(?:[aeiou]?ll?ah|[aou]lla)$")
# The same, split over tokens.
_ABD_PART = re.compile(r"^abd(?:[aeiou][lrsnztd])?$")
_DIN_PART = re.compile(r"^(?:[aeiou][ld]?)?d(?:i|ee|ie|ei|y)ne?$")
_LAH_PART = re.compile(r"^[aou]ll?ah?$")
_BARE_LAH_PART = frozenset({"allh", "lh", "lah"})
_COMPOUND_HINT = re.compile(r"abd|abed|abid|d(?:i|ee|ie|ei|y)n|[aou]ll?ah?\b|llh|\blh")


def clean_text(text: str) -> str:
    """Casefolded NFKC text without invisible characters; look-alikes folded in mixed tokens."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        # Format characters (zero-width, bidi) vanish; a control character separates.
        text = "".join(
            "" if kind == "Cf" else " " if kind == "Cc" else char
            for char in text
            for kind in (unicodedata.category(char),)
        )
        text = " ".join(fold_look_alikes(word.casefold()) for word in text.split())
    return text.casefold()


@lru_cache(maxsize=65536)
def canonical_token(token: str) -> str:
    """One spelling for joined compounds: "abdulrahman" and "abdurrahman" are "abdrahman".

    Also "tajeddine", "tajideen" → "tajdin"; "nasrullah", "nasrallah" → "nasrlah". Shortens or
    keeps a token, so that repeating it ends.
    """
    mark, text = (BARE, token[1:]) if token.startswith(BARE) else ("", token)
    if not text.isascii() or len(text) > _MAX_COMPOUND:
        return token
    while True:
        short = _ABD.sub("abd", text)
        short = _DIN.sub(r"\1din", short)
        if not short.startswith("abd"):
            short = _LAH.sub(r"\1lah", short)
        if len(short) >= len(text):
            return mark + (short if len(short) == len(text) else text)
        text = short


def _join_compounds(tokens: list[str]) -> list[str]:
    """Join "abd al X", "X al din" and "X allah", however they are split."""
    joined: list[str] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        mark, word = (BARE, token[1:]) if token.startswith(BARE) else ("", token)
        following = index + 1
        while following < len(tokens) and tokens[following].lstrip(BARE) in _ARTICLES:
            following += 1
        has_next = following < len(tokens)
        if has_next and (
            _ABD_PART.match(word) or (word in ("abed", "abid") and following > index + 1)
        ):
            rest = tokens[following].lstrip(BARE)
            rest = "lah" if _LAH_PART.match(rest) or rest in _BARE_LAH_PART else rest
            rest = _strip_bare_article(rest) if mark else rest
            tokens[following] = mark + "abd" + rest
            index = following
            continue
        if joined and _is_suffix(word, mark):
            first = joined.pop()
            while joined and first.lstrip(BARE) in _ARTICLES:
                first = joined.pop()
            suffix = "lah" if "l" in word and "d" not in word else "din"
            joined.append(first + suffix)
        else:
            joined.append(token)
        index += 1
    return joined


def _is_suffix(word: str, mark: str) -> bool:
    return bool(_DIN_PART.match(word) or _LAH_PART.match(word) or (mark and word in _BARE_LAH_PART))


def _strip_bare_article(word: str) -> str:
    return word[2:] if word.startswith("al") and len(word) > 3 else word


def _words(text: str, family: Family) -> list[str]:
    cleaned = clean_text(text).translate(_APOSTROPHES).replace("&", " and ")
    if family == "organisation" and "." in cleaned:
        cleaned = _DOTTED.sub(lambda found: found.group().replace(".", ""), cleaned)
    if cleaned.isascii():
        return _ASCII_WORD.findall(cleaned)
    return [part for word in _SPLIT.split(cleaned) if word for part in romanise(word)]


def _split_bare_articles(tokens: list[str]) -> list[str]:
    """In Arabic script the article is written into its word: take it off."""
    split: list[str] = []
    for token in tokens:
        if token.startswith(BARE + "al") and len(token) > 4:
            split += [BARE + "al", BARE + token[3:]]
        else:
            split.append(token)
    return split


def _join_letters(tokens: list[str]) -> list[str]:
    """Join runs of single letters: "s a r l" is the word "sarl"."""
    joined: list[str] = []
    run = ""
    for token in [*tokens, ""]:
        if len(token) == 1 and token.isalpha():
            run += token
            continue
        if run:
            joined.append(run)
            run = ""
        if token:
            joined.append(token)
    return joined


def parse_name(text: str, family: Family) -> ParsedName:
    """Split a published or typed name into comparable tokens.

    Persons: "LAST, First" is turned round. Organisations: single letters are joined and legal
    forms set apart; a bare legal form leaves no token at all. The text itself is kept by callers:
    evidence shows it as given.

    Args:
        text: Any text; hostile text gives tokens or none, never an error.
        family: "person", or "organisation" for everything else (vessels too).

    Returns:
        Tokens in natural order, at most `MAX_TOKENS` from the first thousand characters; empty
        when the text holds no letter and no digit.
    """
    text = text[:_MAX_TEXT]
    if family == "person":
        last, comma, first = text.partition(",")
        tokens = _words(f"{first} {last}" if comma else text, family)
    else:
        tokens = _join_letters(_words(text, family))
    tokens = tokens[:MAX_TOKENS]
    if any(token.startswith(BARE) for token in tokens):
        tokens = _split_bare_articles(tokens)
    if len(tokens) > 1 and _COMPOUND_HINT.search(" ".join(tokens)):
        tokens = _join_compounds(tokens)
    legal: tuple[str, ...] = ()
    if family == "organisation":
        tokens, legal = split_legal_forms(tokens)
    return ParsedName(tuple(map(canonical_token, tokens)), legal)


_CANONICAL_HONORIFICS = _HONORIFICS | {canonical_token(word) for word in _HONORIFICS}


def token_kind(token: str, family: Family) -> TokenKind:
    """What a token is worth in a name of this family."""
    word = token[1:] if token.startswith(BARE) else token
    if word.isdigit():
        return TokenKind.NUMBER
    if family == "organisation":
        if is_number(word):
            return TokenKind.NUMBER
        if word in GENERIC:
            return TokenKind.GENERIC
        return TokenKind.PARTICLE if word in _PARTICLES or len(word) < 2 else TokenKind.NAME
    if word in _PARTICLES:
        return TokenKind.PARTICLE
    if word in _CANONICAL_HONORIFICS:
        return TokenKind.HONORIFIC
    return TokenKind.INITIAL if len(word) == 1 else TokenKind.NAME


_DIGRAPHS = (
    ("shch", "s"), ("sch", "s"), ("tch", "s"), ("dzh", "j"), ("ch", "s"), ("sh", "s"), ("zh", "j"),
    ("kh", "h"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("ph", "f"), ("dj", "j"), ("ck", "k"),
    ("tz", "s"), ("ts", "s"), ("x", "ks"), ("ce", "se"), ("ci", "si"), ("cy", "si"),
)  # fmt: skip
_CLASSES = str.maketrans("cqzgv", "kksjf", "aeiouyw")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = "aeiou"


@lru_cache(maxsize=65536)
def skeleton(token: str) -> str:
    """The consonants of a token by class, an initial vowel kept as "a", doubles collapsed.

    Spellings of one name mostly share it; so do some different names (Hasan and Husayn), so that
    an equal skeleton finds candidates and never decides alone.

    Example:
        >>> skeleton("khaled"), skeleton("haled"), skeleton("qasim"), skeleton("kassem")
        ('hld', 'hld', 'ksm', 'ksm')
    """
    word = token[1:] if token.startswith(BARE) else token
    if not word.isascii() or word.isdigit():
        return word
    if word[:2] == "ou" and word[2:3] in tuple(_VOWELS):
        word = "w" + word[2:]
    for digraph, letter in _DIGRAPHS:
        if digraph in word:
            word = word.replace(digraph, letter)
    word = _DOUBLED.sub(r"\1", word)
    head, rest = word[:1], word[1:].translate(_CLASSES)
    head = (
        "a"
        if head in _VOWELS
        else "f"
        if head == "w"
        else head
        if head == "y"
        else (head.translate(_CLASSES))
    )
    bones = head + rest
    return bones[:-1] if len(bones) > 2 and bones[-1] == "h" else bones


_VOWEL_GROUP = re.compile(r"[aeiouyw]+")


@lru_cache(maxsize=65536)
def vowel_pattern(token: str) -> str:
    """The vowel groups of a token as one letter each of a, e, i, u; "-" where one is absent.

    Tells names of one skeleton apart: Hasan is "aa", Husayn and Hussein "ue".
    """
    return "".join(map(_vowel_class, _VOWEL_GROUP.findall(token)))


def _vowel_class(group: str) -> str:
    if len(group) == 1:
        return {"o": "u", "w": "u", "y": "i"}.get(group, group)
    if "u" in group or "o" in group or "w" in group:
        return "u"
    if "a" in group:
        return "e" if group.strip("a") else "a"
    return "i"
