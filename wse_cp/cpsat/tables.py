"""Options worth giving to the solver: useless columns dropped, equal and dominated rows removed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wse_cp.cpsat.problem import FreeKernel, Problem
from wse_cp.kernels import input_protocol, output_protocol
from wse_cp.shapes.options import Option


class Splits(NamedTuple):
    """The loop splits of an option's input and output protocols; 0 where no edge compares them."""

    h: int
    w: int
    c_in: int
    k_out: int


@dataclass(frozen=True)
class Table:
    """The options of a free kernel that the model chooses from: indices into `FreeKernel.options`."""

    kernel: FreeKernel
    indices: tuple[int, ...]
    splits: tuple[Splits, ...]

    @property
    def options(self) -> list[Option]:
        """The kept options."""
        return [self.kernel.options[i] for i in self.indices]


def option_splits(problem: Problem, name: str, option: Option) -> Splits:
    """Return the splits of an option that matter to adapters of counted edges."""
    reads = problem.wadapter > 0 and any(v == name for _, v, _ in problem.edges)
    writes = problem.wadapter > 0 and any(u == name for u, _, _ in problem.edges)
    return _splits(option, reads, writes)


def option_table(problem: Problem, kernel: FreeKernel, max_time: int | None) -> Table:
    """Return the options that fit the ranges and the cycle limit and no other makes useless.

    An option is useless if another one with the same splits is at most as wide, high and slow, and
    can stand inside it with the same centre (wire lengths see half tiles). The hinted ones of kernels with
    the same options always stay.
    """
    reads = problem.wadapter > 0 and any(v == kernel.name for _, v, _ in problem.edges)
    writes = problem.wadapter > 0 and any(u == kernel.name for u, _, _ in problem.edges)
    centred = problem.wlength > 0 and kernel.name in problem.wired
    groups: dict[tuple[Splits, int, int], list[int]] = defaultdict(list)
    for i in _fitting(kernel, max_time):
        option = kernel.options[i]
        parity = (option.width % 2, option.height % 2) if centred else (0, 0)
        groups[(_splits(option, reads, writes), *parity)].append(i)
    kept = {i for group in groups.values() for i in undominated(kernel.options, group)}
    kept |= {
        problem.hint[other.name].option
        for other in problem.free
        if other.name in problem.hint and other.options == kernel.options
    }
    indices = tuple(sorted(kept))
    return Table(kernel, indices, tuple(_splits(kernel.options[i], reads, writes) for i in indices))


def undominated(options: Sequence[Option], indices: Iterable[int]) -> list[int]:
    """Return the indices of options that no other equals or beats in width, height and time."""
    order = sorted(indices, key=lambda i: (options[i].width, options[i].height, options[i].time, i))
    heights: list[int] = []  # staircase: heights rise, times fall
    times: list[int] = []
    kept: list[int] = []
    for i in order:
        height, time = options[i].height, options[i].time
        at = bisect_right(heights, height)
        if at and times[at - 1] <= time:
            continue
        kept.append(i)
        start = at - 1 if at and heights[at - 1] == height else at
        end = at
        while end < len(times) and times[end] >= time:
            end += 1
        heights[start:end], times[start:end] = [height], [time]
    return kept


def _fitting(kernel: FreeKernel, max_time: int | None) -> list[int]:
    width = kernel.x_range[1] - kernel.x_range[0]
    height = kernel.y_range[1] - kernel.y_range[0]
    return [
        i
        for i, option in enumerate(kernel.options)
        if option.width <= width and option.height <= height and (max_time is None or option.time <= max_time)
    ]


def _splits(option: Option, reads: bool, writes: bool) -> Splits:
    if not (reads or writes):
        return Splits(0, 0, 0, 0)
    source, sink = output_protocol(option.args), input_protocol(option.args)
    return Splits(sink.h, sink.w, sink.channels if reads else 0, source.channels if writes else 0)
