"""Who published a statement, from where, and what was noted about it.

Source: Beneficial Ownership Data Standard 0.4, objects Source, Publication details, Annotation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.dates import parse_date
from ingest.sources.bods.parts import Part

UNNAMED_PUBLISHER = "publisher not stated"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the publisher has it from."""

    kinds: tuple[str, ...] = ()  # "officialRegister", "selfDeclaration" …
    description: str | None = None
    url: str | None = None
    said_by: tuple[str, ...] = ()  # who asserted it to the publisher
    retrieved: str | None = None

    @classmethod
    def read(cls, part: Part) -> Origin:
        """Read a source whole."""
        agents = part.parts("assertedBy")
        names = [(each.text("name"), each.text("uri") or each.text("url")) for each in agents]
        uri = next((uri for _, uri in names if uri), None)
        return cls(
            tuple(part.texts("type")), part.text("description"), part.text("url") or uri,
            tuple(name or uri or "" for name, uri in names), part.text("retrievedAt"),
        )  # fmt: skip

    def describe(self) -> str:
        """One line: kind, who said it, description, day of retrieval."""
        said = [", ".join(self.kinds)]
        if self.said_by:
            said.append("asserted by " + ", ".join(self.said_by))
        said += [self.description or "", f"retrieved {self.retrieved}" if self.retrieved else ""]
        return "; ".join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Publication:
    """Who published a statement, when, and what stands behind it."""

    by: str
    publisher_url: str | None
    day: str | None  # of publication, else of the statement
    stated: str | None  # day of the statement
    origin: Origin
    annotations: tuple[str, ...]

    @classmethod
    def read(cls, statement: Part) -> Publication:
        """Read the envelope of a statement."""
        details = statement.part("publicationDetails")
        publisher = details.part("publisher") if details else None
        published = None
        if details is not None:
            published = details.text("publicationDate")
            # The version of the standard shows in the members; the licence is that of the data,
            # which the file's owner answers for.
            details.ignore("bodsVersion", "license")
        source = statement.part("source")
        stated = _day(statement.text("statementDate"))
        return cls(
            by=(publisher.text("name") if publisher else None) or UNNAMED_PUBLISHER,
            publisher_url=(publisher.text("url") or publisher.text("uri")) if publisher else None,
            day=_day(published) or stated,
            stated=stated,
            origin=Origin.read(source) if source else Origin(),
            annotations=tuple(_iter_annotations(statement)),
        )


def _day(text: str | None) -> str | None:
    return parse_date(text) if text else None


def _iter_annotations(statement: Part) -> Iterator[str]:
    for each in statement.parts("annotations"):
        creator = each.part("createdBy")
        said = {
            " by ": creator and (creator.text("name") or creator.text("uri")),
            " on ": each.text("creationDate"),
            " at ": each.text("statementPointerTarget"),
            ": ": each.text("description"),
            "; transformed content: ": each.text("transformedContent"),
            "; see ": each.text("url"),
        }
        if creator is not None:
            creator.ignore("uri")  # beside a name
        words = "".join(word + text for word, text in said.items() if text)
        yield f"Annotation ({each.text('motivation') or 'no motivation stated'}){words}"
