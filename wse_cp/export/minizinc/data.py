"""Data files for the MiniZinc model: a table of shapes, each kernel's range of rows in it, edges, weights."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, gcd

from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.tables import Splits, option_table
from wse_cp.cpsat.whole import problem_from
from wse_cp.errors import InputError
from wse_cp.files.paint import definition_text, splits_text
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.placement import Placement
from wse_cp.score import score, violations
from wse_cp.shapes.arrays import UNLIMITED, scaled
from wse_cp.shapes.complete import EdgeUse, TooManyOptionsError, complete_options, edge_use
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.shapes.options import Option

#: Most rows of an option table: about 10 MB of text.
MAX_TABLE = 200_000


@dataclass(frozen=True)
class _Data:
    """The content of a data file; `ranges` are each kernel's first and last row, from 1."""

    instance: Instance
    problem: Problem
    least_time: int
    complete: bool
    rows: Sequence[tuple[Option, Splits]]
    ranges: Sequence[tuple[int, int]]


def format_data(
    instance: Instance, placement: Placement | None = None, max_options: int | None = None
) -> str:
    """Return a MiniZinc data file for an instance.

    Parameters
    ----------
    placement
        A legal placement that the solver is to improve on: shapes too slow for its cost are left out, its own
        are kept. That loses no better placement.
    max_options
        Keep at most so many shapes of a kernel, those of least time x area; then the best placement may be
        lost. Without it, all shapes that may matter are kept.

    Raises
    ------
    InputError
        If the placement is not legal, the kernels cannot fit the wafer, or there are too many shapes.
    """
    if placement is not None:
        for violation in violations(instance, placement.values()):
            raise InputError("a legal placement", violation.message)
    return "\n".join([*_lines(_data(instance, placement, max_options)), ""])


def _data(instance: Instance, placement: Placement | None, max_options: int | None) -> _Data:
    low, high = scaled(instance, least_time_by_area(instance)), _slowest(instance, placement)
    uses = {name: (kernel, edge_use(instance, name)) for name, kernel in instance.kernels.items()}
    options, complete = _options(instance, uses, low, high, max_options)
    problem = problem_from(instance, options, placement)
    rows: list[tuple[Option, Splits]] = []
    by_use: dict[tuple[Kernel, EdgeUse], tuple[int, int]] = {}
    known: dict[tuple[object, ...], tuple[int, int]] = {}
    for kernel in problem.free:
        use = uses[kernel.name]
        if use not in by_use:  # kernels of the same use have the same table
            table = option_table(problem, kernel, high)
            content = tuple(zip(table.options, table.splits, strict=True))
            if content not in known:
                known[content] = (len(rows) + 1, len(rows) + len(content))
                rows += content
            by_use[use] = known[content]
    ranges = [by_use[uses[kernel.name]] for kernel in problem.free]
    if len(rows) > MAX_TABLE:
        raise _too_many(f"{len(rows)}")
    return _Data(instance, problem, low, complete, rows, ranges)


def _slowest(instance: Instance, placement: Placement | None) -> int:
    """Return the largest time of any placement of at most the same cost (1 / time_scale cycles)."""
    if placement is None or not instance.settings.wdeltat:
        return UNLIMITED
    return floor(score(instance, placement).cost / instance.settings.wdeltat * instance.time_scale)


def _options(
    instance: Instance,
    uses: Mapping[str, tuple[Kernel, EdgeUse]],
    low: int,
    high: int,
    max_options: int | None,
) -> tuple[dict[str, list[Option]], bool]:
    """Return the options of every kernel, and whether they are all that may matter."""
    known = {use: _kernel_options(instance, *use, (low, high), max_options) for use in set(uses.values())}
    return {name: known[use][0] for name, use in uses.items()}, all(full for _, full in known.values())


def _kernel_options(
    instance: Instance, kernel: Kernel, use: EdgeUse, limits: tuple[int, int], most: int | None
) -> tuple[list[Option], bool]:
    settings, scale = instance.settings, instance.time_scale
    complete = True
    try:
        options = complete_options(kernel, settings, scale, *limits, use)
    except TooManyOptionsError:
        complete = False
        if most is None:
            raise _too_many("more") from None
        centre_only = EdgeUse(False, False, use.centre)  # the splits may still agree by chance
        options = complete_options(kernel, settings, scale, *limits, centre_only)
    if most is None or len(options) <= most:
        return options, complete
    return sorted(options, key=lambda option: option.time * option.width * option.height)[:most], False


def _too_many(found: str) -> InputError:
    expected = (
        f"at most {MAX_TABLE} shapes of kernels that may matter (--max-options keeps some, a good SOLUTION"
    )
    return InputError(f"{expected} leaves out the slow)", found)


def _lines(data: _Data) -> Iterable[str]:
    instance, settings = data.instance, data.instance.settings
    weights = data.problem.weights
    unit = gcd(weights.time, weights.length2, weights.adapter) or 1
    value = Fraction(unit, 2 * instance.time_scale)
    yield f"% {instance.test or 'an instance'}; the model is placement.mzn of wse-cp"
    yield f"width = {settings.width};"
    yield f"height = {settings.height};"
    yield f"weight_time = {weights.time // unit};"
    yield f"weight_length2 = {weights.length2 // unit};"
    yield f"weight_adapter = {weights.adapter // unit};"
    yield f"cost_numerator = {value.numerator};"
    yield f"cost_denominator = {value.denominator};"
    yield f"least_time = {data.least_time};"
    yield f"all_shapes = {_bool(data.complete)};"
    yield from _kernel_lines(instance, data.ranges)
    yield from _option_lines(data.rows)
    yield from _edge_lines(instance)


def _kernel_lines(instance: Instance, ranges: Sequence[tuple[int, int]]) -> Iterable[str]:
    yield f"kernel_count = {len(instance.kernels)};"
    yield _array("kernel_name", map(_string, instance.kernels))
    yield _array(
        "kernel_definition", (_string(definition_text(kernel)) for kernel in instance.kernels.values())
    )
    yield _array("first_option", (first for first, _ in ranges))
    yield _array("last_option", (last for _, last in ranges))


def _option_lines(rows: Sequence[tuple[Option, Splits]]) -> Iterable[str]:
    yield f"option_count = {len(rows)};"
    yield _array("option_width", (option.width for option, _ in rows))
    yield _array("option_height", (option.height for option, _ in rows))
    yield _array("option_time", (option.time for option, _ in rows))
    for key in Splits._fields:
        yield _array(f"option_{key}", (getattr(splits, key) for _, splits in rows))
    yield _array("option_rotated", (_bool(option.rotated) for option, _ in rows))
    yield _array("option_arguments", (_string(splits_text(option.args)) for option, _ in rows))


def _edge_lines(instance: Instance) -> Iterable[str]:
    rank = {name: i for i, name in enumerate(instance.kernels, 1)}
    yield _array("edge_source", (rank[source] for source, _, _ in instance.kernel_edges))
    yield _array("edge_target", (rank[target] for _, target, _ in instance.kernel_edges))
    yield _array("edge_count", (count for _, _, count in instance.kernel_edges))


def _array(name: str, values: Iterable[object]) -> str:
    return f"{name} = [{', '.join(map(str, values))}];"


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _string(text: str) -> str:
    """Return a string of MiniZinc's; names are printable, so only quotes and backslashes need escapes."""
    return json.dumps(text, ensure_ascii=False)
