"""Capped stacks: kernels side by side, the first few of them in rows across the ends of the others.

Where kernels weigh much and wire little, a straight stack has to be slow to fit the wafer, and a stack that
turns wastes what stands over kernels of unequal length. A cap of a few rows lies there.
"""
