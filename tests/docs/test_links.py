"""Links between pages lead somewhere, and so do the paths that pages name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, anchors, links, spans
from tests.paths import ROOT

PATH = re.compile(r"(?:\.ci|benchmarks|docs|instances|models|scripts|tests|wse_cp)/[\w./*-]+")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.is_file(), link
        assert ROOT in target.parents, link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_of_the_project_that_a_page_names_exists(page: Path) -> None:
    for span in spans(page):
        if PATH.fullmatch(span):
            assert list(ROOT.glob(span.rstrip("/"))), span


def test_pictures_of_pages_are_small() -> None:
    pictures = list((ROOT / "docs/images").iterdir())
    assert pictures
    assert max(picture.stat().st_size for picture in pictures) < 250_000


def test_links_and_anchors_are_found() -> None:
    index = ROOT / "docs/index.md"
    assert {"tutorial.md", "images/A.png"} <= set(links(index))
    assert "where-to-go" in anchors(index)
