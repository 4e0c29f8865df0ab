"""A search for bounds that returns a fixed one, and a verifier that believes what a certificate says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.cli.small_case import instance
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.verifier.certificate import content_digest, instance_digest
from wse_cp.bounds.verifier.reading import Ended, EndedError, never
from wse_cp.instance import Instance

#: Below the cost of small_case's placement, 586: the gap is (586 - 500) / 500 = 17.2 %.
VALUE = 500


class CertificateError(Exception):
    """Stands in for the verifier's own."""


def verify(instance: Instance, text: str, workers: int = 1, ended: Ended = never) -> Fraction:
    """Believe the claim of a certificate of these tests."""
    try:
        return Fraction(*json.loads(text)["bound"])
    except (ValueError, KeyError, TypeError) as error:
        raise CertificateError(f"no bound\nin it: {type(error).__name__}") from None


def certificate(value: int | Fraction = VALUE) -> str:
    return json.dumps({"bound": list(Fraction(value).as_integer_ratio())})


def write_certificate(folder: Path, value: int | Fraction = VALUE) -> Path:
    path = folder / "bound.json"
    path.write_text(certificate(value))
    return path


def true_certificate(claim: int) -> str:
    """Return a certificate for the package's verifier about small_case: its multipliers prove 13.

    From 36 / 4 cycles on, time costs 9 and wire 2 * (2 + 2) / 2, the least extents being 2 x 3. Faster
    kernels are at least 12 tiles wide: their wire alone costs 2 * (12 + 12) / 2.
    """
    contents: dict[str, object] = {
        "format": "wse-cp lower bound",
        "version": 1,
        "instance": instance_digest(instance()),
        "unit": 1,
        "spine": [],
        "tree": [["k1", "k2"]],
        "cases": 1,
        "intervals": [{"from": start, "multipliers": [[0, 0, 0]]} for start in (0, 36)],
        "bound": [claim, 1],
    }
    return json.dumps({**contents, "sha256": content_digest(contents)})


class StubSearch:
    """Stands in for `lower_bound`: notes how it was called, reports a bound, returns a better one."""

    def __init__(self) -> None:
        self.value: int | Fraction = VALUE
        self.text: str | None = None  #: certificate, if not that of the value
        self.during: Callable[[], None] = lambda: None
        self.given: dict[str, Any] = {}
        self.order: list[str] = []  #: what was done

    def warm_up(self, exercise: object, tell: Callable[[str], object]) -> None:
        self.order.append("compile")

    def lower_bound(self, instance: Instance, **options: Any) -> Bound:
        self.given = {"instance": instance, **options}
        self.order.append("search")
        options["observer"](self._bound(Fraction(self.value) / 2, "first"))
        self.during()
        return self._bound(Fraction(self.value), "stopped" if options["stop"].is_set() else "whole")

    def _bound(self, value: Fraction, method: str) -> Bound:
        parts = BoundParts(value * 3 / 4, value / 4, Fraction(0))
        return Bound(value, parts, method, 0.25, self.text if self.text is not None else certificate(value))


def install(monkeypatch: pytest.MonkeyPatch) -> StubSearch:
    """Put the search and the verifier of these tests in the place of the package's."""
    stub = StubSearch()
    verifier = ModuleType("wse_cp.bounds.verifier")
    vars(verifier).update(CertificateError=CertificateError, EndedError=EndedError, verify=verify)
    monkeypatch.setitem(sys.modules, verifier.__name__, verifier)
    monkeypatch.setattr("wse_cp.bounds.halftiles.lower_bound.lower_bound", stub.lower_bound)
    monkeypatch.setattr("wse_cp.compiled.warm_up", stub.warm_up)
    return stub
