"""How the memory that a run may take is shared out among its processes at the start."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.machine.memory import memory_left, own_memory
from wse_cp.options import size_text

_MB = 10**6
#: What this process must have beyond what it has, to begin with: the compiler and the search are loaded.
_LEAST = 100 * _MB
#: What the search takes beyond that, for each kernel and for so many kernels at most.
_KERNEL, _MOST_KERNELS = 1_500_000, 200
#: What a solver process takes when it is loaded, and what it must be able to take for a model.
_SOLVER, _MODEL = 100 * _MB, 80 * _MB
#: The least and the most that a solver may allocate for a model. What is allocated is not all used.
_LEAST_MODEL, _MOST_MODEL = 256 * _MB, 1 << 30
#: What the bound's process must have, and its share of what is left.
_BOUND, _BOUND_SHARE = 220 * _MB, 0.45
#: What a thread that evaluates a bound with adapters takes, and a process that verifies or compiles.
_EVALUATION, _VERIFIER, _COMPILER = 300 * _MB, 300 * _MB, 400 * _MB


@dataclass(frozen=True)
class Budget:
    """Shares of the memory of a run.

    Parameters
    ----------
    limit
        Bytes, of all together.
    solvers
        How many solver processes there may be.
    model
        Bytes that each may allocate for a model.
    bound
        Bytes for the process that seeks a bound with its own children; None if there is to be none.
    compilers
        How many processes may compile at the same time.
    """

    limit: int
    solvers: int
    model: int
    bound: int | None
    compilers: int


def budget(limit: int | None, workers: int, kernels: int) -> Budget:
    """Return the shares of a run with so many workers; without a limit it is what the machine leaves.

    `kernels` is how many the instance has.

    Raises
    ------
    InputError
        If this process alone needs more than `limit`.
    """
    limit, own = _limits(limit)
    rest = limit - own - _LEAST - _KERNEL * min(kernels, _MOST_KERNELS)
    bound = None
    if rest >= _BOUND + _SOLVER + _MODEL:
        bound = max(_BOUND, int(_BOUND_SHARE * rest))
        rest -= bound
    solvers = max(0, min(workers, rest // (_SOLVER + _MODEL)))
    for_each = 2 * (rest // solvers - _SOLVER) if solvers else 0
    model = max(_LEAST_MODEL, min(_MOST_MODEL, for_each))
    return Budget(limit, solvers, model, bound, max(1, (limit - own) // _COMPILER))


def threads_of_bound(limit: int | None, workers: int) -> tuple[int, int]:
    """Return the limit (bytes) of a search for a bound in this process, and how many threads have room in it.

    Raises
    ------
    InputError
        If this process alone needs more than `limit`.
    """
    limit, own = _limits(limit)
    return limit, max(1, min(workers, (limit - own - _LEAST) // _EVALUATION))


def verifiers(limit: int, workers: int) -> int:
    """Return how many processes may verify where `limit` (bytes) is for all of them."""
    return max(1, min(workers, limit // _VERIFIER))


def _limits(limit: int | None) -> tuple[int, int]:
    """Return a limit and what this process has of it (bytes)."""
    own = own_memory()
    if limit is None:
        return max(memory_left(), _LEAST) + own, own
    if limit < own + _LEAST:
        needed = f"a memory limit of at least {size_text(own + _LEAST)} with this instance"
        raise InputError(needed, size_text(limit), "memory limit")
    return limit, own
