from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from wse_cp.errors import InputError
from wse_cp.files.by_suffix import (
    read_instance_file,
    read_placement_file,
    read_solution_file,
    write_placement_file,
)
from wse_cp.files.paint import format_paint, format_solution, parse_paint, parse_placement
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import Arguments, CBlock, Conv, DBlock
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import violations

CONV, D, C = Conv(H=8, W=6, R=3, S=5, C=4, K=2, T=7), DBlock(8, 6, 16), CBlock(8, 6, 16)
INSTANCE = Instance(Settings(), (Node(1, "k1", CONV), Node(2, "k2", D), Node(10, "k10", C)), ())
PLACEMENT = Placement(
    [
        PlacedKernel("k1", CONV, Arguments(1, 2, (3,), (4,)), 0, 148, False),
        PlacedKernel("k2", D, Arguments(1, 2, (3, 4, 5), (6, 7, 8)), 9, 8, True),
        PlacedKernel("k10", C, Arguments(1, 2, (3, 4, 5, 6), (7, 8, 9, 10)), 100, 0, False),
    ]
)
TEXT = """include "common.paint"
k1 = conv( 8 6 4 2 3 5 7 7 1 2 3 4 )
k1 : name('k1)
k1 : place(0 148 R0)
k2 = dblock( 8 6 16 1 2 3 4 5 6 7 8 )
k2 : name('k2)
k2 : place(9 8 R90)
k10 = cblock( 8 6 16 1 2 3 4 5 6 7 8 9 10 )
k10 : name('k10)
k10 : place(100 0 R0)
kmap = union( k1 k2 k10 )
"""
PLACE = "k1 : place(0 148 R0)\n"
DBLOCK = "dblock( 8 6 16 1 2 3 4 5 6 7 8 )"


def parse(text: str) -> Placement:
    return parse_placement(text, "plan", INSTANCE)


def test_every_part_of_the_format() -> None:
    assert parse(TEXT) == PLACEMENT


def test_writing_gives_the_format_and_reads_back() -> None:
    assert format_paint(INSTANCE, PLACEMENT) == TEXT
    assert format_paint(INSTANCE, Placement(reversed(list(PLACEMENT.values())))) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n").replace("\r\n", "\n"),
        TEXT.replace(" ", "\t"),
        TEXT.replace("(", "( ").replace(" ", "  "),
        TEXT.replace("( ", "(").replace(" )", ")").replace(" : ", ":").replace(" = ", "="),
        TEXT.rstrip("\n"),
        TEXT.replace("union( k1 k2", "union( k1\n k2\n"),
        TEXT.replace("k1 ", "k01 ").replace("k2 ", "k002 "),
        TEXT.replace("'k1)", "'k1')").replace("'k2)", "k2)"),
        TEXT.replace("R90", "R270").replace("R0", "R180"),
        TEXT.replace('include "common.paint"\n', ""),
        TEXT.split("kmap")[0],
        "".join(line for line in TEXT.splitlines(True) if "name" not in line),
        TEXT.replace("\n", "\n(* a comment *)\n"),
    ],
    ids=[
        "same",
        "tabs",
        "blanks",
        "no blanks",
        "no newline at the end",
        "union over lines",
        "padded names",
        "quotes",
        "half turns",
        "no include",
        "no union",
        "no names",
        "comments",
    ],
)
def test_variants_mean_the_same(text: str) -> None:
    assert parse(text) == PLACEMENT


def test_long_unions_are_wrapped() -> None:
    kernels = [replace(PLACEMENT["k1"], name=f"k{i}") for i in range(100)]
    text = format_solution(kernels)
    assert max(map(len, text.splitlines())) < 100
    assert [entry.placed for entry in parse_paint(text, "plan")] == kernels


def test_files_are_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "x.paint"
    write_placement_file(path, INSTANCE, PLACEMENT)
    assert read_placement_file(path, INSTANCE) == PLACEMENT
    assert read_solution_file(path, INSTANCE) == tuple(PLACEMENT.values())


def test_contest_solutions_survive_writing(contest: Path) -> None:
    for name in ("A-annealed", "C-annealed", "D-sample"):
        instance = read_instance_file(contest / f"{name[0]}.kgraph")
        placement = read_placement_file(contest / f"solutions/{name}.paint", instance)
        assert parse_placement(format_paint(instance, placement), "plan", instance) == placement


def test_a_padded_name_of_the_instance_is_kept() -> None:
    nodes = (Node(1, "k01", CONV), Node(2, "k1", CONV))
    instance = Instance(Settings(), nodes, ())
    kernels = [replace(PLACEMENT["k1"], name=name) for name in ("k01", "k1")]
    assert set(parse_placement(format_solution(kernels), "plan", instance)) == {"k01", "k1"}


def test_a_padded_name_of_the_instance_is_found_without_padding(tmp_path: Path) -> None:
    instance = Instance(Settings(), (Node(1, "k01", CONV),), ())
    path = tmp_path / "x.paint"
    path.write_text(format_solution([PLACEMENT["k1"]]))
    assert [placed.name for placed in read_solution_file(path, instance)] == ["k01"]


def test_entries_know_their_lines() -> None:
    assert [entry.line for entry in parse_paint(TEXT, "plan")] == [2, 5, 8]


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (PLACE, PLACE + PLACE, {"twice", "overlap"}),
        ("k2 = dblock(", "k3 = dblock(", {"unknown", "missing"}),
        ("8 6 16 1 2 3 4 5 6 7 8 )", "8 6 20 1 2 3 4 5 6 7 8 )", {"arguments"}),
        ("8 6 16 1 2 3 4 5 6 7 8 )", "8 6 18 1 2 3 4 5 6 7 8 )", {"arguments"}),
        ("k10 = cblock( 8 6 16 1 2", "k10 = cblock( 8 6 16 0 2", {"arguments"}),
        ("0 148", "-1 148", {"outside"}),
    ],
)
def test_wrong_solutions_are_read_for_judgement(tmp_path: Path, old: str, new: str, kinds: set[str]) -> None:
    path = tmp_path / "x.paint"
    text = TEXT.replace(old, new, 1)
    path.write_text(text.replace("k2 : place", "k3 : place") if "k3" in new else text)
    assert {violation.kind for violation in violations(INSTANCE, read_solution_file(path, INSTANCE))} == kinds


@pytest.mark.parametrize(
    ("old", "new", "line", "expected", "found"),
    [
        (
            "k1 : place(0 148 R0)",
            PLACE + PLACE,
            2,
            "placed once",
            "k1 placed twice",
        ),
        (
            "k10 = c",
            f"k02 = {DBLOCK}\nk02:place(0 0 R0)\nk10 = c",
            8,
            "once",
            "k2 placed",
        ),
        (
            "k1 = c",
            f"k3 = {DBLOCK}\nk3:place(0 0 R0)\nk1 = c",
            2,
            "the instance",
            "k3",
        ),
        (TEXT[TEXT.index("k10 = c") : TEXT.index("kmap")], "", 8, "a placement of k10", "none"),
        ("conv( 8 6 4", "conv( 8 6 5", 2, "k1 = conv( 8 6 4 2 3 5 7 7 ... )", "conv( 8 6 5 2 3 5 7 7 ... )"),
        ("conv( 8 6 4 2 3 5 7 7", "conv( 8 6 4 2 3 5 7 6", 2, "U equal to T", "T=7 U=6"),
        ("conv( 8 6 4 2 3 5 7 7 1 2 3 4 )", "dblock( 8 6 16 1 2 3 4 5 6 7 8 )", 2, "conv( 8 6", "dblock("),
        ("conv( 8", "conv( 0", 2, "H as an integer from 1", "0"),
        ("conv( 8", "conv( x", 2, "H as an integer from 1", "x"),
        ("conv( 8", "conv( 1" + "0" * 10**6, 2, "H as an integer from 1", "1000"),
        ("1 2 3 4 )", "1 2 3 )", 2, "4 execution arguments in conv", "3"),
        ("1 2 3 4 )", "1 2 3 4 5 )", 2, "4 execution arguments in conv", "5"),
        ("8 6 4 2 3 5 7 7 1 2 3 4 )", ")", 2, "at least 8 numbers", "0"),
        ("1 2 3 4 )", "0 2 3 4 )", 2, "execution arguments of at least 1", "0"),
        ("1 2 3 4 )", "1 2 3 y )", 2, "an execution argument", "y"),
        ("k1 = conv", "k1 = pool", 2, "a kernel type", "pool"),
        ("k1 : name", "k1 : color", 3, "place(...) or name(...)", "color(...)"),
        ("(0 148 R0)", "(0 148 R45)", 4, "R0, R90, R180, R270", "0 148 R45"),
        ("(0 148 R0)", "(0 148)", 4, "x y and one of R0", "0 148"),
        ("(0 148 R0)", "(0.5 148 R0)", 4, "x as an integer", "0.5"),
        ("(0 148 R0)", "(0 148 R0", 4, "a statement", "k1"),
        ("k1 : place(0 148 R0)\n", "", 2, "a place(...) for k1", "none"),
        (
            "k1 : name('k1)\nk1 : place(0 148 R0)\n",
            "k1 = conv( 8 6 4 2 3 5 7 7 1 2 3 4 )\n",
            3,
            "line 2",
            "second",
        ),
        ("k1 = conv( 8 6 4 2 3 5 7 7 1 2 3 4 )\n", "", 3, "a definition of k1 before its place", "none"),
        ("k10 )", "k10 ) and more", 11, "a statement", "and"),
        ("k10 )", "k10", 11, "a statement", "kmap"),
        ("k1 = conv", "k\x1b = conv", 2, "a name without", "k\x1b"),
        ('include "common.paint"', "include common.paint", 1, "a statement", "include"),
    ],
)
def test_every_error_names_file_line_expected_and_found(
    old: str, new: str, line: int, expected: str, found: str
) -> None:
    assert old in TEXT
    with pytest.raises(InputError) as caught:
        parse(TEXT.replace(old, new, 1))
    assert str(caught.value).startswith(f"plan:{line}: ")
    assert expected in caught.value.expected
    assert found in caught.value.found
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "k1" + " " * 10**6 + "x",
        "k1 = conv(" + "1 " * 10**6,
        "k1 = conv(" + "1 " * 10**6 + ")",
        f"k1 = {DBLOCK}\n" + PLACE * 10_001,
        "k" * 10**6,
    ],
    ids=["blanks", "open", "numbers", "places", "name"],
)
def test_large_nonsense_ends_in_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        parse_paint(text, "plan")
