"""Slicing trees with shape curves, and their annealing: compiled, floats only in the acceptance rule."""
