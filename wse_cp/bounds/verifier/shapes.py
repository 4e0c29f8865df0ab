"""All shapes of a kernel worth a look under given prices, sorted by the classes of their splits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.levels import (
    ComparedSplits,
    Levels,
    image_classes,
    minimal,
    undercut,
    with_inlets,
)
from wse_cp.bounds.verifier.reading import Integers, changes, numbered
from wse_cp.bounds.verifier.sieve import Sieve
from wse_cp.bounds.verifier.splits import PARITIES, RADIX, class_numbers, numbers_compared, segments, spread
from wse_cp.instance import MAX_SIDE, Instance
from wse_cp.kernels import Conv, Kernel

#: About so many rows are sieved at a time: each takes some hundred bytes meanwhile.
_MOST_ROWS = 200_000


@dataclass(frozen=True, eq=False)
class Shapes:
    """The shapes of a kernel by *choice*: a combination of classes that edges of the tree can tell apart."""

    width: Integers  #: of each row (tiles, rotation applied), in the dtype of prices
    height: Integers  #: the same
    starts: Integers  #: the first row of each choice; rows of a choice are contiguous
    h: Integers  #: number of the class of each choice (int64); 0 if no edge compares it
    w: Integers  #: the same
    inlet: Integers  #: the same
    outlets: dict[int, Integers]  #: numbers of the class of k by each consumer's input channels
    parity: Integers  #: of each choice 2 * (width % 2) + height % 2; 0 if parities do not matter
    _views: dict[int | None, tuple[Integers, Integers]] = field(default_factory=dict)

    @cached_property
    def areas(self) -> Integers:
        """Tiles of each row."""
        return self.width * self.height

    def views(self, outlet: int | None) -> tuple[Integers, Integers]:
        """Return what an edge sees at the inlet (None) or at an outlet.

        That is the classes of h, w and channels and the parities that occur (views x 4, sorted), and the
        view of each choice.
        """
        if outlet not in self._views:
            channels = self.inlet if outlet is None else self.outlets[outlet]
            columns = self.h, self.w, channels, self.parity
            first, numbers = numbered(((self.h * RADIX + self.w) * RADIX + channels) * PARITIES + self.parity)
            self._views[outlet] = np.stack(columns, axis=1)[first], numbers
        return self._views[outlet]


def least_shapes(levels: Levels, sieve: Sieve) -> Shapes | None:
    """Return the shapes of a kernel whose splits no edge compares: one choice. None if nothing fits."""
    short, long = levels.width, levels.splits.height
    width, height = np.concatenate([short, long]), np.concatenate([long, short])
    fits = (width <= sieve.width) & (height <= sieve.height)
    width, height = width[fits], height[fits]
    if not len(width):
        return None
    rows = minimal([], width, height)
    zero = np.zeros(1, np.int64)
    return Shapes(
        width[rows].astype(sieve.dtype), height[rows].astype(sieve.dtype), zero, zero, zero, zero, {}, zero
    )


def shapes_by_class(
    instance: Instance,
    kernel: Kernel,
    compared: ComparedSplits,
    levels: Levels,
    limit: int | None,
    sieve: Sieve,
) -> Shapes | None:
    """Return the shapes of a kernel by all classes that edges can see; None if nothing fits the wafer.

    Edges see classes of splits; if parities matter, the parities of splits too.
    """
    side = max(instance.settings.width, instance.settings.height)
    levels = levels[_kept(instance, compared, levels, sieve)]
    if compared.inlet and not isinstance(kernel, Conv):
        wider = sieve.widest(levels.splits.height, sieve.inlet_slack + sieve.parity_slack)
        levels = with_inlets(instance, kernel, compared, levels, limit, wider)
    levels = undercut(instance, kernel, compared, levels)
    levels = levels[_kept(instance, compared, levels, sieve)]
    starts = segments(compared.outlets, side)
    starts = starts[starts <= side // 3]
    first = np.searchsorted(starts, levels.need, side="right") - 1
    # a k beyond the least one must be worth its tiles
    widest = levels.need + (sieve.widest(levels.splits.height, sieve.outlet_slack + sieve.parity_slack) // 3)
    spans = first, np.searchsorted(starts, widest, side="right") - first
    inlets = np.zeros_like(levels.inlet)
    if compared.inlet:
        inlets = numbers_compared(compared.inlet, side, compared.parities)[levels.inlet]
    classes = [*image_classes(instance, compared, levels.splits), inlets]
    own = _parts(spans[1])
    made = (_rows(levels, classes, starts, spans, part) for part in own)
    if compared.parities:
        made = (_with_parities(rows, starts, isinstance(kernel, Conv)) for rows in made)
    # where there are several, whatever another row of its part makes needless is needless
    parts = [_survivors(rows, sieve) if len(own) > 1 else rows for rows in made]
    rows = _joined(parts)
    del parts
    kept, rotated = rows.needed(sieve)
    if not len(kept):
        return None
    rows = rows.at(kept)
    at = np.where(rotated, rows.height, rows.width), np.where(rotated, rows.width, rows.height)
    outlets = {loop: class_numbers(loop, side)[starts] for loop in compared.outlets}
    if compared.parities:  # as the segments are numbered now
        outlets = {loop: (2 * numbers[:, None] + [0, 1]).ravel() for loop, numbers in outlets.items()}
    return _sorted(list(rows[:4]), *at, outlets, sieve, compared.parities)


class _Rows(NamedTuple):
    """Rectangles of a kernel, and the classes that edges see."""

    h: Integers
    w: Integers
    inlet: Integers
    segment: Integers  #: of the output's channels
    split: Integers  #: k of the output
    width: Integers  #: tiles, before rotation
    height: Integers  #: the same

    def at(self, rows: Integers) -> _Rows:
        """Return the chosen rows."""
        return _Rows(*(column[rows] for column in self))

    def needed(self, sieve: Sieve) -> tuple[Integers, Integers]:
        """Return which rows a sieve keeps, as (row, whether rotated)."""
        image = self.h * RADIX + self.w
        ends = (self.inlet, sieve.outlet_slack), (self.segment, sieve.inlet_slack)
        more = sieve.parity_slack
        alike = [(numbered(image * RADIX + end)[1], slack + more) for end, slack in ends if slack]
        return sieve.keep(image, self.width, self.height, alike)


def _survivors(rows: _Rows, sieve: Sieve) -> _Rows:
    """Return the rows that a sieve keeps, rotated or not."""
    return rows.at(np.unique(rows.needed(sieve)[0]))


def _parts(counts: Integers) -> list[slice]:
    """Return ranges of levels with about `_MOST_ROWS` rows each; one of them at least."""
    before = np.cumsum(counts) - counts
    starts = np.flatnonzero(changes(before // _MOST_ROWS)).tolist() or [0]
    return [slice(start, end) for start, end in pairwise([*starts, len(counts)])]


def _rows(
    levels: Levels,
    classes: Sequence[Integers],
    starts: Integers,
    spans: tuple[Integers, Integers],
    own: slice,
) -> _Rows:
    """Return the rows of a range of levels: one for each segment of its span (the first, and how many)."""
    first, counts = (column[own] for column in spans)
    at, segment = spread(counts)
    segment = segment + first[at]
    at = at + own.start
    split = np.maximum(levels.need[at], starts[segment])
    width = levels.base[at] + 3 * split
    h, w, inlet = (column[at] for column in classes)
    return _Rows(h, w, inlet, segment, split, width, levels.splits.height[at])


def _with_parities(rows: _Rows, starts: Integers, lone: bool) -> _Rows:
    """Return the rows with all parities that their width and their split k of the output can have.

    The output's k is raised by 1 as long as its class stays the same. (Where it would not, the next class has
    a row with that k.) What else is in the width is raised by one step too, unless the kernel is a `lone`
    convolution. The number of a segment becomes twice the number plus the parity of k.
    """
    last = np.append(starts[1:], MAX_SIDE + 1)[rows.segment] - 1
    more = rows.at(np.flatnonzero(rows.split < last))
    more = more._replace(width=more.width + 3, split=more.split + 1)
    rows = _joined([rows, more])
    if not lone:
        rows = _joined([rows, rows._replace(width=rows.width + 3)])
    return rows._replace(segment=2 * rows.segment + rows.split % 2)


def _joined(parts: Iterable[_Rows]) -> _Rows:
    return _Rows(*map(np.concatenate, zip(*parts, strict=True)))


def _kept(instance: Instance, compared: ComparedSplits, levels: Levels, sieve: Sieve) -> Integers:
    h, w = image_classes(instance, compared, levels.splits)
    return np.unique(sieve.keep(h * RADIX + w, levels.width, levels.splits.height)[0])


def _sorted(
    keys: list[Integers],
    width: Integers,
    height: Integers,
    outlets: dict[int, Integers],
    sieve: Sieve,
    parities: bool,
) -> Shapes:
    keys = [*keys, 2 * (width % 2) + height % 2 if parities else np.zeros_like(width)]
    rows = minimal(keys, width, height)
    h, w, inlet, segment, parity = (key[rows] for key in keys)
    starts = np.flatnonzero(changes(h, w, inlet, segment, parity))
    return Shapes(
        width[rows].astype(sieve.dtype),
        height[rows].astype(sieve.dtype),
        starts,
        h[starts],
        w[starts],
        inlet[starts],
        {loop: numbers[segment[starts]] for loop, numbers in outlets.items()},
        parity[starts],
    )
