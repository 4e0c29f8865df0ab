"""The node tests of the package onnx: each is imported, has no operation with weights, or is refused by name."""

from __future__ import annotations

import inspect
from collections import Counter

import pytest

from wse_cp.errors import InputError
from wse_cp.onnx import read_model

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_node_case_is_imported_or_refused_in_one_line() -> None:
    node = pytest.importorskip("onnx.backend.test.case.node", reason="this version of onnx has no node cases")
    arguments = [None] * len(inspect.signature(node.collect_testcases).parameters)
    found: Counter[str] = Counter()
    for case in node.collect_testcases(*arguments):
        if case.model is None:
            continue
        try:
            read_model(case.model)
            found["imported"] += 1
        except InputError as error:
            assert "\n" not in str(error), case.name
            found["none" if "at least one operation with weights" in str(error) else "refused"] += 1
    assert found.total() > 1000
    assert found["imported"] > 100
