"""Instances, placements and results for other programs: JSON results, DOT, CSV, MiniZinc."""
