"""What OFAC's structured files say under a label, as the facts that its remarks would give.

The XML files, the Consolidated Screening List and the Remarks column of the legacy files use the
same labels ("Tax ID No.", "Digital Currency Address - XBT"). The label is read once by the grammar
of the remarks, apart from any value: what a party becomes does not depend on the file's format, and
a hostile value cannot pass for a label.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from graph.countries import find_country
from ingest.sources.us_ofac.remarks import Fact, parse_dates, read_identifier, read_part

# Labels that only the structured files use, lower-case -> kind of fact.
_STRUCTURED = {
    "birthdate": "birth",
    "place of birth": "birthplace",
    "nationality country": "nationality",
    "citizenship country": "citizenship",
    "registration country": "registered",
    "title": "title",
    "vessel tonnage": "tonnage",
    "vessel gross tonnage": "tonnage",
    "vessel gross registered tonnage": "gross_tonnage",
    "call sign": "call_sign",
}
# How the legacy files print the labels of dates and places that the others spell out.
_PRINTED = {"birth": "DOB", "birthplace": "POB", "nationality": "nationality",
            "citizenship": "citizen", "owner": "Vessel owner:"}  # fmt: skip
_IMO = "IMO"
_PROBE = "0"  # a value that no grammar takes for anything


class _Label(NamedTuple):
    kind: str
    key: str
    lead: str  # of the value: the currency of "Digital Currency Address - XBT"


class Stated(NamedTuple):
    """What a document says beside its number; dates as ISO prefixes or as OFAC prints them."""

    country: str | None = None  # a name or a code
    issued: str | None = None
    expires: str | None = None
    authority: str | None = None
    dated: str | None = None  # a day that is either of the two


_NOTHING = Stated()


@cache
def _read_label(label: str) -> _Label:
    kind = _STRUCTURED.get(label.rstrip(": ").lower())
    if kind:
        return _Label(kind, label, "")
    fact = read_part(f"{label} {_PROBE}")
    if fact.kind == "free":
        return _Label("free", label, "")
    return _Label(fact.kind, fact.key, fact.value.removesuffix(_PROBE).strip())


def read_labelled(label: str, value: str, stated: Stated = _NOTHING) -> Fact:
    """The fact that a value under a label states; kind "free" when the label is unknown."""
    kind, key, lead = _read_label(label)
    if kind == "id":
        return _identifier(key, label, value, stated)
    raw = f"{_PRINTED.get(kind, label)} {value}"
    if kind == "free":
        return Fact(kind, "", raw, raw)
    return Fact(kind, key, f"{lead} {value}" if lead and kind == "wallet" else value, raw)


def read_document(label: str, value: str, stated: Stated = _NOTHING) -> Fact:
    """The identifier that a record of documents states, whatever its label.

    Labels that the files also use among documents for what is none ("Gender", "Website") keep
    their own kind.
    """
    scheme, _, number = value.partition(" ")
    if scheme == _IMO and number:  # the remarks print it as part of the label
        label, value = f"{label} {scheme}", number.strip()
    kind, key, _ = _read_label(label)
    if kind in ("id", "free"):
        return _identifier(key, label, value, stated)
    return read_labelled(label, value, stated)


def _identifier(key: str, label: str, value: str, stated: Stated) -> Fact:
    raw = f"{label} {value}"
    if stated.country:
        raw += f" ({stated.country})"
    for word, date in (("issued", stated.issued), ("expires", stated.expires)):
        raw += f" {word} {date}" if date else ""
    fact = read_identifier(key, value, raw)
    return fact._replace(
        kind="id",
        value=fact.value or value,
        country=(find_country(stated.country) if stated.country else None) or fact.country,
        place=stated.authority or fact.place,
        issued=_day(stated.issued) or fact.issued,
        expires=_day(stated.expires) or fact.expires,
        dated=stated.dated,
    )


def _day(text: str | None) -> str | None:
    if not text:
        return None
    if text[:4].isdigit() and text[4:5] in ("-", ""):
        return text[: len("2010-03-01")]  # without a time of day
    dates = parse_dates(text)
    return dates[0] if dates else None
