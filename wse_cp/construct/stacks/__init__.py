"""Straight stacks: all kernels side by side along x, thickness and protocols chosen together.

In a stack an edge is as long as half of its ends' thickness plus what lies between, so that wire is linear
in thickness, and adapters are a matter of neighbours in the network: dynamic programming on its trees
solves both at once for a given order and time limit.
"""
