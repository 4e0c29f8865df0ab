"""Everything a page shows, as text and exact numbers: the templates and the page's program only display it.

`page_view` is the whole page; it has a `SolutionView` for each solution, with a `Summary` (summary.py) of the
cost, its parts, the bound and the gap.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version

from wse_cp.decimals import exact_text, share_text
from wse_cp.grades import Grade
from wse_cp.instance import Instance
from wse_cp.report.page.chart import Chart, draw_chart
from wse_cp.report.page.crowd import CROWD, Texts, is_crowd, packed_shapes, packed_wires, profile_outline
from wse_cp.report.page.facts import (
    COLUMNS,
    TIP_TITLES,
    KernelFacts,
    Wire,
    cells,
    kernel_facts,
    ranks,
    tip_lines,
    wires,
)
from wse_cp.report.page.model import (
    KnownBound,
    Run,
    Solution,
    best_cost,
    judged,
    ordered,
)
from wse_cp.report.page.modules import HEADINGS, Grouping, ModuleRow, grouping, module_rows
from wse_cp.report.page.plan import RATIOS, Plan, Scale, draw_plan, scale_for
from wse_cp.report.page.summary import Summary, bound_text, summarised
from wse_cp.result import Json
from wse_cp.version import __version__


@dataclass(frozen=True)
class Bar:
    """A kernel's time in the profile: its index, its share of the max time, both in words."""

    index: int
    share: float
    text: str


@dataclass(frozen=True)
class SolutionView:
    """What the page shows of one solution."""

    found: Grade
    summary: Summary
    kernels: tuple[KernelFacts, ...]
    wires: tuple[Wire, ...]
    plan: Plan
    chart: Chart | None
    bars: tuple[Bar, ...]  #: the slowest first
    grouping: Grouping | None = None
    modules: tuple[ModuleRow, ...] = ()  #: none if kernels are not grouped

    @property
    def label(self) -> str:
        """Name of the solution."""
        return self.found.file

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells of the table of kernels."""
        return tuple(cells(kernel) for kernel in self.kernels)

    @property
    def profile(self) -> str:
        """Outline of the bars of a crowd."""
        return profile_outline([bar.share for bar in self.bars])

    def to_json(self) -> Json:
        """Return what the page's program needs; of a crowd with texts by number (assets/crowd.js)."""
        if is_crowd(len(self.kernels), len(self.wires)):
            return self._packed()
        return {
            "label": self.label,
            "names": [kernel.placed.name for kernel in self.kernels],
            "tips": [tip_lines(kernel) for kernel in self.kernels],
            "ranks": ranks(self.kernels),
            "wires": [wire.to_json() for wire in self.wires],
            **self._grouped(),
        }

    def _grouped(self) -> Json:
        """Return the group of each kernel and the rest of its path, by number; nothing without groups."""
        if self.grouping is None:
            return {}
        texts, names = Texts(), [kernel.placed.name for kernel in self.kernels]
        rest = texts.numbers(self.grouping.rest.get(name, "") for name in names)
        groups = [self.grouping.of.get(name) for name in names]
        shown = {"kind": self.grouping.kind, "titles": self.grouping.titles, "of": groups}
        return {"groups": {**shown, "rest": rest, "texts": texts.all}}

    def _packed(self) -> Json:
        texts = Texts()
        return {
            "label": self.label,
            "names": [kernel.placed.name for kernel in self.kernels],
            "tips": [texts.numbers(tip_lines(kernel)) for kernel in self.kernels],
            "ranks": ranks(self.kernels),
            "rows": [texts.numbers(row) for row in self.rows],
            "wires": list(packed_wires(self.wires, texts)),
            "shapes": packed_shapes(self.plan.shapes, len(self.kernels), texts) if self.plan.groups else None,
            "texts": texts.all,
            **self._grouped(),
        }


@dataclass(frozen=True)
class PageView:
    """What the page shows."""

    name: str
    instance: Instance
    solutions: tuple[SolutionView, ...]
    bound: str
    legend: dict[str, tuple[str, ...]]  #: for each way of shading, what its shades mean
    versions: tuple[tuple[str, str], ...]
    command: str

    @property
    def rows_shown(self) -> int:
        """Rows of a table that stand on the page from the beginning."""
        return CROWD

    @property
    def crowded(self) -> bool:
        """Whether wires are left out at first."""
        return any(solution.plan.groups for solution in self.solutions)

    @property
    def grouped(self) -> str:
        """What groups of kernels are: "module" or "image"; "" if there are none."""
        found = (solution.grouping for solution in self.solutions if solution.modules)
        return next((groups.kind.removesuffix("s") for groups in found if groups is not None), "")

    @property
    def module_headings(self) -> tuple[str, ...]:
        """Headings of the numbers in the table of modules."""
        return HEADINGS

    @property
    def titles(self) -> tuple[str, ...]:
        """Headings of the table of kernels."""
        return tuple(column.title for column in COLUMNS)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns of the table hold numbers."""
        return tuple(column.numeric for column in COLUMNS)

    def to_json(self) -> Json:
        """Return what the page's program needs."""
        return {"titles": TIP_TITLES, "solutions": [solution.to_json() for solution in self.solutions]}


def page_view(
    instance: Instance, solutions: Sequence[Solution], bound: KnownBound | None, name: str, command: str
) -> PageView:
    """Return what a page shows of some solutions; each is judged by score.py first."""
    solutions = [ordered(instance, solution) for solution in solutions]
    verdicts = [judged(instance, solution) for solution in solutions]
    networks = [wires(instance, solution.placed) for solution in solutions]
    found = [
        kernel_facts(instance, solution.placed, network)
        for solution, network in zip(solutions, networks, strict=True)
    ]
    everyone = [kernel for group in found for kernel in group]
    scales = {key: scale_for(map(ratio, everyone)) for key, ratio in RATIOS.items()}
    best, modules = best_cost(verdicts), grouping(instance)
    views = tuple(
        _solution_view(instance, verdict, solution.run, group, network, bound, best, scales, modules)
        for verdict, solution, group, network in zip(verdicts, solutions, found, networks, strict=True)
    )
    legend = {key: scale.labels for key, scale in scales.items()}
    return PageView(name, instance, views, bound_text(bound), legend, tuple(versions()), command)


def _solution_view(
    instance: Instance,
    found: Grade,
    run: Run,
    group: tuple[KernelFacts, ...],
    network: tuple[Wire, ...],
    bound: KnownBound | None,
    best: Fraction | None,
    scales: dict[str, Scale],
    modules: Grouping | None,
) -> SolutionView:
    overlapping = frozenset(n for v in found.violations if v.kind == "overlap" for n in v.kernels)
    value = None if bound is None else bound.value
    colours = None if modules is None else modules.colours()
    return SolutionView(
        found,
        summarised(instance, found, run, bound, best),
        group,
        network,
        draw_plan(instance.settings, group, network, scales, overlapping, colours),
        draw_chart(run.history, run.seconds, value) if run.history else None,
        tuple(_bars(group)),
        modules,
        () if modules is None else module_rows(modules, instance.settings, group, network),
    )


def _bars(group: Sequence[KernelFacts]) -> Iterator[Bar]:
    sized = sorted((s for s in group if s.sized), key=lambda kernel: -kernel.placed.time)
    for kernel in sized:
        time, slowest = kernel.placed.time, kernel.slowest
        text = f"{kernel.placed.name}: {exact_text(time)}, {share_text(time, slowest)} of max time"
        yield Bar(kernel.index, float(time / slowest) if slowest else 0.0, text)


def versions() -> Iterator[tuple[str, str]]:
    """Yield the versions that a result may depend on."""
    yield "wse-cp", __version__
    yield "Python", platform.python_version()
    for name, package in (("OR-Tools", "ortools"), ("NumPy", "numpy")):
        try:
            yield name, version(package)
        except PackageNotFoundError:
            continue
