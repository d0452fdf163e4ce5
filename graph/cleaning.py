"""Values as FollowTheMoney cleans them, a whole column at a time.

Most published values are clean already. For these, patterns below say so without a call in Python;
all the others go through the property type, once per distinct value. The result equals cleaning
every single value: `tests/graph/test_cleaning.py` holds each pattern against the types.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from followthemoney.property import Property
from followthemoney.types import registry
from followthemoney.types.common import PropertyType

from graph.countries import clean_country

# Letters that compose with no letter beside them: Latin, Greek, Cyrillic, Hebrew, Arabic, Han …
LETTERS = (
    "\u00c0-\u017f\u0391-\u03a1\u03a3-\u03ce\u0400-\u045f\u05d0-\u05ea\u0621-\u063a\u0641-\u064a"
    "\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff"
)
# Those and printable ASCII without blanks at the ends: neither composed, stripped nor made safe.
_TEXT = rf"^[!-~{LETTERS}]([ -~{LETTERS}]*[!-~{LETTERS}])?$"
# The same without repeated blanks, and no quotation mark that opens a name.
_NAME = rf"^[!#-&(-~{LETTERS}][!-~{LETTERS}]*( [!-~{LETTERS}]+)*$"
_ADDRESS = rf"^[!-~{LETTERS}]+( [!-~{LETTERS}]+)*$"
# Line breaks, "ESQ" and repeated commas are rewritten in addresses.
_NOT_ADDRESS = r";|<|ESQ|, ?[,.]"
# Days from the 29th on depend on the month.
_DATE = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?)?$"
# A plain host that is no number, a path, and a query; no fragment.
_URL = (
    r"^https?://([a-z0-9][a-z0-9-]{0,62}\.)+[a-z]{2,63}/[A-Za-z0-9._~/-]*"
    r"(\?[A-Za-z0-9._~/=&%+-]+)?$"
)
# A plain mailbox at a host in lower case, too short for any limit; no hyphens side by side.
_HOST_LABEL = r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,2}"
_EMAIL = rf"^[A-Za-z0-9._+-]{{1,64}}@({_HOST_LABEL}\.){{1,3}}[a-z]{{2,63}}$"
_LEI = r"^[0-9A-Z]{18}[0-9]{2}$"
_LEI_LENGTH = 20


class Cleaner(NamedTuple):
    """How the values of a property are cleaned: its type, and the format of an identifier."""

    kind: PropertyType
    format: str | None

    @classmethod
    def of(cls, prop: Property) -> Cleaner:
        """The cleaner of a property."""
        return cls(prop.type, prop.format)

    def clean(self, value: str) -> str | None:
        """One value, cleaned; None when its type rejects it."""
        return _clean(self, value)

    def keeps(self, value: str) -> bool:
        """Whether cleaning leaves the value as it is."""
        return self._is_plain(value) or self.clean(value) == value

    def accepts(self, value: str) -> bool:
        """Whether cleaning leaves anything of the value."""
        return self._is_plain(value) or self.clean(value) is not None

    def _is_plain(self, value: str) -> bool:
        pattern = _compiled(self)
        if pattern is None or pattern.fullmatch(value) is None:
            return False
        return self.kind is not registry.address or re.search(_NOT_ADDRESS, value) is None


@lru_cache(maxsize=65536)
def _clean(cleaner: Cleaner, value: str) -> str | None:
    """Cached, as a source asks whether a type accepts a value before it is written."""
    if cleaner.kind is registry.country:
        return clean_country(value)
    return cleaner.kind.clean(value, format=cleaner.format)


def _has_own_cleaning(kind: PropertyType) -> bool:
    own = type(kind)
    return own.clean is not PropertyType.clean or own.clean_text is not PropertyType.clean_text


@cache
def _pattern(cleaner: Cleaner) -> str | None:
    kind = cleaner.kind
    if not _has_own_cleaning(kind):
        return _TEXT
    if cleaner.format is not None:
        return None
    known = {
        registry.name: _NAME,
        registry.address: _ADDRESS,
        registry.identifier: _TEXT,
        registry.date: _DATE,
        registry.url: _URL,
        registry.email: _EMAIL,
    }
    return known.get(kind)


@cache
def _compiled(cleaner: Cleaner) -> re.Pattern[str] | None:
    pattern = _pattern(cleaner)
    return None if pattern is None else re.compile(pattern)


def is_clean(values: pa.StringArray, cleaner: Cleaner) -> pa.BooleanArray:
    """Which values are seen to be clean without asking their type; the others may be, too."""
    if cleaner.format == "lei":
        return _is_lei(values)
    pattern = _pattern(cleaner)
    if pattern is None:
        return pa.repeat(pa.scalar(False), len(values))
    clean = pc.match_substring_regex(values, pattern)
    if cleaner.kind is registry.address:
        clean = pc.and_not(clean, pc.match_substring_regex(values, _NOT_ADDRESS))
    return clean


def _is_lei(values: pa.StringArray) -> pa.BooleanArray:
    """Which values are LEIs with the right check digits.

    Source: ISO 17442; ISO 7064, MOD 97-10: with A = 10 … Z = 35 the number leaves the rest 1.
    """
    shaped = pc.match_substring_regex(values, _LEI)
    leis = values.filter(shaped)
    letters = np.frombuffer("".join(leis.to_pylist()).encode(), np.uint8)
    rest = np.zeros(len(leis), np.int64)
    for letter in letters.reshape(-1, _LEI_LENGTH).T.astype(np.int64):
        digit = letter - ord("0")
        rest = np.where(digit > 9, rest * 100 + letter - ord("A") + 10, rest * 10 + digit) % 97
    return pc.replace_with_mask(shaped, shaped, pa.array(rest == 1))


def clean_values(values: pa.StringArray, cleaner: Cleaner) -> pa.StringArray:
    """Each value cleaned, null where its type rejects it.

    Args:
        values: Distinct, without nulls: a repeated value would be cleaned again.
    """
    doubtful = pc.invert(is_clean(values, cleaner))
    cleaned = [cleaner.clean(value) for value in values.filter(doubtful).to_pylist()]
    if not cleaned:
        return values
    return pc.replace_with_mask(values, doubtful, pa.array(cleaned, pa.string()))


def clean_column(values: pa.StringArray, cleaner: Cleaner) -> pa.StringArray:
    """Each value of a column cleaned, null where its type rejects it.

    Args:
        values: Without nulls; may repeat.

    Returns:
        The same array when cleaning changes nothing.
    """
    encoded = values.dictionary_encode()
    cleaned = clean_values(encoded.dictionary, cleaner)
    if cleaned.equals(encoded.dictionary):
        return values
    return cleaned.take(encoded.indices)
