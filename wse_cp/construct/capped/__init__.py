"""Capped stacks: kernels side by side as strips, and a few in rows across the strips' ends, the cap.

A straight stack has to be slow to fit the wafer if its kernels are large; rows of strips waste what stands
above strips of unequal length. A capped stack is between the two: it pays where kernels are large and wire is
cheap. Start with `build` (orders, cycle limits, sizes of the cap); `plan` makes one capped stack; `program`
places the strips under a cap.
"""
