"""Ids of entities: lower case, one per publisher's own number, whichever file it came in."""

from __future__ import annotations

import hashlib
import re

# What an id of each publisher begins with; the evidence reader knows a listed party by it.
LIST_PREFIXES = (
    "ofac-", "un-", "eu-", "gb-", "ch-", "au-", "ca-", "il-", "us-", "lei-", "icij-",
)  # fmt: skip
# Those that no number of anybody else begins with. "GB-1234" may be a partner's own.
UNMISTAKABLE_PREFIXES = ("ofac-", "lei-", "icij-", "gb-coh-", "un-")
_OTHER = re.compile(r"[^a-z0-9]+")


def make_id(prefix: str, *parts: str) -> str:
    """`un-tae.010` from ("un", "TAe.010"): the publisher's number, lower-case, in a slug.

    Dots stay, as references have them; everything else that is no letter or digit becomes "-". A
    part of other scripts leaves nothing of itself, so it is digested.
    """
    slugs = []
    for part in parts:
        pieces = [_OTHER.sub("-", piece).strip("-") for piece in part.strip().lower().split(".")]
        slug = ".".join(piece for piece in pieces if piece)
        slugs.append(slug or digest(part))
    return "-".join((prefix, *slugs))


def digest(*parts: str | None) -> str:
    """Twelve hex digits: short, and 2^48 is far above the number of values on any list."""
    joined = "|".join(part or "" for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:12]
