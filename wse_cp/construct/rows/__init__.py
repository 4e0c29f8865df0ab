"""Kernels in rows along the data flow: a linear order, cut into rows.

Start with `build`, which makes the placements. `scan` looks for the best order and cycle limit, adapters not
counted; `program` cuts one order into rows exactly; `layout` turns rows into boxes and boxes into a
placement. Where adapters cost something, `options` lists the protocols of a kernel in a row, `matching`
chooses one for every kernel, and `choose` sets up that choice for given rows.
"""
