"""Every compiled loop of the search for placements, run once: then it is compiled, or loaded."""

from __future__ import annotations

import threading

import numpy as np

from wse_cp.construct.capped.build import CappedSearch
from wse_cp.construct.rows.build import construct_rows
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import slicing_space
from wse_cp.construct.slicing.trees import shape_of_rows
from wse_cp.construct.spans.program import SpanProgram
from wse_cp.construct.stacks.build import StackSearch
from wse_cp.construct.stacks.scan import cheapest_plain_stack
from wse_cp.instance import Instance
from wse_cp.lns.operators import operators
from wse_cp.lns.tables import Tables, cycle_limits
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.shapes.options import timed_options


def exercise_search(instance: Instance) -> None:
    """Search for placements of a tiny instance."""
    least = least_time_by_area(instance)
    kernel = instance.kernels["k0"]
    timed_options(kernel, instance.settings, 1, 0, 4)
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
        limits = cycle_limits(instance, placement, region.reshaped, generator)
        tables.options(placement, region, limits, generator)
