"""Legal forms and generic words of organisation names.

Legal forms come from rigour; the supplement holds forms that rigour leaves out because they are
also words, but which end or open company names on sanctions lists. A legal form is no evidence of
identity; a generic word is little.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rigour.names import extract_org_types

# Form -> rigour's compare form, or our own where rigour has none.
_FORMS = {
    "sal": "sal", "lda": "ltd", "ltda": "ltda", "doo": "doo", "eood": "eood", "ood": "ood",
    "fzc": "fze", "fzco": "fze", "fze": "fze", "dmcc": "dmcc", "pjs": "pjsc", "too": "too",
    "llp": "llp", "zrt": "zrt", "sro": "sro", "spzoo": "spzoo", "co": "co", "company": "co",
    "corp": "corp", "corporation": "corp", "inc": "inc", "incorporated": "inc", "pvt": "pvt",
    "pte": "pte", "pty": "pty", "private": "pvt", "tbk": "tbk", "est": "est", "kk": "kk",
    "sti": "ltd", "sirketi": "co", "anonim": "as", "limitada": "ltd", "sasu": "sas", "wll": "wll",
    "bsc": "bsc", "psc": "psc", "saoc": "saoc", "kscc": "kscc", "establishment": "est", "cia": "co",
    "compania": "co", "compagnie": "co", "societe": "co", "sociedad": "co", "sociedade": "co",
    "obshchestvo": "ooo", "ogranichennoi": "ooo", "otvetstvennostyu": "ooo", "aktsionernoe": "ao",
    "kompaniya": "co", "firma": "co", "gesellschaft": "co", "mbh": "gmbh",
}  # fmt: skip

_GENERIC_WORDS = """
    academy administration advanced aero affairs africa african agency agricola agricultural air
    aircraft airlines airways alliance and arab army asia asian asociacion associates
    association associazione authority aviation banca banco bank banka bankas banking banque
    base branch brigade brothers building bureau business cambio capital car cargo cars cement
    center central centre centro chamber charitable charity chemical chemicals church city club
    college comercial comercializadora comercio commerce commercial commission committee
    commodities communication communications community complex comptoir concern conseil
    constructora construction constructions consultancy consultants consulting contracting
    contractors cooperation cooperative corps council credit cultural currency customs defence
    defense del department design development dis digital directorate distribuidora distribution
    distributors division dos e eastern economic education educational electric electrical
    electricity electronic electronics emergency empresa energy engineering enterprise
    enterprises entreprise equipment establishments estate etablissement etablissements europe
    european exchange exchangers express export exports fabrica factory farm federal federation
    film finance finances financial financiera first fishing fleet food foods for force forces
    foreign forex foundation foundations free freight front fuel fund fundacion future futures
    garment gas general generale global gold goods government group groupe grupo gulf guard
    halal hawala health heavy high holding holdings home hospital hermanos hotel house
    humanitarian i imobiliaria implements import imports in industria industrial industries industry
    information inmobiliaria institute institution insurance intelligence international
    internacional internationale inversiones invest investment investments iron islamic
    islamique jewellery jewelry joint laboratory land leasing liability liberation life limited
    line lines logistic logistics los machine machinery management manufacturing marine maritime
    market marketing markets material materials media medical metal metals middle military
    mineral minerals mining ministry money mosque motors movement national naval navigation near
    network new northern of office offshore off oil open operations operators organisation
    organization overseas owned parts party payment people petrochemical petrochemicals
    petroleum pharma pharmaceutical pharmaceuticals plant port power precision press product
    production products project projects properties property public radio real red refinery
    regional relief remittance remittances rent repair republic research resource resources
    restaurant revolutionary road royal sa sanayi school science sciences scientific sea sector
    security servicios service services servis ship shipbuilding shipping ships shop shore
    sistem social society solutions south southern special state station steel stock store
    stores street studies sugar supermarket supplies supply support system systems tech
    technical technologies technology telecom telecommunication telecommunications television
    textile textiles the ticaret tour tourism tours trade traders trading trans transfer
    transfers transport transportation transporte transportes transports travel travels trust
    union unit united university ve vehicle vessel welfare west western wholesale world works y
    yard zavod north east armed leader peoples named after high higher supreme popular general
    democratic socialist unitary society subsidiary subsidiaries representative head
    headquarters xawala sarrafi sarafi sarraf
"""

# Words that thousands of firms choose for a name: rare on a list, common in the world.
_COMMON_WORDS = """
    ansar atlas baraka blue bright city crescent crown crystal delta diamond dragon eagle elite
    emerald empire falcon fortune friends galaxy golden grand green happy hope horizon ideal
    imam jihad jade jewel king knight lion lotus lucky master mega modern moon noble noor nour
    nova ocean olympic omega orient pacific palm panda paradise peace pearl phoenix pioneer
    platinum premier prime princess prosper prosperity pyramid queen rainbow river rose ruby
    safe salam sapphire shahid shield silk silver sky smart spring star stars summit sun sunrise
    super supreme swift tiger titan top tower triumph victory vision white wind wisdom wonder
    alpha beta gamma sigma vega sea fast black yellow orange
"""
GENERIC = frozenset(_GENERIC_WORDS.split())
COMMON = frozenset(_COMMON_WORDS.split())

_ROMAN = re.compile(r"^x{0,3}(?:ix|iv|v?i{0,3})$")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})


@lru_cache(maxsize=65536)
def _rigour_forms(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(extract_org_types(text))


def split_legal_forms(tokens: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Separate the words of a name from its legal forms.

    A name of legal forms only keeps no word, so that it can never match anything.

    Args:
        tokens: Casefolded Latin tokens with single letters already joined ("sarl").

    Returns:
        The core tokens in order, and the legal forms in rigour's compare form, sorted.
    """
    text = " ".join(tokens)
    forms: set[str] = set()
    for found, canonical in _rigour_forms(text):
        forms.add(canonical.strip(". "))
        text = f" {text} ".replace(f" {found} ", " ", 1).strip()
    core: list[str] = []
    for token in text.split():
        form = _FORMS.get(token)
        if form is None:
            core.append(token)
        else:
            forms.add(form)
    first = tokens[0] if tokens else ""
    common = all(token in GENERIC or is_number(token) for token in core)
    if core and common and len(first) == 2 and first not in core:
        # "KB Lines": two letters that open a name of common words are its name, not a form.
        return [first, *core], tuple(sorted(forms - {first}))
    return core, tuple(sorted(forms))


@lru_cache(maxsize=1024)
def generic_form(form: str) -> str:
    """The class of a legal form, for forms of two countries that mean the same ("ltd", "llc")."""
    found = extract_org_types(form, generic=True)
    return found[0][1] if found else form


def is_number(token: str) -> bool:
    """Whether a token is a number or an ordinal: "17", "17th", "xiv"."""
    if len(token) > 1 and _ROMAN.match(token):
        return True
    return token[:1].isdigit() and (token.isdigit() or token.lstrip("0123456789") in _ORDINALS)
