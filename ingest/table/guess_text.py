"""A proposal as the text of a mapping file, with the reason beside each line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from followthemoney import model
from followthemoney.schema import Schema
from normality import slugify_text

from ingest.table.guess_columns import Guess
from ingest.table.guess_parties import (
    ADDRESS,
    LINK,
    PROPERTIES,
    Link,
    Party,
    Proposal,
)

_SEVERAL = ("alias", "previous_name", "nationality", "country", "phone", "email", "website")
_JOINS = {"name": " ", "address": ", "}  # what is one text in several columns


def iter_lines(file: str, proposal: Proposal) -> Iterator[str]:
    """The lines of a mapping file for a table of this name."""
    name = slugify_text(file.partition(".")[0], sep="_") or "table"
    yield f"# Proposed from the header and the first rows of {quote(file)}: a reading of words and"
    yield "# cells, not knowledge. Check every line; docs/mapping.md says what they mean."
    yield f"{name}:"
    yield "  cuibono:"
    yield f"    title: {quote(file)}"
    yield "    # publisher: who says what the rows state"
    yield "    # published: the day on which they did, YYYY-MM-DD"
    yield "  queries:"
    yield f"    - csv_url: {quote(file)}"
    yield "      entities:"
    used: set[str] = set()
    for party in proposal.parties:
        yield from _iter_party(party, used)
    for link in proposal.links:
        yield from _iter_link(link, used)
    for guess in proposal.guesses:
        if guess.column.name not in used:
            proposal.left_out.setdefault(guess.column.name, _explain(guess, proposal))
    rest = {name: why for name, why in proposal.left_out.items() if name not in used}
    if rest:
        yield "# Left out:"
        for column, why in rest.items():
            yield f"#   {quote(column)}: {_plain(why)}"


def _explain(guess: Guess, proposal: Proposal) -> str:
    links = len(proposal.links)
    if guess.concept in LINK and links == 0:
        return f"{guess.reason}, of a link, and the row has none"
    if guess.concept in LINK:
        return f"{guess.reason}, of a link; which of the {links}, it does not say"
    return f"{guess.reason}, which the schema has no property for, or another column states"


def _iter_party(party: Party, used: set[str]) -> Iterator[str]:
    schema = model.get(party.schema)
    if schema is None:
        raise LookupError(party.schema)
    yield f"        {party.name}:"
    yield f"          schema: {party.schema}"
    yield f"          keys: [{', '.join(map(quote, party.keys))}]"
    if party.subject:
        yield f"          key_literal: {party.subject}"
    used.update(party.keys)
    lines = list(_iter_properties(party, schema, used))
    if lines:
        yield "          properties:"
        yield from lines


def _iter_properties(party: Party, schema: Schema, used: set[str]) -> Iterator[str]:
    stated: set[str] = set()
    if not party.find("name") and (parts := party.find("first_name", "last_name")):
        # Names are compared whole.
        yield f"            name: {_make_rule(parts, _JOINS['name'])}"
        stated.add("name")
    for guess in party.guesses:
        if guess.concept in ADDRESS and party.find("address"):
            continue
        names = ("address",) if guess.concept in ADDRESS else PROPERTIES.get(guess.concept, ())
        prop = next((each for each in names if schema.get(each)), None)
        if prop is None or prop in stated or (guess.concept == "status" and party.subject):
            continue
        stated.add(prop)
        columns = party.find(*(ADDRESS if guess.concept in ADDRESS else (guess.concept,)))
        used.update(each.column.name for each in columns)
        # Where the other keys are filled, a row without a name would give a nameless party.
        needs = ", required: true" if prop == "name" and party.subject else ""
        rule = _make_rule(columns, _JOINS.get(prop), needs=needs)
        yield f"            {prop}: {rule}  # {_plain(guess.reason)}"
    if party.subject == "outlet" and schema.get("classification"):
        yield "            classification: {literal: outlet}  # screened like a party"


def _iter_link(link: Link, used: set[str]) -> Iterator[str]:
    schema = model.get(link.schema)
    if schema is None or schema.source_prop is None or schema.target_prop is None:
        raise LookupError(link.schema)
    keys = dict.fromkeys((*link.source.keys, *link.target.keys))
    yield f"        {link.name}:"
    yield f"          schema: {link.schema}"
    yield f"          keys: [{', '.join(map(quote, keys))}]"
    yield f"          key_literal: {link.name}"
    yield "          properties:"
    yield f"            {schema.source_prop.name}: {{entity: {link.source.name}, required: true}}"
    yield f"            {schema.target_prop.name}: {{entity: {link.target.name}, required: true}}"
    if not any(each.concept == "role" for each in link.guesses) and schema.get("role"):
        yield f"            role: {{literal: {quote(link.source.name.replace('_', ' '))}}}"
    for guess in link.guesses:
        used.add(guess.column.name)
        rule = _make_rule([guess])
        yield f"            {LINK[guess.concept]}: {rule}  # {_plain(guess.reason)}"


def _make_rule(guesses: Sequence[Guess], join: str | None = None, *, needs: str = "") -> str:
    if len(guesses) > 1:
        ordered = sorted(guesses, key=lambda each: _number(each.column.name))
        listed = ", ".join(quote(each.column.name) for each in ordered)
        joined = f", join: {quote(join)}" if join else ""
        return f"{{columns: [{listed}]{joined}{needs}}}"
    (guess,) = guesses
    form = f", format: {quote(guess.format)}" if guess.format else ""
    if guess.concept in _SEVERAL and any(";" in cell for cell in guess.column.cells):
        form += ', split: ";"'
    return f"{{column: {quote(guess.column.name)}{form}{needs}}}"


def _number(name: str) -> int:
    """The number at the end of a name: "Name 10" stands after "Name 2"."""
    found = re.search(r"\d+$", name)
    return int(found[0]) if found else 0


def quote(text: str) -> str:
    r"""A text as a YAML scalar on one line, whatever is in it.

    Example:
        >>> quote('a "b"'), quote("x\u2028y")
        ('"a \\"b\\""', '"x\\U00002028y"')
    """
    return f'"{"".join(map(_escape, text))}"'


def _escape(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"


def _plain(text: str) -> str:
    """A text for a comment."""
    return quote(text)[1:-1].replace('\\"', '"')
