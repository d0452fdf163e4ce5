"""The sample case, asked three questions. Everything that is printed comes from the answers.

Only the questions are written here, with names as a person would type them. `ask_demo` asks,
`iter_demo` shows; a script takes the answers as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import RenderableType

from api.answers import to_edge
from api.questions import SearchRequest
from casework.report import ReportInput, write_report
from casework.search import SearchAnswer
from cuibono import bodies
from cuibono.cli.output import Output
from cuibono.render.evidence import caption, iter_link
from cuibono.render.layout import QUIET, count, heading, line
from cuibono.render.paths import iter_path, iter_path_answer, iter_scope
from cuibono.render.search import iter_search_answer
from cuibono.workspace import Workspace
from graph.errors import AmbiguousName
from graph.model import Link
from graph.network import MAX_PATHS, Filters, PathAnswer, PathQuery
from graph.network import Path as FoundPath

SAMPLE = Path(__file__).with_name("sample") / "tajideen"
PERSON = "Hussein Tajeddine"
BUSINESS = "Western Union"
BANK = "Trust Bank Gambia"
CLAIMANT = "Congo Futur"
CLAIMED = "DHL"
DOUBT = 0.5

Asked = tuple[PathQuery, PathAnswer]


@dataclass(frozen=True, slots=True)
class DemoAnswers:
    """What was asked and answered. `additional` are those of `doubtful` that infer the bank."""

    person: SearchAnswer
    default: Asked
    doubtful: Asked
    bank: str
    additional: tuple[FoundPath, ...]
    claims: tuple[Link, ...]
    claim_paths: Asked
    person_paths: Asked


def build_demo(folder: Path, out: Output, *, store: str, sdn: Path | None) -> Workspace:
    """Make the workspace: the bundled case and, where given, the real list beside it."""
    workspace = Workspace.init(folder, store=store)
    with out.progress("demo") as progress:
        progress("load the sample case", 0.0)
        workspace.load("evidence", SAMPLE)
        if sdn is not None:
            progress("load the OFAC SDN list", 0.0)
            workspace.load("us_ofac_sdn", sdn)
        workspace.build(progress)
    return workspace


def ask_demo(workspace: Workspace, out: Output) -> DemoAnswers:
    """Ask the questions of the case."""
    found = workspace.search(SearchRequest(q=PERSON).to_query(0))
    person = found.results[0].entity.id if found.results else resolve(workspace, PERSON, out)
    business, bank, claimant, claimed = (
        resolve(workspace, name, out) for name in (BUSINESS, BANK, CLAIMANT, CLAIMED)
    )
    asked = PathQuery(sources=(person,), targets=(business,))
    default = workspace.paths(asked)
    # No longer than what needs no inference: a longer way round says less.
    longest = max((path.length for path in default.paths), default=asked.max_hops)
    doubtful_query = asked.model_copy(
        update={"k": MAX_PATHS, "max_hops": longest, "filters": Filters(doubt=DOUBT)}
    )
    doubtful = workspace.paths(doubtful_query)
    no_claim = PathQuery(sources=(claimed,), targets=(claimant,))
    no_way = PathQuery(sources=(person,), targets=(claimed,))
    return DemoAnswers(
        person=found,
        default=(asked, default),
        doubtful=(doubtful_query, doubtful),
        bank=bank,
        additional=tuple(path for path in doubtful.paths if bank in find_inferred(path, doubtful)),
        claims=tuple(
            link for link in workspace.claims(claimant) if claimed in (link.source, link.target)
        ),
        claim_paths=(no_claim, workspace.paths(no_claim)),
        person_paths=(no_way, workspace.paths(no_way)),
    )


def resolve(workspace: Workspace, name: str, out: Output) -> str:
    """The party that a name means; of several, the best, and a message says so."""
    try:
        return workspace.resolve_party(name)
    except AmbiguousName as error:
        key, shown, _ = error.candidates[0]
        out.message(f"{name!r} fits {len(error.candidates)} parties; taken is {shown} ({key})")
        return key


def find_inferred(path: FoundPath, answer: PathAnswer) -> set[str]:
    """The parties whose identity a path infers."""
    links = [answer.links[link_id] for link_id in path.identity_links]
    return {end for link in links for end in (link.source, link.target)}


def iter_demo(answers: DemoAnswers) -> Iterator[RenderableType]:
    """The answers in the order of the story, each under its question."""
    person, default, doubtful = answers.person, answers.default[1], answers.doubtful[1]
    yield heading(f"(a) Who is {PERSON!r}?")
    yield from iter_search_answer(person)
    yield heading(f"(b) How is the party found connected to {BUSINESS!r}?")
    yield from iter_path_answer(default)
    bank = caption(doubtful.nodes, answers.bank)
    yield heading(
        f"With inferred identities (doubt {DOUBT}): further paths of at most "
        f"{answers.doubtful[0].max_hops} hops that rest on who {bank} is"
    )
    for number, path in enumerate(answers.additional, 1):
        yield from iter_path(path, doubtful, f"+{number}")
    if not answers.additional:
        yield line("none", level=1)
    yield from iter_scope(doubtful)
    yield heading(f"(c) What is said of {CLAIMANT!r} and {CLAIMED!r}?")
    for link in answers.claims:
        yield from iter_link(link, answers.claim_paths[1].nodes, level=1)
    if not answers.claims:
        yield line("nothing in this snapshot", level=1)
    for _, answer in (answers.claim_paths, answers.person_paths):
        yield line(count(len(answer.paths), "default path"), level=1, style=QUIET)
        for number, path in enumerate(answer.paths, 1):
            yield from iter_path(path, answer, str(number))
        yield from iter_scope(answer)


def make_demo_body(workspace: Workspace, answers: DemoAnswers) -> dict[str, object]:
    """The answers in the API's shapes, by what was asked."""
    meta = workspace.meta()
    asked = {
        "paths": answers.default,
        "paths_with_doubt": answers.doubtful,
        "paths_of_claim": answers.claim_paths,
        "paths_to_claimed": answers.person_paths,
    }
    return {
        "search": bodies.make_search_body(meta, SearchRequest(q=PERSON), answers.person),
        **{name: bodies.make_paths_body(meta, *pair) for name, pair in asked.items()},
        "claims": [to_edge(link) for link in answers.claims],
    }


def write_reports(workspace: Workspace, answers: DemoAnswers, folder: Path) -> list[Path]:
    """Write what was answered as reports: by default, and with inferred identities."""
    return [
        write_report(folder / f"{name}.html", _make_report(workspace, answers, pair))
        for name, pair in (("paths", answers.default), ("paths-with-doubt", answers.doubtful))
    ]


def _make_report(workspace: Workspace, answers: DemoAnswers, asked: Asked) -> ReportInput:
    meta, (query, answer) = workspace.meta(), asked
    doubt = (
        f", with inferred identities (doubt {query.filters.doubt})" if query.filters.doubt else ""
    )
    return ReportInput(
        question=f"How is {PERSON} connected to {BUSINESS}{doubt}?",
        made_on=datetime.now(UTC).date().isoformat(),
        version=meta.version,
        snapshot=meta.snapshot,
        config_hash=meta.config_hash,
        lists=meta.sources,
        searches=(answers.person,),
        query=query,
        answer=answer,
        events=tuple(workspace.timeline(query.sources[0])),
    )


def write_queries(answers: DemoAnswers, path: Path) -> Path:
    """Write queries to look at the same connections in Neo4j Browser."""
    # The driver's package: only where a server was asked.
    from graph.neo4j.browser import saved_queries_text

    asked = answers.default[0]
    parameters = {"id": asked.sources[0], "other": asked.targets[0], "name": PERSON}
    path.write_text(saved_queries_text(parameters), "utf-8")
    return path
