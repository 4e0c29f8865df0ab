"""Independent enumeration of a small kernel's execution arguments, with `kernels.performance` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from math import lcm
from random import Random
from typing import NamedTuple

from wse_cp.instance import Settings
from wse_cp.kernels import Arguments, CBlock, Conv, DBlock, Kernel, convs, performance


class Execution(NamedTuple):
    """What one choice of execution arguments gives, in one of the two rotations."""

    width: int
    height: int
    time: Fraction
    h: int
    w: int
    c_in: int
    k_out: int
    rotated: bool = False


class _Part(NamedTuple):
    """Convolutions with common h and w, side by side."""

    k_sum: int
    c_max: int
    time: Fraction
    c_in: int
    k_out: int


def literal_executions(kernel: Kernel, settings: Settings) -> set[Execution]:
    """Try every combination of numbers of at least 1 whose shape fits, one performance() each. Slow."""
    n, side = len(convs(kernel)), max(settings.width, settings.height)
    found = set()
    for h, w in _pairs(side):
        levels = range(1, side // (h * w))
        splits = range(1, side // 3 - n + 2)
        for numbers in product(*[levels] * n, *[splits] * n):
            size = sorted((3 * sum(numbers[n:]), h * w * (max(numbers[:n]) + 1)))
            if size[0] > min(settings.width, settings.height) or size[1] > side:
                continue
            args = Arguments(h, w, numbers[:n], numbers[n:])
            result = performance(kernel, args)
            if result.memory <= settings.memlimit:
                found.add(
                    Execution(
                        result.width, result.height, result.time, h, w, args.c[0], args.k[min(2, n - 1)]
                    )
                )
    return set(_placed(found, settings))


@cache
def executions(kernel: Kernel, settings: Settings) -> frozenset[Execution]:
    """Return the same as `literal_executions`, composed from all (c, k) of each convolution."""
    side = max(settings.width, settings.height)
    return frozenset(_placed(_upright(kernel, side, settings.memlimit), settings))


@cache
def _upright(kernel: Kernel, side: int, memlimit: int) -> frozenset[Execution]:
    """Return all executions on a square wafer that are not rotated."""
    return frozenset(
        Execution(3 * part.k_sum, h * w * (part.c_max + 1), part.time, h, w, part.c_in, part.k_out)
        for h, w in _pairs(side)
        for part in _blocks(convs(kernel), memlimit, h, w, side)
    )


def minimal(shapes: Iterable[tuple[int, int, Fraction]]) -> set[tuple[int, int, Fraction]]:
    """Return the Pareto-minimal triples."""
    kept: list[tuple[int, int, Fraction]] = []
    for new in sorted(set(shapes)):
        if not any(old[1] <= new[1] and old[2] <= new[2] for old in kept):
            kept.append(new)
    return set(kept)


def least_extents(
    kernel: Kernel, settings: Settings, time: Fraction, wanted: Callable[[Execution], bool]
) -> list[int | None]:
    """Return the least extent for each limit on the other one on a square wafer, None if there is none."""
    side = max(settings.width, settings.height)
    square = Settings(side, side, memlimit=settings.memlimit)
    legal = {(e.width, e.height) for e in executions(kernel, square) if e.time <= time and wanted(e)}
    return [
        min((height for width, height in legal if width <= limit), default=None) for limit in range(side + 1)
    ]


def times(kernel: Kernel, settings: Settings) -> list[Fraction]:
    """Return all reachable times in order."""
    return sorted({e.time for e in executions(kernel, settings)})


def scale_of(kernel: Kernel) -> int:
    """Return the least number by which all times of the kernel become integers."""
    return lcm(*(conv.T**2 for conv in convs(kernel)))


def limits(kernel: Kernel, settings: Settings) -> list[int]:
    """Return scaled time limits: none reachable, all reachable, and some between; on and beside a time."""
    scale, known = scale_of(kernel), times(kernel, settings)
    if not known:
        return [0, 1000]
    chosen = {int(known[len(known) * i // 4] * scale) for i in range(4)} | {int(known[-1] * scale)}
    return sorted(chosen | {min(chosen) - 1, max(chosen) + 5, (min(chosen) + max(chosen)) // 2})


def _pairs(side: int) -> Iterator[tuple[int, int]]:
    """Return every (h, w) with which a shape of height h * w * (1 + 1) is within the side."""
    return ((h, w) for h in range(1, side // 2 + 1) for w in range(1, side // 2 + 1) if 2 * h * w <= side)


def _blocks(parts: tuple[Conv, ...], memlimit: int, h: int, w: int, side: int) -> set[_Part]:
    n = len(parts)
    states = {_Part(0, 0, Fraction(0), 0, 0)}
    for i, conv in enumerate(parts):
        choices = list(_conv_choices(conv, memlimit, h, w, side))
        states = {
            _Part(
                s.k_sum + k,
                max(s.c_max, c),
                max(s.time, time),
                c if i == 0 else s.c_in,
                k if i == min(2, n - 1) else s.k_out,
            )
            for s in states
            for c, k, time in choices
            if 3 * (s.k_sum + k + n - i - 1) <= side
        }
    return states


def _conv_choices(
    conv: Conv, memlimit: int, h: int, w: int, side: int
) -> Iterator[tuple[int, int, Fraction]]:
    for c, k in product(range(1, side // (h * w)), range(1, side // 3 + 1)):
        result = performance(conv, Arguments(h, w, (c,), (k,)))
        if result.memory <= memlimit:
            yield c, k, result.time


def _placed(found: Iterable[Execution], settings: Settings) -> Iterator[Execution]:
    for e in found:
        for turned in (e, e._replace(width=e.height, height=e.width, rotated=True)):
            if turned.width <= settings.width and turned.height <= settings.height:
                yield turned


#: Small kernels of every type: R, S > 1, strides, H != W, memory that binds, wafers that are not square.
CASES: dict[str, tuple[Kernel, Settings]] = {
    "conv": (Conv(5, 7, 3, 2, 6, 10, 1), Settings(24, 24, memlimit=10**6)),
    "conv, little memory": (Conv(5, 7, 3, 2, 6, 10, 1), Settings(24, 20, memlimit=40)),
    "conv, stride 2": (Conv(8, 3, 3, 3, 4, 12, 2), Settings(30, 14, memlimit=200)),
    "conv, stride 3, tall wafer": (Conv(2, 9, 1, 3, 8, 3, 3), Settings(9, 30, memlimit=60)),
    "conv, tiny, useless splits": (Conv(1, 1, 3, 3, 1, 1, 1), Settings(24, 24, memlimit=2)),
    "conv, more tiles than rows": (Conv(4, 2, 3, 3, 1, 2, 1), Settings(20, 22, memlimit=16)),
    "conv, more tiles than columns": (Conv(2, 4, 3, 3, 1, 2, 1), Settings(20, 22, memlimit=16)),
    "conv, fully connected": (Conv(1, 1, 1, 1, 16, 16, 1), Settings(21, 27, memlimit=30)),
    "dblock F=4": (DBlock(3, 2, 4), Settings(18, 18, memlimit=30)),
    "dblock F=8": (DBlock(4, 3, 8), Settings(18, 12, memlimit=10**6)),
    "dblock F=16, little memory": (DBlock(3, 3, 16), Settings(15, 18, memlimit=65)),
    "cblock F=4": (CBlock(4, 2, 4), Settings(15, 15, memlimit=25)),
    "cblock F=8": (CBlock(2, 4, 8), Settings(18, 8, memlimit=10**6)),
    "cblock F=16, little memory": (CBlock(4, 4, 16), Settings(12, 18, memlimit=150)),
}


def _random_conv(rng: Random) -> tuple[Kernel, Settings]:
    sizes = [rng.randint(1, high) for high in (7, 7, 3, 3, 9, 9, 3)]
    memlimit = rng.choice([12, 40, 90, 250, 10**6])
    return Conv(*sizes), Settings(rng.randint(6, 24), rng.randint(6, 24), memlimit=memlimit)


def _random_block(rng: Random) -> tuple[Kernel, Settings]:
    F, memlimit = rng.choice([4, 8, 16]), rng.choice([30, 90, 300, 10**6])
    if rng.random() < 0.5:
        wafer = Settings(rng.randint(9, 15), rng.randint(4, 15), memlimit=memlimit)
        return DBlock(rng.randint(1, 6), rng.randint(1, 6), F), wafer
    wafer = Settings(rng.randint(4, 8), rng.randint(12, 15), memlimit=memlimit)
    return CBlock(2 * rng.randint(1, 3), 2 * rng.randint(1, 3), F), wafer


CASES |= {f"random conv {seed}": _random_conv(Random(seed)) for seed in range(16)}
CASES |= {f"random block {seed}": _random_block(Random(seed)) for seed in range(8)}
