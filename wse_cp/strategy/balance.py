"""What annealing and large neighbourhoods have brought lately, by the statistics of the incumbent."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from wse_cp.result import OperatorStatistics

#: What is left of past gains and seconds each time that the rates are asked for.
_MEMORY = 0.8
#: Sources of large neighbourhoods begin so.
_NEIGHBOURHOODS = "lns:"


class Balance:
    """Recent gain per second (cost) of trees and of neighbourhoods; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._totals = [(0.0, 0.0), (0.0, 0.0)]
        self._recent = [(0.0, 0.0), (0.0, 0.0)]

    def rates(self, statistics: Sequence[OperatorStatistics]) -> tuple[float, float]:
        """Return the rates of trees and of neighbourhoods, given all statistics so far."""
        totals = [_sum(statistics, False), _sum(statistics, True)]
        with self._lock:
            for i, (gain, seconds) in enumerate(totals):
                more = gain - self._totals[i][0], seconds - self._totals[i][1]
                gains, spent = self._recent[i]
                self._recent[i] = _MEMORY * gains + more[0], _MEMORY * spent + more[1]
            self._totals = totals
            return _rate(self._recent[0]), _rate(self._recent[1])


def _sum(statistics: Sequence[OperatorStatistics], neighbourhoods: bool) -> tuple[float, float]:
    chosen = [s for s in statistics if s.name.startswith(_NEIGHBOURHOODS) == neighbourhoods]
    return sum(float(s.gain) for s in chosen), sum(s.seconds for s in chosen)


def _rate(recent: tuple[float, float]) -> float:
    return recent[0] / recent[1] if recent[1] > 0 else 0.0
