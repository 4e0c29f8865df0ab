"""The value of covers against a literal reading of docs/bounds.md, section 10, and against proven optima."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any

import pytest

from tests.bounds.verifier.cases import NETWORKS, contents, random_network, signed, text_of
from tests.bounds.verifier.covers import Star, cover_value, random_cover, with_covers
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError, EndedError, derive, read_certificate, verify
from wse_cp.bounds.verifier.cover import Cover, read_covers
from wse_cp.bounds.verifier.interval import interval_values
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.stars import CoverCost
from wse_cp.bounds.verifier.value import all_values, least_value
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

CONNECTED = [kind for kind in NETWORKS if kind != "one"]
#: They stand for the other networks.
QUICK = {"one", "chain", "star", "triangle", "ring", "diamond", "fan", "two"}


def read(cover: dict[str, Any]) -> Cover:
    (found,) = read_covers([cover])
    return found


def found_value(
    instance: Instance, cover: dict[str, Any], unit: int, limit: int | None = None
) -> Fraction | None:
    """What the verifier says a cover's wires cost at least; None if a kernel has no shape."""
    rectangles = Rectangles(Demands(instance), limit)
    if not all(len(rectangles(kernel)[0]) for kernel in instance.kernels.values()):
        return None
    return Fraction(CoverCost(instance, read(cover))(rectangles), SCALE * unit)


@pytest.mark.parametrize("kind", with_slow(NETWORKS, *(set(NETWORKS) - QUICK)))
def test_a_cover_has_the_value_of_section_10(kind: str) -> None:
    finite = 0
    for seed in range(12):
        random = Random(f"cover {seed}")
        instance = random_network(random, kind, adapters=False, blocks=seed == 11)
        unit, limit = random.choice([1, 3, 8]), random.choice([None, 40, 400])
        cover = random_cover(random, instance, unit)
        value = cover_value(instance, cover, unit, limit)
        assert found_value(instance, cover, unit, limit) == value, seed
        finite += value is not None
    assert finite > 5


def multiplied(star: Star, times: int, reach: int) -> Star:
    """A star of the same kernels and weight, all its prices multiplied, and how far its room reaches."""
    hub, weight, price, leaves, *prices, theta, rho = star
    pairs = [number * times if i % 2 else number for i, number in enumerate(leaves)]
    rows = [[p * times for p in row] if isinstance(row, list) else row * times for row in prices]
    return [hub, weight, price * times, pairs, *rows, theta * reach, rho * (1 if reach > 1 else times)]


@pytest.mark.parametrize("times", [10**15, 10**17, 10**30])
def test_numbers_beyond_64_bits_are_exact(times: int) -> None:
    for seed in range(12):
        random = Random(f"huge {seed}")
        instance = random_network(random, random.choice(CONNECTED), adapters=False)
        unit = random.choice([1, 7])
        cover = random_cover(random, instance, unit)
        huge: dict[str, Any] = {"area": cover["area"] * times, "stars": []}
        for star in cover["stars"]:
            huge["stars"].append(multiplied(star, times, random.choice([1, times])))
        assert found_value(instance, huge, unit) == cover_value(instance, huge, unit), seed


@pytest.mark.parametrize("table", [1, 30, 1 << 19])
def test_stars_and_leaves_that_are_alike_are_counted_each(
    table: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four alike hubs around six alike leaves, in tables small and large."""
    monkeypatch.setattr("wse_cp.bounds.verifier.stars._TABLE", table)
    hubs, leaves = range(4), range(4, 10)
    nodes = tuple(Node(i, f"k{i}", Conv(2, 2, 1, 1, 2, 3, 1)) for i in range(10))
    edges = tuple(Edge(f"k{u}", f"k{v}") for u in hubs for v in leaves)
    instance = Instance(Settings(8, 9, wlength=3), nodes, edges)
    stars: list[Star] = [
        [u, 1, 2, [n for v in leaves for n in (v, 1)], [9, 4, 0], [9, 4], 5, [7, 2], [3], 20 * (u > 1), 1]
        for u in hubs
    ]
    stars[3][3][5] = 2  # one leaf of one star is another
    cover = {"area": 12, "stars": stars}
    assert found_value(instance, cover, 2) == cover_value(instance, cover, 2)


def random_certificate(seed: int, flows: bool = False) -> tuple[Instance, dict[str, Any]]:
    """An instance and a certificate with intervals of all kinds: with or without cover and frame."""
    random = Random(f"certificate {seed}")
    instance = random_network(random, random.choice(CONNECTED), adapters=random.random() < 0.3)
    unit = random.choice([1, 3, 8])
    starts = sorted({0, *(random.randint(1, 60) * instance.time_scale for _ in range(random.randint(0, 4)))})
    shares = random.sample(range(unit + 1), min(2, unit + 1))
    covers = [random_cover(random, instance, unit, share, flows) for share in shares for _ in range(2)]
    intervals = []
    for start in starts:
        number = random.randrange(len(covers))
        share = shares[number // 2]
        multipliers = [random.choice([0, 0, unit, 3 * unit]), 0, 0]
        intervals.append((start, [multipliers], share, random.choice([-1, number, number])))
    counted = random.random() < 0.5
    version = 8 if flows else 6
    return instance, with_covers(instance, covers, intervals, unit=unit, adapters=counted, version=version)


def parts_of(instance: Instance, found: dict[str, Any]) -> list[tuple[Fraction, Fraction, Fraction] | None]:
    """Time, frame and cover of each interval; None where there is no placement.

    The frame is that of an instance whose wires weigh as much as the interval's share of them.
    """
    unit, intervals = found["unit"], found["intervals"]
    settings = replace(instance.settings, wdeltat=0)
    if not found["adapters"]:
        settings = replace(settings, wadapter=0)
    result: list[tuple[Fraction, Fraction, Fraction] | None] = []
    rows = [(entry["from"], entry["multipliers"]) for entry in intervals]
    for i, entry in enumerate(intervals):
        limit = intervals[i + 1]["from"] - 1 if i + 1 < len(intervals) else None
        share, adapters = settings.wlength * entry["wire"], settings.wadapter * unit
        other = replace(instance, settings=replace(settings, wlength=share, wadapter=adapters))
        (frame,) = interval_values(other, read_certificate(text_of(contents(other, rows))), [i])
        more: Fraction | None = Fraction(0)
        if entry["cover"] >= 0:
            more = cover_value(instance, found["covers"][entry["cover"]], unit, limit)
        time = Fraction(instance.settings.wdeltat * entry["from"], instance.time_scale)
        result.append(None if frame is None or more is None else (time, frame / unit, more))
    return result


#: Seeds of random certificates.
MANY = with_slow([range(20), range(20, 80)], range(20, 80))


@pytest.mark.parametrize("flows", [False, True])
@pytest.mark.parametrize("seeds", MANY, ids=["few", "many"])
def test_an_interval_is_worth_its_time_its_frame_and_its_cover(seeds: range, flows: bool) -> None:
    for seed in seeds:
        instance, found = random_certificate(seed, flows)
        values = [part and sum(part) for part in parts_of(instance, found)]
        expected = min((value for value in values if value is not None), default=None)
        assert least_value(instance, read_certificate(text_of(found))) == expected, seed


@pytest.mark.parametrize("seeds", MANY, ids=["few", "many"])
def test_what_is_known_from_later_intervals_is_used_where_it_holds(seeds: range) -> None:
    """A claim as high as the value is accepted; none above what later intervals with the same share say."""
    refused = 0
    for seed in seeds:
        instance, found = random_certificate(seed)
        value = derive(instance, read_certificate(text_of(found)))
        if value is None:
            continue
        assert verify(instance, claiming(found, value)) == value
        parts, shares = parts_of(instance, found), [entry["wire"] for entry in found["intervals"]]
        highest = []
        for i, part in enumerate(parts):
            later = [other for j, other in enumerate(parts) if j >= i and other and shares[j] == shares[i]]
            if part:
                highest.append(part[0] + sum(max(other[k] for other in later) for k in (1, 2)))
        weights = instance.settings
        above = min(highest) + weights.wdeltat + weights.wlength + weights.wadapter + 1
        with pytest.raises(CertificateError, match="prove only"):
            verify(instance, claiming(found, above))
        refused += 1
    assert refused > len(seeds) // 2


@pytest.mark.parametrize("wire", [0, 1])
def test_all_of_the_wires_and_a_share_of_them_are_not_added(wire: int) -> None:
    """Later intervals say what the wires cost at least, one by its frame, one by its cover: not both."""
    nodes = tuple(Node(i, f"k{i}", Conv(2, 2, 1, 1, 1, 1, 1)) for i in range(4))
    edges = tuple(Edge("k0", f"k{i}") for i in range(1, 4))
    instance = Instance(Settings(20, 20, wlength=2), nodes, edges)
    cover = {"area": 0, "stars": [[0, 1, 0, [1, 0, 2, 0, 3, 0], [0, 0], [0, 0], 0, [], [], 0, 0]]}
    rows, late = [[0, 0, 0]], 1000 * instance.time_scale
    intervals = [(0, rows, wire, -wire), (late, rows, 0, 0), (2 * late, rows, 1, -1)]
    found = with_covers(instance, [cover], intervals)
    value = derive(instance, read_certificate(text_of(found)))
    assert value is not None
    assert 0 < value < 1000
    with pytest.raises(CertificateError, match="prove only"):
        verify(instance, claiming(found, value + 1))


def claiming(found: dict[str, Any], bound: Fraction) -> str:
    return text_of(signed({**found, "bound": [bound.numerator, bound.denominator]}))


def test_processes_share_the_intervals_of_a_certificate_with_covers() -> None:
    instance, found = random_certificate(next(s for s in count() if intervals_of(s) > 3))
    certificate = read_certificate(text_of(found))
    alone, together = (all_values(instance, certificate, workers) for workers in (1, 2))
    assert sorted(alone, key=str) == sorted(together, key=str)


def intervals_of(seed: int) -> int:
    return len(random_certificate(seed)[1]["intervals"])


LARGE = Instance(
    Settings(12, 12), (Node(0, "a", Conv(1, 1, 1, 1, 2, 2, 1)), Node(1, "b", Conv(9, 9, 3, 3, 9, 9, 1))), ()
)


@pytest.mark.parametrize("number", [-1, 0])
@pytest.mark.parametrize("multiplier", [0, 1])
def test_a_kernel_without_a_shape_is_noticed_without_a_frame(number: int, multiplier: int) -> None:
    """Within 4 cycles `b` has no shape: only the last interval has placements."""
    rows = [[multiplier, 0, 0]]
    found = with_covers(LARGE, [{"area": 1, "stars": []}], [(0, rows, 0, number), (5, rows, 0, number)])
    assert interval_values(LARGE, read_certificate(text_of(found)), [0]) == [None]
    assert interval_values(LARGE, read_certificate(text_of(found)), [1]) != [None]


def test_a_spine_whose_multipliers_are_nothing_costs_nothing() -> None:
    instance = random_network(Random(1), "chain", adapters=False)
    rows = [[0, 0, 0]] * 12
    found = with_covers(instance, [], [(0, rows, 0, -1)], spine=("k1", "k2", "k3", "k4"))
    assert derive(instance, read_certificate(text_of(found))) == 0


def test_a_cover_ends_when_it_is_told_to() -> None:
    instance = random_network(Random(1), "star", adapters=False)
    cover = read({"area": 1, "stars": [[0, 1, 0, [1, 0], [0], [0], 0, [], [], 0, 0]]})
    for looks in (0, 1, 2):
        calls = iter(range(looks))

        def ended(calls: Iterator[int] = calls) -> bool:
            return next(calls, None) is None

        with pytest.raises(EndedError):
            CoverCost(instance, cover)(Rectangles(Demands(instance), None), ended)
