"""Bags: what the part of the network below a kernel costs, by what the kernel itself will pay.

A bag holds, for each view of the spine's edge that comes up to the kernel (None if none does) and each
payment for a tile of the kernel's width and height, the least cost of the rest (lanes x choices; a
dimension of 1 stands for any number of equal ones).
"""

from __future__ import annotations

import numpy as np

from wse_cp.bounds.verifier.integers import Integers
from wse_cp.bounds.verifier.patterns import Pair, plus
from wse_cp.bounds.verifier.spine import Door

Bag = dict[Door | None, dict[Pair, Integers]]


def put(bag: Bag, door: Door | None, pay: Pair, values: Integers) -> None:
    """Enter values into a bag; of two entries for the same payment the less counts."""
    entries = bag.setdefault(door, {})
    known = entries.get(pay)
    entries[pay] = values if known is None else np.minimum(known, values)


def combine(first: Bag, second: Bag) -> Bag:
    """Return the bag of two parts together; the spine comes up through one of them at most."""
    result: Bag = {}
    for door, entries in first.items():
        for other_door, others in second.items():
            for pay, values in entries.items():
                for other_pay, more in others.items():
                    put(result, door or other_door, plus(pay, other_pay), values + more)
    return result
