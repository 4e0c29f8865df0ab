"""Families of networks, a module each: a dataclass with the sizes, a function that builds the network.

`resnet`, `unet` and `fully_connected` are the contest's and number the kernels as its files do.
`transformer`, `densenet`, `inception`, `mobilenet`, `residual_chain` and `layered` number them along the
data flow (`assembly`) and go to `MAX_KERNELS` nodes; `random_numbers` serves the random ones.
"""
