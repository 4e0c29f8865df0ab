"""A small explicit random generator for compiled code (splitmix64; state: uint64 array of one entry)."""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.state import Array


def new_random(seed: int) -> Array:
    """Return the generator's state for a seed."""
    return np.array([seed * 0x9E3779B97F4A7C15 + 0x1234567 & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64)


@compiled
def next_bits(state: Array) -> np.uint64:
    """Advance the generator and return 64 random bits."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(z ^ (z >> np.uint64(31)))


@compiled
def below(state: Array, limit: int) -> int:
    """Return an integer in [0, limit)."""
    return int(np.int64(next_bits(state) >> np.uint64(33)) % limit)


@compiled
def uniform(state: Array) -> float:
    """Return a float in [0, 1)."""
    return np.float64(next_bits(state) >> np.uint64(11)) * 1.1102230246251565e-16
