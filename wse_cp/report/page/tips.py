"""The lines of a kernel's tooltip: what one wants to know of it at a glance."""

from __future__ import annotations

from wse_cp.decimals import exact_text
from wse_cp.report.page.columns import NONE
from wse_cp.report.page.numbers import count_text, full_text, share_text
from wse_cp.report.page.subject import Subject, execution_text, formal_text, protocol_text

TIP_TITLES = ("formal", "execution", "size", "time", "memory", "reads", "writes", "wires")


def tip_lines(subject: Subject) -> tuple[str, ...]:
    """Return a text for each of `TIP_TITLES`; "-" for what impossible execution arguments leave undefined."""
    placed = subject.placed
    formal = f"{placed.kernel.type_name} {formal_text(placed)}"
    where = f"at {placed.x}, {placed.y}, {'R90' if placed.rotated else 'R0'}"
    if not subject.sized:
        return (formal, execution_text(placed.args), where, *[NONE] * (len(TIP_TITLES) - 3))
    return (
        formal,
        execution_text(placed.args),
        f"{subject.box.width} × {subject.box.height} = {subject.area} tiles {where}",
        f"{exact_text(placed.time)} cycles, {share_text(placed.time, subject.slowest)} of max time",
        f"{full_text(subject.memory)} words, {share_text(subject.memory, subject.memlimit)} of the limit",
        protocol_text(subject.reads, "c"),
        protocol_text(subject.writes, "k"),
        f"{exact_text(subject.length)} tiles, {count_text(subject.adapters, 'adapter')}",
    )
