from __future__ import annotations

import compileall
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from tests.paths import ROOT
from wse_cp.api import compile_all
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Instance

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("timeless", deadline=None)
hypothesis.settings.load_profile("timeless")

# Signals that are ignored, under nohup or behind an ampersand, stay without effect here; the processes that
# tests start take them as usual.
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, lambda *_: None)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the numerical loops before the processes of pytest-xdist start: else each of them would.

    Where Python keeps no bytecode by itself, the package's is kept too: tests start hundreds of processes.
    """
    config = session.config
    first = not hasattr(config, "workerinput")
    if first and config.getoption("numprocesses", None) and not config.getoption("collectonly"):
        if sys.dont_write_bytecode:
            compileall.compile_dir(ROOT / "wse_cp", quiet=2)
        compile_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out unless the command line's -m asks for them."""
    if "slow" in str(config.getoption("markexpr")):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: run with -m slow"))


@pytest.fixture(scope="session")
def contest() -> Path:
    """Directory of the contest's own files, which are not part of the project."""
    directory = (ROOT / "../shared/contest").resolve()
    if not (directory / "A.kgraph").is_file():
        pytest.skip("the contest's files are not beside the project (../shared/contest)")
    return directory


@pytest.fixture(scope="session")
def contest_case(contest: Path) -> Callable[[str], Instance]:
    """Return the function from a letter to the contest's instance."""
    return lambda letter: read_instance_file(contest / f"{letter}.kgraph")


@pytest.fixture(scope="session")
def instances() -> Path:
    """Directory of the project's own instance files."""
    return ROOT / "instances"
