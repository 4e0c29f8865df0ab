"""Adapters: what a message costs more on its way along a tree edge, or around the centre of a chord.

docs/bounds.md, section 6. Where the neighbours of a chord's centre do not agree in the chord's channel split,
the chord costs an adapter, and everything else is as without it. Where they do, a message is wanted for every
*key*: classes (h, w) of the centre, and a channel split x that both neighbours have. Key number = (number of
the centre's classes) * (number of splits) + (number of x).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.network.tree import Chord, Link
from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.passing import (
    Candidates,
    Message,
    below_of,
    cross,
    gathered,
    replace_dearer,
)
from wse_cp.bounds.programme.plan import Plan, Step
from wse_cp.bounds.programme.pricing import Priced
from wse_cp.bounds.programme.rows import channel_classes
from wse_cp.compiled import compiled
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Rows of the kernels by name.
Choices = Mapping[str, Priced]


class CentreRows(NamedTuple):
    """What a centre's neighbours see of each of its rows (int64)."""

    group: IntArray  #: number of its classes (h, w)
    low: IntArray  #: number of its split towards the kernel below among the splits of keys; -1 if not there
    high: IntArray  #: the same towards the kernel above


class AdapterPrices(NamedTuple):
    """Cost of an adapter to the kernel below the centre, and of one to the kernel above."""

    low: float
    high: float


class Keys(NamedTuple):
    """The keys of a chord."""

    classes: IntArray  #: of (h, w, channels), one row for each key
    rows: CentreRows  #: what the centre's rows are among them
    splits: int  #: number of channel splits that occur


class _Centre(NamedTuple):
    """The centre of a chord."""

    name: str
    link: Link
    chord: Chord


class Adapters:
    """What messages cost on their way from a kernel to its parent, where adapters cost anything."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self._price = instance.settings.wadapter
        self._wafer = instance.settings.width, instance.settings.height
        self._links = {step.name: step.link for step in plan.steps if step.link is not None}
        # not the steps themselves: their transitions are many
        self._centres = {
            step.chord.below: _Centre(step.name, step.link, step.chord)
            for step in plan.steps
            if step.chord is not None and step.link is not None
        }

    def likeness(self, step: Step, choices: Choices) -> Iterator[object]:
        """Yield all that adapters make a kernel's message depend on, besides its own rows and messages."""
        if not self._price:
            return
        for child in step.below:
            yield self._of_link(self._links[child])
        if step.link is not None:
            yield self._of_link(step.link)
            yield id(choices[step.link.parent])
        yield self._of_chord(step.chord)
        centre = self._centres.get(step.name)
        if centre is not None:
            yield self._of_link(centre.link)
            yield self._of_chord(centre.chord)
            yield id(choices[centre.link.parent])

    @staticmethod
    def _of_link(link: Link) -> tuple[object, ...]:
        return link.produces, link.multiplicity, link.reference

    @staticmethod
    def _of_chord(chord: Chord | None) -> tuple[int, ...]:
        return () if chord is None else (chord.multiplicity, chord.reference)

    def slack(self, step: Step) -> float:
        """Return the most that adapters at the edge to the parent and at a chord around it cost."""
        if step.link is None:
            return 0.0
        centre = self._centres.get(step.name)
        chord = step.chord if centre is None else centre.chord
        chords = 0 if chord is None else chord.multiplicity
        return float((3 * step.link.multiplicity + chords) * self._price)

    def to_parent(self, got: Message, agreed: Message | None, step: Step, choices: Choices) -> Message:
        """Return what a kernel sends as its parent's classes see it.

        `agreed` is what a centre sends by key, if it does (`around`).
        """
        link = self._links[step.name]
        ours = self._classes(step.name, link.produces, link.reference, choices)
        theirs = self._classes(link.parent, not link.produces, link.reference, choices)
        if step.chord is not None:
            got = Message(got.costs + float(step.chord.multiplicity * self._price), got.uses)
        got = self._across(got, step, ours, theirs)
        if agreed is not None and step.chord is not None:
            keys = self._keys(_Centre(step.name, link, step.chord), choices).classes
            got = take_cheaper(got, self._across(agreed, step, keys, theirs, agree=True))
        return got

    def to_keys(self, got: Message, step: Step, choices: Choices) -> Message | None:
        """Return what a kernel below a centre sends, by the keys of its chord; None if there are none."""
        centre, link = self._centres.get(step.name), self._links[step.name]
        if centre is None:
            return None
        keys = self._keys(centre, choices).classes
        if not len(keys):
            return None
        ours = self._classes(step.name, link.produces, link.reference, choices)
        return self._across(got, step, ours, keys, agree=True)

    def around(self, below: Message, step: Step, constants: FloatArray, choices: Choices) -> Message:
        """Return what a centre sends by key, if both its neighbours agree in the channels of their chord.

        `below` is what the kernel below sends by key, `constants` are costs of the transitions.
        """
        assert step.chord is not None
        assert step.link is not None
        keys = self._keys(_Centre(step.name, step.link, step.chord), choices)
        priced = choices[step.name]
        low = self._links[step.chord.below].multiplicity * self._price
        prices = AdapterPrices(float(low), float(step.link.multiplicity * self._price))
        least, rows = least_by_key(
            priced.found, priced.costs, priced.pointers, keys.rows, len(keys.classes), keys.splits, prices
        )
        return gathered(
            step,
            candidates_by_key(least, rows),
            priced.rows.usage,
            constants,
            np.zeros((1, len(priced.rows.width), col.FIRST_USE + col.USES)),
            below_of([below]),
            len(keys.classes),
            self.slack(step),
            self._wafer,
        )

    def _across(
        self, got: Message, step: Step, ours: IntArray, theirs: IntArray, agree: bool = False
    ) -> Message:
        """Return a message as other classes see it; with `agree` channels must be equal."""
        pairs = [numbered_together(ours[:, j], theirs[:, j]) for j in range(ours.shape[1])]
        extents = np.array([many for *_, many in pairs], np.int64)
        ours, theirs = (np.stack([pair[i] for pair in pairs], axis=1) for i in (0, 1))
        price = float(self._price * self._links[step.name].multiplicity)
        channels = np.inf if agree else price
        return Message(*cross(got.costs, got.uses, ours, theirs, extents, price, channels, self.slack(step)))

    def _keys(self, centre: _Centre, choices: Choices) -> Keys:
        name, link, chord = centre
        rows, reads = choices[name].rows, self._links[chord.below].produces
        low = self._classes(chord.below, reads, chord.reference, choices)[:, col.CHANNEL_CLASS]
        high = self._classes(link.parent, not reads, chord.reference, choices)[:, col.CHANNEL_CLASS]
        splits = np.intersect1d(low, high)
        read = self._classes(name, False, chord.reference, choices)[rows.into]
        written = self._classes(name, True, chord.reference, choices)[rows.out]
        groups, group = np.unique(read[:, : col.CHANNEL_CLASS], axis=0, return_inverse=True)
        classes = np.column_stack([np.repeat(groups, len(splits), axis=0), np.tile(splits, len(groups))])
        towards = (read, written) if reads else (written, read)
        places = [_places(shown[:, col.CHANNEL_CLASS], splits) for shown in towards]
        return Keys(classes, CentreRows(group.reshape(-1), *places), len(splits))

    def _classes(self, name: str, output: bool, reference: int, choices: Choices) -> IntArray:
        """Return the classes (h, w, channels) of a kernel's input or output, as an edge sees them."""
        rows = choices[name].rows
        if not output:
            return rows.inputs
        shown = rows.outputs.copy()
        classes = channel_classes([reference], max(self._wafer))
        shown[:, col.CHANNEL_CLASS] = classes[shown[:, col.CHANNEL_CLASS]]
        return shown


def numbered_together(first: IntArray, second: IntArray) -> tuple[IntArray, IntArray, int]:
    """Return two arrays of small numbers, none below 0, in terms of those that occur, and how many do."""
    occurs = np.zeros(1 + max(int(values.max(initial=0)) for values in (first, second)), np.int64)
    occurs[first] = occurs[second] = 1
    number = np.cumsum(occurs) - 1
    return number[first], number[second], int(number[-1]) + 1


def _places(values: IntArray, among: IntArray) -> IntArray:
    """Return where values stand in a sorted array, -1 if they do not."""
    if not len(among):
        return np.full(len(values), -1)
    at = np.minimum(np.searchsorted(among, values), len(among) - 1)
    return np.where(among[at] == values, at, -1)


@compiled
def least_by_key(
    found: IntArray,
    costs: FloatArray,
    pointers: IntArray,
    rows: CentreRows,
    keys: int,
    splits: int,
    prices: AdapterPrices,
) -> tuple[FloatArray, IntArray]:
    """Return the least cost of a row and of its channels' adapters, and that row; (coefficients, keys) both.

    `found`, `costs` and `pointers` are as in `pricing.Priced`; there are so many `keys`, and so many `splits`
    among them.
    """
    many = len(pointers) - 1
    least, which = np.full((many, keys), np.inf), np.zeros((many, keys), np.int64)
    for c in range(many):
        cheapest = np.full(keys // splits, -1)
        for i in range(pointers[c], pointers[c + 1]):
            r = found[i]
            group, low, high = rows.group[r], rows.low[r], rows.high[r]
            if cheapest[group] < 0 or costs[i] < costs[cheapest[group]]:
                cheapest[group] = i
            if low >= 0:
                cost = costs[i] + (0.0 if high == low else prices.high)
                if cost < least[c, group * splits + low]:
                    least[c, group * splits + low], which[c, group * splits + low] = cost, r
            if high >= 0:
                cost = costs[i] + (0.0 if high == low else prices.low)
                if cost < least[c, group * splits + high]:
                    least[c, group * splits + high], which[c, group * splits + high] = cost, r
        for k in range(keys):
            i = cheapest[k // splits]
            if i >= 0 and costs[i] + prices.low + prices.high < least[c, k]:
                least[c, k], which[c, k] = costs[i] + prices.low + prices.high, found[i]
    return least, which


def candidates_by_key(least: FloatArray, rows: IntArray) -> Candidates:
    """Return what `least_by_key` returns as candidates that read the message from below, and send, by key."""
    many, count = least.shape
    keys = np.tile(np.arange(count, dtype=np.int32), many)
    pointers = np.arange(many + 1) * count
    return Candidates(rows.reshape(-1), least.reshape(-1), pointers, keys[None], keys)


def take_cheaper(first: Message, second: Message) -> Message:
    """Return the first message, which now has the cheaper one of both for every state and class."""
    replace_dearer(first.costs, first.uses, second.costs, second.uses)
    return first
