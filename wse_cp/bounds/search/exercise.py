"""All compiled loops of the search for a bound, run on a tiny instance."""

from __future__ import annotations

from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme.dual import Dual
from wse_cp.bounds.programme.plan import plan_of
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.search.maximise import NOTHING
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import UNLIMITED

#: Steps that run every compiled loop.
_STEPS = 20


def exercise_bounds(instance: Instance) -> None:
    """Run every compiled loop of the search on a tiny instance, so that it is compiled, or loaded."""
    search = BoundSearch(instance, proofs=False)
    for _ in range(2):
        for _ in range(_STEPS):
            search.step()
        search.count_adapters()
    folding = Dual(instance, plan_of(instance, structure_of(instance, runs=False), cases=1))
    tables = folding.tables(UNLIMITED)
    if tables is not None:
        folding.value(tables, NOTHING, 0)
        stars = Stars(instance)
        dual = CoverDual(stars, tables)
        ascent = Ascent(dual, dual.first(1.0))
        ascent.step()
        ascent.with_forests(CoverDual(stars, tables, Forests(instance, stars.names))).step()
