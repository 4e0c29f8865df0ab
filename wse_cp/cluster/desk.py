"""The desk where all that the workers of a run find meets: tasks and orders for them, and their reports.

Whatever comes from a worker is read with the limits of files, and scored here before it counts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, zip_longest
from pathlib import Path

from wse_cp.checkpoint.document import MAX_TREES, CheckpointText, parse_checkpoint
from wse_cp.checkpoint.kept import Kept, KeptOperator, KeptTree
from wse_cp.checkpoint.memory import Memory
from wse_cp.cluster.member import Member
from wse_cp.cluster.messages import Order, Report, Task, parse, text_of
from wse_cp.cluster.spread_bound import Bounding, SpreadBound
from wse_cp.cluster.starts import Starts
from wse_cp.decimals import exact_text
from wse_cp.errors import IllegalPlacementError, InputError
from wse_cp.files.json_documents import format_instance
from wse_cp.files.paint import parse_placement
from wse_cp.files.placement_text import PlacementText
from wse_cp.incumbent import Incumbent
from wse_cp.options import MAX_SEED, MAX_WORKERS, RunOptions
from wse_cp.result import OperatorStatistics
from wse_cp.strategy import Run

#: Under this name the client speaks, and its placements enter the statistics if a worker names no source.
NAME = "cluster"
#: The last one of each so many workers seeks a bound; the client does so in any case.
BOUND_EVERY = 4
#: Seeds of the workers are so far apart.
_APART = 1_000_003
#: Most trees of an order.
_MOST_TREES = 6
#: So much earlier than the run the workers end (seconds, for each kernel): the last reports take a while.
_ENDING, _ENDING_A_KERNEL = 0.3, 1e-4


@dataclass
class _Known:
    """What is known of a member and of what it knows."""

    kept: Kept = field(default_factory=Kept)
    statistics: dict[str, OperatorStatistics] = field(default_factory=dict)
    cost: Fraction | None = None  #: of the best placement that it knows
    trees: set[KeptTree] = field(default_factory=set)  #: those that it knows


class Desk:
    """What the members of a run are given and what is taken from them; safe to use from several threads."""

    def __init__(self, incumbent: Incumbent, options: RunOptions, memory: Memory) -> None:
        self._incumbent, self._options, self._memory = incumbent, options, memory
        self._lock = threading.RLock()
        self._known: dict[Member, _Known] = {}
        self._complained: set[str] = set()
        self._run: Run | None = None
        self._tasks = 0
        self._bound, self._starts = SpreadBound(), Starts(memory.started)
        self._instance_text = format_instance(incumbent.instance)
        self._paint = PlacementText(incumbent.instance, Path("best.paint"))
        self._document = CheckpointText(incumbent.instance)
        memory.trees = self._trees

    def begin(self, run: Run, bounding: Bounding) -> None:
        """Let the run's time begin."""
        with self._lock:
            self._run = run
            self._bound.begin(bounding)
            ready = [member for member in self._known if member.state == "ready" and not member.bounds]
            self._starts.begin(ready)

    def task(self, member: Member) -> str:
        """Return a task: the search, from what is known so far, with a seed of its own."""
        with self._lock:
            self._starts.leave(member)
            member.bounds = member.slot % BOUND_EVERY == BOUND_EVERY - 1
            if member.bounds:
                self._bound.leave(member)
                self._bound.join(member)
            number, self._tasks = self._tasks, self._tasks + 1
            known = self._known[member] = _Known()
            best = self._incumbent.best
            state = self._memory.state(self._options.seed, 0.0, ())
            operators = self._memory.kept.operators
            turn = member.slot % len(operators) if operators else 0
            begin = replace(
                state,
                runs=self._memory.kept.runs,
                operators=(operators[turn:] + operators[:turn])[:MAX_WORKERS],
                statistics=(),
            )
            known.trees.update(begin.trees)
            task = Task(
                run=member.key,
                role="bound" if member.bounds else "placements",
                seed=(self._options.seed + _APART * number) % (MAX_SEED + 1),
                threads=min(max(member.threads, 1), MAX_WORKERS),
                without=list(self._options.without),
                instance=self._instance_text,
                checkpoint=self._document.of(begin),
                placement=None if best is None else self._paint.of(best.placement),
            )
            return text_of(task)

    def order(self, member: Member, stop: bool) -> str:
        """Return an order: the time left, and what others have found since the last one."""
        with self._lock:
            known, run = self._known[member], self._run
            left = None if run is None else run.left() - self._ending
            if stop or (left is not None and left <= 0):
                return text_of(Order(stop=True))
            if member.bounds:
                return text_of(Order(left=left, region=list(self._bound.region(member))))
            best = self._incumbent.best
            cost = None if best is None else best.score.cost
            worse = best is not None and (known.cost is None or best.score.cost < known.cost)
            new = self._paint.of(best.placement) if best is not None and worse else None
            trees = self._news(member)
            known.trees.update(trees)
            document = self._document.of(Kept(trees=tuple(trees))) if trees else None
            begins = run is not None and member.state != "searching"
            without = self._without(member) if begins else None
            return text_of(Order(left=left, placement=new, trees=document, cost=cost, without=without))

    def _without(self, member: Member) -> list[str]:
        """Return the parts of the search that a member leaves out."""
        return sorted({*self._options.without, *self._starts.left_out(member)})

    @property
    def _ending(self) -> float:
        return _ENDING + _ENDING_A_KERNEL * len(self._incumbent.instance.kernels)

    def take(self, member: Member, report: str) -> None:
        """Take a report; what is wrong in it is left out, with one line for each worker."""
        try:
            found = parse(Report, report, member.address)
            self._take(member, found)
            member.state = found.state
        except (InputError, IllegalPlacementError) as error:
            self._complain(member, str(error))
        except Exception as error:  # whatever it is, the run goes on
            self._complain(member, repr(error))

    def _take(self, member: Member, found: Report) -> None:
        for source, message in found.messages:
            self._incumbent.say(source, f"{message} ({member.address})")
        self._incumbent.at_work(member, ", ".join(dict.fromkeys(found.searching))[:200])
        if found.state == "compiling" and member.state != "compiling":
            self.say(f"worker {member.address} compiles the numerical loops (once on its machine)")
        with self._lock:
            self._known[member].cost = found.cost
        if found.placement is not None:
            self._offer(member, found)
        if found.solver_least is not None and self._run is not None:
            self._run.take_word(found.solver_least)
        if found.certificate is not None:
            with self._lock:
                self._bound.take(found)
        if found.checkpoint is not None:
            self._learn(member, parse_checkpoint(found.checkpoint, member.address, self._incumbent.instance))

    def _offer(self, member: Member, found: Report) -> None:
        """Score the placement of a report and offer it."""
        assert found.placement is not None
        placement = parse_placement(found.placement, member.address, self._incumbent.instance)
        score, _ = self._incumbent.offer(placement, found.source or NAME)
        if score.cost != found.cost:
            claim = "nothing" if found.cost is None else exact_text(found.cost)
            raise InputError(f"a placement of cost {exact_text(score.cost)}", claim, member.address)

    def _learn(self, member: Member, kept: Kept) -> None:
        """Take note of the state of a member's search."""
        with self._lock:
            known = self._known[member]
            known.kept = kept
            known.trees.update(kept.trees)
            before = known.statistics
            for way in kept.statistics:
                last = before.get(way.name)
                calls, seconds = (last.calls, last.seconds) if last else (0, 0.0)
                if way.calls > calls:
                    self._incumbent.count(way.name, max(way.seconds - seconds, 0.0), calls=way.calls - calls)
                before[way.name] = way
            names = tuple(self._incumbent.instance.kernels)
            self._memory.add_orders([tuple(names[i] for i in order) for order in kept.orders])
            if kept.started:
                self._starts.made(member)
                self._memory.started = self._memory.started or self._starts.all_made
            self._memory.follow_operators(member.slot, lambda: _records(kept))

    def _trees(self) -> list[KeptTree]:
        """Return the best trees of all members in turn."""
        with self._lock:
            lists = [known.kept.trees for known in self._known.values()]
        turns = chain.from_iterable(zip_longest(*lists))
        found = list(dict.fromkeys(tree for tree in turns if tree is not None))[:MAX_TREES]
        return found or list(self._memory.kept.trees)

    def _news(self, member: Member) -> list[KeptTree]:
        """Return trees of others that a member does not know, the best of each first."""
        known = self._known[member].trees
        lists = [other.kept.trees for one, other in self._known.items() if one is not member]
        turns = chain.from_iterable(zip_longest(*lists))
        new = (tree for tree in turns if tree is not None and tree not in known)
        return list(dict.fromkeys(new))[:_MOST_TREES]

    def leave(self, member: Member) -> None:
        """Take note that a member is gone; what it has found stays."""
        member.state = "gone"
        self._incumbent.at_work(member, "")
        with self._lock:
            self._bound.leave(member)
            self._starts.leave(member)

    def say(self, message: str) -> None:
        """Pass a message to the user."""
        self._incumbent.say(NAME, message)

    def _complain(self, member: Member, reason: str) -> None:
        with self._lock:
            new = member.address not in self._complained
            self._complained.add(member.address)
        if new:
            self.say(f"worker {member.address}: a report is left out: {' '.join(reason.split())[:300]}")


def _records(kept: Kept) -> tuple[KeptOperator, ...]:
    return next((records for records in kept.operators if records), ())
