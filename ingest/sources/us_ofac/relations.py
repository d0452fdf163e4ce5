"""The relations between parties that OFAC's Advanced and Enhanced XML state, with their directions.

"Owned or Controlled By" runs from the asset to its owner, "Owns, controls, or operates" from the
owner to the asset. Neither is a percentage, and none is ever made of it. A relation is turned round
only where no schema takes it as published, and then with an issue; one that no schema takes either
way is an UnknownLink with the published words.

Source: US Department of the Treasury, Office of Foreign Assets Control, reference values of type
RELATIONSHIP TYPE (Enhanced XML) and RelationType (Advanced XML).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from followthemoney import model

from graph.schemata import require_schema
from graph.statements import Assertion, Provenance, Relation, StatementWriter
from ingest.ids import make_id
from ingest.source import IssueLog
from ingest.sources.us_ofac.links import ListTitle
from ingest.sources.us_ofac.lists import DETAILS

# Type id -> (schema, whether the party *from* which it runs is the schema's source).
_TYPES = {
    "1555": ("UnknownLink", True),  # Associate Of
    "15001": ("UnknownLink", True),  # Providing support to
    "15002": ("Representation", True),  # Acting for or on behalf of: agent, client
    "15003": ("Ownership", False),  # Owned or Controlled By: asset, owner
    "15004": ("Family", True),  # Family member of
    "91422": ("Membership", True),  # playing a significant role in
    "91725": ("Directorship", True),  # Leader or official of
    "91900": ("Directorship", True),  # Principal Executive Officer
    "92019": ("Ownership", True),  # Owns, controls, or operates: owner, asset
    "92122": ("Ownership", False),  # Property in the interest of: asset, owner
}
# Where the number is new, the words decide.
_WORDS = {
    "associate of": "1555", "providing support to": "15001",
    "acting for or on behalf of": "15002", "owned or controlled by": "15003",
    "family member of": "15004", "playing a significant role in": "91422",
    "leader or official of": "91725", "principal executive officer": "91900",
    "owns, controls, or operates": "92019", "property in the interest of": "92122",
}  # fmt: skip
_NO_QUALITY = ("", "none", "unknown")


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation as published: *from* one party *to* another."""

    number: str  # the publisher's own
    source: str  # uid of the party from which it runs
    target: str  # uid
    type_id: str
    words: str  # the type's name
    provenance: Provenance
    quote: str
    quality: str | None = None
    former: bool = False
    comment: str | None = None


@dataclass(slots=True)
class RelationWriter:
    """Writes the relations of one file; ends of other lists are bare references."""

    writer: StatementWriter
    issues: IssueLog
    title: ListTitle
    schemata: Mapping[str, str]  # entity id -> schema, of the parties of the file
    _owned: dict[tuple[str, str], str] = field(default_factory=dict)  # (owner, asset) -> number
    _companies: set[str] = field(default_factory=set)

    def write(self, tie: Tie) -> None:
        """State a relation, with the published words as evidence."""
        source, target = make_id("ofac", tie.source), make_id("ofac", tie.target)
        if source == target:
            self._warn("relation-to-itself", tie, "ties a party to itself; not stated.")
            return
        type_id = tie.type_id if tie.type_id in _TYPES else _WORDS.get(tie.words.lower(), "")
        if not type_id:
            self._warn("unknown-relation-type", tie, "has an unknown type; kept as a link with "
                       "the published words.")  # fmt: skip
        schema, forward = _TYPES.get(type_id, ("UnknownLink", True))
        ends = (source, target) if forward else (target, source)
        schema, ends = self._fit(tie, schema, ends)
        if schema == "Ownership":
            self._note_ownership(tie, *ends)
        words = tie.words or f"relation type {tie.type_id}"
        relation = Relation(
            id=make_id("ofac-rel", tie.number),
            kind="link",
            schema=schema,
            source=ends[0],
            target=ends[1],
            role=f"former {words}" if tie.former else words,
        )
        self.writer.add_relation(relation, self._assertion(tie), tie.provenance)

    def _assertion(self, tie: Tie) -> Assertion:
        quality = tie.quality if (tie.quality or "").lower() not in _NO_QUALITY else None
        notes = [f"Relation quality: {quality}"] if quality else []
        notes += [tie.comment] if tie.comment else []
        return Assertion(
            by="OFAC",
            on=self.title.published,
            source_title=str(self.title),
            source_url=DETAILS.format(uid=tie.source),
            quote=tie.quote,
            note=" ".join(notes) or None,
            standing=True,
        )

    def _fit(self, tie: Tie, schema: str, ends: tuple[str, str]) -> tuple[str, tuple[str, str]]:
        """The schema and the order of the ends that their own schemata allow."""
        if self._takes(schema, *ends):
            return schema, ends
        if schema != "Family" and self._takes(schema, ends[1], ends[0]):
            self._warn("relation-flipped", tie, f"is turned round: as published, its ends are "
                       f"none that {schema} takes.")  # fmt: skip
            return schema, (ends[1], ends[0])
        self._warn("relation-unfit", tie, f"has ends that {schema} does not take; kept as a link "
                   "with the published words.")  # fmt: skip
        return "UnknownLink", ends

    def _takes(self, schema: str, source: str, target: str) -> bool:
        if schema == "Family":  # of two people, and never a guess
            return {self.schemata.get(source), self.schemata.get(target)} == {"Person"}
        edge = require_schema(schema)
        return all(
            _is_in(self.schemata.get(end), prop.range.name if prop and prop.range else "Thing")
            for end, prop in ((source, edge.source_prop), (target, edge.target_prop))
        )

    def _note_ownership(self, tie: Tie, owner: str, asset: str) -> None:
        """An owned organisation is a company; two parties that own each other are a doubt."""
        known = self.schemata.get(asset)
        if known in ("Organization", "LegalEntity") and asset not in self._companies:
            self._companies.add(asset)
            self.writer.add_entity(asset, "Company", tie.provenance)
        self._owned[owner, asset] = tie.number
        other = self._owned.get((asset, owner))
        if other:
            self._warn("direction-doubtful", tie, f"and relation {other} say that each of the two "
                       "owns the other; both are kept as published.")  # fmt: skip

    def _warn(self, code: str, tie: Tie, fault: str) -> None:
        self.issues.warn(
            code,
            f"Relation {tie.number} ({tie.source} {tie.words!r} {tie.target}) {fault}",
            entity_id=make_id("ofac", tie.source),
            locator=tie.provenance.locator,
        )


def _is_in(schema: str | None, wanted: str) -> bool:
    """Whether an end may be of the wanted schema: its own, or one that it can be narrowed to.

    What is on another list is not known here, and may be anything.
    """
    if schema is None:
        return True
    if wanted == "Asset" and schema in ("Organization", "LegalEntity"):
        return True  # as a Company
    if wanted == "Organization" and schema == "LegalEntity":
        return True
    found = model.get(schema)
    return found is not None and found.is_a(wanted)
