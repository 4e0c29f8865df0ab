"""Measurements of the package: from the project's root, ``python -m benchmarks.NAME``.

``cases`` solves the contest's cases, ``bounds`` bounds them, ``variants`` solves them with something changed,
``networks`` solves real networks, ``curves`` draws the cost over time, ``joint_model`` is a method to compare
with. Each has ``--help``.
"""
