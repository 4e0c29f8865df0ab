"""A result survives writing and reading, and nothing in it is taken on trust."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.export.cases import results
from wse_cp.bounds.search.certificate import instance_digest
from wse_cp.errors import InputError
from wse_cp.export.result_document import format_result, parse_result
from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.result import Result
from wse_cp.score import score


@settings(deadline=None, max_examples=40)
@given(results())
def test_results(result: Result) -> None:
    text = format_result(result)
    again = parse_result(text, "text")
    assert again == result
    assert again.instance.test == result.instance.test
    assert format_result(again) == text


@pytest.fixture(scope="module")
def result(instances: Path) -> Result:
    instance = read_instance_file(instances / "T.kgraph")
    placement = read_placement_file(instances / "best/T.paint", instance)
    found = score(instance, placement)
    certificate = (instances / "bounds/T.json").read_text()
    bound = Fraction(14007)
    return Result(
        instance, placement, found, 1.5, 0, lower_bound=bound, certificate=certificate, verified=True
    )


def damaged(result: Result, *path: Any, value: Any) -> str:
    data = json.loads(format_result(result))
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        (("score", "cost"), 1, r"the placement's score, cost \d+, at score, found cost 1 or other parts"),
        (("score", "adapters"), 3, "the placement's score"),
        (("gap",), "1/7", r"\(cost - bound\) / bound = .* at gap, found 1/7"),
        (("gap",), "1/0", 'at gap, found "1/0"'),
        (("gap",), "0.5/2", 'at gap, found "0.5/2"'),
        (("lower_bound", "value"), True, "at lower_bound.value, found true"),
        (("instance_sha256",), "0", "the digest of the instance below at instance_sha256, found 0"),
        (("instance", "settings", "wlength"), 41, "the digest of the instance below"),
        (("instance", "version"), 2, "a version of at most 1 .* at instance.version, found 2"),
        (("placement", "kernels", 1, "x"), -1, "a legal placement at placement, found k2 covers x -1"),
        (("placement", "kernels", 1, "name"), "k99", "a kernel of the instance, found k99"),
        (("seconds",), "long", 'a valid number at seconds, found "long"'),
        (("seed",), None, "a valid integer at seed, found null"),
        (("history",), [{"seconds": 1}], r"the key cost at history\[0\], found none"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    result: Result, path: tuple[Any, ...], value: Any, wanted: str
) -> None:
    with pytest.raises(InputError, match=wanted):
        parse_result(damaged(result, *path, value=value), "x.json")


def test_the_digest_is_the_certificates(result: Result) -> None:
    digest = json.loads(format_result(result))["instance_sha256"]
    assert digest == instance_digest(result.instance)
    assert result.certificate is not None
    assert digest == json.loads(result.certificate)["instance"]


def test_a_result_serves_as_instance_and_as_placement(result: Result, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(format_result(result))
    instance = read_instance_file(path)
    assert instance == result.instance
    assert read_placement_file(path, instance) == result.placement
