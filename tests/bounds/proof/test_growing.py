"""Programmes that learn of shapes, and what they say of adapters."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests.bounds.proof.proofs import grown
from tests.bounds.small_instances import small_instance
from tests.marks import with_slow
from wse_cp.bounds.proof.differences import differences_of
from wse_cp.bounds.proof.growing import priced
from wse_cp.bounds.proof.listing import listings
from wse_cp.bounds.proof.prices import SPLITS, Money
from wse_cp.bounds.proof.region import whole
from wse_cp.bounds.proof.relaxation import solve_region
from wse_cp.bounds.proof.search import ProofSearch
from wse_cp.bounds.proof.simplex import LinearProgramme, optimum
from wse_cp.bounds.proof.tree import Node
from wse_cp.bounds.search.certificate import cost_step
from wse_cp.shapes.arrays import IntArray

MUCH = 1 << 44
#: With adapters.
SEEDS = [("chain", 5), ("triangle", 3), ("square", 7), ("diamond", 4)]


def _programme(high: float) -> LinearProgramme:
    """Maximise x + y where x + 2 y <= 4 and x <= high."""
    rows = csr_matrix(np.array([[1.0, 2.0], [1.0, 0.0]]))
    free = np.full(2, np.inf)
    return LinearProgramme(-np.ones(2), np.zeros(2), free, rows, -free, np.array([4.0, high]))


def test_a_linear_programme_and_its_duals() -> None:
    found = optimum(_programme(2.0))
    assert found is not None
    assert found.value == pytest.approx(-3)
    assert found.x.tolist() == pytest.approx([2, 1])
    assert found.duals.tolist() == pytest.approx([-0.5, -0.5])


def test_no_solution() -> None:
    assert optimum(_programme(-1.0)) is None


@pytest.mark.parametrize(("kind", "seed"), SEEDS)
def test_differences_are_what_means_need(kind: str, seed: int) -> None:
    money = Money(small_instance(kind, seed), 1)
    tables = [rows[:: max(len(rows) // 40, 1)] for rows in listings(money.instance)]
    found = differences_of(money, tables)
    generator = np.random.default_rng(seed)
    shares = [generator.dirichlet(np.ones(len(rows))) for rows in tables]
    sums = np.zeros(len(found.costs))
    np.add.at(sums, found.rows, found.signs * np.concatenate(shares)[found.columns])
    for k, (u, v, many) in enumerate(money.edges):
        for split, (one, other) in enumerate(SPLITS):
            needed = sum(
                abs(shares[u] @ (tables[u][:, one] == x) - shares[v] @ (tables[v][:, other] == x)) / 2
                for x in range(70)
            )
            mine = (found.wires == k) & (found.splits == split)
            assert float(np.maximum(sums[mine], 0).sum()) == pytest.approx(needed)
            assert (found.costs[mine] == many * money.adapter).all()
    assert money.adapter


@pytest.mark.parametrize(("kind", "seed"), SEEDS)
def test_a_grown_programme_is_as_good_as_one_that_knows_all_shapes(kind: str, seed: int) -> None:
    instance = small_instance(kind, seed)
    money = Money(instance, 64)
    region = whole(listings(instance))
    every = solve_region(money, region, region.shapes, MUCH / 4)
    nothing: list[IntArray] = [rows[:0] for rows in region.shapes]
    found = priced(money, region, nothing, MUCH / 4, MUCH, rounds=60)
    assert every is not None
    assert found is not None
    assert found.solved is not None
    assert found.least.value >= every.value * (1 - 1e-3)
    assert found.solved.value >= every.value * (1 - 1e-6)
    assert sum(map(len, found.known)) <= sum(map(len, region.shapes))


def _sieves(node: Node) -> int:
    return (len(node.children) == 1 and node.prices is not None) + sum(map(_sieves, node.children))


@pytest.mark.parametrize(("kind", "seed"), with_slow(SEEDS, ("diamond", 4), ("triangle", 3)))
def test_a_cost_that_becomes_known_sieves_what_was_open(kind: str, seed: int) -> None:
    instance = small_instance(kind, seed)
    least = grown(instance)
    assert least is not None
    late = grown(instance, nodes=3)
    assert isinstance(late, ProofSearch)
    late.aim(least.value + 100 * cost_step(instance))
    late.aim(least.value)
    while not late.finished:
        late.grow()
    assert late.proven
    assert late.value == least.value > Fraction(0)
    assert _sieves(late._tree.root)
