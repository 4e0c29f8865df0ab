"""Straight stacks, which are best where wire weighs most."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from wse_cp.construct.orders import Order, orders
from wse_cp.construct.rows.layout import stack_layout
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import SlicingSpace
from wse_cp.construct.slicing.trees import TreePool, shape_of_rows
from wse_cp.construct.stacks.build import FACTORS, StackSearch
from wse_cp.construct.stacks.scan import PlainStack, cheapest_plain_stack
from wse_cp.placement import Placement
from wse_cp.strategy.run import Run, Stream

#: The first stacks may take a share of the time left, up to a number of seconds. The very first one, and all
#: where rows are hopeless, may take the greater share.
_SHARE, _SECONDS, _GREATER_SHARE = 0.25, 5.0, 0.6
#: A stack is worth a try if it costs at most this many times the incumbent, adapters of both not counted.
_PROMISING = 1.08
#: If it costs at most this many times the first rows, further rows are hopeless: they would hardly differ.
_ALONE = 1.002
#: Stacks are given up after this many if the best costs more than this many times the incumbent.
_TRIED, _HOPELESS = 2, 1.06
#: The best stack leads if it costs at most this many times the incumbent.
_LEADS = 1.002


class Stacks:
    """The stacks of a run: some before anything that takes longer, more beside the other starts."""

    def __init__(self, run: Run) -> None:
        self._run = run
        #: that of the cheapest stack without adapters, once looked for
        self.order: Order | None = None
        self._search: StackSearch | None = None
        self._tried = 0
        self._least: tuple[Fraction, Placement] | None = None

    def begin(self) -> bool:
        """Offer the first stacks, if the cheapest stack without adapters promises to be good.

        Returns whether rows are hopeless: adapters cost something, and without adapters the rows found so far
        cost no less than one stack.
        """
        run, instance = self._run, self._run.incumbent.instance
        if "stacks" in run.options.without or not instance.kernel_edges or run.left() < 0:
            return False
        now = run.clock.now()
        usual, greater = (now + min(share * run.left(), _SECONDS) for share in (_SHARE, _GREATER_SHARE))
        generator = run.generator(Stream.STACKS)
        with run.incumbent.working("stacks"):
            plain, rows = self._plain(generator, usual), self._without_adapters()
            self.order = plain and plain.order
            run.memory.add_orders([self.order] if self.order else [])
            weighs = instance.weighs_adapters
            alone = weighs and plain is not None and (rows is None or plain.cost <= _ALONE * rows)

            def stopped() -> bool:
                return self._over(greater if alone or self._least is None else usual)

            if plain is not None and (rows is None or plain.cost <= _PROMISING * rows):
                # Without adapters the best cycle limit is known; with them it may be another.
                factors = FACTORS if weighs else FACTORS[:1]
                self._search = StackSearch(instance, generator, plain.order, plain.limit, factors, run.clock)
                self._build(stopped, len(factors))
        return alone

    def go_on(self, space: SlicingSpace, pool: TreePool, end: float, latest: float) -> None:
        """Build more stacks until `end`, or `latest` as long as they lead; good ones go into the pool.

        Then what the search remembers is given up.
        """
        run, waited = self._run, 0.0

        def stopped() -> bool:
            nonlocal waited
            waited += run.give_way(only_to_verifier=True)
            return self._over(waited + (latest if self._leads() else end))

        def keep() -> None:
            if self._least is not None:
                shape = shape_of_rows(space, stack_layout(self._least[1]), self._least[1])
                pool.add(search.cost(shape), shape)

        search = SlicingSearch(space, run.options.seed)
        keep()
        if self._search is not None:
            with run.incumbent.working("stacks"):
                self._build(stopped, better=keep)
            self._search = None

    def _build(
        self, stopped: Callable[[], bool], most: int | None = None, better: Callable[[], None] = lambda: None
    ) -> None:
        """Build stacks, up to `most` in all, and offer them, until stopped or hopeless."""
        run, incumbent = self._run, self._run.incumbent
        assert self._search is not None
        while not (stopped() or self._hopeless() or self._tried == most):
            begin = run.clock.now()
            placement = self._search.step(stopped)
            if placement is not None or not stopped():
                self._tried += 1
            if placement is not None:
                cost = run.offer(placement, "stacks").cost
                if self._least is None or cost < self._least[0]:
                    self._least = cost, placement
                    better()
            incumbent.count("stacks", run.clock.now() - begin)

    def _plain(self, generator: np.random.Generator, end: float) -> PlainStack | None:
        """Return the cheapest stack, adapters not counted."""
        run, instance = self._run, self._run.incumbent.instance
        choice = list(dict.fromkeys([*run.memory.orders, *orders(instance, generator)]))
        return cheapest_plain_stack(
            instance, choice, run.least_time, generator, run.clock, lambda: self._over(end)
        )

    def _without_adapters(self) -> Fraction | None:
        """Return what the incumbent costs without its adapters."""
        best = self._run.incumbent.best
        return best and self._run.incumbent.instance.cost(best.score.max_time, best.score.wire_length, 0)

    def _over(self, end: float) -> bool:
        return self._run.clock.now() > end or self._run.left() < 0

    def _hopeless(self) -> bool:
        return self._tried >= _TRIED and not self._within(_HOPELESS)

    def _leads(self) -> bool:
        return self._within(_LEADS)

    def _within(self, factor: float) -> bool:
        """Tell whether the best stack costs at most `factor` times the incumbent."""
        best = self._run.incumbent.best
        return best is None or (self._least is not None and self._least[0] <= factor * best.score.cost)
