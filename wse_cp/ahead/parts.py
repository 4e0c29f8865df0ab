"""What is compiled together, and in which order it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from wse_cp.compiled import tiny_instance
from wse_cp.instance import Instance
from wse_cp.strategy.columns import LARGE
from wse_cp.strategy.exercise import PARTS


def _exercise_bounds(instance: Instance) -> None:
    """Run the loops of bounds, which a search need not load: they have a process of their own."""
    from wse_cp.bounds.search.exercise import exercise_bounds

    exercise_bounds(instance)


#: All parts by name, those first that a run needs first.
ALL: Mapping[str, Callable[[Instance], None]] = MappingProxyType({**PARTS, "bounds": _exercise_bounds})
#: Those of the search.
SEARCH = tuple(PARTS)


def first_parts(instance: Instance) -> tuple[str, ...]:
    """Return those without which a run would hardly begin."""
    return ("columns",) if len(instance.kernels) >= LARGE else ("rows", "stacks")


def compile_part(name: str) -> None:
    """Compile a part, or load it."""
    for wadapter in (0, 1):
        ALL[name](tiny_instance(wadapter))
