"""Memory: what a search begins with, and where it says what is worth keeping; quick to set and to read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from wse_cp.bounds.background.messages import Known
from wse_cp.checkpoint.kept import MAX_ORDERS, Kept, KeptOperator, KeptTree
from wse_cp.result import OperatorStatistics

Order = tuple[str, ...]


class Memory:
    """What is worth keeping of one run; the search sets it from its threads, another thread reads it.

    What has not been set yet is what the run began with.

    Parameters
    ----------
    kept
        What the run begins with.
    names
        Of the kernels, in file order.
    known
        What is known of the bound.
    """

    def __init__(
        self, kept: Kept | None = None, names: Sequence[str] = (), known: Known | None = None
    ) -> None:
        self.kept, self.known = kept or Kept(), known or Known()
        self.started = self.kept.started
        self.trees: Callable[[], Sequence[KeptTree]] = lambda: self.kept.trees
        self._lock = threading.Lock()
        self._early: list[KeptTree] = []  #: given before anybody took them
        self._take_trees: Callable[[Sequence[KeptTree]], object] | None = None
        self._names = tuple(names)
        self._numbers = {name: number for number, name in enumerate(names)}
        #: those worth beginning with
        self.orders = [tuple(self._names[i] for i in order) for order in self.kept.orders]
        self._orders = list(self.orders)
        self._operators: dict[int, Callable[[], tuple[KeptOperator, ...]]] = {}

    def add_orders(self, orders: Sequence[Order]) -> None:
        """Note orders, the best first; the oldest are forgotten."""
        self._orders = list(dict.fromkeys([*orders, *self._orders]))[:MAX_ORDERS]

    def give_trees(self, trees: Sequence[KeptTree]) -> None:
        """Let the search have trees that others have found while it goes on."""
        with self._lock:
            if self._take_trees is None:
                self._early += trees
            else:
                self._take_trees(trees)

    def take_trees(self, take: Callable[[Sequence[KeptTree]], object]) -> None:
        """Say who takes the trees that others have found; called for one list at a time."""
        with self._lock:
            self._take_trees = take
            take(self._early)
            self._early = []

    def operators_of(self, worker: int) -> tuple[KeptOperator, ...]:
        """Return the records that a worker's operators begin with.

        Where there are more workers than before, some begin with the same.
        """
        known = [records for records in self.kept.operators if records]
        return known[worker % len(known)] if known else ()

    def follow_operators(self, worker: int, records: Callable[[], tuple[KeptOperator, ...]]) -> None:
        """Note where the records of a worker's operators can be asked for."""
        self._operators[worker] = records

    def state(self, seed: int, seconds: float, statistics: Sequence[OperatorStatistics]) -> Kept:
        """Return what is to be kept now.

        Parameters
        ----------
        seconds, statistics
            Of this run; those of the runs before are added.
        """
        known, operators = self.kept, dict(self._operators)
        current = {k: records() for k, records in operators.items()}
        workers = range(max([len(known.operators), *(k + 1 for k in current)]))
        before = dict(enumerate(known.operators))
        return Kept(
            seed,
            known.seconds + seconds,
            known.runs + 1,
            self.started,
            tuple(tuple(self._numbers[name] for name in order) for order in self._orders),
            tuple(self.trees()),
            tuple(current.get(k, before.get(k, ())) for k in workers),
            tuple(_added([*known.statistics, *statistics])),
        )


def _added(statistics: Sequence[OperatorStatistics]) -> list[OperatorStatistics]:
    """Return statistics with those of the same name added up."""
    found: dict[str, OperatorStatistics] = {}
    for entry in statistics:
        known = found.get(entry.name)
        found[entry.name] = entry if known is None else _sum(known, entry)
    return list(found.values())


def _sum(one: OperatorStatistics, other: OperatorStatistics) -> OperatorStatistics:
    return replace(
        one,
        calls=one.calls + other.calls,
        improvements=one.improvements + other.improvements,
        gain=one.gain + other.gain,
        seconds=one.seconds + other.seconds,
    )
