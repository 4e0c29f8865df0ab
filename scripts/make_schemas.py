"""Write docs/schemas/*.schema.json (JSON Schema draft 2020-12) from the models of the JSON documents."""

from __future__ import annotations

from pathlib import Path

from wse_cp.checkpoint.document import CHECKPOINT_VERSION, CheckpointDocument
from wse_cp.export.result_document import ResultDocument
from wse_cp.files.json_models import VERSION, InstanceDocument, Model, PlacementDocument
from wse_cp.files.json_text import format_json
from wse_cp.files.writing import write_file

DOCUMENTS: dict[str, type[Model]] = {
    "instance": InstanceDocument,
    "placement": PlacementDocument,
    "result": ResultDocument,
    "checkpoint": CheckpointDocument,
}
#: Editions of those that are not of the common one.
VERSIONS = {"checkpoint": CHECKPOINT_VERSION}


def schema_text(name: str) -> str:
    """Return the JSON Schema of a document, by its name in `DOCUMENTS`, as text."""
    schema = DOCUMENTS[name].model_json_schema()
    version = VERSIONS.get(name, VERSION)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:wse-cp:{name}:{version}"}
    return format_json({**head, **schema})


def write_schemas(folder: Path) -> None:
    """Write every schema to ``NAME.schema.json`` in a folder."""
    for name in DOCUMENTS:
        write_file(folder / f"{name}.schema.json", schema_text(name))


if __name__ == "__main__":
    write_schemas(Path(__file__).resolve().parents[1] / "docs/schemas")
