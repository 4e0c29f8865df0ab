"""A small generator of random numbers for compiled loops, whose state is an array."""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import inner
from wse_cp.shapes.arrays import IntArray


def new_random(seed: int) -> IntArray:
    """Return the state of a generator for a seed, a uint64 array of one entry.

    The generator is splitmix64, of the family of Steele, Lea and Flood (2014), doi 10.1145/2660193.2660195.
    """
    return np.array([seed * 0x9E3779B97F4A7C15 + 0x1234567 & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64)


@inner
def next_bits(state: IntArray) -> np.uint64:
    """Advance the generator and return 64 random bits."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(z ^ (z >> np.uint64(31)))


@inner
def below(state: IntArray, limit: int) -> int:
    """Return an integer in [0, limit)."""
    return int(np.int64(next_bits(state) >> np.uint64(33)) % limit)


@inner
def uniform(state: IntArray) -> float:
    """Return a float in [0, 1)."""
    return np.float64(next_bits(state) >> np.uint64(11)) * 1.1102230246251565e-16
