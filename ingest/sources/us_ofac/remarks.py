"""The grammar of the Remarks column of OFAC's legacy files.

    remarks = part *("; " part) "."
    part    = ["alt. "] key " " value ["(" place ")"] ["issued " date] ["expires " date]
            | ("a.k.a." | "f.k.a." | "n.k.a.") " '" name "'"
            | "Linked To: " name
            | sentence

A part that no rule reads is returned as `free` with its text: it is never dropped and never guessed
at. What a fact becomes (property, entity, relation) is decided in `us_ofac`.

Source: US Department of the Treasury, "SDN data formats" (dat_spec.txt), column Remarks; the keys
are those that occur in the lists of 2023-12-28 and 2025-12-19.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from followthemoney.types import registry

from graph.cleaning import Cleaner
from graph.countries import find_country

# The column is cut here, in the middle of a word, and continued in the comments file.
REMARKS_LIMIT = 1000


class Fact(NamedTuple):
    """One part of the remarks. `kind` selects the reading, `key` is the publisher's own label."""

    kind: str
    key: str
    value: str
    raw: str
    country: str | None = None  # code
    place: str | None = None  # in parentheses, and no country
    issued: str | None = None
    expires: str | None = None
    dated: str | None = None  # a day that is either of the two


# Label -> kind, for labels followed by a value.
_LABELS = {
    "DOB": "birth",
    "POB": "birthplace",
    "nationality": "nationality",
    "citizen": "citizenship",
    "Gender": "gender",
    "Linked To:": "linked",
    "Website": "website",
    "Email Address": "email",
    "Email": "email",
    "E-mail": "email",
    "Phone Number": "phone",
    "Telephone Number": "phone",
    "Telephone No.": "phone",
    "Telephone": "phone",
    "Phone No.": "phone",
    "Phone": "phone",
    "Organization Established Date": "established",
    "Organization Type:": "sector",
    "Target Type": "classification",
    "Nationality of Registration": "registered",
    "Vessel Flag": "flag",
    "Other Vessel Flag": "flag",
    "Former Vessel Flag": "past_flag",
    "Vessel Type": "type",
    "Other Vessel Type": "type",
    "Former Vessel Type": "past_type",
    "Vessel Call Sign": "call_sign",
    "Other Vessel Call Sign": "call_sign",
    "Vessel Year of Build": "built",
    "Vessel Owner": "owner",
    "Aircraft Manufacture Date": "built",
    "Aircraft Model": "model",
    "Aircraft Operator": "operator",
    "Digital Currency Address -": "wallet",
    # About the measure, not the party.
    "Additional Sanctions Information -": "provision",
    "Secondary sanctions risk:": "provision",
    "Transactions Prohibited For Persons Owned or Controlled By U.S. Financial Institutions:":
        "provision",
    "Executive Order": "provision",
    "CAATSA Section": "provision",
    "IFCA Determination -": "provision",
    "Listing Date": "provision",
    "Effective Date": "provision",
    "Purchase/Sales For Divestment Date": "provision",
    # Read and kept as a note.
    "Fax": "note",
    "Fax No.": "note",
    "Issuer Name": "note",
    "Previous Aircraft Tail Number": "note",
    "For more information": "note",
    "all offices worldwide": "note",
    "and all other locations worldwide": "note",
    "All Branches Worldwide": "note",
    "Further Identifying Information": "note",
}  # fmt: skip

# Labels of identifiers that the general form `_ID_FORM` does not see, or sees too little of.
_ID_LABELS = (
    "Diplomatic Passport", "Passport Booklet", "British National Overseas Passport",
    "Stateless Person Passport", "Passport No.", "Passport", "SSN", "C.U.R.P.", "C.U.I.P.",
    "C.U.I.", "C.U.I.T.", "C.I.F.", "N.I.F.", "N.I.E.", "I.F.E.", "R.F.C.", "RFC", "RTN",
    "D.N.I.", "US FEIN", "SWIFT/BIC", "BIK", "ISIN", "Equity Ticker", "MMSI",
    "Vessel Registration Identification IMO", "Vessel Registration Identification",
    "Identification Number IMO", "Company Number IMO", "International Maritime Organization No.",
    "License", "Personal ID Card", "National ID Card", "Seafarer's Identification Document",
    "Stateless Person ID Card", "Refugee ID Card", "Tazkira National ID Card",
    "Credencial electoral", "Cartilla de Servicio Militar Nacional", "Italian Fiscal Code",
    "Fiscal Code", "Chinese Commercial Code", "Unified Social Credit Code",
    "United Social Credit Code Certificate", "VisaNumberID", "Numero de Identidad",
    "Aircraft Serial Identification", "Aircraft Mode S Transponder Code", "Organization Code",
    "UAE Identification", "Matricula Mercantil No", "Dubai Chamber of Commerce Membership No.",
    "Romanian Tax Registration", "CNP", "Registration ID", "Business Registration Document #",
    "Romanian Permanent Resident", "Trademark number", "Numero Unico de Identificacao Tributaria",
    "Paraguayan tax identification number", "Central Registration System Number", "TELEX",
)  # fmt: skip

_LINKED = re.compile(r"(?:^|;\s*)Linked To:\s*")
_SEPARATOR = re.compile(r";\s+|;$")
_QUOTED = re.compile(r"^(a\.?k\.?a\.?|f\.?k\.?a\.?|n\.?k\.?a\.?),?\s*'(.+)'$", re.I | re.S)
_QUOTED_OPEN = re.compile(r"^(?:alt\. )?[afn]\.?k\.?a\.?,?\s*'", re.I)
_CLOSING = re.compile(r"'(?![A-Za-z])")  # not the apostrophe of "BA'ATH"
_ALT = re.compile(r"^alt\.\s+", re.I)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = rf"(?:(?:(?:\d{{1,2}} )?(?:{_MONTHS})[a-z]* )?\d{{4}})"
_DATED = re.compile(rf"^(.*?),?\s*\b(issued|expires|expired)\s+({_DATE})$", re.I | re.S)
_PLACED = re.compile(r"^(.*?)\s*\(([^()]*)\)$", re.S)
_KEY_NOTE = re.compile(r"^\(([A-Za-z][^()]*)\)\s*")
# "… No. 123", "… Number 123", "… # 123", "… ID 123": an identifier under any label.
_ID_FORM = re.compile(
    r"^((?:\S+ ){0,7}?(?:No\.|Number|#|ID|C\.R\.)(?: (?:No\.?|Number))?):?\s+(?=.*\d)(.+)$", re.S
)


def _index_labels() -> dict[str, list[tuple[str, str]]]:
    """Labels by their first word, the longest first, each with its folded form."""
    index: dict[str, list[tuple[str, str]]] = {}
    for label in sorted((*_LABELS, *_ID_LABELS), key=len, reverse=True):
        index.setdefault(label.split()[0].rstrip(":").lower(), []).append((label.lower(), label))
    return index


_LABEL_INDEX = _index_labels()


def iter_facts(remarks: str, *, cut: bool = False) -> Iterator[Fact]:
    """The parts of an entry's whole remarks, in order.

    Args:
        remarks: The column with its continuation already joined to it.
        cut: The text breaks off: its last part is returned unread, as kind "cut", because half an
            identifier or name would be a wrong one.

    Example:
        >>> [(fact.kind, fact.value) for fact in iter_facts("DOB 1963; a.k.a. 'GODANE'.")]
        [('birth', '1963'), ('weak_alias', 'GODANE')]
    """
    parts = list(_iter_parts(remarks))
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        # The remarks end in a dot that belongs to no value; only the target of "Linked To" may
        # want it back ("… S.A.L.."), so that one is resolved with it first and then without.
        text = part.strip()
        if last and cut:
            if text:
                yield Fact("cut", "", text, text)
            return
        if last and text.endswith("."):
            linked = "linked to:" in text.lower()[:20] and not text.endswith(").")
            text = text if linked else text[:-1].rstrip()
        if text:
            yield read_part(text)


def split_linked(remarks: str) -> tuple[str, list[str]]:
    """Remarks without their "(Linked To: A; Linked To: B)", and the names in it.

    The form of the legacy XML and of the Consolidated Screening List; names may hold parentheses.

    Example:
        >>> split_linked("all offices worldwide; (Linked To: FOO (BAR) CO.; Linked To: BAZ)")
        ('all offices worldwide', ['FOO (BAR) CO.', 'BAZ'])
    """
    start = remarks.find("(Linked To:")
    if start < 0:
        return remarks, []
    depth, end = 0, len(remarks)
    for place in range(start, len(remarks)):
        depth += {"(": 1, ")": -1}.get(remarks[place], 0)
        if depth == 0:
            end = place
            break
    names = [name.strip() for name in _LINKED.split(remarks[start + 1 : end]) if name.strip()]
    before, after = remarks[:start].rstrip("; ."), remarks[end + 1 :].strip("; ")
    return "; ".join(part for part in (before, after) if part), names


def _iter_parts(remarks: str) -> Iterator[str]:
    pending = ""
    for part in _SEPARATOR.split(remarks):
        text = f"{pending}; {part}" if pending else part
        pending = ""
        # A quoted name may hold the separator itself.
        stripped = text.strip()
        opened = _QUOTED_OPEN.match(stripped) if "'" in stripped else None
        if opened and not _CLOSING.search(stripped, opened.end()):
            pending = text
            continue
        yield text
    if pending:
        yield from pending.split("; ")


def read_part(text: str) -> Fact:
    """One part of the remarks, without the dot that ends them."""
    body = _ALT.sub("", text)
    if body.startswith("(") and body.endswith(")") and body.count("(") == 1:
        body = body[1:-1]
    quoted = _QUOTED.match(body) if body.endswith("'") else None
    if quoted:
        name = {"a": "weak_alias", "f": "former_name", "n": "alias"}[quoted[1][0].lower()]
        return Fact(name, quoted[1], quoted[2].strip(), text)
    key, rest = _split_label(body)
    if key:
        kind = _LABELS.get(key)
        return Fact(kind, key, rest, text) if kind else read_identifier(key, rest, text)
    form = _ID_FORM.match(body)
    if form:
        return read_identifier(form[1].strip(), form[2].strip(), text)
    return Fact("free", "", body, text)


def _split_label(body: str) -> tuple[str, str]:
    """The known label that a part starts with and what follows it; ("", body) without one."""
    folded = body.lower()
    first = folded.split(maxsplit=1)[0].rstrip(":") if folded else ""
    for start, label in _LABEL_INDEX.get(first, ()):
        after = folded[len(start) : len(start) + 1]
        if folded.startswith(start) and not after.isalnum():
            return label, body[len(start) :].lstrip(": ").strip()
    return "", body


def read_identifier(key: str, value: str, raw: str) -> Fact:
    """An identifier whose value may end in dates, places and the country."""
    issued = expires = country = place = None
    note = _KEY_NOTE.match(value)
    if note and len(value) > note.end():
        value = value[note.end() :]
    while value:
        dated = _DATED.match(value)
        placed = None if dated else _PLACED.match(value)
        if dated:
            when = parse_dates(dated[3])
            stamp = when[0] if when else None
            if dated[2].lower() == "issued":
                issued = stamp
            else:
                expires = stamp
            value = dated[1]
        elif placed and placed[1]:
            code = find_country(placed[2])
            if code and country is None:
                country = code
            else:
                place = placed[2] if place is None else f"{placed[2]}, {place}"
            value = placed[1]
        else:
            break
    return Fact("id" if value else "free", key, value.strip(), raw, country, place, issued, expires)


_DAY = re.compile(rf"^(?:(?:(\d{{1,2}}) )?({_MONTHS})[a-z]* )?(\d{{4}})$", re.I)
_ISO = Cleaner(registry.date, None)
_ABOUT = re.compile(r"^(?:circa|c\.|approximately|approx\.|between)\s*", re.I)
_CIRCA = re.compile(r"^circa\s+", re.I)
_RANGE = re.compile(r"\s+(?:to|and)\s+|\s*-\s*")
_MONTH_NUMBERS = {name.lower(): f"{number:02d}" for number, name in
                  enumerate(_MONTHS.split("|"), start=1)}  # fmt: skip


@cache
def parse_dates(text: str) -> tuple[str, ...]:
    """ISO prefixes of a published date: one, two for a range, none when it is not understood.

    The precision is the publisher's: "1963" stays a year. "circa" and the range itself cannot be
    held in the value; the caller keeps the published text beside it.

    Example:
        >>> parse_dates("circa 1944"), parse_dates("1951 to 1953"), parse_dates("21 Mar 1955")
        (('1944',), ('1951', '1953'), ('1955-03-21',))
    """
    plain = _ABOUT.sub("", text.strip())
    ends = [_parse_day(part) for part in _RANGE.split(plain)]
    if len(ends) > 2 or None in ends:  # a range has two ends
        return ()
    return tuple(end for end in ends if end)


def _parse_day(text: str) -> str | None:
    match = _DAY.match(_CIRCA.sub("", text.strip()))
    if match is None:
        return None
    day, month, year = match.groups()
    iso = year
    if month:
        iso += "-" + _MONTH_NUMBERS[month[:3].lower()]
    if day:
        iso += f"-{int(day):02d}"
    return iso if _ISO.keeps(iso) else None


_ONLY = re.compile(r"^(.*?)\s*\(([^()]*\bONLY)\)\s*$", re.I | re.S)
# Other short words ("IN", "NO", "AND") are country codes as well as English words.
_SHORTEST_COUNTRY_WORD = 4
_SHORT_COUNTRIES = frozenset({"uae", "uk", "usa"})


def split_scope(name: str) -> tuple[str, tuple[str, ...]]:
    """A name and the countries to which a "(… ONLY)" behind it limits the name.

    Returns:
        The bare name and country codes; the unchanged name and () without such a limit, or when
        no country is recognised in it.

    Example:
        >>> split_scope("GRAND STORES (THE GAMBIA LOCATION ONLY)")
        ('GRAND STORES', ('gm',))
    """
    match = _ONLY.match(name)
    if match is None or not match[1]:
        return name, ()
    codes = find_countries(match[2])
    return (match[1], codes) if codes else (name, ())


def find_countries(text: str) -> tuple[str, ...]:
    """Codes of the countries named anywhere in a text, longest names first, in order."""
    words = re.findall(r"[\w.'-]+", text)
    found: list[str] = []
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            phrase = " ".join(words[start:end])
            short = len(phrase) < _SHORTEST_COUNTRY_WORD
            if short and phrase.lower() not in _SHORT_COUNTRIES:
                continue
            code = find_country(phrase)
            if code:
                found.append(code)
                start = end - 1
                break
        start += 1
    return tuple(dict.fromkeys(found))
