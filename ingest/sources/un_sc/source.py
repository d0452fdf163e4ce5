"""The UN Security Council's consolidated list, XML: individuals and entities under its sanctions.

Ids are `un-<permanent reference number>`. The number under which the Council's database holds an
entry (DATAID) changes between publications, so it is only kept with the listing. The list states no
measures. Each entry is subject to an asset freeze, which the topic "sanction" says, but those of
the Guinea-Bissau list, who are under a travel ban alone (resolution 2048 (2012), paragraph 4).

The language of a name in its original script is not published; it is read from the letters, and
Arabic letters are called Arabic unless Pashto's or Persian's own are among them.

Source: United Nations Security Council, "Consolidated List" XML, sc-sanctions.xsd.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit
from ingest.dates import parse_date
from ingest.ids import make_id
from ingest.listfile import (
    ListFile,
    begins_with_root,
    find_list_file,
    member_of,
    read_day,
)
from ingest.parties import Party, PartyWriter, Sanction
from ingest.source import IssueLog
from ingest.sources.un_sc.facts import (
    text_of,
    write_address,
    write_birth_date,
    write_birth_place,
    write_document,
)
from ingest.sources.un_sc.links import LinkWriter
from ingest.sources.un_sc.text import (
    iter_mentions,
    iter_old_references,
    iter_stated,
    strip_particulars,
)
from ingest.xml import Node, iter_nodes, require_records

FILE = "un_consolidated.xml"
ROOT = "CONSOLIDATED_LIST"
AUTHORITY = "UN Security Council"
TITLE = "UN Security Council Consolidated List"
PAGE = "https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list"
LIST = ListFile(FILE, (FILE,), begins_with_root(ROOT), PAGE)
_SCHEMATA = {"INDIVIDUAL": "Person", "ENTITY": "Organization"}
_TRAVEL_BAN_ALONE = frozenset({"GB"})
_ALIASES = {"good": "alias", "low": "weakAlias", "": "alias", "a.k.a.": "alias",
            "f.k.a.": "previousName"}  # fmt: skip
_FORMERLY = re.compile(r"^(?:previously|formerly) listed as\b", re.IGNORECASE)
_ORIGINAL = re.compile(r"\b(?:original script|in \w+ script|in arabic):?\s*(\S.*)$", re.I | re.S)
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pus", re.compile("[\u067c\u0689\u0693\u0696\u069a\u06ab\u06bc\u06d0\u06cd]")),
    ("fas", re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc]")),
    ("ara", re.compile("[\u0600-\u06ff]")),
    ("rus", re.compile("[\u0400-\u04ff]")),
    ("kor", re.compile("[\uac00-\ud7af]")),
    ("zho", re.compile("[\u4e00-\u9fff]")),
    ("heb", re.compile("[\u0590-\u05ff]")),
)


def language_of(text: str) -> str | None:
    """ISO 639-3 code of the language in which the letters of a name are at home, or None."""
    return next((code for code, letters in _SCRIPTS if letters.search(text)), None)


class UnSource:
    """Reader of the list; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return FILE in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`; a file of another name is known by its root element."""
        return find_list_file(location, LIST, self.dataset)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day on which the list was generated."""
        return read_day(files[FILE], FILE, ROOT, "dateGenerated", self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        nodes = iter_nodes(files[FILE], FILE, _SCHEMATA, roots=(ROOT,), dataset=self.dataset,
                           member=member_of(FILE))  # fmt: skip
        root = next(nodes)
        day = parse_date(root.attribute("dateGenerated") or "") or writer.version.published
        reading = _Reading(writer, issues, day)
        root.report(reading.audit, f"{FILE}:{root.line}")
        for node in nodes:
            reading.read(node)
        require_records(reading.count, "individual or entity", FILE, self.dataset)
        reading.finish()


class _Reading:
    """One pass over the list."""

    def __init__(self, writer: StatementWriter, issues: IssueLog, day: str | None) -> None:
        self.count = 0
        self.audit = Audit()
        self._issues = issues
        self._parties = PartyWriter(writer, issues)
        title = f"{TITLE}, {day}" if day else TITLE
        self._links = LinkWriter(writer, issues, AUTHORITY, title, PAGE, day)
        self._ids: dict[str, str] = {}  # by reference number
        self._stated: set[str] = set()
        self._former: dict[str, str] = {}
        self._sha256 = writer.version.files.get(FILE, "")

    def read(self, node: Node) -> None:
        """State one INDIVIDUAL or ENTITY."""
        self.count += 1
        number, locator = text_of(node, "DATAID") or "", f"{FILE}:{node.line}"
        reference = (text_of(node, "REFERENCE_NUMBER") or "").replace(" ", "")
        key = reference or f"dataid-{number or node.line}"
        entity_id = make_id("un", key)
        provenance = Provenance(key, locator, self._sha256)
        party = self._parties.party(entity_id, _SCHEMATA[node.tag], provenance)
        if not reference:
            party.warn("no-reference", f"The entry {key} has no reference number.")
        if entity_id in self._stated:  # also where the two differ in case alone
            party.warn("duplicate-reference", f"{key} stands twice; both are kept under one id.")
        self._stated.add(entity_id)
        self._ids[key] = entity_id
        _write_names(party, node)
        _write_particulars(party, node)
        self._write_listing(party, node, key, number)
        node.report(self.audit, locator)

    def finish(self) -> None:
        """Write what needs the whole list: links, and the fields that nobody read."""
        self._links.write({**self._former, **self._ids})
        self.audit.report(self._issues)

    def _write_listing(self, party: Party, node: Node, key: str, number: str) -> None:
        comments = [text for text in node.texts("COMMENTS1") if text]
        positions = [" ".join(each.split()) for each in _values(node, "DESIGNATION")]
        regime = text_of(node, "UN_LIST_TYPE")
        by, at = text_of(node, "SUBMITTED_BY"), text_of(node, "SUBMITTED_ON")
        submitted = " ".join(filter(None, (by and f"by {by}", at and f"on {at}")))
        ended = text_of(node, "DELISTED_ON")
        entity = party.sanction(
            Sanction(
                key="unsc", authority=AUTHORITY, list_title=TITLE, number=key,
                programs=[regime] if regime else [], listed=text_of(node, "LISTED_ON"),
                end=ended, source_url=PAGE, unsc_id=key,
                notes=[f"Submitted {submitted}"] if submitted else [],
            )
        )  # fmt: skip
        listing = Party(self._parties, entity, "Sanction", party.provenance)
        listing.put("recordId", number)
        for day in _values(node, "LAST_DAY_UPDATED"):
            listing.dates("modifiedAt", day)
        if not ended:
            party.put("topics", "reg.action" if regime in _TRAVEL_BAN_ALONE else "sanction")
        for text in comments:
            party.note(text)
            for stated in iter_stated(text):
                party.put(stated.props, stated.value, original=stated.original)
            for old in iter_old_references(text):
                listing.put("authorityId", old)
        for text in (*comments, *positions):
            mentions = list(iter_mentions(text))
            for mention in mentions:
                if mention.former:
                    listing.put("authorityId", mention.reference)
                    self._former[mention.reference] = party.id
            self._links.collect(key, mentions, party.provenance)
        # Of the publisher's database: no fact about the entry.
        node.ignore("VERSIONNUM", "LIST_TYPE", "SORT_KEY", "SORT_KEY_LAST_MOD")
        for position in positions:
            party.put("position", position)


def _values(node: Node, tag: str) -> list[str]:
    """The VALUE elements under the elements of a name, blank ones left out."""
    return [value for each in node.children(tag) for value in each.texts("VALUE")]


def _write_names(party: Party, node: Node) -> None:
    tags = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME", "FIFTH_NAME", "SIXTH_NAME")
    name = " ".join(filter(None, (text_of(node, tag) for tag in tags)))
    if name:
        party.put("name", name)
    else:
        party.warn("no-name", f"{party.id} has no name.")
    original = text_of(node, "NAME_ORIGINAL_SCRIPT")
    party.put("alias", original, lang=language_of(original or ""))
    for alias in (*node.children("INDIVIDUAL_ALIAS"), *node.children("ENTITY_ALIAS")):
        _write_alias(party, alias)


def _write_alias(party: Party, node: Node) -> None:
    name, quality = text_of(node, "ALIAS_NAME"), text_of(node, "QUALITY") or ""
    note = text_of(node, "NOTE") or ""
    prop = _ALIASES.get(quality.lower())
    if prop is None:
        party.warn("unknown-alias-quality", f"The alias {name!r} has the unknown quality "
                   f"{quality!r}; taken as an alias.")  # fmt: skip
        prop = "alias"
    if prop == "alias" and _FORMERLY.match(note):
        prop = "previousName"  # under which the party stood on this list
    plain = strip_particulars(name or "") if party.schema == "Person" else name or ""
    party.put(prop, plain, original=name, lang=language_of(plain))
    if original := _ORIGINAL.search(note):
        party.put("weakAlias" if prop == "weakAlias" else "alias", original[1].strip(" ."),
                  original=note, lang=language_of(original[1]))  # fmt: skip
    born = text_of(node, "DATE_OF_BIRTH")
    party.dates("birthDate", born)
    place = ", ".join(
        filter(None, (text_of(node, tag) for tag in ("CITY_OF_BIRTH", "COUNTRY_OF_BIRTH")))
    )
    party.put("birthPlace", place)
    told = ", ".join(filter(None, (note, born and f"born {born}", place and f"in {place}")))
    if told:
        party.note(f"Alias {name or '(no name)'}: {told}")


def _write_particulars(party: Party, node: Node) -> None:
    for tag, prop in (("TITLE", "title"), ("NATIONALITY", "nationality")):
        for value in _values(node, tag):
            plain = " ".join(value.split())
            if plain.lower() not in ("na", "n/a", "-"):  # "na" is Namibia's code
                party.put((prop, "country"), plain)
    party.put(("nationality", "country"), text_of(node, "NATIONALITY2"))
    party.put("gender", text_of(node, "GENDER"))
    writers: Mapping[str, Callable[[Party, Node], None]] = {
        "INDIVIDUAL_DATE_OF_BIRTH": write_birth_date,
        "INDIVIDUAL_PLACE_OF_BIRTH": write_birth_place,
        "INDIVIDUAL_DOCUMENT": write_document,
        "INDIVIDUAL_ADDRESS": write_address,
        "ENTITY_ADDRESS": write_address,
    }
    for tag, write in writers.items():
        for each in node.children(tag):
            write(party, each)
