"""Paths, nearest listed parties and neighbours, with the evidence of every hop.

The sentence that tells a path is `Path.text`, made where paths are made; this module shows what it
stands on. A path is not guilt, and an answer without one is shown with its scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rich.console import RenderableType
from rich.text import Text
from rich.tree import Tree

from cuibono.render.clean import safe
from cuibono.render.dates import describe_date, describe_intervals
from cuibono.render.evidence import (
    caption,
    describe_inference,
    describe_link,
    describe_relation,
    iter_link,
)
from cuibono.render.layout import HEADING, QUIET, WARNING, count, heading, join, line, table
from graph.model import Entity, Link
from graph.network import (
    Answer,
    Hop,
    NearestAnswer,
    NeighbourAnswer,
    Path,
    PathAnswer,
)
from graph.text import describe_listing


def iter_path_answer(answer: PathAnswer) -> Iterator[RenderableType]:
    """Every path with its evidence, then what stands beside them and the answer's scope."""
    for number, path in enumerate(answer.paths, 1):
        yield from iter_path(path, answer, str(number))
    yield from iter_beside(answer)
    yield from iter_scope(answer)


def iter_path(path: Path, answer: Answer, label: str, remark: str = "") -> Iterator[RenderableType]:
    """One path: its sentence, when it held, what it rests on, then hop by hop."""
    nodes, links = answer.nodes, answer.links
    yield heading(f"{label}. {join_names(path, nodes)}")
    if remark:
        yield line(remark, level=1)
    yield line(path.text, level=1)
    for fact in describe_path(path, answer):
        yield line(fact, level=1, style=WARNING if fact.startswith("rests on") else "")
    for number, hop in enumerate(path.hops, 1):
        yield line(f"hop {number}: {describe_hop(hop, nodes)}", level=1, style=HEADING)
        for link_id in hop.links:
            yield from iter_link(links[link_id], nodes, level=2)
    for link_id in path.identity_links:
        yield line("identity relied on", level=1, style=HEADING)
        yield from iter_link(links[link_id], nodes, level=2)


def join_names(path: Path, nodes: Mapping[str, Entity]) -> str:
    """The parties of a path, in order."""
    return " – ".join(caption(nodes, node) for node in path.nodes)


def describe_hop(hop: Hop, nodes: Mapping[str, Entity]) -> str:
    """The two parties of a hop and how many statements join them."""
    ends = f"{caption(nodes, hop.source)} – {caption(nodes, hop.target)}"
    return f"{ends} ({count(len(hop.links), 'link')})" if len(hop.links) > 1 else ends


def describe_path(path: Path, answer: Answer) -> list[str]:
    """Length and strength, the weakest hop, the two intervals, identities relied on, flags."""
    facts = [
        f"{count(path.length, 'hop')}, strength {path.strength:.2f}, "
        f"weakest hop {path.weakest.hop + 1}: {path.weakest.why}",
        *describe_when(path),
    ]
    facts += [
        describe_inference(answer.links[link_id], answer.nodes) for link_id in path.identity_links
    ]
    if path.disputed:
        facts.append("disputed: a hop of this path is denied by a source named below")
    if path.claimed:
        facts.append("rests on a claim that no independent source states")
    return facts


def describe_when(path: Path) -> list[str]:
    """When all hops certainly held at once, and when they possibly did; or that they never did."""
    if not path.possible:
        return ["all hops held: never at once"]
    certain = describe_intervals(path.certain) or "on no day known"
    return [
        f"all hops certainly held at once: {certain}",
        f"all hops possibly held at once: {describe_intervals(path.possible)}",
    ]


def iter_beside(answer: PathAnswer) -> Iterator[RenderableType]:
    """Claims and refuted links between the ends, and links whose dates do not decide."""
    if answer.beside:
        yield heading("Beside the paths: claimed or refuted between the two, not used by any path")
        for link_id in answer.beside:
            yield from iter_link(answer.links[link_id], answer.nodes, level=1)
    if answer.indeterminate:
        yield heading("Indeterminate: the sources' dates do not say whether these count")
        for link_id in answer.indeterminate:
            yield from iter_link(answer.links[link_id], answer.nodes, level=1)


def iter_scope(answer: Answer) -> Iterator[RenderableType]:
    """The answer's own statement, what it looked at and what the hub policy left out."""
    yield heading("Scope")
    partial = answer.status == "partial"
    yield line(answer.statement, level=1, style=WARNING if partial else "")
    explored = answer.explored
    yield line(
        f"{answer.status} ({answer.stop_reason}), depth {answer.completed_depth} completed, "
        f"{count(explored.nodes, 'party', 'parties')} and {count(explored.links, 'link')} looked "
        f"at, {answer.executed}, snapshot {answer.snapshot}",
        level=1,
        style=QUIET,
    )
    pruned = answer.pruned
    if pruned.hubs_met:
        names = join(caption(answer.nodes, hub) for hub in pruned.hubs)
        yield line(
            f"hub policy: {count(pruned.hubs_met, 'organisation')} met may end a path and carry "
            f"none: {names}",
            level=1,
            style=QUIET,
        )
    if pruned.rules:
        yield line(
            f"hub policy: with {join(str(rule) for rule in pruned.rules)} lifted "
            f"a path of {count(pruned.hops_without_policy or 0, 'hop')} exists",
            level=1,
            style=QUIET,
        )


def iter_nearest(answer: NearestAnswer) -> Iterator[RenderableType]:
    """Each listed party with its listings and its best path."""
    for number, nearest in enumerate(answer.nearest, 1):
        entity = answer.nodes.get(nearest.entity)
        listings = entity.listings if entity else ()
        listed = "; ".join(dict.fromkeys(map(describe_listing, listings)))
        remark = f"{caption(answer.nodes, nearest.entity)}: {listed}"
        yield from iter_path(nearest.path, answer, str(number), remark)
    yield from iter_scope(answer)


def iter_neighbours(answer: NeighbourAnswer, source: str) -> Iterator[RenderableType]:
    """One page of neighbours, with counts over all of them."""
    by_type = join(f"{name} {number}" for name, number in sorted(answer.counts_by_type.items()))
    yield line(
        f"{caption(answer.nodes, source)} has {count(answer.total, 'neighbour')} under these "
        f"filters{f': {by_type}' if by_type else ''}",
        style=HEADING,
    )
    if answer.supernode:
        yield line("too many to look at one by one: expand by --allow-type", style=WARNING)
    rows = list(iter_neighbour_rows(answer))
    if rows:
        yield table(NEIGHBOUR_HEADER, map(_with_date_words, rows))
    if answer.next_offset is not None:
        yield line(
            f"{answer.total - answer.next_offset:,} more: --offset {answer.next_offset}",
            style=QUIET,
        )


NEIGHBOUR_HEADER = ("id", "name", "listed", "relation", "from", "to", "status", "sources")


def iter_neighbour_rows(answer: NeighbourAnswer) -> Iterator[list[str]]:
    """One row for each link to a neighbour, in the asked order."""
    for neighbour, hop in zip(answer.neighbours, answer.hops, strict=True):
        entity = answer.nodes.get(neighbour)
        for link_id in hop.links:
            link = answer.links[link_id]
            yield [
                neighbour,
                caption(answer.nodes, neighbour),
                "listed" if entity and entity.listed else "",
                describe_relation(link),
                link.start or "",
                link.end or "",
                str(link.status),
                join(sorted({item.by for item in link.evidence})),
            ]


def _with_date_words(row: list[str]) -> list[str]:
    """The row for a reader; CSV keeps the dates as published."""
    dates = {NEIGHBOUR_HEADER.index("from"), NEIGHBOUR_HEADER.index("to")}
    return [describe_date(cell) if place in dates else cell for place, cell in enumerate(row)]


def make_neighbour_tree(answer: NeighbourAnswer, source: str) -> Tree:
    """The party with its neighbours below it, each with its links."""
    tree = Tree(safe(caption(answer.nodes, source), HEADING))
    for neighbour, hop in zip(answer.neighbours, answer.hops, strict=True):
        branch = tree.add(safe(f"{caption(answer.nodes, neighbour)} [{neighbour}]"))
        _add_links(branch, hop, answer.links, answer.nodes)
    return tree


def make_path_tree(paths: Iterable[Path], answer: Answer) -> Tree:
    """Paths below each other; where several begin with the same hops, they share the branch."""
    tree = Tree("", hide_root=True)
    branches: dict[tuple[object, ...], Tree] = {(): tree}
    for path in paths:
        place: tuple[object, ...] = ()
        for step in _iter_steps(path):
            above, place = branches[place], (*place, step)
            if place not in branches:
                branches[place] = _add_step(above, step, answer)
    return tree


class _Step(NamedTuple):
    """A party of a tree: the first, one that a hop leads to, or one that the last is taken for."""

    node: str
    hop: Hop | None = None
    inferred: bool = False


def _iter_steps(path: Path) -> Iterator[_Step]:
    yield _Step(path.nodes[0])
    at = path.nodes[0]
    for hop in path.hops:
        if hop.source != at:
            yield _Step(hop.source, inferred=True)
        yield _Step(hop.target, hop)
        at = hop.target


def _add_step(above: Tree, step: _Step, answer: Answer) -> Tree:
    name = f"{caption(answer.nodes, step.node)} [{step.node}]"
    if step.hop is not None:
        branch = above.add(safe(name))
        _add_links(branch, step.hop, answer.links, answer.nodes)
        return branch
    return above.add(safe(f"taken to be {name}", WARNING) if step.inferred else safe(name, HEADING))


def _add_links(
    branch: Tree, hop: Hop, links: Mapping[str, Link], nodes: Mapping[str, Entity]
) -> None:
    for link_id in hop.links:
        branch.add(Text("via ", QUIET).append_text(safe(describe_link(links[link_id], nodes))))


HOP_HEADER = (
    "path", "hop", "source_id", "source", "target_id", "target", "type", "role", "link_source",
    "link_target", "start", "end", "status", "stance", "by", "on", "relays", "source_title",
    "source_url", "quote", "dataset", "record_id", "strength", "held", "quotation", "capture",
)  # fmt: skip


def iter_hop_rows(label: str, path: Path, answer: Answer) -> Iterator[list[object]]:
    """One row for each source of each link of each hop: the whole evidence as a table."""
    for number, hop in enumerate(path.hops, 1):
        for link in (answer.links[link_id] for link_id in hop.links):
            for item in link.evidence:
                yield [
                    label, number, hop.source, caption(answer.nodes, hop.source), hop.target,
                    caption(answer.nodes, hop.target), link.type, link.role, link.source,
                    link.target, link.start, link.end, link.status, item.stance, item.by, item.on,
                    item.relays, item.source_title, item.source_url, item.quote, item.dataset,
                    item.record_id, f"{path.strength:.4f}", "; ".join(describe_when(path)),
                    item.quotation, item.capture,
                ]  # fmt: skip
