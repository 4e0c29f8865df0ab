"""Place the compute kernels of a neural network on a wafer-scale chip (ISPD 2020 contest).

>>> import wse_cp as wse
>>> inst = wse.load("A.kgraph")
>>> result = wse.solve(inst, time_limit=30)
>>> result.placement.to_frame()
>>> result.plot()
>>> result.save("A.paint")

The names in `__all__` are the stable interface (docs/python.md). They are imported when first used, so that
importing the package takes next to no time.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import lazy_loader

from wse_cp.version import __version__
from wse_cp.views import Views, provide

if TYPE_CHECKING:
    from wse_cp.api import (
        contest,
        grade,
        kernel_frame,
        load,
        load_placement,
        lower_bound,
        plot,
        run_frame,
        save,
        save_instance,
        score,
        solve,
        verify,
        wire_frame,
    )
    from wse_cp.bounds.result import Bound
    from wse_cp.errors import BoundError, IllegalPlacementError, InputError, NoPlacementError, Violation
    from wse_cp.grades import Grades
    from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
    from wse_cp.kernels import Arguments, CBlock, Conv, DBlock
    from wse_cp.placement import PlacedKernel, Placement
    from wse_cp.progress import Activity, Event
    from wse_cp.result import Result
    from wse_cp.score import Score, violations

#: Where each public name stands.
_HOMES = {
    "api": (
        "contest",
        "grade",
        "kernel_frame",
        "load",
        "load_placement",
        "lower_bound",
        "plot",
        "run_frame",
        "save",
        "save_instance",
        "score",
        "solve",
        "verify",
        "wire_frame",
    ),
    "bounds.result": ("Bound",),
    "errors": ("BoundError", "IllegalPlacementError", "InputError", "NoPlacementError", "Violation"),
    "grades": ("Grades",),
    "instance": ("Edge", "Instance", "Node", "Settings", "Terminal"),
    "kernels": ("Arguments", "CBlock", "Conv", "DBlock"),
    "placement": ("PlacedKernel", "Placement"),
    "progress": ("Activity", "Event"),
    "result": ("Result",),
    "score": ("Score", "violations"),
}
__all__ = [
    "Activity",
    "Arguments",
    "Bound",
    "BoundError",
    "CBlock",
    "Conv",
    "DBlock",
    "Edge",
    "Event",
    "Grades",
    "IllegalPlacementError",
    "InputError",
    "Instance",
    "NoPlacementError",
    "Node",
    "PlacedKernel",
    "Placement",
    "Result",
    "Score",
    "Settings",
    "Terminal",
    "Violation",
    "__version__",
    "contest",
    "grade",
    "kernel_frame",
    "load",
    "load_placement",
    "lower_bound",
    "plot",
    "run_frame",
    "save",
    "save_instance",
    "score",
    "solve",
    "verify",
    "violations",
    "wire_frame",
]


__getattr__, _, _ = lazy_loader.attach(
    __name__, submod_attrs={home: list(names) for home, names in _HOMES.items()}
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """A package whose public functions are not hidden by the modules that bear their names.

    Whoever imports a module of a package first has it set as an attribute there: `wse_cp.solve` would be the
    function or the module, according to who imported what before. Here it is the function, always;
    `from wse_cp.solve import solve` finds the module all the same. (Setting a module's class is how the
    language reference says to customise access to its attributes.)
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def _report() -> Views:
    """Return who answers what values show of themselves."""
    from wse_cp import report

    return report


provide(_report)
