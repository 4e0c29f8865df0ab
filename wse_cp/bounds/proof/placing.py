"""The placement that a solved region without anything left to decide is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from wse_cp.bounds.proof.listing import COLUMNS, HEIGHT, IN, OUT, ROWS, TIME, WIDTH
from wse_cp.bounds.proof.region import Region
from wse_cp.bounds.proof.relaxation import Solved
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, Kernel, conv_memory, conv_time, convs
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import violations


def placement_of(instance: Instance, region: Region, solved: Solved) -> Placement | None:
    """Return the placement of a region with one shape for each kernel; None if it is none, or not legal."""
    placed = []
    for i, name in enumerate(sorted(instance.kernels)):
        if len(region.shapes[i]) != 1:
            return None
        row = [int(value) for value in region.shapes[i][0]]
        found = _arguments(instance, instance.kernels[name], row)
        if found is None:
            return None
        args, rotated = found
        x, y = (round((float(solved.centres[axis, i]) - row[axis]) / 2) for axis in (0, 1))
        placed.append(PlacedKernel(name, instance.kernels[name], args, x, y, rotated))
    placement = Placement(placed)
    return None if violations(instance, placement) else placement


def _arguments(instance: Instance, kernel: Kernel, row: Sequence[int]) -> tuple[Arguments, bool] | None:
    """Return arguments, and whether they are rotated, of the shape in a row of a listing."""
    parts = convs(kernel)
    for rotated in (False, True):
        width, height = (row[HEIGHT], row[WIDTH]) if rotated else (row[WIDTH], row[HEIGHT])
        if width % 3:
            continue
        for h, w in _splits(row, height):
            top = height // (h * w) - 1
            if top < 1 or h * w * (top + 1) != height:
                continue
            first = row[IN] or top
            cs = [first if not i and len(parts) > 1 else top for i in range(len(parts))]
            if len(parts) == 1 and row[IN] not in (0, top):
                continue
            ks = _channels(instance, kernel, h, w, cs, row, width // 3)
            if ks is not None:
                return Arguments(h, w, tuple(cs), tuple(ks)), rotated
    return None


def _splits(row: Sequence[int], height: int) -> list[tuple[int, int]]:
    if row[ROWS]:
        return [(row[ROWS], row[COLUMNS])]
    return [(h, w) for h, w in product(range(1, height + 1), repeat=2) if h * w <= height]


def _channels(
    instance: Instance, kernel: Kernel, h: int, w: int, cs: list[int], row: Sequence[int], total: int
) -> list[int] | None:
    """Return splits k that sum to `total` and are fast enough and within the memory."""
    parts, output = convs(kernel), min(2, len(cs) - 1)
    needed = []
    for i, (part, c) in enumerate(zip(parts, cs, strict=True)):
        allowed = [row[OUT]] if i == output and row[OUT] else range(1, total + 1)
        fits = [
            k
            for k in allowed
            if conv_time(part, h, w, c, k) * instance.time_scale <= row[TIME]
            and conv_memory(part, h, w, c, k) <= instance.settings.memlimit
        ]
        if not fits:
            return None
        needed.append(min(fits))
    spare = total - sum(needed)
    if spare < 0:
        return None
    if spare:  # more only helps; the output's split is given where it is compared
        free = [i for i in range(len(cs)) if i != output or not row[OUT]]
        if not free:
            return None
        needed[free[0]] += spare
    return needed
