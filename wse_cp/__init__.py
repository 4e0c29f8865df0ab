"""Place the compute kernels of a neural network on a wafer-scale chip (ISPD 2020 contest).

>>> import wse_cp as wse
>>> inst = wse.load("A.kgraph")
>>> result = wse.solve(inst, time_limit=30)
>>> result.placement.to_frame()
>>> result.plot()
>>> result.save("A.paint")

The names in `__init__.pyi` are the stable interface (docs/python.md). They are imported when first used, so
that importing the package takes next to no time.
"""

from __future__ import annotations

import sys
from types import ModuleType

import lazy_loader

from wse_cp.version import __version__ as __version__
from wse_cp.views import Views, provide

__getattr__, _, _names = lazy_loader.attach_stub(__name__, __file__)
__all__ = sorted([*_names, "__version__"])


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
