"""Straight stacks: all kernels side by side along x, their thickness and protocols chosen together.

In a stack an edge is as long as half its ends' thickness plus what lies between, so wire is linear in
thickness. Adapters only depend on neighbours in the network. Dynamic programming on the network's trees
optimises both at once for a given order and cycle limit. Start with `build`; `scan` finds the cheapest stack
without adapters and the order to use, `matching` lists what a kernel may become and chooses.
"""
