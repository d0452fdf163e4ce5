"""One family of Latin forms for names in any script.

Letter tables for the scripts that lists use most, so that one name has one romanisation, close to
the one OFAC and the UN publish; the rest goes through ICU. What cannot be romanised stays as it is
and equals only itself. Nothing here knows about words: see `entity_resolution.normalise.names`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from normality import latinize_text

# Marks a token whose script writes no short vowels: only its consonants can be compared.
BARE = "*"

_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ى": "a", "ء": "", "ؤ": "u", "ئ": "i",
    "ب": "b", "پ": "p", "ت": "t", "ٹ": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh",
    "د": "d", "ڈ": "d", "ذ": "dh", "ر": "r", "ڑ": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh",
    "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ڤ": "v", "ق": "q",
    "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ں": "n", "ه": "h", "ہ": "h",
    "ھ": "h", "ة": "a", "ۃ": "a", "و": "u", "ي": "i", "ی": "i", "ے": "e", "ې": "e", "ۍ": "i",
    "ټ": "t", "ډ": "d", "ړ": "r", "ږ": "zh", "ښ": "sh", "ګ": "g", "ڼ": "n", "ځ": "dz", "څ": "ts",
    "ۀ": "a", "ە": "a", "ۆ": "o", "ێ": "e", "ڵ": "l", "ڕ": "r", "ـ": "",
}  # fmt: skip
_HEBREW = {
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "u", "ז": "z", "ח": "kh", "ט": "t",
    "י": "i", "כ": "k", "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s",
    "ע": "a", "פ": "p", "ף": "f", "צ": "ts", "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "ѓ": "gj", "д": "d", "ђ": "dj", "е": "e",
    "ё": "yo", "є": "ye", "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "yi", "й": "y", "ј": "j",
    "к": "k", "ќ": "kj", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "џ": "dzh", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "қ": "q", "ғ": "gh", "ң": "ng", "ү": "u", "ұ": "u", "һ": "h", "ө": "o", "ә": "a",
    "ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "kh", "ψ": "ps", "ω": "o",
}  # fmt: skip
_LATIN = {
    "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "þ": "th", "ð": "d",
    "ə": "a", "ħ": "h", "ŧ": "t", "ŋ": "ng", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y",
}  # fmt: skip

# Letters of other scripts that look like a Latin one; used only inside tokens that mix scripts.
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԛԝһвкмнтгαεοριτυνκхӏ",
    "aeopcyxijsqwhbkmhtraeopituvkxl",
)
_TO_LATIN = str.maketrans({**_ARABIC, **_HEBREW, **_CYRILLIC, **_GREEK, **_LATIN})
_NON_ASCII_LETTER = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[a-z0-9]+")


def _script(char: str) -> str:
    code = ord(char)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "latin" if char.isalpha() else ""
    if 0x370 <= code < 0x400 or 0x1F00 <= code < 0x2000:
        return "greek"
    if 0x400 <= code < 0x530:
        return "cyrillic"
    if 0x590 <= code < 0x600:
        return "hebrew"
    if 0x600 <= code < 0x780 or 0x8A0 <= code < 0x900 or 0xFB50 <= code < 0xFF00:
        return "arabic"
    return "other" if char.isalpha() else ""


def fold_look_alikes(token: str) -> str:
    """Replace look-alike letters in a token that mixes Latin with Greek or Cyrillic.

    A token wholly in one script is left alone: in it those letters are what they seem.
    """
    scripts = {_script(char) for char in token}
    if "latin" in scripts and scripts & {"cyrillic", "greek"}:
        return token.translate(_LOOK_ALIKES)
    return token


def strip_marks(text: str) -> str:
    """Remove accents, vowel points and tatweel; keep the letters."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=65536)
def romanise(token: str) -> tuple[str, ...]:
    """The Latin tokens of one casefolded token; several when its script writes no spaces.

    A token in Arabic or Hebrew script comes back marked with `BARE`: its vowels are unknown, so
    that it can be compared by consonants only. Pure; the cache is keyed by content.

    Args:
        token: Casefolded, without white space.

    Returns:
        Tokens of a-z and 0-9 with or without the mark, or the token itself when nothing can
        romanise it. Empty when the token holds neither letter nor digit.
    """
    if token.isascii():
        return tuple(_WORD.findall(token))
    scripts = {_script(char) for char in token}
    # Composed first: й and ё are letters of their own, not и and е with a mark.
    composed = unicodedata.normalize("NFKC", token)
    latin = strip_marks(composed.translate(_TO_LATIN).translate(_TO_LATIN))
    latin = latin.translate(_TO_LATIN).casefold()
    if _NON_ASCII_LETTER.search(latin):
        latin = (latinize_text(latin, ascii=True) or "").casefold()
    words = _WORD.findall(latin)
    if not words:
        kept = "".join(char for char in token if char.isalnum())
        return (kept,) if kept else ()
    if scripts & {"arabic", "hebrew"} and "latin" not in scripts:
        return tuple(_split_article(word) for word in words)
    return tuple(words)


def _split_article(word: str) -> str:
    return word if word.isdigit() else BARE + word
