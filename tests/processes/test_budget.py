"""How memory is shared out."""

from __future__ import annotations

import pytest

from wse_cp.errors import InputError
from wse_cp.processes import budget as module
from wse_cp.processes.budget import Budget, budget, threads_of_bound, verifiers

MB, GB = 10**6, 10**9


@pytest.fixture(autouse=True)
def _a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has 80 MB; 20 GB are left."""
    monkeypatch.setattr(module, "own_memory", lambda: 80 * MB)
    monkeypatch.setattr(module, "memory_left", lambda: 20 * GB)


def parts(shares: Budget) -> int:
    """Return what is given to others than this process, as far as it is given (bytes)."""
    return (shares.bound or 0) + shares.solvers * 180 * MB


def test_without_a_limit_the_machine_is_shared_out() -> None:
    shares = budget(None, 2, 50)
    assert shares.limit == 20 * GB + 80 * MB
    assert (shares.solvers, shares.model) == (2, 1 << 30)
    assert shares.bound is not None
    assert shares.bound > 5 * GB
    assert shares.compilers > 4


@pytest.mark.parametrize("limit", [300 * MB, 500 * MB, 700 * MB, GB, 2 * GB])
@pytest.mark.parametrize("kernels", [1, 50, 10_000])
def test_no_more_is_given_than_there_is(limit: int, kernels: int) -> None:
    shares = budget(limit, 16, kernels)
    assert parts(shares) <= limit - 80 * MB
    assert shares.compilers >= 1


def test_the_smaller_the_limit_the_fewer_parts() -> None:
    found = [budget(limit, 4, 50) for limit in (250 * MB, 450 * MB, 700 * MB, 1200 * MB, 3 * GB)]
    assert [shares.solvers for shares in found] == sorted(shares.solvers for shares in found)
    assert found[0] == Budget(250 * MB, 0, 256 * MB, None, 1)
    assert (found[1].solvers, found[1].bound) == (1, None)
    assert found[2].solvers == 1
    assert found[2].bound is not None
    assert found[4].solvers == 4


def test_what_this_process_alone_exceeds_is_refused() -> None:
    with pytest.raises(InputError, match=r"memory limit: expected .* at least 180 MB .* found 100 MB"):
        budget(100 * MB, 2, 10)
    with pytest.raises(InputError, match="at least 180 MB"):
        threads_of_bound(100 * MB, 2)


def test_a_machine_without_free_memory_is_no_reason_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "memory_left", lambda: 0)
    assert budget(None, 2, 10).solvers == 0
    assert threads_of_bound(None, 2)[1] == 1


@pytest.mark.parametrize(("limit", "threads"), [(300 * MB, 1), (800 * MB, 2), (None, 8)])
def test_threads_of_a_bound_by_what_there_is(limit: int | None, threads: int) -> None:
    assert threads_of_bound(limit, 8)[1] == threads


def test_processes_that_verify_by_what_there_is() -> None:
    assert [verifiers(limit, 2) for limit in (100 * MB, 500 * MB, 700 * MB, 5 * GB)] == [1, 1, 2, 2]
