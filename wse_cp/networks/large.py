"""Large problems by name, 300 to 10,000 kernels, from the table `large.toml` (instances/large/README.md)."""

from __future__ import annotations

from wse_cp.instance import Instance
from wse_cp.networks.problems import package_table, problem_names, read_problem

TABLE = package_table("large.toml")


def large_names() -> tuple[str, ...]:
    """Return the names of the large problems, by ascending number of kernels."""
    return problem_names(TABLE)


def large_instance(name: str) -> Instance:
    """Return a large problem; raises `InputError` if there is none of that name."""
    return read_problem(TABLE, name, f"one of {', '.join(large_names())}")
