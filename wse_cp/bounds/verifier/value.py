"""The value a certificate proves: the least over its intervals and cases, rounded up (section 7)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, gcd, lcm

from wse_cp.bounds.verifier.assembly import assemble
from wse_cp.bounds.verifier.cells import build_cells
from wse_cp.bounds.verifier.certificate import Certificate, Interval
from wse_cp.bounds.verifier.digests import instance_digest
from wse_cp.bounds.verifier.doors import entrances
from wse_cp.bounds.verifier.elimination import least_cost
from wse_cp.bounds.verifier.errors import CertificateError
from wse_cp.bounds.verifier.frame import Frame
from wse_cp.bounds.verifier.library import Library
from wse_cp.bounds.verifier.money import money
from wse_cp.bounds.verifier.network import build_network
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.instance import Instance


def derive(instance: Instance, certificate: Certificate) -> Fraction | None:
    """Return the bound that the multipliers of a certificate prove, whatever it claims (rounded up).

    None stands for infinity: in every interval some kernel has no shape, so there is no placement.

    Raises
    ------
    CertificateError
        If the certificate is for another instance, or its spine or tree is none of this one.
    """
    value = least_value(instance, certificate)
    return None if value is None else _rounded(instance, value)


def least_value(instance: Instance, certificate: Certificate) -> Fraction | None:
    """Return the least over all intervals and cases before it is rounded; see `derive`."""
    if certificate.instance != instance_digest(instance):
        raise CertificateError("the certificate is for another instance")
    network = build_network(instance, certificate)
    frame = Frame(instance, network, build_cells(network), entrances(instance, network))
    intervals = certificate.intervals
    limits = [interval.start - 1 for interval in intervals[1:]]
    found: list[Fraction] = []
    for interval, limit in zip(intervals, [*limits, None], strict=True):
        value = _interval_value(frame, certificate.unit, interval, limit)
        if value is not None:
            found.append(value)
    return min(found, default=None)


def _interval_value(frame: Frame, unit: int, interval: Interval, limit: int | None) -> Fraction | None:
    """Return the least cost of placements whose max time is in an interval; None if there are none."""
    library = Library(frame.instance, limit)
    settings = frame.instance.settings
    found: list[int] = []
    for n, multipliers in enumerate(interval.cases):
        prices = money(settings, unit, multipliers)
        last = n == len(interval.cases) - 1
        # a spine has fewer than two turns and breaks for each of its kernels
        if n > 2 * len(frame.network.spine):
            continue
        case = assemble(frame, library, prices, Spine(prices, n, more=last))
        least = None if case is None else least_cost(case)
        if least is not None:
            found.append(least)
    time = Fraction(settings.wdeltat * interval.start, frame.instance.time_scale)
    return time + Fraction(min(found), 2 * unit) if found else None


def _rounded(instance: Instance, value: Fraction) -> Fraction:
    """Return the next multiple of all weights: of 1 / time_scale cycles, half a tile, one adapter."""
    settings = instance.settings
    steps = [
        Fraction(settings.wdeltat, instance.time_scale),
        Fraction(settings.wlength, 2),
        Fraction(settings.wadapter),
    ]
    scale = lcm(*(step.denominator for step in steps))
    step = Fraction(gcd(*(int(step * scale) for step in steps)), scale)
    return ceil(value / step) * step if step else value
