"""A sub-problem: what an operator frees, the options it gets, and of all else only what matters to it."""

from __future__ import annotations

import numpy as np

from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.whole import Part, problem_from
from wse_cp.incremental.state import PlacementState
from wse_cp.lns.neighbourhood import fixed_around
from wse_cp.lns.operators import Operator
from wse_cp.lns.tables import Tables, cycle_limits


def sub_problem(
    state: PlacementState, tables: Tables, operator: Operator, size: int, generator: np.random.Generator
) -> Problem:
    """Return a random problem of about `size` kernels, its hint the present placement.

    Costs and the upper bound are those of the free kernels and their edges. What it takes to build does not
    depend on the size of the network, unless the operator frees all of it.
    """
    region = operator(state, size, generator)
    limits = cycle_limits(state, region.reshaped, generator)
    part = Part(
        fixed_around(state, region),
        tuple(state.links.of(region.free)),
        state.times.largest_without(region.free),
    )
    return problem_from(
        state.instance,
        tables.options(state, region, limits, generator),
        state.kernels,
        free=state.links.in_order(region.free),
        part=part,
        keep_relations=region.keep_relations,
        loose=region.loose,
        regions=region.regions,
    )
