"""Constraint models of placement problems; the only package that imports the solver (OR-Tools CP-SAT).

Plain values go in (`problem.Problem`) and come out (`outcome.Outcome`). `model` solves in this process;
`session` does in a child process that may crash, hang or run out of memory without harm, and never loads
the solver into this one; `whole` translates between instances with placements and problems.
"""
