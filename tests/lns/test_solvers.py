"""How many solver processes there may be."""

from __future__ import annotations

import threading

import numpy as np

from tests.lns.small_cases import IdleSolver, network, poor_placement
from wse_cp.clock import WALL
from wse_cp.incumbent import Incumbent
from wse_cp.lns.improve import searching
from wse_cp.lns.solvers import MODEL_MEMORY, Solvers
from wse_cp.processes.reliefs import Pressure


def test_every_worker_may_have_one_by_default() -> None:
    solvers = Solvers()
    assert all(solvers.allows(worker) for worker in (0, 1, 200))
    assert solvers.model == MODEL_MEMORY


def test_when_memory_is_short_the_last_worker_that_has_one_loses_it() -> None:
    solvers = Solvers()
    assert [solvers.allows(worker) for worker in range(3)] == [True, True, True]
    solvers.ease(Pressure.SCARCE)
    assert solvers.allows(2)
    solvers.ease(Pressure.SHORT)
    assert [solvers.allows(worker) for worker in range(3)] == [True, True, False]
    assert solvers.model == MODEL_MEMORY


def test_one_process_stays_and_its_models_get_smaller_up_to_a_point() -> None:
    solvers = Solvers(1, 400 * 10**6)
    solvers.ease(Pressure.SHORT)
    assert solvers.model == 200 * 10**6
    for _ in range(9):
        solvers.ease(Pressure.SPENT)
    assert solvers.allows(0)
    assert solvers.model == 128 * 10**6


def test_none_may_be_allowed_at_all() -> None:
    assert not Solvers(0).allows(0)


def test_a_search_without_a_solver_ends_at_once() -> None:
    instance = network()
    incumbent = Incumbent(instance, lambda event: None)
    incumbent.offer(poor_placement(instance), "start")
    solver, solvers = IdleSolver(), Solvers(0)
    with searching(
        incumbent,
        generator=np.random.default_rng(0),
        stop=threading.Event(),
        solver=solver,
        solvers=solvers,
    ) as search:
        search.run(WALL.now() + 600)
    assert solver.problems == []
