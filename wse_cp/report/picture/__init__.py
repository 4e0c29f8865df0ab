"""Pictures of a placement by matplotlib.

`figure` has what others call: a picture as a file or as a figure. `draw` draws on axes; `style` has colours,
sizes and places, and needs no matplotlib.
"""
