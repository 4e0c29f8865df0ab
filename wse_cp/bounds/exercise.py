"""Every compiled loop of the search for bounds, run once: then it is compiled, or loaded."""

from __future__ import annotations

from wse_cp.bounds.search import BoundSearch
from wse_cp.instance import Instance

_STEPS = 20


def exercise_bounds(instance: Instance) -> None:
    """Seek a bound of a tiny instance."""
    search = BoundSearch(instance)
    for _ in range(_STEPS):
        search.step()
