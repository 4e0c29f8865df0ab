"""The placement of an arrangement."""

from __future__ import annotations

from fractions import Fraction

from wse_cp.construct.columns.arrangement import Arrangement, opened
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.kernels import Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.shapes.arrays import scaled
from wse_cp.shapes.options import Option, fit


class Realiser:
    """Makes placements of one problem; remembers the options it has found for a cycle limit."""

    def __init__(self, problem: ColumnProblem) -> None:
        self._problem = problem
        self._limit: Fraction | None = None
        self._options: dict[tuple[Kernel, int, int], Option] = {}

    def placement(self, arrangement: Arrangement, limit: Fraction) -> Placement:
        """Return the placement of an arrangement that fits at a cycle limit."""
        if limit != self._limit:
            self._limit, self._options = limit, {}
        problem = self._problem
        curves = problem.curves(limit)
        state = opened(problem, curves, arrangement)
        assert state is not None, "the arrangement does not fit"
        placed = []
        kernels = list(problem.instance.kernels.items())
        for i, (name, kernel) in enumerate(kernels):
            column = state.column[i]
            curve = curves[problem.classes[i]]
            wide = int(state.columns.wide[column])
            tall = int(curve[wide])
            option = self._option(kernel, limit, int(curve[tall]), tall)
            extent = (option.height, option.width) if problem.transposed else (option.width, option.height)
            x = int(state.columns.left[column]) + (wide - extent[0]) // 2
            y = (int(state.y2[i]) - extent[1]) // 2
            corner = (y, x) if problem.transposed else (x, y)
            placed.append(PlacedKernel(name, kernel, option.args, *corner, option.rotated))
        return Placement(placed)

    def _option(self, kernel: Kernel, limit: Fraction, wide: int, tall: int) -> Option:
        """Return the fastest option within a box along and across the rows, as it stands on the wafer."""
        key = kernel, wide, tall
        if key not in self._options:
            instance = self._problem.instance
            width, height = (tall, wide) if self._problem.transposed else (wide, tall)
            option = fit(
                kernel, instance.settings, instance.time_scale, scaled(instance, limit), width, height
            )
            assert option is not None, f"no shape of {kernel} within {width} x {height}"
            self._options[key] = option
        return self._options[key]
