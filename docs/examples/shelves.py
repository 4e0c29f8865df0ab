"""A placement heuristic in 30 lines: kernels in the order of the data flow, on shelves of equal height."""

import sys
from bisect import bisect_left
from functools import cache
from math import ceil

from networkx import topological_sort

import wse_cp as wse
from wse_cp.kernels import Kernel, conv_memory, conv_time, convs

time_of, memory_of = cache(conv_time), cache(conv_memory)  # the bisection asks for the same again and again


@cache
def narrowest(kernel: Kernel, height: int, limit: int, memory: int) -> wse.Arguments | None:
    """Return the narrowest shape of at most that height that keeps the limits of time and memory, if any."""
    shapes, parts = [], convs(kernel)
    rows, columns = ({ceil(size / i) for i in range(1, size + 1)} for size in (kernel.H, kernel.W))
    for h, w in ((h, w) for h in rows for w in columns if 2 * h * w <= height):
        c = tuple(min(part.C, height // (h * w) - 1) for part in parts)
        rounds = [limit // time_of(part, h, w, i, part.K) for part, i in zip(parts, c, strict=True)]
        if all(rounds):  # else one is too slow even with tiles of its own for each output channel
            words = [memory_of(part, h, w, i, 1) for part, i in zip(parts, c, strict=True)]
            needs = zip(parts, rounds, words, strict=True)
            k = tuple(max(ceil(part.K / n), ceil(m / memory)) for part, n, m in needs)
            shapes.append(wse.Arguments(h, w, c, k))
    return min(shapes, key=lambda args: sum(args.k), default=None)


def shelves(instance: wse.Instance, count: int, limit: int) -> wse.Placement | None:
    """Return a placement on that many shelves with no kernel slower than the limit, if there is room."""
    wafer, x, shelf, placed = instance.settings, 0, 0, []
    for name in topological_sort(instance.kernel_graph):
        kernel = instance.kernels[name]
        args = narrowest(kernel, wafer.height // count, limit, wafer.memlimit)
        width = 3 * sum(args.k) if args else wafer.width + 1
        if x + width > wafer.width:
            x, shelf = 0, shelf + 1
        if shelf == count or width > wafer.width:
            return None
        placed.append(wse.PlacedKernel(name, kernel, args, x, shelf * (wafer.height // count)))
        x += width
    return wse.Placement(placed)


def place(instance: wse.Instance) -> wse.Placement:
    """Return the cheapest placement on one, two or three shelves, each with the least limit that fits."""
    limits, found = [ceil(1.05**i) for i in range(350)], []
    for count in 1, 2, 3:
        i = bisect_left(limits, True, key=lambda limit: shelves(instance, count, limit) is not None)
        found += [shelves(instance, count, limit) for limit in limits[i : i + 1]]
    return min(found, key=lambda placement: wse.score(instance, placement).cost)


if __name__ == "__main__":
    problem = wse.load(sys.argv[1])
    wse.save(sys.argv[2], problem, place(problem))
