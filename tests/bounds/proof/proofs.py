"""Proofs of small instances, grown to their end or to a number of nodes."""

from __future__ import annotations

from wse_cp.bounds.proof.search import ProofSearch, proof_search
from wse_cp.bounds.search.certificate import cost_step
from wse_cp.instance import Instance


def grown(instance: Instance, nodes: int = 20_000, cost: bool = False) -> ProofSearch | None:
    """Return a proof with about so many nodes at most; with `cost` the least cost is known from the start.

    None if the instance is not one for a proof by search.
    """
    found = proof_search(instance, cost_step(instance))
    if found is not None and cost:
        known = grown(instance, nodes)
        assert known is not None
        found.aim(known.value)
    while found is not None and not found.finished and found.nodes < nodes:
        found.grow()
    return found
