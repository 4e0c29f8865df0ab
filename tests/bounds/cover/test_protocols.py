"""The rows of kernels with all their splits, against all options."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from tests.bounds.networks import channels_at
from tests.bounds.verifier.cases import random_network
from tests.bounds.verifier.covers import shapes_within, smallest
from tests.bounds.verifier.forests import thickness
from tests.cpsat.brute_force import all_options
from wse_cp.bounds.cover.protocols import OUTPUT, PLACE, SPLIT, THICKNESS, TILES, ProtocolMaker
from wse_cp.instance import Instance
from wse_cp.kernels import Conv

Splits = tuple[int, int, int, int]
Sizes = dict[Splits, set[tuple[int, int]]]


def rows_of(instance: Instance, time: int) -> list[Sizes]:
    """Area and thickness of the rows of each kernel, by classes of h and w and splits c and k."""
    names = sorted(instance.kernels)
    shapes = [smallest(own) for own in shapes_within(instance, time)]
    known = {
        instance.kernels[name]: np.array(sorted({min(one) for one in own}), float)
        for name, own in zip(names, shapes, strict=True)
    }
    rows = ProtocolMaker(instance, names).rows(time, known)
    found: list[Sizes] = []
    for kind in rows.kinds.tolist():
        sizes: Sizes = {}
        outputs = rows.outputs[:, rows.output_pointers[kind] :]
        for i in range(rows.input_pointers[kind], rows.input_pointers[kind + 1]):
            for r in range(rows.row_pointers[i], rows.row_pointers[i + 1]):
                out = outputs[:, rows.table[OUTPUT, r]]
                place = divmod(int(rows.inputs[PLACE, i]), rows.extents[1])
                assert out[PLACE] == rows.inputs[PLACE, i]
                key = (*place, int(rows.inputs[SPLIT, i]), int(out[SPLIT]))
                sizes.setdefault(key, set()).add((int(rows.table[TILES, r]), int(rows.table[THICKNESS, r])))
        found.append(sizes)
    return found


def options_of(instance: Instance, time: int) -> list[Sizes]:
    """The same by looking at all options; splits and classes as the kernels' edges tell them apart."""
    names, kernels = sorted(instance.kernels), instance.kernels
    side = max(instance.settings.width, instance.settings.height)
    tops = [max(getattr(kernel, loop) for kernel in kernels.values()) for loop in "HW"]
    # every class that a split within the wafer's side may have, if h * w * 2 fits
    ceilings = [sorted({-(-top // n) for n in range(1, side // 2 + 1)}) for top in tops]
    shapes = [smallest(own) for own in shapes_within(instance, time)]
    found: list[Sizes] = []
    for name, least in zip(names, shapes, strict=True):
        kernel = kernels[name]
        loops = sorted({channels_at(instance, v) for u, v, _ in instance.kernel_edges if u == name})
        reads = [channels_at(instance, name)] if any(v == name for _, v, _ in instance.kernel_edges) else []
        sizes: Sizes = {}
        for o in all_options(instance, kernel):
            if o.time > time:
                continue
            h, w = (
                own.index(-(-top // n))
                for own, top, n in zip(ceilings, tops, (o.args.h, o.args.w), strict=True)
            )
            k = o.args.k[0 if isinstance(kernel, Conv) else 2]
            key = h, w, first(o.args.c[0], reads), first(k, loops)
            size = o.width * o.height, thickness((o.width, o.height), least)
            sizes.setdefault(key, set()).add(size)
        found.append(sizes)
    return found


def first(split: int, loops: list[int]) -> int:
    """The least split of the same class for all loops."""
    return min(n for n in range(1, split + 1) if all(-(-loop // n) == -(-loop // split) for loop in loops))


@pytest.mark.parametrize("kind", ["chain", "dense", "star"])
def test_rows_cost_as_little_as_options_of_the_same_splits(kind: str) -> None:
    finite = 0
    for seed in range(6):
        random = Random(f"rows {seed}")
        instance = random_network(random, kind, adapters=True, blocks=seed == 5, largest=12)
        time = random.choice([40, 200, 4000])
        if not all(shapes_within(instance, time)):
            continue
        finite += 1
        for rows, options in zip(rows_of(instance, time), options_of(instance, time), strict=True):
            assert rows.keys() == options.keys()
            for key, sizes in options.items():
                assert rows[key] <= sizes
                for area, thick in ((1, 0), (0, 1), (1, 7)):
                    costs = [min(area * a + thick * t for a, t in own) for own in (rows[key], sizes)]
                    assert costs[0] == costs[1]
    assert finite > 2
