"""No process of the package takes a module of the current directory for one of its own or of Python's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.bound_case import true_certificate
from tests.cli.small_case import instance, write_instance
from tests.marks import with_slow
from wse_cp.api import save_instance
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.processes.child_process import START, ChildProcess

#: As the script that an installation puts into its bin directory.
COMMAND = (sys.executable, "-P", "-c", "import sys; from wse_cp.cli import main; sys.exit(main())")
MODULE = (sys.executable, "-m", "wse_cp")
#: Modules of Python and of the field, most of which the package imports late or in its child processes.
NAMES = (
    "json",
    "fractions",
    "pickle",
    "hashlib",
    "queue",
    "signal",
    "networkx",
    "ortools",
    "scipy",
    "psutil",
)


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Go to a directory with modules that leave a mark when they are imported, and fail."""

    def make(*names: str) -> Path:
        text = f"open({str(tmp_path / 'mark')!r}, 'a').write(__file__)\n1 / 0\n"
        for name in names:
            (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


def run(*command: str) -> str:
    """Run a command that must succeed and say nothing of errors; return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


VERIFYING = (COMMAND, (*NAMES, "wse_cp")), (MODULE, NAMES)


@pytest.mark.parametrize(
    ("program", "names"), with_slow(VERIFYING, VERIFYING[1]), ids=["wse-cp", "python -m wse_cp"]
)
def test_verify_imports_nothing_from_there(
    program: tuple[str, ...], names: tuple[str, ...], hostile: Callable[..., Path]
) -> None:
    folder = hostile(*names)
    case = write_instance(folder)
    assert instance().settings.wadapter, "else the verifier starts no processes"
    (folder / "bound.json").write_text(true_certificate(13))
    assert "proven" in run(*program, "verify", str(case), "bound.json")
    assert not (folder / "mark").exists()


def test_solve_imports_nothing_from_there(hostile: Callable[..., Path]) -> None:
    folder = hostile(*NAMES, "wse_cp")
    kernels = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, 1)) for i in range(3))
    chain = Instance(Settings(20, 20, 1, 4), kernels, (Edge("k0", "k1"), Edge("k1", "k2")))
    case, certificate = folder / "chain.kgraph", folder / "bound.json"
    save_instance(case, chain)
    run(*COMMAND, "solve", str(case), "--quiet", "--time-limit", "60", "--certificate", str(certificate))
    assert not (folder / "mark").exists()
    assert certificate.exists(), "else the bound's process did nothing"


def test_what_stands_beside_the_package_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the sources may be the current directory itself."""
    package = tmp_path / "wse_cp"
    (package / "processes").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "work.py").write_text(
        "import sys\ndef main():\n    import json\n    print(__file__, json.dumps(1))"
    )
    (package / "processes" / "start.py").write_text(Path(START).read_text())
    (tmp_path / "json.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)
    program = str(package / "processes" / "start.py")
    assert run(sys.executable, "-P", program, "wse_cp.work", str(os.getpid())) == f"{package / 'work.py'} 1\n"


def test_a_child_imports_nothing_from_there(hostile: Callable[..., Path]) -> None:
    folder = hostile(*NAMES, "wse_cp")
    child: ChildProcess[object, object] = ChildProcess("wse_cp.cpsat.child", "the solver process")
    try:
        assert child.reports.get(timeout=60) is not None, child.epitaph()
    finally:
        child.kill()
    assert not (folder / "mark").exists()
