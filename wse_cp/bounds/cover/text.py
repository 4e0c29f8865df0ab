"""Covers as they stand in a certificate (docs/bounds.md, section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from wse_cp.bounds.cover.cover import Found
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.cover.values import Cover
from wse_cp.bounds.programme.pricing import UNIT
from wse_cp.shapes.arrays import FloatArray


def cover_content(found: Found) -> dict[str, Any]:
    """Return a cover's object: kernels by their places in the sorted list of names, numbers in 1 / UNIT."""
    stars, cover, value, forests = found
    weights, hub_prices, leaf_prices, hub_refunds, leaf_refunds = (_units(array) for array in cover[1:6])
    ranks = _units(value.ranks)
    content: list[list[Any]] = []
    for star in np.flatnonzero(cover.weights > 0).tolist():
        first, last = stars.pointers[star : star + 2].tolist()
        rooms = first + (last - first + 1) // 2
        one_x, one_y, two_x, two_y = (_without_zeros(row[first:rooms].tolist()) for row in ranks)
        pair, reach, density = value.others[star].tolist()
        leaves = np.column_stack([stars.leaves[first:last], leaf_prices[first:last]])
        content.append(
            [
                int(stars.hubs[star]),
                int(weights[star]),
                int(hub_prices[star]),
                leaves.reshape(-1).tolist(),
                one_x,
                one_y,
                round(pair * UNIT),
                two_x,
                two_y,
                round(4 * reach),
                round(density * UNIT),
                int(hub_refunds[star]),
                leaf_refunds[first:last].tolist(),
                [number for way in stars.flow(star) for number in way],
                list(stars.demand(star)),
                _boxes_content(value.boxes[star]),
            ]
        )
    return {
        "area": round(cover.area * UNIT),
        "stars": content,
        "forests": [] if forests is None else _forests_content(forests, cover),
    }


def _boxes_content(boxes: FloatArray) -> list[int]:
    """Return width, reach and price of each box that costs something."""
    numbers = np.rint(boxes * [1, 4, UNIT]).astype(np.int64)
    found: list[int] = numbers[numbers.min(axis=1) > 0].reshape(-1).tolist()
    return found


def _forests_content(forests: Forests, cover: Cover) -> list[list[list[int]]]:
    """Return edges and prices of each forest."""
    content = []
    for edges, members, prices in zip(forests.edges, forests.members, cover.forest_prices, strict=True):
        kernels = np.flatnonzero(members)
        rows = np.column_stack([kernels, *(_units(own[kernels]) for own in prices)])
        content.append([[end for u, v, _ in edges for end in (u, v)], rows.reshape(-1).tolist()])
    return content


def _without_zeros(prices: list[int]) -> list[int]:
    """Return prices without the zeros at their end."""
    many = next((i for i in range(len(prices), 0, -1) if prices[i - 1]), 0)
    return prices[:many]


def _units(values: FloatArray) -> Any:
    return np.rint(values * UNIT).astype(np.int64)
