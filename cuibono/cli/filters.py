"""From options of the command line to the API's conditions: one meaning for both.

Every fault names the option, the value and what would do; a name that means nothing is refused,
since a filter that silently matches nothing would read as *no link*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from cuibono.cli.options import FilterOptions, PolicyOptions
from graph.dates import parse_span
from graph.errors import QueryError

if TYPE_CHECKING:
    from cuibono.workspace import Workspace

DIRECTIONS = ("any", "out", "in")
_SHOWN = 40  # known names listed in a message


def join_during(arguments: Sequence[str]) -> list[str]:
    """Turn `--during A B` into `--during A/B`, which a parser of options can read.

    Example:
        >>> join_during(["x", "--during", "2010", "2015-03", "--k", "2"])
        ['x', '--during', '2010/2015-03', '--k', '2']
    """
    joined: list[str] = []
    rest = list(arguments)
    while rest:
        joined.append(rest.pop(0))
        if joined[-1] == "--during" and len(rest) > 1 and all(map(_looks_like_date, rest[:2])):
            joined.append(f"{rest.pop(0)}/{rest.pop(0)}")
    return joined


def _looks_like_date(text: str) -> bool:
    return text[:4].isdigit() and all(char.isdigit() or char == "-" for char in text)


def make_conditions(options: FilterOptions, workspace: Workspace) -> dict[str, Any]:
    """The API's conditions on links.

    Raises:
        QueryError: When a date, type, status, dataset or direction means nothing.
        AmbiguousName: When a party to avoid fits several.
    """
    # pydantic comes with the model; not for --help.
    from graph.model import LINK_TYPES, Status

    conditions: dict[str, Any] = {
        "direction": _require_one("--direction", options.direction, DIRECTIONS),
        "edge_types": {
            "allow": require_names("--allow-type", options.allow_type, LINK_TYPES),
            "deny": require_names("--deny-type", options.deny_type, LINK_TYPES),
        },
        "datasets": require_datasets("--dataset", options.dataset, workspace),
        "min_confidence": options.min_confidence,
        "verified_only": options.verified_only,
        "certain_dates": options.certain,
        "doubt": options.doubt,
        "include_claims": options.include_claims,
        "avoid": [workspace.resolve_party(text) for text in options.avoid or ()],
    }
    if options.status:
        known = [str(each) for each in Status]
        conditions["statuses"] = require_names("--status", options.status, known)
    for name, date in (("as_of", options.as_of), ("known_at", options.known_at)):
        if date is not None:
            conditions[name] = _require_date(f"--{name.replace('_', '-')}", date)
    if options.during is not None:
        conditions["during"] = _require_period(options.during)
    return conditions


def make_rules(options: PolicyOptions) -> dict[str, Any]:
    """The API's hub policy.

    Raises:
        QueryError: When no rule has the name.
    """
    from graph.network import PolicyRule

    rules: dict[str, Any] = {
        "lift": require_names("--lift", options.lift, [str(rule) for rule in PolicyRule])
    }
    if options.max_degree is not None:
        rules["max_degree"] = options.max_degree
    return rules


def _require_date(option: str, text: str) -> str:
    try:
        known = _looks_like_date(text) and parse_span(text)
    except ValueError:
        known = False
    if not known:
        raise QueryError(f"{option}: {text!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD.")
    return text


def _require_period(text: str) -> list[str]:
    first, slash, last = text.partition("/")
    if not slash:
        raise QueryError(
            f"--during: {text!r} is one date; write --during {text}/DATE, or use --as-of."
        )
    return [_require_date("--during", first), _require_date("--during", last)]


def require_datasets(option: str, names: Iterable[str] | None, workspace: Workspace) -> list[str]:
    """Datasets of the live snapshot: a misspelt one would find nothing, unseen.

    Raises:
        QueryError: When one is not loaded.
    """
    if not names:
        return []
    return require_names(option, names, [source.dataset for source in workspace.meta().sources])


def require_names(option: str, texts: Iterable[str] | None, known: Sequence[str]) -> list[str]:
    """Each text as one of the known names, whatever its case; empty without texts.

    Raises:
        QueryError: When one is unknown.
    """
    return [_require_one(option, text, known) for text in texts or ()]


def _require_one(option: str, text: str, known: Sequence[str]) -> str:
    """One of the known names, whatever the case it is written in.

    Raises:
        QueryError: With the nearest known name, or all of them.
    """
    by_case = {name.casefold(): name for name in known}
    if found := by_case.get(text.casefold()):
        return found
    near = get_close_matches(text.casefold(), by_case, n=1)
    some = ", ".join(known[:_SHOWN]) + (" ..." if len(known) > _SHOWN else "")
    remedy = f"did you mean {by_case[near[0]]}?" if near else f"known are {some}."
    raise QueryError(f"{option}: {text!r} is unknown; {remedy}")
