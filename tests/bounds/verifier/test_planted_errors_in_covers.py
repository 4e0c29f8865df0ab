"""The tests of covers notice errors: each of those planted here changes a value, or what is accepted."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
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
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError
from wse_cp.bounds.verifier.cover import Cover, read_covers
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

#: Each a piece of `stars.py` and what stands there instead: the value becomes another one.
PLANTED_VALUES = {
    "ranks occur once": ("[2 * SCALE * sum(star.ranks[i])", "[SCALE * sum(star.ranks[i])"),
    "ranks beside pairs occur once": ("paired), off_y)", "paired), off_y // 2)"),
    "ranks beside pairs occur once along x": ("paired), off_x)", "paired), off_x // 2)"),
    "a rank counts whole": ("(4 * rank + 2)", "(4 * rank + 4)"),
    "a rank too many": ("(4 * rank + 2)", "(4 * rank + 6)"),
    "no price of ranks": ("along + prices", "along"),
    "axes exchanged": ("slope * width", "slope * height"),
    "pairs pay half of the hub": ("beside - eta) + corner", "beside - eta) + 2 * corner"),
    "both of a pair pay eta": ("beside - eta)", "beside + eta)"),
    "no eta": ("half_y) + eta", "half_y)"),
    "free leaves pay for the worse extent": (
        "np.minimum(paid.half_x, paid.half_y)",
        "np.maximum(paid.half_x, paid.half_y)",
    ),
    "leaves in Z pay the longer side of the hub": ("np.minimum(width, height)", "np.maximum(width, height)"),
    "leaves in Z pay for one extent": ("* (width + height) + tiles", "* height + tiles"),
    "no pairs": ("(paid.pairs_y + above, in_z, paired)", "(paid.pairs_y + above, in_z, in_z)"),
    "no pairs along x": ("(paid.pairs_x + aside, in_z, paired)", "(paid.pairs_x + aside, in_z, in_z)"),
    "stacks beside pairs pay no hub": ("paid.pairs_y + above", "paid.pairs_y"),
    "both pairings hold": ("np.minimum(more_x, more_y)", "np.maximum(more_x, more_y)"),
    "one pairing holds": ("np.minimum(more_x, more_y)", "more_y"),
    "the constants of one stack only": ("in_z), sigma_x + sigma_y", "in_z), sigma_x"),
    "the constants of the other stack only": ("in_z), sigma_x + sigma_y", "in_z), sigma_y"),
    "ranks of both stacks occur once": ("in_z), sigma_x + sigma_y", "in_z), (sigma_x + sigma_y) // 2"),
    "no stack along x": ("(paid.both_x + aside, ", "(in_z, "),
    "no stack along y": ("paid.both_y + above, ", "in_z, "),
    "no turned stack along x": ("(paid.turned_x + aside, ", "(in_z, "),
    "no turned stack along y": ("paid.turned_y + above, ", "in_z, "),
    "stacks pay no hub": ("paid.both_x + aside", "paid.both_x"),
    "none in Z beside the stacks": (
        "paid.both_y + above, in_z)",
        "paid.both_y + above, paid.both_y + above)",
    ),
    "turned prices are not turned": ("least(along_x, both_y)", "least(along_x, both_x)"),
    "both stacks by the prices beside pairs": (
        "both_x=least(along_x, both_x)",
        "both_x=least(along_x, pairs_x)",
    ),
    "both ways round at once": ("np.maximum(both, turned)", "both + turned"),
    "one way round": ("np.maximum(both, turned)", "turned"),
    "the other way round": ("np.maximum(both, turned)", "both"),
    "ranks never count": ("2 * (self.parts == 1)", "0"),
    "no plain sums": ("in_z), 0 * off_x)", "in_z), off_x + off_y + sigma_x + sigma_y)"),
    "no stacks": ("np.maximum(np.maximum(both, turned), ", "np.maximum(value, "),
    "room and pairs at once": ("np.maximum(value, np", "np.add(value, np"),
    "hubs take nothing of the room": ("total + taken - ", "total - "),
    "the whole room is free": ("taken - self._whole_room[start:stop, None]", "taken"),
    "no price of the room": ("if key % 2:", "if False:"),
    "any price of the room": ("(star.reach, parts * star.room) if", "(star.reach, 1) if"),
    "any reach of the room": ("(star.reach, parts * star.room) if", "(9, star.room) if"),
    "leaves in the room pay no area": ("self._leaves.price[own][row]", "0 * self._leaves.price[own][row]"),
    "alike leaves in the room count once": ("self._leaves.times[own, None] * least_in_room", "least_in_room"),
    "hubs pay no area": ("= self._hub_price[start:stop, None]", "= 0 * self._hub_price[start:stop, None]"),
    "leaves pay no area": ("self._leaves.price[leaves, None]", "0 * self._leaves.price[leaves, None]"),
    "no rests": ("SCALE * tiles * int", "0 * tiles * int"),
    "rests of all area": ("cover.area - areas.get(kernel, 0)", "cover.area"),
    "the wafer is free": ("total = -self._refund", "total = 0"),
    "alike stars count once": ("[alike[star] for", "[1 for"),
    "alike leaves count once": ("times * least, first", "least, first"),
    "no weight": ("wlength * one for one in weight", "wlength for one in weight"),
    "64 bits always": ("dtype = dtype_for(max(", "dtype = np.dtype(np.int64) if True else (max("),
    "the room is small": ("(sums + room)", "sums"),
}
#: The same for `room.py`.
PLANTED_ROOMS = {
    "an integral of 1/3": ("out_both), 24)", "out_both), 48)"),
    "an integral of 1/2": ("out_both), 24)", "out_both), 32)"),
    "an integral rounded down": (
        "ceil_div(room * (reach**3 - out_x - out_y + out_both), 24)",
        "room * (reach**3 - out_x - out_y + out_both) // 24",
    ),
    "a hub in a corner": ("2 * width, 2 * height, 2 * (width + height)", "width, height, width + height"),
    "a wafer of half the width": ("beyond = 2 * width,", "beyond = width,"),
    "a wafer of half the height": ("2 * width, 2 * height,", "2 * width, height,"),
    "corners are left out twice": ("- out_y + out_both", "- out_y"),
    "corners begin too late": ("2 * (width + height)", "3 * (width + height)"),
    "no kappa of Y": ("shapes.reach - width", "shapes.reach"),
    "no kappa of X": ("shapes.reach - height", "shapes.reach"),
    "kappas exchanged": ("shapes.reach - height", "shapes.reach - width"),
    "half of kappa": ("shapes.reach - width", "shapes.reach - width // 2"),
    "leaves never leave the room": (
        "np.minimum(shapes.wire, shapes.room * width * height)",
        "(shapes.room * width * height)",
    ),
    "leaves always leave the room": (
        "np.minimum(shapes.wire, shapes.room * width * height)",
        "(shapes.wire + 0 * width)",
    ),
    "leaves pay for the room by the tile": ("shapes.room * width * height)[", "shapes.room * width)["),
    "leaves in the room pay no wire": ("far += distance", ""),
    "leaves anywhere in the room": ("np.maximum(distance, end[:, None])", "0 * distance + end[:, None]"),
    "leaves at the hub's centre": ("+ 2 * of_hub", "+ 0 * of_hub"),
    "half of a leaf's extent": ("(2 * near)", "near"),
    "none in Y": (
        "across(height, hub[1], shapes.reach - width)",
        "across(width, hub[0], shapes.reach - height)",
    ),
    "none in X": ("across(width, hub[0], shapes.reach - height)", "least"),
    "leaves in the room pay no area": ("least += shapes.tiles[:, None]", ""),
    "the hub's part doubled": ("= room[:, None] * (", "= 2 * room[:, None] * ("),
    "no mean of the hub": ("reach[:, None] - (width + height)", "reach[:, None] + 0 * width"),
    "half of the hub's mean": ("reach[:, None] - (width + height)", "reach[:, None] - (width + height) // 2"),
    "hubs beyond the room": (
        "np.maximum(0, reach[:, None] - (width + height))",
        "(reach[:, None] - (width + height))",
    ),
}
#: The same for `cover.py`: something wrong is accepted.
PLANTED_RULES = {
    "any kernel": ("kernel >= len(self._names)", "False"),
    "leaves twice": ("len(set(star.leaves)) < len(star.leaves)", "False"),
    "hubs as leaves": ("if leaf == star.hub:", "if False:"),
    "strangers": ("not star.flow and _ordered(star.hub, leaf) not in self._wires", "False"),
    "any weight": ("weight > WHOLE * share * self._wires[pair]", "False"),
    "multiplicity 1": ("weight > WHOLE * share * self._wires[pair]", "weight > 9 * WHOLE * share"),
    "edges by direction": ("return (u, v) if u < v else (v, u)", "return (u, v)"),
    "the last weight counts": ("weights.get(pair, 0) + share * star.weight", "share * star.weight"),
    "any price": ("price > cover.area", "False"),
    "the last price counts": ("areas.get(kernel, 0) + price", "price"),
    "hubs' prices do not count": ("yield self.hub, self.price, ", "yield self.hub, 0, "),
}


#: What a room says, without what plain sums say.
ROOM_ONLY = "self._in_room(start, stop, shapes)"


def planted(module: str, old: str = "", new: str = "", more: dict[str, str] | None = None) -> ModuleType:
    """A module of the verifier with an error in its text, and with `more` changes."""
    original = importlib.import_module(f"wse_cp.bounds.verifier.{module}")
    text = Path(str(original.__file__)).read_text()
    assert old in text
    text = text.replace(old, new)
    for one, other in (more or {}).items():
        assert one in text
        text = text.replace(one, other)
    found = ModuleType(original.__name__)
    exec(compile(text, str(original.__file__), "exec"), found.__dict__)
    return found


#: Seeds of covers that are soon worked out, and by which each of the errors is noticed.
FEW = (2, 16, 24, 40, 45, 51, 74, 104, 108, 111)
#: The few come first.
SEEDS = tuple(dict.fromkeys((*FEW, *range(120))))

Case = tuple[Instance, Cover, Fraction]


@cache
def case_of(seed: int, plain: bool = False) -> Case | None:
    """A cover and what the text says it is worth (times SCALE * unit), if it is finite; some prices are huge.

    Without `plain`, rooms that cost nothing do not count where there is another one: they hide errors.
    """
    random = Random(f"planted {seed}")
    kind = random.choice(["star", "dense", "fan", "diamond"])
    instance = random_network(random, kind, adapters=False, largest=7)
    unit, huge = random.choice([2, 3]), random.choice([1, 1, 10**7, 10**18])
    contents = random_cover(random, instance, unit)
    if seed % 2:
        instance, contents = hub_with_leaves(random, unit)
    contents["area"] *= huge
    what = random.choice([4, 5, 7, 8, 9, 10])
    for star in contents["stars"]:
        if seed % 3 == 0:
            # only the room says anything
            star[4] = star[5] = star[7] = star[8] = [10**4]
        star[what] = [price * huge for price in star[what]] if what < 9 else star[what] * huge
    value = cover_value(instance, contents, unit, plain=plain)
    return None if value is None else (instance, read_covers([contents])[0], value * SCALE * unit)


def cases(seeds: Sequence[int], plain: bool = False) -> Iterator[Case]:
    """Yield those of some seeds that are finite, each worked out when it is looked at."""
    return (case for seed in seeds if (case := case_of(seed, plain)) is not None)


def hub_with_leaves(random: Random, unit: int) -> tuple[Instance, dict[str, Any]]:
    """A small hub with large leaves and prices that make sense, twice: pairs are worth it."""
    count = random.randint(5, 8)
    leaf = Conv(random.choice([4, 6]), random.choice([2, 4]), 1, 1, random.randint(1, 3), 4, 1)
    hub = Conv(random.randint(1, 3), 1, 1, 1, 1, 1, 1)
    nodes = tuple(Node(i, f"k{i}", leaf if i else hub) for i in range(count + 1))
    edges = tuple(Edge("k0", f"k{i}") for i in range(1, count + 1))
    width, height = random.choice([(random.randint(4, 9), 9), (20, random.randint(3, 5))])
    memory = random.randint(8, 20)
    instance = Instance(Settings(width, height, wlength=4, memlimit=memory), nodes, edges)
    weight, rest = unit // 2, [0] * ((count - 1) // 2)
    # the first rank costs a quarter of an extent more, as much as a pair
    along = [[weight * random.randint(1, 8), *rest] for _ in "xy"]
    leaves = [number for place in range(1, count + 1) for number in (place, 0)]
    room = random.randint(6, 24), random.randint(0, 2)
    star = [0, weight, 0, leaves, *along, weight * random.randint(-1, 8), *along, *room]
    return instance, {"area": unit, "stars": [star, list(star)]}


def planted_stars(old: str = "", new: str = "") -> ModuleType:
    """The module `stars` with an error, in which plain sums do not count beside a room."""
    return planted("stars", old, new, {"np.maximum(value, self._in_room(start, stop, shapes))": ROOM_ONLY})


def values_are_right(stars: ModuleType, seeds: Sequence[int] = SEEDS, plain: bool = False) -> bool:
    """Whether covers have the value that the text says, with plain sums beside a room or without."""
    try:
        with np.errstate(all="ignore"):
            return all(
                stars.CoverCost(instance, cover)(Rectangles(Demands(instance), None)) == value
                for instance, cover, value in cases(seeds, plain)
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


@pytest.mark.parametrize(
    ("seeds", "plain"),
    with_slow([(FEW, range(6)), (SEEDS, range(20))], (SEEDS, range(20))),
    ids=["few", "all"],
)
def test_nothing_planted_nothing_noticed(seeds: Sequence[int], plain: Sequence[int]) -> None:
    assert sum(1 for _ in cases(seeds)) > len(seeds) // 3
    assert values_are_right(planted("stars"), plain, plain=True)
    assert values_are_right(planted_stars(), seeds)
    assert rules_are_right(planted("cover"))


@pytest.mark.parametrize("what", PLANTED_VALUES)
def test_an_error_in_the_value_is_noticed(what: str) -> None:
    assert not values_are_right(planted_stars(*PLANTED_VALUES[what]))


@pytest.mark.parametrize("what", PLANTED_ROOMS)
def test_an_error_in_the_room_is_noticed(what: str) -> None:
    stars, room = planted_stars(), planted("room", *PLANTED_ROOMS[what])
    vars(stars).update({name: getattr(room, name) for name in ("least_in_room", "room_of_hub", "whole_room")})
    assert not values_are_right(stars)


@pytest.mark.parametrize("what", PLANTED_RULES)
def test_an_error_in_the_rules_is_noticed(what: str) -> None:
    assert not rules_are_right(planted("cover", *PLANTED_RULES[what]))
