"""Proofs by search end with the least cost: their placement attains it, and nothing legal costs less."""

from __future__ import annotations

from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from tests.bounds.proof.proofs import grown
from tests.bounds.small_instances import NETWORKS, small_instance
from tests.cpsat.brute_force import all_options, improve, random_instance
from tests.marks import with_slow
from wse_cp.bounds.proof.listing import listings
from wse_cp.bounds.search.certificate import cost_step, instance_digest
from wse_cp.bounds.verifier import verify
from wse_cp.bounds.verifier.proof_shapes import shapes_of
from wse_cp.instance import Instance
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import IntArray

#: Most of them are for a thorough run: enumeration takes longer than the proof.
SEEDS = with_slow(range(250), 3, *range(9, 250))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_proof_ends_with_the_least_cost(seed: int) -> None:
    random = Random(f"proof {seed}")
    count = random.choice([2, 2, 3])
    instance = random_instance(random, count, largest=10 if count == 2 else 7)
    if not cost_step(instance):
        return  # nothing costs anything
    found = grown(instance)
    if found is None or found.placement is None:
        options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
        assert not all(options.values()) or improve(instance, options, None) is None
        return
    assert checked_score(instance, found.placement).cost == found.value
    aimed = grown(instance, cost=True)  # with sieves
    assert aimed is not None
    assert aimed.proven
    for proof in (found, aimed):
        assert verify(instance, proof.certificate(instance_digest(instance), found.value)) == found.value
    options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
    assert improve(instance, options, found.value) is None


@pytest.mark.parametrize(
    ("kind", "seed"),
    with_slow(
        [(kind, seed) for kind in NETWORKS for seed in range(6)],
        *((kind, seed) for kind in NETWORKS for seed in range(1, 6)),
        ("square", 0),
        ("tree", 0),
        ("diamond", 0),
    ),
)
def test_a_tree_cut_short_proves_less_and_is_verified(kind: str, seed: int) -> None:
    instance = small_instance(kind, seed)
    early, late = grown(instance, nodes=30), grown(instance, nodes=150)
    if early is None or late is None:
        assert not all(len(rows) for rows in listings(instance))
        return
    assert early.value <= late.value
    for found in (early, late):
        assert verify(instance, found.certificate(instance_digest(instance), found.value)) == found.value
    if late.placement is not None:
        assert checked_score(instance, late.placement).cost == late.value


@pytest.mark.parametrize("seed", range(40))
def test_both_lists_of_shapes_are_the_same(seed: int) -> None:
    instance = random_instance(Random(f"shapes {seed}"), 3, largest=24)
    for name, rows in zip(sorted(instance.kernels), listings(instance), strict=True):
        assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, shapes_of(instance, name).tolist()))


@pytest.mark.parametrize("seed", range(40))
def test_no_shape_is_missing(seed: int) -> None:
    instance = random_instance(Random(f"complete {seed}"), 2, largest=12)
    adapters = bool(instance.settings.wadapter)
    for name, rows in zip(sorted(instance.kernels), listings(instance), strict=True):
        for option in all_options(instance, instance.kernels[name]):
            better: npt.NDArray[np.bool_] = rows[:, 0] <= option.width
            better &= (rows[:, 1] <= option.height) & (rows[:, 2] <= option.time)
            better &= ((rows[:, 0] - option.width) % 2 == 0) & ((rows[:, 1] - option.height) % 2 == 0)
            if adapters:
                better &= (rows[:, 3] == option.args.h) & (rows[:, 4] == option.args.w)
                better &= _matches(instance, name, rows, option.args.c[0], option.args.k)
            assert better.any()


def _matches(
    instance: Instance, name: str, rows: IntArray, c: int, k: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return which rows have the splits of channels that edges compare."""
    side = max(instance.settings.width, instance.settings.height)
    reads = any(v == name for _, v, _ in instance.kernel_edges)
    writes = any(u == name for u, _, _ in instance.kernel_edges)
    seen = c if reads and c <= side // 3 else 0
    out = k[min(2, len(k) - 1)] if writes else 0
    return np.asarray((rows[:, 5] == seen) & (rows[:, 6] == out))


def test_a_known_cost_ends_the_proof_early() -> None:
    instance = small_instance("chain", 0)
    alone, aimed = grown(instance), grown(instance, cost=True)
    assert alone is not None
    assert aimed is not None
    assert aimed.value == alone.value
    assert aimed.proven
    assert aimed.nodes <= alone.nodes
