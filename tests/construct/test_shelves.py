"""The first placement, on shelves: legal wherever there is one, stopped at once, and without any compiler."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.construct.slicing.cases import random_instance
from wse_cp.construct.shelves import SplitTable, first_placement, topological_order
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, CBlock, Conv, DBlock, Kernel, convs, performance
from wse_cp.score import checked_score


@pytest.mark.parametrize("case", ["A", "E", "H", "M", "N"])
def test_it_is_legal_on_the_contests_cases(case: str, instances: Path) -> None:
    instance = read_instance_file(instances / f"{case}.kgraph")
    placement = first_placement(instance)
    assert placement is not None
    checked_score(instance, placement)


@pytest.mark.parametrize("seed", range(30))
def test_it_is_legal_on_small_instances(seed: int) -> None:
    instance = random_instance(seed, wadapter=seed % 2)
    placement = first_placement(instance)
    if placement is not None:
        checked_score(instance, placement)


def test_most_small_instances_have_one() -> None:
    assert sum(first_placement(random_instance(seed)) is not None for seed in range(30)) > 25


def test_there_is_none_if_kernels_do_not_fit() -> None:
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, 1)) for i in range(3))
    assert first_placement(Instance(Settings(3, 4), nodes, ())) is None


def test_it_stops_when_asked() -> None:
    assert first_placement(random_instance(1), lambda: True) is None


@pytest.mark.parametrize("kernel", [Conv(5, 4, 3, 3, 6, 7, 1), DBlock(4, 4, 8), CBlock(4, 4, 8)], ids=str)
@pytest.mark.parametrize("share", [1, 7, pytest.param(40, marks=pytest.mark.slow)])
def test_the_narrowest_shape_is_narrowest_of_all(kernel: Kernel, share: int) -> None:
    """Against plain enumeration of equal levels c, each convolution with its least k."""
    memlimit, room, side = 400, 12, 16
    table = SplitTable(kernel, side, memlimit)
    time = max(conv.H * conv.W * conv.C * conv.K * conv.R * conv.S for conv in convs(kernel)) // share
    widths = []
    for h, w, level in product(range(1, 9), range(1, 9), range(1, 12)):
        k = [least_k(kernel, i, h, w, level, time, memlimit, table.scale) for i in range(len(convs(kernel)))]
        if None not in k:
            c = tuple(min(level, conv.C) for conv in convs(kernel))
            found = performance(kernel, Arguments(h, w, c, tuple(n for n in k if n is not None)))
            widths += [found.width] if found.height <= room else []
            widths += [found.height] if found.width <= room and found.height <= side else []
    curve = table.curve(time)
    assert curve[room] == min(widths, default=curve.max())
    if widths:
        args, rotated = table.shape(time, room)
        found = performance(kernel, args)
        assert (found.height if rotated else found.width) == min(widths)
        assert found.time * table.scale <= time
        assert found.memory <= memlimit


def least_k(
    kernel: Kernel, i: int, h: int, w: int, level: int, time: int, memlimit: int, scale: int
) -> int | None:
    """The least k of one convolution, by trying them."""
    conv = convs(kernel)[i]
    for k in range(1, conv.K + memlimit):
        found = performance(conv, Arguments(h, w, (min(level, conv.C),), (k,)))
        if found.time * scale <= time and found.memory <= memlimit:
            return k
    return None


def test_curves_never_rise_with_the_room() -> None:
    curve = SplitTable(DBlock(8, 8, 16), 40, 3000).curve(5000)
    assert (np.diff(curve) <= 0).all()


def test_the_order_follows_the_data_flow() -> None:
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, 1)) for i in range(5))
    edges = tuple(Edge(u, v) for u, v in [("k4", "k0"), ("k0", "k2"), ("k4", "k1"), ("k1", "k2")])
    order = topological_order(Instance(Settings(9, 9), nodes, edges))
    assert sorted(order) == ["k0", "k1", "k2", "k3", "k4"]
    assert all(order.index(edge.source) < order.index(edge.target) for edge in edges)


def test_it_needs_no_compiler() -> None:
    code = "import sys, wse_cp.construct.shelves; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
