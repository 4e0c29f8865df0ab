"""Runs of every compiled loop of the search on a tiny instance: after it they are compiled, or loaded.

Each part can run in a process of its own. They stand in the order in which a run needs them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from wse_cp.clock import WALL
from wse_cp.construct.capped.build import CappedSearch
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.realise import Realiser
from wse_cp.construct.columns.scan import ColumnScan
from wse_cp.construct.columns.search import ColumnAnnealer
from wse_cp.construct.orders import depth_first
from wse_cp.construct.rows.build import construct_rows
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import slicing_space
from wse_cp.construct.slicing.trees import first_shape
from wse_cp.construct.spans.program import SpanProgram
from wse_cp.construct.stacks.build import StackSearch
from wse_cp.construct.stacks.scan import cheapest_plain_stack
from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Instance
from wse_cp.lns.operators import operators
from wse_cp.lns.subproblem import sub_problem
from wse_cp.lns.tables import Tables
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.shapes.options import fit, timed_options

#: Seconds that rows and annealing get.
_SECONDS = 0.05


def exercise_rows(instance: Instance) -> None:
    """Build rows."""
    kernel = instance.kernels["k0"]
    timed_options(kernel, instance.settings, 1, 0, 4)
    construct_rows(instance, seconds=_SECONDS, generator=np.random.default_rng(0))


def exercise_stacks(instance: Instance) -> None:
    """Build a stack, and one with a cap."""
    generator, least = np.random.default_rng(0), least_time_by_area(instance)
    plain = cheapest_plain_stack(instance, [tuple(instance.kernels)], least, generator)
    assert plain is not None
    StackSearch(instance, generator, plain.order, plain.limit).step(lambda: False)
    CappedSearch(instance, [plain.order], least, 2 * plain.cost).run(1)


def exercise_trees(instance: Instance) -> None:
    """Anneal a tree."""
    search = _tree_search(instance)
    _, shape = search.run(first_shape(search.space), _SECONDS, 0.01, 0.001, threading.Event())
    search.placement(shape)


def exercise_spans(instance: Instance) -> None:
    """Build a tree over spans."""
    search = _tree_search(instance)
    SpanProgram(search).tree(first_shape(search.space), range(len(instance.kernels)), 1.0)


def exercise_neighbourhoods(instance: Instance) -> None:
    """Make the tables of every operator."""
    generator = np.random.default_rng(0)
    placement, _ = construct_rows(instance, seconds=_SECONDS, generator=generator)[0]
    tables, state = Tables(instance), PlacementState(instance, placement)
    for operator in operators(instance):
        sub_problem(state, tables, operator, len(instance.kernels), generator)
    kernel = instance.kernels["k0"]
    fit(kernel, instance.settings, 1, 4, instance.settings.width, instance.settings.height)


def exercise_columns(instance: Instance) -> None:
    """Scan, anneal and realise columns within rows."""
    problem, over = ColumnProblem(instance, transposed=False), lambda: False
    graph = instance.kernel_graph
    orders = [problem.positions(depth_first(graph, list(graph)))]
    scan = ColumnScan(problem, least_time_by_area(instance), orders, over)
    limits = [4 * least_time_by_area(instance)]
    plans = [*scan.equal_rows(0, [1, 2], limits), *scan.unequal_rows(0, limits, [1, 2])]
    better = ColumnAnnealer(0, WALL, over).run(plans[0], _SECONDS, 0.1, 0.01)
    Realiser(problem).placement(better.arrangement, better.limit)


def _tree_search(instance: Instance) -> SlicingSearch:
    least = least_time_by_area(instance)
    return SlicingSearch(slicing_space(instance, least, [4 * least]), 0)


#: The parts by name.
PARTS: Mapping[str, Callable[[Instance], None]] = MappingProxyType(
    {
        "rows": exercise_rows,
        "trees": exercise_trees,
        "stacks": exercise_stacks,
        "columns": exercise_columns,
        "spans": exercise_spans,
        "neighbourhoods": exercise_neighbourhoods,
    }
)


def exercise_search(instance: Instance) -> None:
    """Run every part."""
    for part in PARTS.values():
        part(instance)
