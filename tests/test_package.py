"""What `import wse_cp` offers: light, typed, the same in every order of imports."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import wse_cp
from tests.marks import with_slow
from tests.paths import ROOT

HEAVY = ("numba", "pandas", "ortools", "matplotlib", "rich", "numpy", "networkx", "scipy")


def printed(code: str) -> str:
    """Run code in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "imports",
    with_slow(
        [
            "import wse_cp",
            "import wse_cp.solve",
            "import wse_cp.score; import wse_cp.solve",
            "import wse_cp; wse_cp.score; import wse_cp.score, wse_cp.solve",
            "from wse_cp.solve import solve; import wse_cp",
            "from wse_cp import solve, score; import wse_cp.incumbent, wse_cp",
        ],
        "import wse_cp",
        "import wse_cp.score; import wse_cp.solve",
        "from wse_cp.solve import solve; import wse_cp",
    ),
)
def test_the_functions_are_functions_whatever_was_imported_before(imports: str) -> None:
    code = f"""
import warnings
warnings.simplefilter("error")
{imports}
from wse_cp import api
from wse_cp.score import score, violations
import sys
assert wse_cp.solve is api.solve, wse_cp.solve
assert wse_cp.score.__module__ == "wse_cp.api"
assert sys.modules["wse_cp.score"].score is score
assert wse_cp.violations is violations
"""
    printed(code)


def test_the_types_are_there_for_others() -> None:
    assert Path(wse_cp.__file__).with_name("py.typed").is_file()


def test_a_wheel_has_every_file_of_the_package() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    folders = {ROOT / package.replace(".", "/"): patterns for package, patterns in data.items()}
    shipped = {path for folder, names in folders.items() for name in names for path in folder.glob(name)}
    files = (path for path in (ROOT / "wse_cp").rglob("*.*") if path.parent.name != "__pycache__")
    assert {path for path in files if path.suffix != ".py"} == shipped


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, wse_cp; dir(wse_cp); print([name for name in {HEAVY} if name in sys.modules])"
    assert printed(code) == "[]"


def test_reading_and_judging_need_neither_compiler_nor_solver() -> None:
    code = """
import sys, wse_cp
wse_cp.load, wse_cp.score, wse_cp.Result, wse_cp.Event
print([name for name in ("numba", "pandas", "ortools", "matplotlib", "rich") if name in sys.modules])
"""
    assert printed(code) == "[]"


@pytest.mark.parametrize("name", wse_cp.__all__)
def test_every_name_exists_and_is_documented(name: str) -> None:
    value = getattr(wse_cp, name)
    assert name == "__version__" or value.__doc__


def test_all_names_are_listed_and_where_they_stand_is_known() -> None:
    stub = ast.parse(Path(wse_cp.__file__).with_suffix(".pyi").read_text())
    homes = {alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    (listed,) = (node.value for node in stub.body if isinstance(node, ast.Assign))
    assert ast.literal_eval(listed) == wse_cp.__all__ == sorted({*homes, "__version__"})
    assert set(wse_cp.__all__) <= set(dir(wse_cp))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="wse_cp attribute solved"):
        _ = wse_cp.solved  # type: ignore[attr-defined]
