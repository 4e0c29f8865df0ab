"""The value a certificate proves: the least over its intervals and cases, rounded up.

docs/bounds.md, section 7. Each interval is a minimisation of its own, so they can be shared out among
processes. The other processes run `answer`, which reads its task from standard input and writes the values
to standard output.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from fractions import Fraction
from functools import partial
from math import ceil, gcd, lcm
from pathlib import Path
from time import monotonic

from wse_cp.bounds.verifier.certificate import Certificate, instance_digest
from wse_cp.bounds.verifier.cover import CoverRules
from wse_cp.bounds.verifier.interval import interval_values
from wse_cp.bounds.verifier.network import build_network
from wse_cp.bounds.verifier.reading import CertificateError, Ended, EndedError, never
from wse_cp.instance import Instance

Values = list[Fraction | None]
#: Seconds between looks whether the verification is to end, while others work.
_PATIENCE = 0.1
#: A process is waited for so many times as long as a share took here, and so many seconds for its start.
_FACTOR, _STARTING = 10.0, 60.0
#: Seconds from when it says no more until it has ended.
_ENDING = 10.0
#: By this share of a step a value that is rounded up to a claim exceeds the multiple before the claim.
_LITTLE = Fraction(1, 1 << 20)
#: So many kernels, counted once for each interval and case, take seconds even without adapters.
_MANY = 1000


def all_values(
    instance: Instance,
    certificate: Certificate,
    workers: int,
    enough: Fraction | None = None,
    ended: Ended = never,
) -> Values:
    """Return the value of every interval, in any order; None is infinite. For `enough` see `interval_values`.

    What a process does not answer for whatever reason is done here.
    """
    count = len(certificate.intervals)
    workers = min(workers, count)
    shares = [range(start, count, workers) for start in range(workers)]
    others = [_start(instance, certificate, share, enough) for share in shares[1:]]
    begin = monotonic()
    try:
        values = interval_values(instance, certificate, shares[0], enough, ended)
        latest = begin + _FACTOR * (monotonic() - begin) + _STARTING
        for process, share in zip(others, shares[1:], strict=True):
            found = _answer(process, ended, latest)
            values += found or interval_values(instance, certificate, share, enough, ended)
        if len(shares) > 1 and enough is not None and any(v is not None and v < enough for v in values):
            # What is known of later intervals counts too: the number of processes must not matter.
            values = interval_values(instance, certificate, range(count), enough, ended)
    finally:
        for process in others:
            if process is not None:
                process.close()
    return values


#: Loads this package, and nothing from the current directory. A program to run, no code in use here.
_START = str(Path(__file__).parents[2] / "processes" / "start.py")


class _Process:
    """A process that works out a share of the intervals; threads write its task and read what it says."""

    def __init__(self, task: bytes) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", _START, __name__, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._text: Future[bytes] = Future()
        for work in (partial(self._write, task), self._read):
            threading.Thread(target=work, daemon=True).start()

    def _write(self, task: bytes) -> None:
        with suppress(OSError, ValueError):  # it is gone, or has been closed
            assert self._process.stdin is not None
            self._process.stdin.write(task)
            self._process.stdin.flush()  # left open: it closes when this process ends, however it ends

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            self._text.set_result(self._process.stdout.read())
        except Exception as error:
            self._text.set_exception(error)

    def text(self, seconds: float) -> bytes | None:
        """Return what it wrote, None if it failed; raises TimeoutError if it is still at work."""
        text = self._text.result(seconds)
        with suppress(subprocess.TimeoutExpired):  # what says nothing more and does not end has failed
            return text if self._process.wait(_ENDING) == 0 else None
        return None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError, ValueError):
                if pipe is not None:
                    pipe.close()


def _start(
    instance: Instance, certificate: Certificate, share: Sequence[int], enough: Fraction | None
) -> _Process | None:
    if not sys.executable:  # where Python is embedded
        return None
    try:
        return _Process(pickle.dumps((instance, certificate, share, enough)))
    except OSError:
        return None


def _answer(process: _Process | None, ended: Ended, latest: float) -> Values | None:
    """Return what a process found; None if it failed, or has not found anything by `latest` (`monotonic`)."""
    text = None
    while process is not None:
        try:
            text = process.text(_PATIENCE)
            break
        except TimeoutError:
            if ended():
                raise EndedError from None
            if monotonic() > latest:
                return None
        except Exception:  # its pipe broke
            return None
    if not text:
        return None
    values: Values = pickle.loads(text)
    return values


def main() -> None:
    """Do what standard input asks for, in a process of `_start`; end at once when it closes before that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other process
    task = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.stdout.buffer.write(pickle.dumps(interval_values(*task)))
    sys.stdout.buffer.flush()


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1):
        continue
    os._exit(1)


def derive(
    instance: Instance,
    certificate: Certificate,
    workers: int = 1,
    enough: Fraction | None = None,
    ended: Ended = never,
) -> Fraction | None:
    """Return the bound that the multipliers of a certificate prove, whatever it claims (rounded up).

    None stands for infinity: in every interval some kernel has no shape, so there is no placement.
    `workers` is the number of processes to use. With `enough` the search for more than that is cut short.

    Raises
    ------
    CertificateError
        If the certificate is for another instance, or its spine, tree or covers are none of this one.
    """
    goal = None if enough is None else _rounded_up_to(instance, enough)
    value = least_value(instance, certificate, workers, goal, ended)
    return None if value is None else _rounded(instance, value)


def least_value(
    instance: Instance,
    certificate: Certificate,
    workers: int = 1,
    enough: Fraction | None = None,
    ended: Ended = never,
) -> Fraction | None:
    """Return the least over all intervals and cases before it is rounded; see `derive`."""
    if certificate.instance != instance_digest(instance):
        raise CertificateError("the certificate is for another instance")
    # What is wrong with spine, tree and covers is to be found here, whoever does the rest.
    for part in {interval.part for interval in certificate.intervals}:
        build_network(instance, certificate, part)
    _check_covers(instance, certificate)
    workers = workers if _much_work(instance, certificate) else 1
    values = all_values(instance, certificate, workers, enough, ended)
    return min((value for value in values if value is not None), default=None)


def _check_covers(instance: Instance, certificate: Certificate) -> None:
    """Raise a `CertificateError` unless every cover is one, in all intervals that use it."""
    rules = CoverRules(instance)
    for number, cover in enumerate(certificate.covers):
        wires = [interval.wire for interval in certificate.intervals if interval.cover == number]
        rules.check(cover, certificate.unit - max(wires, default=0))


def _much_work(instance: Instance, certificate: Certificate) -> bool:
    """Tell whether the work outweighs the start of more processes (half a second each)."""
    kernels = sum(len(interval.cases) for interval in certificate.intervals) * len(instance.kernels)
    adapters = certificate.adapters or any(cover.forests for cover in certificate.covers)
    return (adapters and instance.settings.wadapter > 0) or kernels > _MANY


def _rounded(instance: Instance, value: Fraction) -> Fraction:
    """Return the next multiple of the step of all costs."""
    step = _step(instance)
    return ceil(value / step) * step if step else value


def _rounded_up_to(instance: Instance, bound: Fraction) -> Fraction:
    """Return a value that, as every greater one, is rounded up to a bound or more: nearly the least."""
    step = _step(instance)
    return (ceil(bound / step) - 1 + _LITTLE) * step if step else bound


def _step(instance: Instance) -> Fraction:
    """Return what all costs are multiples of, by the weights of cycles, half tiles and adapters."""
    settings = instance.settings
    steps = [
        Fraction(settings.wdeltat, instance.time_scale),
        Fraction(settings.wlength, 2),
        Fraction(settings.wadapter),
    ]
    scale = lcm(*(step.denominator for step in steps))
    return Fraction(gcd(*(int(step * scale) for step in steps)), scale)
