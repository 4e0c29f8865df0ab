"""Score and violations of a placement in plain exact Python: the specification; all is judged by it.

The formulas, and the rule of adapters, are in `kernels`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from wse_cp.errors import IllegalPlacementError, InputError, Violation
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import adapters, check_kernel, formal_arguments, input_protocol, output_protocol
from wse_cp.placement import PlacedKernel, Placement


@dataclass(frozen=True)
class Score:
    """The cost of a placement and its parts (cycles, tiles, count)."""

    cost: Fraction
    max_time: Fraction
    wire_length: Fraction
    adapters: int


def weighted_parts(score: Score, weights: Settings) -> tuple[tuple[str, Fraction | int, int], ...]:
    """Return name, amount and weight of each part of a cost."""
    return (
        ("max time", score.max_time, weights.wdeltat),
        ("wire length", score.wire_length, weights.wlength),
        ("adapters", score.adapters, weights.wadapter),
    )


def score(instance: Instance, placement: Placement) -> Score:
    """Return the score of a placement that covers every kernel, whether or not it is legal.

    Raises KeyError if a kernel is missing.
    """
    max_time = max(placement[name].time for name in instance.kernels)
    wire_length = Fraction(total_length2(instance, placement), 2)
    adapters = total_adapters(instance, placement)
    return Score(instance.cost(max_time, wire_length, adapters), max_time, wire_length, adapters)


def total_length2(instance: Instance, placement: Placement) -> int:
    """Return the length of all wires in half tiles."""
    return sum(count * edge_length2(placement[u], placement[v]) for u, v, count in instance.kernel_edges)


def total_adapters(instance: Instance, placement: Placement) -> int:
    """Return the adapters that all edges need."""
    return sum(count * edge_adapters(placement[u], placement[v]) for u, v, count in instance.kernel_edges)


def checked_score(instance: Instance, placement: Placement) -> Score:
    """Return the score of a legal placement; raises `IllegalPlacementError` if it is not legal."""
    found = violations(instance, placement.values())
    if found:
        raise IllegalPlacementError(found)
    return score(instance, placement)


def edge_length2(producer: PlacedKernel, consumer: PlacedKernel) -> int:
    """Return the length of the wire between two placed kernels in half tiles, from centre to centre."""
    (ax, ay), (bx, by) = producer.rectangle.center2, consumer.rectangle.center2
    return abs(ax - bx) + abs(ay - by)


def edge_adapters(producer: PlacedKernel, consumer: PlacedKernel) -> int:
    """Return the adapters an edge between two placed kernels needs, by the rule in `kernels.adapters`."""
    return adapters(output_protocol(producer.args), input_protocol(consumer.args))


def violations(instance: Instance, placed: Placement | Iterable[PlacedKernel]) -> list[Violation]:
    """Return every rule the given kernels break; an empty list means legal."""
    kernels = list(placed.values() if isinstance(placed, Placement) else placed)
    found = [*_census(instance, kernels)]
    sized: list[PlacedKernel] = []
    for kernel in kernels:
        wrong = list(_wrong_arguments(instance, kernel))
        found += wrong
        if not wrong:
            sized.append(kernel)
    for kernel in sized:
        found += _outside(instance, kernel)
        found += _memory(instance, kernel)
    return [*found, *_overlaps(sized)]


def _census(instance: Instance, kernels: Iterable[PlacedKernel]) -> Iterator[Violation]:
    counts = Counter(kernel.name for kernel in kernels)
    for name in instance.kernels:
        if not counts[name]:
            yield Violation("missing", (name,), f"{name} is not placed")
    for name, count in counts.items():
        if name not in instance.kernels:
            yield Violation("unknown", (name,), f"{name} is not a kernel of the instance")
        elif count > 1:
            yield Violation("twice", (name,), f"{name} is placed {count} times")


def _wrong_arguments(instance: Instance, placed: PlacedKernel) -> Iterator[Violation]:
    expected = instance.kernels.get(placed.name, placed.kernel)
    if placed.kernel != expected:
        texts = [f"{k.type_name} {formal_arguments(k)}" for k in (placed.kernel, expected)]
        yield Violation(
            "arguments", (placed.name,), f"{placed.name} is {texts[0]}, the instance says {texts[1]}"
        )
        return
    try:
        if placed.name not in instance.kernels:
            check_kernel(placed.kernel)
        placed.performance  # noqa: B018  (raises on impossible arguments)
    except InputError as error:
        yield Violation("arguments", (placed.name,), f"{placed.name}: {error}")


def _outside(instance: Instance, placed: PlacedKernel) -> Iterator[Violation]:
    x, y, width, height = placed.rectangle
    wafer = instance.settings
    if x < 0 or y < 0 or x + width > wafer.width or y + height > wafer.height:
        text = f"{placed.name} covers x {x}..{x + width}, y {y}..{y + height}"
        yield Violation(
            "outside", (placed.name,), f"{text}, outside the {wafer.width} x {wafer.height} wafer"
        )


def _memory(instance: Instance, placed: PlacedKernel) -> Iterator[Violation]:
    need, limit = placed.performance.memory, instance.settings.memlimit
    if need > limit:
        text = f"{placed.name} needs {float(need):.2f} words per tile, the limit is {limit}"
        yield Violation("memory", (placed.name,), text)


def _overlaps(kernels: Sequence[PlacedKernel]) -> Iterator[Violation]:
    """Yield overlaps in the kernels' order.

    A sweep along an axis compares only those that share a row (or a column); along the axis on which that
    makes fewer pairs.
    """
    boxes = [kernel.rectangle for kernel in kernels]
    along_x = [(box.x, box.x + box.width) for box in boxes]
    along_y = [(box.y, box.y + box.height) for box in boxes]
    spans = min(along_x, along_y, key=_sharing)
    order = sorted(range(len(spans)), key=lambda i: spans[i][0])
    pairs = []
    for place, i in enumerate(order):
        for j in islice(order, place + 1, None):
            if spans[j][0] >= spans[i][1]:
                break
            if boxes[i].overlaps(boxes[j]):
                pairs.append((min(i, j), max(i, j)))
    for i, j in sorted(pairs):
        a, b = kernels[i].name, kernels[j].name
        yield Violation("overlap", (a, b), f"{a} and {b} overlap")


def _sharing(spans: Sequence[tuple[int, int]]) -> int:
    """Return how many pairs a sweep along these spans (begin, end) compares."""
    begins = sorted(begin for begin, _ in spans)
    return sum(bisect_left(begins, end) for _, end in spans) - len(spans) * (len(spans) + 1) // 2
