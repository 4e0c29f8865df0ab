"""Makes a certificate stronger by comparing parities where it is weakest, step by step.

The multipliers stay as the search has left them; what a piece is worth the verifier says. A piece is tried
with parities, along its spine and without one, first at its start alone: no part of it is worth more than
that. Where it helps, the piece is split until it is worth as much. Where nothing helps, trees are tried that
leave out another edge of one cycle, and at last the certificate is as strong as it gets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, inf

from wse_cp.bounds.halftiles.pieces import Piece, Pieces, Tree, Value
from wse_cp.bounds.halftiles.trees import other_trees
from wse_cp.bounds.search.least_time import many_kernels
from wse_cp.bounds.verifier import EndedError, Interval, Multipliers
from wse_cp.instance import Instance

_NOTHING = Multipliers(0, 0, 0)


class HalfTiles:
    """The refinement of one certificate.

    Parameters
    ----------
    certificate
        Its JSON text; it is one with multipliers, as the search has sealed it.
    ended
        Asked every few milliseconds whether to end at once; then a step leaves its work undone.
    values
        What each interval is worth, up to rounding errors, if that is known.

    Nothing is refined where wire costs nothing, nor of many kernels: an evaluation would take too long.
    """

    def __init__(
        self,
        instance: Instance,
        certificate: str,
        ended: Callable[[], bool],
        values: Sequence[float] | None = None,
    ) -> None:
        self._instance = instance
        self._pieces = Pieces(instance, certificate, ended, values)
        self._habit: int | None = None  # which of the ways helped last
        self._trees: deque[Tree] | None = None  # yet to be tried; None until they are needed
        self._known = {self._pieces.tree}  # trees that were tried or gone on with
        self._aim: Fraction | None = None
        wires = instance.settings.wlength and instance.kernel_edges
        self.finished = not wires or many_kernels(instance)

    @property
    def value(self) -> Value:
        """What the certificate proves so far, not yet rounded up."""
        return self._pieces.value

    @property
    def least_time(self) -> Fraction:
        """What the largest time costs at least where the certificate is weakest."""
        return self._pieces.time(self._weakest.interval.start)

    @property
    def _weakest(self) -> Piece:
        return min(self._pieces.all, key=lambda piece: piece.value)

    def certificate(self, bound: Fraction) -> str:
        """Return the certificate, claiming a bound that it proves."""
        return self._pieces.text(bound)

    def aim(self, cost: Fraction) -> None:
        """Take note that a placement costs that much: more need not be proven."""
        self._aim = cost
        self.finished = self.finished or self.value >= cost

    def step(self) -> None:
        """Make the weakest piece stronger, or try a tree, or find that nothing helps."""
        try:
            weakest = self._weakest
            if not (self._refined(weakest) or self._replanted(weakest)):
                self.finished = True
        except EndedError:
            return
        if self._aim is not None and self.value >= self._aim:
            self.finished = True

    def _refined(self, piece: Piece) -> bool:
        """Find out what a piece is worth, or make it worth more, alone or in two; tell whether it was."""
        if not piece.exact:
            value = max(piece.value, self._pieces.evaluated(piece.interval, piece.end))
            self._pieces.put(piece, replace(piece, value=value, exact=True))
            return True
        if self._trees:  # nothing else helps
            return False
        if self._helped_again(piece):
            return True
        best = self._best_start(piece)
        if best is None:
            return False
        value = self._pieces.evaluated(best.interval, piece.end)
        if value > piece.value:
            self._pieces.put(piece, Piece(best.interval, piece.end, value, True))
        else:
            self._split(piece, Piece(best.interval, piece.end, value), best.value)
        return True

    def _helped_again(self, piece: Piece) -> bool:
        """Make a piece worth more in the way that helped last, if it is not that way; tell whether it is.

        Of pieces with a cover it is the first way: they are few, and multipliers of 0 often do there.
        """
        ways = list(self._ways(piece.interval))
        habit = self._habit if piece.interval.wire else 0
        if piece.interval.parities or habit is None or habit >= len(ways):
            return False
        way = ways[habit]
        value = self._pieces.evaluated(way, piece.end)
        if value > piece.value:
            self._pieces.put(piece, Piece(way, piece.end, value, True))
        return value > piece.value

    def _best_start(self, piece: Piece) -> Piece | None:
        """Return how the start alone is worth most; None if that is no more than all of the piece."""
        end, ways = piece.interval.start + 1, list(self._ways(piece.interval))
        values = [self._at_start(way, piece.value) for way in ways]
        best = max(range(len(ways)), key=lambda i: values[i])
        if values[best] <= piece.value:
            return None
        self._habit = best if len(ways) > 1 else self._habit
        return Piece(ways[best], end, values[best])

    def _at_start(self, way: Interval, enough: Value) -> Value:
        """Return what an interval's start alone is worth, not all of it if that is no more than `enough`.

        Parities only count in the first case, which takes longest.
        """
        end, others = way.start + 1, range(1, len(way.cases))
        turned = self._pieces.evaluated(way, end, cases=others)
        return turned if turned <= enough else min(turned, self._pieces.evaluated(way, end, cases=[0]))

    def _ways(self, interval: Interval) -> Iterator[Interval]:
        """Yield an interval with parities: along its spine, and without one under the prices of each case."""
        cases = interval.cases
        if not interval.wire:  # there is a cover: neither multipliers nor spine
            cases = (_NOTHING,) * len(cases)
            interval = replace(interval, cases=cases, part=(0, len(self._pieces.spine)), cover=-1)
        full = replace(interval, wire=self._pieces.unit, parities=True)
        yield full
        if interval.part != (0, 0):
            for area in sorted({case.area for case in cases}):
                first = Multipliers(area, 0, 0)
                yield replace(full, part=(0, 0), cases=(first, *([_NOTHING] * (len(cases) - 1))))

    def _split(self, old: Piece, new: Piece, goal: Value) -> None:
        """Split a piece where the later part is worth the goal, or in the middle if that is earlier.

        `new` is the same piece in another way, not worth more as a whole.
        """
        start, end, time = old.interval.start, old.end, self._pieces.time
        cut = start + 1 if end is None else (start + end) // 2
        if (rate := time(1)) and new.value < goal < inf:
            needed = start + ceil((Fraction(goal) - Fraction(new.value)) / rate)
            cut = needed if end is None else min(needed, cut)
        cut = max(cut, start + 1)
        earlier = Piece(new.interval, cut, self._pieces.evaluated(new.interval, cut), True)
        parts = [earlier if earlier.value >= old.value else replace(old, end=cut, exact=False)]
        if end is None or cut < end:
            more = time(cut) - time(start)
            later = max(new, old, key=lambda piece: piece.value)
            interval = replace(later.interval, start=cut)
            parts.append(Piece(interval, end, later.value + more, True))
        self._pieces.put(old, *parts)

    def _replanted(self, weakest: Piece) -> bool:
        """Try another tree; go on with it if the certificate is worth more where it is weakest, and no less.

        Tell whether there was one to try. At first only the case is looked at in which parities count.
        """
        if self._trees is None:
            trees = other_trees(self._instance, self._pieces)
            self._trees = deque(tree for tree in trees if tree not in self._known)
        if not self._trees:
            return False
        tree = self._trees.popleft()
        self._known.add(tree)
        way = next(self._ways(weakest.interval))
        if self._pieces.evaluated(way, way.start + 1, tree, [0]) > weakest.value:
            self._go_on_with(tree, weakest, way)
        return True

    def _go_on_with(self, tree: Tree, weakest: Piece, way: Interval) -> None:
        """Go on with another tree, the weakest piece in some way, unless the certificate is worth less."""
        ways = ((piece, way if piece is weakest else piece.interval) for piece in self._pieces.all)
        pieces = [self._anew(piece, interval, tree) for piece, interval in ways]
        if min(piece.value for piece in pieces) >= self.value:
            self._pieces.adopt(tree, pieces)
            self._trees = None

    def _anew(self, piece: Piece, interval: Interval, tree: Tree) -> Piece:
        """Return a piece evaluated with another tree, in some way; one with a cover does not know trees."""
        if not interval.wire:
            return piece
        return Piece(interval, piece.end, self._pieces.evaluated(interval, piece.end, tree), True)
