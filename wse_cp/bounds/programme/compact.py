"""Makes the steps of a plan smaller: without states that no transition leads to, or none starts from.

Steps that share their tables, and whose children do, share the smaller ones too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.ending import look
from wse_cp.bounds.programme.plan import Step
from wse_cp.bounds.programme.sharing import Shared
from wse_cp.shapes.arrays import BoolArray, IntArray


def compact(steps: Sequence[Step], final: Mapping[str, int]) -> tuple[Step, ...]:
    """Return the steps with fewer transitions, coefficients and states, and the same minimum.

    Parameters
    ----------
    steps
        Children before their parents. Of two states that are mirror images of each other only one may be
        sent; the other one is filled in.
    final
        The only state of each root that matters.
    """
    shared = Shared()
    kept: dict[str, IntArray] = {}
    produced: dict[str, BoolArray] = {}
    for step in steps:
        look()
        below = [produced[child] for child in step.children]
        only = final[step.name] if step.link is None else None
        kept[step.name] = shared(_kept, step.transitions, only, *below)
        if step.link is None and not len(kept[step.name]):
            return tuple(steps)  # there is no minimum
        produced[step.name] = shared(_among, kept[step.name], col.SENT, step.states, step.mirror)
    known = {step.name: step for step in steps}
    numbers: dict[str, IntArray | None] = {}
    result: list[Step] = []
    for step in reversed(steps):
        look()
        own = numbers.get(step.name)
        transitions = shared(_sendable, kept[step.name], own)
        for column, child in enumerate(step.children, col.CHILDREN):
            other = known[child]
            numbers[child] = shared(_numbers, transitions, column, other.states, other.mirror)
        below_numbers = [numbers[child] for child in step.children]
        tables = shared(
            _renumbered, step.coefficients, transitions, step.states, step.mirror, own, *below_numbers
        )
        coefficients, transitions, states, mirror = tables
        result.append(
            replace(step, coefficients=coefficients, transitions=transitions, states=states, mirror=mirror)
        )
    return tuple(reversed(result))


def _kept(transitions: IntArray, only: int | None, *produced: BoolArray) -> IntArray:
    """Return the transitions from states that some child sends, to the only state sent that matters."""
    for column, states in enumerate(produced, col.CHILDREN):
        transitions = transitions[states[transitions[:, column]]]
    return transitions if only is None else transitions[transitions[:, col.SENT] == only]


def _among(transitions: IntArray, column: int, states: int, mirror: IntArray) -> BoolArray:
    """Return for each state of a message whether it or its mirror image stands in a column."""
    found = np.zeros(states, bool)
    found[transitions[:, column]] = True
    return found | found[mirror] if len(mirror) else found


def _sendable(transitions: IntArray, numbers: IntArray | None) -> IntArray:
    """Return the transitions to states that have a number."""
    return transitions if numbers is None else transitions[numbers[transitions[:, col.SENT]] >= 0]


def _numbers(transitions: IntArray, column: int, states: int, mirror: IntArray) -> IntArray:
    """Return the new number of each state of a child's message, -1 for those that nothing reads."""
    used = _among(transitions, column, states, mirror)
    return np.where(used, np.cumsum(used) - 1, -1)


def _renumbered(
    coefficients: IntArray,
    transitions: IntArray,
    states: int,
    mirror: IntArray,
    own: IntArray | None,
    *below: IntArray,
) -> tuple[IntArray, IntArray, int, IntArray]:
    """Return coefficients, transitions, states and mirror with only what the transitions need.

    `own` and `below` are the new numbers of the step's states (None at a root) and of its children's.
    """
    used, places = np.unique(transitions[:, col.COEFFICIENT], return_inverse=True)
    transitions = transitions.copy()
    transitions[:, col.COEFFICIENT] = places
    for column, numbers in enumerate(below, col.CHILDREN):
        transitions[:, column] = numbers[transitions[:, column]]
    if own is not None:
        transitions[:, col.SENT] = own[transitions[:, col.SENT]]
        states, mirror = int(own.max()) + 1, own[mirror[own >= 0]] if len(mirror) else mirror
    return coefficients[used], transitions, states, mirror
