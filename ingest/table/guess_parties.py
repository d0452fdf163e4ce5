"""Which parties a row of a table speaks of, what links them, and what tells one from another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from followthemoney import model

from ingest.table.guess_columns import Guess

# The properties that hold a concept, the first that the schema has; none: it only makes keys.
PROPERTIES: dict[str, tuple[str, ...]] = {
    "name": ("name",), "first_name": ("firstName",), "last_name": ("lastName",),
    "father_name": ("fatherName",), "alias": ("alias",), "previous_name": ("previousName",),
    "birth_date": ("birthDate",), "birth_place": ("birthPlace",), "gender": ("gender",),
    "nationality": ("nationality", "country"), "passport": ("passportNumber", "idNumber"),
    "id_number": ("idNumber",), "tax_number": ("taxNumber",), "vat_number": ("vatCode",),
    "registration_number": ("registrationNumber",), "lei": ("leiCode",),
    "imo": ("imoNumber",), "mmsi": ("mmsi",), "call_sign": ("callSign",), "flag": ("flag",),
    "country": ("country",), "phone": ("phone",), "email": ("email",), "website": ("website",),
    "legal_form": ("legalForm",), "status": ("status",), "founded": ("incorporationDate",),
    "closed": ("dissolutionDate",), "sector": ("sector",), "notes": ("notes",),
    "source_url": ("sourceUrl",), "address": ("address",), "id": (),
}  # fmt: skip
ADDRESS = ("street", "city", "region", "postal_code")
LINK = {"share": "percentage", "role": "role", "start": "startDate", "end": "endDate",
         "status": "status"}  # fmt: skip
_PERSONAL = {"first_name", "last_name", "father_name", "birth_date", "birth_place", "gender",
             "nationality", "passport"}  # fmt: skip
_CORPORATE = {"registration_number", "legal_form", "founded", "closed", "lei", "vat_number",
              "sector"}  # fmt: skip
_NAVAL = {"imo", "mmsi", "flag", "call_sign"}
_IDENTIFYING = ("registration_number", "lei", "imo", "id", "passport", "id_number", "tax_number")
_MOST = 0.6  # of the rows
# A chain of agents, from the top: each acts for the one above it.
_CHAIN = ("principal", "master_agent", "sub_agent", "outlet")


@dataclass(slots=True)
class Party:
    """One party of a row, while the proposal is made."""

    subject: str
    schema: str
    guesses: list[Guess]
    keys: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the mapping calls it."""
        return self.subject or self.schema.lower()

    def find(self, *concepts: str) -> list[Guess]:
        """The columns that hold one of these."""
        return [each for each in self.guesses if each.concept in concepts]


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two parties of a row."""

    name: str
    schema: str
    source: Party
    target: Party
    guesses: Sequence[Guess] = ()


class Proposal:
    """Which parties a row has, what links them, and what is left out."""

    def __init__(self, guesses: list[Guess]) -> None:
        self.guesses = guesses
        self.left_out: dict[str, str] = {each.column.name: each.doubt
                                         for each in guesses if each.doubt}  # fmt: skip
        stated = [each for each in guesses if not each.doubt]
        stated = self._drop_repeated(_give_to_owner(_give_to_last(stated)))
        self.parties = self._make_parties(stated)
        self.links = self._make_links(stated)
        for party in self.parties:
            party.keys = self._find_keys(party)
        self._drop_nameless()

    def _drop_repeated(self, guesses: list[Guess]) -> list[Guess]:
        """Of two columns that say the same of one party, the fuller."""
        kept: dict[tuple[str, ...], Guess] = {}
        for each in guesses:
            key = (each.subject, each.concept)
            known = kept.get(key)
            if known is None:
                kept[key] = each
                continue
            if each.column.stem and each.column.stem == known.column.stem:
                kept[each.subject, each.concept, each.column.name] = each  # "Name 1", "Name 2" …
                continue
            if each.concept == "share":
                for end in (known, each):
                    self.left_out[end.column.name] = (
                        f"{end.reason}, and it is one of several; write both under "
                        "`cuibono: percentage:` if they are the ends of one share"
                    )
                continue
            better, worse = known, each
            if len(known.column.cells) < len(each.column.cells):
                better, worse = each, known
            kept[key] = better
            said = f"{worse.reason}, as that of {better.column.name!r} does"
            self.left_out[worse.column.name] = said
        chosen = [each for each in kept.values() if each.column.name not in self.left_out]
        return [each for each in guesses if each in chosen]

    def _make_parties(self, guesses: list[Guess]) -> list[Party]:
        by_subject: dict[str, list[Guess]] = {}
        for each in guesses:
            by_subject.setdefault(each.subject, []).append(each)
        names = {"name", "last_name", "first_name"}
        named = {each.subject for each in guesses if each.concept in names}
        for subject, own in by_subject.items():
            for each in own if subject and subject not in named else ():
                self.left_out[each.column.name] = f"{each.reason}, but no column names that party"
        parties = []
        if "" in by_subject and self._is_party(by_subject[""], named):
            parties.append(Party("", _choose_schema(by_subject[""]), by_subject[""]))
        parties += [
            Party(subject, _choose_schema(own, subject), own)
            for subject, own in by_subject.items()
            if subject and subject in named
        ]
        return parties

    def _is_party(self, own: list[Guess], named: set[str]) -> bool:
        """Whether the columns of no stated subject make a party of their own."""
        found = {each.concept for each in own}
        return "" in named or bool(found & {"registration_number", "lei", "imo"})

    def _make_links(self, guesses: list[Guess]) -> list[Link]:
        by_subject = {party.subject: party for party in self.parties}
        main = by_subject.get("")
        links = []
        chain = [by_subject[each] for each in _CHAIN if each in by_subject]
        if main and chain and main.schema != "Vessel":
            chain = [main, *chain] if chain[0].subject != "principal" else chain
        links += [Link(f"{agent.name}_for_{client.name}", "Representation", agent, client)
                  for client, agent in pairwise(chain)]  # fmt: skip
        for subject, schema in (("owner", "Ownership"), ("parent", "Ownership"),
                                ("director", "Directorship")):  # fmt: skip
            party = by_subject.get(subject)
            if party and main and main.schema not in ("Person",):
                if main.schema == "LegalEntity":
                    main.schema = "Company"
                schema = "UnknownLink" if (schema, main.schema) == ("Directorship", "Vessel") else (
                    schema)  # fmt: skip
                links.append(Link(f"{subject}_link", schema, party, main))
        return [self._describe(link, links, guesses) for link in links]

    def _describe(self, link: Link, links: list[Link], guesses: list[Guess]) -> Link:
        """The link with the columns that speak of it: all of them, when it is the only one."""
        schema = model.get(link.schema)
        own = link.source.subject
        found = []
        for each in guesses:
            prop = LINK.get(each.concept)
            is_own = each.subject == own or (each.subject == "" and len(links) == 1)
            if each.concept == "status" and not each.subject and not link.target.subject:
                is_own = False  # that of the party itself
            if prop and is_own and schema and schema.get(prop):
                found.append(each)
        return Link(link.name, link.schema, link.source, link.target, tuple(found))

    def _find_keys(self, party: Party) -> list[str]:
        """The columns that tell one such party from another."""
        for concept in _IDENTIFYING:
            for each in party.find(concept):
                if each.column.is_full and (concept != "id" or each.column.is_unique):
                    return [each.column.name]
        names = party.find("name") or party.find("first_name", "last_name")
        more = party.find("birth_date", "address", "country", "nationality")[:2]
        if party.subject == "outlet":
            more += [each for other in self.parties if other.subject == "sub_agent"
                     for each in other.find("name")]  # fmt: skip
        elif party.subject in ("owner", "director", "parent") and not party.find("birth_date"):
            # A name alone does not tell people apart: who has it in two rows may be two.
            more += self._find_main_keys()
        chosen = [each.column.name for each in (*names, *more)]
        return chosen or [each.column.name for each in party.guesses if each.column.is_unique][:1]

    def _find_main_keys(self) -> list[Guess]:
        main = next((each for each in self.parties if not each.subject), None)
        if main is None:
            return []
        keys = self._find_keys(main)
        return [each for each in main.guesses if each.column.name in keys]

    def _drop_nameless(self) -> None:
        for party in [each for each in self.parties if not each.keys]:
            for each in party.guesses:
                self.left_out[each.column.name] = (
                    f"{each.reason}, but nothing tells the party apart"
                )
            self.parties.remove(party)
            self.links = [each for each in self.links if party not in (each.source, each.target)]


def _give_to_last(guesses: list[Guess]) -> list[Guess]:
    """In a list of agents, what speaks of nobody by name speaks of the last in the chain."""
    named = {each.subject for each in guesses if each.concept == "name"}
    last = next((each for each in reversed(_CHAIN) if each in named), None)
    if last is None or "" in named:
        return guesses
    taken = {each.concept for each in guesses if each.subject == last}
    return [
        replace(each, subject=last, reason=f"{each.reason}; taken as that of the {last}, which the "
                "row is about")
        if each.subject == "" and each.concept not in taken else each
        for each in guesses
    ]  # fmt: skip


def _give_to_owner(guesses: list[Guess]) -> list[Guess]:
    """In a register of companies, what only people have is of the person named before it."""
    own = {each.concept for each in guesses if not each.subject}
    if not own & _CORPORATE:
        return guesses
    given, person = [], ""
    for each in guesses:
        if each.subject in ("owner", "director"):
            person = each.subject
        elif each.subject == "" and each.concept in _PERSONAL and person:
            reason = f"{each.reason}, after that of the {person}"
            each = replace(each, subject=person, reason=reason)
        given.append(each)
    return given


def _choose_schema(own: list[Guess], subject: str = "") -> str:
    # Where only some rows have a birth date or an IMO number, the others may be something else.
    found = {each.concept for each in own
             if len(each.column.cells) >= _MOST * each.column.rows}  # fmt: skip
    if subject == "outlet":
        return "Organization"
    if subject == "parent":
        return "Company"
    if found & {"imo", "mmsi"} or len(found & _NAVAL) > 1:
        return "Vessel"
    if found & _CORPORATE and not found & {"birth_date", "first_name", "gender"}:
        return "Company"
    if found & _PERSONAL:
        return "Person"
    header = " ".join(each.column.name.lower() for each in own if each.concept == "name")
    words = (
        "company",
        "empresa",
        "razon",
        "razón",
        "societ",
        "sociét",
        "social",
        "firma",
        "business",
    )
    if any(word in header for word in words):
        return "Company"
    return "Person" if subject == "director" else "LegalEntity"
