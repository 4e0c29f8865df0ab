"""A bound that the intervals of a stage prove, with its certificate."""

from __future__ import annotations

import time
from fractions import Fraction
from math import inf

from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.search.certificate import Piece, certificate_text, claim, cost_step, fitting
from wse_cp.bounds.search.intervals import Interval
from wse_cp.bounds.search.maximise import NOTHING
from wse_cp.bounds.search.stages import Stage
from wse_cp.instance import Instance

#: What a bound says of how it was found.
METHOD = "Lagrangian over area, runs, protocols and stars"


def bound_by(stage: Stage, instance: Instance, ceiling: Fraction | None, began: float) -> Bound:
    """Return the bound of a stage, at most `ceiling`, with its certificate.

    Parameters
    ----------
    began
        When the search began (`time.monotonic`).
    """
    relaxation, weakest = stage.relaxation, min(stage.intervals.all())
    pieces, proven = _pieces(stage, instance)
    value = claim(instance, proven)
    value = value if ceiling is None else min(value, ceiling)
    counted = stage.with_adapters or not instance.settings.wadapter
    text = certificate_text(instance, relaxation.structure, relaxation.cases, pieces, value, adapters=counted)
    parts = _parts(stage, instance, weakest, value)
    return Bound(value, parts, METHOD, time.monotonic() - began, text)


def values_by(stage: Stage, instance: Instance) -> list[float]:
    """Return what each interval of that bound's certificate is worth, up to rounding errors."""
    pieces, _ = _pieces(stage, instance)
    return [_per_time(instance) * piece.start + piece.value for piece in pieces]


def _pieces(stage: Stage, instance: Instance) -> tuple[list[Piece], float]:
    """Return the intervals of a certificate, and what they prove."""
    intervals = stage.intervals.all()
    return fitting([_piece(item) for item in intervals], _per_time(instance), min(intervals).bound)


def _per_time(instance: Instance) -> float:
    return instance.settings.wdeltat / instance.time_scale


def trivial(instance: Instance, began: float) -> Bound:
    """Return what is known before the first step: that no cost is negative."""
    nothing = Fraction(0)
    pieces = [Piece(0, 0.0, (NOTHING,), (0, 0))]
    text = certificate_text(instance, structure_of(instance, runs=False), 1, pieces, nothing)
    return Bound(nothing, BoundParts(nothing, nothing, nothing), METHOD, time.monotonic() - began, text)


def _piece(interval: Interval) -> Piece:
    limit = interval.limit
    multipliers, ascent = limit.multipliers(), limit.ascent if limit.covered else None
    if ascent is not None:
        multipliers = (NOTHING,) * len(multipliers)
    return Piece(interval.start, limit.value, multipliers, limit.relaxation.structure.part, ascent)


def _parts(stage: Stage, instance: Instance, weakest: Interval, value: Fraction) -> BoundParts:
    """Return how the bound is made up where it is weakest; the wire has what the others leave.

    Adapters have what they add to the minimum under the same multipliers. Where covers say more, it is
    what these have won since they count adapters.
    """
    step = cost_step(instance)
    time_part = min(Fraction(instance.settings.wdeltat * weakest.start, instance.time_scale), value)
    limit, adapters = weakest.limit, Fraction(0)
    if stage.with_adapters and limit.tables is not None and not limit.covered:
        wire = limit.relaxation.free.dual.value(limit.tables, limit.cases[limit.weakest].at, limit.weakest)
        adapters = int((limit.value - wire.value) / float(step)) * step
    elif limit.covered and limit.ascent is not None and limit.ascent.plain > -inf:
        adapters = int((limit.value - limit.ascent.plain) / float(step)) * step
    adapters = min(max(adapters, Fraction(0)), value - time_part)
    return BoundParts(time_part, value - time_part - adapters, adapters)
