"""A limit on the memory of this process, where the system knows such limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]


@contextmanager
def limited_memory(extra: int | None) -> Iterator[None]:
    """Let this process allocate at most `extra` bytes of address space more than it has now."""
    if extra is None or resource is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = psutil.Process().memory_info().vms + extra
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
