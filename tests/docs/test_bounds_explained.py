"""The numbers of the example in docs/bounds_explained.md, by looking at every shape there is."""

from __future__ import annotations

import csv
from fractions import Fraction

import wse_cp as wse
from tests.cpsat.brute_force import all_options
from tests.docs.pages import blocks
from tests.paths import ROOT

PAGE = ROOT / "docs/bounds_explained.md"
TINY = ROOT / "docs/examples/tiny.kgraph"


def table() -> list[list[str]]:
    """Return the rows of the table of times on the page."""
    rows = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip().isdigit()]


def test_the_page_shows_the_instance() -> None:
    assert blocks(PAGE, "kgraph") == [TINY.read_text()]


def test_the_table_lists_every_time_that_the_slower_kernel_can_have() -> None:
    instance = wse.load(TINY)
    options = [all_options(instance, kernel) for kernel in instance.kernels.values()]
    fastest = max(min(option.time for option in found) for found in options)
    times = {option.time for found in options for option in found if option.time >= fastest}
    assert [int(row[0]) for row in table()] == sorted(times)


def test_areas_and_thicknesses_are_the_least_ones_that_are_fast_enough() -> None:
    instance = wse.load(TINY)
    wafer = instance.settings.width * instance.settings.height
    for time, first, second, together, room, *rest in table():
        fast = [
            [option for option in all_options(instance, kernel) if option.time <= int(time)]
            for kernel in instance.kernels.values()
        ]
        areas = [min(option.width * option.height for option in found) for found in fast]
        assert areas == [int(first), int(second)]
        assert sum(areas) == int(together)
        assert room == ("yes" if sum(areas) <= wafer else "no")
        if room == "yes":
            thin = [min(min(option.width, option.height) for option in found) for found in fast]
            wire = Fraction(sum(thin), 2)
            cost = instance.cost(Fraction(time), wire, 0)
            assert [*map(Fraction, rest)] == [*thin, wire, cost]
        else:
            assert rest == [""] * 4


def test_the_placement_meets_the_bound() -> None:
    instance = wse.load(TINY)
    placement = wse.load_placement(TINY.with_suffix(".paint"), instance)
    assert wse.score(instance, placement).cost == min(int(row[8]) for row in table() if row[8])


def test_the_bound_of_case_a_has_the_parts_that_the_page_says() -> None:
    with open(ROOT / "docs/bounds.csv") as stream:
        (found,) = (row for row in csv.DictReader(stream) if row["case"] == "A")
    line = f"In case A this gives {found['bound']}: {found['time']} for time and {found['wire']} for wire."
    assert line in PAGE.read_text()
