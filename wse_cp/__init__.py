"""Place the compute kernels of a neural network on a wafer-scale chip (ISPD 2020 contest)."""

__version__ = "0.1.0"
