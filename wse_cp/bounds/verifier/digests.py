"""The two digests of a certificate: of the instance it speaks of, and of its own contents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from wse_cp.instance import Instance
from wse_cp.kernels import formal_arguments


def instance_digest(instance: Instance) -> str:
    """Return the SHA-256 of all that the cost depends on (docs/bounds.md, section 8)."""
    settings = instance.settings
    numbers = (
        settings.width,
        settings.height,
        settings.wdeltat,
        settings.wlength,
        settings.wadapter,
        settings.memlimit,
    )
    lines = [_line(*numbers)]
    for name, kernel in sorted(instance.kernels.items(), key=lambda item: item[0]):
        lines.append(_line(name, kernel.type_name, *formal_arguments(kernel).values()))
    lines += [_line(*edge) for edge in sorted(instance.kernel_edges)]
    return sha256("".join(lines).encode()).hexdigest()


def content_digest(contents: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a certificate's object without its key `sha256`."""
    rest = {key: value for key, value in contents.items() if key != "sha256"}
    return sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _line(*words: object) -> str:
    return " ".join(map(str, words)) + "\n"
