"""What the parent and its solver process say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Choice, Problem


@dataclass(frozen=True)
class Solve:
    """Parent: solve this."""

    job: int
    problem: Problem
    limits: Limits


@dataclass(frozen=True)
class Stop:
    """Parent: end that job soon and answer with what there is."""

    job: int


@dataclass(frozen=True)
class Ready:
    """Child: the solver is loaded."""


@dataclass(frozen=True)
class Found:
    """Child: an improving solution."""

    job: int
    cost: int
    choices: Mapping[str, Choice]


@dataclass(frozen=True)
class Done:
    """Child: the job's outcome."""

    job: int
    outcome: Outcome


Request = Solve | Stop
Report = Ready | Found | Done
