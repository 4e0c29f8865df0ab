"""The work on a bound, spread over workers: each has a range of largest times, and what they find is joined.

What they claim counts for nothing: the joined certificate is verified in the client's own bound process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from wse_cp.bounds.result import Bound
from wse_cp.cluster.messages import Region, Report
from wse_cp.cluster.ranges import EVERYTHING, claimed, joined, split

#: A bound is worth verifying if it is better by this share, or nothing is known.
_BETTER = Fraction(1, 2000)
#: Least seconds between two certificates that are to be verified: that may take longer than finding them.
_PERIOD = 5.0
#: Seconds for which certificates that do not fit together are borne.
_PATIENCE = 90.0


class Bounding(Protocol):
    """The search for a bound on the client, whose verifier decides what counts."""

    @property
    def best(self) -> Bound | None:
        """The best bound so far."""

    def learn(self, certificate: str) -> None:
        """Have a certificate verified, and take it up if it holds and is better."""


class SpreadBound:
    """Gives ranges to those who seek a bound, and takes their certificates; not safe for several threads.

    Parameters
    ----------
    clock
        Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seekers: list[object] = []
        self._ranges: list[Region] = []
        self._found: dict[Region, tuple[Fraction, str]] = {}
        self._whole: str | None = None  #: the last certificate of all largest times
        self._bounding: Bounding | None = None
        self._sent, self._next = Fraction(0), 0.0
        self._apart: float | None = None  #: since when certificates do not fit together

    def begin(self, bounding: Bounding) -> None:
        """Say whose verifier decides."""
        self._bounding = bounding

    def join(self, seeker: object) -> None:
        """Take note of somebody who seeks a bound from now on."""
        self._seekers.append(seeker)
        self._ranges = []

    def leave(self, seeker: object) -> None:
        """Take note that somebody seeks no more; the others share its range."""
        if seeker in self._seekers:
            self._seekers.remove(seeker)
            self._ranges = []

    def region(self, seeker: object) -> Region:
        """Return the range that somebody is to work on: everything as long as it cannot be shared."""
        if not self._ranges and self._seekers:
            self._share()
        if not self._ranges or seeker not in self._seekers:
            return EVERYTHING
        return self._ranges[self._seekers.index(seeker) % len(self._ranges)]

    def _share(self) -> None:
        """Cut the largest times into ranges with as much work in each, as far as one can tell."""
        text = self._whole
        if text is None and self._bounding is not None and self._bounding.best is not None:
            text = self._bounding.best.certificate
        ranges = None
        if text is not None and not self._given_up:
            ranges = split(text, len(self._seekers))
        if ranges is not None:
            self._ranges, self._found = ranges, {}

    @property
    def _given_up(self) -> bool:
        """Whether certificates of ranges have not fitted together for so long that they hardly will."""
        return self._apart is not None and self._clock() - self._apart > _PATIENCE

    def take(self, report: Report) -> None:
        """Take a certificate; raises `InputError` if it is none."""
        if report.certificate is None or report.region is None:
            return
        first, last = report.region
        region: Region = (first or 0, last)
        value = claimed(report.certificate)
        if value > self._found.get(region, (Fraction(-1), ""))[0]:
            self._found[region] = value, report.certificate
        if region == EVERYTHING:
            self._whole = report.certificate
        self._pass_on()

    def _pass_on(self) -> None:
        """Have the best certificate there is verified if it is worth it."""
        best = self._best()
        if best is None or self._bounding is None or self._clock() < self._next:
            return
        value, text = best
        known = self._bounding.best
        least = max(self._sent, Fraction(0) if known is None else known.value)
        if value > least * (1 + _BETTER):
            self._sent, self._next = value, self._clock() + _PERIOD
            self._bounding.learn(text)

    def _best(self) -> tuple[Fraction, str] | None:
        """Return the best certificate of all largest times, with what it claims."""
        whole = self._found.get(EVERYTHING)
        if len(self._ranges) < 2 or any(region not in self._found for region in self._ranges):
            return whole
        parts = [(region, self._found[region][1]) for region in self._ranges]
        text = joined(parts)
        if text is None:  # they see the network in different ways, as they do at first where adapters cost
            self._apart = self._clock() if self._apart is None else self._apart
            if self._given_up:
                self._ranges = [EVERYTHING]
            return whole
        self._apart = None
        value = claimed(text)
        return max((value, text), whole or (Fraction(-1), ""))
