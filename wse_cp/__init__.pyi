# What `import wse_cp` offers, and where each name stands: read by type checkers and, when the package is
# imported, by lazy_loader.

from .api import (
    contest,
    from_onnx,
    grade,
    large,
    load,
    load_placement,
    lower_bound,
    plot,
    save,
    save_instance,
    score,
    solve,
    verify,
)
from .bounds.result import Bound
from .errors import BoundError, IllegalPlacementError, InputError, NoPlacementError, Violation
from .grades import Grades
from .instance import Edge, Instance, Node, Settings, Terminal
from .kernels import Arguments, CBlock, Conv, DBlock
from .placement import PlacedKernel, Placement
from .progress import Activity, Event
from .report.frames import kernel_frame, run_frame, wire_frame
from .result import Result
from .score import Score, violations

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
    "from_onnx",
    "grade",
    "kernel_frame",
    "large",
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

__version__: str
