"""Bound: what the search for a lower bound returns, and its JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from wse_cp.decimals import exact_number


@dataclass(frozen=True)
class BoundParts:
    """What time, wire and adapters contribute: weighted parts of the cost, at most the bound in sum."""

    time: Fraction
    wire: Fraction
    adapters: Fraction

    def to_json(self) -> dict[str, object]:
        """Return the parts as JSON values."""
        return {
            "time": exact_number(self.time),
            "wire": exact_number(self.wire),
            "adapters": exact_number(self.adapters),
        }


@dataclass(frozen=True)
class Bound:
    """A number that no legal placement can cost less than, and the certificate that says why.

    Parameters
    ----------
    value, parts
        The bound, and what it is made of; None if all that is known is a certificate.
    method
        How it was found, in a few words.
    seconds
        Wall time of the search until it had this bound.
    certificate
        JSON text from which `wse_cp.bounds.verifier` derives the value again.
    """

    value: Fraction
    parts: BoundParts | None
    method: str
    seconds: float
    certificate: str

    def to_json(self, instance: str, certificate: str | None = None) -> dict[str, object]:
        """Return the report as JSON values; `certificate` is the file the certificate is in, if any."""
        return {
            "instance": instance,
            "lower_bound": exact_number(self.value),
            "parts": None if self.parts is None else self.parts.to_json(),
            "method": self.method,
            "seconds": round(self.seconds, 3),
            "certificate": certificate,
        }
