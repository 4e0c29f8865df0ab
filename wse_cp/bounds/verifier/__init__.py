"""Independent verifier of lower-bound certificates: derives the bound again, in integers.

It shares the certificate's format and the mathematics of docs/bounds.md with what makes certificates, and
no code but the kernels' formulas and the instance.
"""

from __future__ import annotations

from fractions import Fraction

from wse_cp.bounds.verifier import proof_text
from wse_cp.bounds.verifier.certificate import Certificate, Interval, Multipliers, read_certificate
from wse_cp.bounds.verifier.proof_tree import check_proof
from wse_cp.bounds.verifier.reading import CertificateError, Ended, EndedError, never, read_object
from wse_cp.bounds.verifier.value import derive
from wse_cp.instance import Instance

__all__ = [
    "Certificate",
    "CertificateError",
    "EndedError",
    "Interval",
    "Multipliers",
    "derive",
    "read_certificate",
    "verify",
]


def verify(instance: Instance, text: str, workers: int = 1, ended: Ended = never) -> Fraction:
    """Return the lower bound that the certificate in `text` claims and proves for `instance`.

    Parameters
    ----------
    text
        The JSON text of the certificate.
    workers
        Processes to use.
    ended
        Asked every few milliseconds whether to end early.

    Raises
    ------
    CertificateError
        If it is no certificate, not for this instance, or proves less than it claims.
    EndedError
        If it was to end early.
    """
    found = read_object(text)
    if found.get("format") == proof_text.FORMAT:
        return check_proof(instance, proof_text.read_proof(found), ended)
    certificate = read_certificate(text)
    proven = derive(instance, certificate, workers, certificate.bound, ended)
    if proven is not None and proven < certificate.bound:
        raise CertificateError(
            f"the multipliers prove only {proven}, the certificate claims {certificate.bound}"
        )
    return certificate.bound
