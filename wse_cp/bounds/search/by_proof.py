"""A bound that a proof by search has found."""

from __future__ import annotations

from fractions import Fraction

from wse_cp.bounds.proof.prover import Prover
from wse_cp.bounds.proof.search import METHOD
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.search.certificate import instance_digest
from wse_cp.instance import Instance
from wse_cp.score import score


def proven(instance: Instance, prover: Prover, most: Fraction, seconds: float) -> Bound:
    """Return the bound of a proof, at most `most`, with its certificate.

    Its parts are those of the placement found with it; without one the wire has what the time leaves.
    """
    value, certificate = prover.certificate(instance_digest(instance), most)
    time = min(instance.settings.wdeltat * prover.least_time(), value)
    parts = BoundParts(time, value - time, Fraction(0))
    if prover.placement is not None:
        found, weights = score(instance, prover.placement), instance.settings
        if found.cost == value:
            parts = BoundParts(
                weights.wdeltat * found.max_time,
                weights.wlength * found.wire_length,
                Fraction(weights.wadapter * found.adapters),
            )
    return Bound(value, parts, METHOD, seconds, certificate)
