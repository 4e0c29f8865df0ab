"""What the commands print: instances, scores, bounds and grades as lines and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wse_cp.bounds.result import Bound
from wse_cp.decimals import count_text, exact_text, percent_text
from wse_cp.errors import shorten
from wse_cp.grades import Collection, Grade, Grades
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Kernel, formal_text, work
from wse_cp.progress import bound_cells, score_cells
from wse_cp.report.notebook import network_facts, settings_facts
from wse_cp.result import Result
from wse_cp.score import Score, weighted_parts

#: Most kernels that `describe` lists one by one.
MOST_ROWS = 250


def describe(instance: Instance) -> Iterator[RenderableType]:
    """Yield the description of an instance: network, settings, kernels, totals."""
    yield _pairs([*network_facts(instance), *settings_facts(instance)])
    yield ""
    areas = _least_areas(instance)
    yield _kernel_table(instance, areas)
    yield ""
    yield _pairs(_totals(instance, areas))


def score_lines(score: Score, settings: Settings) -> Iterator[str]:
    """Yield the cost and how it is made up, a line each."""
    yield f"{'cost':<12}{exact_text(score.cost):>14}"
    for name, amount, weight in weighted_parts(score, settings):
        yield f"{name:<12}{exact_text(amount):>14}  x {weight}"


def result_lines(result: Result, written: Sequence[Path]) -> Iterator[str]:
    """Yield the summary of a run: cost and parts, bound, gap, time, files."""
    yield from score_lines(result.score, result.instance.settings)
    if result.lower_bound is not None:
        state = "verified" if result.verified else "as claimed by its certificate, not yet verified"
        yield f"{'lower bound':<12}{exact_text(result.lower_bound):>14}  ({state})"
        yield f"{'gap':<12}{percent_text(result.gap):>14}"
    if result.optimality:
        yield f"{'status':<12}{result.optimality}"
    reason = f" ({result.stopped_by})" if result.stopped_by else ""
    yield f"{'seconds':<12}{result.seconds:>14.1f}{reason}"
    yield f"{'written':<12}{', '.join(str(path) for path in written)}"


def verdict_lines(grade: Grade, settings: Settings) -> Iterator[str]:
    """Yield whether a solution is legal, and its score or what is wrong with it."""
    if grade.score is None:
        yield f"illegal: {count_text(len(grade.violations), 'violation')}"
        yield from (f"  {violation.kind}: {violation.message}" for violation in grade.violations)
        return
    yield "legal"
    yield from score_lines(grade.score, settings)


def bound_lines(bound: Bound, certificate: Path | None) -> Iterator[str]:
    """Yield a bound that the verifier agrees to: value and parts, how it was found, the file written."""
    names = ("lower bound", "of time", "of wire", "of adapters")
    rows = (*zip(names, bound_cells(bound), strict=True), ("seconds", f"{bound.seconds:.1f}"))
    yield from (f"{name:<12}{value:>14}" for name, value in rows)
    yield f"{'method':<12}{bound.method}"
    if certificate is not None:
        yield f"{'certificate':<12}{certificate}"


def proof_line(value: Fraction) -> str:
    """Return what a certificate proves."""
    return f"proven: no placement costs less than {exact_text(value)}"


def grade_table(grades: Grades) -> Iterator[RenderableType]:
    """Yield the bound, the table of the grades, and a line for whatever is wrong with a solution."""
    yield f"lower bound {exact_text(grades.lower_bound)}"
    yield ""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rank", justify="right")
    table.add_column("file", overflow="fold")
    for heading in ("cost", "max time", "wire length", "adapters", "gap"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for grade in grades.solutions:
        table.add_row(
            str(grade.rank or "-"),
            Text(shorten(grade.file, 4096)),  # Text, for brackets in names and messages are no markup
            *score_cells(grade.score),
            percent_text(grade.gap(grades.lower_bound)),
            grade.verdict,
        )
    yield table
    # Not in the table: a long reason would squeeze its columns on a terminal.
    wrong = [grade for grade in grades.solutions if grade.reason]
    if wrong:
        yield ""
        yield from (Text(_complaint(grade)) for grade in wrong)


def collection_table(found: Collection) -> Iterator[RenderableType]:
    """Yield the table of a collection's problems, and a line for whatever is wrong."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("problem")
    for heading in ("cost", "max time", "wire length", "adapters", "lower bound", "gap"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for item in found.items:
        bound = "-" if item.bound is None else exact_text(item.bound)
        verdict = "certificate refused" if item.problem else item.grade.verdict
        gap = percent_text(item.gap)
        table.add_row(Text(shorten(item.name, 4096)), *score_cells(item.grade.score), bound, gap, verdict)
    yield table
    for item in found.items:
        if item.grade.reason or item.problem:
            yield Text(item.problem or _complaint(item.grade))


def _complaint(grade: Grade) -> str:
    if grade.reason.startswith(grade.file):  # errors of reading name their file, and the line
        return f"{grade.verdict}: {grade.reason}"
    return f"{grade.verdict}: {shorten(grade.file, 4096)}: {grade.reason}"


def _least_areas(instance: Instance) -> dict[str, int | None]:
    """Return each kernel's least legal area (tiles) at any speed, None where there is none."""
    from wse_cp.shapes.curves import least_area  # late, because they need numba
    from wse_cp.shapes.loops import NONE

    areas = {kernel: least_area(kernel, instance.settings) for kernel in set(instance.kernels.values())}
    known = {kernel: area if area < NONE else None for kernel, area in areas.items()}
    return {name: known[kernel] for name, kernel in instance.kernels.items()}


def _kernel_table(instance: Instance, areas: dict[str, int | None]) -> Table:
    """Return a table of the kernels: formal arguments, work, least area; of many, a row for those alike."""
    table = _plain_table(header=True)
    for heading in ("kernel", "type", "arguments"):
        table.add_column(heading)
    for heading in ("multiplications", "least area"):
        table.add_column(heading, justify="right")
    for label, name in _listed(instance):
        kernel, area = instance.kernels[name], areas[name]
        cells = (exact_text(work(kernel)), "-" if area is None else str(area))
        table.add_row(label, kernel.type_name, formal_text(kernel), *cells)
    return table


def _listed(instance: Instance) -> Iterator[tuple[str, str]]:
    """Yield what a row says of which kernels, and the name of the kernel that stands for them."""
    if len(instance.kernels) <= MOST_ROWS:
        yield from ((name, name) for name in instance.kernels)
        return
    alike: dict[Kernel, list[str]] = {}
    for name, kernel in instance.kernels.items():
        alike.setdefault(kernel, []).append(name)
    for first, *others in alike.values():
        yield f"{first} and {len(others)} alike" if others else first, first


def _totals(instance: Instance, areas: dict[str, int | None]) -> Iterator[tuple[str, str]]:
    total = sum((work(kernel) for kernel in instance.kernels.values()), Fraction(0))
    tiles = instance.settings.width * instance.settings.height
    yield "total work", f"{exact_text(total)} multiplications"
    yield "work per tile", f"{float(total / tiles):.1f} multiplications"
    area = sum(area for area in areas.values() if area is not None)
    yield "least area", f"{area} tiles, {100 * area / tiles:.1f} % of the wafer"


def _pairs(rows: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> Table:
    table = _plain_table(header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _plain_table(header: bool) -> Table:
    return Table(box=None, show_header=header, pad_edge=False, header_style="bold")
