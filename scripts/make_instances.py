"""Write the contest's instance files, instances/A.kgraph to T.kgraph, from the models in the package."""

from __future__ import annotations

from pathlib import Path

from wse_cp.files.by_suffix import write_instance_file
from wse_cp.networks.contest import contest_instance, contest_names

INSTANCES = Path(__file__).resolve().parents[1] / "instances"


def main() -> None:
    """Write one file for each problem."""
    for letter in contest_names():
        write_instance_file(INSTANCES / f"{letter}.kgraph", contest_instance(letter))


if __name__ == "__main__":
    main()
