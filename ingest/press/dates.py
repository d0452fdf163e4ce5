"""When a stated relation held, as far as its own clause says.

Only a date directly before the subject or directly after the object is taken: one further away may
be of something else. "As of" and "since at least" are bounds, not beginnings.
"""

from __future__ import annotations

import re

from ingest.press.sentence import Found

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul",
         "August Aug", "September Sept Sep", "October Oct", "November Nov", "December Dec"), 1
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(_MONTHS)
_DATE = (
    rf"(?:(?:early|mid|late)[ -])?(?:(?P<m{{0}}>{_MONTH})\.? "
    rf"(?:(?P<d{{0}}>\d{{{{1,2}}}}),? )?)?(?P<y{{0}}>(?:19|20)\d\d)"
)
_ONE, _TWO = _DATE.format(1), _DATE.format(2)
_BEFORE = re.compile(
    rf"(?:^|[,;.] )(?:and )?(?P<how>since at least|since|as of(?: at least)?|"
    rf"beginning in|starting in),? {_ONE},? $",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^,? (?P<how>since at least|since|as of|from at least|from|between|until|"
    rf"beginning in|starting in) {_ONE}"
    rf"(?: (?:to|until|through|and) {_TWO})?(?=[ ,.;]|$)"
)


def find_period(text: str, found: Found) -> tuple[str | None, str | None]:
    """First and last date of a relation, as an evidence file writes them; None: not stated."""
    if match := _AFTER.search(text[found.end :]):
        how, first = match["how"], _iso(match, 1)
        last = _iso(match, 2) if match["y2"] else None
        if how == "until":
            return None, first
        if how in ("from", "from at least", "between") and last is None:
            return None, None
        return (f"[..{first}]" if "least" in how or how == "as of" else first), last
    before = text[: found.start]
    if match := _BEFORE.search(before):
        how = match["how"].lower()
        first = _iso(match, 1)
        return (f"[..{first}]" if "least" in how or "as of" in how else first), None
    return None, None


def _iso(match: re.Match[str], number: int) -> str:
    year, month, day = (match[f"{part}{number}"] for part in "ymd")
    parts = [year]
    if month:
        parts.append(f"{_MONTHS[month.capitalize()]:02}")
        if day:
            parts.append(f"{int(day):02}")
    return "-".join(parts)
