"""What stands beside the documentation: pictures of the glossary, metadata, the text for a package index."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

import wse_cp
from tests.paths import ROOT

DESCRIPTION = (ROOT / "DESCRIPTION.md").read_text()


def test_the_pictures_of_the_glossary_are_those_that_the_script_draws() -> None:
    script = runpy.run_path(str(ROOT / "scripts/make_glossary_pictures.py"))
    drawn = {f"{name}.svg": draw().svg() for name, draw in script["PICTURES"].items()}
    assert drawn == {path.name: path.read_text() for path in (ROOT / "docs/images/glossary").iterdir()}


def test_every_picture_of_the_glossary_is_shown_there() -> None:
    shown = set(re.findall(r"images/glossary/([\w-]+\.svg)", (ROOT / "docs/glossary.md").read_text()))
    assert shown == {path.name for path in (ROOT / "docs/images/glossary").iterdir()}


def test_the_citation_and_the_changelog_know_the_version() -> None:
    version = re.escape(wse_cp.__version__)
    assert re.search(rf"^version: {version}$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert re.search(rf"^## \[{version}\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_the_licence_of_the_metadata_is_that_of_the_file_and_of_the_citation() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    assert "Version 2.0" in (ROOT / project["license-files"][0]).read_text()
    assert "license: Apache-2.0" in (ROOT / "CITATION.cff").read_text()


def test_the_text_for_a_package_index_needs_no_file_beside_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["readme"] == "DESCRIPTION.md"
    assert re.findall(r"\]\(", DESCRIPTION) == []


def test_the_example_for_a_package_index_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", DESCRIPTION, re.DOTALL)
    exec(example.replace("time_limit=10", "time_limit=1"), {})
    assert (tmp_path / "K.paint").exists()
