"""Commands that ask: search, show, neighbours, path, nearest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cuibono.cli.filters import make_conditions, make_rules, require_datasets, require_names
from cuibono.cli.options import (
    Card,
    FilterOptions,
    PolicyOptions,
    Rows,
    Signals,
    Trees,
)
from cuibono.cli.session import DONE, Session, settle_exit_code

if TYPE_CHECKING:
    from graph.network import Answer, NearestQuery, Path, PathQuery

# Inside the commands: the network, its models and rich's tables, which `--help` and a mistyped
# option do not owe; `bodies` inside the formats that show the API's models.

PARTY = "Id or name of a party; a name that fits several lists its candidates and stops."
Party = Annotated[str, typer.Argument(metavar="PARTY", help=PARTY)]


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What a party must be besides its name: `casework.search.SearchQuery`."""

    schema: Annotated[
        list[str] | None,
        typer.Option("--schema", metavar="SCHEMA", help="Person, Company ...; repeatable."),
    ] = None
    topic: Annotated[
        list[str] | None,
        typer.Option("--topic", metavar="TOPIC", help="sanction, role.pep ...; repeatable."),
    ] = None
    country: Annotated[
        list[str] | None,
        typer.Option("--country", metavar="CODE", help="Country code, gm ...; repeatable."),
    ] = None
    source: Annotated[
        list[str] | None,
        typer.Option("--dataset", metavar="DATASET", help="Named by this dataset; repeatable."),
    ] = None
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help="Only names equal but for case, accents, punctuation and script."
        ),
    ] = False
    limit: Annotated[int, typer.Option("--limit", min=1, help="Hits on a page.")] = 10
    offset: Annotated[int, typer.Option("--offset", min=0, help="Hits to skip.")] = 0
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold", min=0.01, max=0.99, help="Score from which a hit is marked as a match."
        ),
    ] = None
    cutoff: Annotated[
        float | None,
        typer.Option("--cutoff", min=0.01, max=0.99, help="Score from which a hit is shown."),
    ] = None


@dataclass(frozen=True, slots=True)
class PathOptions:
    """How many paths, and how long."""

    k: Annotated[int, typer.Option("--k", "-k", help="Most paths.")] = 5
    max_hops: Annotated[int, typer.Option("--max-hops", help="Longest path.")] = 6
    mode: Annotated[
        str,
        typer.Option(
            "--mode",
            metavar="k_shortest|all_shortest",
            help="The k shortest paths, undisputed ones first; or all of the smallest length.",
        ),
    ] = "k_shortest"


@dataclass(frozen=True, slots=True)
class NearestOptions:
    """How many listed parties, how far, and which lists count."""

    limit: Annotated[int, typer.Option("--limit", help="Most listed parties.")] = 5
    max_hops: Annotated[int, typer.Option("--max-hops", help="Farthest.")] = 4
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="DATASET", help="Listed by this dataset; repeatable."),
    ] = None


def run_search(
    session: Session,
    name: Annotated[str, typer.Argument(help="The name to look for.")],
    options: SearchOptions,
    rows: Rows,
    signals: Signals,
) -> int:
    """Find parties by name, with the reasons for each hit."""
    from api.questions import SearchRequest, list_countries, list_schemas, list_topics
    from cuibono.render.search import HIT_HEADER, iter_hit_rows, iter_search_answer

    asked: dict[str, Any] = {
        "q": name,
        "schemas": _require_known("--schema", options.schema, list_schemas),
        "topics": _require_known("--topic", options.topic, list_topics),
        "countries": _require_known("--country", options.country, list_countries),
        "sources": require_datasets("--dataset", options.source, session.workspace),
        "fuzzy": not options.exact,
        "limit": options.limit,
    }
    given = {"threshold": options.threshold, "cutoff": options.cutoff}
    asked |= {key: value for key, value in given.items() if value is not None}
    request = SearchRequest.model_validate(asked)
    query = request.to_query(options.offset)
    workspace, out = session.workspace, session.out
    answer = workspace.search(query)
    match out.format:
        case "json" | "jsonl":
            from cuibono import bodies

            body = bodies.make_search_body(workspace.meta(), request, answer)
            out.write_json(body) if out.format == "json" else out.write_lines(body.results)
        case "csv":
            out.write_csv(HIT_HEADER, iter_hit_rows(answer))
        case _:
            out.show(*iter_search_answer(answer))
    return settle_exit_code(
        signals, workspace, found=bool(answer.total.value), complete=answer.total.relation == "eq"
    )


def _require_known(
    option: str, texts: list[str] | None, find: Callable[[], Sequence[str]]
) -> list[str]:
    """Each text as one of the names that `find` looks up, which only a text is worth."""
    return require_names(option, texts, find()) if texts else []


def run_show(session: Session, party: Party, card: Card) -> int:
    """Show what is stated of one party. Names, listings, properties with sources, timeline."""
    from cuibono.render.entity import iter_claims, iter_entity, iter_timeline

    workspace, out = session.workspace, session.out
    entity = workspace.entity(workspace.resolve_party(party))
    if out.format == "json":
        from cuibono import bodies

        page = workspace.degree(entity.id)
        out.write_json(bodies.make_entity_body(workspace.meta(), entity, page))
        return DONE
    events, claims = workspace.timeline(entity.id), workspace.claims(entity.id)
    ends = {end for item in (*events, *claims) for end in (item.source, item.target)}
    nodes = workspace.network.get_entities(ends)
    out.show(*iter_entity(entity), *iter_timeline(events, nodes), *iter_claims(claims, nodes))
    return DONE


def run_neighbours(
    session: Session,
    party: Party,
    filters: FilterOptions,
    trees: Trees,
    limit: Annotated[int, typer.Option("--limit", help="Neighbours on a page.")] = 25,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Neighbours to skip.")] = 0,
    order: Annotated[
        str, typer.Option("--order", metavar="risk|degree|id", help="Which come first.")
    ] = "risk",
) -> int:
    """Show who is one link away, with counts by type."""
    from api.questions import Conditions
    from cuibono.render import paths as render
    from graph.network import NeighbourQuery

    workspace, out = session.workspace, session.out
    conditions = Conditions.model_validate(make_conditions(filters, workspace))
    query = NeighbourQuery.model_validate(
        {
            "source": workspace.resolve_party(party),
            "limit": limit,
            "offset": offset,
            "order": order,
            "filters": conditions.to_filters(),
        }
    )
    answer = workspace.neighbours(query)
    match out.format:
        case "json":
            from cuibono import bodies

            out.write_json(bodies.make_neighbours_body(workspace.meta(), query, answer))
        case "jsonl":
            out.write_lines(answer.nodes[each] for each in answer.neighbours)
        case "csv":
            out.write_csv(render.NEIGHBOUR_HEADER, render.iter_neighbour_rows(answer))
        case "tree":
            out.show(render.make_neighbour_tree(answer, query.source))
        case _:
            out.show(*render.iter_neighbours(answer, query.source))
    return DONE


def run_path(
    session: Session,
    start: Annotated[str, typer.Argument(metavar="FROM", help=PARTY)],
    to: Annotated[str, typer.Argument(metavar="TO", help="Id or name of the other end.")],
    options: PathOptions,
    filters: FilterOptions,
    policy: PolicyOptions,
    trees: Trees,
    signals: Signals,
) -> int:
    """Show how two parties are connected. With evidence, dates and doubt on every hop."""
    from api.questions import PathsRequest
    from cuibono.render import paths as render

    workspace, out = session.workspace, session.out
    request = PathsRequest.model_validate(
        {
            "from": {"ids": [workspace.resolve_party(start)]},
            "to": {"ids": [workspace.resolve_party(to)]},
            "mode": options.mode,
            "k": options.k,
            "max_hops": options.max_hops,
            "hub_policy": make_rules(policy),
            **make_conditions(filters, workspace),
        }
    )
    query = limit_budget(request.to_query(), policy)
    answer = workspace.paths(query)
    labelled = [(str(number), path) for number, path in enumerate(answer.paths, 1)]
    match out.format:
        case "json" | "jsonl":
            from cuibono import bodies

            body = bodies.make_paths_body(workspace.meta(), query, answer)
            out.write_json(body) if out.format == "json" else out.write_lines(body.paths)
        case "table":
            out.show(*render.iter_path_answer(answer))
        case _:
            show_paths(session, answer, labelled)
    return settle_exit_code(
        signals, workspace, found=bool(answer.paths), complete=answer.status == "complete"
    )


def run_nearest(
    session: Session,
    party: Party,
    filters: FilterOptions,
    policy: PolicyOptions,
    trees: Trees,
    signals: Signals,
    options: NearestOptions,
) -> int:
    """Show the nearest listed parties. Each with its best path."""
    from api.questions import NearestRequest
    from cuibono.render import paths as render

    workspace, out = session.workspace, session.out
    request = NearestRequest.model_validate(
        {
            "from": {"ids": [workspace.resolve_party(party)]},
            "lists": require_datasets("--list", options.lists, workspace),
            "limit": options.limit,
            "max_hops": options.max_hops,
            "hub_policy": make_rules(policy),
            **make_conditions(filters, workspace),
        }
    )
    query = limit_budget(request.to_query(), policy)
    answer = workspace.nearest(query)
    match out.format:
        case "json" | "jsonl":
            from cuibono import bodies

            body = bodies.make_nearest_body(workspace.meta(), query, answer)
            out.write_json(body) if out.format == "json" else out.write_lines(body.nearest)
        case "table":
            out.show(*render.iter_nearest(answer))
        case _:
            show_paths(session, answer, [(each.entity, each.path) for each in answer.nearest])
    return settle_exit_code(
        signals, workspace, found=bool(answer.nearest), complete=answer.status == "complete"
    )


Searched = TypeVar("Searched", "PathQuery", "NearestQuery")


def limit_budget(query: Searched, policy: PolicyOptions) -> Searched:
    """The query with the budget of the command line, counted in link ends."""
    if policy.budget is None:
        return query
    from graph.network import Budget

    return query.model_copy(update={"budget": Budget(links=policy.budget)})


def show_paths(session: Session, answer: Answer, labelled: Sequence[tuple[str, Path]]) -> None:
    """Paths as a tree or as CSV; the scope goes to stderr, where it does not mix with rows."""
    from cuibono.render import paths as render

    out = session.out
    if out.format == "tree":
        out.show(render.make_path_tree((path for _, path in labelled), answer))
    else:
        out.write_csv(
            render.HOP_HEADER,
            (row for label, path in labelled for row in render.iter_hop_rows(label, path, answer)),
        )
    out.message(answer.statement)
