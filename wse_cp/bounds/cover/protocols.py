"""All that kernels can be within a cycle limit, with the splits that adapters compare.

A row is an area and a thickness (docs/bounds.md, section 10) with what it has at its input, classes of h and
w and a split c, and at its output, with a split k. Rows of equal inputs stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.rows import ComparedSplits, RowMaker, channel_classes, split_classes
from wse_cp.compiled import compiled
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import FloatArray, IntArray
from wse_cp.shapes.splits import compared_channels

#: Rows of `ProtocolRows.inputs` and `ProtocolRows.outputs`: number of the classes of h and w, channel split.
PLACE, SPLIT = range(2)
#: Rows of `ProtocolRows.table`: number of the output among those of the kind, area, thickness (tiles).
OUTPUT, TILES, THICKNESS = range(3)


class ProtocolRows(NamedTuple):
    """Rows of all kinds of kernels, one kind after the other; so inputs and outputs."""

    kinds: IntArray  #: of each kernel
    input_pointers: IntArray  #: the first input of each kind
    inputs: IntArray  #: 2 x inputs
    row_pointers: IntArray  #: the first row of each input
    output_pointers: IntArray  #: the first output of each kind
    outputs: IntArray  #: 2 x outputs
    table: IntArray  #: 3 x rows
    extents: tuple[int, int]  #: how many classes of h and of w
    loops: IntArray  #: for each kernel the number of the channels that its input compares splits by
    channels: IntArray  #: for each number of channels, the class of every split


class ProtocolMaker:
    """Makes the rows of an instance's kernels.

    Parameters
    ----------
    names
        The kernels in the order that arrays have.
    """

    def __init__(self, instance: Instance, names: Sequence[str]) -> None:
        self._maker = RowMaker(instance)
        self._wafer = instance.settings.width, instance.settings.height
        #: The classes of h and of w that occur, in ascending order.
        self._h, self._w = (
            np.unique(self._maker.levels[:, column]) for column in (col.LEVEL_H_CLASS, col.LEVEL_W_CLASS)
        )
        self._places = _numbers(self._h, len(self._w)), _numbers(self._w, 1)
        kernels = [instance.kernels[name] for name in names]
        references = {name: compared_channels(instance, name) for name in names}
        inputs = [references[name] for name in names]
        loops = sorted(set(inputs))
        self._loops = np.array([loops.index(loop) for loop in inputs], np.int64)
        side = max(instance.settings.width, instance.settings.height)
        self._channels = np.array([_classes(loop, side) for loop in loops])
        writes: dict[str, set[int]] = {name: set() for name in names}
        reads = set()
        for u, v, _ in instance.kernel_edges:
            writes[u].add(references[v])
            reads.add(v)
        kinds: dict[tuple[Kernel, ComparedSplits], int] = {}
        self._kinds = np.zeros(len(names), np.int64)
        for i, (name, kernel) in enumerate(zip(names, kernels, strict=True)):
            compared = ComparedSplits(True, inputs[i] if name in reads else 0, tuple(sorted(writes[name])))
            self._kinds[i] = kinds.setdefault((kernel, compared), len(kinds))
        self._examples = list(kinds)

    def rows(self, time: int, thicknesses: dict[Kernel, FloatArray]) -> ProtocolRows:
        """Return the rows within a cycle limit (1 / time_scale cycles), at which every kernel has a shape.

        Parameters
        ----------
        thicknesses
            The lesser extents of each kernel's Pareto-minimal shapes, ascending.
        """
        parts = [self._part(*example, time, thicknesses[example[0]]) for example in self._examples]
        inputs, outputs, pointers, tables = (list(column) for column in zip(*parts, strict=True))
        first = np.cumsum([0, *(table.shape[1] for table in tables)])
        rows = [own + start for own, start in zip(pointers, first, strict=False)]
        return ProtocolRows(
            self._kinds,
            _pointers(inputs),
            np.concatenate(inputs, axis=1),
            np.concatenate([*rows, first[-1:]]),
            _pointers(outputs),
            np.concatenate(outputs, axis=1),
            np.concatenate(tables, axis=1),
            (len(self._h), len(self._w)),
            self._loops,
            self._channels,
        )

    def _part(
        self, kernel: Kernel, compared: ComparedSplits, time: int, thicknesses: FloatArray
    ) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Return inputs, outputs, the first row of each input, and the table of one kind."""
        found, reads, writes = self._maker.upright(kernel, compared, time)
        width, height = found[:, col.ROW_WIDTH], found[:, col.ROW_HEIGHT]
        upright = (width <= self._wafer[0]) & (height <= self._wafer[1])
        found = found[upright | ((height <= self._wafer[0]) & (width <= self._wafer[1]))]
        h, w = split_classes(found[:, col.ROW_SPLITS])
        place = self._places[0][h] + self._places[1][w]
        extents = np.arange(max(self._wafer) + 1)
        at = np.searchsorted(thicknesses, extents, side="right") - 1
        reading, first, writing, table = _arranged(
            found,
            place,
            (len(self._h) * len(self._w), len(reads), len(writes)),
            thicknesses[at].astype(np.int32),
        )
        inputs = np.stack([reading // len(reads), reads[reading % len(reads)]])
        outputs = np.stack([writing // len(writes), writes[writing % len(writes)]])
        return inputs.astype(np.int32), outputs.astype(np.int32), first, table


@compiled
def _arranged(
    found: IntArray, place: IntArray, counts: tuple[int, int, int], thickness: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return the inputs that occur, the first row of each, the outputs that occur, and the table by inputs.

    The number of an input is that of its place, times how many classes of channels inputs have, plus that of
    its own class; so it is for outputs.

    Parameters
    ----------
    place
        Number of the classes of h and w of each row.
    counts
        How many such numbers there are, and classes of channels at the input and at the output.
    thickness
        Of each lesser extent (tiles).
    """
    places, reads, writes = counts
    starts, numbers = np.zeros(places * reads + 1, np.int64), np.full(places * writes, -1)
    for r in range(len(found)):
        starts[place[r] * reads + found[r, col.ROW_READS] + 1] += 1
        numbers[place[r] * writes + found[r, col.ROW_WRITES]] = 0
    reading = np.flatnonzero(starts[1:])
    writing = np.flatnonzero(numbers >= 0)
    for number in range(len(writing)):
        numbers[writing[number]] = number
    starts = np.cumsum(starts)
    first = starts[reading]
    table = np.empty((3, len(found)), np.int32)
    for r in range(len(found)):
        into = place[r] * reads + found[r, col.ROW_READS]
        at = starts[into]
        starts[into] += 1
        width, height = found[r, col.ROW_WIDTH], found[r, col.ROW_HEIGHT]
        table[OUTPUT, at] = numbers[place[r] * writes + found[r, col.ROW_WRITES]]
        table[TILES, at], table[THICKNESS, at] = width * height, thickness[min(width, height)]
    return reading, first, writing, table


def _pointers(parts: Sequence[IntArray]) -> IntArray:
    return np.cumsum([0, *(part.shape[1] for part in parts)])


def _numbers(classes: IntArray, step: int) -> IntArray:
    """Return for each class that occurs its number, times a step."""
    found = np.zeros(int(classes[-1]) + 1, np.int64)
    found[classes] = step * np.arange(len(classes))
    return found


def _classes(loop: int, side: int) -> IntArray:
    """Return the class of every split of a loop, from 0 on."""
    classes = channel_classes([loop], side)
    return np.asarray(classes - classes[1])
