"""The placement of an arrangement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from wse_cp.construct.columns.arrangement import Arrangement, opened
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.protocols import Box, Ways, chosen, match, ways_of
from wse_cp.construct.columns.state import State
from wse_cp.construct.rows.options import Protocol4, protocol_option
from wse_cp.kernels import Arguments
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.shapes.arrays import IntArray, scaled
from wse_cp.shapes.options import fit


class Realiser:
    """Makes placements of one problem; remembers what fits which box at a cycle limit."""

    def __init__(self, problem: ColumnProblem) -> None:
        self._problem = problem
        self._limit: Fraction | None = None
        self._fitting: dict[tuple[Box, Protocol4 | None], tuple[Arguments, bool]] = {}
        self._ways: dict[Box, Ways] = {}

    def placement(self, arrangement: Arrangement, limit: Fraction) -> Placement:
        """Return the placement of an arrangement that fits at a cycle limit."""
        if limit != self._limit:
            self._limit, self._fitting, self._ways = limit, {}, {}
        problem = self._problem
        curves = problem.curves(limit)
        state = opened(problem, curves, arrangement)
        assert state is not None, "the arrangement does not fit"
        boxes = self._boxes(state, curves)
        matched = problem.instance.weighs_adapters and problem.protocols is None
        built = self._matched(boxes) if matched else self._fitted(boxes)
        return self._placed(state, boxes, built)

    def _boxes(self, state: State, curves: IntArray) -> list[Box]:
        """Return the box of each kernel: as narrow as its column's width leaves it height."""
        classes, turned = self._problem.classes, self._problem.transposed
        wide = state.columns.wide[state.column]
        tall = curves[classes, wide]
        narrow = curves[classes, tall]
        sizes = zip(*((tall, narrow) if turned else (narrow, tall)), strict=True)
        kernels = self._problem.instance.kernels.values()
        return [Box(kernel, int(w), int(h)) for kernel, (w, h) in zip(kernels, sizes, strict=True)]

    def _fitted(self, boxes: list[Box]) -> Iterator[tuple[Arguments, bool]]:
        """Yield the fastest arguments within the boxes, with the forced protocols if any, and if rotated."""
        problem = self._problem
        for number, box in zip(problem.classes, boxes, strict=True):
            key = box, problem.kinds[number].protocol
            if key not in self._fitting:
                self._fitting[key] = self._option(*key)
            yield self._fitting[key]

    def _option(self, box: Box, protocol: Protocol4 | None) -> tuple[Arguments, bool]:
        instance = self._problem.instance
        assert self._limit is not None
        limit = scaled(instance, self._limit)
        if protocol is None:
            option = fit(box.kernel, instance.settings, instance.time_scale, limit, box.width, box.height)
        else:
            option = protocol_option(box.kernel, instance, limit, protocol, box.width, box.height)
        assert option is not None, f"no shape of {box.kernel} within {box.width} x {box.height}"
        return option.args, option.rotated

    def _matched(self, boxes: list[Box]) -> Iterator[tuple[Arguments, bool]]:
        """Yield arguments within the boxes that need few adapters, and whether they are rotated."""
        instance = self._problem.instance
        assert self._limit is not None
        limit = scaled(instance, self._limit)
        numbers = {box: i for i, box in enumerate(dict.fromkeys(boxes))}
        for box in numbers:
            if box not in self._ways:
                self._ways[box] = ways_of(box, instance, limit)
        ways = [self._ways[box] for box in numbers]
        groups = np.array([numbers[box] for box in boxes], np.int64)
        number, protocol = match(groups, ways, self._problem.edges, len(boxes))
        for box, group, way, (c, k) in zip(boxes, groups, number, protocol.tolist(), strict=True):
            yield chosen(ways[group], int(way), c, k, box.kernel)

    def _placed(self, state: State, boxes: list[Box], built: Iterable[tuple[Arguments, bool]]) -> Placement:
        """Return the kernels in the middle of their columns' width, at their own height."""
        problem, placed = self._problem, []
        columns = state.column
        for i, (name, box, (args, rotated)) in enumerate(zip(problem.names, boxes, built, strict=True)):
            extent = (box.height, box.width) if problem.transposed else (box.width, box.height)
            x = int(state.columns.left[columns[i]]) + (int(state.columns.wide[columns[i]]) - extent[0]) // 2
            y = (int(state.y2[i]) - extent[1]) // 2
            corner = (y, x) if problem.transposed else (x, y)
            placed.append(PlacedKernel(name, box.kernel, args, *corner, rotated))
        return Placement(placed)
