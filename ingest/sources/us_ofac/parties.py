"""The parties of one of OFAC's structured files while it is streamed.

Names, facts, addresses and listings become what the comma-separated files make of them. What can
only be said when every party is known (the owner of a vessel, "Linked To") waits until the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from followthemoney.types import registry

from graph.statements import Provenance, StatementWriter
from ingest.ids import make_id
from ingest.source import IssueLog
from ingest.sources.us_ofac.addresses import ADDRESS_PARTS, join_parts, write_address
from ingest.sources.us_ofac.facts import Entry, FactWriter
from ingest.sources.us_ofac.lists import AUTHORITY, DETAILS, SCHEMATA, SDN_LIST, OfacList
from ingest.sources.us_ofac.remarks import Fact

# Scripts in which one language is written. Latin, Arabic and Cyrillic leave the language open.
_LANGUAGES = {
    "armenian": "hye", "chinese simplified": "zho", "chinese traditional": "zho",
    "georgian": "kat", "greek": "ell", "hangul": "kor", "hebrew": "heb", "japanese": "jpn",
    "korean": "kor", "thai": "tha",
}  # fmt: skip
_ALIASES = {"a.k.a.": "alias", "f.k.a.": "previousName", "n.k.a.": "alias"}
_LATER = ("owner", "operator")
# Typed parts of a person's name. Nicknames are aliases of their own in OFAC's files; a maiden name
# alone is no name to find anybody by, and stays a note.
NAME_PARTS = {
    "last name": "lastName", "first name": "firstName", "middle name": "middleName",
    "patronymic": "fatherName", "matronymic": "motherName",
}  # fmt: skip


def language_of(script: str | None) -> str | None:
    """The language that a script tells, as ISO 639-3; None where it tells none."""
    language = _LANGUAGES.get((script or "").strip().lower())
    return registry.language.clean(language) if language else None


@dataclass(frozen=True, slots=True)
class Alias:
    """A name beside the primary one, or the primary one in another script."""

    name: str
    kind: str = ""  # the publisher's: "A.K.A."; empty for a primary name
    weak: bool = False
    script: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A party's place on a list. Days are ISO days."""

    number: str  # the publisher's own
    title: str
    day: str | None = None
    programs: Sequence[str] = ()
    reasons: Sequence[str] = ()
    measures: Sequence[str] = ()


@dataclass(slots=True)
class PartyBook:
    """Writes the parties of one load and remembers what relations need of them."""

    writer: StatementWriter
    issues: IssueLog
    of: OfacList
    schemata: dict[str, str] = field(default_factory=dict)  # entity id -> schema
    entries: dict[str, Entry] = field(default_factory=dict)  # uid -> the first of that number
    facts: FactWriter = field(init=False)
    _folded: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _later: list[tuple[Entry, Fact]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts = FactWriter(self.writer, self.issues, self._find)

    def add(self, uid: str, kind: str, name: str, provenance: Provenance) -> Entry:
        """State that a party exists, is called so and is listed.

        Args:
            kind: The publisher's word, in any case: "Individual", "Entity", "Vessel", "Aircraft".
        """
        schema = SCHEMATA.get(kind.strip().lower())
        if schema is None:
            schema = "LegalEntity"
            self._warn("unknown-type", f"Entry {uid} has the unknown type {kind!r}; taken as a "
                       "legal entity.", uid, provenance)  # fmt: skip
        entity_id = self._new_id(uid, name, provenance)
        entry = Entry(uid, entity_id, schema, name, f"{entity_id}-{self.of.suffix}", None,
                      provenance)  # fmt: skip
        self.entries.setdefault(uid, entry)
        self.schemata[entity_id] = schema
        if schema in ("Person", "Organization"):
            self._folded[name.casefold()].add(entity_id)
        self.writer.add_entity(entity_id, schema, provenance)
        self.facts.name(entry, "name", name)
        self.writer.add(entity_id, schema, "topics", self.of.topic, provenance)
        return entry

    def name_parts(self, entry: Entry, parts: Sequence[tuple[str, str]]) -> None:
        """State the typed parts of a person's primary name.

        Args:
            parts: (the publisher's type, text).
        """
        if entry.schema != "Person":
            return
        for kind, text in parts:
            prop = NAME_PARTS.get(kind.strip().lower())
            if prop:
                self.facts.put(entry, prop, text)
            elif kind.strip().lower() != "nickname":
                self.facts.keep_note(entry, f"{kind}: {text}")

    def alias(self, entry: Entry, alias: Alias) -> None:
        """State another name.

        A weak one is a weak alias, whatever else it is: it confirms and never finds.
        """
        kind = alias.kind.strip().lower()
        prop = _ALIASES.get(kind) if kind else "alias"
        if prop is None:
            self.warn("unknown-alias-type", f"The alias {alias.name!r} has the unknown type "
                      f"{alias.kind!r}; taken as an alias.", entry)  # fmt: skip
        if alias.weak and prop == "previousName":
            self.facts.keep_note(entry, f"{alias.kind} '{alias.name}'")
        self.facts.name(entry, "weakAlias" if alias.weak else prop or "alias", alias.name,
                        lang=language_of(alias.script))  # fmt: skip

    def fact(self, entry: Entry, fact: Fact, comment: str | None = None) -> None:
        """State a fact; one that names another party waits for `finish`."""
        if fact.kind in _LATER:
            self._later.append((entry, fact))
        else:
            self.facts.write(entry, fact)
        if comment:
            self.facts.keep_note(entry, f"{fact.raw}: {comment}")

    def address(
        self, entry: Entry, number: str, parts: Mapping[str, str], country: str | None
    ) -> None:
        """State an address by OFAC's names of its parts."""
        if (country or "").lower() == "undetermined":
            country = None
        for name in [each for each in parts if each not in ADDRESS_PARTS]:
            self.warn("unknown-address-part", f"{name} {parts[name]!r} is no known part of an "
                      "address; kept in notes.", entry)  # fmt: skip
            self.facts.keep_note(entry, f"Address: {name} {parts[name]}")
        cells, known = join_parts(number, parts, country)
        write_address(self.facts, entry, cells, entry.provenance, known)

    def listings(
        self, entry: Entry, memberships: Sequence[Membership], whole: Membership | None = None
    ) -> bool:
        """State the listings of a party; that on the list of the dataset is the first.

        The first has the programs of all, as the comma-separated files have one listing a party.

        Args:
            whole: Programs, reasons and measures that the file ties to no single list.

        Returns:
            Whether the party is on that list. Without it, its listing is stated all the same, as
            the file itself is that list.
        """
        own = sorted((each for each in memberships if each.title == self.of.membership),
                     key=lambda each: (each.day or "9", each.number))  # fmt: skip
        others = [each for each in memberships if each not in own[:1]]
        every = (*memberships, whole) if whole else memberships
        self._listing(entry, entry.sanction_id, own[0] if own else None, every)
        for each in others:
            self._listing(entry, f"{entry.sanction_id}-{each.number}", each, (each,))
        if self.of is not SDN_LIST and any(each.title == SDN_LIST.membership for each in others):
            topic = SDN_LIST.topic  # the file of the other list says that property is blocked too
            self.writer.add(entry.id, entry.schema, "topics", topic, entry.provenance)
        return bool(own)

    def finish(self) -> None:
        """Every party is known: state who owns and operates what."""
        for entry, fact in self._later:
            self.facts.write(entry, fact)
        self._later.clear()

    def _listing(
        self, entry: Entry, entity_id: str, own: Membership | None, of: Sequence[Membership]
    ) -> None:
        """One sanction record; programs, reasons and measures are those of `of`."""
        values = [
            ("entity", entry.id), ("authority", AUTHORITY), ("authorityId", entry.uid),
            ("country", "us"), ("sourceUrl", DETAILS.format(uid=entry.uid)),
        ]  # fmt: skip
        if own:
            values += [("publisher", own.title)]
            values += [("listingDate", own.day)] if own.day else []
        for prop, texts in (
            ("program", (text for each in of for text in each.programs)),
            ("programId", (text for each in of for text in each.programs)),
            ("reason", (text for each in of for text in each.reasons)),
            ("provisions", (text for each in of for text in each.measures)),
        ):
            values += [(prop, text) for text in dict.fromkeys(texts)]
        for prop, value in values:
            self.writer.add(entity_id, "Sanction", prop, value, entry.provenance)

    def _new_id(self, uid: str, name: str, provenance: Provenance) -> str:
        """`ofac-<uid>`; the second party of one number is kept apart, as in the other files."""
        plain = entity_id = make_id("ofac", uid)
        number = 2
        while entity_id in self.schemata:
            entity_id = f"{plain}-dup{number}"
            number += 1
        if number > 2:
            first = next(each.name for each in self.entries.values() if each.id == plain)
            self._warn("duplicate-id", f"Entry {uid} is both {first!r} and {name!r}; the second is "
                       f"kept as {entity_id}.", uid, provenance)  # fmt: skip
        return entity_id

    def _find(self, name: str) -> str | None:
        found = self._folded.get(name.casefold(), set())
        return next(iter(found)) if len(found) == 1 else None

    def warn(self, code: str, message: str, entry: Entry) -> None:
        """Log an issue of a party."""
        self._warn(code, message, entry.uid, entry.provenance)

    def _warn(self, code: str, message: str, uid: str, provenance: Provenance) -> None:
        self.issues.warn(code, message, entity_id=make_id("ofac", uid), locator=provenance.locator)
