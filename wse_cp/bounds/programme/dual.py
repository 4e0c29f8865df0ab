"""The dual function of a bound: the least relaxed cost for given multipliers, with a supergradient.

Lagrangian relaxation (M. L. Fisher, The Lagrangian relaxation method for solving integer programming
problems, doi 10.1287/mnsc.27.1.1): that rectangles fit the wafer's area, and runs its sides, is not
demanded but paid for. Under given multipliers the rest is a minimum that dynamic programming finds along
the tree (docs/bounds.md, sections 2, 5 and 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.adapters import Adapters
from wse_cp.bounds.programme.compact import compact
from wse_cp.bounds.programme.ending import look
from wse_cp.bounds.programme.passing import Candidates, Message, below_of, fold_cell, gathered, reflect
from wse_cp.bounds.programme.plan import Detour, Fold, Plan, Step
from wse_cp.bounds.programme.pricing import DualValue, Multipliers, Priced, Pricer, Tables
from wse_cp.bounds.programme.rows import Rows
from wse_cp.bounds.programme.sharing import Correspondence, Sent, Shared
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Steps between two looks whether the search is over, where adapters cost nothing; else a step is long.
_LOOKS = 64


@dataclass(frozen=True)
class _Call:
    """One evaluation: the limit, the multipliers, the rows worth looking at, the messages so far."""

    tables: Tables
    multipliers: Multipliers
    priced: Mapping[str, Priced]
    sent: dict[str, Sent]  #: of kernels whose parents have not read it yet


class Dual:
    """The dual function of one structure, at any cycle limit; safe to use from several threads."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance
        self._pricer = Pricer(instance, plan.steps)
        self._links = {step.name: step.link for step in plan.steps if step.link is not None}
        self._adapters = Adapters(instance, plan)
        self._looks = 1 if instance.settings.wadapter else _LOOKS
        # On a square wafer, multipliers alike, exchanging the axes changes nothing: half the messages do.
        self.square = instance.settings.width == instance.settings.height
        shared = Shared()
        self._steps = []
        for case in range(plan.cases):
            steps = [self._within(step, case, plan.cases, shared) for step in plan.steps]
            final = {step.name: case if step.spine else 0 for step in steps if step.link is None}
            self._steps.append(compact(steps, final))

    def _within(self, step: Step, case: int, cases: int, shared: Shared) -> Step:
        """Return a step with only those transitions that a case needs, and one of mirror images."""
        mirror = step.mirror if self.square and step.link is not None else None
        return replace(step, transitions=shared(_within, step.transitions, mirror, case, cases))

    def tables(self, time: int) -> Tables | None:
        """Return what depends on a cycle limit (1 / time_scale cycles); None if a kernel has no shape."""
        return self._pricer.tables(time)

    def value(self, tables: Tables, multipliers: Multipliers, case: int) -> DualValue:
        """Return the dual value of a case: `case` turns and breaks, in the last case that or more.

        On a square wafer the multipliers of runs must be equal.
        """
        settings, steps = self.instance.settings, self._steps[case]
        call = _Call(tables, multipliers, self._pricer(tables, multipliers, steps), {})
        known = Correspondence(self.square)
        total, uses = 0.0, np.zeros(col.USES)
        for number, step in enumerate(steps):
            if number % self._looks == 0:
                look()
            found = known.sent(self._likeness(step, call), partial(self._sent, step, case, call))
            for child in step.below:
                del call.sent[child]  # large where adapters cost
            call.sent[step.name] = found
            total += found.cost
            if total == np.inf:
                return DualValue(total, (0.0, 0.0, 0.0))
            uses += found.uses
            if step.link is None:
                uses += found.message.uses[0, 0]
        wafer = settings.width * settings.height
        slope = (float(uses[col.AREA]) - wafer, float(uses[col.X_EXCESS]), float(uses[col.Y_EXCESS]))
        return DualValue(total - multipliers.area * wafer, slope)

    def _likeness(self, step: Step, call: _Call) -> tuple[object, ...]:
        """Return all that what a kernel sends depends on."""
        tables = (step.transitions, step.coefficients, step.mirror, *(fold.moves for fold in step.folds))
        return (
            *map(id, tables),
            id(call.priced[step.name]),
            *(_detour_length(detour, call.tables) for detour in step.detours),
            *(call.sent[child].number for child in step.below),
            *self._adapters.likeness(step, call.priced),
        )

    def _sent(self, step: Step, case: int, call: _Call) -> tuple[Message, Message | None]:
        """Return what a kernel sends to its parent; a root what is left at the end of the case."""
        got = self._step(step, call)
        if step.link is None:
            at = slice(case, case + 1) if step.spine else slice(0, 1)
            return Message(got.costs[at, :1], got.uses[at, :1]), None
        return self._seen(got, self._around(step, call), step, call)

    def _step(self, step: Step, call: _Call) -> Message:
        """Return what a kernel sends, adapters to its parent not yet counted."""
        priced, settings = call.priced[step.name], self.instance.settings
        rows = priced.rows
        folds: FloatArray = np.zeros((1, len(rows.width), col.FIRST_USE + col.USES))
        for fold in step.folds:
            folds = self._folded(rows, fold, folds, call)
        up: IntArray = np.zeros(len(rows.into), np.int64)
        count = 1
        if step.link is not None:
            up, count = (rows.out, len(rows.outputs)) if step.link.produces else (rows.into, len(rows.inputs))
        found = priced.found
        keys = np.array([self._keys(child, rows)[found] for child in step.children], np.int32)
        return gathered(
            step,
            Candidates(
                found,
                priced.costs,
                priced.pointers,
                keys.reshape(len(step.children), len(found)),
                up[found].astype(np.int32),
            ),
            rows.usage,
            self._constants(step, call),
            folds,
            below_of([call.sent[child].message for child in step.children]),
            count,
            self._adapters.slack(step),
            (settings.width, settings.height),
        )

    def _constants(self, step: Step, call: _Call) -> FloatArray:
        """Return what each transition costs whatever the row: its detour, less what new runs give back."""
        settings = self.instance.settings
        detours = [settings.wlength * _detour_length(detour, call.tables) for detour in step.detours]
        begun = step.transitions[:, col.X_STARTS] * call.multipliers.x * settings.width
        begun = begun + step.transitions[:, col.Y_STARTS] * call.multipliers.y * settings.height
        costs: FloatArray = np.array([0.0, *detours])[step.transitions[:, col.DETOUR]] - begun
        return costs

    def _folded(self, rows: Rows, fold: Fold, folds: FloatArray, call: _Call) -> FloatArray:
        """Return the sums after one more cell below, off the spine."""
        if not fold.children:
            message = np.zeros((int(fold.moves[:, col.PATTERN].max()) + 1, 1, col.FIRST_USE + col.USES))
            return fold_cell(folds, np.zeros(len(rows.into), np.int64), message, fold.moves, fold.states)
        messages = (call.sent[child].message.both()[:, self._keys(child, rows)] for child in fold.children)
        together = np.asarray(sum(messages))
        return fold_cell(folds, np.arange(len(rows.into)), together, fold.moves, fold.states)

    def _keys(self, child: str, rows: Rows) -> IntArray:
        """Return by which of its classes each row reads a child's message."""
        return rows.into if self._links[child].produces else rows.out

    def _around(self, step: Step, call: _Call) -> Message | None:
        """Return what the centre of a chord sends by key, None if the kernel is none or there are no keys."""
        below = None if step.chord is None else call.sent[step.chord.below].agreeing
        if below is None:
            return None
        return self._adapters.around(below, step, self._constants(step, call), call.priced)

    def _seen(
        self, got: Message, agreed: Message | None, step: Step, call: _Call
    ) -> tuple[Message, Message | None]:
        """Return a message as the parent's classes see it, with the adapters that they need, and by key."""
        by_key: Message | None = None
        if self.instance.settings.wadapter:
            by_key = self._adapters.to_keys(got, step, call.priced)
            if by_key is not None:
                by_key = self._reflected(by_key, step)
            got = self._adapters.to_parent(got, agreed, step, call.priced)
        return self._reflected(got, step), by_key

    def _reflected(self, message: Message, step: Step) -> Message:
        if self.square:
            reflect(message.costs, message.uses, step.mirror)
        return message


def _detour_length(detour: Detour, tables: Tables) -> float:
    """Return by how many tiles of wire a kernel inside a row lengthens the wires around it at least.

    Two wires pass over it, or one goes around it and the kernel beside it: docs/bounds.md, section 5, form 2.
    """
    sizes = tables.sizes[detour.name]
    least = float(sizes.width.min()), float(sizes.height.min())
    passed = 2 * least[detour.axis]
    if not detour.beside:
        return passed
    other = tables.sizes[detour.beside]
    across = float((other.height if detour.axis == 0 else other.width).min())
    return min(passed, (least[1 - detour.axis] + across) / 2)


def _within(transitions: IntArray, mirror: IntArray | None, case: int, cases: int) -> IntArray:
    """Return those transitions that a case needs, and of mirror images one (None: there are none)."""
    if case < cases - 1:
        transitions = transitions[transitions[:, col.TURNS] <= case]
    if cases > 1:
        other = col.BENT_SPINE if case == 0 else col.STRAIGHT_SPINE
        transitions = transitions[transitions[:, col.MODE] != other]
    if mirror is not None:
        transitions = transitions[transitions[:, col.SENT] <= mirror[transitions[:, col.SENT]]]
    return transitions
