"""The value a certificate proves: the least over its intervals and cases, rounded up (section 7)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, gcd, lcm

from wse_cp.bounds.verifier.certificate import Certificate
from wse_cp.bounds.verifier.digests import instance_digest
from wse_cp.bounds.verifier.errors import CertificateError
from wse_cp.bounds.verifier.intervals import interval_values
from wse_cp.bounds.verifier.parts import all_values
from wse_cp.instance import Instance

#: So many kernels, counted once for each interval and case, take seconds even without adapters.
_MANY = 1000


def derive(
    instance: Instance, certificate: Certificate, workers: int = 1, enough: Fraction | None = None
) -> Fraction | None:
    """Return the bound that the multipliers of a certificate prove, whatever it claims (rounded up).

    None stands for infinity: in every interval some kernel has no shape, so there is no placement.
    `workers` is the number of processes to use. With `enough` the search for more than that is cut short.

    Raises
    ------
    CertificateError
        If the certificate is for another instance, or its spine or tree is none of this one.
    """
    value = least_value(instance, certificate, workers, enough)
    return None if value is None else _rounded(instance, value)


def least_value(
    instance: Instance, certificate: Certificate, workers: int = 1, enough: Fraction | None = None
) -> Fraction | None:
    """Return the least over all intervals and cases before it is rounded; see `derive`."""
    if certificate.instance != instance_digest(instance):
        raise CertificateError("the certificate is for another instance")
    # What is wrong with spine and tree is to be found here, whoever does the rest.
    interval_values(instance, certificate, ())
    values = all_values(instance, certificate, workers if _much_work(instance, certificate) else 1, enough)
    return min((value for value in values if value is not None), default=None)


def _much_work(instance: Instance, certificate: Certificate) -> bool:
    """Tell whether the work outweighs the start of more processes (half a second each)."""
    kernels = sum(len(interval.cases) for interval in certificate.intervals) * len(instance.kernels)
    return instance.settings.wadapter > 0 or kernels > _MANY


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
