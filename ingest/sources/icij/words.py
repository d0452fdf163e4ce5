"""What the words of the ICIJ Offshore Leaks Database mean: roles, names that are none, dates.

Source: ICIJ, offshoreleaks.icij.org/pages/faq; the values of `rel_type` and `link` as published.
"""

from __future__ import annotations

import re

# Shares of the bearer belong to whoever holds the paper: two such holders are not one.
_BEARER = re.compile(
    r"\W*(?:(?:the|to|el|al|au|le|o|ao|der)\s+)?"
    r"(?:bearer|portador|porteur|portatore|inhaber|toonder)"
    r"(?:\W+(?:shares?|share\s?holders?|holders?|warrants?|certificates?|securities|\d+|[a-z])\b)*"
    r"\W*",
    re.I,
)
SENTINEL = "1969-12-31"  # the day before the first of Unix time: no date at all
REGISTERED_ADDRESS = "registered_address"
INTERMEDIARY = "intermediary_of"
OFFICER = "officer_of"
# Of these the database itself says that names, numbers or addresses look alike.
ALIKE = re.compile(r"same_|similar|probably_same", re.I)
_ROLES = (
    (re.compile(r"\b(?:share\s?holder|stock\s?holder|owner|ubo)\b", re.I), "Ownership"),
    (re.compile(r"\b(?:director|secretary|president|chair\w*|treasurer|officer|board|manager|"
                r"managing|signatory|member of (?:the )?(?:board|council))\b", re.I),
     "Directorship"),
    (re.compile(r"\b(?:attorney|agent|representative|nominee)\b", re.I), "Representation"),
    (re.compile(r"\b(?:protector|trustee|controller)\b", re.I), "Control"),
)  # fmt: skip
_NOMINEE = re.compile(r"\bnominee\b", re.I)
UNKNOWN = "UnknownLink"


def is_bearer(name: str) -> bool:
    """Whether a name says "whoever holds the paper".

    Example:
        >>> is_bearer("THE BEARER"), is_bearer("Bearer Shares 1"), is_bearer("Bearer Holdings Ltd")
        (True, True, False)
    """
    return _BEARER.fullmatch(name) is not None


def schemata_of(link: str) -> tuple[str, ...]:
    """The schemata of an officer's link by its published words, which may name several roles.

    Example:
        >>> schemata_of("shareholder of"), schemata_of("Director / Shareholder of")
        (('Ownership',), ('Ownership', 'Directorship'))
        >>> schemata_of("nominee director of"), schemata_of("Settlor of")
        (('Directorship',), ('UnknownLink',))
    """
    plain = [schema for pattern, schema in _ROLES if pattern.search(link)]
    # A nominee director or shareholder is one; what the person does for somebody is not said.
    if len(plain) > 1 and "Representation" in plain and _NOMINEE.search(link):
        plain.remove("Representation")
    return tuple(plain) or (UNKNOWN,)
