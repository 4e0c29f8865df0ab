"""The import contracts of pyproject.toml hold, each of them can fail, and README's table is made of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from tests.marks import with_slow
from tests.paths import ROOT

pytest.importorskip("importlinter", reason="import-linter is not installed (wse-cp[test])")

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
#: For each contract imports that break it: the module, and a line that is added to it.
BREACHES = [
    ("layers", "kernels.py", "from wse_cp import instance"),
    ("layers", "score.py", "from wse_cp.files import kgraph"),  # of the same layer
    ("layers", "shapes/curves.py", "def late():\n    from wse_cp.solve import solve"),
    (
        "layers",
        "placement.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import wse_cp.result",
    ),
    ("bounds", "bounds/network/cells.py", "from wse_cp.bounds.programme import plan"),
    ("bounds", "bounds/programme/plan.py", "from wse_cp.bounds.search import limit"),
    ("bounds", "bounds/search/limit.py", "from wse_cp.bounds import verifier"),
    ("verifier", "bounds/verifier/cells.py", "from wse_cp.bounds.network.cells import *"),
    ("verifier", "bounds/verifier/__init__.py", "from wse_cp.decimals import exact_text"),
    ("cli", "cli/app.py", "from wse_cp.kernels import Conv"),
    ("searches", "report/frames.py", "from wse_cp.strategy import run"),
    ("circles", "lns/selections.py", "from wse_cp.lns.improve import *"),
    ("ortools", "lns/improve.py", "from ortools.sat.python import cp_model"),
    ("onnx", "networks/graph.py", "import onnx"),
    ("matplotlib", "progress/chart.py", "import matplotlib.pyplot as plt"),
    ("distributed", "running/phases.py", "import distributed"),
    ("typer", "api.py", "import typer"),
    ("outside", "solve.py", "from benchmarks import measure"),
]


def lint(folder: Path) -> dict[str, bool]:
    """Return for each contract, by its name, whether the package in a folder keeps it."""
    code = "from importlinter.cli import lint_imports_command as main; main()"
    command = [sys.executable, "-c", code, "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    text = " ".join(done.stdout.split())
    found = {c["name"]: re.search(re.escape(c["name"]) + " (KEPT|BROKEN)", text) for c in CONTRACTS}
    assert all(found.values()), done.stdout + done.stderr
    return {name: match is not None and match[1] == "KEPT" for name, match in found.items()}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources and of the contracts."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "wse_cp", folder / "wse_cp", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_all_contracts_are_kept(copy: Path) -> None:
    assert all(lint(copy).values())


FIRST = {contract: breach for breach in reversed(BREACHES) for contract in breach[:1]}


@pytest.mark.parametrize(
    ("contract", "module", "line"), with_slow(BREACHES, *(set(BREACHES) - set(FIRST.values())))
)
def test_a_breach_is_found(copy: Path, contract: str, module: str, line: str) -> None:
    name = next(c["name"] for c in CONTRACTS if c["id"] == contract)
    path = copy / "wse_cp" / module
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        assert not lint(copy)[name]
    finally:
        path.write_text(before)


def test_every_contract_has_a_breach_here() -> None:
    assert {c["id"] for c in CONTRACTS} == {contract for contract, _, _ in BREACHES}


def test_a_new_module_needs_a_layer(copy: Path) -> None:
    path = copy / "wse_cp" / "newcomer.py"
    path.write_text("")
    try:
        assert not lint(copy)[CONTRACTS[0]["name"]]
    finally:
        path.unlink()


def test_the_table_of_layers_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    script = import_module("make_layers_table")
    readme = (ROOT / "README.md").read_text()
    assert script.with_table(readme, script.table()) == readme, "run scripts/make_layers_table.py"
