"""Slicing trees over a linear order of the kernels, by dynamic programming over its spans.

A span is a run of consecutive kernels of the order. Every cut of such a tree divides one span into two, so
that neighbours in the order stay neighbours on the wafer. Start with `build`, which looks for the cycle limit
and the price of area that suit the instance best; `loops` is the compiled programme over spans, `program`
makes trees of what it finds.
"""
