"""The packed column `ids` of the Consolidated Screening List.

    ids  = part *("; " part)
    part = [country ", "] [day ", " [day ", "]] value ", " label

The label comes last, and many labels name no document ("Gender", "Secondary sanctions risk:"). Of
two days the first is that of expiry; of one day the table does not say which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.sources.us_ofac.labels import Stated, read_document, read_labelled
from ingest.sources.us_ofac.remarks import Fact

_PART = re.compile(
    r"^(?:(?P<country>[A-Z]{2}), )?(?P<days>(?:\d{4}-\d\d-\d\d, ){0,2})"
    r"(?P<value>.*), (?P<label>[^,]+)$",
    re.S,
)


def iter_ids(cell: str) -> Iterator[Fact]:
    """What each part states.

    Example:
        >>> [fact] = iter_ids("TR, 2021-03-04, 2011-03-05, S0012, Passport")
        >>> fact.key, fact.value, fact.country, fact.issued, fact.expires
        ('Passport', 'S0012', 'tr', '2011-03-05', '2021-03-04')
    """
    pending = ""
    for part in cell.split("; "):
        text = f"{pending}; {part}" if pending else part
        pending = ""
        match = _PART.match(text.strip())
        if match is None:  # a value with the separator in it
            pending = text
            continue
        yield _read(match)
    if pending.strip():
        yield Fact("free", "", pending.strip(), pending.strip())


def _read(match: re.Match[str]) -> Fact:
    label, value = match["label"].strip(), match["value"].strip()
    days = [day for day in match["days"].split(", ") if day]
    expires, issued = days if len(days) > 1 else (None, None)
    dated = days[0] if len(days) == 1 else None
    stated = Stated(match["country"], issued, expires, dated=dated)
    is_sentence = label.endswith((":", "-")) or not any(each.isdigit() for each in value)
    return (
        read_labelled(label, value, stated) if is_sentence else read_document(label, value, stated)
    )
