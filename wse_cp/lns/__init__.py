"""Large neighbourhood search: free a part of the incumbent, place it anew with the constraint solver.

Start with `improve`, one thread of the search. In a large network kernels first slide and change places
(`exchange`). `operators` says which sets of kernels are freed in which way and picks the next operator;
`selections` selects the kernels, `neighbourhood` says how free they become, `tables` and `protocols` what
shapes they may take, `subproblem` puts together what the solver gets. `alignment` saves the half tiles of
wire that shapes alone cost.
"""
