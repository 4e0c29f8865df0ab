"""The tests of covers notice errors: each of those planted here changes a value, or what is accepted."""

from __future__ import annotations

import importlib
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.bounds.verifier.cases import random_network
from tests.bounds.verifier.covers import cover_value, random_cover
from tests.bounds.verifier.test_cover_rules import INSTANCE, UNIT, WRONG_COVER, cover
from wse_cp.bounds.verifier import CertificateError
from wse_cp.bounds.verifier.cover import Cover, read_covers
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

#: Each a piece of `stars.py` and what stands there instead: the value becomes another one.
PLANTED_VALUES = {
    "ranks occur once": ("[2 * SCALE * sum(star.ranks_y)", "[SCALE * sum(star.ranks_y)"),
    "ranks along x occur once": ("[2 * SCALE * sum(star.ranks_x)", "[SCALE * sum(star.ranks_x)"),
    "a rank counts whole": ("(4 * rank + 2)", "(4 * rank + 4)"),
    "a rank too many": ("(4 * rank + 2)", "(4 * rank + 6)"),
    "no price of ranks": ("along_y + self._rank_y[at]", "along_y"),
    "no price of ranks along x": ("along_x + self._rank_x[at]", "along_x"),
    "axes exchanged": ("slope * width", "slope * height"),
    "pairs pay half of the hub": ("beside - eta) + corner", "beside - eta) + 2 * corner"),
    "both of a pair pay eta": ("beside - eta)", "beside + eta)"),
    "no eta": ("half_y) + eta", "half_y)"),
    "free leaves pay for the worse extent": ("np.minimum(half_x, half_y)", "np.maximum(half_x, half_y)"),
    "leaves in Z pay the longer side of the hub": ("np.minimum(width, height)", "np.maximum(width, height)"),
    "leaves in Z pay for one extent": ("* (width + height) + tiles", "* height + tiles"),
    "no pairs": ("(in_y, in_z, paired)", "(in_y, in_z, in_z)"),
    "no pairs along x": ("(in_x, in_z, paired)", "(in_x, in_z, in_z)"),
    "no leaves of the other class": ("(in_y, half_x + aside, in_z)", "(in_y, in_z, in_z)"),
    "the other class pays no hub": ("half_x + aside", "half_x"),
    "both pairings hold": ("np.minimum(more_x, more_y)", "np.maximum(more_x, more_y)"),
    "one pairing holds": ("np.minimum(more_x, more_y)", "more_y"),
    "only pairings": ("np.maximum(np.maximum(any_x, any_y), ", "np.maximum(any_x, "),
    "hubs pay no area": (" + self._hub_price[start:stop, None] * (width * height)", ""),
    "leaves pay no area": ("self._leaves.price[leaves, None]", "0 * self._leaves.price[leaves, None]"),
    "no rests": ("SCALE * rest * int", "0 * rest * int"),
    "rests of all area": ("cover.area - prices.get(kernel, 0)", "cover.area"),
    "the wafer is free": ("total = -self._refund", "total = 0"),
    "alike stars count once": ("[alike[star] for", "[1 for"),
    "alike leaves count once": ("times * least, first", "least, first"),
    "no weight": ("wlength * star.weight", "wlength"),
    "64 bits always": ("dtype = dtype_for(max(", "dtype = np.dtype(np.int64) if True else (max("),
}
#: The same for `cover.py`: something wrong is accepted.
PLANTED_RULES = {
    "any kernel": ("kernel >= len(self._names)", "False"),
    "leaves twice": ("len(set(star.leaves)) < len(star.leaves)", "False"),
    "hubs as leaves": ("if leaf == star.hub:", "if False:"),
    "strangers": ("_ordered(star.hub, leaf) not in self._wires", "False"),
    "any weight": ("weight > share * self._wires[pair]", "False"),
    "multiplicity 1": ("weight > share * self._wires[pair]", "weight > 9 * share"),
    "edges by direction": ("return (u, v) if u < v else (v, u)", "return (u, v)"),
    "the last weight counts": ("weights.get(pair, 0) + star.weight", "star.weight"),
    "any price": ("price > cover.area", "False"),
    "the last price counts": ("prices.get(kernel, 0) + price", "price"),
    "hubs' prices do not count": ("((star.hub, star.price), *zip(", "((star.hub, 0), *zip("),
}


def planted(module: str, old: str = "", new: str = "") -> ModuleType:
    """A module of the verifier with an error in its text."""
    original = importlib.import_module(f"wse_cp.bounds.verifier.{module}")
    text = Path(str(original.__file__)).read_text()
    assert old in text
    found = ModuleType(original.__name__)
    exec(compile(text.replace(old, new), str(original.__file__), "exec"), found.__dict__)
    return found


@cache
def cases() -> list[tuple[Instance, Cover, Fraction]]:
    """Covers and what the text says they are worth (times SCALE * unit); some have huge prices."""
    found = []
    for seed in range(80):
        random = Random(f"planted {seed}")
        kind = random.choice(["star", "dense", "fan", "diamond"])
        instance = random_network(random, kind, adapters=False, largest=7)
        unit, huge = random.choice([2, 3]), random.choice([1, 1, 10**18])
        contents = random_cover(random, instance, unit)
        if seed % 2:
            instance, contents = hub_with_leaves(random, unit)
        contents["area"] *= huge
        for star in contents["stars"]:
            star[4] = [price * huge for price in star[4]]
        value = cover_value(instance, contents, unit)
        if value is not None:
            found.append((instance, read_covers([contents])[0], value * SCALE * unit))
    return found


def hub_with_leaves(random: Random, unit: int) -> tuple[Instance, dict[str, Any]]:
    """A small hub with large leaves and prices that make sense, twice: pairs are worth it."""
    count = random.randint(5, 8)
    leaf = Conv(random.choice([4, 6]), random.choice([2, 4]), 1, 1, random.randint(1, 3), 4, 1)
    hub = Conv(random.randint(1, 3), 1, 1, 1, 1, 1, 1)
    nodes = tuple(Node(i, f"k{i}", leaf if i else hub) for i in range(count + 1))
    edges = tuple(Edge("k0", f"k{i}") for i in range(1, count + 1))
    width, memory = random.randint(4, 9), random.randint(8, 20)
    instance = Instance(Settings(width, 9, wlength=4, memlimit=memory), nodes, edges)
    weight, rest = unit // 2, [0] * ((count - 1) // 2)
    # the first rank costs a quarter of an extent more, as much as a pair
    along = [[weight * random.randint(1, 8), *rest] for _ in "xy"]
    leaves = [number for place in range(1, count + 1) for number in (place, 0)]
    star = [0, weight, 0, leaves, *along, weight * random.randint(-1, 8)]
    return instance, {"area": unit, "stars": [star, list(star)]}


def values_are_right(stars: ModuleType) -> bool:
    """Whether all covers have the value that the text says."""
    try:
        with np.errstate(all="ignore"):
            return all(
                stars.CoverCost(instance, cover)(Rectangles(Demands(instance), None)) == value
                for instance, cover, value in cases()
            )
    except OverflowError:
        return False


def rules_are_right(rules: ModuleType) -> bool:
    """Whether a right cover is accepted and all wrong ones are refused, each for its reason."""
    check = rules.CoverRules(INSTANCE).check
    for covers, message in [([cover()], ""), *WRONG_COVER.values()]:
        said = ""
        try:
            for found in rules.read_covers(covers):
                check(found, UNIT - 1)
        except CertificateError as error:
            said = str(error)
        except (KeyError, IndexError):
            return False
        if message not in said or bool(message) != bool(said):
            return False
    return True


def test_nothing_planted_nothing_noticed() -> None:
    assert len(cases()) > 40
    assert values_are_right(planted("stars"))
    assert rules_are_right(planted("cover"))


@pytest.mark.parametrize("what", PLANTED_VALUES)
def test_an_error_in_the_value_is_noticed(what: str) -> None:
    assert not values_are_right(planted("stars", *PLANTED_VALUES[what]))


@pytest.mark.parametrize("what", PLANTED_RULES)
def test_an_error_in_the_rules_is_noticed(what: str) -> None:
    assert not rules_are_right(planted("cover", *PLANTED_RULES[what]))
