"""From a laid-out tree to a checked placement."""

from __future__ import annotations

from wse_cp.construct.slicing.channels import Door, choose_channels
from wse_cp.construct.slicing.state import TIME_INDEX, Array, Model, Tree
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import conv_rows
from wse_cp.shapes.loops import least_k, smallest_c
from wse_cp.shapes.options import Option, fit


def realise(instance: Instance, model: Model, tree: Tree) -> Placement:
    """Return the checked placement of a laid-out tree that fits the wafer."""
    placed = _forced_kernels(instance, model, tree) if tree.forced[0].any() else _free(instance, model, tree)
    placement = Placement(placed)
    checked_score(instance, placement)
    return placement


def _free(instance: Instance, model: Model, tree: Tree) -> list[PlacedKernel]:
    time = int(model.times[tree.scalars[TIME_INDEX]])
    known: dict[tuple[Kernel, int, int], Option] = {}
    found = []
    for i, (name, kernel) in enumerate(instance.kernels.items()):
        x, y, width, height = map(int, tree.rects[:, i])
        key = (kernel, width, height)
        if key not in known:
            option = fit(kernel, instance.settings, instance.time_scale, time, width, height)
            assert option is not None, f"no shape of {kernel} within {width} x {height}"
            known[key] = option
        found.append(PlacedKernel(name, kernel, known[key].args, x, y, known[key].rotated))
    return found


def _forced_kernels(instance: Instance, model: Model, tree: Tree) -> list[PlacedKernel]:
    ranges: dict[Door, tuple[int, int]] = {}
    for i, name in enumerate(instance.kernels):
        low_c, high_c, low_k, high_k = map(int, tree.channels[:, i])
        ranges[name, "in"], ranges[name, "out"] = (low_c, high_c), (low_k, high_k)
    chosen = choose_channels(instance.kernel_edges, ranges)
    found = []
    for i, name in enumerate(instance.kernels):
        args = _arguments(instance, model, tree, i, name, (chosen[name, "in"], chosen[name, "out"]))
        found.append(_centred(tree, i, name, instance.kernels[name], args))
    return found


def _centred(tree: Tree, leaf: int, name: str, kernel: Kernel, args: Arguments) -> PlacedKernel:
    rotated = bool(tree.level[leaf, tree.rects[2, leaf]] < 0)
    size = PlacedKernel(name, kernel, args, 0, 0, rotated).rectangle
    x, y, width, height = map(int, tree.boxes[:, leaf])
    corner = x + (width - size.width) // 2, y + (height - size.height) // 2
    return PlacedKernel(name, kernel, args, *corner, rotated)


def _arguments(
    instance: Instance, model: Model, tree: Tree, leaf: int, name: str, channels: tuple[int, int]
) -> Arguments:
    """Return the arguments behind a leaf's rectangle, with the channels chosen for its doors.

    The other convolutions get the least k at the height level and the least c that allows it.
    """
    kernel, memlimit = instance.kernels[name], instance.settings.memlimit
    trips: Array = model.trips[tree.scalars[TIME_INDEX], model.kernel_class[leaf]]
    h, w = int(tree.forced[0, leaf]), int(tree.forced[1, leaf])
    level = abs(int(tree.level[leaf, tree.rects[2, leaf]]))
    c, k = [], []
    rows = conv_rows(kernel)
    for i, row in enumerate(rows):
        own = int(tree.forced[2, leaf]) if i == 0 and len(rows) > 1 and tree.forced[2, leaf] else level
        k.append(int(least_k(row, trips[i], memlimit, h, w, own)))
        c.append(int(smallest_c(row, trips[i], memlimit, h, w, own, k[-1])))
    c[0], k[min(2, len(k) - 1)] = channels
    return Arguments(h, w, tuple(c), tuple(k))
