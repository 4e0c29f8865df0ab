"""A kernel as a row of the page's table and as the lines of its tooltip."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from wse_cp.decimals import count_text, exact_text, full_text, share_text, short_text
from wse_cp.kernels import formal_arguments, formal_text
from wse_cp.report.page.facts import KernelFacts, execution_text, protocol_text

#: Text in place of a fact that a kernel does not have.
NONE = "-"

Text = Callable[[KernelFacts], str]
#: The exact value that orders a column; those of one column can be compared.
Key = Callable[[KernelFacts], Any]


@dataclass(frozen=True)
class Column:
    """A fact about kernels: its text, and the exact value that orders it.

    `always` is true of what even kernels with impossible execution arguments have.
    """

    title: str
    text: Text
    key: Key
    numeric: bool = True
    always: bool = False


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key by which k2 comes before k10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)


def _words(title: str, text: Text, key: Key | None = None, always: bool = False) -> Column:
    return Column(title, text, key or text, numeric=False, always=always)


COLUMNS: tuple[Column, ...] = (
    _words("kernel", lambda s: s.placed.name, lambda s: natural_key(s.placed.name), always=True),
    _words("type", lambda s: s.placed.kernel.type_name, always=True),
    _words(
        "formal arguments",
        lambda s: formal_text(s.placed.kernel),
        lambda s: tuple(formal_arguments(s.placed.kernel).values()),
        always=True,
    ),
    _words(
        "execution arguments",
        lambda s: execution_text(s.placed.args),
        lambda s: (s.placed.args.h, s.placed.args.w, *s.placed.args.c, *s.placed.args.k),
        always=True,
    ),
    Column("size (tiles)", lambda s: f"{s.box.width} × {s.box.height}", lambda s: s.box[2:]),
    Column("area (tiles)", lambda s: str(s.area), lambda s: s.area),
    Column(
        "position", lambda s: f"{s.placed.x}, {s.placed.y}", lambda s: (s.placed.x, s.placed.y), always=True
    ),
    _words("rotation", lambda s: s.placed.rotation, always=True),
    Column("time (cycles)", lambda s: exact_text(s.placed.time), lambda s: s.placed.time),
    Column("of max time", lambda s: share_text(s.placed.time, s.slowest), lambda s: s.placed.time),
    Column("memory (words)", lambda s: short_text(s.memory), lambda s: s.memory),
    Column("of limit", lambda s: share_text(s.memory, s.memlimit), lambda s: s.memory),
    _words("reads", lambda s: protocol_text(s.reads, "c"), lambda s: astuple(s.reads)),
    _words("writes", lambda s: protocol_text(s.writes, "k"), lambda s: astuple(s.writes)),
    Column("wires (tiles)", lambda s: exact_text(s.length), lambda s: s.length),
    Column("adapters", lambda s: str(s.adapters), lambda s: s.adapters),
)


def cells(kernel: KernelFacts) -> tuple[str, ...]:
    """Return the texts of a kernel's row."""
    return tuple(column.text(kernel) if kernel.sized or column.always else NONE for column in COLUMNS)


def ranks(found: Sequence[KernelFacts]) -> tuple[tuple[int, ...], ...]:
    """Return for each column the places (from 1) of the kernels in its exact order.

    Equal kernels share a place; those without the fact have 0.
    """
    return tuple(_ranks(column, found) for column in COLUMNS)


def _ranks(column: Column, found: Sequence[KernelFacts]) -> tuple[int, ...]:
    keys = [column.key(kernel) if kernel.sized or column.always else None for kernel in found]
    order = sorted({key for key in keys if key is not None})
    place = {key: rank for rank, key in enumerate(order, 1)}
    return tuple(place.get(key, 0) for key in keys)


TIP_TITLES = ("formal", "execution", "size", "time", "memory", "reads", "writes", "wires")


def tip_lines(kernel: KernelFacts) -> tuple[str, ...]:
    """Return a text for each of `TIP_TITLES`; "-" for what impossible execution arguments leave undefined."""
    placed = kernel.placed
    formal = f"{placed.kernel.type_name} {formal_text(placed.kernel)}"
    where = f"at {placed.x}, {placed.y}, {placed.rotation}"
    if not kernel.sized:
        return (formal, execution_text(placed.args), where, *[NONE] * (len(TIP_TITLES) - 3))
    return (
        formal,
        execution_text(placed.args),
        f"{kernel.box.width} × {kernel.box.height} = {kernel.area} tiles {where}",
        f"{exact_text(placed.time)} cycles, {share_text(placed.time, kernel.slowest)} of max time",
        f"{full_text(kernel.memory)} words, {share_text(kernel.memory, kernel.memlimit)} of the limit",
        protocol_text(kernel.reads, "c"),
        protocol_text(kernel.writes, "k"),
        f"{exact_text(kernel.length)} tiles, {count_text(kernel.adapters, 'adapter')}",
    )
