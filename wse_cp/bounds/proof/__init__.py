"""Proof by search: a tree of decisions for networks of few kernels (docs/bounds.md, "Proof by search").

`listing` has the shapes, `region` what decisions leave, `programme` the linear programme of a region, which
`relaxation` solves, `prices` and `choice` what its multipliers prove, `branching` the next decision, `tree`
the search, `placing` the placement that it ends with, `text` the certificate. `search` is all of it for one
instance, `prover` gives it turns beside another search.
"""
