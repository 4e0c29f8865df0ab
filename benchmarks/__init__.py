"""Measurements of the package: from the project's root, ``python -m benchmarks.NAME``.

To judge a change of the search: ``cases``, with files of your own after ``--csv`` and its like
(CONTRIBUTING.md).

``cases`` solves the contest's cases, ``bounds`` bounds them, ``variants`` solves them with something changed,
``networks`` solves real networks, ``curves`` draws the cost over time, ``joint_model`` is a method to compare
with. Each has ``--help``.
"""
