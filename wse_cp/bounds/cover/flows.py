"""Stars whose leaves are no neighbours of the hub: reached by flows along the network's edges.

docs/bounds.md, section 10. Around each hub the kernels within a few edges are candidates for its leaves. A
linear programme chooses weights of all stars and the candidates' flows together, so that no edge gives more
than its multiplicity. Then the flows are fixed, and the stars are like any others.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.values import WHOLE, Cover, Reaching
from wse_cp.shapes.arrays import FloatArray

#: The stubs know nothing of sparse constraints.
_linprog: Any = linprog
#: Hubs have at least so many neighbours; hubs of so many are looked at farther away.
_HUB, _GREAT_HUB = 3, 12
#: Leaves are within so many edges of the hub, and at most so many; of great hubs farther and more.
_NEAR, _MOST = (2, 3), 60
_FAR, _MOST_FAR = (2, 3, 4), 450
#: A programme has at most so many ways, and so many seconds.
_WAYS, _SECONDS = 30_000, 6.0
#: What a tile of a kernel costs in a candidate, as a share of the price of area.
_PART = 0.3
#: A weight, or a part of a flow, below this is none.
_NOTHING = 1e-3

#: From, to, and the number of the edge.
Way = tuple[int, int, int]
#: Steps from one kernel to the next.
Path = list[tuple[int, int]]


class _Candidate(NamedTuple):
    hub: int
    leaves: tuple[int, ...]
    ways: list[Way]  #: both directions of the edges among hub and leaves, none into the hub


def reaching_stars(dual: CoverDual, area: float, wires: FloatArray) -> tuple[Stars, FloatArray] | None:
    """Return the stars of a network with some whose leaves are reached by flows, and weights of all.

    Parameters
    ----------
    dual
        The bound at a limit by stars without flows.
    area
        A price of area that suits it.
    wires
        The cost of each star's wire for a weight of 1.

    Returns
    -------
    None if no star with a flow is worth its weight.
    """
    stars = dual.stars
    candidates = list(_candidates(stars))
    worth = _worth(dual, candidates, area)
    found = _programme(stars, wires, candidates, worth)
    if not found:
        return None
    more = Stars(stars.instance, [reaching for reaching, _ in found])
    all_wires = np.concatenate([wires, [worth[number] for _, number in found]])
    return more, more.best_weights(all_wires)


def _candidates(stars: Stars) -> Iterator[_Candidate]:
    """Yield stars with leaves within some edges of the hub; first those around hubs of most neighbours."""
    beside: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, (u, v) in enumerate(stars.edges):
        beside[u].append((v, number))
        beside[v].append((u, number))
    left = _WAYS
    for hub in sorted(beside, key=lambda kernel: (-len(beside[kernel]), kernel)):
        if len(beside[hub]) < _HUB:
            return
        great = len(beside[hub]) >= _GREAT_HUB
        rings, most = (_FAR, _MOST_FAR) if great else (_NEAR, _MOST)
        inside, ring = {hub}, [hub]
        for step in range(1, max(rings) + 1):
            ring = sorted({v for u in ring for v, _ in beside[u]} - inside)
            inside.update(ring)
            if not ring or len(inside) > most + 1:
                break
            if step in rings:
                ways = [(u, v, e) for u in sorted(inside) for v, e in beside[u] if v in inside and v != hub]
                left -= len(ways)
                if left < 0:
                    return
                yield _Candidate(hub, tuple(sorted(inside - {hub})), ways)


def _worth(dual: CoverDual, candidates: Sequence[_Candidate], area: float) -> FloatArray:
    """Return the cost of each candidate's wire for a weight of 1."""
    stars = Stars(dual.stars.instance, [Reaching(hub, leaves, ()) for hub, leaves, _ in candidates])
    tried = np.arange(len(stars.hubs)) >= stars.near
    price = _PART * area
    nothing = np.zeros(len(stars.leaves))
    cover = Cover(
        area,
        np.where(tried, 1.0, 0.0),
        np.where(tried, price, 0.0),
        np.where(tried[stars.star_of], price, 0.0),
        np.zeros(len(stars.hubs)),
        nothing,
        np.zeros((0, 2, len(stars.names))),
    )
    return dual.with_stars(stars)(cover).wires[stars.near :]


def _programme(
    stars: Stars, wires: FloatArray, candidates: Sequence[_Candidate], worth: FloatArray
) -> list[tuple[Reaching, int]]:
    """Return the candidates that get a weight, with their flows, and their numbers.

    The variables are the weights of the plain stars, then for each candidate its weight and what it takes of
    each way.
    """
    first = np.cumsum([stars.near, *(1 + len(candidate.ways) for candidate in candidates)])
    takes, stays, costs = stars.takes.tocoo(), _Entries(), np.zeros(first[-1])
    edges = _Entries(takes.row.tolist(), takes.col.tolist(), takes.data.tolist())
    costs[: stars.near] = -wires
    row = 0
    for candidate, begin, wire in zip(candidates, first.tolist(), worth.tolist(), strict=False):
        costs[begin] = -wire
        place = {leaf: row + i for i, leaf in enumerate(candidate.leaves)}
        row += len(place)
        for at in place.values():
            stays.add(at, begin, -1.0)
        for column, (u, v, edge) in enumerate(candidate.ways, begin + 1):
            edges.add(edge, column, 1.0)
            stays.add(place[v], column, 1.0)
            if u != candidate.hub:
                stays.add(place[u], column, -1.0)
    found = _linprog(
        costs,
        A_ub=edges.matrix(len(stars.edges), len(costs)),
        b_ub=stars.multiplicities,
        A_eq=stays.matrix(row, len(costs)),
        b_eq=np.zeros(row),
        bounds=(0, None),
        method="highs-ipm",
        options={"time_limit": _SECONDS},
    )
    if found.x is None:
        return []
    chosen = []
    for number, (candidate, begin) in enumerate(zip(candidates, first.tolist(), strict=False)):
        weight = found.x[begin]
        if weight > _NOTHING:
            shares = found.x[begin + 1 : begin + 1 + len(candidate.ways)] / weight
            flow = whole_flow(candidate.hub, candidate.leaves, candidate.ways, shares)
            chosen.append((Reaching(candidate.hub, candidate.leaves, flow), number))
    return chosen


class _Entries:
    """Entries of a sparse matrix."""

    def __init__(
        self, rows: Sequence[int] = (), columns: Sequence[int] = (), values: Sequence[float] = ()
    ) -> None:
        self._rows, self._columns, self._values = list(rows), list(columns), list(values)

    def add(self, row: int, column: int, value: float) -> None:
        self._rows.append(row)
        self._columns.append(column)
        self._values.append(value)

    def matrix(self, rows: int, columns: int) -> csr_matrix:
        return csr_matrix((self._values, (self._rows, self._columns)), (rows, columns))


def whole_flow(hub: int, leaves: Sequence[int], ways: Sequence[Way], shares: FloatArray) -> tuple[Way, ...]:
    """Return a flow in whole numbers that brings WHOLE to each leaf: from, to, and how much.

    It is near to one that brings 1 to each, of which each way has a share: this one is taken apart into paths.

    Parameters
    ----------
    ways
        Those that it may go, none into the hub; every leaf can be reached by them.
    """
    into: dict[int, dict[int, float]] = defaultdict(dict)  # what comes into a kernel, by where it comes from
    for (u, v, _), share in zip(ways, shares.tolist(), strict=True):
        if share > _NOTHING:
            into[v][u] = share
    before = _first_steps(hub, ways)
    total: dict[tuple[int, int], int] = defaultdict(int)
    for leaf in leaves:
        paths = _paths(hub, leaf, into) or [(_walked(hub, leaf, before), 1.0)]
        for (path, _), amount in zip(paths, _whole([amount for _, amount in paths]), strict=True):
            for way in path:
                total[way] += amount
    return tuple((u, v, amount) for (u, v), amount in sorted(total.items()) if amount)


def _paths(
    hub: int, leaf: int, into: dict[int, dict[int, float]]
) -> list[tuple[list[tuple[int, int]], float]]:
    """Take paths that bring about 1 to a leaf out of a flow; return each with what it brings."""
    found: list[tuple[Path, float]] = []
    due = 1.0
    while due > _NOTHING:
        path: Path = []
        seen, at = {leaf}, leaf
        while at != hub:
            nearer = max((u for u in into[at] if u not in seen), key=into[at].__getitem__, default=None)
            if nearer is None:  # small parts have been left out
                return found
            path.append((nearer, at))
            seen.add(nearer)
            at = nearer
        amount = min(due, *(into[v][u] for u, v in path))
        for u, v in path:
            into[v][u] -= amount
            if into[v][u] <= _NOTHING:
                del into[v][u]
        found.append((path, amount))
        due -= amount
    return found


def _first_steps(hub: int, ways: Sequence[Way]) -> dict[int, int]:
    """Return from where each kernel is reached on a way with the fewest steps."""
    beyond: dict[int, list[int]] = defaultdict(list)
    for u, v, _ in ways:
        beyond[u].append(v)
    before = {hub: hub}
    queue = deque([hub])
    while queue:
        u = queue.popleft()
        for v in beyond[u]:
            if v not in before:
                before[v] = u
                queue.append(v)
    return before


def _walked(hub: int, leaf: int, before: dict[int, int]) -> Path:
    path: Path = []
    while leaf != hub:
        path.append((before[leaf], leaf))
        leaf = before[leaf]
    return path


def _whole(amounts: Sequence[float]) -> list[int]:
    """Return whole numbers in about these proportions that sum to WHOLE."""
    ends = np.rint(np.cumsum(amounts) / sum(amounts) * WHOLE).astype(int).tolist()
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]
