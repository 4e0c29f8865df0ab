"""A lower bound that is sought beside the search for placements, on a modest share of one core."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

from wse_cp.bounds.result import Bound
from wse_cp.bounds.search import BoundSearch
from wse_cp.bounds.verifier import CertificateError, verify
from wse_cp.instance import Instance

#: The share of the time in which the bound is worked on, and the longest rest (seconds).
_SHARE, _REST = 0.2, 5.0
#: Seconds between two reports.
_PAUSE = 1.0


class BackgroundBound:
    """Improves a bound until the run is over or the gap is closed.

    Parameters
    ----------
    cost
        Returns the cost of the incumbent, None as long as there is none.
    over
        Tells whether the run is over.
    tell
        Told of better bounds.
    """

    def __init__(
        self,
        instance: Instance,
        cost: Callable[[], Fraction | None],
        over: Callable[[], bool],
        tell: Callable[[Bound], object],
    ) -> None:
        self._instance, self._cost, self._over, self._tell = instance, cost, over, tell
        self.best: Bound | None = None
        self.verified = False

    def run(self) -> bool:
        """Work until the run is over (False), or the verifier agrees that the incumbent is optimal (True)."""
        search, next_report, doubted = BoundSearch(self._instance), 0.0, False
        while not self._over():
            begin = time.monotonic()
            search.step()
            if begin >= next_report and self._better(search):
                next_report = time.monotonic() + _PAUSE
            cost = self._cost()
            if cost is not None and search.value >= cost and not doubted:
                if self._holds(search.bound(ceiling=cost)):
                    return True
                doubted = True
            if search.finished and not self.verified and not doubted:
                doubted = not self._holds(search.bound())
            self._rest(min((time.monotonic() - begin) * (1 / _SHARE - 1), _REST))
        self._better(search)
        return False

    def _better(self, search: BoundSearch) -> bool:
        """Take up the bound so far if it is better; return whether it is."""
        if self.best is not None and search.value <= self.best.value:
            return False
        self.best, self.verified = search.bound(), False
        self._tell(self.best)
        return True

    def _holds(self, claim: Bound) -> bool:
        """Take up a bound if the verifier agrees to it; tell whether it does."""
        try:
            verify(self._instance, claim.certificate)
        except CertificateError:
            return False
        self.best, self.verified = claim, True
        self._tell(claim)
        return True

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + max(seconds, 0.02)
        while time.monotonic() < end and not self._over():
            time.sleep(0.02)


__all__ = ["BackgroundBound"]
