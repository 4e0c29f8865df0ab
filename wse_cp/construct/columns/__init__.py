"""Kernels in columns within rows, for networks of any size: what grows with the network grows linearly.

A row holds columns side by side, a column holds some kernels one above the other. Start with `scan`, which
looks for good rows over linear orders and cycle limits: `partition` cuts an order into columns for a height,
`cut` chooses the heights of the rows and where one ends. `state` holds such an arrangement as arrays, with
exact positions; `moves` and `anneal` improve it, `retime` changes its cycle limit, `realise` makes the
placement.
"""
