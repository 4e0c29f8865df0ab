"""Columns within rows, for networks too large for everything else: a scan, then annealing by all workers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import chain, takewhile, zip_longest

from wse_cp.clock import Clock
from wse_cp.construct.columns.annealed import annealed_order
from wse_cp.construct.columns.balance import balanced
from wse_cp.construct.columns.matched import ProtocolMatching
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.realise import Realiser
from wse_cp.construct.columns.scan import ColumnScan, Plan
from wse_cp.construct.columns.search import ColumnAnnealer
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.construct.orders import Order, depth_first, each_order
from wse_cp.score import total_adapters
from wse_cp.shapes.arrays import IntArray
from wse_cp.strategy.run import Run, Stream
from wse_cp.strategy.workers import neighbourhoods

#: From so many kernels on, columns within rows replace rows, stacks and trees.
LARGE = 200
#: Under this name they appear in statistics.
NAME = "columns"
#: The scan may take this share of the time left; annealing goes on until this share is over.
_SCAN_SHARE, _ANNEAL_SHARE = 0.3, 0.88
#: Matching protocols may take this share of the time left after the scan.
_MATCHING_SHARE = 0.35
#: Steps between cycle limits in the passes of the scan.
_COARSE, _FINE, _UNEQUAL = 1.06, 1.015, 1.02
#: Cycle limits relative to the best so far at which further orders are compared; how many of the best orders
#: get further passes.
_NEAR, _ORDERS = (0.96, 0.98, 1.0, 1.02, 1.05), 2
#: Numbers of rows for unequal rows: from and to so many times those of the best, and so far apart.
_FEWER, _MORE, _SPACED = 0.4, 2.5, 1.25
#: Cycle limits relative to the best at which unequal rows are tried once more.
_NEARER = tuple(1 + step / 1000 for step in range(-40, 25, 5))
#: After so many passes a scan gets no further one if its best plan costs so many times the best of all.
_COMPARED, _BEHIND = 3, Fraction(115, 100)
#: Seconds that a plan takes per kernel, roughly.
_PLAN_WORK = 2e-6
#: Plans that are better are offered when so many times the time of an offer has passed.
_PATIENCE = 4.0
#: At most so many plans are annealed at first; each needs so many seconds for each kernel.
_MOST, _SECONDS_A_KERNEL = 8, 4e-3
#: By this share annealing may shorten the wire of a plan.
_SHORTER = Fraction(1, 4)
#: Plans differ enough if their rows or, by this factor, their cycle limits do.
_APART = 1.03
#: First temperature of the first round and its factor from round to round, the least, the last of a round.
_HOT, _COOLER, _LEAST_HOT, _COLD = 0.12, 0.7, 0.03, 0.004


class Columns:
    """The plans of a run, and what the workers share while they anneal them."""

    def __init__(self, run: Run) -> None:
        instance = run.incumbent.instance
        self._run = run
        square = instance.settings.width == instance.settings.height
        self._problems = [
            ColumnProblem(instance, turned) for turned in ((False,) if square else (False, True))
        ]
        self._realisers: dict[int, Realiser] = {}
        self._lock = threading.Lock()
        self._offered: Plan | None = None
        self._closing = False
        self._next_offer = 0.0
        self._plans: list[tuple[int, Plan]] = []  #: rounds, plan
        self._busy: list[Plan] = []

    def scan(self) -> None:
        """Look for good plans and offer them as they come; without memory for more, those found will do."""
        run = self._run
        begin = run.clock.now()
        with run.incumbent.working(NAME):
            run.spared(NAME, partial(self._look, begin + _SCAN_SHARE * run.left()))
        run.incumbent.count(NAME, run.clock.now() - begin)

    def _look(self, end: float) -> None:
        scans = [self._scan(problem, end) for problem in self._problems]
        self._run.spared("further columns", partial(self._take_passes, scans))
        found = sorted((plan for scan in scans for plan in scan.plans), key=lambda plan: plan.cost)
        if self._run.incumbent.instance.weighs_adapters and found and self._run.left() > 0:
            found = self._run.spared("adapters", partial(self._matched, scans, found, end)) or found
        self._plans = [(0, balanced(plan)) for plan in self._apart(found)]
        self._run.memory.add_orders([order for scan in scans for order in _kept_orders(scan)])

    def _take_passes(self, scans: list[ColumnScan]) -> None:
        """Scan pass by pass, and offer what is better."""
        clock = self._run.clock
        passes = [_passes(scan, partial(self._more_orders, scan.problem), clock) for scan in scans]
        for number, turn in enumerate(zip_longest(*passes, fillvalue=())):
            for scan, plans in zip(scans, turn, strict=True):
                if number < _COMPARED or not self._behind(scan):
                    self._offer_pass(scan, plans)

    def _behind(self, scan: ColumnScan) -> bool:
        """Tell whether a scan is far behind that of the other way to lay rows."""
        offered, best = self._offered, scan.best
        return offered is not None and best is not None and best.cost > _BEHIND * offered.cost

    def _offer_pass(self, scan: ColumnScan, plans: Iterable[Plan]) -> None:
        for plan in plans:
            self._offer(plan)
        if scan.best is not None:
            self._offer(scan.best, at_once=True)

    def _scan(self, problem: ColumnProblem, end: float) -> ColumnScan:
        run = self._run
        graph = run.incumbent.instance.kernel_graph
        return ColumnScan(
            problem,
            run.least_time,
            [problem.positions(order) for order in (*run.memory.orders, depth_first(graph, list(graph)))],
            lambda: self._over(end),
            run.options.seed,
        )

    def _over(self, end: float) -> bool:
        """Tell, once for each plan, whether the time is over."""
        clock = self._run.clock
        clock.spend(_PLAN_WORK * len(self._run.incumbent.instance.kernels))
        return clock.now() > end or self._run.left() < 0

    def _more_orders(self, problem: ColumnProblem) -> Iterator[IntArray]:
        for order in each_order(self._run.incumbent.instance, self._run.generator(Stream.COLUMNS)):
            yield problem.positions(order)

    def _offer(self, plan: Plan, at_once: bool = False) -> None:
        """Offer a plan unless the last offer is too recent; once the run is stopped, one more at most.

        An offer takes half a second at 10,000 kernels.
        """
        begin = self._run.clock.now()
        with self._lock:
            known = self._offered is not None and plan.cost >= self._offered.cost
            if known or self._closing or (begin < self._next_offer and not at_once):
                return
            self._offered, self._closing = plan, self._run.stop.is_set()
            placement = self._realiser(plan.problem).placement(plan.arrangement, plan.limit)
            self._run.incumbent.offer(placement, NAME)
            now = self._run.clock.now()
            self._next_offer = now + _PATIENCE * (now - begin)

    def _realiser(self, problem: ColumnProblem) -> Realiser:
        return self._realisers.setdefault(id(problem), Realiser(problem))

    def _matched(self, scans: list[ColumnScan], plans: list[Plan], end: float) -> list[Plan]:
        """Return plans with their adapters: those given, and some whose protocols are chosen to match."""
        run, instance = self._run, self._run.incumbent.instance
        end += _MATCHING_SHARE * max(run.left(), 0.0)
        placement = self._realiser(plans[0].problem).placement(plans[0].arrangement, plans[0].limit)
        count = total_adapters(instance, placement)
        found = [plan.with_adapters(count) for plan in plans]
        matching = ProtocolMatching(run.generator(Stream.COLUMNS), lambda: self._over(end))
        for turn in zip_longest(*map(matching.trials, scans), fillvalue=[]):
            for plan in chain.from_iterable(turn):
                found.append(plan)
                self._offer(plan)
        return sorted(found, key=lambda plan: plan.cost)

    def _apart(self, plans: list[Plan]) -> list[Plan]:
        """Return plans that differ, as many as time allows: in turn the cheapest and the most promising.

        Annealing shortens wire by a share; then plans of a lower cycle limit and more wire may be better.
        """
        seconds = _SECONDS_A_KERNEL * len(self._run.incumbent.instance.kernels)
        most = min(_MOST, max(1, int(self._run.left() * self._run.options.workers / (8 * seconds))))
        promising = sorted(plans, key=lambda plan: plan.cost - _SHORTER * plan.wire_cost)
        found: list[Plan] = []
        for plan in chain.from_iterable(zip(plans, promising, strict=True)):
            if len(found) < most and not any(_alike(plan, other) for other in found):
                found.append(plan)
        return found

    def anneal(self, worker: int) -> None:
        """Anneal plans, half of them one round longer each time, until the share of the time is over."""
        run = self._run
        seed = int(run.generator(Stream.COLUMNS, worker).integers(1 << 62))
        annealer = ColumnAnnealer(seed, run.clock, lambda: run.left() < 0)
        begin = run.clock.now()
        end = begin + _ANNEAL_SHARE * run.left()
        length = self._round(end - begin)
        while (left := end - run.clock.now()) > 0.1 and (picked := self._pick()) is not None:
            rounds, plan = picked
            start = run.clock.now()
            seconds = length * 2 ** min(rounds, 3)
            hot = max(_HOT * _COOLER**rounds, _LEAST_HOT)
            with run.incumbent.working(NAME):
                better = annealer.run(plan, left if left < 1.5 * seconds else seconds, hot, _COLD)
                self._put(rounds + 1, plan, better)
                self._offer(better, at_once=left < 2 * seconds)
            run.incumbent.count(NAME, run.clock.now() - start)

    def work(self, worker: int) -> None:
        """Do the work of one thread: annealing, then large neighbourhoods."""
        run = self._run
        if "trees" not in run.options.without:
            self.anneal(worker)
        neighbourhoods(run, worker)

    def _round(self, seconds: float) -> float:
        """Return how long the first rounds take, so that the last plan gets half of the time."""
        return seconds * self._run.options.workers / max(6 * len(self._plans), 16)

    def _pick(self) -> tuple[int, Plan] | None:
        """Return the plan that has had fewest rounds, of those the cheapest; one that no other works on."""
        with self._lock:
            picked = min(
                self._plans,
                key=lambda item: (any(item[1] is plan for plan in self._busy), item[0], item[1].cost),
                default=None,
            )
            if picked is not None:
                self._busy.append(picked[1])
            return picked

    def _put(self, rounds: int, plan: Plan, better: Plan) -> None:
        """Put a plan back after a round; give up the worse half of those with as many rounds."""
        with self._lock:
            del self._busy[next(i for i, other in enumerate(self._busy) if other is plan)]
            others = [item for item in self._plans if item[1] is not plan]
            self._plans = sorted([*others, (rounds, better)], key=lambda item: item[1].cost)
            if len(self._plans) > 1 and all(item[0] >= rounds for item in self._plans):
                self._plans = self._plans[: (len(self._plans) + 1) // 2]


def _passes(
    scan: ColumnScan, more: Callable[[], Iterable[IntArray]], clock: Clock
) -> Iterator[Iterator[Plan]]:
    """Yield passes: equal rows of one order, then of others that are as good, then rows that differ."""
    counts = scan.counts()
    yield scan.equal_rows(0, counts[::2], scan.limits(_COARSE, 1.05))
    yield scan.equal_rows(0, counts, scan.limits(_FINE))
    yield _compared(scan, more, clock)
    for order in [order for order in _ranked(scan) if order][: _ORDERS - 1]:
        yield scan.equal_rows(order, counts, scan.limits(_FINE))
    yield scan.refined()
    for order in _ranked(scan)[:_ORDERS]:
        yield scan.unequal_rows(order, scan.limits_outward(_UNEQUAL), _spaced(scan, counts))
    yield scan.refined()
    yield scan.heights_annealed()
    yield _closer(scan, counts)
    yield scan.heights_annealed()


def _spaced(scan: ColumnScan, counts: list[int]) -> list[int]:
    """Return some numbers of rows around that of the best plan: rows that differ serve those between."""
    best, found = scan.best, list[int]()
    if best is not None:
        for count in counts:
            close = _FEWER * best.rows <= count <= _MORE * best.rows + 1
            if close and (not found or count >= _SPACED * found[-1]):
                found.append(count)
    return found


def _compared(scan: ColumnScan, more: Callable[[], Iterable[IntArray]], clock: Clock) -> Iterator[Plan]:
    """Add orders and yield plans for them where the orders before were best."""
    best = scan.best
    if best is not None:
        for order in takewhile(lambda _: not scan.over(), more()):
            yield from scan.equal_rows(scan.add(order), *_around(scan.best or best))
        yield from _annealed(scan, clock)


def _annealed(scan: ColumnScan, clock: Clock) -> Iterator[Plan]:
    """Yield plans for orders annealed for the rows of the best plan, as long as that brings something."""
    while (best := scan.best) is not None and not scan.over():
        order = annealed_order(best, scan.orders[best.key[0]], scan.seed, clock, scan.over)
        yield from scan.equal_rows(scan.add(order), *_around(best))
        if scan.best is best:
            return


def _around(best: Plan) -> tuple[list[int], list[Fraction]]:
    """Return the numbers of rows and the cycle limits at which other orders are compared."""
    instance = best.problem.instance
    limits = [rounded_up(instance, best.limit * Fraction(factor)) for factor in _NEAR]
    return [max(best.rows - 1, 1), best.rows, best.rows + 1], limits


def _closer(scan: ColumnScan, counts: list[int]) -> Iterator[Plan]:
    """Yield better plans than the best in unequal rows, at limits and numbers of rows close to it."""
    best = scan.best
    if best is not None:
        limits = [rounded_up(scan.problem.instance, best.limit * Fraction(factor)) for factor in _NEARER]
        close = [count for count in counts if 0.6 * best.key[2] <= count <= 1.6 * best.key[2] + 1]
        yield from scan.unequal_rows(best.key[0], limits, close)


def _ranked(scan: ColumnScan) -> list[int]:
    """Return the orders of the plans, that of the cheapest first."""
    return list(dict.fromkeys(plan.key[0] for plan in scan.plans))


def _kept_orders(scan: ColumnScan) -> list[Order]:
    """Return the orders of the best plans as names, best first."""
    names = scan.problem.names
    return [tuple(names[i] for i in scan.orders[order]) for order in _ranked(scan)[:_ORDERS]]


def _alike(one: Plan, other: Plan) -> bool:
    return one.rows == other.rows and max(one.limit, other.limit) < _APART * min(one.limit, other.limit)
