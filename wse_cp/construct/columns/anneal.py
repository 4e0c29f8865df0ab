"""Simulated annealing of an arrangement at a fixed cycle limit, in chunks of moves; compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

from wse_cp.compiled import compiled
from wse_cp.construct.columns.drafts import accept, drop, measure
from wse_cp.construct.columns.moves import propose
from wse_cp.construct.columns.state import State
from wse_cp.construct.random import uniform
from wse_cp.shapes.arrays import IntArray


class Prices(NamedTuple):
    """What a half tile of wire and a tile of used row area cost."""

    wire2: float
    area: float


@compiled
def anneal(state: State, prices: Prices, random: IntArray, temperature: float, moves: int) -> int:
    """Make so many moves; return how many were accepted."""
    accepted = 0
    for _ in range(moves):
        if propose(state, random):
            fits, wire2, area = measure(state)
            if fits:
                change = prices.wire2 * wire2 + prices.area * area
                if change <= 0 or change <= -temperature * math.log(1.0 - uniform(random)):
                    accept(state, wire2, area)
                    accepted += 1
                    continue
        drop(state)
    return accepted
