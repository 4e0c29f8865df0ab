"""Write docs/schemas/*.schema.json (JSON Schema draft 2020-12) from the models of the JSON documents."""

from __future__ import annotations

from pathlib import Path

from wse_cp.export.result_document import ResultDocument
from wse_cp.files.json_models import VERSION, InstanceDocument, Model, PlacementDocument
from wse_cp.files.json_text import format_json
from wse_cp.files.writing import write_file

DOCUMENTS: dict[str, type[Model]] = {
    "instance": InstanceDocument,
    "placement": PlacementDocument,
    "result": ResultDocument,
}


def schema_text(name: str) -> str:
    """Return the JSON Schema of a document ("instance", "placement" or "result") as text."""
    schema = DOCUMENTS[name].model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:wse-cp:{name}:{VERSION}"}
    return format_json({**head, **schema})


def write_schemas(folder: Path) -> None:
    """Write every schema to ``NAME.schema.json`` in a folder."""
    for name in DOCUMENTS:
        write_file(folder / f"{name}.schema.json", schema_text(name))


if __name__ == "__main__":
    write_schemas(Path(__file__).resolve().parents[1] / "docs/schemas")
