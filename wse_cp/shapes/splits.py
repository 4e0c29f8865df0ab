"""Loop splits worth considering, for searches that cannot look at all of them.

A loop of given length makes `ceil(length / split)` trips, so only the least split for each number of trips is
useful; any other costs tiles and saves no time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np

from wse_cp.instance import Instance
from wse_cp.kernels import convs
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.options import pareto_shapes

#: Splits up to this number are all among the split values: memory may ask for any of them.
_ALL_UP_TO = 8
#: Most channel splits of one protocol that are looked at.
_CHANNELS = 40
#: Most (h, w) of one kernel that are frequent, and cycle limits at which they are counted.
_FREQUENT, _LIMITS = 40, 5


@cache
def least_splits(length: int) -> tuple[int, ...]:
    """Return the least split of a loop for each possible number of trips, ascending."""
    return tuple(sorted({-(-length // trips) for trips in range(1, length + 1)}))


def channel_splits(channels: int) -> tuple[int, ...]:
    """Return the smaller least splits of a number of channels, and only some of the larger ones if many."""
    every = least_splits(channels)
    return every if len(every) <= _CHANNELS else (*every[: _CHANNELS // 2], *every[_CHANNELS // 2 :: 3])


def compared_channels(instance: Instance, name: str) -> int:
    """Return the number of channels whose splits are worth considering at a kernel's input.

    As a rule that is what the kernel reads. A grouped convolution reads fewer channels at a time than each of
    its producers writes: there it is the least multiple that is no less than the fewest that any of them
    writes. Where edges lead around kernels, each from a kernel's only producer to its only consumer, that
    consumer and those of these kernels that read as much have the greatest of their numbers in common.
    """
    graph = instance.kernel_graph
    consumers = list(graph.successors(name))
    sink = consumers[0] if len(consumers) == 1 and _goes_around(instance, name, consumers[0]) else name
    around = (u for u in graph.predecessors(sink) if _goes_around(instance, u, sink))
    return max(_useful_channels(instance, kernel) for kernel in (sink, *around))


def _goes_around(instance: Instance, name: str, sink: str) -> bool:
    """Tell whether an edge leads around a kernel to its only consumer, which reads as many channels."""
    graph = instance.kernel_graph
    if graph.in_degree(name) != 1 or graph.out_degree(name) != 1:
        return False
    (source,) = graph.predecessors(name)
    alike = convs(instance.kernels[name])[0].C == convs(instance.kernels[sink])[0].C
    return graph.has_edge(source, sink) and alike


def _useful_channels(instance: Instance, name: str) -> int:
    """Return what a kernel reads, or its least multiple that reaches the fewest that a producer writes."""
    producers = (convs(instance.kernels[u]) for u in instance.kernel_graph.predecessors(name))
    writes = [parts[min(2, len(parts) - 1)].K for parts in producers]
    read = convs(instance.kernels[name])[0].C
    return max(read, read * -(-min(writes, default=0) // read))


class SplitValues(NamedTuple):
    """The values considered for h, for w and for channel splits, ascending int64."""

    h: IntArray
    w: IntArray
    channels: IntArray


def split_values(instance: Instance) -> SplitValues:
    """Return the least splits of all loops of an instance, and all small splits."""
    parts = [part for kernel in set(instance.kernels.values()) for part in convs(kernel)]
    largest = max(instance.settings.width, instance.settings.height)
    return SplitValues(
        _values({part.H for part in parts}, largest // 2),
        _values({part.W for part in parts}, largest // 2),
        _values({channels for part in parts for channels in (part.C, part.K)}, largest - 1),
    )


def _values(lengths: Iterable[int], largest: int) -> IntArray:
    found = {split for length in lengths for split in least_splits(length) if split <= largest}
    return np.array(sorted(found | set(range(1, min(_ALL_UP_TO, max(largest, 1)) + 1))), dtype=np.int64)


def image_splits(instance: Instance) -> list[tuple[int, int]]:
    """Return the (h, w) that are least splits of some kernel's image, sorted.

    Of square images, which may be split either way alike, only those with h <= w.
    """
    images = {convs(kernel)[0] for kernel in instance.kernels.values()}
    square = all(image.H == image.W and image.R == image.S for image in images)
    pairs = {(h, w) for image in images for h in least_splits(image.H) for w in least_splits(image.W)}
    return sorted(pair for pair in pairs if pair[0] <= pair[1] or not square)


def frequent_splits(instance: Instance, limits: IntArray) -> list[list[tuple[int, int]]]:
    """Return, for each class of equal kernels, the (h, w) behind most of its Pareto-minimal shapes.

    `limits` are cycle limits in 1 / time_scale cycles, ascending; shapes are counted at some of them.
    """
    found = []
    for kernel in dict.fromkeys(instance.kernels.values()):
        counts: Counter[tuple[int, int]] = Counter()
        for limit in limits[:: max(1, len(limits) // _LIMITS)]:
            for option in pareto_shapes(kernel, instance.settings, instance.time_scale, int(limit)):
                counts[option.args.h, option.args.w] += 1
        found.append([split for split, _ in counts.most_common(_FREQUENT)])
    return found
