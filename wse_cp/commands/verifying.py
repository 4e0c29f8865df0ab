"""The command ``verify``: what a certificate proves, by the verifier that shares no code with its maker."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from wse_cp.errors import BoundError, shorten
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.files.text import read_text
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_WORKERS


def verify_file(instance_path: Path, certificate_path: Path) -> Fraction:
    """Return the lower bound that a certificate file proves for an instance file.

    Raises
    ------
    InputError
        If one of the files cannot be read.
    BoundError
        If the certificate does not hold; says the first thing that is wrong.
    """
    return proven_by(read_instance_file(instance_path), certificate_path)


def proven_by(instance: Instance, certificate_path: Path) -> Fraction:
    """Return the lower bound that a certificate file proves; raises as `verify_file` does."""
    return proven(instance, read_text(certificate_path), str(certificate_path))


def proven(instance: Instance, text: str, source: str) -> Fraction:
    """Return the lower bound that the certificate `text` proves.

    Raises
    ------
    BoundError
        If it does not hold; the line names `source`.
    """
    from wse_cp.bounds.verifier import CertificateError, verify

    try:
        return verify(instance, text, DEFAULT_WORKERS)
    except CertificateError as error:
        reason = shorten(" ".join(str(error).split()), 300)
        raise BoundError(f"{source}: certificate refused: {reason}") from None
