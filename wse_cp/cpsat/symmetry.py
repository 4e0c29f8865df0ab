"""Symmetries of a problem: mirroring and turning the wafer, exchanging kernels; canonical hints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from wse_cp.cpsat.problem import Choice, FreeKernel, Problem
from wse_cp.cpsat.tables import Table


@dataclass(frozen=True)
class Symmetry:
    """What may be demanded of a solution without loss.

    Parameters
    ----------
    pivot
        Kernel whose centre lies in the lower left quarter, or None.
    transpose
        Whether the pivot's centre also lies on or below the wafer's diagonal.
    classes
        Groups of kernels that may be exchanged: centres rise (not strictly) along x.
    """

    pivot: str | None = None
    transpose: bool = False
    classes: tuple[tuple[str, ...], ...] = ()


NONE = Symmetry()


def find_symmetry(problem: Problem, tables: Mapping[str, Table]) -> Symmetry:
    """Return the symmetries of a problem; none if anything in it is tied to a place."""
    if problem.fixed or problem.relations or not all(_roams(problem, kernel) for kernel in problem.free):
        return NONE
    classes = tuple(_classes(problem))
    exchanged = {name for names in classes for name in names}
    others = [kernel.name for kernel in problem.free if kernel.name not in exchanged]
    degree = Counter(name for u, v, n in problem.edges for name in [u, v] * n)
    pivot = max(others, key=lambda name: degree[name], default=None)
    square = problem.width == problem.height and all(_turns(table) for table in tables.values())
    return Symmetry(pivot, square and pivot is not None, classes)


def canonical(problem: Problem, symmetry: Symmetry, tables: Mapping[str, Table]) -> dict[str, Choice]:
    """Return the hint moved to where `symmetry` wants solutions; empty if there is none."""
    hint = dict(problem.hint)
    if not hint:
        return {}
    kernels = {kernel.name: kernel for kernel in problem.free}
    if symmetry.pivot is not None:
        x, y = _centre2(kernels[symmetry.pivot], hint[symmetry.pivot])
        if x > problem.width:
            hint = {name: _mirror(problem, kernels[name], choice, "x") for name, choice in hint.items()}
        if y > problem.height:
            hint = {name: _mirror(problem, kernels[name], choice, "y") for name, choice in hint.items()}
        x, y = _centre2(kernels[symmetry.pivot], hint[symmetry.pivot])
        if symmetry.transpose and x < y:
            hint = {name: _turned(tables[name], choice) for name, choice in hint.items()}
    for names in symmetry.classes:
        order = sorted((hint[name] for name in names), key=lambda c: _centre2(kernels[names[0]], c)[0])
        hint.update(zip(names, order, strict=True))
    return hint


def _roams(problem: Problem, kernel: FreeKernel) -> bool:
    return kernel.x_range == (0, problem.width) and kernel.y_range == (0, problem.height)


def _classes(problem: Problem) -> list[tuple[str, ...]]:
    """Return groups of two or more free kernels with equal options that any exchange maps to itself."""
    edges = Counter({(u, v): n for u, v, n in problem.edges})
    groups: list[list[FreeKernel]] = []
    for kernel in problem.free:
        for group in groups:
            if group[0].options == kernel.options and _exchangeable(edges, group[0].name, kernel.name):
                group.append(kernel)
                break
        else:
            groups.append([kernel])
    return [tuple(kernel.name for kernel in group) for group in groups if len(group) > 1]


def _exchangeable(edges: Counter[tuple[str, str]], a: str, b: str) -> bool:
    swap = {a: b, b: a}
    return edges == Counter({(swap.get(u, u), swap.get(v, v)): n for (u, v), n in edges.items()})


def _turns(table: Table) -> bool:
    """Tell whether the kept options are closed under rotation by 90 degrees."""
    shapes = _signatures(table)
    return len(table.indices) == len(shapes) and all((h, w, *rest) in shapes for w, h, *rest in shapes)


def _signatures(table: Table) -> dict[tuple[object, ...], int]:
    rows = zip(table.indices, table.options, table.splits, strict=True)
    return {(o.width, o.height, o.time, splits): i for i, o, splits in rows}


def _centre2(kernel: FreeKernel, choice: Choice) -> tuple[int, int]:
    option = kernel.options[choice.option]
    return 2 * choice.x + option.width, 2 * choice.y + option.height


def _mirror(problem: Problem, kernel: FreeKernel, choice: Choice, axis: str) -> Choice:
    option = kernel.options[choice.option]
    if axis == "x":
        return choice._replace(x=problem.width - choice.x - option.width)
    return choice._replace(y=problem.height - choice.y - option.height)


def _turned(table: Table, choice: Choice) -> Choice:
    shapes = _signatures(table)
    option = table.kernel.options[choice.option]
    splits = table.splits[table.indices.index(choice.option)]
    return Choice(shapes[(option.height, option.width, option.time, splits)], choice.y, choice.x)


def satisfies(problem: Problem, symmetry: Symmetry, choices: Mapping[str, Choice]) -> bool:
    """Tell whether choices are where `symmetry` wants them."""
    kernels = {kernel.name: kernel for kernel in problem.free}
    centres = {name: _centre2(kernels[name], choice) for name, choice in choices.items()}
    if symmetry.pivot is not None:
        x, y = centres[symmetry.pivot]
        if x > problem.width or y > problem.height or (symmetry.transpose and x < y):
            return False
    return all(centres[a][0] <= centres[b][0] for names in symmetry.classes for a, b in pairwise(names))
