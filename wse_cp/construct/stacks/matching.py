"""One option for every kernel of a stack: least thickness and fewest adapters, by prices.

What a kernel may become is a table: for each protocol the thinnest shape within a cycle limit. On a tree of
the network dynamic programming is exact: a kernel passes to its parent, for each protocol of the parent, what
its own cheapest option costs, adapters included. Cycles are cut at kernels whose choice is kept for a round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from wse_cp.compiled import compiled
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs
from wse_cp.shapes.arrays import FloatArray, IntArray
from wse_cp.shapes.loops import C_SPLIT, H_SPLIT, HEIGHT, K_SPLIT, W_SPLIT, WIDTH
from wse_cp.shapes.matched import Prices, ranked_splits, thin_rows
from wse_cp.shapes.splits import channel_splits, image_splits, least_splits

#: Most splits (h, w) and protocols that are looked at.
SPLITS, PROTOCOLS = 150, 3000
#: Most combinations of splits where parities are compared.
CLOSE_ROWS = 1_000_000
#: Further splits for one kernel: those that make it thinnest.
THINNEST = 12
#: Only thickness counts.
THICKNESS = Prices(1.0, 0.0)
#: Columns of a protocol row; the last one only where parities are compared.
H, W, C_IN, K_OUT, PARITY = 0, 1, 2, 3, 4
#: Columns of a producer's and a consumer's protocol that an edge compares.
OUTPUT, INPUT = [H, W, K_OUT, PARITY], [H, W, C_IN, PARITY]
#: Larger than any split (MAX_SIDE = 2**12), to pack up to four splits into one integer.
BASE = 1 << 13
#: Bytes of groups that are remembered.
_REMEMBERED = 1 << 28

#: Numbers of groups: a table has no more than 3000 options (`PROTOCOLS`).
GroupArray = NDArray[np.int16]
Chosen = dict[str, int]  #: index into each kernel's table


@dataclass(frozen=True, eq=False)
class StackTable:
    """Options of one kernel: `protocols` int64 (n, 4 or 5) as (h, w, c in, k out), `thickness` (n,) in tiles.

    With five columns, the last one is the parity of the extent across the stack. `rows` are the option rows
    (columns as in `shapes.loops`). Tables are known by identity, so that what follows from one can be
    remembered.
    """

    protocols: IntArray
    thickness: IntArray
    rows: IntArray

    def compared(self, columns: list[int]) -> IntArray:
        """Return the columns that an edge compares, `OUTPUT` or `INPUT`: int64 (n, 3 or 4)."""
        return self.protocols[:, [column for column in columns if column < self.protocols.shape[1]]]


def stack_table(
    instance: Instance, kernel: Kernel, channels: int, time: int, slack: float, splits: IntArray
) -> StackTable | None:
    """Return the thinnest option of each protocol, at most `slack` tiles thicker than the thinnest of all.

    None if there is no shape.

    Parameters
    ----------
    channels
        See `compared_channels`.
    time
        The limit in 1 / time_scale cycles.
    splits
        Preferred (h, w), int64 of shape (n, 2).
    """
    settings, scale = instance.settings, instance.time_scale
    ranked = ranked_splits(kernel, settings, scale, time, THICKNESS)
    if ranked is None:
        return None
    least = ranked.prices[0]
    good = splits[ranked.prices_of(splits) <= least + slack][:SPLITS]
    both = np.concatenate([good, ranked.splits[:THINNEST]])
    wanted = list(dict.fromkeys((h, w) for h, w in both.tolist()))
    reads, writes = (
        sorted({split for count in counts for split in channel_splits(count)})
        for counts in _channels(kernel, channels)
    )
    # On an oblong wafer the thinnest shape may be too long to stand upright.
    most = int(least + slack) if settings.width == settings.height else settings.width
    rows = thin_rows(kernel, settings, scale, time, wanted, (0, *reads), (0, *writes), most)
    return _table(instance, kernel, rows, slack, parities=False)


def close_table(
    instance: Instance, kernel: Kernel, channels: int, time: int, slack: float, splits: IntArray
) -> StackTable | None:
    """Return the same for these `splits` only, but for more channel splits and for both parities.

    For each number of trips it has the least split and the next one. None if there is no shape, or if there
    are too many of them to look at.
    """
    settings, scale = instance.settings, instance.time_scale
    reads, writes = (
        sorted({split + more for count in counts for split in least_splits(count) for more in (0, 1)})
        for counts in _channels(kernel, channels)
    )
    wanted = splits.tolist()
    if len(wanted) * len(reads) * len(writes) > CLOSE_ROWS:
        return None
    rows = thin_rows(kernel, settings, scale, time, wanted, (0, *reads), (0, *writes), settings.width)
    return _table(instance, kernel, rows, slack, parities=True)


def _channels(kernel: Kernel, compared: int) -> tuple[set[int], set[int]]:
    """Return the numbers of channels whose splits are of use at the input, and those at the output."""
    parts = convs(kernel)
    return {parts[0].C, compared}, {parts[min(2, len(parts) - 1)].K}


def _table(
    instance: Instance, kernel: Kernel, rows: IntArray, slack: float, parities: bool
) -> StackTable | None:
    """Return the table of some option rows: the thinnest of each protocol, and parity if that is compared."""
    if not len(rows):
        return None
    last = min(2, len(convs(kernel)) - 1)
    thickness = thickness_of(rows, instance.settings.width, instance.settings.height)
    order = np.argsort(thickness, kind="stable")
    rows, thickness = rows[order], thickness[order]
    protocols = rows[:, [H_SPLIT, W_SPLIT, C_SPLIT, K_SPLIT + last]]
    if parities:
        across = rows[:, WIDTH] + rows[:, HEIGHT] - thickness
        protocols = np.column_stack([protocols, across % 2])
    _, first = np.unique(_packed(protocols, range(protocols.shape[1])), return_index=True)
    first = np.sort(first)[:PROTOCOLS]
    first = first[thickness[first] <= thickness[0] + slack]
    return StackTable(protocols[first], thickness[first], rows[first])


def thickness_of(rows: IntArray, width: int, height: int) -> IntArray:
    """Return the lesser extent along x of option rows on a wafer (tiles), a huge one if none fits."""
    short, long = rows[:, WIDTH], rows[:, HEIGHT]
    upright = np.where((short <= width) & (long <= height), short, 1 << 30)
    turned = np.where((long <= width) & (short <= height), long, 1 << 30)
    thickness: IntArray = np.minimum(upright, turned)
    return thickness


def common_splits(instance: Instance, time: int) -> IntArray:
    """Return the image splits (int64 of shape (n, 2)), those first that make all kernels thin.

    `time` is a cycle limit, in 1 / time_scale cycles.
    """
    pairs = np.array(image_splits(instance), np.int64).reshape(-1, 2)
    total = np.zeros(len(pairs))
    for kernel, count in Counter(instance.kernels.values()).items():
        ranked = ranked_splits(kernel, instance.settings, instance.time_scale, time, THICKNESS)
        if ranked is not None:
            total += count * np.minimum(ranked.prices_of(pairs), 2 * ranked.prices[-1])
    return pairs[np.argsort(total, kind="stable")]


class Groups(NamedTuple):
    """Options of one table (n) and of their neighbour's (m), grouped by the parts of each set of parts.

    What two tables have in common does not depend on prices, so it is worked out once. A set is a number with
    a bit for each part.
    """

    own: GroupArray  #: (sets, n) group of each option
    matching: GroupArray  #: (sets, m) group that agrees with the neighbour's option, -1 if there is none
    counts: IntArray  #: int64 (sets,) number of groups

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.own.nbytes + self.matching.nbytes + self.counts.nbytes


def grouped(protocols: IntArray, partners: IntArray) -> Groups:
    """Return the groups of two tables of what an edge compares, int64 (n, parts) and (m, parts)."""
    sets = 1 << protocols.shape[1]
    own = np.zeros((sets, len(protocols)), np.int16)
    matching = np.full((sets, len(partners)), -1, np.int16)
    counts = np.zeros(sets, np.int64)
    for agreeing in range(sets):
        parts = [i for i in range(protocols.shape[1]) if agreeing >> i & 1]
        values, own[agreeing] = np.unique(_packed(protocols, parts), return_inverse=True)
        theirs = _packed(partners, parts)
        at = np.minimum(np.searchsorted(values, theirs), len(values) - 1)
        matching[agreeing] = np.where(values[at] == theirs, at, -1)
        counts[agreeing] = len(values)
    return Groups(own, matching, counts)


@compiled
def cheapest_partners(costs: FloatArray, groups: Groups, prices: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return for every option of the neighbour the least cost, adapters included, and the option that has it.

    For each set of parts that agree only the cheapest option with these parts can be the one.

    Parameters
    ----------
    costs
        float64 (n,): of the options themselves.
    prices
        float64 (parts,): what it costs if a part does not agree.
    """
    size = groups.matching.shape[1]
    best, option = np.full(size, np.inf), np.zeros(size, np.int64)
    for agreeing in range(len(groups.counts)):
        extra = 0.0
        for part in range(len(prices)):
            extra += 0.0 if agreeing >> part & 1 else prices[part]
        least = np.full(groups.counts[agreeing], np.inf)
        cheapest = np.zeros(groups.counts[agreeing], np.int64)
        for i in range(len(costs)):
            group = groups.own[agreeing, i]
            if costs[i] < least[group]:
                least[group], cheapest[group] = costs[i], i
        for j in range(size):
            group = groups.matching[agreeing, j]
            if group >= 0 and least[group] + extra < best[j]:
                best[j], option[j] = least[group] + extra, cheapest[group]
    return best, option


class KnownGroups:
    """Remembers the groups of pairs of tables."""

    def __init__(self) -> None:
        self._known: dict[tuple[StackTable, StackTable, bool], Groups] = {}
        self._size = 0

    def between(self, child: StackTable, parent: StackTable, shows: bool) -> Groups:
        """Return the groups of a child's options for its parent's; `shows`: the child is the producer."""
        key = (child, parent, shows)
        if key not in self._known:
            ours, theirs = (OUTPUT, INPUT) if shows else (INPUT, OUTPUT)
            groups = grouped(child.compared(ours), parent.compared(theirs))
            if self._size + groups.size > _REMEMBERED:
                self._known.clear()
                self._size = 0
            self._known[key] = groups
            self._size += groups.size
        return self._known[key]


def _packed(protocols: IntArray, parts: Collection[int]) -> IntArray:
    packed: IntArray = np.zeros(len(protocols), np.int64)
    for part in parts:
        packed = packed * BASE + protocols[:, part]
    return packed


def match(
    instance: Instance,
    tables: Mapping[str, StackTable],
    prices: Mapping[str, float],
    generator: np.random.Generator,
    known: KnownGroups,
    rounds: int = 5,
) -> tuple[float, Chosen]:
    """Return the least cost found, and the option of each kernel.

    The first round ignores the edges outside a spanning forest; each further one keeps the choice of
    a few random kernels, one on every cycle, and is exact in all others.

    Parameters
    ----------
    prices
        Cost of a tile of each kernel's thickness.
    known
        Grows with the pairs of tables that are met.
    """
    network = nx.Graph(instance.kernel_graph.to_undirected(as_view=True))
    base = {name: tables[name].thickness * prices[name] for name in tables}
    forest = nx.minimum_spanning_tree(network)
    chosen = on_forest(instance, tables, base, forest, {}, known)
    cost = total(instance, tables, base, chosen)
    if network.number_of_edges() == forest.number_of_edges():
        return cost, chosen
    for _ in range(rounds - 1):
        kept = feedback(network, generator)
        rest = network.subgraph(name for name in network if name not in kept)
        found = on_forest(instance, tables, base, rest, {name: chosen[name] for name in kept}, known)
        new = total(instance, tables, base, found)
        if new < cost:
            cost, chosen = new, found
    return cost, chosen


def feedback(network: nx.Graph[str], generator: np.random.Generator) -> set[str]:
    """Return random kernels without which the network has no cycle; each of them would close one."""
    kept: set[str] = set()
    parts: nx.utils.UnionFind[str] = nx.utils.UnionFind()
    for name in map(str, generator.permutation(list(network))):
        roots = [parts[other] for other in network[name] if other in parts.parents and other not in kept]
        if len(set(roots)) < len(roots):
            kept.add(name)
        else:
            parts.union(name, *roots)
    return kept


def total(
    instance: Instance, tables: Mapping[str, StackTable], base: Mapping[str, FloatArray], chosen: Chosen
) -> float:
    """Return the cost of a choice."""
    cost = float(sum(base[name][i] for name, i in chosen.items()))
    for u, v, count in instance.kernel_edges:
        shown, wanted = tables[u].compared(OUTPUT)[chosen[u]], tables[v].compared(INPUT)[chosen[v]]
        cost += float((shown != wanted) @ _prices(instance, count, len(shown)))
    return cost


def _prices(instance: Instance, count: int, parts: int) -> FloatArray:
    """Return what it costs if a part of what an edge compares differs: an adapter, or half a tile of wire."""
    adapter = float(instance.settings.wadapter * count)
    return np.array([adapter, adapter, adapter, instance.settings.wlength * count / 2][:parts])


def on_forest(
    instance: Instance,
    tables: Mapping[str, StackTable],
    base: Mapping[str, FloatArray],
    forest: nx.Graph[str],
    kept: Chosen,
    known: KnownGroups,
) -> Chosen:
    """Return the best choice that counts the edges of a forest and those to kernels whose choice is kept."""
    parts = min(table.protocols.shape[1] for table in tables.values()) - 1
    edges = {(u, v): _prices(instance, n, parts) for u, v, n in instance.kernel_edges}
    costs = {name: base[name].astype(float) for name in forest}
    for (u, v), prices in edges.items():
        for held, free, its, theirs in ((u, v, OUTPUT, INPUT), (v, u, INPUT, OUTPUT)):
            if held in kept and free in costs:
                protocol = tables[held].compared(its)[kept[held]]
                costs[free] += (tables[free].compared(theirs) != protocol) @ prices
    chosen = dict(kept)
    for part in nx.connected_components(forest):
        _on_tree(tables, edges, costs, forest, part, chosen, known)
    return chosen


def _on_tree(
    tables: Mapping[str, StackTable],
    edges: Mapping[tuple[str, str], FloatArray],
    costs: dict[str, FloatArray],
    forest: nx.Graph[str],
    part: Collection[str],
    chosen: Chosen,
    known: KnownGroups,
) -> None:
    """Choose for the kernels of one tree: costs are gathered towards a root, choices handed back."""
    root = min(part)
    links = list(nx.dfs_edges(forest, root))
    answers: dict[str, IntArray] = {}
    for parent, child in reversed(links):
        shows = (child, parent) in edges
        prices = edges[child, parent] if shows else edges[parent, child]
        groups = known.between(tables[child], tables[parent], shows)
        best, answers[child] = cheapest_partners(costs[child], groups, prices)
        costs[parent] = costs[parent] + best
    chosen[root] = int(np.argmin(costs[root]))
    for parent, child in links:
        chosen[child] = int(answers[child][chosen[parent]])
