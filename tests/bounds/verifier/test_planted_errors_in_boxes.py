"""The tests of demands and boxes notice errors: each of those planted here changes what is proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.bounds.verifier.boxes import Shape
from tests.bounds.verifier.cases import random_network
from tests.bounds.verifier.covers import Star, StarValue, cover_value, random_cover
from tests.bounds.verifier.layouts import Given, Layout, crossed, packed, random_star, stack, value_of
from tests.bounds.verifier.test_box_rules import RIGHT, WRONG
from tests.bounds.verifier.test_boxes import SEEDS, Case, case_of, found_in_boxes, found_room, room_of, truth
from tests.bounds.verifier.test_cover_rules import INSTANCE, UNIT
from tests.bounds.verifier.test_flows import cuts_hold
from tests.bounds.verifier.test_planted_errors_in_covers import planted
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError
from wse_cp.bounds.verifier.cover import Cover, read_covers
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.stars import CoverCost

#: Each a piece of `boxes.py` and what stands there instead: a leaf is said to pay more than it does at some
#: place, or a hub to leave less than it does at some place.
TOO_MUCH = {
    "half of the room": ("ceil_div(total, 4)", "ceil_div(total, 8)"),
    "the room is rounded down": ("ceil_div(total, 4)", "total // 4"),
    "no room at all": ("ceil_div(total, 4)", "0 * total"),
    "the room is as wide as the wafer is high": (
        "min(width, hubs.wafer_long)",
        "min(width, hubs.wafer_thick)",
    ),
    "the wafer ends too early": ("reach - 2 * hubs.wafer_thick", "reach - hubs.wafer_thick"),
    "the wafer ends along the other axis": ("reach - 2 * hubs.wafer_thick", "reach - 2 * hubs.wafer_long"),
    "what is beyond the wafer counts twice": ("reach**2 - beyond**2", "reach**2 - 2 * beyond**2"),
    "the hub counts twice": ("- np.minimum(width, hubs.long)", "- 2 * np.minimum(width, hubs.long)"),
    "the hub counts outside the box": ("np.minimum(width, hubs.long)", "hubs.long"),
    "the hub is twice as thick": ("np.minimum(2 * hubs.thick, reach)", "np.minimum(4 * hubs.thick, reach)"),
    "the hub fills the box": ("np.minimum(2 * hubs.thick, reach)", "reach"),
    "none beside the hub": (
        "np.minimum(_above(rows, hubs, boxes), _beside(rows, hubs, boxes))",
        "_above(rows, hubs, boxes)",
    ),
    "none above the hub": (
        "np.minimum(_above(rows, hubs, boxes), _beside(rows, hubs, boxes))",
        "_beside(rows, hubs, boxes)",
    ),
    "beside the hub is farther": (
        "nearest, lowest = 2 * (hubs.long + rows.long)",
        "nearest, lowest = 4 * (hubs.long + rows.long)",
    ),
    "above the hub is farther": (
        "lowest = 2 * (hubs.thick + rows.thick)",
        "lowest = 4 * (hubs.thick + rows.thick)",
    ),
    "beside the hub, above its middle only": (
        "(hubs.long + rows.long), 2 * rows.thick",
        "(hubs.long + rows.long), 2 * (hubs.thick + rows.thick)",
    ),
    "none at the end of a box": ("in sorted({box.width for box in boxes})", "in ()"),
    "none at the end of the narrowest box": (
        "sorted({box.width for box in boxes})",
        "sorted({box.width for box in boxes})[1:]",
    ),
    "none at the end of the widest box": (
        "sorted({box.width for box in boxes})",
        "sorted({box.width for box in boxes})[:-1]",
    ),
    "ends of boxes without the leaf": ("2 * (rows.long + end)", "2 * end + 8 * rows.long"),
    "none where a reach ends": (
        "for reach in sorted({box.reach for box in boxes}):",
        "for reach in ():",
    ),
    "none where the nearest reach ends": (
        "sorted({box.reach for box in boxes}):",
        "sorted({box.reach for box in boxes})[1:]:",
    ),
    "none where the farthest reach ends": (
        "sorted({box.reach for box in boxes}):",
        "sorted({box.reach for box in boxes})[:-1]:",
    ),
    "none at y = 0": ("[_middle(rows, boxes), *sides]", "sides"),
    "y = 0 is as if on one side": ("= (2 * box.reach - half) * half", "= 4 * rows.thick * box.reach"),
    "at y = 0 nearest to the hub only": (
        "height.able) for height in heights]) for width in widths]",
        "height.able) for height in (sides if width.end else heights)]) for width in widths]",
    ),
    "twice as thick at y = 0": (
        "np.minimum(2 * rows.thick, box.reach)",
        "np.minimum(4 * rows.thick, box.reach)",
    ),
    "boxes do not end": ("np.minimum(both, rows.long + box.width - x // 2)", "both"),
    "boxes end too late": ("rows.long + box.width - x // 2", "rows.long + box.width - x // 4"),
    "all of a leaf is in the box": ("2 * np.minimum(rows.long, box.width)", "2 * rows.long"),
    "all of a box is in the leaf": ("2 * np.minimum(rows.long, box.width)", "2 * box.width"),
    "above the hub where reaches that are far end": (
        "_replace(able=reach >= lowest)",
        "_replace(able=reach >= 2 * lowest)",
    ),
    "beside the hub at ends that are far only": (
        "_replace(able=x >= nearest)",
        "_replace(able=x >= 2 * nearest)",
    ),
    "prices count twice": ("boxes[box].price * width", "2 * boxes[box].price * width"),
    "wires count twice": ("costs = wire * (", "costs = 2 * wire * ("),
    "no farther than the leaf": ("np.maximum(0, box.reach - y)", "box.reach"),
}
#: The same, but the value is another one only.
OTHER_VALUES = {
    "hubs take nothing": ("- np.minimum(width, hubs.long)", "- 0 * np.minimum(width, hubs.long)"),
    "thick hubs take less": ("np.minimum(2 * hubs.thick, reach)", "2 * hubs.thick"),
    "the wafer does not end": ("reach**2 - beyond**2", "reach**2"),
    "the wafer is wide": ("min(width, hubs.wafer_long)", "width"),
    "y = 0 above the hub": (
        "lowest = 2 * (hubs.thick + rows.thick)",
        "lowest = 0 * (hubs.thick + rows.thick)",
    ),
    "no wire along x": ("costs = wire * (width.at + height.at)", "costs = wire * (0 * width.at + height.at)"),
    "no wire along y": ("costs = wire * (width.at + height.at)", "costs = wire * (width.at + 0 * height.at)"),
    "leaves pay beyond the reach": ("np.maximum(0, box.reach - y)", "(box.reach - y)"),
    "no area": ("least + rows.tiles, first", "least, first"),
    "where reaches end too low": ("_replace(able=reach >= lowest)", "_replace(able=True)"),
    "where boxes end too near": ("_replace(able=x >= nearest)", "_replace(able=True)"),
    "only boxes that end": ("if box.width > end:", "if not end or box.width < end:"),
    "the last shape only": (
        "np.minimum.reduceat(least + rows.tiles, first, axis=0)",
        "(least + rows.tiles)[first]",
    ),
}
#: The same for `stars.py`: some layout costs less than its value.
TOO_MUCH_OF_STARS = {
    "axes are not exchanged for leaves": ("rows._replace(long=along_y, thick=along_x)", "rows"),
    "axes are not exchanged for hubs": (
        "hubs.turned()",
        "hubs.turned()._replace(long=hubs.long, thick=hubs.thick)",
    ),
    "axes are not exchanged for the wafer": (
        "hubs.turned()",
        "hubs.turned()._replace(wafer_long=hubs.wafer_long, wafer_thick=hubs.wafer_thick)",
    ),
    "boxes are free": (" - room_in_boxes(hubs, self._boxes[star])", ""),
    "demands are 1": ("star.weight * demand)", "star.weight * parts)"),
    "thousandths count whole": ("least // self._parts[start:stop]", "least"),
    "demands count besides": ("star.weight * demand)", "star.weight * (demand + (parts > 1) * parts))"),
    "hubs give nothing back": ("price - self._hub_refund", "price + 0 * self._hub_refund"),
}
#: The same, but the value is another one only.
OTHER_VALUES_OF_STARS = {
    "axes are not exchanged": ("if not lying:", "if False:"),
    "axes are exchanged for all": ("if not lying:", "if True:"),
    "turned hubs are alike on any wafer": ("turned=self._wafer[0] == self._wafer[1]", "turned=True"),
    "the room in thousandths": ("parts * star.room)", "star.room)"),
    "ranks count with demands": ("2 * (self.parts == 1)", "2"),
    "prices of leaves in thousandths": ("parts * price, parts * refund, star", "price, parts * refund, star"),
    "refunds of leaves in thousandths": (
        "parts * price, parts * refund, star",
        "parts * price, refund, star",
    ),
    "the price of the hub in thousandths": ("parts * star.price", "star.price"),
    "the refund of the hub in thousandths": ("parts * star.refund", "star.refund"),
    "prices of boxes in thousandths": ("price=parts * box.price", "price=box.price"),
    "boxes without plain sums": ("np.maximum(costs[same], least + price[same])", "least + price[same]"),
    "no boxes": ("if self._boxes[i]:", "if False:"),
    "leaves that are alike count once": ("self._leaves.times[own, None] * least_in_boxes", "least_in_boxes"),
    "boxes are narrow": ("max(settings.wlength * most, 1)", "settings.wlength * most"),
    "boxes are small": (" + 2 * (len(star.leaves) + 1) * boxes", ""),
    "leaves in boxes pay no area": (
        "tiles -= self._leaves.refund[own][row] * np.minimum(along_x, along_y)",
        "tiles *= 0",
    ),
    "hubs pay twice": ("least + price[same]", "least + 2 * price[same]"),
}
#: The same for `cover.py`: something wrong is accepted, or something right is refused.
PLANTED_RULES = {
    "demands are 1": ("star.demands or (WHOLE,) * len(star.leaves)", "(WHOLE,) * len(star.leaves)"),
    "all that is due is 1": ("due = demands.get(kernel, 0)", "due = WHOLE if demands.get(kernel, 0) else 0"),
    "nothing is due": ("due = demands.get(kernel, 0)", "due = found if kernel in demands else 0"),
    "all leaves have the first demand": (
        "due = demands.get(kernel, 0)",
        "due = demands[star.leaves[0]] if kernel in demands else 0",
    ),
    "nothing is due where a demand is small": (
        "due = demands.get(kernel, 0)",
        "due = demands.get(kernel, 0) if demands.get(kernel, 0) >= WHOLE else found",
    ),
    "any number of demands": ("if len(demands) != len(star.leaves):", "if False:"),
    "demands without a flow": (
        'if not star.flow:\n        raise CertificateError("a star has d',
        'if 0:\n        ("d',
    ),
    "demands with ranks": ("if any(map(any, ", "if False and any(map(any, "),
    "demands with ranks of both stacks": ("star.ranks_x, star.ranks_y, star.both_x", "star.both_x"),
    "demands with ranks beside pairs": (", star.both_x, star.both_y))):", "))):"),
    "demands of any sign": (
        '_integers(listed(found, "the demands of a star"), "a demand of a star")',
        "tuple(found)",
    ),
    "demands that are no list": ('listed(found, "the demands of a star")', "found or []"),
    "no demands": ("demands=_demands(entries[14], star)", "demands=()"),
    "demands that are not looked at": ("demands=_demands(entries[14], star)", "demands=tuple(entries[14])"),
    "no boxes": ("boxes=boxes)\n", "boxes=())\n"),
    "boxes of any sign": (
        '_integers(listed(found, what), f"a number of {what}")',
        "tuple(listed(found, what))",
    ),
    "boxes of two numbers": ("if len(numbers) % 3:", "if False:"),
    "boxes as demands": ("_demands(entries[14], star)", "_demands(entries[15], star)"),
    "older stars": ("entries = _BOXED if boxes else", "entries ="),
}


def boxes_prove_too_much(module: ModuleType) -> bool:
    """Whether some leaf pays less than `module` says, or some hub leaves more, at a place that there is."""
    with np.errstate(all="ignore"):
        return any(
            (found_in_boxes(module, case_of(seed)) > truth(seed)).any()
            or any(a < b for a, b in zip(found_room(module, case_of(seed)), room_of(seed), strict=True))
            for seed in range(SEEDS)
        )


def boxes_are_right(module: ModuleType) -> bool:
    """Whether values are those of the verifier as it is, which other tests compare with the text."""
    right = planted("boxes")

    def same(case: Case) -> bool:
        values = [found_in_boxes(one, case).tolist() for one in (module, right)]
        rooms = [found_room(one, case) for one in (module, right)]
        return values[0] == values[1] and rooms[0] == rooms[1]

    return all(same(case_of(seed)) for seed in range(200))


@cache
def layouts() -> list[tuple[Layout, Cover, Fraction]]:
    """Layouts, covers, and what they cost there (times the unit; a tile of wire costs 2)."""
    found = []
    for seed in range(160):
        random = Random(f"planted layout {seed}")
        layout = packed(random)
        cover = random_star(random, layout, 2)
        if seed % 4 == 0:
            layout, cover = stack(random, seed % 8 == 0)
        if seed % 16 == 1:
            layout, cover = crossed(random)
        found.append((layout, cover, layout.cost(cover, 2)))
    return found


def stars_prove_too_much(stars: ModuleType) -> bool:
    """Whether some layout costs less than `stars` says."""
    return any(value_of(layout, cover, 2, stars) > cost for layout, cover, cost in layouts())


#: An instance, a cover, shapes and the value by the text (times SCALE * unit).
Valued = tuple[Any, Cover, Any, Fraction]


@cache
def cover_of(seed: int) -> Valued | None:
    """A random cover, if its value is finite; some prices are huge."""
    random = Random(f"planted boxes {seed}")
    instance = random_network(random, random.choice(["star", "dense", "fan"]), adapters=False, largest=9)
    unit, huge = random.choice([2, 12]), random.choice([1, 1, 10**9, 10**17])
    contents = random_cover(random, instance, unit, boxes=True)
    for star in contents["stars"]:
        star[15] = [number * huge if i % 3 == 2 else number for i, number in enumerate(star[15])]
    value = cover_value(instance, contents, unit)
    if value is None:
        return None
    (cover,) = read_covers([contents], forests=True, flows=True, boxes=True)
    return instance, cover, Rectangles(Demands(instance), None), value * SCALE * unit


@cache
def laid_out(number: int) -> Valued:
    """The cover of a layout."""
    layout, cover, _ = layouts()[number]
    instance = layout.instance(2)
    return instance, cover, Given(layout, instance), SCALE * by_the_text(layout, cover)


def covers(every: int = 1) -> Iterator[Valued]:
    """Yield every so manieth cover, each worked out when it is looked at."""
    yield from free_covers()
    yield from (laid_out(number) for number in range(0, len(layouts()), every))
    yield from (found for seed in range(0, 60, every) if (found := cover_of(seed)) is not None)


def free_covers() -> Iterator[Valued]:
    """Yield the same of stars whose wires cost nothing: how far their boxes go does not matter then."""
    for layout, cover, _ in layouts()[:12]:
        instance, (star,) = layout.instance(2), cover.stars
        near, far = (
            replace(
                cover,
                stars=(
                    replace(star, weight=0, boxes=tuple(box._replace(width=width) for box in star.boxes)),
                ),
            )
            for width in (10**4, 2**64)
        )
        shapes = Given(layout, instance)
        yield instance, far, shapes, Fraction(CoverCost(instance, near)(shapes))


def by_the_text(layout: Layout, cover: Cover) -> Fraction:
    """The value of a cover of one star, of all kernels of a layout, in the words of the text (unit 1)."""
    (star,) = cover.stars
    shapes = [sorted(layout.shapes(kernel)) for kernel in range(len(layout.spots))]
    prices, back = [star.price, *star.prices], [star.refund, *star.refunds]
    leaves = [(shapes[v], Fraction(prices[v]), Fraction(back[v])) for v in star.leaves]
    contents: Star = [
        0,
        star.weight,
        star.price,
        [],
        *(list(star.ranks_x),) * 2,
        0,
        *(list(star.both_x),) * 2,
    ]
    contents += [star.reach, star.room, 0, [], [], list(star.demands), [n for box in star.boxes for n in box]]
    value = StarValue(layout.instance(2), Fraction(2 * star.weight), leaves, contents, 1)

    def of_hub(w: int, h: int) -> Fraction:
        return prices[0] * w * h - back[0] * min(w, h) + value(w, h)

    least = min(of_hub(*shape) for shape in shapes[0])
    rests = sum(rest(own, cover.area - p, r) for own, p, r in zip(shapes, prices, back, strict=True))
    return Fraction(SCALE * least // 1, SCALE) + rests - cover.area * layout.wafer[0] * layout.wafer[1]


def rest(shapes: list[Shape], price: int, back: int) -> int:
    return price * min(w * h for w, h in shapes) + back * min(map(min, shapes))


def stars_are_right(stars: ModuleType, every: int = 1) -> bool:
    """Whether covers have the value that the text says."""
    try:
        with np.errstate(all="ignore"):
            return all(
                stars.CoverCost(instance, cover)(shapes) == value
                for instance, cover, shapes, value in covers(every)
            )
    except OverflowError:
        return False


def rules_are_right(rules: ModuleType) -> bool:
    """Whether what is right is read as it stands, what is wrong is refused for its reason, and cuts hold."""
    check = rules.CoverRules(INSTANCE).check
    try:
        for cover, message in [*((cover, "") for cover in RIGHT.values()), *WRONG.values()]:
            said = ""
            try:
                (found,) = rules.read_covers([cover], forests=True, flows=True, boxes=True)
                check(found, UNIT - 1)
                read = [[list(star.demands), [n for box in star.boxes for n in box]] for star in found.stars]
                if read != [star[14:] for star in cover["stars"]]:
                    return False
            except CertificateError as error:
                said = str(error)
            if message not in said or bool(message) != bool(said):
                return False
        return cuts_hold(rules, range(20), boxes=True)[0]
    except (KeyError, IndexError, ValueError, TypeError):
        return False


@pytest.mark.parametrize("every", with_slow([4, 1], 1))
def test_nothing_planted_nothing_noticed(every: int) -> None:
    assert not boxes_prove_too_much(planted("boxes"))
    assert boxes_are_right(planted("boxes"))
    assert not stars_prove_too_much(planted("stars"))
    assert sum(1 for _ in covers(every)) > 180 // every
    assert stars_are_right(planted("stars"), every)
    assert rules_are_right(planted("cover"))


@pytest.mark.parametrize("what", TOO_MUCH)
def test_boxes_that_prove_too_much_are_noticed(what: str) -> None:
    assert boxes_prove_too_much(planted("boxes", *TOO_MUCH[what]))


@pytest.mark.parametrize("what", OTHER_VALUES)
def test_other_values_of_boxes_are_noticed(what: str) -> None:
    assert not boxes_are_right(planted("boxes", *OTHER_VALUES[what]))


@pytest.mark.parametrize("what", TOO_MUCH_OF_STARS)
def test_stars_that_prove_too_much_are_noticed(what: str) -> None:
    assert stars_prove_too_much(planted("stars", *TOO_MUCH_OF_STARS[what]))


@pytest.mark.parametrize("what", OTHER_VALUES_OF_STARS)
def test_other_values_of_stars_are_noticed(what: str) -> None:
    assert not stars_are_right(planted("stars", *OTHER_VALUES_OF_STARS[what]))


@pytest.mark.parametrize("what", PLANTED_RULES)
def test_an_error_in_the_rules_is_noticed(what: str) -> None:
    assert not rules_are_right(planted("cover", *PLANTED_RULES[what]))
