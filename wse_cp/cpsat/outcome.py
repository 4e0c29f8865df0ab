"""Limits and outcome of solving one model, and the messages by which parent and solver process pass them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wse_cp.cpsat.problem import Choice, Problem

#: optimal: proven; feasible: a solution; infeasible: proven that none is (strictly) better than asked;
#: unknown: nothing found in time; invalid: the solver refuses the model (numbers too large);
#: crashed, timeout: the child process died or was ended; a solution found before is still given;
#: gone: there is no solver any more, since its processes ended again and again.
Status = Literal["optimal", "feasible", "infeasible", "unknown", "invalid", "crashed", "timeout", "gone"]


@dataclass(frozen=True)
class Limits:
    """How long and how a model may be solved.

    Parameters
    ----------
    seconds
        Wall time, building the model included.
    workers, seed
        Threads and random seed.
    deterministic_time
        The solver's own clock; with it and one worker, equal seeds give equal results (if `seconds` suffice).
    memory
        Bytes the solver may allocate (roughly), or None.
    presolve
        Rounds of simplification at most, or None for the solver's default: small models are solved sooner
        with one.
    """

    seconds: float
    workers: int = 1
    seed: int = 0
    deterministic_time: float | None = None
    memory: int | None = None
    presolve: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a model.

    Parameters
    ----------
    status
        See `Status`.
    choices
        The best solution (empty if none): choices of all free kernels, cost below the upper bound.
    cost, bound
        Its cost, and a lower bound on all solutions of the model; model units.
    seconds
        Wall time.
    deterministic_time
        What the solver's own clock says.
    message
        For people: what went wrong, if anything.
    """

    status: Status
    choices: Mapping[str, Choice] = field(default_factory=dict)
    cost: int | None = None
    bound: int | None = None
    seconds: float = 0.0
    deterministic_time: float = 0.0
    message: str = ""


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
