"""A proof by search beside another search for a bound: both get turns."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from wse_cp.bounds.proof.search import ProofSearch, proof_search, small_enough
from wse_cp.instance import Instance
from wse_cp.placement import Placement

#: Seconds of proof before the other search begins, and then for each of its seconds.
_FIRST, _SHARE = 20.0, 4.0


class Prover:
    """The proof by search of an instance, if it is small enough; threads may call it at the same time.

    Parameters
    ----------
    step
        Of which every cost is a multiple; 0 if no proof is wanted.
    """

    def __init__(self, instance: Instance, step: Fraction) -> None:
        self._instance, self._step = instance, step
        self._search: ProofSearch | None = None
        self._ahead = step > 0 and small_enough(instance)  # whether it is still to begin
        self._others = 0.0
        self._lock = threading.Lock()

    @property
    def at_work(self) -> bool:
        """Whether a proof is being sought, or will be."""
        return self._ahead or (self._search is not None and not self._search.finished)

    @property
    def proven(self) -> bool:
        """Whether the value can become no better: a placement costs that much."""
        return self._search is not None and self._search.proven

    @property
    def value(self) -> Fraction:
        """The bound so far."""
        return Fraction(0) if self._search is None else self._search.value

    @property
    def placement(self) -> Placement | None:
        """A placement that costs what is proven, if one was found."""
        return None if self._search is None else self._search.placement

    def aim(self, cost: Fraction) -> None:
        """Take note that a placement costs that much."""
        if self._search is not None:
            self._search.aim(cost)

    def turn(self) -> bool:
        """Let the proof grow for a moment if it is its turn; return whether it was."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._ahead:
                self._search = proof_search(self._instance, self._step)
                self._ahead = False
            found = self._search
            if found is None or found.finished or found.seconds > _FIRST + _SHARE * self._others:
                return False
            found.step()
            return True
        finally:
            self._lock.release()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the seconds inside as a turn of the other search."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._others += time.monotonic() - began

    def certificate(self, digest: str, most: Fraction) -> tuple[Fraction, str]:
        """Return the value of a proof that has begun, at most `most`, and the certificate of that."""
        assert self._search is not None
        with self._lock:
            value = min(self._search.value, most)
            return value, self._search.certificate(digest, value)

    def least_time(self) -> Fraction:
        """Return the least of the largest time (cycles) where the bound is weakest."""
        return Fraction(0) if self._search is None else self._search.least_time
