"""Good multipliers: the cutting-plane method within a trust region, its linear programmes solved by HiGHS.

Each evaluation of a concave function gives a plane that lies above it. The next point is where the planes
found so far promise most, within a box around the best point. Sources: J. E. Kelley, The cutting-plane
method for solving convex programs (doi 10.1137/0108053); R. E. Marsten, W. W. Hogan and J. W. Blankenship,
The BOXSTEP method for large-scale optimization (doi 10.1287/opre.23.3.389).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from wse_cp.bounds.linear import minimise
from wse_cp.bounds.programme.pricing import DualValue, Multipliers
from wse_cp.shapes.arrays import FloatArray

NOTHING = Multipliers(0.0, 0.0, 0.0)

Evaluate = Callable[[Multipliers], DualValue]

#: The region reaches from the best multipliers divided by a factor to these times the factor: the first
#: factor, by what it grows after a success, and the largest.
_REACH, _GROWTH, _FAR = 1.5, 1.5, 1e6


@dataclass
class Maximiser:
    """Maximises one concave dual function step by step; every step evaluates it once.

    Parameters
    ----------
    evaluate
        The function.
    start, known
        Where to begin, and a value that the function is known to reach there (-inf: none).
    ceiling
        Largest value of each multiplier; 0 for those that are not used.
    usual
        Values of the order that multipliers tend to have; the region never shrinks far below.
    tied
        Whether the multipliers of runs along x and along y are kept equal (on a square wafer nothing is
        lost by that: the function is concave and symmetric in the two).
    first
        Where to evaluate first, if that is to be elsewhere than at the start.
    """

    evaluate: Evaluate
    start: Multipliers
    known: float
    ceiling: Multipliers
    usual: Multipliers
    tied: bool
    first: Multipliers | None = None
    best: DualValue | None = None
    room: float = np.inf  #: no value within the trust region is higher than the best by more than this
    #: Value at multipliers of 0, and slope, of each plane.
    _planes: list[tuple[float, FloatArray]] = field(default_factory=list)
    _reach: float = _REACH
    _at: Multipliers = NOTHING

    @property
    def value(self) -> float:
        """The best value so far, at the multipliers `at`; at none it is not negative."""
        return max(self._value, 0.0)

    @property
    def at(self) -> Multipliers:
        """The best multipliers so far."""
        if self._value < 0.0:
            return NOTHING
        return self.start if self.best is None else self._at

    @property
    def _value(self) -> float:
        return self.known if self.best is None else self.best.value

    def learn(self, value: float, at: Multipliers) -> bool:
        """Take note that the function reaches a value somewhere; return whether that is news.

        It is not once the function has been evaluated: then planes tell where to look.
        """
        if self.best is not None or value <= self.known:
            return False
        self.start, self.known = at, value
        return True

    def elsewhere(self, evaluate: Evaluate) -> Maximiser:
        """Return a maximiser of another, unknown function that begins where this one is."""
        return Maximiser(evaluate, self.at, -np.inf, self.ceiling, self.usual, self.tied)

    def step(self) -> None:
        """Evaluate once more, at the start or where the planes promise most."""
        point = ((self.first or self.start) if self.best is None else self._promising()).rounded()
        found = self.evaluate(point)
        if not np.isfinite(found.value):  # nothing is feasible: no multipliers are needed
            self.best, self._at, self.room = found, point, 0.0
            return
        slope = self._packed(found.slope, add=True)
        self._planes.append((found.value - float(slope @ self._packed(point)), slope))
        if self.best is None and self.first is not None and found.value < self.known:
            self.best, self._at = found._replace(value=self.known), self.start
        elif self.best is None:
            self.best, self._at = found, point
        elif found.value > self.best.value:
            self._reach = min(self._reach * _GROWTH, _FAR)
            self.best, self._at = found, point
        box = self._box()
        promise, point_there = self._promise(box)
        self.room = promise - self.best.value
        high = np.array([top for _, top in box])
        if np.any((point_there >= high) & (high < self._packed(self.ceiling))):
            self.room *= 10.0  # more may wait outside the region

    def _promising(self) -> Multipliers:
        """Return the multipliers in the region at which the planes promise most."""
        return self._unpacked(self._promise(self._box())[1])

    def _promise(self, box: list[tuple[float, float]]) -> tuple[float, FloatArray]:
        """Return the highest value that all planes allow in a box, and where."""
        planes = [plane for plane in self._planes if np.isfinite(plane[0])]
        if not planes:
            return np.inf, self._packed(self.at)
        matrix = np.array([[1.0, *(-slope)] for _, slope in planes])
        heights = [height for height, _ in planes]
        objective = np.zeros(len(box) + 1)
        objective[0] = -1.0
        found = minimise(objective, A_ub=matrix, b_ub=heights, bounds=[(None, None), *box])
        if found.x is None:
            return -np.inf, self._packed(self.at)
        return -float(found.fun or 0.0), found.x[1:]

    def _box(self) -> list[tuple[float, float]]:
        """Return the trust region: the least and the greatest value of each multiplier that is free."""
        ceiling, usual = self._packed(self.ceiling), self._packed(self.usual)
        at = self._packed(self._at)
        low = np.where(at > 0.02 * usual, at / self._reach, 0.0)
        high = np.minimum(np.maximum(at, 0.05 * usual) * self._reach, ceiling)
        return list(zip(low.tolist(), np.maximum(high, low).tolist(), strict=True))

    def _packed(self, values: tuple[float, float, float], add: bool = False) -> FloatArray:
        """Return the multipliers that are free; of tied ones the first, or the sum (of a slope)."""
        if not self.tied:
            return np.array(values, float)
        return np.array([values[0], values[1] + values[2] if add else values[1]], float)

    def _unpacked(self, values: FloatArray) -> Multipliers:
        """Return the multipliers from those that are free."""
        area, x, *rest = (max(float(value), 0.0) for value in values)
        return Multipliers(area, x, rest[0] if rest else x)
