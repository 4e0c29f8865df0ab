from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.paths import ROOT
from tests.processes.orders import MODULE
from wse_cp.processes.child_process import ChildProcess


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own child module is found wherever the package stands."""
    known = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), known] if known else [str(ROOT)]))


@pytest.fixture
def child(_importable: None) -> Iterator[ChildProcess[object, object]]:
    process: ChildProcess[object, object] = ChildProcess(MODULE, "the child")
    yield process
    process.kill()
