"""Rows of kernels as values: planned boxes, the layout they stand in, the placement they become."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from wse_cp.construct.orders import edges_by_position
from wse_cp.construct.rows.options import Protocol4, Protocols, protocol_option
from wse_cp.construct.rows.program import RowPlan, plan_rows
from wse_cp.construct.settle import Settled, settle
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.shapes.arrays import IntArray, scaled
from wse_cp.shapes.options import Option, fit


@dataclass(frozen=True)
class RowLayout:
    """Kernels in rows that are stacked on the wafer.

    Parameters
    ----------
    order
        All kernels along the data flow, as cut into rows.
    rows
        The same kernels row by row from bottom to top, each from left to right as placed.
    heights
        Of the rows (tiles).
    time
        Cycle limit of every kernel (cycles).
    transposed
        Whether the rows stand upright: read columns for rows, from left to right and bottom to top.
    """

    order: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heights: tuple[int, ...]
    time: Fraction
    transposed: bool = False


class Boxes(NamedTuple):
    """Geometry of planned rows: sizes in the linear order (tiles), settled positions."""

    order: tuple[str, ...]
    starts: tuple[int, ...]
    widths: IntArray
    heights: IntArray
    settled: Settled
    transposed: bool

    def cost(self, instance: Instance, time: Fraction, adapters: int = 0) -> Fraction:
        """Return what they cost at a largest time (cycles) and with a number of adapters."""
        return instance.cost(time, Fraction(self.settled.wire2, 2), adapters)


def wafer(instance: Instance, transposed: bool) -> tuple[int, int]:
    """Return the room (width, height) for rows."""
    settings = instance.settings
    return (settings.height, settings.width) if transposed else (settings.width, settings.height)


def edge_array(instance: Instance, order: tuple[str, ...]) -> IntArray:
    """Return int64 rows (earlier position, later position, multiplicity), sorted by the later position."""
    edges = edges_by_position(instance, order)
    edges[:, :2].sort(axis=1)
    return edges[np.lexsort(edges[:, :2].T)]


def plan_boxes(
    instance: Instance, order: tuple[str, ...], edges: IntArray, curves: IntArray, transposed: bool = False
) -> Boxes | None:
    """Return the best rows for an order and its settled boxes, or None if nothing fits.

    Parameters
    ----------
    curves
        Shape curves at the cycle limit, in the order given.
    """
    width, height = wafer(instance, transposed)
    plan = plan_rows(curves, edges, width, height)
    return plan and boxes_of(order, plan, edges, curves, width, transposed)


def boxes_of(
    order: tuple[str, ...], plan: RowPlan, edges: IntArray, curves: IntArray, width: int, transposed: bool
) -> Boxes:
    """Return the settled boxes of a plan: each kernel as narrow as its row's height allows, then as low."""
    limits = np.repeat(np.array(plan.heights), np.diff(plan.starts))
    places = np.arange(len(order))
    widths = curves[places, limits].astype(np.int64)
    heights = curves[places, widths].astype(np.int64)
    settled = settle(widths, heights, np.array(plan.starts), edges, width)
    return Boxes(order, plan.starts, widths, heights, settled, transposed)


def layout_of(boxes: Boxes, time: Fraction) -> RowLayout:
    """Return the row layout that boxes stand in."""
    rows, heights = [], []
    for a, b in zip(boxes.starts[:-1], boxes.starts[1:], strict=True):
        rows.append(tuple(boxes.order[i] for i in sorted(range(a, b), key=boxes.settled.x.__getitem__)))
        heights.append(int(boxes.heights[a:b].max()))
    return RowLayout(boxes.order, tuple(rows), tuple(heights), time, boxes.transposed)


def stack_layout(placement: Placement) -> RowLayout:
    """Return the single row of a placement whose kernels stand side by side along x."""
    order = tuple(sorted(placement, key=lambda name: (placement[name].x, name)))
    height = max(placed.rectangle.height for placed in placement.values())
    return RowLayout(order, (order,), (height,), max(placed.time for placed in placement.values()))


def realise(
    instance: Instance, boxes: Boxes, time: Fraction, protocols: Protocols | None = None
) -> Placement:
    """Return the placement of settled boxes.

    Parameters
    ----------
    protocols
        Protocols that fit the boxes; by default every kernel gets the fastest arguments that fit.
    """
    fitted: dict[object, Option] = {}
    placed = []
    for i, name in enumerate(boxes.order):
        corner = (int(boxes.settled.x[i]), int(boxes.settled.y[i]))
        size = (int(boxes.widths[i]), int(boxes.heights[i]))
        if boxes.transposed:
            corner, size = corner[::-1], size[::-1]
        kernel = instance.kernels[name]
        protocol = protocols[name] if protocols else None
        key = (kernel, size, protocol)
        if key not in fitted:
            fitted[key] = _option(instance, kernel, time, size, protocol)
        option = fitted[key]
        placed.append(PlacedKernel(name, kernel, option.args, *corner, option.rotated))
    return Placement(placed)


def _option(
    instance: Instance, kernel: Kernel, time: Fraction, size: tuple[int, int], protocol: Protocol4 | None
) -> Option:
    limit = scaled(instance, time)
    if protocol is None:
        option = fit(kernel, instance.settings, instance.time_scale, limit, *size)
    else:
        option = protocol_option(kernel, instance, limit, protocol, *size)
    assert option is not None, f"no shape of {kernel} within {size}"
    return option
