"""Commands in processes of their own, with a compile cache that is damaged, or nowhere to put one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.small_case import write_instance, write_solution
from tests.code_cache.test_checked import emptied, garbage, halved
from tests.marks import with_slow
from tests.paths import ROOT
from wse_cp.compiled import folders

#: Seconds within which a command ends, compiling included.
PATIENCE = 300
COMMANDS = {
    "info": ["info", "small.kgraph"],
    "solve": ["solve", "small.kgraph", "-o", "out.paint", "--time-limit", "60"],
    "bound": ["bound", "small.kgraph", "--time-limit", "20"],
    "export": ["export", "small.kgraph", "given.paint", "-o", "out.dzn"],
}
#: What the standard library does where no folder can be written.
NOWHERE = """
import tempfile
def none():
    raise FileNotFoundError(2, "No usable temporary directory found")
tempfile._get_default_tempdir = none
"""


def done(folder: Path, words: list[str], before: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    code = f"{before}\nfrom wse_cp.cli import main\nmain()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    given = [sys.executable, "-c", code, *words]
    return subprocess.run(
        given, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_instance(tmp_path)
    write_solution(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("only", [("",), ("programme", "cover")], ids=["everything", "bounds"])
@pytest.mark.parametrize("harm", [emptied, garbage, halved])
def test_every_command_works_with_a_damaged_cache(
    folder: Path, harm: Callable[[Path], None], only: tuple[str, ...]
) -> None:
    warm = folders().readable
    if warm is None or not any(warm.rglob("*.nbi")):
        pytest.skip("nothing is compiled")
    for name, words in COMMANDS.items():
        own = folder / name
        shutil.copytree(warm, own / "cache" / "wse-cp" / warm.name)
        for path in own.rglob("*.nb[ic]"):
            if path.parent.name.startswith(only):
                harm(path)
        found = done(folder, words, NUMBA_CACHE_DIR=str(own / "cache"))
        assert found.returncode == 0, found.stderr
        said = found.stdout + found.stderr
        assert "Traceback" not in said
        assert "killed" not in said
        assert said.count("damaged") <= 1
        if name == "solve":
            assert "lower bound" in found.stdout


@pytest.mark.parametrize("name", with_slow(["info", "export", "doctor"], "export", "doctor"))
def test_every_command_works_without_a_temporary_directory(folder: Path, name: str) -> None:
    found = done(folder, COMMANDS.get(name, [name]), NOWHERE)
    assert found.returncode == 0, found.stderr
    assert "temporary directory" not in found.stdout + found.stderr
