"""From an instance and an incumbent to a problem, and from an outcome back to a placement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from wse_cp.cpsat.problem import Choice, FixedKernel, FreeKernel, Problem, choices_cost, obstacles, placed
from wse_cp.cpsat.relations import relations_of
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement, Rectangle
from wse_cp.shapes.options import Option


@dataclass(frozen=True)
class Part:
    """The part of an instance that a problem of some kernels holds beside these.

    Parameters
    ----------
    fixed
        Those of the other kernels that matter: what is in the regions, the ends of wires.
    edges
        The edges of the free kernels.
    others_time
        The largest time of all other kernels (1 / time_scale cycles).
    """

    fixed: Sequence[str]
    edges: tuple[tuple[str, str, int], ...]
    others_time: int


def problem_from(
    instance: Instance,
    options: Mapping[str, Sequence[Option]],
    incumbent: Mapping[str, PlacedKernel] | None = None,
    *,
    free: Sequence[str] | None = None,
    part: Part | None = None,
    keep_relations: bool = False,
    loose: Collection[str] = (),
    regions: Mapping[str, Rectangle] | None = None,
    upper_bound: Fraction | None = None,
    min_time: Fraction = Fraction(0),
    max_time: Fraction | None = None,
) -> Problem:
    """Return the problem of placing some kernels of an instance anew.

    Parameters
    ----------
    options
        What each free kernel may become; the incumbent's option is added where it is missing.
    incumbent
        Legal; gives the places of fixed kernels, the relations and the hint. Needed unless all are free.
    free
        Kernels to decide on; None for all.
    part
        What the problem holds beside them; None for everything. Else its costs are those of the part, and the
        upper bound is the incumbent's.
    keep_relations, loose
        Keep the incumbent's left-of and below relations of all pairs that touch no loose kernel. Of a part
        only fixed kernels that free ones could run into have relations.
    regions
        Where free kernels must stay (default: the wafer). Without effect on the hint, which must fit.
    upper_bound
        Only costs strictly below it are wanted.
    min_time, max_time
        Proven lower bound of, and limit on, the largest time (cycles).
    """
    settings, scale = instance.settings, instance.time_scale
    names = list(instance.kernels) if free is None else list(free)
    others = _others(instance, names) if part is None else part.fixed
    spots = {} if incumbent is None else {n: spot(instance, incumbent[n]) for n in [*names, *others]}
    wafer = Rectangle(0, 0, settings.width, settings.height)
    within = regions or {}
    kernels = [_free_kernel(n, options[n], spots.get(n), within.get(n, wafer)) for n in names]
    problem = Problem(
        *(settings.width, settings.height),
        *(settings.wdeltat, settings.wlength, settings.wadapter),
        scale,
        tuple(kernels),
        tuple(spots[name] for name in others),
        instance.kernel_edges if part is None else part.edges,
        upper_bound=None if upper_bound is None else ceil(model_cost(instance, upper_bound)),
        min_time=ceil(min_time * scale) if part is None else part.others_time,
        max_time=None if max_time is None else int(max_time * scale),
        hint={kernel.name: _hint(kernel, spots[kernel.name]) for kernel in kernels if spots},
    )
    if keep_relations:
        near = problem.fixed if part is None else [kernel for kernel, _ in obstacles(problem)]
        rectangles = {name: spots[name].rectangle for name in [*names, *(kernel.name for kernel in near)]}
        problem = replace(problem, relations=relations_of(rectangles, loose, others))
    return problem if part is None else replace(problem, upper_bound=choices_cost(problem, problem.hint))


def _others(instance: Instance, names: Iterable[str]) -> list[str]:
    chosen = frozenset(names)
    return [name for name in instance.kernels if name not in chosen]


def _free_kernel(
    name: str, options: Sequence[Option], at: FixedKernel | None, region: Rectangle
) -> FreeKernel:
    given = tuple(options)
    if at is not None and at.option not in given:
        given = (*given, at.option)
    x, y, width, height = region
    return FreeKernel(name, given, (x, x + width), (y, y + height))


def _hint(kernel: FreeKernel, at: FixedKernel) -> Choice:
    return Choice(kernel.options.index(at.option), at.x, at.y)


def spot(instance: Instance, kernel: PlacedKernel) -> FixedKernel:
    """Return a placed kernel as the models see it."""
    rectangle = kernel.rectangle
    time = int(kernel.time * instance.time_scale)
    option = Option(rectangle.width, rectangle.height, time, kernel.args, kernel.rotated)
    return FixedKernel(kernel.name, option, kernel.x, kernel.y)


def model_cost(instance: Instance, cost: Fraction) -> Fraction:
    """Return a cost in model units."""
    return cost * 2 * instance.time_scale


def free_kernels(instance: Instance, problem: Problem, choices: Mapping[str, Choice]) -> list[PlacedKernel]:
    """Return the free kernels of a problem as chosen; whoever takes them has to check them."""
    found = placed(problem, choices)
    return [_placed_kernel(instance, found[kernel.name]) for kernel in problem.free]


def placement_from(instance: Instance, problem: Problem, choices: Mapping[str, Choice]) -> Placement:
    """Return the placement of choices for all free kernels; whoever takes it has to check it."""
    return Placement(_placed_kernel(instance, at) for at in placed(problem, choices).values())


def _placed_kernel(instance: Instance, at: FixedKernel) -> PlacedKernel:
    kernel = instance.kernels[at.name]
    return PlacedKernel(at.name, kernel, at.option.args, at.x, at.y, at.option.rotated)
