"""Import one network, as a process of its own, and say in JSON what came of it.

`python -m benchmarks.imported FILE INSTANCE OPTION ...`: options are those of `wse-cp import`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import psutil

from wse_cp.errors import InputError
from wse_cp.importing import ImportWords, parse_options
from wse_cp.instance import Settings
from wse_cp.onnx import read_onnx
from wse_cp.shapes.curves import total_least_area


def imported(path: Path, target: Path, words: Sequence[str]) -> dict[str, Any]:
    """Write the instance that a file becomes; return kernels, edges, totals, MB, seconds of processor.

    Raises `InputError` if the file is refused.
    """
    before = _memory()
    start = time.process_time()
    found = read_onnx(path, Settings(), parse_options(_options(words)))
    instance = found.instance
    target.write_text(found.to_kgraph())
    seconds = time.process_time() - start
    totals = found.report.totals
    settings = instance.settings
    return {
        "operations": found.report.operations,
        "kernels": len(instance.kernels),
        "edges": sum(count for _, _, count in instance.kernel_edges),
        "multiplications": totals.file,
        "in_kernels": totals.kernels,
        "not_counted": totals.unknown,
        "weights": totals.weights,
        "batch": found.report.batch.split(" ", 1)[0],
        "seconds": round(seconds, 2),
        "memory_mb": round(_memory() - before, 1),
        "area": f"{total_least_area(instance) / (settings.width * settings.height):.2f}",
    }


def _memory() -> float:
    """Return the most memory that this process had, in MB; what it has now where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return psutil.Process().memory_info().rss / 1e6
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e3


def _options(words: Sequence[str]) -> ImportWords:
    """Return options as `parse_options` takes them."""
    names = {"--dim": "dims", "--input-shape": "input_shapes", "--outputs": "outputs", "--inputs": "inputs"}
    names |= {"--pass-through": "pass_through", "--batch-axis": "batch_axes"}
    found: dict[str, Any] = {}
    for option, value in _pairs(words):
        if option == "--batch":
            found["batch"] = int(value)
        else:
            found.setdefault(names[option], []).append(value)
    return cast(ImportWords, found)


def _pairs(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    return zip(words[::2], words[1::2], strict=True)


def main(words: Sequence[str]) -> None:
    """Print the result as JSON; a refusal goes to standard error, with status 2."""
    try:
        result = imported(Path(words[0]), Path(words[1]), words[2:])
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
