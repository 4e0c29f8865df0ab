"""Seconds and memory of importing ONNX files that are large in some way: `python -m benchmarks.onnx_files`.

Each file is written to a temporary folder and imported by a process of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import measure
from benchmarks.project import RunFailedError, reported_errors


def products(count: int, width: int, external: bool = False, with_values: bool = False) -> Any:
    """Return a chain of square matrices; their elements are absent, in a file that is not there, or zero."""
    from onnx import TensorProto, helper

    nodes, weights = [], []
    for number in range(count):
        nodes.append(helper.make_node("MatMul", [f"x{number}", f"w{number}"], [f"x{number + 1}"]))
        tensor = TensorProto(name=f"w{number}", data_type=TensorProto.FLOAT, dims=[width, width])
        if external:
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="weights.bin")
        elif with_values:
            tensor.raw_data = bytes(4 * width * width)
        weights.append(tensor)
    return _model(nodes, weights, [1, 16, width])


def long_chain(count: int) -> Any:
    """Return residual blocks of five operations, `count` operations in all."""
    from onnx import TensorProto, helper

    nodes, weights, last = [], [], "x0"
    for number in range(count // 5):
        names = [f"{part}{number}" for part in "abcd"]
        for source, result, step in ((last, names[0], 0), (names[1], names[2], 1)):
            name = f"w{number}_{step}"
            weights.append(TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[64, 64]))
            nodes.append(helper.make_node("MatMul", [source, name], [result]))
        nodes.insert(-1, helper.make_node("Relu", [names[0]], [names[1]]))
        nodes.append(helper.make_node("Add", [names[2], last], [names[3]]))
        nodes.append(helper.make_node("Relu", [names[3]], [f"x{number + 1}"]))
        last = f"x{number + 1}"
    return _model(nodes, weights, [1, 16, 64])


def _model(nodes: list[Any], weights: list[Any], shape: list[int]) -> Any:
    from onnx import TensorProto, helper

    given = [helper.make_tensor_value_info("x0", TensorProto.FLOAT, shape)]
    last = [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, shape)]
    graph = helper.make_graph(nodes, "large", given, last, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


FILES: dict[str, Callable[[], Any]] = {
    "a million values removed": lambda: products(1, 1000),
    "2 GB of values in a file that is absent": lambda: products(30, 4096, external=True),
    "400 MB of values": lambda: products(100, 1000, with_values=True),
    "10,000 operations": lambda: long_chain(10_000),
}


def main() -> None:
    """Print a table in Markdown."""
    import onnx

    print(
        "| file | operations | kernels | edges | seconds | MB |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    with reported_errors(), tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "net.onnx"
        for name, make in FILES.items():
            onnx.save(make(), path)
            done = measure([sys.executable, "-m", "benchmarks.imported", str(path), f"{scratch}/x.kgraph"])
            if done.status:
                raise RunFailedError(f"{name}: status {done.status}: {done.stderr.strip()}")
            found = json.loads(done.stdout)
            cells = [
                name,
                *(found[key] for key in ("operations", "kernels", "edges", "seconds", "memory_mb")),
            ]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
