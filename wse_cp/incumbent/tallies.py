"""How every way of improving has fared: calls, improvements, gain and time."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from wse_cp.result import OperatorStatistics


class Kind(Enum):
    """What a way of improving starts from."""

    STOPGAP = "stopgap"  #: nothing; it counts as found at the start, and to replace it is no gain
    CONSTRUCTION = "construction"  #: nothing, or a slicing tree: rows, stacks, annealing
    NEIGHBOURHOOD = "neighbourhood"  #: the incumbent, of which it frees a part


@dataclass
class _Tally:
    calls: int = 0
    improvements: int = 0
    gain: Fraction = Fraction(0)
    seconds: float = 0.0


class Tallies:
    """The tallies of all ways of improving; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tallies: defaultdict[tuple[str, Kind], _Tally] = defaultdict(_Tally)

    def call(self, source: str, kind: Kind, seconds: float, calls: int) -> None:
        """Count calls and the seconds they took."""
        with self._lock:
            tally = self._tallies[source, kind]
            tally.calls += calls
            tally.seconds += seconds

    def improve(self, source: str, kind: Kind, gain: Fraction) -> None:
        """Count an improvement, and what it gained (cost)."""
        with self._lock:
            tally = self._tallies[source, kind]
            tally.improvements += 1
            tally.gain += gain

    def statistics(self) -> tuple[OperatorStatistics, ...]:
        """Return how every way of improving fared."""
        with self._lock:
            return tuple(
                OperatorStatistics(name, t.calls, t.improvements, t.gain, t.seconds)
                for (name, _), t in self._tallies.items()
            )

    def totals(self, kind: Kind) -> tuple[float, float]:
        """Return what all ways of improving of a kind have gained (cost) and the seconds they took."""
        with self._lock:
            tallies = [tally for (_, other), tally in self._tallies.items() if other is kind]
            return float(sum(tally.gain for tally in tallies)), sum(tally.seconds for tally in tallies)
