"""Damaged files end in one clear line or in a value that survives writing and reading."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.paths import ROOT
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file, read_solution_file
from wse_cp.files.kgraph import format_kgraph, parse_kgraph
from wse_cp.files.paint import format_paint, format_solution, parse_paint, parse_placement
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, convs
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import score, violations

INSTANCES = ("A", "D", "M")
SOURCE = "damaged"

NUMBERS = [
    "0",
    "-1",
    "1",
    "3",
    "7",
    "4096",
    "4097",
    "1048577",
    "1" + "0" * 30,
    "9" * 5000,
    "1.5",
    "1e9",
    "0x10",
    "",
]
SNIPPETS = [
    *(
        "[",
        "]",
        "(",
        ")",
        "(*",
        "*)",
        "'",
        '"',
        "=",
        ":",
        ",",
        "->",
        " ",
        "\t",
        "\r",
        "\n",
        "\0",
        "\ufeff",
        "é",
        "²",
    ),
    *("conv", "dblock", "cblock", "input", "output", "name='k1'", "name=''", "f=16", "T=2", "U=2", "n=[1 1]"),
    *(
        "width=1",
        "memlimit=1",
        "test=x",
        "(*\nwidth=9\n*)",
        "k1",
        "k01",
        "k1 : place(0 0 R0)",
        "union(",
        "R45",
    ),
    *("conv[1]:y -> conv[2]:x, shape:[1]", "dblock[5] f=8 h=4 w=4", "include", 'include "x"'),
]
TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)


def damage(text: str, rng: random.Random) -> str:
    """Return `text` after one to four random mutations."""
    for _ in range(rng.randint(1, 4)):
        text = rng.choice(MUTATIONS)(text, rng)
    return text


def change_number(text: str, rng: random.Random) -> str:
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return text
    match = rng.choice(numbers)
    near = str(int(match.group()[:18]) + rng.choice((-1, 1, 2)))
    return text[: match.start()] + rng.choice([*NUMBERS, near, near, near]) + text[match.end() :]


def change_token(text: str, rng: random.Random) -> str:
    tokens = TOKEN.findall(text)
    if not tokens:
        return text
    i, j = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    match rng.randrange(4):
        case 0:
            tokens[i], tokens[j] = tokens[j], tokens[i]
        case 1:
            tokens[i] = tokens[j]
        case 2:
            del tokens[i]
        case _:
            tokens.insert(i, rng.choice(SNIPPETS))
    return "".join(tokens)


def change_line(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            lines[i], lines[j] = lines[j], lines[i]
        case 1:
            lines.insert(i, lines[j])
        case 2:
            del lines[i]
        case 3:
            lines[i] += lines[j]
        case _:
            del lines[min(i, j) : max(i, j)]
    return "\n".join(lines)


def change_character(text: str, rng: random.Random) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + rng.choice((chr(rng.randrange(1, 0x250)), "", rng.choice(text or "x"))) + text[i + 1 :]


def cut(text: str, rng: random.Random) -> str:
    i, j = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    return rng.choice((text[:i], text[i:], text[:i] + text[j:], text[:i] + text[i:j] * 2 + text[j:]))


MUTATIONS: list[Callable[[str, random.Random], str]] = [
    change_number,
    change_number,
    change_token,
    change_token,
    change_line,
    change_character,
    cut,
]


def own_placement(instance: Instance) -> Placement:
    """Return a placement that is complete, if not legal."""
    placed = []
    for i, (name, kernel) in enumerate(instance.kernels.items()):
        ones = (2,) * len(convs(kernel))
        placed.append(PlacedKernel(name, kernel, Arguments(1, 2, ones, ones), 7 * i, 3 * i, i % 3 == 0))
    return Placement(placed)


@cache
def samples() -> list[tuple[Instance, str, str]]:
    """Instances with texts of instance and solution: the project's own, the contest's where there."""
    pairs = []
    for letter in INSTANCES:
        path = ROOT / f"instances/{letter}.kgraph"
        instance = read_instance_file(path)
        pairs.append((instance, path.read_text(), format_paint(instance, own_placement(instance))))
    for path in sorted((ROOT / "../shared/contest/solutions").glob("*.paint")):
        text = (path.parents[1] / f"{path.name[0]}.kgraph").read_text()
        pairs.append((parse_kgraph(text, SOURCE), text, path.read_text()))
    return pairs


def check_error(error: InputError) -> None:
    message = str(error)
    assert re.match(rf"{SOURCE}(:\d+)?: expected ", message)
    assert len(message) < 500
    assert message.isprintable()


def check_instance(text: str) -> bool:
    """Tell whether `text` is an instance; fail unless it survives writing or ends in a clear error."""
    try:
        instance = parse_kgraph(text, SOURCE)
    except InputError as error:
        check_error(error)
        return False
    again = parse_kgraph(format_kgraph(instance), SOURCE)
    assert again == instance
    assert again.test == instance.test
    return True


def check_solution(text: str, instance: Instance) -> bool:
    """Do the same for a solution, read leniently and strictly, and judge it."""
    try:
        placed = [entry.placed for entry in parse_paint(text, SOURCE)]
    except InputError as error:
        check_error(error)
        return False
    assert [entry.placed for entry in parse_paint(format_solution(placed), SOURCE)] == placed
    violations(instance, placed)
    try:
        placement = parse_placement(text, SOURCE, instance)
    except InputError as error:
        check_error(error)
        return False
    assert parse_placement(format_paint(instance, placement), SOURCE, instance) == placement
    score(instance, placement)
    return True


def run(first: int, count: int) -> tuple[int, int]:
    """Return how many of `count` damaged instances and of as many solutions were still valid."""
    valid = [0, 0]
    for seed in range(first, first + count):
        rng = random.Random(seed)
        instance, kgraph, paint = rng.choice(samples())
        valid[0] += check_instance(damage(kgraph, rng))
        valid[1] += check_solution(damage(paint, rng), instance)
    return valid[0], valid[1]


def test_a_few_hundred_damaged_files() -> None:
    valid = run(0, 200)
    assert 0 < min(valid) <= max(valid) < 200  # the mutations neither spare nor break everything


@pytest.mark.slow
def test_ten_thousand_damaged_files_of_each_kind() -> None:
    valid = run(1_000, 10_000)
    assert 0 < min(valid) <= max(valid) < 10_000


def test_damaged_bytes_end_in_an_input_error_or_a_solution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(7)
    monkeypatch.chdir(tmp_path)
    path = Path(SOURCE)
    data = samples()[0][2].encode()
    outcomes = set()
    for _ in range(100):
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            read_solution_file(path)
            outcomes.add("solution")
        except InputError as error:
            check_error(error)
            outcomes.add("error")
    assert outcomes == {"solution", "error"}
