"""Constraint models of placement problems; the only package that imports the solver (OR-Tools CP-SAT).

Plain values go in (`problem`) and come out (`outcome`). Start with `model`: it builds the model from
`variables`, `constraints` and `objective`, on options that `tables` has cut and symmetries that `symmetry`
finds, sets the solver's parameters and solves in this process. `session` does so in a process of its own
(`child`), which may crash, hang or run out of memory without harm. `whole` translates between instances with
placements and problems.
"""
