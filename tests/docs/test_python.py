"""The documentation of the Python interface says what is so: its code runs, and so does the notebook."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import wse_cp
from tests.paths import ROOT

PAGE = (ROOT / "docs/python.md").read_text()
NOTEBOOK = ROOT / "docs/tutorial.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory beside the instances, so that what the examples write stays out of the project."""
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    (tmp_path / "docs").mkdir()
    return tmp_path


def test_the_examples_of_the_page_run_one_after_the_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) > 4
    for block in blocks:
        exec(block.replace("time_limit=30", "time_limit=1"), names)
    assert (folder / "K.paint").exists()


def test_the_page_names_the_whole_interface() -> None:
    named = set(re.findall(r"\w+", PAGE))
    assert set(wse_cp.__all__) - {"__version__"} <= named


@pytest.mark.slow
def test_the_notebook_runs(folder: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed (wse-cp[test])")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed (wse-cp[test])")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed (wse-cp[test])")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(folder / "docs")}}
    )
    client.execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [output.output_type for output in shown].count("display_data") == 1  # progress, updated in place
    forms = [form for output in shown for form in output.get("data", ())]
    assert "image/svg+xml" in forms  # the plot
    assert forms.count("text/html") >= 6  # instance, progress, result, frames, grades
    assert not [output for output in shown if output.output_type == "stream"]  # nothing is printed beside


def test_the_notebook_is_kept_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
