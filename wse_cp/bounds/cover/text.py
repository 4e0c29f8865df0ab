"""Covers as they stand in a certificate (docs/bounds.md, section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from wse_cp.bounds.cover.cover import Found
from wse_cp.bounds.programme.pricing import UNIT
from wse_cp.shapes.arrays import FloatArray


def cover_content(found: Found) -> dict[str, Any]:
    """Return a cover's object: kernels by their places in the sorted list of names, numbers in 1 / UNIT."""
    stars, cover, value = found
    weights, hub_prices, leaf_prices = (_units(array) for array in cover[1:])
    ranks, pairs = _units(value.ranks), _units(value.pairs)
    content = []
    for star in np.flatnonzero(cover.weights > 0).tolist():
        first, last = stars.pointers[star : star + 2].tolist()
        rooms = first + (last - first + 1) // 2
        leaves = np.column_stack([stars.leaves[first:last], leaf_prices[first:last]])
        content.append(
            [
                int(stars.hubs[star]),
                int(weights[star]),
                int(hub_prices[star]),
                leaves.reshape(-1).tolist(),
                *ranks[:, first:rooms].tolist(),
                int(pairs[star]),
            ]
        )
    return {"area": round(cover.area * UNIT), "stars": content}


def _units(values: FloatArray) -> Any:
    return np.rint(values * UNIT).astype(np.int64)
