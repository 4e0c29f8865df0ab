"""The objective: largest time, wire lengths and adapters, in model units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

from ortools.sat.python import cp_model

from wse_cp.cpsat.constraints import centre2
from wse_cp.cpsat.problem import AXES, Axis, Problem, edge_cost
from wse_cp.cpsat.tables import option_splits
from wse_cp.cpsat.variables import Expr, Terms, new_bool, new_int

Implied = Mapping[tuple[str, str], Axis]


@dataclass(frozen=True)
class Objective:
    """Cost = `scale` * `expression` + `constant`, in model units."""

    expression: Expr
    scale: int
    constant: int


def slowest(model: cp_model.CpModel, problem: Problem, terms: Mapping[str, Terms]) -> cp_model.IntVar:
    """Return a new variable at least as large as every kernel's time (1 / time_scale cycles)."""
    free = [term for term in terms.values() if term.table is not None]
    least = [min(option.time for option in term.table.options) for term in free if term.table]
    most = [max(option.time for option in term.table.options) for term in free if term.table]
    still = [kernel.option.time for kernel in problem.fixed]
    low, high = max(*least, *still, problem.min_time), max(*most, *still, problem.min_time)
    if problem.max_time is not None:
        high = max(low, min(high, problem.max_time))
    places = [term.place for term in terms.values()]
    hinted = [low, *(place.option.time for place in places if place is not None)]
    complete = all(place is not None for place in places)
    variable = new_int(model, (low, high), "max_time", max(hinted) if complete else None)
    for term in free:
        model.add(variable >= term.time)
    return variable


def distance2(model: cp_model.CpModel, first: Terms, second: Terms, axis: Axis, implied: Implied) -> Expr:
    """Return twice the distance of two centres along an axis (half tiles); no variable if ordered."""
    if implied.get((first.name, second.name)) == axis:
        return centre2(second, axis) - centre2(first, axis)
    if implied.get((second.name, first.name)) == axis:
        return centre2(first, axis) - centre2(second, axis)
    (low1, high1), (low2, high2) = centre2_range(first, axis), centre2_range(second, axis)
    most = max(high1 - low2, high2 - low1)
    least = max(0, low1 - high2, low2 - high1)
    hinted = None
    if first.place is not None and second.place is not None:
        at = AXES.index(axis)
        hinted = abs(first.place.rectangle.center2[at] - second.place.rectangle.center2[at])
    variable = new_int(model, (least, most), f"d{axis}[{first.name},{second.name}]", hinted)
    model.add(variable >= centre2(first, axis) - centre2(second, axis))
    model.add(variable >= centre2(second, axis) - centre2(first, axis))
    return variable


def centre2_range(terms: Terms, axis: Axis) -> tuple[int, int]:
    """Return the least and largest value of twice a kernel's centre (half tiles)."""
    if terms.table is None:
        assert terms.place is not None
        value = terms.place.rectangle.center2[AXES.index(axis)]
        return value, value
    kernel, options = terms.table.kernel, terms.table.options
    low, high = kernel.x_range if axis == "x" else kernel.y_range
    least = min(option.width if axis == "x" else option.height for option in options)
    return 2 * low + least, 2 * high - least


def mismatches(model: cp_model.CpModel, problem: Problem, producer: Terms, consumer: Terms) -> list[Expr]:
    """Return the adapters of an edge: one boolean for each split that may differ."""
    shown: list[bool] | list[None] = [None] * 3
    if producer.place is not None and consumer.place is not None:
        ours = option_splits(problem, producer.name, producer.place.option)
        theirs = option_splits(problem, consumer.name, consumer.place.option)
        shown = [ours.h != theirs.h, ours.w != theirs.w, ours.k_out != theirs.c_in]
    (h, w, _, k), (h_in, w_in, c_in, _) = producer.splits, consumer.splits
    found: list[Expr] = []
    for what, a, b, hinted in zip("hwc", (h, w, k), (h_in, w_in, c_in), shown, strict=True):
        differs = new_bool(model, f"adapter_{what}[{producer.name},{consumer.name}]", hinted)
        model.add(a == b).only_enforce_if(~differs)
        found.append(differs)
    return found


def touch(model: cp_model.CpModel, first: Terms, second: Terms, length2: Expr) -> None:
    """Demand that centres keep half of both shorter sides between them; implied, for the bound."""
    model.add(length2 >= first.least_side + second.least_side)


def minimize(
    model: cp_model.CpModel, problem: Problem, terms: Mapping[str, Terms], implied: Implied
) -> Objective:
    """Set the objective and return it; it is divided by what all its weights have in common."""
    weights = problem.weights
    places = {kernel.name: kernel for kernel in problem.fixed}
    scale = gcd(weights.time, weights.length2, weights.adapter) or 1
    cost: list[Expr] = [weights.time // scale * slowest(model, problem, terms)]
    constant = 0
    for u, v, count in problem.edges:
        if u in places and v in places:
            constant += count * edge_cost(weights, places[u], places[v])
            continue
        first, second = terms[u], terms[v]
        if weights.length2:
            length2 = sum(distance2(model, first, second, axis, implied) for axis in AXES)
            cost.append(count * (weights.length2 // scale) * length2)
            # Without an incumbent the bound matters; with one this slowed the search for better ones.
            if not problem.hint and (u, v) not in implied and (v, u) not in implied:
                touch(model, first, second, length2)
        if weights.adapter:
            cost.append(count * (weights.adapter // scale) * sum(mismatches(model, problem, first, second)))
    expression = sum(cost)
    model.minimize(expression)
    return Objective(expression, scale, constant)
