"""The search kernels: bidirectional breadth-first search and enumeration of simple routes.

All of them in one file, because numba does not notice a changed callee in another file. Without
numba the same functions run as plain Python on the same arrays: slower, equal answers.

A search runs over *states*: state `2 * node + 1` means that the node was reached going up to it as
a principal, from where the way down to another of its agents is refused; state `2 * node` is every
other arrival. State 0 can do whatever state 1 can. Seen from the other end the rule reads the same,
so one function serves both directions, and two half-routes may join unless both are in state 1.

Nodes of one identity cluster are one node (`rep`), so that an identity link costs no hop.

No kernel checks bounds: the caller validates ids and array lengths (`NUMBA_BOUNDSCHECK=1` in CI).

References: I. Pohl, "Bi-directional search", Machine Intelligence 6, 1971 (expanding the cheaper
side); the layered pruning of `mark_useful` follows the level graph of Y. Dinitz, 1970.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

numba: Any
try:
    numba = importlib.import_module("numba")
except ImportError:  # the fallback is part of the product: same functions, plain Python
    numba = None

HAVE_NUMBA = numba is not None


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    """The function compiled on its first call, kept on disk where a writable place exists."""
    if numba is None:
        return function
    try:
        return numba.njit(function, cache=True, nogil=True, **options)
    except RuntimeError:  # no writable place for the cache: compile in each process
        return numba.njit(function, nogil=True, **options)


def kernel(function: Callable[..., Any]) -> Any:
    """Mark a search kernel."""
    return _compiled(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Mark a small test that belongs into its callers' loops."""
    return _compiled(function, inline="always")


# A slot's packed word: bits of the facts that the predicate needs, in slot order.
TYPE_SHIFT, KIND_STATUS_SHIFT, CONTEXT_SHIFT = 0, 6, 11
MOVE_SHIFT, DIRECTION_SHIFT, START_SHIFT, END_SHIFT = 13, 15, 17, 33
MOVE_UP, MOVE_DOWN = 1, 2
DIRECTION_OUT, DIRECTION_IN, DIRECTION_BOTH = 1, 2, 3

# A rule's numbers, `rule[...]`, int64. R_MOVES: whether up-and-down-again is refused.
R_TYPES, R_KIND_STATUS, R_CONTEXT_DENY, R_LAST, R_FIRST, R_MOVES = 0, 1, 2, 3, 4, 5
RULE_SIZE = 6

# A search's numbers, `state[...]`, int64: marks are `epoch * 64 + distance`.
S_EPOCH, S_DEPTH_F, S_DEPTH_B, S_LO_F, S_HI_F, S_LO_B, S_HI_B = 0, 1, 2, 3, 4, 5, 6
S_BEST, S_SLOTS, S_NODES, S_HUBS, S_DONE = 7, 8, 9, 10, 11
STATE_SIZE = 12
MARK_SHIFT = 6
NO_DISTANCE = 1 << 20
DONE_NO, DONE_EXHAUSTED, DONE_BUDGET = 0, 1, 2
# What a node does to a route, `stops[node]`: an end of a route is never stopped at.
CARRIES, HUB, AVOIDED = 0, 1, 2


@inlined
def usable(word, rule, wanted):  # type: ignore[no-untyped-def]
    """Whether a slot's packed word passes a rule; `wanted` is the direction mask of this side."""
    if not (rule[R_TYPES] >> (word & 63)) & 1:
        return False
    if not (rule[R_KIND_STATUS] >> ((word >> KIND_STATUS_SHIFT) & 31)) & 1:
        return False
    if (word >> CONTEXT_SHIFT) & 3 & rule[R_CONTEXT_DENY]:
        return False
    if not (word >> DIRECTION_SHIFT) & 3 & wanted:
        return False
    if ((word >> START_SHIFT) & 0xFFFF) > rule[R_LAST]:
        return False
    return ((word >> END_SHIFT) & 0xFFFF) >= rule[R_FIRST]


@inlined
def distance_at(mark, state_index, epoch):  # type: ignore[no-untyped-def]
    """Distance at which a state was marked in this epoch, or NO_DISTANCE."""
    value = mark[state_index]
    if value >> MARK_SHIFT == epoch:
        return value & 63
    return NO_DISTANCE


@kernel
def expand_level(graph, rule, wanted, mark, other, queue, lo, hi, depth, state, budget, hubs):  # type: ignore[no-untyped-def]
    """Expand one level of one side; append the next level to the queue.

    `hubs` are the hubs met so far in this search and the epoch in which each node was noted there:
    each hub is noted once.

    Returns:
        The new end of the queue.
    """
    ptr, adj, eid, word, rep, mptr, members, stops, edge_ok = graph
    hub_list, hub_epoch = hubs
    epoch = state[S_EPOCH]
    tail = hi
    for position in range(lo, hi):
        here = queue[position]
        node = here >> 1
        was_up = here & 1
        first = mptr[node] if mptr.size else 0
        last = mptr[node + 1] if mptr.size else 1
        for m in range(first, last):
            member = members[m] if mptr.size else node
            for slot in range(ptr[member], ptr[member + 1]):
                state[S_SLOTS] += 1
                w = word[slot]
                move = (w >> MOVE_SHIFT) & 3
                if was_up and move == MOVE_DOWN:
                    continue
                there = adj[slot]
                if rep.size:
                    there = rep[there]
                up = 1 if move == MOVE_UP and rule[R_MOVES] else 0
                if distance_at(mark, 2 * there, epoch) != NO_DISTANCE:
                    continue
                if up and distance_at(mark, 2 * there + 1, epoch) != NO_DISTANCE:
                    continue
                if not usable(w, rule, wanted):
                    continue
                if edge_ok.size and not edge_ok[eid[slot]]:
                    continue
                met = distance_at(other, 2 * there, epoch)
                if not up:
                    met = min(met, distance_at(other, 2 * there + 1, epoch))
                if stops[there] != CARRIES and met != 0:
                    if stops[there] == HUB and hub_epoch[there] != epoch:
                        hub_epoch[there] = epoch
                        hub_list[state[S_HUBS]] = there
                        state[S_HUBS] += 1
                    continue
                mark[2 * there + up] = (epoch << MARK_SHIFT) | (depth + 1)
                state[S_NODES] += 1
                state[S_BEST] = min(state[S_BEST], depth + 1 + met)
                if met != 0:  # an end of the other side ends the route
                    queue[tail] = 2 * there + up
                    tail += 1
        if state[S_SLOTS] > budget:
            state[S_DONE] = DONE_BUDGET
            break
    return tail


@inlined
def frontier_cost(ptr, mptr, members, queue, lo, hi):  # type: ignore[no-untyped-def]
    """Slots that expanding a frontier would look at."""
    cost = 0
    for position in range(lo, hi):
        node = queue[position] >> 1
        if mptr.size:
            for m in range(mptr[node], mptr[node + 1]):
                cost += ptr[members[m] + 1] - ptr[members[m]]
        else:
            cost += ptr[node + 1] - ptr[node]
    return cost


@kernel
def grow(graph, rule, wanted, marks, queues, state, until, stop_at_best, budget, hubs):  # type: ignore[no-untyped-def]
    """Expand both sides, the cheaper one first, until their depths sum to `until`.

    With `stop_at_best` it stops once no shorter route than the best one can be found.
    """
    mark_f, mark_b = marks
    queue_f, queue_b = queues
    ptr, mptr, members = graph[0], graph[5], graph[6]
    while state[S_DEPTH_F] + state[S_DEPTH_B] < until and state[S_DONE] != DONE_BUDGET:
        if stop_at_best and state[S_BEST] <= state[S_DEPTH_F] + state[S_DEPTH_B]:
            break
        empty_f = state[S_LO_F] == state[S_HI_F]
        empty_b = state[S_LO_B] == state[S_HI_B]
        if empty_f or empty_b:
            state[S_DONE] = DONE_EXHAUSTED
            break
        cost_f = frontier_cost(ptr, mptr, members, queue_f, state[S_LO_F], state[S_HI_F])
        cost_b = frontier_cost(ptr, mptr, members, queue_b, state[S_LO_B], state[S_HI_B])
        if cost_f <= cost_b:
            lo, hi = state[S_LO_F], state[S_HI_F]
            tail = expand_level(
                graph, rule, wanted[0], mark_f, mark_b, queue_f, lo, hi,
                state[S_DEPTH_F], state, budget, hubs,
            )  # fmt: skip
            if state[S_DONE] != DONE_BUDGET:
                state[S_LO_F], state[S_HI_F] = hi, tail
                state[S_DEPTH_F] += 1
        else:
            lo, hi = state[S_LO_B], state[S_HI_B]
            tail = expand_level(
                graph, rule, wanted[1], mark_b, mark_f, queue_b, lo, hi,
                state[S_DEPTH_B], state, budget, hubs,
            )  # fmt: skip
            if state[S_DONE] != DONE_BUDGET:
                state[S_LO_B], state[S_HI_B] = hi, tail
                state[S_DEPTH_B] += 1


@kernel
def mark_useful(graph, rule, wanted, marks, queues, state, length, useful):  # type: ignore[no-untyped-def]
    """Extend the backward distances to forward nodes that lie on routes of at most `length` hops.

    Appends each state it marks to `useful`, so that the caller can undo the marks.

    Returns:
        Number of states marked.
    """
    ptr, adj, eid, word, rep, mptr, members, stops, edge_ok = graph
    mark_f, mark_b = marks
    queue_b = queues[1]
    epoch = state[S_EPOCH]
    count = 0
    lo, hi, from_queue = state[S_LO_B], state[S_HI_B], True
    for depth in range(state[S_DEPTH_B], length):
        start = count
        for position in range(lo, hi):
            here = queue_b[position] if from_queue else useful[position]
            node = here >> 1
            near = min(
                distance_at(mark_f, 2 * node, epoch), distance_at(mark_f, 2 * node + 1, epoch)
            )
            if near + depth > length:
                continue
            was_up = here & 1
            first = mptr[node] if mptr.size else 0
            last = mptr[node + 1] if mptr.size else 1
            for m in range(first, last):
                member = members[m] if mptr.size else node
                for slot in range(ptr[member], ptr[member + 1]):
                    state[S_SLOTS] += 1
                    w = word[slot]
                    move = (w >> MOVE_SHIFT) & 3
                    if was_up and move == MOVE_DOWN:
                        continue
                    there = adj[slot]
                    if rep.size:
                        there = rep[there]
                    up = 1 if move == MOVE_UP and rule[R_MOVES] else 0
                    away = min(
                        distance_at(mark_f, 2 * there, epoch),
                        distance_at(mark_f, 2 * there + 1, epoch),
                    )
                    if away + depth + 1 > length or (stops[there] != CARRIES and away != 0):
                        continue
                    if distance_at(mark_b, 2 * there, epoch) != NO_DISTANCE:
                        continue
                    if up and distance_at(mark_b, 2 * there + 1, epoch) != NO_DISTANCE:
                        continue
                    if not usable(w, rule, wanted[1]):
                        continue
                    if edge_ok.size and not edge_ok[eid[slot]]:
                        continue
                    mark_b[2 * there + up] = (epoch << MARK_SHIFT) | (depth + 1)
                    useful[count] = 2 * there + up
                    count += 1
        lo, hi, from_queue = start, count, False
        if lo == hi:
            break
    return count


@kernel
def enumerate_routes(graph, rule, wanted, marks, state, sources, length, limit, budget, routes):  # type: ignore[no-untyped-def]
    """Every simple route of exactly `length` hops, in order of node index, up to `limit`.

    A route is written as `2 * length` node indices: the two ends of each hop (they differ from the
    neighbouring hop's only inside an identity cluster). Ends do not occur inside a route.

    Returns:
        Number of routes written; the budget's end is in the state.
    """
    ptr, adj, eid, word, rep, mptr, members, stops, edge_ok = graph
    mark_f, mark_b = marks
    epoch = state[S_EPOCH]
    found = 0
    nodes = np.empty(length + 1, np.int64)  # cluster representatives on the route
    ups = np.zeros(length + 1, np.int64)
    member_at = np.empty(length + 1, np.int64)
    slot_at = np.empty(length + 1, np.int64)
    for source in sources:
        depth = 0
        nodes[0] = source
        ups[0] = 0
        member_at[0] = mptr[source] if mptr.size else 0
        slot_at[0] = ptr[members[member_at[0]] if mptr.size else source]
        while depth >= 0:
            node = nodes[depth]
            member = members[member_at[depth]] if mptr.size else node
            slot = slot_at[depth]
            if slot == ptr[member + 1]:
                if mptr.size and member_at[depth] + 1 < mptr[node + 1]:
                    member_at[depth] += 1
                    slot_at[depth] = ptr[members[member_at[depth]]]
                else:
                    depth -= 1
                continue
            # Parallel links to one neighbour are one hop; one that is not "up" leaves most open.
            target_member = adj[slot]
            up = -1
            while slot < ptr[member + 1] and adj[slot] == target_member:
                w = word[slot]
                move = (w >> MOVE_SHIFT) & 3
                state[S_SLOTS] += 1
                if (
                    not (ups[depth] and move == MOVE_DOWN)
                    and usable(w, rule, wanted[0])
                    and (not edge_ok.size or edge_ok[eid[slot]])
                ):
                    this = 1 if move == MOVE_UP and rule[R_MOVES] else 0
                    up = this if up < 0 else min(up, this)
                slot += 1
            slot_at[depth] = slot
            if state[S_SLOTS] > budget:
                state[S_DONE] = DONE_BUDGET
                return found
            if up < 0:
                continue
            there = rep[target_member] if rep.size else np.int64(target_member)
            left = length - depth - 1
            away = distance_at(mark_b, 2 * there, epoch)
            if not up:
                away = min(away, distance_at(mark_b, 2 * there + 1, epoch))
            if away > left or (away == 0) != (left == 0):
                continue
            if left and (stops[there] != CARRIES or distance_at(mark_f, 2 * there, epoch) == 0):
                continue
            seen = False
            for i in range(depth + 1):
                if nodes[i] == there:
                    seen = True
                    break
            if seen:
                continue
            routes[found, 2 * depth] = member
            routes[found, 2 * depth + 1] = target_member
            if left == 0:
                found += 1
                if found == limit:
                    return found
                routes[found, :] = routes[found - 1, :]
                continue
            depth += 1
            nodes[depth] = there
            ups[depth] = up
            member_at[depth] = mptr[there] if mptr.size else 0
            slot_at[depth] = ptr[members[member_at[depth]] if mptr.size else there]
    return found
