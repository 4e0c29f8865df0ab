"""Compiling ahead: the numerical loops are compiled once on a machine, and the user is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from wse_cp.bounds.search import BoundSearch
from wse_cp.construct.capped.search import CappedSearch
from wse_cp.construct.rows import construct_rows
from wse_cp.construct.slicing.search import SlicingSearch
from wse_cp.construct.slicing.space import slicing_space
from wse_cp.construct.slicing.trees import shape_of_rows
from wse_cp.construct.spans.program import SpanProgram
from wse_cp.construct.stack.scan import cheapest_plain_stack
from wse_cp.construct.stack.search import StackSearch
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.lns.operators import operators
from wse_cp.lns.tables import Tables
from wse_cp.lns.times import time_limits
from wse_cp.shapes import least_time_by_area, options_in_box, timed_options

#: Seconds of silence before the user is told: loading compiled code takes less.
_PATIENCE = 1.5


def warm_up(tell: Callable[[str], object]) -> None:
    """Run every compiled loop once on tiny instances; `tell` gets a line if that takes long."""
    _warm_up(_exercise, tell)


def warm_up_bounds(tell: Callable[[str], object]) -> None:
    """Do the same with the compiled loops of the bounds alone."""
    _warm_up(_exercise_bounds, tell)


def _warm_up(exercise: Callable[[Instance], object], tell: Callable[[str], object]) -> None:
    timer = threading.Timer(
        _PATIENCE, tell, ["compiling the numerical loops (once on this machine, a minute or two)"]
    )
    timer.daemon = True
    timer.start()
    try:
        for wadapter in (0, 1):
            exercise(_tiny(wadapter))
    finally:
        timer.cancel()


def _tiny(wadapter: int) -> Instance:
    conv = Conv(2, 2, 1, 1, 2, 2, 1)
    nodes = tuple(Node(i, f"k{i}", conv) for i in range(3))
    edges = (Edge("k0", "k1"), Edge("k1", "k2"), Edge("k0", "k2"))
    return Instance(Settings(width=24, height=24, wadapter=wadapter), nodes, edges)


def _exercise(instance: Instance) -> None:
    least = least_time_by_area(instance)
    kernel = instance.kernels["k0"]
    timed_options(kernel, instance.settings, 1, 0, 4)
    options_in_box(kernel, instance.settings, 1, 4, 6, 6)
    generator = np.random.default_rng(0)
    placement, layout = construct_rows(instance, seconds=0.05, generator=generator)[0]
    space = slicing_space(instance, least, [layout.time])
    search = SlicingSearch(space, 0)
    _, shape = search.run(shape_of_rows(space, layout, placement), 0.05, 0.01, 0.001, threading.Event())
    search.placement(shape)
    SpanProgram(search).tree(shape, range(len(instance.kernels)), 1.0)
    plain = cheapest_plain_stack(instance, [tuple(instance.kernels)], least, generator)
    assert plain is not None
    StackSearch(instance, generator, plain.order, plain.limit).step(lambda: False)
    CappedSearch(instance, [plain.order], least, 2 * plain.cost).run(1)
    tables = Tables(instance)
    for operator in operators(instance):
        region = operator(instance, placement, len(instance.kernels), generator)
        times = time_limits(instance, placement, region.reshaped, generator)
        tables.options(placement, region, times, generator)
    _exercise_bounds(instance)


def _exercise_bounds(instance: Instance) -> None:
    search = BoundSearch(instance)
    for _ in range(20):
        search.step()
