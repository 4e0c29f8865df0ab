"""Tables that describe an instance."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rich.console import RenderableType
from rich.table import Table

from wse_cp.decimals import exact_text
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, formal_arguments, work
from wse_cp.report.notebook import network_facts, settings_facts
from wse_cp.shapes.curves import least_area
from wse_cp.shapes.loops import NONE


def describe(instance: Instance) -> Iterator[RenderableType]:
    """Yield what there is to know of an instance: network, settings, kernels, totals."""
    yield _pairs([*network_facts(instance), *settings_facts(instance)])
    yield ""
    areas = least_areas(instance)
    yield kernel_table(instance, areas)
    yield ""
    yield _pairs(_totals(instance, areas))


def least_areas(instance: Instance) -> dict[str, int]:
    """Return each kernel's least legal area (tiles) at any speed, or NONE."""
    known: dict[Kernel, int] = {}
    for kernel in instance.kernels.values():
        if kernel not in known:
            known[kernel] = least_area(kernel, instance.settings)
    return {name: known[kernel] for name, kernel in instance.kernels.items()}


def kernel_table(instance: Instance, areas: dict[str, int]) -> Table:
    """Return a table of the kernels: formal arguments, work, least area."""
    table = _plain_table(header=True)
    for heading in ("kernel", "type", "arguments"):
        table.add_column(heading)
    for heading in ("multiplications", "least area"):
        table.add_column(heading, justify="right")
    for name, kernel in instance.kernels.items():
        formal = " ".join(f"{key}={value}" for key, value in formal_arguments(kernel).items())
        area = areas[name]
        cells = (exact_text(work(kernel)), "-" if area >= NONE else str(area))
        table.add_row(name, kernel.type_name, formal, *cells)
    return table


def _totals(instance: Instance, areas: dict[str, int]) -> Iterator[tuple[str, str]]:
    total = sum((work(kernel) for kernel in instance.kernels.values()), Fraction(0))
    tiles = instance.settings.width * instance.settings.height
    yield "total work", f"{exact_text(total)} multiplications"
    yield "work per tile", f"{float(total / tiles):.1f} multiplications"
    area = sum(area for area in areas.values() if area < NONE)
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
