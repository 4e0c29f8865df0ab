"""Random numbers that are the same on every version of Python: SplitMix64.

The generator is that of Steele, Lea and Flood (2014, doi:10.1145/2660193.2660195).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


class RandomNumbers:
    """A stream of random numbers that its seed determines."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def word(self) -> int:
        """Return the next 64 random bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        bits = self._state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
        return bits ^ (bits >> 31)

    def integer(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, all but equally likely."""
        return low + self.word() % (high - low + 1)

    def choice(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[self.integer(0, len(values) - 1)]
