"""What the programme knows of the spans of an order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.construct.slicing.state import Array

#: `Labels.split` of a single kernel and of no label.
LEAF, NOTHING = -1, -2
#: Bits of `Labels.flips`: which part is mirrored, along or across the axis on which the two stand side by
#: side, and whether the parts are labels of the other table.
FIRST_ALONG, SECOND_ALONG, SECOND_ACROSS, OTHER_TABLE = 1, 2, 4, 8
#: Rows of `Labels.ends`: centres of the span's first and last kernel in its box (half tiles).
FIRST_X, FIRST_Y, LAST_X, LAST_Y = 0, 1, 2, 3


class Labels(NamedTuple):
    """One label for each table (0: by width, 1: by height), span and entry of `limits`.

    The box of a label is its limit wide (table 0) or high (table 1); the other extent is the label's own.
    float32 holds all integers that occur exactly.
    """

    limits: Array  #: float32 (size,) tiles, ascending, equally far apart
    extent: Array  #: float32 (2, spans, size) the box's other extent (tiles), huge if there is no label
    value: Array  #: float32 (2, spans, size) wire cost inside plus price of the box
    as_first: Array  #: the same with the wire from the last kernel to the box's edge along the axis of a cut
    as_second: Array  #: the same with the wire from the box's edge to the first kernel
    ends: Array  #: float32 (4, 2, spans, size)
    split: Array  #: int16 (2, spans, size) last position of the first part, or one of the constants above
    at: Array  #: int16 (2, spans, size) entry of `limits` at which the parts were joined
    flips: Array  #: int8 (2, spans, size)
    scratch: Array  #: float32 (4, size)


def new_labels(kernels: int, side: int, step: int) -> Labels:
    """Return labels for an order of `kernels` on a wafer of at most `side` tiles, a limit every `step`."""
    limits = np.arange(side % step, side + 1, step).astype(np.float32)
    shape = (2, kernels * (kernels + 1) // 2, len(limits))

    def floats(*dimensions: int) -> Array:
        return np.zeros(dimensions, np.float32)

    return Labels(
        limits,
        floats(*shape),
        floats(*shape),
        floats(*shape),
        floats(*shape),
        floats(4, *shape),
        np.zeros(shape, np.int16),
        np.zeros(shape, np.int16),
        np.zeros(shape, np.int8),
        floats(4, len(limits)),
    )
