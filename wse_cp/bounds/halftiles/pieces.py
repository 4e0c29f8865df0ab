"""A certificate in pieces, one for each interval, each worth what the verifier derives of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from typing import Any

from wse_cp.bounds.sealing import sealed
from wse_cp.bounds.verifier import Interval, Multipliers, read_certificate
from wse_cp.bounds.verifier.interval import value_of_cases
from wse_cp.instance import Instance

#: The version of certificates whose intervals say whether parities are compared.
VERSION = 10
#: A cost, or infinity where there is no placement.
Value = Fraction | float
Tree = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Piece:
    """Placements whose largest time is from the interval's start up to, but without, `end`."""

    interval: Interval
    end: int | None  #: 1 / time_scale cycles; None for no end
    value: Value  #: what they cost at least, as far as is known
    exact: bool = False  #: whether that is all that the interval proves, but for a hair


class Pieces:
    """The pieces of a certificate; one thread may change them while others read.

    Parameters
    ----------
    certificate
        The JSON text of one with multipliers; it has been sealed by the search.
    ended
        Asked every few milliseconds whether to end at once.
    values
        What each interval is worth, up to rounding errors, if that is known.
    """

    def __init__(
        self,
        instance: Instance,
        certificate: str,
        ended: Callable[[], bool],
        values: Sequence[float] | None = None,
    ) -> None:
        self._instance, self._ended = instance, ended
        self._content: dict[str, Any] = json.loads(certificate)
        self._whole = read_certificate(certificate)
        intervals = self._whole.intervals
        ends = [*(interval.start for interval in intervals[1:]), None]
        bound, known = self._whole.bound, values is not None
        least = [max(bound, _surely(value)) for value in values or [0.0] * len(intervals)]
        rows = zip(intervals, ends, least, strict=True)
        pieces = tuple(Piece(interval, end, value, known) for interval, end, value in rows)
        self._state = self._whole.tree, pieces  # one object, so that both are seen as they belong together

    @property
    def tree(self) -> Tree:
        """The edges along which splits and parities are compared."""
        return self._state[0]

    @property
    def all(self) -> tuple[Piece, ...]:
        """The pieces in order of time."""
        return self._state[1]

    @property
    def spine(self) -> tuple[str, ...]:
        """The spine that intervals have parts of."""
        return self._whole.spine

    @property
    def named(self) -> tuple[tuple[str, ...], ...]:
        """The cycles that the certificate names."""
        return self._whole.cycles

    @property
    def unit(self) -> int:
        """Prices and shares are given in 1 / unit."""
        return self._whole.unit

    @property
    def value(self) -> Value:
        """What all placements cost at least."""
        return min(piece.value for piece in self.all)

    def put(self, old: Piece, *new: Piece) -> None:
        """Put pieces in the place of one."""
        tree, pieces = self._state
        place = pieces.index(old)
        self._state = tree, (*pieces[:place], *new, *pieces[place + 1 :])

    def adopt(self, tree: Tree, pieces: Iterable[Piece]) -> None:
        """Go on with another tree, and pieces that were evaluated with it."""
        self._state = tree, tuple(pieces)

    def evaluated(
        self,
        interval: Interval,
        end: int | None,
        tree: Tree | None = None,
        cases: Iterable[int] | None = None,
    ) -> Value:
        """Return what an interval that ends there is worth.

        With another tree, and in some of its cases only, if they are given.
        """
        intervals = [interval]
        if end is not None:
            intervals.append(Interval(end, (Multipliers(0, 0, 0),) * len(interval.cases), (0, 0), 0))
        certificate = replace(
            self._whole, version=VERSION, intervals=tuple(intervals), tree=tree or self.tree
        )
        numbers = range(len(interval.cases)) if cases is None else cases
        value = value_of_cases(self._instance, certificate, 0, numbers, self._ended)
        return inf if value is None else value

    def text(self, bound: Fraction) -> str:
        """Return a certificate that claims `bound`, of as few intervals as prove it."""
        tree, pieces = self._state
        content = {key: value for key, value in self._content.items() if key != "sha256"}
        content |= {
            "version": VERSION,
            "tree": [list(edge) for edge in tree],
            "intervals": [_entry(piece.interval) for piece in self._merged(pieces, bound)],
            "adapters": self._whole.adapters,
            "covers": self._content.get("covers", []),
            "cycles": self._content.get("cycles", []),
            "bound": [bound.numerator, bound.denominator],
        }
        return sealed(content, ("intervals", "covers"))

    def _merged(self, pieces: Sequence[Piece], bound: Fraction) -> list[Piece]:
        """Return as few pieces as still prove a bound: what holds for a later one holds for those before."""
        kept: list[Piece] = []
        for piece in reversed(pieces):
            later = kept[-1] if kept else None
            if later is not None:
                value = later.value - self.time(later.interval.start) + self.time(piece.interval.start)
                if value >= bound:
                    interval = replace(later.interval, start=piece.interval.start)
                    kept[-1] = replace(later, interval=interval, value=value)
                    continue
            kept.append(piece)
        return kept[::-1]

    def time(self, start: int) -> Fraction:
        """Return what a largest time costs (1 / time_scale cycles)."""
        return Fraction(self._instance.settings.wdeltat * start, self._instance.time_scale)


def _surely(value: float) -> Value:
    """Return a hair less than a value that is known up to rounding errors."""
    return value if value == inf else Fraction(value - max(abs(value) * 1e-9, 1e-7))


def _entry(interval: Interval) -> dict[str, object]:
    return {
        "from": interval.start,
        "spine": list(interval.part),
        "multipliers": [[case.area, case.run_x, case.run_y] for case in interval.cases],
        "wire": interval.wire,
        "cover": interval.cover,
        "parities": interval.parities,
    }
