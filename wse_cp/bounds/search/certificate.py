"""Certificates: what the verifier needs to derive a bound again (docs/bounds.md, section 8)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from math import ceil, gcd, inf

from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.text import cover_content
from wse_cp.bounds.network.structure import Structure
from wse_cp.bounds.programme.pricing import UNIT, Multipliers
from wse_cp.bounds.sealing import sealed
from wse_cp.instance import Instance
from wse_cp.kernels import formal_arguments

FORMAT = "wse-cp lower bound"
#: The version of certificates that count all of the cost, of those that may leave adapters out, and of those
#: with covers.
VERSION, VERSION_WITHOUT_ADAPTERS, VERSION_WITH_COVERS = 4, 5, 9

#: The covers of a certificate have at most so many stars, leaves and ways of flows; where they have more, the
#: bound is lowered by this share, again and again. The verifier reads about twenty characters for each.
_LONGEST, _WEAKER = 700_000, 0.005


@dataclass(frozen=True)
class Piece:
    """An interval of a certificate: placements whose largest time is from `start` to the next piece's."""

    start: int  #: 1 / time_scale cycles
    value: float  #: the least of the cases' dual values
    multipliers: tuple[Multipliers, ...]  #: of each case
    part: tuple[int, int]  #: which part of the path is the spine
    ascent: Ascent | None = None  #: whose best cover is for all of the wire, instead of the multipliers


def certificate_text(
    instance: Instance,
    structure: Structure,
    cases: int,
    pieces: Sequence[Piece],
    bound: Fraction,
    adapters: bool = True,
) -> str:
    """Return a certificate that claims `bound`; `adapters` tells whether they are counted."""
    entries: list[dict[str, object]] = [
        {
            "from": piece.start,
            "spine": list(piece.part),
            "multipliers": [[round(value * UNIT) for value in case] for case in piece.multipliers],
        }
        for piece in pieces
    ]
    content: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "instance": instance_digest(instance),
        "unit": UNIT,
        "spine": list(structure.path),
        "tree": [list(edge) for edge in structure.tree],
        "cycles": [list(cycle) for cycle in structure.cycles],
        "cases": cases,
        "intervals": entries,
        "bound": [bound.numerator, bound.denominator],
    }
    if any(piece.ascent is not None for piece in pieces):
        content |= _covered(entries, pieces, adapters)
    elif not adapters:
        content |= {"version": VERSION_WITHOUT_ADAPTERS, "adapters": False}
    return sealed(content, ("intervals", "covers"))


def _covered(
    entries: Sequence[dict[str, object]], pieces: Sequence[Piece], adapters: bool
) -> dict[str, object]:
    """Say in the entries of pieces which cover each has; return what else the covers add."""
    numbers = count()
    for entry, piece in zip(entries, pieces, strict=True):
        known = piece.ascent is not None
        entry |= {"wire": 0 if known else UNIT, "cover": next(numbers) if known else -1}
    covers = [piece.ascent.found() for piece in pieces if piece.ascent is not None]
    return {
        "version": VERSION_WITH_COVERS,
        "adapters": adapters,
        "covers": [cover_content(found) for found in covers],
    }


def instance_digest(instance: Instance) -> str:
    """Return the digest by which a certificate names its instance."""
    weights = instance.settings
    numbers = (
        weights.width,
        weights.height,
        weights.wdeltat,
        weights.wlength,
        weights.wadapter,
        weights.memlimit,
    )
    lines = [" ".join(map(str, numbers))]
    for name, kernel in sorted(instance.kernels.items()):
        lines.append(" ".join([name, kernel.type_name, *map(str, formal_arguments(kernel).values())]))
    lines += [f"{u} {v} {count}" for u, v, count in sorted(instance.kernel_edges)]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def merged(pieces: Sequence[Piece], per_time: float, bound: float) -> list[Piece]:
    """Return as few pieces as still prove `bound`: later multipliers serve from an earlier start."""
    kept: list[Piece] = []
    i = 0
    while i < len(pieces):
        j = i
        while j + 1 < len(pieces) and per_time * pieces[i].start + pieces[j + 1].value >= bound:
            j += 1
        kept.append(replace(pieces[j], start=pieces[i].start))
        i = j + 1
    return kept


def fitting(pieces: Sequence[Piece], per_time: float, bound: float) -> tuple[list[Piece], float]:
    """Return as few pieces as prove a bound, or a lower one if their covers would make too long a text.

    The bound comes with them.
    """
    found = merged(pieces, per_time, bound)
    while len(found) > 1 and sum(piece.ascent.length for piece in found if piece.ascent) > _LONGEST:
        bound -= _WEAKER * abs(bound)
        found = merged(pieces, per_time, bound)
    return found, bound


def claim(instance: Instance, value: float) -> Fraction:
    """Return the least possible cost that is not below a bound known up to rounding errors.

    All costs are multiples of a step; what is a hair above a multiple is taken for it.
    """
    step = cost_step(instance)
    if value <= 0 or not step or value == inf:
        return Fraction(0)
    hair = max(abs(value) * 1e-9, 1e-7)
    return ceil(Fraction(value - hair) / step) * step


def cost_step(instance: Instance) -> Fraction:
    """Return the greatest number of which every cost is a multiple, 0 if all costs are 0."""
    weights, scale = instance.settings, instance.time_scale
    parts = (2 * weights.wdeltat, weights.wlength * scale, 2 * weights.wadapter * scale)
    return Fraction(gcd(*parts), 2 * scale)
