"""Large neighbourhood search: free a part of the incumbent, place it anew with the constraint solver.

`improve` runs one thread of it. `on_wafer` and `in_network` select kernels, `neighbourhood` says how
free they become, `tables` what they may turn into within their `room`, `operators` lists the combinations,
`choice` picks among them.
"""
