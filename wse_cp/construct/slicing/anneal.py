"""Compiled annealing loop: Metropolis moves at one temperature, the best fitting tree kept."""

from __future__ import annotations

import math

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.cost import evaluate
from wse_cp.construct.slicing.moves import move_time, move_topology
from wse_cp.construct.slicing.random import below, uniform
from wse_cp.construct.slicing.splits import move_splits
from wse_cp.construct.slicing.state import Array, Model, Tree, Undo
from wse_cp.construct.slicing.undo import begin_move, copy_shape, refresh_all, take_back

#: Moves in a thousand: of the time limit (dear, more so where every leaf is computed anew), of splits.
TIME_MOVES_FORCED, TIME_MOVES_FREE, SPLIT_MOVES = 3, 15, 300


@compiled
def propose(model: Model, tree: Tree, undo: Undo, random: Array, todo: Array) -> bool:
    """Make one random move; return whether it changed the tree."""
    kernels = len(model.kernel_class)
    kind = below(random, 1000)
    if kind < TIME_MOVES_FORCED or (kind < TIME_MOVES_FREE and model.adapter_weight == 0):
        return move_time(model, tree, undo, random, todo)
    if kind < SPLIT_MOVES and model.adapter_weight > 0:
        return move_splits(model, tree, undo, random, todo)
    if kernels < 2:
        return False
    return move_topology(model, tree, undo, random, todo)


@compiled
def rebuild(model: Model, tree: Tree, undo: Undo, todo: Array) -> tuple[float, int]:
    """Recompute all curves and the layout; return cost and overflow."""
    begin_move(tree, undo)
    refresh_all(model, tree, undo, todo)
    return evaluate(model, tree, todo, math.inf)


@compiled
def anneal(
    model: Model,
    tree: Tree,
    best: Tree,
    undo: Undo,
    random: Array,
    todo: Array,
    best_cost: float,
    temperature: float,
    moves: int,
) -> tuple[float, int]:
    """Make `moves` moves; return the cost of the best fitting tree (in `best`) and the number accepted."""
    cost, _ = rebuild(model, tree, undo, todo)
    accepted = 0
    for _ in range(moves):
        begin_move(tree, undo)
        if not propose(model, tree, undo, random, todo):
            take_back(tree, undo)
            continue
        limit = cost - temperature * math.log(1.0 - uniform(random))
        new, over = evaluate(model, tree, todo, limit)
        if new <= limit:
            cost = new
            accepted += 1
            if over == 0 and new < best_cost - 1e-9:
                best_cost = new
                copy_shape(tree.scalars, tree.links, tree.forced, best.scalars, best.links, best.forced)
        else:
            take_back(tree, undo)
    return best_cost, accepted
