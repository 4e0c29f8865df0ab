"""A placement that changes in a few kernels at a time, evaluated exactly by what a change touches.

Start with `state`: score and legality of a change from the kernels it touches. It keeps the kernels in a
uniform `grid` of buckets, their edges (`links`), their `times` as a multiset, and what may be drawn at random
(`indexed`).
"""
