"""Variables of the model, each created with its hinted value, so that a hint is always complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from wse_cp.cpsat.problem import Choice, FixedKernel, Problem
from wse_cp.cpsat.tables import Table, option_splits

Expr = cp_model.LinearExpr | int


@dataclass(frozen=True)
class Terms:
    """A kernel in the model: variables if it is free, numbers if it is fixed.

    `place` is where it stands or is hinted to stand; `selectors` are one boolean per kept option.
    """

    name: str
    x: Expr
    x_end: Expr
    y: Expr
    y_end: Expr
    width: Expr
    height: Expr
    time: Expr
    splits: tuple[Expr, ...]
    place: FixedKernel | None
    table: Table | None = None
    selectors: tuple[cp_model.IntVar, ...] = ()

    @property
    def free(self) -> bool:
        """Whether the model decides on it."""
        return self.table is not None

    @property
    def least_side(self) -> Expr:
        """The shorter side of its rectangle."""
        if self.table is None:
            assert self.place is not None
            return min(self.place.option.width, self.place.option.height)
        sides = [min(option.width, option.height) for option in self.table.options]
        return cp_model.LinearExpr.weighted_sum(self.selectors, sides)


def new_int(
    model: cp_model.CpModel, values: Iterable[int] | tuple[int, int], name: str, hinted: int | None
) -> cp_model.IntVar:
    """Return a new variable over an interval (a pair) or a set of values, with its hint."""
    if isinstance(values, tuple):
        variable = model.new_int_var(values[0], values[1], name)
    else:
        variable = model.new_int_var_from_domain(cp_model.Domain.from_values(sorted(set(values))), name)
    if hinted is not None:
        model.add_hint(variable, hinted)
    return variable


def new_bool(model: cp_model.CpModel, name: str, hinted: bool | None) -> cp_model.IntVar:
    """Return a new boolean with its hint."""
    variable = model.new_bool_var(name)
    if hinted is not None:
        model.add_hint(variable, hinted)
    return variable


def fixed_terms(problem: Problem, kernel: FixedKernel) -> Terms:
    """Return the numbers of a fixed kernel."""
    x, y, width, height = kernel.rectangle
    splits = option_splits(problem, kernel.name, kernel.option)
    time = kernel.option.time
    return Terms(kernel.name, x, x + width, y, y + height, width, height, time, tuple(splits), kernel)


def free_terms(model: cp_model.CpModel, table: Table, choice: Choice | None) -> Terms:
    """Return new variables for a free kernel; nothing ties them together yet."""
    kernel, options, name = table.kernel, table.options, table.kernel.name
    place = None if choice is None else FixedKernel(name, kernel.options[choice.option], choice.x, choice.y)
    at = None if choice is None else table.indices.index(choice.option)
    hinted = None if place is None else place.rectangle
    least_width, least_height = min(o.width for o in options), min(o.height for o in options)
    (left, right), (bottom, top) = kernel.x_range, kernel.y_range

    def integer(values: Iterable[int] | tuple[int, int], what: str, value: int | None) -> cp_model.IntVar:
        return new_int(model, values, f"{what}[{name}]", value)

    def split(index: int, what: str) -> Expr:
        values = [splits[index] for splits in table.splits]
        return integer(values, what, None if at is None else values[at]) if max(values) else 0

    return Terms(
        name,
        x=integer((left, right - least_width), "x", hinted and hinted.x),
        x_end=integer((left + least_width, right), "x_end", hinted and hinted.x + hinted.width),
        y=integer((bottom, top - least_height), "y", hinted and hinted.y),
        y_end=integer((bottom + least_height, top), "y_end", hinted and hinted.y + hinted.height),
        width=integer([o.width for o in options], "width", hinted and hinted.width),
        height=integer([o.height for o in options], "height", hinted and hinted.height),
        time=integer([o.time for o in options], "time", None if place is None else place.option.time),
        splits=(split(0, "h"), split(1, "w"), split(2, "c_in"), split(3, "k_out")),
        place=place,
        table=table,
        selectors=tuple(
            new_bool(model, f"option[{name},{i}]", None if at is None else i == at)
            for i in range(len(options))
        ),
    )


def all_terms(
    model: cp_model.CpModel, problem: Problem, tables: Mapping[str, Table], hint: Mapping[str, Choice]
) -> dict[str, Terms]:
    """Return the terms of every kernel by name."""
    terms = {name: free_terms(model, table, hint.get(name)) for name, table in tables.items()}
    return terms | {kernel.name: fixed_terms(problem, kernel) for kernel in problem.fixed}
