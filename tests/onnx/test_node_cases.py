"""The node tests of the package onnx: each is imported, has no weights, or is refused in one line."""

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
    refusals = {}
    for case in node.collect_testcases(*arguments):
        if case.model is None:
            continue
        try:
            read_model(case.model)
            found["imported"] += 1
        except InputError as error:
            refusals[case.name] = str(error)
            found["none" if "at least one operation with weights" in str(error) else "refused"] += 1
    assert not {name: text for name, text in refusals.items() if "\n" in text}
    assert found.total() > 1000
    assert found["imported"] > 100
