"""Comparable keys of identifiers, websites, e-mail addresses, phones and wallets.

A key says that two published values are one value. It never says that two parties are one: an
adviser's number, a group's website and a shared document are all shared by distinct parties.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers

from entity_resolution.normalise.addresses import clean_country, fold_text


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Family by words of the published type, first match wins; the order puts the special before the
# general ("tax registration number" is a tax number).
_FAMILIES: tuple[tuple[str, str], ...] = (
    ("passport", r"passport|reisepass|pasaporte"),
    ("lei", r"\blei\b|leicode|legal entity identifier"),
    ("swift", r"swift|\bbic\b"),
    ("imo", r"\bimo|imonumber"),
    ("mmsi", r"mmsi|maritime mobile"),
    ("duns", r"d-?u-?n-?s"),
    ("vat", r"\bvat|v\.a\.t"),
    ("social security", r"social security|\bssn\b|socialsecurity|national insurance"),
    (
        "tax",
        r"\btax|taxnumber|fiscal|\bnit\b|\bruc\b|r\.?f\.?c\.?\b|\binn\b|inncode|\btin\b|c\.?u\.?i\.?t",
    ),
    ("state registration", r"ogrn|government gazette|okpo"),
    ("licence", r"licen[cs]e"),
    (
        "registration",
        r"registration|registry|registro|matricula|mercantil|chamber of commerce|company number"
        r"|enterprise number|incorporation|business number|commercial|uscc|unified social",
    ),
    (
        "national id",
        r"national|cedula|identity|c\.?u\.?r\.?p|personal|citizen|\bd\.?n\.?i\b|electoral",
    ),
    ("identification", r"identification|\bid\b|idnumber"),
)
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _FAMILIES)
# Issued once for the whole world: the country that a source adds says nothing.
GLOBAL_FAMILIES = frozenset({"lei", "swift", "imo", "mmsi", "duns"})
# FollowTheMoney's flat properties, which name their family themselves.
PROPERTY_FAMILIES = {
    "registrationNumber": "registration",
    "uscCode": "registration",
    "taxNumber": "tax",
    "innCode": "tax",
    "vatCode": "vat",
    "idNumber": "identification",
    "passportNumber": "passport",
    "socialSecurityNumber": "social security",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "swiftBic": "swift",
    "leiCode": "lei",
    "dunsCode": "duns",
    "ogrnCode": "state registration",
    "okpoCode": "okpo",
    "licenseNumber": "licence",
}
_NOT_NUMBER = re.compile(r"[^A-Z0-9]+")
_NOT_DIGIT = re.compile(r"[^0-9]+")
# Shorter numbers recur by chance even under one issuer.
MIN_NUMBER = 5

_SOCIAL = _words(
    "facebook.com fb.com twitter.com x.com instagram.com linkedin.com youtube.com youtu.be t.me"
    " telegram.me telegram.org vk.com ok.ru tiktok.com whatsapp.com wa.me pinterest.com medium.com"
    " flickr.com google.com goo.gl bit.ly yahoo.com wikipedia.org archive.org ebay.com amazon.com"
    " opencorporates.com bloomberg.com dailymotion.com soundcloud.com"
)
# Here each customer has a host of its own; only the provider's own host is generic.
_HOSTING = _words(
    "blogspot.com wordpress.com tripod.com geocities.com angelfire.com wix.com wixsite.com"
    " weebly.com webs.com narod.ru ucoz.ru jimdo.com github.io sites.google.com alibaba.com"
    " made-in-china.com indiamart.com etsy.com shopify.com myshopify.com tradekey.com ec21.com"
    " 000webhostapp.com 8m.com squarespace.com godaddysites.com business.site en.alibaba.com"
    " ecplaza.net exportersindia.com"
)
_FREE_MAIL = _words(
    "gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com msn.com aol.com mail.ru"
    " yandex.ru yandex.com protonmail.com proton.me gmx.com gmx.net gmx.de icloud.com web.de qq.com"
    " 163.com 126.com rediffmail.com mail.com bk.ru list.ru inbox.ru rambler.ru tutanota.com"
    " yahoo.co.uk yahoo.fr hotmail.fr hotmail.co.uk wanadoo.fr zoho.com"
)
_ROLES = _words(
    "info contact admin sales support office mail email webmaster postmaster abuse noreply no-reply"
    " hostmaster enquiries help"
)
_PLACEHOLDER_HOSTS = _words("example.com example.org example.net localhost test.com")
_HOST = re.compile(r"^(?:[^\s.@/]+\.)+(?:xn--[a-z0-9-]+|[^\s.@/\d]{2,})$")


@lru_cache(maxsize=4096)
def identifier_family(kind: str) -> str:
    """What sort of number a published type names: "NIT #" and "Tax ID No." are both `tax`."""
    if kind in PROPERTY_FAMILIES:
        return PROPERTY_FAMILIES[kind]
    text = fold_text(kind)
    for name, pattern in _COMPILED:
        if pattern.search(text):
            return name
    return " ".join(re.findall(r"[a-z0-9]+", text)) or "identification"


def clean_identifier(kind: str, number: str, country: str | None = None) -> str | None:
    """Key of an identifier: family, issuer and number; None when too weak to compare.

    Blanks and punctuation are no part of a number: RL 1794375 and RL1794375 are one. Leading zeros
    are kept. The issuer is empty where the source does not state it.

    Example:
        >>> clean_identifier("Passport", "RL 1794375", "lb")
        'passport|lb|RL1794375'
    """
    plain = _NOT_NUMBER.sub("", fold_text(number).upper())
    digits = _NOT_DIGIT.sub("", plain)
    family = identifier_family(kind)
    if family == "imo":
        plain = digits
    elif family == "swift":
        plain = plain[:8]  # the last three letters name a branch
    if len(plain) < MIN_NUMBER or len(plain) > 40:
        return None
    # One repeated digit is a placeholder; without digits only codes of letters are numbers.
    if len(set(plain)) < 2 or not (digits or family in ("swift", "lei")):
        return None
    if digits in ("123456", "1234567", "12345678", "123456789", "1234567890"):
        return None
    issuer = "" if family in GLOBAL_FAMILIES else clean_country(country) or ""
    return f"{family}|{issuer}|{plain}"


def clean_website(url: str) -> str | None:
    """Host of a website; None when the host is a network, market or free host that many use.

    Example:
        >>> clean_website("http://www.GrupoArosfran.net/pt/")
        'grupoarosfran.net'
        >>> clean_website("https://www.facebook.com/somebody") is None
        True
    """
    text = url.strip().casefold()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except (ValueError, UnicodeError):  # a malformed port, bracket or label: not a website
        return None
    host = re.sub(r"^(?:www?\d*\.)+", "", host.rstrip("."))
    if not _HOST.match(host) or host in _PLACEHOLDER_HOSTS:
        return None
    if any(host == site or host.endswith(f".{site}") for site in _SOCIAL) or host in _HOSTING:
        return None
    return None if re.sub(r"^[a-z]{1,2}\.", "", host) in _HOSTING else host


def clean_email(email: str) -> str | None:
    """A whole mailbox in lower case; None for placeholders and providers' own role mailboxes.

    One mailbox used by two parties is a tie also at a free provider. A shared *domain* is none.
    """
    local, at, domain = email.strip().casefold().removeprefix("mailto:").rpartition("@")
    domain = domain.rstrip(".")
    if not at or not local or " " in local or not _HOST.match(domain):
        return None
    if domain in _PLACEHOLDER_HOSTS or local in ("noreply", "no-reply"):
        return None
    if domain in _FREE_MAIL and local in _ROLES:
        return None
    if domain in ("gmail.com", "googlemail.com"):  # ignores dots and what follows a plus sign
        local, domain = local.partition("+")[0].replace(".", ""), "gmail.com"
    return f"{local}@{domain}" if local else None


def clean_phone(phone: str, country: str | None = None) -> str | None:
    """E.164 form, extension dropped; None when it is no number of the country it names."""
    region = (clean_country(country) or "").upper()[:2] or None
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def clean_account(number: str) -> str | None:
    """An account number or IBAN without blanks; None when too short to stand alone."""
    plain = _NOT_NUMBER.sub("", fold_text(number).upper())
    return plain if len(plain) >= 8 and len(set(plain)) > 1 else None


def clean_wallet(address: str) -> str | None:
    """A wallet address exactly as it is.

    Hexadecimal and bech32 ones in lower case: there, case is a checksum or nothing.
    """
    plain = address.strip()
    if len(plain) < 20 or re.search(r"\s", plain):
        return None
    return plain.lower() if re.match(r"^0[xX][0-9a-fA-F]+$|^[bB][cC]1", plain) else plain
