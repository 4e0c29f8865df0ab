"""The text of a certificate: its object with its digest, laid out so that a person can leaf through it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping

#: No blanks: so digests are taken, and long lists are written.
_COMPACT = (",", ":")


def sealed(content: Mapping[str, object], long: Collection[str]) -> str:
    """Return an object as JSON, its digest added: a line for each key, and for each entry of `long` lists."""
    text = json.dumps(content, sort_keys=True, separators=_COMPACT)
    lines = []
    for key, value in {**content, "sha256": hashlib.sha256(text.encode()).hexdigest()}.items():
        if key in long and isinstance(value, list):
            body = ",\n  ".join(json.dumps(item, separators=_COMPACT) for item in value)
            lines.append(f'"{key}": [\n  {body}\n ]')
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n " + ",\n ".join(lines) + "\n}\n"
