"""Pictures of a placement by matplotlib.

`figure` has what others call: a picture as a file or as a figure. `draw` draws on axes, and `many`
the kernels and wires of large placements; `palette` says which colour a kernel gets; `style` has colours,
sizes and places, and needs no matplotlib.
"""
