"""What a property's `format` may be; a wrong one would reject every value, or none."""

from __future__ import annotations

import re

from followthemoney.exc import InvalidData
from followthemoney.types import registry
from followthemoney.types.common import PropertyType
from rigour.ids import get_identifier_format, get_identifier_format_names

from ingest.table.yaml_text import suggest

_DIRECTIVE = re.compile(r"%.?", re.DOTALL)
_DIRECTIVES = {f"%{letter}" for letter in "aAbBcdfHIjmMpSUwWxXyYzZGuV%"}  # of `strptime`


def find_fault_of_format(kind: PropertyType, form: str) -> str | None:
    """The remedy for a format that its type does not know; None when there is no fault."""
    if kind is registry.date:
        used = set(_DIRECTIVE.findall(form))
        if not used - {"%%"} or used - _DIRECTIVES:
            return "Write it as `strptime` does: '%d/%m/%Y'."
    elif kind is registry.identifier:
        if get_identifier_format(form) is None:
            return suggest(form, get_identifier_format_names())
    elif kind is registry.phone:
        try:
            kind.clean("1", format=form)
        except InvalidData:
            return "Write the code of the country in which the numbers are dialled: 'gb'."
    else:
        return "Leave it out: values of this type have no formats."
    return None
