"""Write README's table of layers from the import contracts (pyproject.toml) and the modules' docstrings."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
MARKS = ("<!-- layers: made by scripts/make_layers_table.py -->\n", "<!-- end of layers -->\n")


def table(project: Path = PROJECT) -> str:
    """Return the table: a row for each module of the package, the lowest layer first."""
    contracts = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {c["containers"][0]: c["layers"] for c in contracts if c["type"] == "layers"}
    rows = [f"| {layer} | `{path}` | {text} |" for layer, path, text in _rows(project, layers, "wse_cp", "")]
    return "\n".join(["| layer | path | what it holds |", "| --- | --- | --- |", *rows, ""])


def with_table(text: str, table: str) -> str:
    """Return README's text with the table between its marks."""
    head, rest = text.split(MARKS[0])
    return head + MARKS[0] + "\n" + table + "\n" + MARKS[1] + rest.split(MARKS[1])[1]


def _rows(
    project: Path, layers: dict[str, list[str]], package: str, prefix: str
) -> Iterator[tuple[str, str, str]]:
    """Yield (layer, path, text) of the modules of a package, each followed by its own layers if any."""
    for number, layer in enumerate(reversed(layers[package]), 1):
        for name in re.findall(r"\w+", layer):
            path = project / package.replace(".", "/") / name
            source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            if not source.exists():  # an optional layer
                continue
            shown = f"{path if path.is_dir() else source}".removeprefix(f"{project}/")
            yield f"{prefix}{number}", shown + "/" * path.is_dir(), _summary(source)
            if f"{package}.{name}" in layers:
                yield from _rows(project, layers, f"{package}.{name}", f"{prefix}{number}.")


def _summary(source: Path) -> str:
    """Return the first line of a module's docstring for a table: pages are linked, no period at its end."""
    docstring = ast.get_docstring(ast.parse(source.read_text())) or ""
    line = docstring.split("\n")[0].replace("``", "`").replace("|", "\\|").removesuffix(".")
    return re.sub(r"docs/\w+\.md", r"[\g<0>](\g<0>)", line)


if __name__ == "__main__":
    readme = PROJECT / "README.md"
    readme.write_text(with_table(readme.read_text(), table()))
