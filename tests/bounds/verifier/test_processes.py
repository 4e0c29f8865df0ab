"""The number of processes that verify a certificate does not matter for what it proves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from tests.bounds.small_instances import small_instance
from tests.bounds.verifier.cases import contents, some_tree, text_of
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError, derive, read_certificate, value, verify
from wse_cp.bounds.verifier.interval import interval_values

#: What is claimed more than can be proven.
MORE = [Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3), Fraction(10), Fraction(100)]


@pytest.mark.parametrize("more", with_slow(MORE, *MORE[2:4], *MORE[5:]))
def test_what_is_known_of_later_intervals_counts_whoever_works_them_out(
    monkeypatch: pytest.MonkeyPatch, more: Fraction
) -> None:
    instance = small_instance("chain", 0)
    monkeypatch.setattr(value, "_much_work", lambda *_: True)
    # The first two intervals have multipliers that prove little, the last one's prove more of its case.
    rows = [(0, [[4, 0, 0]]), (2 * instance.time_scale, [[4, 0, 0]]), (4 * instance.time_scale, [[0, 4, 4]])]
    found = contents(instance, rows, tree=some_tree(instance, (), ()), unit=4)
    certificate = read_certificate(text_of(found))
    alone = value.all_values(instance, certificate, 1)
    least = min(value for value in alone if value is not None)
    claimed = replace(certificate, bound=least + more)
    one, two = (value.all_values(instance, claimed, workers, claimed.bound) for workers in (1, 2))
    assert (min(filter(None, one)) >= claimed.bound) == (min(filter(None, two)) >= claimed.bound)


def test_a_claim_that_one_process_refuses_is_refused_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = small_instance("chain", 0)
    monkeypatch.setattr(value, "_much_work", lambda *_: True)
    rows = [(start * instance.time_scale, [[1, 2, 3]]) for start in (0, 3, 9)]
    text = text_of(contents(instance, rows, tree=some_tree(instance, (), ()), unit=4, bound=(10**6, 1)))
    for workers in (1, 2):
        with pytest.raises(CertificateError, match="prove only"):
            verify(instance, text, workers)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_value_that_is_rounded_up_to_the_claim_is_worked_out_once(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = small_instance("chain", 0)
    monkeypatch.setattr(value, "_much_work", lambda *_: True)
    rows = [(start * instance.time_scale, [[1, 2, 3]]) for start in (0, 3, 9)]

    def claiming(bound: Fraction) -> str:
        tree, numbers = some_tree(instance, (), ()), (bound.numerator, bound.denominator)
        return text_of(contents(instance, rows, tree=tree, unit=1000, bound=numbers))

    read = read_certificate(claiming(Fraction(0)))
    least, proven = value.least_value(instance, read), derive(instance, read)
    assert least is not None
    assert proven is not None
    assert least < proven  # it is no multiple of the step
    asked: list[object] = []

    def worked_out(*arguments: Any) -> value.Values:
        asked.append(arguments)
        return interval_values(*arguments)

    monkeypatch.setattr(value, "interval_values", worked_out)
    assert verify(instance, claiming(proven), workers) == proven
    assert len(asked) == 1
    with pytest.raises(CertificateError, match="prove only"):
        verify(instance, claiming(proven + Fraction(1, 10**6)), workers)
