"""The options that commands share, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class RowFormat(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class TreeFormat(StrEnum):
    """How connections are printed: rows, or a tree."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TREE = "tree"


class CardFormat(StrEnum):
    """How one thing is printed."""

    TABLE = "table"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Common:
    """What every command takes."""

    workspace: Annotated[
        Path | None,
        typer.Option(
            "-w",
            "--workspace",
            help="Folder of the workspace. [default: CUIBONO_WORKSPACE, else ./workspace]",
            show_default=False,
        ),
    ] = None
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="STORE",
            help="`embedded`, or the address of a Neo4j (bolt://host:7687); its user and password "
            "come from CUIBONO_NEO4J_USER and CUIBONO_NEO4J_PASSWORD. [default: CUIBONO_STORE, "
            "else embedded]",
            show_default=False,
        ),
    ] = None
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="The same as --format json: the API's body.",
        ),
    ] = False
    no_color: Annotated[
        bool,
        typer.Option(
            "--no-color",
            help="No colours. [env: NO_COLOR]",
        ),
    ] = False
    quiet: Annotated[
        bool,
        typer.Option(
            "-q",
            "--quiet",
            help="No progress and no messages but errors.",
        ),
    ] = False
    verbose: Annotated[
        bool,
        typer.Option(
            "-v",
            "--verbose",
            help="A traceback with an error.",
        ),
    ] = False


def _format_option(kinds: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        "--format",
        help=f"How the answer is printed: {kinds}.",
    )
    return option


@dataclass(frozen=True, slots=True)
class Rows:
    """The format of a command that lists rows."""

    format: Annotated[RowFormat, _format_option("a table, JSON, JSON lines or CSV")] = (
        RowFormat.TABLE
    )


@dataclass(frozen=True, slots=True)
class Trees:
    """The format of a command that shows connections."""

    format: Annotated[
        TreeFormat, _format_option("text with evidence, JSON, JSON lines, CSV or a tree")
    ] = TreeFormat.TABLE


@dataclass(frozen=True, slots=True)
class Card:
    """The format of a command that shows one thing."""

    format: Annotated[CardFormat, _format_option("text or JSON")] = CardFormat.TABLE


@dataclass(frozen=True, slots=True)
class Signals:
    """Exit codes for scripts."""

    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="Exit with 3 when something was found, with 4 when the answer is incomplete "
            "(budget met, or a list stale or missing), which wins over 3.",
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """What a link must be to be used: `graph.network.Filters`."""

    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="Links valid on this date.",
        ),
    ] = None
    during: Annotated[
        str | None,
        typer.Option(
            "--during",
            metavar="DATE/DATE",
            help="Links valid at some time between two dates; `--during A B` works too.",
        ),
    ] = None
    known_at: Annotated[
        str | None,
        typer.Option(
            "--known-at",
            metavar="DATE",
            help="What had been published by this date.",
        ),
    ] = None
    certain: Annotated[
        bool,
        typer.Option(
            "--certain",
            help="Links that certainly held at the dates asked for; otherwise possibly.",
        ),
    ] = False
    doubt: Annotated[
        float,
        typer.Option(
            "--doubt",
            min=0,
            max=1,
            help="Admits proposed identities of probability 1 - DOUBT or more, and above 0 those "
            "whose probability nobody stated.",
        ),
    ] = 0.0
    include_claims: Annotated[
        bool,
        typer.Option(
            "--include-claims",
            help="Lets what one side says of another carry a path, marked as a claim.",
        ),
    ] = False
    allow_type: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-type",
            metavar="TYPE",
            help="Only links of this type (Ownership, SharedPremises ...); repeatable.",
        ),
    ] = None
    deny_type: Annotated[
        list[str] | None,
        typer.Option(
            "--deny-type",
            metavar="TYPE",
            help="No links of this type; repeatable.",
        ),
    ] = None
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            "--dataset",
            metavar="DATASET",
            help="Only links that this dataset states; repeatable.",
        ),
    ] = None
    status: Annotated[
        list[str] | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="Only links of this status; repeatable. [default: asserted, corroborated, "
            "disputed]",
            show_default=False,
        ),
    ] = None
    min_confidence: Annotated[
        float,
        typer.Option(
            "--min-confidence",
            min=0,
            max=1,
            help="Least confidence of a link, where one is stated.",
        ),
    ] = 0.0
    verified_only: Annotated[
        bool,
        typer.Option(
            "--verified-only",
            help="Only links of which a quotation was found in the archived copy of its source, or "
            "that were read from the publisher's own file.",
        ),
    ] = False
    direction: Annotated[
        str,
        typer.Option(
            "--direction",
            metavar="any|out|in",
            help="Follow links both ways, or only from their source, or only to it.",
        ),
    ] = "any"
    avoid: Annotated[
        list[str] | None,
        typer.Option(
            "--avoid",
            metavar="PARTY",
            help="No path through this party (id or name); repeatable.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """Which rules of the hub policy hold: `graph.network.HubPolicy`."""

    lift: Annotated[
        list[str] | None,
        typer.Option(
            "--lift",
            metavar="RULE",
            help="Lifts a rule: hubs, family, shared_values or shared_principal; repeatable.",
        ),
    ] = None
    max_degree: Annotated[
        int | None,
        typer.Option(
            "--max-degree",
            min=1,
            help="An organisation of more links than this carries no path. [default: 25]",
            show_default=False,
        ),
    ] = None
    budget: Annotated[
        int | None,
        typer.Option(
            "--budget",
            min=1,
            metavar="LINKS",
            help="How many link ends a search may look at; a search cut short says so.",
        ),
    ] = None
