"""Reads one part of an address, between two commas, into street, numbers, building and detail.

The words of many languages stand here as they read after folding to lower-case ASCII; a word
that is missing costs a match, never makes one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words as they read after folding to lower-case ASCII.
_STREET = _words(
    "street str st rue rua road rd avenue ave av avenida avda avd avinguda viale boulevard blvd"
    " blv bld bulvar bulvari bulevar calle cll carrera cra kra transversal diagonal autopista"
    " carretera calzada paseo camino privada prolongacion cerrada jiron jr lane ln alley drive dr"
    " close crescent terrace row walk mews square sq plaza piazza platz place praca largo travessa"
    " court ct circle highway hwy freeway expressway parkway shosse prospekt prospect pr pkt"
    " proezd pereulok per ulitsa ulica ulice ul vul vulitsya vulytsia naberezhnaya nab embankment"
    " bulvard via corso vicolo strada strasse strase straat laan weg gasse allee caddesi cadde cad"
    " cd sokak sokagi sok sk bulv jalan jln jl lorong soi marg way shari sharia koocheh kuche"
    " khiaban kocheh hutong lu dajie jie road quay kai quai esplanade passage tupik trakt alleya"
    " ploshchad pl chaussee ruelle impasse rruga rr ulitza utca ut"
)
_BUILDING = _words(
    "building bldg bld buildings bina edificio edif edf edifice immeuble imm gebaude gebouw tower"
    " twr towers torre torres tour house haus center centre ctr centro zentrum complex cplx"
    " complejo hotel mall villa vl chambers residence residency residences mansion mansions plaza"
    " hacienda finca rancho rancheria condominio condominium castle palace galleria arcade han"
    " hospital mosque school university factory plant bangunan menara wisma zgrada zdanie"
)
# A building word that often heads something else: with a number it is a house mark.
_HOUSE = _words("house hse dom haus villa vl casa")
_SUBPART = {
    **dict.fromkeys(_words("korpus korp k corp"), "korpus"),
    **dict.fromkeys(_words("stroenie stroyeniye str bud budynok zd zdanie"), "building"),
    **dict.fromkeys(_words("building bldg bld gebaude edificio edif"), "building"),
    **dict.fromkeys(_words("block blk blok bloque bloc"), "block"),
    **dict.fromkeys(_words("tower twr torre"), "tower"),
    **dict.fromkeys(_words("litera liter lit letter"), "letter"),
    **dict.fromkeys(_words("wing phase entrance"), "part"),
    **dict.fromkeys(_words("manzana mz supermanzana sm"), "block"),
    **dict.fromkeys(_words("lote lot plot parcel uchastok"), "plot"),
    **dict.fromkeys(_words("warehouse hangar shed shop stall store"), "unit"),
}
_MARK = _words("no nr nro num number numero nummer n d dom hse # plaque door hno ext exterior")
_FLOOR = _words(
    "floor flr fl storey story level lvl etage et etazh andar piso planta kat stock verdieping"
    " poschodie"
)
_UNIT = _FLOOR | _words(
    "suite ste apartment apt apto appt ap apartamento daire flat unit office ofc ofic of oficina"
    " room rm ofis komnata kom komn kabinet kab cabinet pomeshchenie pomeshch pom local loc"
    " premises interior int desk mesto podezd etg kv kvartira bureau buro despacho dpto"
    " depto departamento penthouse mezzanine basement"
)
_LATER = ("fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL_WORD = {
    **dict.fromkeys(_words("first primer primero premier premiero primeiro pervyi"), "1"),
    **dict.fromkeys(_words("second segundo"), "2"),
    **dict.fromkeys(_words("third tercer"), "3"),
    **{word: str(at) for at, word in enumerate(_LATER, start=4)},
}
_STOREY = _words("ground top upper lower")
_AREA = _words(
    "district distrito distr dist colonia col zone zona area quartier barrio mahallesi mahalle mah"
    " mh village vlg town city township county region oblast raion rayon province governorate"
    " sector sektor section phase fraccionamiento fracc delegacion vereda urbanizacion urb mkr"
    " mikrorayon industrial economic free airport port settlement shahrak suburb estate"
    " neighborhood camp island tambon amphur amphoe subdistrict dong guyok ward khan sangkat"
    " km kilometer kilometre kilometro market bazaar souk souq suq"
)
_NEAR = _words(
    "near opposite opp behind before after next beside between across off entre frente contiguo"
)
_STOP = _words(
    "de da do du des del della di dos das la las le les el los al the of and y e et und"
    " corner cnr crossing intersection esquina esq"
)
DIRECTION = {
    **dict.fromkeys(_words("north n norte nord"), "north"),
    **dict.fromkeys(_words("south sur sud"), "south"),
    **dict.fromkeys(_words("east este oriente"), "east"),
    **dict.fromkeys(_words("west oeste poniente"), "west"),
}
_MONTH = _words(
    "january february march april may june july august september october november december enero"
    " febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"
    " janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro janvier fevrier"
    " mars avril mai juin juillet aout septembre octobre novembre decembre januar februar marz juni"
    " juli oktober dezember gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre"
    " yanvarya fevralya marta aprelya maya iyunya iyulya avgusta sentyabrya oktyabrya noyabrya"
    " dekabrya tir bahman khordad farvardin mordad aban"
)
# Too common to identify a building by themselves.
GENERIC = _words(
    "business trade trading commercial commerce office offices main central new old industrial"
    " international national residential city town bank company ltd shopping sports medical world"
    " first second third a b c d e f g grand royal great private"
)

_TOKEN = re.compile(
    r"(?P<ordinal>\d+)-?(?:st|nd|rd|th|er|ero|ra|do|da|ro|ta|to|ya|aya|yi|iy|eme)\b"
    r"|(?P<floor>\b\d+\s?/\s?f\b)"
    r"|(?P<number>\d+(?:[.]\d+)?(?:\s?[-/]\s?\d+(?!\d*(?:st|nd|rd|th)\b))*(?:(?:-?[a-z]|\s[abcfgh])(?![a-z.]|\s*\d))?)"
    r"|(?P<code>\b[a-z]{1,2}-?\d+(?:[-/]\d+)*[a-z]?\b)"
    r"|(?P<word>[^\W\d_]+|\#)"
)
_PAIR_OF_NUMBERS = re.compile(r"(?<=\d) (?=\d)")
_SEPARATOR = re.compile(r"\s?[-/ ]\s?")
_BEFORE_LETTER = re.compile(r"(?<=\d)-(?=[a-z]$)")
_GERMAN_STREET = re.compile(r"(?<=[a-z]{3})(?:strasse|str)$")


@dataclass(slots=True)
class Segment:
    """One part of an address between commas."""

    words: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)
    building: tuple[str, ...] = ()
    detail: list[str] = field(default_factory=list)
    street: bool = False
    area: bool = False
    marked: bool = False  # the number follows a mark such as "No."
    near: list[str] = field(default_factory=list)  # what it is said to be near

    @property
    def name(self) -> str:
        """The street's name; a direction stands last wherever it was written."""
        plain = [word for word in self.words if word not in DIRECTION]
        turned = sorted(DIRECTION[word] for word in self.words if word in DIRECTION)
        return "".join(plain + turned) if plain else "".join(turned)


def clean_number(text: str) -> str:
    """A house number with one separator and without leading zeros: "05/12-A" is "5-12a"."""
    if text.isdigit():
        return text.lstrip("0") or "0"
    parts = _SEPARATOR.split(text.strip())
    joined = "-".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)
    return _BEFORE_LETTER.sub("", joined)


def _tokenise(text: str) -> list[tuple[str, str]]:
    text = _PAIR_OF_NUMBERS.sub("-", text.replace("'", "").replace("`", ""))
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "word"
        value = match[kind]
        if kind == "code":
            letters = value.rstrip("0123456789/")
            if "-" not in value and (letters in _MARK or letters == "k"):  # "d7", "no5", "k2"
                tokens.append(("word", letters))
                kind, value = "number", value[len(letters) :]
        tokens.append((kind, value))
    return tokens


class Reader:
    """Reads the tokens of one segment into a `Segment`."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokenise(text)
        self.at = 0
        self.segment = Segment()
        self.leading_building = ""
        self.near = False

    def read(self) -> Segment:
        """The whole part."""
        while self.at < len(self.tokens):
            kind, value = self.tokens[self.at]
            self.at += 1
            if self.near:
                if kind == "word" and value not in _STOP | _STREET:
                    self.segment.near.append(value)
            elif kind == "word":
                self._read_word(value)
            elif kind == "floor":
                self.segment.detail.append(value)
            elif kind == "ordinal":
                self._read_ordinal(value)
            else:
                self._read_number(value)
        segment = self.segment
        if segment.street and len(segment.numbers) == 1 and not (segment.words or segment.marked):
            segment.words, segment.numbers = segment.numbers, []  # "16 Alley": a name
        if self.leading_building and not segment.words:
            segment.words = [self.leading_building]  # "Mosque Road": the name of a street
        elif self.leading_building and not segment.building:
            segment.building, segment.words = tuple(segment.words), []
        return segment

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else ("", "")

    def _take_value(self, *, letters: bool = False) -> str | None:
        """The number, code or (for blocks) single letter that follows, past a number mark."""
        ahead = 1 if self._peek()[1] in ("no", "nr", "n", "number", "#") else 0
        kind, value = self._peek(ahead)
        if kind in ("number", "code") or (
            letters and kind == "word" and len(value) == 1 and value not in ("y", "e")
        ):
            self.at += ahead + 1
            return clean_number(value)
        return None

    def _read_word(self, word: str) -> None:
        segment = self.segment
        # "Lenina str. 5" is a street and its number, "d. 5 str. 2" a building of No. 5.
        is_street = word in _STREET and segment.words and not segment.numbers
        if word in _SUBPART and not is_street:
            value = self._take_value(letters=word not in _MARK)
            if value is not None:
                segment.parts.add(f"{_SUBPART[word]} {value}")
                return
            if word not in _BUILDING | _STREET | _AREA | _HOUSE:
                return
        if word in _HOUSE or word in _MARK:
            value = self._take_value()
            if value is not None:
                segment.numbers.append(value)
                segment.marked = True
                self._close_street()
                return
            if word in _MARK and word != "dom":
                return
        if word in _UNIT:
            self._read_unit(word)
        elif word in _AREA and not (segment.street and not segment.words):
            self._read_area(word)
        elif word in _BUILDING and not (word in _STREET and not segment.words):
            self._read_building(word)
        elif word in _STREET:
            segment.street = True
            if not segment.words and self._peek()[0] in ("number", "code"):
                segment.words.append(clean_number(self._peek()[1]))  # "Calle 136": a name
                self.at += 1
        elif word in _ORDINAL_WORD:
            self._read_ordinal(_ORDINAL_WORD[word])
        elif word in _NEAR:
            self.near = True
        elif word not in _STOP | _STOREY and (len(word) > 1 or word in DIRECTION):
            core = _GERMAN_STREET.sub("", word)
            segment.street |= core != word
            segment.words.append(core)

    def _close_street(self) -> None:
        """What follows a complete street is a district: "Bostan Sok. No. 12 Sariyer"."""
        kind, following = self._peek()
        if self.segment.street and self.segment.words and kind == "word":
            self.near = following not in _UNIT | _MARK | _BUILDING and following not in _SUBPART

    def _read_area(self, word: str) -> None:
        """A district: what follows it in the same part does not belong to a street before it."""
        segment = self.segment
        if segment.numbers and segment.words:
            self.near = True
            return
        segment.area = True
        value = self._take_value(letters=True)
        if value is not None:
            segment.words.append(f"{word}{value}")

    def _read_unit(self, word: str) -> None:
        """A floor or suite: its number is taken out of the way of the house number."""
        value = self._take_value(letters=True)
        if value is None and word in _FLOOR and self.at >= 2:
            kind, before = self.tokens[self.at - 2]
            numbers, words = self.segment.numbers, self.segment.words
            if kind == "number" and numbers and not self.segment.marked:
                value = numbers.pop()
            elif kind == "ordinal" and words and words[-1] == before:
                value = words.pop()
        self.segment.detail.append(f"{word} {value}" if value else word)

    def _read_building(self, word: str) -> None:
        segment = self.segment
        if segment.words:
            segment.building = (*segment.building, *segment.words)
            segment.words = []
        elif not segment.building:
            self.leading_building = word

    def _read_ordinal(self, value: str) -> None:
        kind, following = self._peek()
        if kind == "word" and following in _FLOOR:
            self.at += 1
            self.segment.detail.append(f"{following} {value}")
        else:
            self.segment.words.append(value)

    def _read_number(self, value: str) -> None:
        following = self._peek()[1]
        if following in ("de", "di", "of"):
            following = self._peek(1)[1]
        numbered_street = following in _STREET and self.segment.numbers  # "11250 NW 4 Street"
        if following in _MONTH or numbered_street:
            # "30 Juin", "4 de Fevereiro": the street is named after a day
            self.segment.words.append(value)
        else:
            self.segment.numbers.append(clean_number(value))
            following_km = self._peek()[1] in ("km", "kilometer", "kilometre")
            if following_km:
                self.segment.words.append(f"km{self.segment.numbers.pop()}")


@lru_cache(maxsize=32768)
def read_segment(text: str) -> Segment:
    """Read one part of a folded address. The result is shared: do not change it."""
    return Reader(text).read()
