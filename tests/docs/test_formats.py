"""The examples in docs/formats.md are what they claim to be."""

from __future__ import annotations

import re

from tests.paths import ROOT
from wse_cp.files.kgraph import parse_kgraph
from wse_cp.files.paint import parse_placement
from wse_cp.instance import Settings
from wse_cp.networks.model import parse_model
from wse_cp.score import checked_score

PAGE = ROOT / "docs/formats.md"


def example(language: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def test_the_solution_on_the_page_is_legal_for_the_instance_on_the_page() -> None:
    instance = parse_kgraph(example("kgraph"), "page")
    assert instance.test == "two-kernels"
    assert checked_score(instance, parse_placement(example("paint"), "page", instance)).cost > 0


def test_the_model_on_the_page_describes_a_network() -> None:
    assert len(parse_model(example("toml"), "page").instance(Settings()).kernels) == 4


def test_the_defaults_on_the_page_are_the_defaults() -> None:
    s = Settings()
    defaults = (s.width, s.height, s.wdeltat, s.wlength, s.wadapter, s.memlimit)
    assert ", ".join(map(str, defaults)) in PAGE.read_text().replace("\n", " ")
