"""Kernels of a page grouped by the module they come from, and the table of these groups.

A module is a path such as ``encoder.layer.0.attention.query``; its group ends with the first number, here
``encoder.layer.0``. Where no kernel has one, kernels of the same image are a group (stages of a convolutional
network).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from wse_cp.decimals import exact_text, share_text
from wse_cp.instance import Instance, Settings
from wse_cp.report.page.facts import KernelFacts, Wire

#: Number of colours for groups; page.css has them. Further groups use them again.
COLOURS = 12
#: More groups than this are put together, neighbours with each other.
MOST_GROUPS = 500
#: Group of kernels that have no module where others have one.
OTHER = "no module"

#: Headings of the numbers in the table of groups.
HEADINGS = (
    "kernels",
    "slowest (cycles)",
    "of max time",
    "area (tiles)",
    "of wafer",
    "wires in (tiles)",
    "inside (tiles)",
    "out (tiles)",
)

_INDEX = re.compile(r"\d+")
_NUMBERED = re.compile(r".*\d")


@dataclass(frozen=True)
class Grouping:
    """Groups of kernels.

    Parameters
    ----------
    kind
        What a group is: "module", several "modules", or "image".
    titles
        Their names.
    of
        The group of each kernel by name.
    rest
        What a kernel's path says beyond its group's title; of several modules all of it.
    """

    kind: str
    titles: tuple[str, ...]
    of: Mapping[str, int]
    rest: Mapping[str, str]

    def colours(self) -> dict[str, int]:
        """Return the colour of each kernel; neighbouring groups differ."""
        return {name: group % COLOURS for name, group in self.of.items()}


@dataclass(frozen=True)
class ModuleRow:
    """A group of a solution as a row of the table: number, colour, cells, its kernels by index."""

    number: int
    colour: int
    cells: tuple[str, ...]
    kernels: tuple[int, ...]


def grouping(instance: Instance) -> Grouping | None:
    """Return the groups of an instance's kernels, None if there are no two."""
    paths = {name: _path(instance, name) for name in instance.kernels}
    if any(paths.values()):
        found = _by_module(paths)
    else:
        images = {name: f"{kernel.H} × {kernel.W}" for name, kernel in instance.kernels.items()}
        found = _grouped("image", images, dict.fromkeys(images, ""))
    return found if len(found.titles) > 1 else None


def _path(instance: Instance, name: str) -> str:
    """Return the module of a kernel: as it is known, or its name if that is a path."""
    return instance.modules.get(name) or (name if re.search(r"[^./][./][^./]", name) else "")


def _by_module(paths: Mapping[str, str]) -> Grouping:
    ends = {name: _end(re.split(r"[./]", path)) for name, path in paths.items()}
    parts = {name: re.split(r"([./])", path) for name, path in paths.items()}
    titles = {name: "".join(parts[name][: 2 * end - 1]) or OTHER for name, end in ends.items()}
    rest = {name: "".join(parts[name][2 * end - 1 :]) for name, end in ends.items()}
    found = _grouped("module", titles, rest)
    return found if len(found.titles) <= MOST_GROUPS else _coarser(found, paths)


def _end(parts: Sequence[str]) -> int:
    """Return how many parts of a path its group has: up to the first number, or what ends with one."""
    numbers = [place for place, part in enumerate(parts) if _INDEX.fullmatch(part)]
    numbered = [place for place, part in enumerate(parts) if _NUMBERED.fullmatch(part)]
    return (numbers or numbered or [0])[0] + 1


def _coarser(found: Grouping, paths: Mapping[str, str]) -> Grouping:
    """Return groups of as many neighbouring ones as bring their number down; the rest is the whole path."""
    count = len(found.titles)
    size = -(-count // MOST_GROUPS)
    firsts = range(0, count, size)
    titles = tuple(f"{found.titles[n]} to {found.titles[min(n + size, count) - 1]}" for n in firsts)
    return Grouping("modules", titles, {name: group // size for name, group in found.of.items()}, paths)


def _grouped(kind: str, titles: Mapping[str, str], rest: Mapping[str, str]) -> Grouping:
    numbers: dict[str, int] = {}
    of = {name: numbers.setdefault(title, len(numbers)) for name, title in titles.items()}
    return Grouping(kind, tuple(numbers), of, rest)


def module_rows(
    found: Grouping, settings: Settings, kernels: Sequence[KernelFacts], wires: Iterable[Wire]
) -> tuple[ModuleRow, ...]:
    """Return a row for each group that has kernels in a solution."""
    members: dict[int, list[KernelFacts]] = {number: [] for number in range(len(found.titles))}
    groups = [found.of.get(kernel.placed.name) for kernel in kernels]
    for kernel, group in zip(kernels, groups, strict=True):
        if group is not None:
            members[group].append(kernel)
    ways = _ways(groups, wires, len(found.titles))
    return tuple(
        ModuleRow(
            number,
            number % COLOURS,
            (found.titles[number], *_cells(own, settings), *map(_wire_text, ways[number])),
            tuple(kernel.index for kernel in own),
        )
        for number, own in members.items()
        if own
    )


@dataclass
class _Way:
    """Wires of one kind (into a group, within it, out of it): how many, and their length in all."""

    count: int = 0
    length: Fraction = Fraction(0)

    def add(self, wire: Wire) -> None:
        self.count += wire.count
        self.length += wire.total_length


def _ways(groups: Sequence[int | None], wires: Iterable[Wire], count: int) -> list[tuple[_Way, _Way, _Way]]:
    ways = [(_Way(), _Way(), _Way()) for _ in range(count)]
    for wire in wires:
        source, target = groups[wire.producer], groups[wire.consumer]
        if source is not None:
            ways[source][1 if source == target else 2].add(wire)
        if target is not None and source != target:
            ways[target][0].add(wire)
    return ways


def _wire_text(way: _Way) -> str:
    return f"{exact_text(way.length)} ({way.count})"


def _cells(own: Sequence[KernelFacts], settings: Settings) -> Iterator[str]:
    sized = [kernel for kernel in own if kernel.sized]
    yield str(len(own))
    if not sized:
        yield from ("-", "-", "-", "-")
        return
    slowest, area = max(kernel.placed.time for kernel in sized), sum(kernel.area for kernel in sized)
    yield exact_text(slowest)
    yield share_text(slowest, sized[0].slowest)
    yield str(area)
    yield share_text(area, settings.width * settings.height)
