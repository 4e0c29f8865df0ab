from __future__ import annotations

from pathlib import Path

import pytest

from tests.paths import ROOT
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.files.kgraph import format_kgraph
from wse_cp.instance import Instance
from wse_cp.networks.contest import contest_instance, contest_names

LETTERS = "ABCDEFGHIJKLMNOPQRST"


@pytest.fixture(scope="module")
def problems() -> dict[str, Instance]:
    return {letter: contest_instance(letter) for letter in contest_names()}


def test_all_twenty_problems_are_described() -> None:
    assert "".join(contest_names()) == LETTERS


@pytest.mark.parametrize("letter", ["U", "a", "AB", ""])
def test_other_names_are_refused(letter: str) -> None:
    with pytest.raises(InputError, match=f"expected one of A to T, found {letter or 'nothing'}"):
        contest_instance(letter)


@pytest.mark.parametrize("letter", LETTERS)
def test_each_file_is_what_the_generator_writes_now(
    problems: dict[str, Instance], instances: Path, letter: str
) -> None:
    assert (instances / f"{letter}.kgraph").read_text() == format_kgraph(problems[letter])
    assert read_instance_file(instances / f"{letter}.kgraph") == problems[letter]


@pytest.mark.parametrize("letter", LETTERS)
def test_each_problem_equals_the_contests(problems: dict[str, Instance], contest: Path, letter: str) -> None:
    theirs = read_instance_file(contest / f"{letter}.kgraph")
    assert problems[letter] == theirs
    assert problems[letter].test == theirs.test


@pytest.mark.parametrize(
    ("letters", "kernels", "edges"),
    [
        ("AE", 16, 15),
        ("BF", 32, 31),
        ("CG", 100, 131),
        ("DH", 52, 67),
        ("IO", 25, 24),
        ("JP", 79, 103),
        ("KQ", 16, 15),
        ("LR", 52, 67),
        ("MS", 23, 26),
        ("NT", 26, 25),
    ],
)
def test_kernels_and_counted_edges(
    problems: dict[str, Instance], letters: str, kernels: int, edges: int
) -> None:
    for letter in letters:
        instance = problems[letter]
        assert len(instance.kernels) == kernels
        assert sum(count for _, _, count in instance.kernel_edges) == edges


def test_the_models_folder_shows_the_files_of_the_package() -> None:
    def texts(folder: Path) -> dict[str, str]:
        return {path.name: path.read_text() for path in folder.glob("*.toml")}

    assert texts(ROOT / "models") == texts(ROOT / "wse_cp/networks/models")
