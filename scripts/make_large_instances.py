"""Write the large instances of up to `MOST` kernels to instances/large/, from the models in the package."""

from __future__ import annotations

from pathlib import Path

from wse_cp.files.by_suffix import write_instance_file
from wse_cp.networks.large import large_instance, large_names

INSTANCES = Path(__file__).resolve().parents[1] / "instances" / "large"
#: Kernels of the largest instance that is stored.
MOST = 1002


def main() -> None:
    """Write one file for each instance that is small enough."""
    INSTANCES.mkdir(exist_ok=True)
    for name in large_names():
        instance = large_instance(name)
        if len(instance.kernels) <= MOST:
            write_instance_file(INSTANCES / f"{name}.kgraph", instance)


if __name__ == "__main__":
    main()
