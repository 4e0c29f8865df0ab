"""Cores that this process may use."""

from __future__ import annotations

import os
from pathlib import Path

from wse_cp.machine.cgroups import cpu_quota


def usable_cores(proc: Path = Path("/proc/self")) -> int:
    """Return how many cores the process may use: by its affinity and its container's quota, at least 1.

    A part of a core beyond whole ones counts for nothing.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota(proc)
    return max(1, allowed if quota is None else min(allowed, int(quota)))
