"""The dynamic programme against a literal evaluation of docs/bounds.md, section by section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import ceil, gcd
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest

from tests.bounds.networks import channels_at
from tests.bounds.verifier.cases import (
    contents,
    drawn,
    options_of,
    random_network,
    random_spine,
    ring,
    some_tree,
    text_of,
)
from tests.marks import with_slow
from wse_cp.bounds.verifier import derive, read_certificate
from wse_cp.bounds.verifier.assembly import Library, assemble
from wse_cp.bounds.verifier.cells import build_cells
from wse_cp.bounds.verifier.certificate import Certificate
from wse_cp.bounds.verifier.elimination import least_cost
from wse_cp.bounds.verifier.frame import Frame, comparisons
from wse_cp.bounds.verifier.network import build_network
from wse_cp.bounds.verifier.patterns import SCALE, money
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.bounds.verifier.value import least_value
from wse_cp.instance import Instance
from wse_cp.kernels import convs

Amounts = dict[tuple[str, str], Fraction]  #: (kernel, "w" or "h") -> cost per tile


@dataclass
class Way:
    """A way in which the edges of a cell may run: labels, what is paid, and the off-axis surcharge."""

    labels: dict[frozenset[str], str]
    pays: Amounts = field(default_factory=dict)
    off: Amounts = field(default_factory=dict)
    between: frozenset[str] = frozenset()
    half_sums: bool = False

    def add(self, kernel: str, extent: str, amount: Fraction, off: bool = False) -> None:
        target = self.off if off else self.pays
        target[kernel, extent] = target.get((kernel, extent), Fraction(0)) + amount


class Reference:
    """The minimum of section 7 by enumeration of patterns and breaks, and matrices over all shapes."""

    def __init__(
        self,
        instance: Instance,
        unit: int,
        spine: list[str],
        tree: list[tuple[str, str]],
        cycles: list[list[str]],
        paid: bool = True,
        parities: bool = False,
    ) -> None:
        self.parities = parities  #: whether parities are compared
        self.divided = False  # whether the classes are, by parity, in what is looked at
        self.paid = paid  #: whether turns are paid for
        self.instance, self.unit, self.spine, self.tree, self.cycles = instance, unit, spine, tree, cycles
        self.graph: Any = nx.Graph()
        self.graph.add_nodes_from(instance.kernels)
        for u, v, m in instance.kernel_edges:
            self.graph.add_edge(u, v, m=m, source=u, target=v)
        self.beta = Fraction(instance.settings.wlength)
        self.options = {name: self._options(name) for name in instance.kernels}
        self.divided = parities
        self.options_by_parity = {name: self._options(name) for name in instance.kernels} if parities else {}
        self.cells = [list(cell) for cell in self._cells()]
        self.chords = self._chords()

    def _options(self, name: str) -> np.ndarray:
        """Rows: width, height, time, class of h, class of w, c, k (splits themselves for the last two).

        Where classes are divided, even and odd h and w have classes of their own.
        """
        instance = self.instance
        H = max(kernel.H for kernel in instance.kernels.values())
        W = max(kernel.W for kernel in instance.kernels.values())
        rows = {
            (o.width, o.height, o.time, self._class(H, o.args.h), self._class(W, o.args.w), o.args.c[0],
            o.args.k[min(2, len(o.args.k) - 1)]) for o in options_of(instance)[name]
        }  # fmt: skip
        return np.array(sorted(rows), np.int64).reshape(-1, 7)

    def _class(self, loop: int, split: int) -> int:
        return 2 * ceil(loop / split) + split % 2 if self.divided else ceil(loop / split)

    def m(self, u: str, v: str) -> int:
        return int(self.graph[u][v]["m"])

    def _cells(self) -> Iterator[Iterator[Way]]:
        for block in nx.biconnected_components(self.graph):
            part = self.graph.subgraph(block)
            edges = {frozenset(edge) for edge in part.edges}
            if 3 <= len(edges) == len(block) <= 4:
                yield self._cycle(next(nx.simple_cycles(part)))
                continue
            for cycle in self.cycles:
                if around := edges.intersection(map(frozenset, ring(cycle))):
                    yield self._cycle(cycle)
                    edges -= around
            for u, v in edges:
                if (u, v) in self.tree or (v, u) in self.tree:
                    yield self._bridge((u, v))
                else:
                    yield self._end(u, self.m(u, v))
                    yield self._end(v, self.m(u, v))

    def _half_sums(self, labels: dict[frozenset[str], str]) -> Way:
        way = Way(labels)
        for pair, label in labels.items():
            for v in pair:
                way.add(v, "w" if label == "x" else "h", self.beta * self.m(*pair) / 2)
        return way

    def _bridge(self, edge: tuple[str, str]) -> Iterator[Way]:
        for label in "xy":
            yield self._half_sums({frozenset(edge): label})

    def _end(self, kernel: str, m: int) -> Iterator[Way]:
        for extent in "wh":
            yield Way({}, {(kernel, extent): self.beta * m / 2})

    def _cycle(self, cycle: list[str]) -> Iterator[Way]:
        edges = [frozenset(pair) for pair in ring(cycle)]
        for label, on, off in (("y", "h", "w"), ("x", "w", "h")):
            across = "x" if label == "y" else "y"
            for outer in combinations(cycle, 2):
                way = self._half_sums(dict.fromkeys(edges, label))
                way.between = frozenset(cycle) - set(outer)
                for q in way.between:
                    way.add(q, on, self.beta * min(self.m(*edge) for edge in edges if q not in edge))
                yield way
            for i, j in combinations(cycle, 2):
                at = cycle.index(i)
                turned = cycle[at:] + cycle[:at]
                there = turned[: turned.index(j) + 1]
                back = [*turned[turned.index(j) :], i]
                if len(there) == 2 or len(back) == 2:
                    continue
                way = self._half_sums(dict.fromkeys(edges, label))
                for path in (there, back):
                    least = min(self.m(u, v) for u, v in pairwise(path))
                    for v in (i, j):
                        way.add(v, off, self.beta * least / 2, off=True)
                yield way
            for uv in edges:
                way = self._half_sums({edge: across if edge == uv else label for edge in edges})
                for v in uv:
                    least = min(self.m(*edge) for edge in edges if edge != uv)
                    way.add(v, off, self.beta * least / 2, off=True)
                yield way
        for count in range(2, len(edges) - 1):
            for some in combinations(edges, count):
                yield self._half_sums({edge: "x" if edge in some else "y" for edge in edges})
        if self.paid and sum(frozenset(pair) in edges for pair in pairwise(self.spine)) == 2:
            for label in "xy":
                way = self._half_sums(dict.fromkeys(edges, label))
                way.half_sums = True
                yield way

    def stories(
        self, labels: list[str]
    ) -> Iterator[tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]]:
        """All (runs, breaks) of a spine with these labels, as (first, last, label)."""
        if not labels:
            yield [], []
            return
        last = len(labels)
        cuts = [0, *(i for i in range(1, last) if labels[i] != labels[i - 1]), last]
        choices = [list(self._stretch(a, a, b, labels[a])) for a, b in pairwise(cuts)]
        for chosen in product(*choices):
            yield [run for runs, _ in chosen for run in runs], [b for _, breaks in chosen for b in breaks]

    def _stretch(self, r: int, at: int, end: int, label: str) -> Iterator[Any]:
        yield [(r, end, label)], []
        for j in range(r + 2, end + 1):
            for i in range(r, j - 1):
                for runs, breaks in self._stretch(j, j, end, label):
                    yield [(r, j - 1, label), *runs], [(i, j, label), *breaks]

    def value(self, multipliers: list[list[int]], n: int, limit: int | None) -> Fraction | None:
        area, mu_x, mu_y = (Fraction(x, self.unit) for x in multipliers[n])
        mu = {"x": mu_x, "y": mu_y}
        settings = self.instance.settings
        extent = {"x": settings.width, "y": settings.height}
        on, off = {"x": "w", "y": "h"}, {"x": "h", "y": "w"}
        spine_edges = [frozenset(pair) for pair in pairwise(self.spine)]
        found: dict[tuple[Any, frozenset[Any] | None], Fraction] = {}
        for ways in product(*self.cells):
            labels = {edge: label for way in ways for edge, label in way.labels.items()}
            for runs, breaks in self.stories([labels[edge] for edge in spine_edges]):
                turns = sum(1 for a, b in pairwise(labels[edge] for edge in spine_edges) if a != b) + len(
                    breaks
                )
                if not (turns == n or (n == len(multipliers) - 1 and turns > n)):
                    continue
                pays: Amounts = {}
                constant = -area * settings.width * settings.height

                def add(amounts: Amounts, pays: Amounts = pays) -> None:
                    for key, amount in amounts.items():
                        pays[key] = pays.get(key, Fraction(0)) + amount

                surcharged = set()
                for way in ways:
                    add(way.pays)
                    mine = [edge for edge in spine_edges if edge in way.labels]
                    if len(mine) < 3 and way.off:
                        add(way.off)
                        surcharged |= set(mine)
                told = self._paid_turns(ways, breaks, surcharged)
                for i, j, label in breaks:
                    if surcharged & set(spine_edges[i:j]):
                        continue
                    for v in (i, j):
                        add({(self.spine[v], off[label]): self.beta / 2})
                for a, b, label in runs:
                    for v in range(a, b + 1):
                        add({(self.spine[v], on[label]): mu[label]})
                    constant -= mu[label] * extent[label]
                straight = n == 0 < len(multipliers) - 1
                for kinds in product("XY", repeat=len(told)):
                    turned = dict(zip(told, kinds, strict=True))
                    if not all(self._justified(way, turned, straight) for way in ways):
                        continue
                    paid = dict(pays)
                    for amounts in self._turn_amounts(turned, labels):
                        add(amounts, paid)
                    for standing in product(*(self._standings(way) if straight else [""] for way in ways)):
                        if "free" in standing and "pays" not in standing and not surcharged:
                            continue
                        aside = bool(surcharged) or {*standing} & {"pays", "free"}
                        compared = self.parities and (not self.spine or (straight and not aside))
                        offsets = frozenset(self._offsets(ways)) if compared else None
                        beside = dict(paid)
                        for way, what in zip(ways, standing, strict=True):
                            if what:
                                label = next(iter(way.labels.values()))
                                of, price = (on, mu[label]) if what == "counted" else (off, self.beta / 2)
                                price = price if what != "free" else Fraction(0)
                                add({(self._aside(way), of[label]): price}, beside)
                        forms = [
                            list(self._forms(way, ways, breaks, turned, limit, what in ("pays", "free")))
                            for way, what in zip(ways, standing, strict=True)
                        ]
                        for chosen in product(*forms):
                            total = dict(beside)
                            for more, _ in chosen:
                                add(more, total)
                            least = constant + sum(extra for _, extra in chosen)
                            key = tuple(sorted((k, v) for k, v in total.items() if v)), offsets
                            found[key] = min(least, found.get(key, least))
        values = [
            c + x
            for (pays, offsets), c in found.items()
            if (x := self._shapes(area, dict(pays), offsets, limit)) is not None
        ]
        return min(values, default=None)

    def _offsets(self, ways: tuple[Way, ...]) -> Iterator[tuple[frozenset[str], int]]:
        """Edges along which parities are compared, and of which extent (0 width, 1 height)."""
        tree = {frozenset(edge) for edge in self.tree}
        for way in ways:
            for edge, label in way.labels.items() if not way.off else ():
                if edge in tree and not edge & self.chords.keys():
                    yield edge, int(label == "x")

    def _paid_turns(self, ways: tuple[Way, ...], breaks: Any, surcharged: set[frozenset[str]]) -> list[int]:
        """The places of turns on the spine that are paid for."""
        edges = [frozenset(pair) for pair in pairwise(self.spine)]
        cell = {edge: way for way in ways for edge in way.labels}
        found: list[int] = []
        for t in range(1, len(edges)) if self.paid else ():
            around = edges[t - 1 : t + 1]
            first, second = (cell[edge] for edge in around)
            if first.labels[around[0]] == second.labels[around[1]] or first is second:
                continue
            regular = all(
                sum(edge in way.labels for edge in edges)
                == min(2, len({v for e in way.labels for v in e}) - 1)
                for way in (first, second)
            )
            ends = any(t in (i, j) for i, j, _ in breaks)
            if regular and not ends and not surcharged & set(around) and t - 1 not in found:
                found.append(t)
        return found

    def _turn_amounts(self, turned: dict[int, str], labels: dict[frozenset[str], str]) -> Iterator[Amounts]:
        """What is paid for turns: X by the kernel before, Y by the one after, and what the turn gets back."""
        for t, kind in turned.items():
            i, v, j = self.spine[t - 1 : t + 2]
            other = labels[frozenset((v, j) if kind == "X" else (i, v))]
            extent = "w" if other == "x" else "h"
            yield {(i if kind == "X" else j, extent): self.beta / 4, (v, extent): -self.beta / 4}

    def _justified(self, way: Way, turned: dict[int, str], straight: bool) -> bool:
        """Whether a row of half sums may be: a turn at one of its ends claims one of its wires."""
        at = [k for k, pair in enumerate(pairwise(self.spine)) if frozenset(pair) in way.labels]
        return not way.half_sums or (
            not straight and (turned.get(at[0]) == "X" or turned.get(at[-1] + 1) == "Y")
        )

    def _aside(self, way: Way) -> str:
        """The only kernel of a cell with spine edges that is not at one of them, if there is just one."""
        inside = [pair for pair in pairwise(self.spine) if frozenset(pair) in way.labels]
        others = {v for edge in way.labels for v in edge} - {v for pair in inside for v in pair}
        return min(others) if inside and len(others) == 1 else ""

    def _standings(self, way: Way) -> list[str]:
        """What the kernel beside a straight spine may be, in a row."""
        return ["counted", "pays", "free"] if way.between and self._aside(way) else [""]

    def _forms(
        self,
        way: Way,
        ways: tuple[Way, ...],
        breaks: Any,
        turned: dict[int, str],
        limit: int | None,
        uncounted: bool,
    ) -> Iterator[tuple[Amounts, Fraction]]:
        """What the forms of a row cost besides (section 5): amounts and a constant."""
        at = [k for k, pair in enumerate(pairwise(self.spine)) if frozenset(pair) in way.labels]
        members = {v for edge in way.labels for v in edge}
        simple = all(self.m(*edge) == 1 for edge in way.labels)
        if not way.between or not simple or len(at) != 2 or len(members) > 4:
            yield {}, Fraction(0)
            return
        a, z = at[0], at[0] + 2
        trio = self.spine[a : z + 1]
        inside = way.between & {trio[0], trio[2]}
        if len(inside) != 1 or not members - way.between <= set(trio):
            yield {}, Fraction(0)
            return
        (q,) = inside
        opposite = trio[2] if q == trio[0] else trio[0]
        label = next(iter(way.labels.values()))
        yield {(opposite, "w" if label == "x" else "h"): self.beta}, Fraction(0)
        closers = {self.spine[j] for _, j, _ in breaks}
        for needed in (trio[1], opposite):
            if needed in closers:
                yield {}, Fraction(0)
        place = self.spine.index(q)
        other = place + 1 if q == trio[2] else place - 1
        if not 0 <= other < len(self.spine) or q in closers:
            yield {}, Fraction(0)
            return
        out = frozenset((q, self.spine[other]))
        bridge = any(set(w.labels) == {out} and w.labels[out] == label for w in ways)
        closes = other > place and self.spine[other] in closers
        claimed = turned.get(other) == ("Y" if other > place else "X")
        if not bridge or closes or claimed:
            yield {}, Fraction(0)
            return
        on, off = (0, 1) if label == "x" else (1, 0)
        least = 2 * self._least(self.spine[other], on, limit)
        for p in way.between - inside:
            around = (self._least(self.spine[other], off, limit) + self._least(p, off, limit)) / 2
            if uncounted or other in turned or any(i <= min(place, other) < j for i, j, _ in breaks):
                around = Fraction(0)
            least = min(least, around)
        yield {}, self.beta * least

    def _least(self, kernel: str, column: int, limit: int | None) -> Fraction:
        options = self.options[kernel]
        options = options if limit is None else options[options[:, 2] <= limit]
        return Fraction(int(options[:, column].min()) if len(options) else 0)

    def _shapes(
        self,
        area: Fraction,
        pays: Amounts,
        compared: frozenset[tuple[frozenset[str], int]] | None,
        limit: int | None,
    ) -> Fraction | None:
        """The least price of shapes and adapters under fixed payments: leaf by leaf along the tree."""
        scale = 4 * self.unit
        costs, rows, offsets = {}, {}, dict(compared or ())
        self.divided = compared is not None
        every = self.options_by_parity if self.divided else self.options
        for name, options in every.items():
            options = options if limit is None else options[options[:, 2] <= limit]
            if not len(options):
                return None
            w, h = options[:, 0], options[:, 1]
            pw, ph = (int(pays.get((name, extent), 0) * scale) for extent in "wh")
            costs[name], rows[name] = int(area * scale) * w * h + pw * w + ph * h, options
        forest = nx.Graph(self.tree)
        forest.add_nodes_from(costs)
        around = {}
        for centre, (x, y) in self.chords.items():
            around[x, y] = self._around(rows, costs, scale, centre, x, y)
            around[y, x] = around[x, y].T
            forest.remove_node(centre)
            forest.add_edge(x, y)
        total = 0
        while forest:
            leaf = min(forest, key=forest.degree)
            for other in forest[leaf]:
                between = around.get((leaf, other))
                if between is None:
                    between = self._adapters(rows, leaf, other) * scale
                if (extent := offsets.get(frozenset((leaf, other)))) is not None:
                    odd, odd_too = (rows[v][:, extent] % 2 for v in (leaf, other))
                    half = int(self.beta * self.m(leaf, other) * scale / 2)
                    between = between + half * (odd[:, None] != odd_too)
                costs[other] = costs[other] + (between + costs[leaf][:, None]).min(0)
            if not forest.degree(leaf):
                total += int(costs[leaf].min())
            forest.remove_node(leaf)
        return Fraction(total, scale)

    def _chords(self) -> dict[str, tuple[str, str]]:
        """Kernels with two edges, both in the tree, whose ends a third one joins; and these ends.

        The tree's roots, the spine's last kernel and elsewhere the first one, are none.
        """
        found = {}
        parts = [set(part) for part in nx.connected_components(self.graph)]
        roots = {
            self.spine[-1] if part & set(self.spine[-1:]) else next(v for v in self.graph if v in part)
            for part in parts
        }
        for centre in set(self.graph) - roots:
            near = [v for v in self.graph[centre] if {(centre, v), (v, centre)} & set(self.tree)]
            if self.graph.degree(centre) != 2 or len(near) != 2 or not self.graph.has_edge(*near):
                continue
            chord = self.graph.edges[near]
            x, y = chord["source"], chord["target"]
            through = self.graph[x][centre]["source"] == x and self.graph[centre][y]["source"] == centre
            C = [convs(self.instance.kernels[v])[0].C for v in (centre, y)]
            if through and C[0] == C[1] and self.instance.settings.wadapter:
                found[centre] = x, y
        return found

    def _around(
        self,
        rows: dict[str, np.ndarray],
        costs: dict[str, np.ndarray],
        scale: int,
        centre: str,
        x: str,
        y: str,
    ) -> np.ndarray:
        """The least cost of a centre, its adapters and its chord's channels, for each shape of both ends."""
        classes = {v: np.unique(rows[v][:, 3:], axis=0, return_inverse=True) for v in (x, centre, y)}
        short = {v: np.pad(found[0], ((0, 0), (3, 0))) for v, found in classes.items()}
        C = channels_at(self.instance, y)
        price = self.instance.settings.wadapter * self.m(x, y) * scale
        chord = self._differ(C, short[x][:, 6], short[y][:, 5]) * price
        low = self._adapters(short, x, centre) * scale
        high = self._adapters(short, centre, y) * scale
        least = np.full(chord.shape, np.iinfo(np.int64).max)
        number = classes[centre][1].reshape(-1)
        for i in range(len(short[centre])):
            own = int(costs[centre][number == i].min())
            least = np.minimum(least, own + low[:, i][:, None] + high[i] + chord)
        return least[classes[x][1].reshape(-1)][:, classes[y][1].reshape(-1)]

    def _adapters(self, rows: dict[str, np.ndarray], leaf: str, other: str) -> np.ndarray:
        data = self.graph[leaf][other]
        C = channels_at(self.instance, data["target"])
        columns = (6, 5) if data["source"] == leaf else (5, 6)
        a, b = rows[leaf], rows[other]
        differ = (a[:, None, 3] != b[None, :, 3]).astype(int) + (a[:, None, 4] != b[None, :, 4])
        differ += self._differ(C, a[:, columns[0]], b[:, columns[1]])
        cost: np.ndarray = differ * (self.instance.settings.wadapter * int(data["m"]))
        return cost

    def _differ(self, loop: int, splits: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Whether channel splits differ in their class."""
        differ: np.ndarray = -(-loop // splits[:, None]) != -(-loop // others)
        return differ | ((splits[:, None] - others) % 2 > 0) if self.divided else differ


def rounded(instance: Instance, value: Fraction) -> Fraction:
    s = instance.settings
    unit = 2 * instance.time_scale
    step = gcd(2 * s.wdeltat, s.wlength * instance.time_scale, s.wadapter * unit)
    return ceil(value * unit / step) * Fraction(step, unit) if step else value


def check(
    seed: int,
    kind: str,
    adapters: bool,
    blocks: bool = False,
    alike: bool = False,
    version: int = 4,
    alike_axes: bool = False,
) -> None:
    random = Random(seed)
    found = drawn(random, kind, adapters, blocks=blocks, alike=alike, alike_axes=alike_axes)
    instance, starts, rows, unit = found.instance, found.starts, found.rows, found.unit
    spine, tree, cycles, parts = found.spine, found.tree, found.cycles, found.parts
    cases = len(rows[0])
    certificate = read_certificate(text_of(found.contents(version)))
    values = []
    for i, (start, multipliers) in enumerate(zip(starts, rows, strict=True)):
        part, parities = spine[slice(*parts[i])], version > 9
        reference = Reference(instance, unit, part, tree, cycles, paid=version > 3, parities=parities)
        limit = starts[i + 1] - 1 if i + 1 < len(starts) else None
        time = Fraction(instance.settings.wdeltat * start, instance.time_scale)
        values += [
            time + v for n in range(cases) if (v := reference.value(multipliers, n, limit)) is not None
        ]
    expected = min(values, default=None)
    assert (least_value(instance, certificate), spine, starts, rows, unit) == (
        expected,
        spine,
        starts,
        rows,
        unit,
    )
    assert derive(instance, certificate) == (None if expected is None else rounded(instance, expected))


KINDS = ("chain", "triangle", "ring", "star", "diamond", "tailed ring", "five", "ladder", "fan", "two")


CASES = [(kind, adapters) for kind in KINDS for adapters in (False, True)]
#: Networks with adapters that stand for the others.
QUICK = {"chain", "triangle", "two"}


@pytest.mark.parametrize(
    ("kind", "adapters"),
    with_slow(
        CASES,
        *((kind, True) for kind in KINDS if kind not in QUICK),
        *((kind, False) for kind in ("diamond", "tailed ring", "five", "ladder", "fan")),
    ),
)
def test_the_programme_finds_the_minimum_of_section_7(kind: str, adapters: bool) -> None:
    for seed in range(6):
        check(seed, kind, adapters)


@pytest.mark.parametrize(
    ("kind", "adapters"),
    with_slow(
        CASES,
        *((kind, True) for kind in KINDS if kind not in QUICK),
        *((kind, False) for kind in ("diamond", "tailed ring", "two", "ladder", "fan")),
    ),
)
def test_where_nothing_tells_the_axes_apart_the_minimum_is_the_same(kind: str, adapters: bool) -> None:
    for seed in range(6, 10):
        check(seed, kind, adapters, alike=seed % 2 > 0, alike_axes=True)


@pytest.mark.parametrize("kind", with_slow(["chain", "tailed", "tailed ring", "bow"], "tailed ring", "bow"))
def test_turns_cost_nothing_more_in_earlier_versions(kind: str) -> None:
    for seed in range(5):
        check(seed, kind, adapters=False, version=3)


@pytest.mark.parametrize("adapters", [False, True])
@pytest.mark.parametrize("kind", with_slow(KINDS, "tailed ring", "five", "ladder", "ring", "diamond"))
def test_the_minimum_where_parities_are_compared(kind: str, adapters: bool) -> None:
    for seed in range(20, 24):
        check(seed, kind, adapters, version=10, alike=seed % 2 > 0)


@pytest.mark.slow
@pytest.mark.parametrize("adapters", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_minimum_where_parities_are_compared_in_many_cases(kind: str, adapters: bool) -> None:
    for seed in range(200, 240):
        check(seed, kind, adapters, version=10, alike=seed % 2 > 0)
    for seed in range(3):
        check(seed, kind, adapters, version=10, blocks=True)


@pytest.mark.parametrize(
    "kind", with_slow(["triangle", "tailed", "headed", "bow"], "tailed", "headed", "bow")
)
def test_channels_of_a_chord_count(kind: str) -> None:
    for seed in range(8):
        check(seed, kind, adapters=True, alike=True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["triangle", "tailed", "headed", "bow"])
def test_channels_of_a_chord_count_in_many_cases(kind: str) -> None:
    for seed in range(100, 200):
        check(seed, kind, adapters=True, alike=True)


@pytest.mark.slow
@pytest.mark.parametrize("adapters", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_programme_finds_the_minimum_in_many_cases(kind: str, adapters: bool) -> None:
    for seed in range(100, 160):
        check(seed, kind, adapters)
    for seed in range(3):
        check(seed, kind, adapters, blocks=True)


def straight_value(instance: Instance, certificate: Certificate) -> Fraction | None:
    """What the verifier finds for the straight spine alone, without a time limit."""
    network = build_network(instance, certificate, certificate.intervals[0].part)
    frame = Frame(
        instance, network, build_cells(network, False), {}, comparisons(instance, network, [], False), False
    )
    prices = money(instance.settings, certificate.unit, certificate.intervals[0].cases[0])
    case = assemble(frame, Library(instance, None), Spine(prices, 0, more=False))
    least = None if case is None else least_cost(case)
    return None if least is None else Fraction(least, SCALE * certificate.unit)


@pytest.mark.parametrize(
    "kind", with_slow(["triangle", "ring", "diamond", "tailed", "tailed ring", "ladder"], "diamond", "ladder")
)
def test_a_straight_spine_has_its_minimum(kind: str) -> None:
    """Alone, and with dear runs, so that kernels beside it would rather not be counted."""
    for seed in range(12):
        random = Random(f"straight {seed}")
        instance = random_network(random, kind, adapters=False)
        spine = random_spine(random, instance)
        if not spine:
            continue
        tree = some_tree(instance, spine)
        rows = [[random.randint(0, 1), random.choice([0, 2, 20]), random.choice([2, 20])], [0, 0, 0]]
        certificate = read_certificate(text_of(contents(instance, [(0, rows)], spine=spine, tree=tree)))
        expected = Reference(instance, 1, spine, tree, []).value(rows, 0, None)
        assert straight_value(instance, certificate) == expected, seed
