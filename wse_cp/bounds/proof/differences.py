"""Adapters in a programme: a value of a split that more of the source's shares have than of the target's.

For each split of a wire and each value at its source there is a row: the shares at the source with that
value, less those at the target, are at most a variable that costs an adapter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.proof.prices import SPLITS, Money
from wse_cp.shapes.arrays import FloatArray, IntArray


class Differences(NamedTuple):
    """The rows of all wires: what each is about, and where the shares stand in it."""

    wires: IntArray
    splits: IntArray
    values: IntArray
    costs: IntArray  #: 1 / D cost units
    rows: IntArray  #: of each entry, as the columns and signs
    columns: IntArray  #: the shares of all kernels numbered one after the other
    signs: FloatArray


def differences_of(money: Money, shapes: Sequence[IntArray]) -> Differences:
    """Return the rows of a programme that knows these shapes."""
    starts = np.cumsum([0, *map(len, shapes)])
    heads: list[list[IntArray]] = [[np.zeros(0, np.int64)] for _ in range(4)]
    entries: list[list[IntArray]] = [[np.zeros(0, np.int64)] for _ in range(3)]
    count = 0
    for k, (u, v, many) in enumerate(money.edges if money.adapter else []):
        for split, (one, other) in enumerate(SPLITS):
            there = shapes[v][:, other]
            values, inverse = np.unique(shapes[u][:, one], return_inverse=True)
            if len(values) == 1 and (there == values[0]).all():
                continue
            at = np.minimum(np.searchsorted(values, there), len(values) - 1)
            equal = np.flatnonzero(values[at] == there)
            for head, amount in zip(heads, (k, split, 0, many * money.adapter), strict=True):
                head.append(np.full(len(values), amount))
            heads[2][-1] = values
            entries[0] += [count + inverse.reshape(-1), count + at[equal]]
            entries[1] += [starts[u] + np.arange(len(inverse)), starts[v] + equal]
            entries[2] += [np.ones(len(inverse), np.int64), -np.ones(len(equal), np.int64)]
            count += len(values)
    wires, splits, values, costs = map(np.concatenate, heads)
    rows, columns, signs = map(np.concatenate, entries)
    return Differences(wires, splits, values, costs, rows, columns, signs.astype(np.float64))
