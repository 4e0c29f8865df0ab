"""From an instance and an incumbent to a problem, and from an outcome back to a placement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import ceil

from wse_cp.cpsat.problem import Choice, FixedKernel, FreeKernel, Problem, placed, relations_of
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement, Rectangle
from wse_cp.shapes.options import Option


def problem_from(
    instance: Instance,
    options: Mapping[str, Sequence[Option]],
    incumbent: Placement | None = None,
    *,
    free: Collection[str] | None = None,
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
    keep_relations, loose
        Keep the incumbent's left-of and below relations of all pairs that touch no loose kernel.
    regions
        Where free kernels must stay (default: the wafer). Without effect on the hint, which must fit.
    upper_bound
        Only costs strictly below it are wanted.
    min_time, max_time
        Proven lower bound of, and limit on, the largest time (cycles).
    """
    settings, scale = instance.settings, instance.time_scale
    names = [name for name in instance.kernels if free is None or name in free]
    spots = {} if incumbent is None else {name: spot(instance, incumbent[name]) for name in instance.kernels}
    still = tuple(spots[name] for name in instance.kernels if name not in names)
    wafer = Rectangle(0, 0, settings.width, settings.height)
    kernels = [
        _free_kernel(name, options[name], spots.get(name), (regions or {}).get(name, wafer)) for name in names
    ]
    rectangles = {name: at.rectangle for name, at in spots.items()}
    fixed = [kernel.name for kernel in still]
    relations = relations_of(rectangles, loose, fixed) if keep_relations else ()
    return Problem(
        settings.width,
        settings.height,
        settings.wdeltat,
        settings.wlength,
        settings.wadapter,
        scale,
        tuple(kernels),
        still,
        instance.kernel_edges,
        relations,
        upper_bound=None if upper_bound is None else ceil(model_cost(instance, upper_bound)),
        min_time=ceil(min_time * scale),
        max_time=None if max_time is None else int(max_time * scale),
        hint={kernel.name: _hint(kernel, spots[kernel.name]) for kernel in kernels if spots},
    )


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


def placement_from(instance: Instance, problem: Problem, choices: Mapping[str, Choice]) -> Placement:
    """Return the placement of choices for all free kernels; whoever takes it has to check it."""
    return Placement(
        PlacedKernel(name, instance.kernels[name], at.option.args, at.x, at.y, at.option.rotated)
        for name, at in placed(problem, choices).items()
    )
