"""Bounds of ranges of the largest time: their certificates join to one that the verifier agrees to."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from tests.checkpoint.cases import chain
from tests.marks import with_slow
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.verifier import CertificateError, verify
from wse_cp.cluster import spread_bound
from wse_cp.cluster.messages import Region, Report
from wse_cp.cluster.ranges import EVERYTHING, claimed, joined, split
from wse_cp.cluster.spread_bound import SpreadBound
from wse_cp.errors import InputError
from wse_cp.instance import Instance
from wse_cp.networks.contest import contest_instance


@pytest.fixture(scope="module", params=with_slow(["A", "chain"], "A"))
def instance(request: pytest.FixtureRequest) -> Instance:
    return contest_instance("A") if request.param == "A" else chain(50)


def found(instance: Instance, region: Region = EVERYTHING, steps: int = 150) -> Bound:
    search = BoundSearch(instance, proofs=False)
    search.focus(region)
    for _ in range(steps):
        search.step()
    return search.bound()


@pytest.fixture(scope="module")
def whole(instance: Instance) -> Bound:
    return found(instance)


@pytest.fixture(scope="module")
def parts(instance: Instance, whole: Bound) -> list[tuple[Region, str]]:
    ranges = split(whole.certificate, 2)
    assert ranges is not None
    return [(region, found(instance, region).certificate) for region in ranges]


def test_ranges_are_consecutive_and_cover_all_times(whole: Bound) -> None:
    for number in (1, 2):
        ranges = split(whole.certificate, number)
        assert ranges is not None
        assert ranges[0][0] == 0
        assert ranges[-1][1] is None
        assert [region[1] for region in ranges[:-1]] == [region[0] for region in ranges[1:]]
    assert split(whole.certificate, 500) is None


def test_a_joined_certificate_proves_the_least_of_the_bounds(
    instance: Instance, parts: list[tuple[Region, str]]
) -> None:
    text = joined(parts)
    assert text is not None
    least = min(claimed(part) for _, part in parts)
    assert claimed(text) == least > 0
    assert verify(instance, text) >= least


def test_with_as_many_steps_for_each_range_the_bound_is_not_weaker(
    whole: Bound, parts: list[tuple[Region, str]]
) -> None:
    text = joined(parts)
    assert text is not None
    assert claimed(text) >= whole.value * Fraction(999, 1000)


def test_a_certificate_of_a_range_is_none_of_everything(instance: Instance) -> None:
    """Else there would be no need to join them."""
    whole = found(instance)
    for region in split(whole.certificate, 2) or []:
        alone = found(instance, region)
        if alone.value > whole.value:
            with pytest.raises(CertificateError):
                verify(instance, alone.certificate)


@pytest.mark.slow
def test_a_search_can_turn_to_another_range() -> None:
    instance = contest_instance("A")  # without adapters, so that all stages see it in the same way
    ranges = split(found(instance).certificate, 2)
    assert ranges is not None
    search, texts = BoundSearch(instance, proofs=False), []
    for region in ranges:
        search.focus(region)
        for _ in range(150):
            search.step()
        texts.append(search.bound().certificate)
    text = joined(list(zip(ranges, texts, strict=True)))
    assert text is not None
    assert verify(instance, text) == claimed(text)


def test_certificates_that_do_not_fit_are_not_joined(parts: list[tuple[Region, str]]) -> None:
    (one, first), (two, second) = parts
    assert joined([]) is None
    assert joined([(one, first)]) is None
    assert joined([(two, second), (one, first)]) is None
    other = json.loads(second)
    for key, value in (
        ("instance", "another"),
        ("tree", [["x", "y"]]),
        ("unit", 1),
        ("adapters", not other.get("adapters", True)),
    ):
        assert joined([(one, first), (two, json.dumps({**other, key: value}))]) is None
    for version in (7, 8):  # their stars have more entries than those of other versions
        assert joined([(one, first), (two, json.dumps({**other, "version": version}))]) is None


@pytest.mark.parametrize("change", [{"bound": [1, 0]}, {"bound": "1"}, {"intervals": 3}, {"version": "6"}])
def test_what_is_no_certificate_is_refused(whole: Bound, change: dict[str, Any]) -> None:
    text = json.dumps({**json.loads(whole.certificate), **change})
    with pytest.raises(InputError, match="certificate"):
        claimed(text)


class Verifier:
    """Notes what is to be verified."""

    def __init__(self, best: Bound | None = None) -> None:
        self.best, self.learnt = best, list[str]()

    def learn(self, certificate: str) -> None:
        self.learnt.append(certificate)


def report(region: Region, certificate: str) -> Report:
    return Report(state="searching", certificate=certificate, region=list(region), messages=[], searching=[])


def test_those_who_seek_share_the_range_as_soon_as_there_is_a_certificate(
    instance: Instance, parts: list[tuple[Region, str]], whole: Bound
) -> None:
    now, verifier = [0.0], Verifier()
    spread = SpreadBound(lambda: now[0])
    spread.begin(verifier)
    spread.join("a")
    spread.join("b")
    assert spread.region("a") == spread.region("b") == EVERYTHING
    spread.take(report(EVERYTHING, whole.certificate))
    assert verifier.learnt == [whole.certificate]
    verifier.best = replace(whole, value=Fraction(1))
    ranges = [region for region, _ in parts]
    assert [spread.region("a"), spread.region("b")] == ranges
    spread._sent = Fraction(0)
    for now[0], (region, text) in zip((10.0, 20.0), parts, strict=True):
        spread.take(report(region, text))
    assert verifier.learnt[1:] == [joined(parts)]
    spread.leave("a")
    assert spread.region("b") == EVERYTHING


def test_what_is_not_better_is_not_verified(whole: Bound) -> None:
    verifier = Verifier(whole)
    spread = SpreadBound()
    spread.begin(verifier)
    spread.join("a")
    spread.take(report(EVERYTHING, whole.certificate))
    assert verifier.learnt == []


def test_ranges_that_never_fit_together_are_given_up(whole: Bound, parts: list[tuple[Region, str]]) -> None:
    now = [0.0]
    spread = SpreadBound(lambda: now[0])
    spread.begin(Verifier())
    for seeker in ("a", "b"):
        spread.join(seeker)
    spread.take(report(EVERYTHING, whole.certificate))
    (one, first), (two, second) = parts
    assert spread.region("a") == one
    spread.take(report(one, first))
    other = json.dumps({**json.loads(second), "tree": [["x", "y"]]})
    for now[0] in (100.0, 101.0 + spread_bound._PATIENCE):
        spread.take(report(two, other))
        other = json.dumps({**json.loads(other), "bound": [10**9, 1]})
    assert spread.region("a") == spread.region("b") == EVERYTHING
