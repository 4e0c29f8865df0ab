"""The published schemas are those of the models, and documents satisfy them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, ValidationError

from scripts.make_schemas import DOCUMENTS, schema_text
from tests.export.cases import placements, results
from tests.paths import ROOT
from wse_cp.export.result_document import result_json
from wse_cp.files.json_documents import instance_json, placement_json
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.result import Result

SCHEMAS = ROOT / "docs/schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_published_schemas_are_up_to_date(name: str) -> None:
    published = (SCHEMAS / f"{name}.schema.json").read_text()
    assert json.loads(published) == json.loads(schema_text(name)), "run scripts/make_schemas.py"


@settings(deadline=None, max_examples=20)
@given(placements())
def test_instances_and_placements_satisfy_their_schemas(case: tuple[Instance, Placement]) -> None:
    validator("instance").validate(instance_json(case[0]))
    validator("placement").validate(placement_json(case[1].values()))


@settings(deadline=None, max_examples=20)
@given(results())
def test_results_satisfy_their_schema(result: Result) -> None:
    validator("result").validate(result_json(result))


@pytest.mark.parametrize(
    ("key", "value"),
    [("version", 2), ("format", "other"), ("nodes", []), ("settings", {"width": 0}), ("colour", "red")],
)
def test_the_schema_refuses_what_the_reader_refuses(key: str, value: Any) -> None:
    data = {
        "format": "wse-cp instance",
        "version": 1,
        "nodes": [{"id": 1, "name": "k1", "kernel": {"type": "dblock", "H": 4, "W": 4, "F": 8}}],
    }
    validator("instance").validate(data)
    with pytest.raises(ValidationError):
        validator("instance").validate(data | {key: value})
