"""The equation of an Einsum, its letters with their extents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wse_cp.networks.network import Shape


@dataclass(frozen=True)
class Equation:
    """Letters of each operand and of the result, and the extent of each letter."""

    operands: tuple[str, ...]
    result: str
    extents: Mapping[str, int]


def parse_equation(text: str, shapes: Sequence[Shape]) -> Equation:
    """Return an equation such as ``bhnd,bhmd->bhnm``, an ellipsis spelled out in letters of its own.

    Raises `ValueError` if it does not fit the shapes, or takes a diagonal.
    """
    left, arrow, result = text.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError("not as many operands as the equation has")
    hidden = max(len(shape) - len(term.replace("...", "")) for term, shape in zip(terms, shapes, strict=True))
    dots = "".join(chr(ord("0") + number) for number in range(hidden if "..." in left else 0))
    spelled = [_spelled(term, len(shape), dots) for term, shape in zip(terms, shapes, strict=True)]
    extents: dict[str, int] = {}
    for term, shape in zip(spelled, shapes, strict=True):
        if len(set(term)) != len(term) or len(term) != len(shape):
            raise ValueError("a diagonal, or not as many letters as axes")
        for letter, extent in zip(term, shape, strict=True):
            if extents.get(letter, 1) not in (1, extent) and extent != 1:
                raise ValueError("two extents for one letter")
            extents[letter] = max(extent, extents.get(letter, 1))
    if not arrow:
        counts = Counter("".join(spelled))
        result = "..." * bool(dots) + "".join(sorted(c for c in counts if counts[c] == 1 and c not in dots))
    return Equation(tuple(spelled), result.replace("...", dots), extents)


def _spelled(term: str, rank: int, dots: str) -> str:
    """Return a term with its ellipsis replaced by the last of `dots`, as many as it stands for."""
    count = rank - len(term.replace("...", ""))
    return term.replace("...", dots[len(dots) - count :])
