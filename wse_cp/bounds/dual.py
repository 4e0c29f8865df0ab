"""The dual function of a bound: the least relaxed cost for given multipliers, with a supergradient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.agreeing import (
    Doors,
    Prices,
    cheaper,
    gather_agreeing,
    least_by_key,
    uses_of_agreeing,
)
from wse_cp.bounds.passing import Below, Message, cross, fold_cell, gather, reflect, uses_of
from wse_cp.bounds.plan import Fold, Link, Plan, Squeeze, Step
from wse_cp.bounds.priced import Multipliers, Priced, Pricer, Tables
from wse_cp.bounds.rows import Rows, channel_classes
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

Messages = dict[str, Message]


class DualValue(NamedTuple):
    """Value of the dual function and its supergradient in the multipliers."""

    value: float
    slope: tuple[float, float, float]


@dataclass(frozen=True)
class _Call:
    """One evaluation: the limit, the multipliers, the rows worth looking at, the messages so far."""

    tables: Tables
    multipliers: Multipliers
    priced: Mapping[str, Priced]
    sent: Messages
    agreeing: Messages  #: by kernel below a chord's centre: what it sends if it agrees with the one above


class _Keys(NamedTuple):
    """The keys of a chord (`agreeing`), as rows (h, w, channels), and the centre's rows among them."""

    classes: IntArray
    doors: Doors
    splits: int


class Dual:
    """The dual function of one structure, at any time limit; safe to use from several threads."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance, self.plan = instance, plan
        self._pricer = Pricer(instance, plan.steps)
        self._links = {step.name: step.link for step in plan.steps if step.link is not None}
        self._centres = {step.chord.below: step for step in plan.steps if step.chord is not None}
        # On a square wafer, multipliers alike, exchanging the axes changes nothing: half the messages do.
        self.square = instance.settings.width == instance.settings.height
        self._steps = [
            tuple(_within(step, case, plan.cases, self.square) for step in plan.steps)
            for case in range(plan.cases)
        ]

    def tables(self, time: int) -> Tables | None:
        """Return what depends on a time limit (1 / time_scale cycles); None if a kernel has no shape."""
        return self._pricer.tables(time)

    def value(self, tables: Tables, multipliers: Multipliers, case: int) -> DualValue:
        """Return the dual value of a case: `case` turns and breaks, in the last case that or more.

        On a square wafer the multipliers of runs must be equal.
        """
        settings, steps = self.instance.settings, self._steps[case]
        call = _Call(tables, multipliers, self._pricer(tables, multipliers, steps), {}, {})
        total = np.zeros(4)
        for step in steps:
            got = self._step(step, call)
            agreed = self._agreed(step, call)
            for child in (*step.children, *(name for fold in step.folds for name in fold.children)):
                del call.sent[child]  # large where adapters cost
                call.agreeing.pop(child, None)
            if step.link is None:
                at = case if step.spine else 0
                total = total + np.array([got.costs[at, 0], *got.uses[at, 0]])
            else:
                call.sent[step.name] = self._crossed(got, agreed, step, step.link, call)
        wafer = settings.width * settings.height
        slope = (float(total[1]) - wafer, float(total[2]), float(total[3]))
        return DualValue(float(total[0]) - multipliers.area * wafer, slope)

    def _step(self, step: Step, call: _Call) -> Message:
        """Return what a kernel sends, adapters to its parent not yet counted."""
        priced, settings = call.priced[step.name], self.instance.settings
        rows = priced.rows
        folds = np.zeros((1, len(rows.width), 4))
        for fold in step.folds:
            folds = self._folded(rows, fold, folds, call.sent)
        below = self._below(step, rows, call.sent)
        up, count = np.zeros(len(rows.into), np.int64), 1
        if step.link is not None:
            up, count = (rows.out, len(rows.outputs)) if step.link.produces else (rows.into, len(rows.inputs))
        best, which = gather(
            priced.found,
            priced.costs,
            priced.pointers,
            step.transitions,
            self._constants(step, call),
            folds,
            below,
            up,
            count,
            step.states,
            self._slack(step),
        )
        uses = uses_of(
            best,
            which,
            np.stack([rows.width * rows.height, rows.width, rows.height], axis=1),
            step.coefficients,
            step.transitions,
            np.array([-settings.width, -settings.height], float),
            folds,
            below,
        )
        return Message(best, uses)

    def _below(self, step: Step, rows: Rows, sent: Messages) -> Below:
        messages = [sent[child] for child in step.children]
        lengths = [message.costs.size for message in messages]
        keys = [self._keys(child, rows) for child in step.children]
        return Below(
            _joined([message.costs.reshape(-1) for message in messages], np.zeros(0)),
            _joined([message.uses.reshape(-1, 3) for message in messages], np.zeros((0, 3), np.float32)),
            np.array([sum(lengths[:i]) for i in range(len(lengths))], np.int64),
            np.array([message.costs.shape[1] for message in messages], np.int64),
            np.array(keys, np.int64).reshape(len(keys), len(rows.into)),
        )

    def _constants(self, step: Step, call: _Call) -> IntArray:
        """Return what each transition costs whatever the row: begun runs, and kernels squeezed into a row."""
        settings = self.instance.settings
        squeezed = [settings.wlength * _room(squeeze, call.tables) for squeeze in step.squeezes]
        begun = step.transitions[:, 3] * call.multipliers.x * settings.width
        begun = begun + step.transitions[:, 4] * call.multipliers.y * settings.height
        costs: IntArray = np.array([0.0, *squeezed])[step.transitions[:, 6]] - begun
        return costs

    def _slack(self, step: Step) -> float:
        """Return the most that adapters at the edge to the parent and at a chord around it cost."""
        if step.link is None:
            return 0.0
        centre = self._centres.get(step.name, step)
        chords = centre.chord.multiplicity if centre.chord is not None else 0
        return float((3 * step.link.multiplicity + chords) * self.instance.settings.wadapter)

    def _folded(self, rows: Rows, fold: Fold, folds: IntArray, sent: Messages) -> IntArray:
        """Return the sums after one more cell below, off the spine."""
        if not fold.children:
            message = np.zeros((int(fold.moves[:, 1].max()) + 1, 1, 4))
            return fold_cell(folds, np.zeros(len(rows.into), np.int64), message, fold.moves, fold.states)
        together = np.asarray(sum(sent[child].both()[:, self._keys(child, rows)] for child in fold.children))
        return fold_cell(folds, np.arange(len(rows.into)), together, fold.moves, fold.states)

    def _keys(self, child: str, rows: Rows) -> IntArray:
        """Return by which of its classes each row reads a child's message."""
        return rows.into if self._links[child].produces else rows.out

    def _crossed(self, got: Message, agreed: Message | None, step: Step, link: Link, call: _Call) -> Message:
        """Return a message as the parent's classes see it, with the adapters that they need."""
        if not self.instance.settings.wadapter:
            return self._reflected(got, step)
        centre = self._centres.get(step.name)
        if centre is not None:
            keys = self._keys_of(centre, call)
            if len(keys.classes):
                ours = self._door(step.name, link.produces, link.reference, call)
                found = self._across(got, step, link, ours, keys.classes, agree=True)
                call.agreeing[step.name] = self._reflected(found, step)
        ours = self._door(step.name, link.produces, link.reference, call)
        theirs = self._door(link.parent, not link.produces, link.reference, call)
        if step.chord is not None:
            price = step.chord.multiplicity * self.instance.settings.wadapter
            got = Message(got.costs + price, got.uses)
        got = self._across(got, step, link, ours, theirs)
        if agreed is not None:
            ours = self._keys_of(step, call).classes
            got = cheaper(got, self._across(agreed, step, link, ours, theirs, agree=True))
        return self._reflected(got, step)

    def _reflected(self, message: Message, step: Step) -> Message:
        if self.square:
            reflect(message.costs, message.uses, step.mirror)
        return message

    def _door(self, name: str, outlet: bool, reference: int, call: _Call) -> IntArray:
        """Return the classes at a door of a kernel, as rows (h, w, channels)."""
        rows = call.priced[name].rows
        if not outlet:
            return rows.inputs
        shown = rows.outputs.copy()
        long = max(self.instance.settings.width, self.instance.settings.height)
        shown[:, 2] = channel_classes([reference], long)[shown[:, 2]]
        return shown

    def _across(
        self, got: Message, step: Step, link: Link, ours: IntArray, theirs: IntArray, agree: bool = False
    ) -> Message:
        """Return a message as other classes see it; with `agree` channels must be equal."""
        ours, theirs = ours.copy(), theirs.copy()
        extents = np.empty(3, np.int64)
        for column in range(3):
            values, both = np.unique(
                np.concatenate([ours[:, column], theirs[:, column]]), return_inverse=True
            )
            ours[:, column], theirs[:, column] = both[: len(ours)], both[len(ours) :]
            extents[column] = len(values)
        price = float(self.instance.settings.wadapter * link.multiplicity)
        channels = np.inf if agree else price
        return Message(*cross(got.costs, got.uses, ours, theirs, extents, price, channels, self._slack(step)))

    def _keys_of(self, centre: Step, call: _Call) -> _Keys:
        """Return the keys of a centre's chord."""
        chord, link = centre.chord, centre.link
        assert chord is not None
        assert link is not None
        rows, reads = call.priced[centre.name].rows, self._links[chord.below].produces
        low = self._door(chord.below, reads, chord.reference, call)[:, 2]
        high = self._door(chord.above, not reads, chord.reference, call)[:, 2]
        splits = np.intersect1d(low, high)
        inlet = self._door(centre.name, False, chord.reference, call)[rows.into]
        outlet = self._door(centre.name, True, chord.reference, call)[rows.out]
        groups, group = np.unique(inlet[:, :2], axis=0, return_inverse=True)
        classes = np.column_stack([np.repeat(groups, len(splits), axis=0), np.tile(splits, len(groups))])
        low, high = (_places(door[:, 2], splits) for door in ((inlet, outlet) if reads else (outlet, inlet)))
        return _Keys(classes, Doors(group.reshape(-1), low, high), len(splits))

    def _agreed(self, step: Step, call: _Call) -> Message | None:
        """Return what a centre sends by key if its neighbours agree in the chord's channels."""
        if step.chord is None or step.link is None or step.chord.below not in call.agreeing:
            return None
        keys, below = self._keys_of(step, call), call.agreeing[step.chord.below]
        priced, settings = call.priced[step.name], self.instance.settings
        low = self._links[step.chord.below].multiplicity * settings.wadapter
        prices = Prices(float(low), float(step.link.multiplicity * settings.wadapter))
        least, rows = least_by_key(
            priced.found, priced.costs, priced.pointers, keys.doors, len(keys.classes), keys.splits, prices
        )
        best, which = gather_agreeing(
            least,
            rows,
            step.transitions,
            self._constants(step, call),
            below.costs,
            step.states,
            self._slack(step),
        )
        uses = uses_of_agreeing(
            best,
            which,
            np.stack([priced.rows.width * priced.rows.height, priced.rows.width, priced.rows.height], axis=1),
            step.coefficients,
            step.transitions,
            np.array([-settings.width, -settings.height], float),
            below.uses,
        )
        return Message(best, uses)


def _joined(parts: list[IntArray], none: IntArray) -> IntArray:
    """Return arrays one behind the other, without a copy if there is only one."""
    return parts[0] if len(parts) == 1 else np.concatenate([none, *parts])


def _places(values: IntArray, among: IntArray) -> IntArray:
    """Return where values stand in a sorted array, -1 if they do not."""
    at = np.minimum(np.searchsorted(among, values), max(len(among) - 1, 0))
    return np.where(among[at] == values, at, -1) if len(among) else np.full(len(values), -1)


def _room(squeeze: Squeeze, tables: Tables) -> float:
    """Return by how many tiles of wire a kernel inside a row lengthens the wires around it at least."""
    sizes = tables.sizes[squeeze.name]
    least = float(sizes.width.min()), float(sizes.height.min())
    passed = 2 * least[squeeze.axis]
    if not squeeze.beside:
        return passed
    other = tables.sizes[squeeze.beside]
    across = float((other.height if squeeze.axis == 0 else other.width).min())
    return min(passed, (least[1 - squeeze.axis] + across) / 2)


def _within(step: Step, case: int, cases: int, square: bool) -> Step:
    """Return a step with only those transitions and coefficients that a case needs."""
    transitions = step.transitions
    if case < cases - 1:
        transitions = transitions[transitions[:, 5] <= case]
    if cases > 1:
        transitions = transitions[transitions[:, 7] != (2 if case == 0 else 1)]
    if square and step.link is not None:
        transitions = transitions[transitions[:, 2] <= step.mirror[transitions[:, 2]]]
    used, numbers = np.unique(transitions[:, 0], return_inverse=True)
    transitions = transitions.copy()
    transitions[:, 0] = numbers
    return step.narrowed(step.coefficients[used], transitions)
