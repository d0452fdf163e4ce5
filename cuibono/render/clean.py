"""Makes untrusted text inert before a terminal, a table or a spreadsheet shows it.

Names come from lists that anyone may have written into. Nothing here changes what is stored or what
JSON carries: `clean` is for showing, `make_json_inert` only changes how a character is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

# ECMA-48 control sequences and strings (colours, cursor moves, window titles, links), 7 and 8 bit.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# Controls; bidi marks, embeddings, overrides and isolates; invisible characters; tags. The joiners
# U+200C and U+200D stay: Persian and Indic names need them.
_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSAFE_IN_JSON = re.compile(f"[{_INVISIBLE}\u2028\u2029\ud800-\udfff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def clean(text: str) -> str:
    r"""The text on one line, without control, escape and direction characters.

    Example:
        >>> clean("A\x1b[31mB\x1b[0m\nC\u202eD")
        'AB CD'
    """
    text = _ESCAPES.sub("", text)
    text = _BREAKS.sub(" ", text)
    return _SURROGATES.sub("\ufffd", _HIDDEN.sub("", text)).strip()


def safe(text: str | None, style: str = "") -> Text:
    """A rich text that shows the text and nothing else: markup in it stays letters."""
    from rich.text import Text  # slow to import, and not needed for JSON

    return Text(clean(text or ""), style=style)


def clean_cell(text: str) -> str:
    """A cell of a CSV file: one line, and no formula in any spreadsheet."""
    cell = clean(text)
    return (
        f"'{cell}" if text.startswith(_FORMULA_STARTS) or cell.startswith(_FORMULA_STARTS) else cell
    )


def make_json_inert(document: str) -> str:
    """JSON of the same value, in which such characters are written as escapes.

    They can only stand inside strings, so that a reader gets the text back as it was.
    """

    def escape(match: re.Match[str]) -> str:
        code = ord(match[0])
        if code < 0x10000:
            return f"\\u{code:04x}"
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"

    return "\n".join(_UNSAFE_IN_JSON.sub(escape, line) for line in document.split("\n"))
