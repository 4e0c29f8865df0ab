"""Compiling ahead: the numerical loops are compiled once on a machine, and the user is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

#: Seconds of silence before the user is told: loading compiled code takes less.
_PATIENCE = 1.5


def warm_up(
    exercise: Callable[[Instance], object],
    tell: Callable[[str], object],
    wait: Callable[[], object] = lambda: None,
) -> None:
    """Run compiled loops once on tiny instances.

    Parameters
    ----------
    exercise
        Runs them on an instance.
    tell
        Gets a line if that takes long.
    wait
        Called at the end: it waits for other processes that compile.
    """
    timer = threading.Timer(
        _PATIENCE, tell, ["compiling the numerical loops (once on this machine, a minute or two)"]
    )
    timer.daemon = True
    timer.start()
    try:
        for wadapter in (0, 1):
            exercise(_tiny(wadapter))
        wait()
    finally:
        timer.cancel()


def _tiny(wadapter: int) -> Instance:
    conv = Conv(2, 2, 1, 1, 2, 2, 1)
    nodes = tuple(Node(i, f"k{i}", conv) for i in range(3))
    edges = (Edge("k0", "k1"), Edge("k1", "k2"), Edge("k0", "k2"))
    return Instance(Settings(width=24, height=24, wadapter=wadapter), nodes, edges)
