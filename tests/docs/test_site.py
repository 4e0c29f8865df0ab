"""The site is built without a warning, and has what the pages promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wse_cp
from tests.docs.pages import PAGES
from tests.paths import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of the built site; every warning is an error, references without a target included."""
    for package in ("sphinx", "myst_parser", "furo", "latex2mathml"):
        pytest.importorskip(package, reason=f"{package} is not installed (wse-cp[docs])")
    out = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-n",
        "-q",
        "-E",
        "-d",
        str(out / "trees"),
    ]
    done = subprocess.run(
        [*command, "docs", str(out / "html")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return out / "html"


def test_every_page_is_in_the_site(site: Path) -> None:
    assert {page.stem for page in PAGES if page.parent == ROOT / "docs"} <= {
        page.stem for page in site.glob("*.html")
    }


def test_the_reference_describes_every_public_name(site: Path) -> None:
    text = (site / "api.html").read_text()
    described = {name for name in wse_cp.__all__ if f'id="wse_cp.{name}"' in text}
    assert described == set(wse_cp.__all__) - {"__version__"}


def test_formulas_are_set_as_formulas(site: Path) -> None:
    for name in ("bounds", "formulation"):
        text = (site / f"{name}.html").read_text()
        assert text.count("<math") > 20
        assert "$" not in text.partition("<article")[2].partition("</article>")[0]


def test_the_notebook_can_be_had_from_the_site(site: Path) -> None:
    assert 'href="_downloads/' in (site / "index.html").read_text()
    assert list(site.glob("_downloads/*/tutorial.ipynb"))


def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    for page in site.glob("*.html"):
        loaded = re.findall(r'<(?:script|img|link)\b[^>]*?(?:src|href)="([^"]*)"', page.read_text())
        assert loaded
        assert not [target for target in loaded if re.match(r"(\w+:)?//", target)], page.name


def test_no_page_has_the_name_of_one_that_the_generator_makes() -> None:
    assert not {"search", "genindex", "modindex"} & {page.stem for page in PAGES}
