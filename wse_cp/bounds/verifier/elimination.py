"""The minimum of one interval and case: dynamic programming along the tree of cells (section 7)."""

from __future__ import annotations

from wse_cp.bounds.verifier.bags import Bag, combine
from wse_cp.bounds.verifier.case import Case
from wse_cp.bounds.verifier.cell_costs import cell_bag


def least_cost(case: Case) -> int | None:
    """Return the minimum; None if it is infinite."""
    network = case.network
    bags: list[Bag] = [{} for _ in network.names]
    total = -case.money.area * case.money.width * case.money.height
    for v in reversed(network.order):
        bag = case.start()
        for cell in case.cells[v]:
            bag = combine(bag, cell_bag(case, cell, bags))
            for below in cell.below:
                bags[below] = {}
        if network.parent[v] is not None:
            bags[v] = bag
            continue
        lane = case.spine.final if v in network.spine_set else 0
        least = int(case.close(v, bag, (0, 0), None)[lane, 0])
        if 2 * least > case.missing:
            return None
        total += least
    return total
