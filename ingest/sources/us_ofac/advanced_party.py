"""One DistinctParty of OFAC's Advanced XML: its names, features, places and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph.statements import Provenance
from ingest.audit import Audit
from ingest.sources.us_ofac.advanced_values import Location, References, RegDocument, read_period
from ingest.sources.us_ofac.facts import Entry
from ingest.sources.us_ofac.labels import Stated, read_labelled
from ingest.sources.us_ofac.labels import read_document as document_fact
from ingest.sources.us_ofac.parties import Alias, PartyBook
from ingest.sources.us_ofac.remarks import iter_facts
from ingest.xml import Node

_ADDRESS = "location"  # the feature whose place is an address
_FAMILY, _GIVEN = "last name", ("first name", "middle name", "patronymic", "matronymic")


class _NameText(NamedTuple):
    """A name in one script."""

    whole: str
    script: str
    primary: bool  # of the primary alias, in the primary script
    kind: str
    weak: bool
    parts: list[tuple[str, str]]


@dataclass(slots=True)
class PartyReader:
    """Reads parties into the book, with places and documents that were read before."""

    book: PartyBook
    references: References
    audit: Audit
    locations: Mapping[str, Location]
    documents: Mapping[str, list[RegDocument]]
    identities: set[str] = field(default_factory=set)  # that a party has

    def read(self, node: Node, provenance: Provenance) -> dict[str, str]:
        """State the profiles of a party.

        Returns:
            Profile ID -> uid, of those that were stated.
        """
        comments = node.texts("Comment")
        found = {}
        uid = provenance.record_id
        for profile in node.children("Profile"):
            number = profile.attribute("ID") or uid
            subtype = profile.attribute("PartySubTypeID")
            kind = self.references.party_kind(subtype)
            # The entries of the list point at the profile themselves.
            profile.ignore("SanctionsEntryReference")
            names, identities = self._read_identities(profile)
            primary = next((each for each in names if each.primary), names[0] if names else None)
            if primary is None:
                self.book.issues.warn("nameless-party", f"Party {uid} has no name; it is not "
                                      "stated.", locator=provenance.locator)  # fmt: skip
                continue
            entry = self.book.add(uid, kind, primary.whole, provenance)
            found[number] = uid
            self.book.name_parts(entry, primary.parts)
            for name in names:
                if name is not primary:
                    kind = "" if name.kind.lower() == "name" else name.kind
                    self.book.alias(entry, Alias(name.whole, kind, name.weak, name.script))
            for text in (*comments, *profile.texts("Comment")):
                for fact in iter_facts(text):
                    self.book.fact(entry, fact)
            for feature in (*profile.children("Feature"), *node.children("Feature")):
                self._read_feature(entry, feature)
            for identity in identities:
                self._write_documents(entry, identity)
        node.report(self.audit, provenance.locator)
        return found

    def _read_identities(self, profile: Node) -> tuple[list[_NameText], list[str]]:
        names: list[_NameText] = []
        numbers = []
        for identity in profile.children("Identity"):
            identity.ignore("@FixedRef")
            number = identity.attribute("ID") or ""
            numbers.append(number)
            self.identities.add(number)
            primary = (identity.attribute("Primary") or "true").lower() == "true"
            false = (identity.attribute("False") or "").lower() == "true"
            kinds = self._part_kinds(identity)
            for alias in identity.children("Alias"):
                names += self._read_alias(alias, kinds, primary=primary, false=false)
        return names, numbers

    def _part_kinds(self, identity: Node) -> dict[str, str]:
        """The type of each group of name parts."""
        kinds = {}
        for groups in identity.children("NamePartGroups"):
            for master in groups.children("MasterNamePartGroup"):
                for group in master.children("NamePartGroup"):
                    kind = self.references.words("NamePartType", group.attribute("NamePartTypeID"))
                    kinds[group.attribute("ID") or ""] = kind
        return kinds

    def _read_alias(
        self, alias: Node, kinds: Mapping[str, str], *, primary: bool, false: bool
    ) -> list[_NameText]:
        alias.ignore("@FixedRef")
        kind = self.references.words("AliasType", alias.attribute("AliasTypeID"))
        main = (alias.attribute("Primary") or "").lower() == "true" and primary
        # A false identity's name confirms and never finds, like a weak one.
        weak = (alias.attribute("LowQuality") or "").lower() == "true" or false
        found: list[_NameText] = []
        for documented in alias.children("DocumentedName"):
            documented.ignore("@ID", "@FixedRef")
            status = self.references.words("DocNameStatus", documented.attribute("DocNameStatusID"))
            parts = []
            script = ""
            for part in documented.children("DocumentedNamePart"):
                for value in part.children("NamePartValue"):
                    value.ignore("@ScriptStatusID", "@Acronym")  # how it was romanised
                    group = kinds.get(value.attribute("NamePartGroupID") or "", "")
                    script = self.references.words("Script", value.attribute("ScriptID")) or script
                    text = value.text()
                    if text:
                        parts.append((group, text))
            whole = join_name(parts)
            if whole:
                is_first = main and (status.lower().startswith("primary") or not status)
                found.append(_NameText(whole, script, is_first, kind, weak, parts))
        if main and found and not any(each.primary for each in found):
            found[0] = found[0]._replace(primary=True)
        return found

    def _read_feature(self, entry: Entry, feature: Node) -> None:
        # Numbers of the feature, and of the identity to which it belongs.
        feature.ignore("@ID", "IdentityReference")
        label = self.references.words("FeatureType", feature.attribute("FeatureTypeID"))
        for version in feature.children("FeatureVersion"):
            version.ignore("@ID")
            comment = version.child_text("Comment")
            reliability = self.references.words("Reliability", version.attribute("ReliabilityID"))
            if reliability.lower() not in ("", "confirmed", "unknown", "none", "1"):
                comment = f"{comment}; {reliability}" if comment else reliability
            places = [
                each.attribute("LocationID") or "" for each in version.children("VersionLocation")
            ]
            values = [text for each in version.children("VersionDetail")
                      if (text := self._detail(each))]  # fmt: skip
            periods = (read_period(each) for each in version.children("DatePeriod"))
            values += [period for period in periods if period]
            if label.lower() == _ADDRESS:
                for number in places:
                    self._write_address(entry, number)
                places = []
            values += [text for number in places if (text := self._place(number, entry))]
            for value in values:
                self.book.fact(entry, read_labelled(label, value), comment)
            if not values and comment:
                self.book.facts.keep_note(entry, f"{label}: {comment}")

    def _detail(self, node: Node) -> str | None:
        node.ignore("@DetailTypeID")  # text, date or reference: seen from what is there
        number = node.attribute("DetailReferenceID")
        return node.text() or (self.references.words("DetailReference", number) or None)

    def _place(self, number: str, entry: Entry) -> str | None:
        location = self._location(number, entry)
        return location.text if location else None

    def _location(self, number: str, entry: Entry) -> Location | None:
        location = self.locations.get(number)
        if location is None:
            self.book.warn("dangling-location", f"Location {number} is not in the file.", entry)
        return location

    def _write_address(self, entry: Entry, number: str) -> None:
        location = self._location(number, entry)
        if location is None:
            return
        parts, known = _split_parts(location.parts)
        country = location.country or parts.pop("UNKNOWN", None)
        for text in known:
            self.book.facts.keep_note(entry, f"Address: {text}")
        self.book.address(entry, number, parts, country)
        if location.variants:
            variants, _ = _split_parts(location.variants)
            self.book.address(entry, f"{number}-1", variants, location.country)

    def _write_documents(self, entry: Entry, identity: str) -> None:
        for each in self.documents.get(identity, ()):
            if not each.number:
                self.book.warn("empty-document", f"A document of type {each.kind!r} has no number.",
                               entry)  # fmt: skip
                continue
            stated = Stated(each.country, each.issued, each.expires, each.authority)
            self.book.fact(entry, document_fact(each.kind, each.number, stated), each.comment)


def join_name(parts: Sequence[tuple[str, str]]) -> str:
    """The name as OFAC prints it: "LAST, First Middle"; other names as their parts in order.

    Example:
        >>> join_name([("First Name", "Foo"), ("Last Name", "QUUX"), ("Middle Name", "Bar")])
        'QUUX, Foo Bar'
    """
    family = " ".join(text for kind, text in parts if kind.lower() == _FAMILY)
    given = [text for kind, text in parts if kind.lower() != _FAMILY]
    if family and given:
        return f"{family}, {' '.join(given)}"
    return family or " ".join(given)


def _split_parts(parts: Sequence[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Parts by name; of parts of one name the second and later ones."""
    named: dict[str, str] = {}
    more = []
    for name, text in parts:
        if name in named:
            more.append(text)
        else:
            named[name] = text
    return named, more
