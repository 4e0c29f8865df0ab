"""Placements from nothing.

Start with `rows/`: kernels in rows along the data flow. `stacks/` puts all kernels side by side, `capped/`
lays a few rows across the end of a stack. `slicing/` anneals slicing trees, `spans/` makes such trees by
dynamic programming. All share `orders` (linear orders of the kernels), `cycle_limits` (limits on kernel times
worth planning for) and `settle` (positions by coordinate descent). Each room's entry point is its `build`
module; that of `slicing/` is `anneal`.
"""
