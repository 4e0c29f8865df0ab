"""Constraint families of the model, one short function each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from ortools.sat.python import cp_model

from wse_cp.cpsat.problem import Axis, Problem, Relation
from wse_cp.cpsat.symmetry import Symmetry
from wse_cp.cpsat.variables import Expr, Terms
from wse_cp.placement import Rectangle


def choose_option(model: cp_model.CpModel, terms: Terms) -> None:
    """Tie width, height, time and splits of a free kernel to exactly one of its options."""
    assert terms.table is not None
    model.add_exactly_one(terms.selectors)
    columns = [
        (terms.width, [o.width for o in terms.table.options]),
        (terms.height, [o.height for o in terms.table.options]),
        (terms.time, [o.time for o in terms.table.options]),
        *((terms.splits[i], [splits[i] for splits in terms.table.splits]) for i in range(4)),
    ]
    for variable, values in columns:
        if any(values):
            model.add(variable == cp_model.LinearExpr.weighted_sum(terms.selectors, values))


def extend(model: cp_model.CpModel, terms: Terms) -> None:
    """Tie start, size and end of a free kernel along both axes."""
    model.add(terms.x + terms.width == terms.x_end)
    model.add(terms.y + terms.height == terms.y_end)


def keep_apart(model: cp_model.CpModel, free: Iterable[Terms], obstacles: Iterable[Rectangle]) -> None:
    """Forbid overlaps among free kernels and of them with obstacles."""
    xs, ys = [], []
    for terms in free:
        xs.append(model.new_interval_var(terms.x, terms.width, terms.x_end, f"x_span[{terms.name}]"))
        ys.append(model.new_interval_var(terms.y, terms.height, terms.y_end, f"y_span[{terms.name}]"))
    for i, (x, y, width, height) in enumerate(obstacles):
        xs.append(model.new_fixed_size_interval_var(x, width, f"x_wall[{i}]"))
        ys.append(model.new_fixed_size_interval_var(y, height, f"y_wall[{i}]"))
    model.add_no_overlap_2d(xs, ys)


def limit_area(model: cp_model.CpModel, free: Iterable[Terms], area: int) -> None:
    """Demand that the free kernels fill no more than `area` (tiles squared); implied, for the bound."""
    parts = []
    for terms in free:
        assert terms.table is not None
        areas = [option.width * option.height for option in terms.table.options]
        parts.append(cp_model.LinearExpr.weighted_sum(terms.selectors, areas))
    model.add(sum(parts) <= area)


def order(model: cp_model.CpModel, terms: Mapping[str, Terms], relation: Relation) -> None:
    """Let the first kernel of a relation end where the second starts, or before."""
    first, second = terms[relation.first], terms[relation.second]
    if first.free or second.free:
        model.add(end(first, relation.axis) <= start(second, relation.axis))


def start(terms: Terms, axis: Axis) -> Expr:
    """Return the lower end of a kernel along an axis (tiles)."""
    return terms.x if axis == "x" else terms.y


def end(terms: Terms, axis: Axis) -> Expr:
    """Return the upper end of a kernel along an axis (tiles)."""
    return terms.x_end if axis == "x" else terms.y_end


def centre2(terms: Terms, axis: Axis) -> Expr:
    """Return twice the centre of a kernel along an axis (half tiles)."""
    return start(terms, axis) + end(terms, axis)


def break_symmetry(
    model: cp_model.CpModel, problem: Problem, terms: Mapping[str, Terms], symmetry: Symmetry
) -> None:
    """Demand what `symmetry` allows to be demanded."""
    if symmetry.pivot is not None:
        x, y = centre2(terms[symmetry.pivot], "x"), centre2(terms[symmetry.pivot], "y")
        model.add(x <= problem.width)
        model.add(y <= problem.height)
        if symmetry.transpose:
            model.add(y <= x)
    for names in symmetry.classes:
        for first, second in pairwise(names):
            model.add(centre2(terms[first], "x") <= centre2(terms[second], "x"))
