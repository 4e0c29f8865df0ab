"""The contest's twenty problems by letter, from the table `problems.toml`."""

from __future__ import annotations

from wse_cp.instance import Instance
from wse_cp.networks.problems import package_table, problem_names, read_problem

TABLE = package_table("problems.toml")


def contest_names() -> tuple[str, ...]:
    """Return the letters of the contest's problems, A to T."""
    return problem_names(TABLE)


def contest_instance(letter: str) -> Instance:
    """Return a problem of the contest, the same as `instances/<letter>.kgraph`.

    Raises `InputError` if there is no problem of that name.
    """
    names = contest_names()
    return read_problem(TABLE, letter, f"one of {names[0]} to {names[-1]}")
