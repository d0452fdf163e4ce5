"""What OFAC's identifier labels mean in FollowTheMoney.

A label gives a flat property of the party (so that identifiers join without a detour) and, for
people and organisations, an Identification or Passport entity with country and dates. A number that
fails the check digit of a formatted property falls back to the general one: it is never dropped.
"""

from __future__ import annotations

from functools import cache

from followthemoney.schema import Schema
from rigour.ids import get_identifier_format

from graph.statements import require_schema
from ingest.sources.us_ofac.remarks import Fact

# Label, or its beginning, in lower case -> properties in order of preference.
_EXACT = {
    "ssn": ("socialSecurityNumber",),
    "legal entity number": ("leiCode",),
    "swift/bic": ("swiftBic",),
    "bik": ("bikCode",),
    "isin": ("isinCode",),
    "equity ticker": ("ticker",),
    "d-u-n-s number": ("dunsCode",),
    "unified social credit code": ("uscCode",),
    "united social credit code certificate": ("uscCode",),
    "government gazette number": ("okpoCode",),  # OFAC's English for the Russian OKPO
    "mmsi": ("mmsi",),
    "aircraft tail number": ("registrationNumber",),
    "aircraft mode s transponder code": ("icaoCode",),
    "aircraft manufacturer's serial number": ("serialNumber",),
    "aircraft construction number": ("serialNumber",),
    "aircraft serial identification": ("serialNumber",),
    "serial no.": ("serialNumber",),
    "v.a.t. number": ("vatCode",),
}
# Words in a label, in the order in which they are looked for.
_WORDS = (
    ("passport", ("passportNumber",)),
    ("imo", ("imoNumber",)),
    ("international maritime", ("imoNumber",)),
    ("tax", ("taxNumber",)),
    ("fiscal", ("taxNumber",)),
    ("r.f.c.", ("taxNumber",)),
    ("rfc", ("taxNumber",)),
    ("ruc #", ("taxNumber",)),
    ("nit #", ("taxNumber",)),
    ("rif #", ("taxNumber",)),
    ("rtn", ("taxNumber",)),
    ("fein", ("taxNumber",)),
    ("c.u.i.t.", ("taxNumber",)),
    ("n.i.f.", ("taxNumber",)),
    ("c.i.f.", ("taxNumber",)),
    ("tributaria", ("taxNumber",)),
    ("license", ("licenseNumber",)),
    ("permit", ("licenseNumber",)),
)
# Russian numbers under general labels; both carry check digits.
_RUSSIAN = {
    "tax id no.": "innCode",
    "registration number": "ogrnCode",
    "registration id": "ogrnCode",
}
# Not the party's own number.
_NOT_IDENTIFYING = frozenset({"chinese commercial code", "trademark number", "telex"})


@cache
def _candidates(label: str, country: str | None) -> tuple[str, ...]:
    key = label.lower()
    if key in _NOT_IDENTIFYING:
        return ()
    preferred: tuple[str, ...] = ()
    if country == "ru" and key in _RUSSIAN:
        preferred = (_RUSSIAN[key],)
    preferred += _EXACT.get(key, ())
    if not preferred or country == "ru":
        preferred += next((props for word, props in _WORDS if word in key), ())
    return preferred


def flat_property(schema: str, fact: Fact) -> tuple[str, str] | None:
    """The party's own property for an identifier, and the number in that property's form.

    Args:
        schema: Schema of the party.
        fact: A fact of kind "id".

    Returns:
        None when the label names no number of the party, or the schema has no place for one.
    """
    if fact.key.lower() in _NOT_IDENTIFYING:
        return None
    model = require_schema(schema)
    general = "idNumber" if schema == "Person" else "registrationNumber"
    for prop in (*_candidates(fact.key, fact.country), general):
        value = _formatted(model, prop, fact.value)
        if value is not None:
            return prop, value
    return None


def _formatted(model: Schema, prop: str, number: str) -> str | None:
    """The number as the property wants it; None without the property or when it fails its check."""
    found = model.get(prop)
    if found is None:
        return None
    if found.format is None:
        return number
    form = get_identifier_format(found.format)
    if form is None:
        return number
    plain = number.strip("()")
    return (form.normalize(plain) or None) if form.is_valid(plain) else None


def document_schema(fact: Fact) -> str:
    """Passport or Identification, by the label."""
    return "Passport" if "passport" in fact.key.lower() else "Identification"
