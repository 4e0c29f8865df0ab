"""Write the contest's instance files from the table of problems beside them."""

from __future__ import annotations

from pathlib import Path

from wse_cp.files.kgraph import write_kgraph
from wse_cp.networks.model import read_problems

INSTANCES = Path(__file__).resolve().parents[1] / "instances"


def main() -> None:
    """Write one file for each problem."""
    for letter, instance in read_problems(INSTANCES / "problems.toml").items():
        write_kgraph(INSTANCES / f"{letter}.kgraph", instance)


if __name__ == "__main__":
    main()
