"""The command ``check``: violations or score of a solution file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wse_cp.errors import Violation
from wse_cp.files.by_suffix import read_instance_file, read_solution_file
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.result import Json, report
from wse_cp.score import Score, score, violations


@dataclass(frozen=True)
class Verdict:
    """What is known of a solution: its violations, and its score if there are none."""

    instance: Instance
    violations: tuple[Violation, ...]
    score: Score | None

    def to_json(self, name: str) -> Json:
        """Return the report as JSON values; a check has no seed and no running time."""
        return report(name, self.score, self.violations)


def check_solution(instance_path: Path, solution_path: Path) -> Verdict:
    """Judge a solution file against an instance file.

    Raises
    ------
    InputError
        If one of the files cannot be read.
    """
    return judge(read_instance_file(instance_path), solution_path)


def judge(instance: Instance, solution_path: Path) -> Verdict:
    """Judge a solution file; raises `InputError` if it cannot be read."""
    placed = read_solution_file(solution_path, instance)
    found = tuple(violations(instance, placed))
    return Verdict(instance, found, None if found else score(instance, Placement(placed)))
