"""Export networks of today with PyTorch's exporters, for `python -m benchmarks.exported`.

Needs torch, torchvision, timm, transformers, onnxscript and onnxruntime (torch 2.13, torchvision 0.28, timm
1.0.31, transformers 5.24, onnxscript 0.7.2 and onnxruntime 1.32 were used). Nothing is downloaded: all
weights are random, and those of more than a few thousand elements are left out. NAME.json says how
NAME.onnx was made.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Annotated, Any

import typer

from scripts.exporting import sound, text, vision
from scripts.exporting.recipe import Made, Recipe

RECIPES: dict[str, Recipe] = {**vision.RECIPES, **text.RECIPES, **sound.RECIPES}
#: Tensors of more elements are left out: whole numbers, on which shapes may depend, and others.
MOST_KEPT, MOST_KEPT_OF_WEIGHTS = 4096, 64
_BYTES = (2, 3)  #: types of quantised weights
_PACKAGES = ("torch", "torchvision", "timm", "transformers", "onnxscript", "onnxruntime", "onnx")


def export(recipe: Recipe, path: Path) -> None:
    """Write a network as an ONNX file without large weights."""
    import onnx
    import torch

    torch.manual_seed(0)
    made = recipe.make() if recipe.exporter == "dynamo" else _positional(recipe.make())
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        options: dict[str, Any] = {"input_names": list(recipe.names) or None, "opset_version": recipe.opset}
        if recipe.exporter == "torchscript":
            options["dynamic_axes"] = recipe.axes or None
        with torch.no_grad():
            torch.onnx.export(
                made.module.eval(),
                tuple(made.args),
                str(full),
                kwargs=dict(made.kwargs),
                dynamo=recipe.exporter == "dynamo",
                **options,
            )
        model = onnx.load(_after(recipe.then, full))
    strip(model.graph)
    onnx.save(model, path)


def _positional(made: Made) -> Made:
    """Return a module that takes its named inputs in order and returns a tuple: for the older exporter."""
    import torch

    class Positional(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = made.module

        def forward(self, *args: Any) -> Any:
            named = dict(zip(made.kwargs, args[len(made.args) :], strict=True))
            found = self.inner(*args[: len(made.args)], **named)
            return found.to_tuple() if hasattr(found, "to_tuple") else found

    return Made(Positional(), (*made.args, *made.kwargs.values()))


def _after(step: str, path: Path) -> Path:
    """Quantise or optimise a file with onnxruntime; return the new one."""
    target = path.with_name("after.onnx")
    if step == "quantise":
        from onnxruntime.quantization import quantize_dynamic

        quantize_dynamic(path, target)
    elif step == "optimise":
        from onnxruntime.transformers.optimizer import optimize_model

        optimize_model(str(path), "bert", num_heads=12, hidden_size=768).save_model_to_file(str(target))
    else:
        return path
    return target


def strip(graph: Any) -> None:
    """Leave out the elements of large weights, and what exporters say of their source."""
    for tensor in graph.initializer:
        _strip_tensor(tensor)
    for item in (graph, *graph.value_info, *graph.input, *graph.output, *graph.node):
        item.ClearField("doc_string")
        item.ClearField("metadata_props")
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                strip(attribute.g)
            elif attribute.HasField("t"):
                _strip_tensor(attribute.t)


def _strip_tensor(tensor: Any) -> None:
    from onnx import TensorProto
    from onnx.helper import tensor_dtype_to_np_dtype

    whole = tensor_dtype_to_np_dtype(tensor.data_type).kind in "iub" and tensor.data_type not in _BYTES
    if prod(tensor.dims) > (MOST_KEPT if whole else MOST_KEPT_OF_WEIGHTS):
        tensor.CopyFrom(TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims))


def main(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    names: Annotated[list[str] | None, typer.Argument(help="Networks. [default: all]")] = None,
) -> None:
    """Export networks; one that fails is named, and the others follow."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in names or RECIPES:
        start, recipe = time.monotonic(), RECIPES[name]
        try:
            export(recipe, folder / f"{name}.onnx")
        except Exception as error:  # of any kind: exporters raise all sorts
            failed.append(name)
            print(f"{name}: {type(error).__name__}: {' '.join(str(error).split())[:500]}", flush=True)
            continue
        versions = {package: version(package) for package in _PACKAGES}
        about = {
            "exporter": recipe.exporter,
            "then": recipe.then,
            "options": recipe.options,
            "versions": versions,
        }
        (folder / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n")
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    if failed:
        sys.exit(f"not exported: {', '.join(failed)}")


if __name__ == "__main__":
    typer.run(main)
