"""What passes between a search and the incumbent."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import Score


class Scored(NamedTuple):
    """A legal placement and its score."""

    placement: Placement
    score: Score


class Offer(NamedTuple):
    """What came of an offer: the score of the placement, and whether it became the incumbent."""

    score: Score
    taken: bool


class ChangeOffer(NamedTuple):
    """What came of a change: the newest incumbent's score with it, its gain, whether it was made.

    The score is None if another change has taken the room meanwhile. `gain` is 0 if it was not made.
    """

    score: Score | None
    gain: Fraction
    taken: bool


class Update(NamedTuple):
    """The newest incumbent, its number, and which kernels changed since an older one (None: all may have)."""

    version: int
    best: Scored
    changed: tuple[PlacedKernel, ...] | None
