"""Slicing trees over a linear order of the kernels, by dynamic programming over its spans.

A span is a run of consecutive kernels of the order. Every cut of such a tree parts one span into two, so
that neighbours in the order stay neighbours on the wafer. `labels` holds what is known of every span in a box
of given width or height, `loops` is the compiled programme that fills it, `program` makes trees of it, and
`search` looks for the time limit and the price of area that serve the instance best.
"""
