"""FollowTheMoney's schemata and properties by name; what the installed model lacks is refused."""

from __future__ import annotations

from functools import cache

from followthemoney import model
from followthemoney.property import Property
from followthemoney.schema import Schema

from graph.errors import InvalidEntity


@cache
def require_property(schema: str, prop: str) -> Property:
    """FollowTheMoney's property.

    Raises:
        InvalidEntity: When the installed model has no such schema or property.
    """
    found = require_schema(schema).get(prop)
    if found is None:
        raise InvalidEntity(f"{schema} has no property {prop!r}.", {prop: "unknown"})
    return found


@cache
def require_schema(schema: str) -> Schema:
    """FollowTheMoney's schema.

    Raises:
        InvalidEntity: When the installed model has no such schema.
    """
    found = model.get(schema)
    if found is None:
        raise InvalidEntity(f"FollowTheMoney has no schema {schema!r}.", {"schema": "unknown"})
    return found
