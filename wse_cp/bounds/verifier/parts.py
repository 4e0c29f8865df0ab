"""The intervals of a certificate in several processes: each is a minimisation of its own.

The other processes run `answer`, which reads what to do from standard input and writes the values to
standard output.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction

from wse_cp.bounds.verifier.certificate import Certificate
from wse_cp.bounds.verifier.intervals import interval_values
from wse_cp.instance import Instance

Values = list[Fraction | None]


def all_values(
    instance: Instance, certificate: Certificate, workers: int, enough: Fraction | None = None
) -> Values:
    """Return the value of every interval, in any order; None is infinite. For `enough` see `interval_values`.

    What a process does not answer for whatever reason is done here.
    """
    count = len(certificate.intervals)
    workers = min(workers, count)
    shares = [range(start, count, workers) for start in range(workers)]
    others = [_start(instance, certificate, share, enough) for share in shares[1:]]
    values = interval_values(instance, certificate, shares[0], enough)
    for process, share in zip(others, shares[1:], strict=True):
        values += _answer(process) or interval_values(instance, certificate, share, enough)
    return values


def _start(
    instance: Instance, certificate: Certificate, share: Sequence[int], enough: Fraction | None
) -> subprocess.Popen[bytes] | None:
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import answer; answer()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.write(pickle.dumps((instance, certificate, share, enough)))
        process.stdin.close()
    except OSError:
        return None
    return process


def _answer(process: subprocess.Popen[bytes] | None) -> Values | None:
    if process is None or process.stdout is None:
        return None
    with process, process.stdout:
        text = process.stdout.read()
    if process.returncode:
        return None
    values: Values = pickle.loads(text)
    return values


def answer() -> None:
    """Do what standard input asks for."""
    sys.stdout.buffer.write(pickle.dumps(interval_values(*pickle.load(sys.stdin.buffer))))
