"""Write docs/schemas/*.schema.json from the models of the JSON documents."""

from __future__ import annotations

from pathlib import Path

from wse_cp.export.result_document import write_schemas

if __name__ == "__main__":
    write_schemas(Path(__file__).resolve().parents[1] / "docs/schemas")
