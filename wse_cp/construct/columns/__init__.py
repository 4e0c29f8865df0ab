"""Kernels in columns within rows, for networks of any size: what grows with the network grows linearly.

A row holds columns side by side, a column holds some kernels one above the other. Start with `scan`, which
looks for good rows over linear orders and cycle limits: `partition` cuts an order into columns for a height,
`cut` chooses the heights of the rows and where one ends, `heights` anneals them, `matched` chooses protocols
first. `state` holds such an arrangement as arrays, with exact positions, `drafts` are changes of it; `moves`,
`anneal` and `search` improve it, `retime` changes its cycle limit, `realise` makes the placement.
"""
