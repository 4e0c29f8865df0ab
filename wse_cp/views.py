"""What values show of themselves: `Placement.to_frame` and its like ask here, and `wse_cp.report` answers.

The values stand below what draws and tabulates them, and must not import it. `wse_cp/__init__.py`, which is
imported before any of them, says who answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Views(Protocol):
    """Tables, pictures and notebook displays; `wse_cp.report` has these functions, with their docstrings."""

    def instance_frame(self, instance: Any, /) -> pd.DataFrame: ...
    def instance_html(self, instance: Any, /) -> str: ...
    def placement_frame(self, placement: Any, /) -> pd.DataFrame: ...
    def placement_html(self, placement: Any, /) -> str: ...
    def run_frame(self, results: Iterable[Any], /) -> pd.DataFrame: ...
    def history_frame(self, result: Any, /) -> pd.DataFrame: ...
    def kernel_frame(self, instance: Any, placement: Any, /) -> pd.DataFrame: ...
    def wire_frame(self, instance: Any, placement: Any, /) -> pd.DataFrame: ...
    def result_html(self, result: Any, /) -> str: ...
    def frame_html(self, frame: pd.DataFrame, /) -> str: ...
    def placement_figure(self, instance: Any, placement: Any, colour: str, /) -> Figure: ...


_sources: list[Callable[[], Views]] = []


def provide(source: Callable[[], Views]) -> None:
    """Say who answers; `source` is called when an answer is first wanted, so that it may import late."""
    _sources[:] = [source]


def views() -> Views:
    """Return who answers."""
    return _sources[0]()
