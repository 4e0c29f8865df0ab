"""Proof by search: a tree of decisions for networks of few kernels (docs/bounds.md, "Proof by search").

`listing` has the shapes, `region` what decisions leave of them, `relaxation` the linear programme of a region,
`prices` what its multipliers prove, `branching` the next decision, `tree` the search, `text` the certificate.
"""
