from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.clusters import inside


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """A client of two workers in this process."""
    pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")
    with inside(2) as (_, client):
        yield client
