"""Makes the steps of a plan smaller: without states that no transition leads to, or none starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.plan import Step
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
    known = {step.name: step for step in steps}
    kept: dict[str, IntArray] = {}
    produced: dict[str, BoolArray] = {}
    for step in steps:
        transitions = step.transitions
        for column, child in enumerate(step.children, col.CHILDREN):
            transitions = transitions[produced[child][transitions[:, column]]]
        if step.link is None:
            transitions = transitions[transitions[:, col.SENT] == final[step.name]]
            if not len(transitions):
                return tuple(steps)  # there is no minimum
        kept[step.name] = transitions
        produced[step.name] = _among(transitions[:, col.SENT], step)
    numbers: dict[str, IntArray] = {}
    result: list[Step] = []
    for step in reversed(steps):
        transitions = kept[step.name]
        if step.name in numbers:
            transitions = transitions[numbers[step.name][transitions[:, col.SENT]] >= 0]
        for column, child in enumerate(step.children, col.CHILDREN):
            used = _among(transitions[:, column], known[child])
            numbers[child] = np.where(used, np.cumsum(used) - 1, -1)
        result.append(_renumbered(step, transitions, numbers))
    return tuple(reversed(result))


def _among(states: IntArray, step: Step) -> BoolArray:
    """Return for each state of a step's message whether it or its mirror image is one of those given."""
    found = np.zeros(step.states, bool)
    found[states] = True
    return found | found[step.mirror] if len(step.mirror) else found


def _renumbered(step: Step, transitions: IntArray, numbers: Mapping[str, IntArray]) -> Step:
    """Return a step with these transitions only; `numbers` has the new number of each state, -1 for none."""
    coefficients, places = np.unique(transitions[:, col.COEFFICIENT], return_inverse=True)
    transitions = transitions.copy()
    transitions[:, col.COEFFICIENT] = places
    for column, child in enumerate(step.children, col.CHILDREN):
        transitions[:, column] = numbers[child][transitions[:, column]]
    states, mirror = step.states, step.mirror
    if step.name in numbers:
        own = numbers[step.name]
        transitions[:, col.SENT] = own[transitions[:, col.SENT]]
        states, mirror = int(own.max()) + 1, own[mirror[own >= 0]] if len(mirror) else mirror
    return replace(
        step,
        coefficients=step.coefficients[coefficients],
        transitions=transitions,
        states=states,
        mirror=mirror,
    )
