"""The verifier with an error in its text, and what it makes of each case of a small certificate."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from random import Random
from types import CodeType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from tests.bounds.verifier.cases import Drawn, drawn, rigid_drawn, text_of
from tests.bounds.verifier.test_minimum import Reference, rounded
from wse_cp.instance import Instance
from wse_cp.kernels import Conv

PACKAGE = "wse_cp.bounds.verifier"


class Edit(NamedTuple):
    """A piece of a module's text, and what stands there instead."""

    module: str
    old: str
    new: str


#: Compiles a text, each once.
_compiled = cache(compile)


class _Loader(SourceFileLoader):
    """Loads a module with another text, if there is an edit of it."""

    def __init__(self, spec: ModuleSpec, edit: Edit | None) -> None:
        super().__init__(spec.name, str(spec.origin))
        self._edit = edit if edit is not None and spec.name == _name(edit.module) else None

    def get_code(self, fullname: str) -> CodeType:
        text = self.get_source(fullname)
        assert text is not None
        if self._edit is not None:
            assert self._edit.old in text, self._edit
            text = text.replace(self._edit.old, self._edit.new)
        return _compiled(text, self.path, "exec")


class _Finder(MetaPathFinder):
    def __init__(self, edit: Edit | None) -> None:
        self._edit = edit

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != PACKAGE and not fullname.startswith(f"{PACKAGE}."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None:
            return None
        spec.loader = _Loader(spec, self._edit)
        return spec


class Broken:
    """The verifier's modules, imported anew with an edit (or without one)."""

    def __init__(self, edit: Edit | None = None) -> None:
        with _set_aside():
            finder = _Finder(edit)
            sys.meta_path.insert(0, finder)
            try:
                importlib.import_module(PACKAGE)
                self._modules = {name: sys.modules[name] for name in _loaded()}
            finally:
                sys.meta_path.remove(finder)
        # Most trees are of the same few kernels.
        self.proof_tree.shapes_of = cache(self.proof_tree.shapes_of)

    def __getattr__(self, module: str) -> Any:
        """Return a module of the verifier by its name."""
        return self._modules[f"{PACKAGE}.{module}"]

    def accepts(self, instance: Instance, contents: dict[str, Any]) -> bool:
        """Tell whether a certificate is accepted, whatever it is worth."""
        package = self._modules[PACKAGE]
        try:
            package.verify(instance, text_of(contents))
        except package.CertificateError:
            return False
        return True

    def values(self, case: Drawn) -> list[Fraction | None]:
        """Return what each interval's cases cost at least (see `expected`)."""
        certificate = self.certificate.read_certificate(text_of(case.contents()))
        found = [
            self._case(case, certificate, i, n)
            for i in range(case.shown or len(case.starts))
            for n in range(len(case.rows[0]))
        ]
        return found if case.shown else [*found, self.value.derive(case.instance, certificate)]

    def _case(self, case: Drawn, certificate: Any, number: int, n: int) -> Fraction | None:
        instance, interval = case.instance, certificate.intervals[number]
        limit = limit_of(case, number)
        network = self.network.build_network(instance, certificate, interval.part)
        chords = self.frame.find_chords(instance, network)
        compared = self.frame.comparisons(instance, network, chords.values(), False)
        cells = self.cells.build_cells(network, False)
        frame = self.frame.Frame(instance, network, cells, chords, compared, False)
        prices = self.patterns.money(instance.settings, certificate.unit, interval.cases[n])
        if not network.spine and not prices.adapter:
            shapes = self.rectangles.Rectangles(self.rectangles.Demands(instance), limit)
            least = self.plain.plain_cost(frame, shapes, prices)
        else:
            spine = self.spine.Spine(prices, n, more=n == len(interval.cases) - 1)
            found = self.assembly.assemble(frame, self.assembly.Library(instance, limit), spine)
            least = None if found is None else self.elimination.least_cost(found)
        return None if least is None else Fraction(least, 4 * certificate.unit)


class RigidReference(Reference):
    """The minimum where every kernel has just one shape within the limit, and its rotation."""

    def _options(self, name: str) -> np.ndarray:
        kernel, wafer = self.instance.kernels[name], self.instance.settings
        assert isinstance(kernel, Conv)
        width, height = 3 * kernel.K, kernel.C + 1
        sizes = [(width, height), (height, width)]
        rows = [
            (*size, 1, 1, 1, 1, 1) for size in sizes if size[0] <= wafer.width and size[1] <= wafer.height
        ]
        return np.array(rows, np.int64).reshape(-1, 7)


def limit_of(case: Drawn, number: int) -> int | None:
    """The largest time of an interval."""
    return case.starts[number + 1] - 1 if number + 1 < len(case.starts) else None


def expected(case: Drawn) -> list[Fraction | None]:
    """What the text says each interval's cases cost at least, and the bound; None is infinite."""
    found: list[Fraction | None] = []
    values = []
    shown = case.shown or len(case.starts)
    for i, (start, rows) in enumerate(zip(case.starts[:shown], case.rows[:shown], strict=True)):
        spine = case.spine[slice(*case.parts[i])]
        reference = (RigidReference if case.shown else Reference)(
            case.instance, case.unit, spine, case.tree, case.cycles
        )
        found += [reference.value(rows, n, limit_of(case, i)) for n in range(len(rows))]
        time = Fraction(case.instance.settings.wdeltat * start, case.instance.time_scale)
        values += [time + value for value in found[-len(rows) :] if value is not None]
    if case.shown:
        return found
    return [*found, rounded(case.instance, min(values)) if values else None]


class Kept(NamedTuple):
    """What a random certificate is drawn from."""

    kind: str
    seed: int
    adapters: bool = False
    alike: bool = False
    alike_axes: bool = False
    rigid: int = 0  #: if not 0, kernels are rigid, and the spine is the longest of so many

    oblong: bool = False  #: whether the wafer may be too low for a wide kernel to be rotated

    def case(self) -> Drawn:
        """The certificate."""
        if self.rigid:
            return rigid_drawn(Random(f"kept {self.seed}"), self.kind, self.rigid, self.oblong)
        return drawn(
            Random(f"kept {self.seed}"),
            self.kind,
            self.adapters,
            alike=self.alike,
            alike_axes=self.alike_axes,
        )


def exceeds(found: list[Fraction | None], right: list[Fraction | None]) -> bool:
    """Tell whether some value is above the right one; None is infinite."""
    return any(b is not None and (a is None or a > b) for a, b in zip(found, right, strict=True))


def _name(module: str) -> str:
    return PACKAGE if module == "__init__" else f"{PACKAGE}.{module}"


def _loaded() -> list[str]:
    return [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]


@contextmanager
def _set_aside() -> Iterator[None]:
    """Take the verifier's modules out of the list of those that are loaded, for a while."""
    parent = importlib.import_module(PACKAGE.rpartition(".")[0])
    importlib.import_module(PACKAGE)
    saved, attribute = {name: sys.modules.pop(name) for name in _loaded()}, vars(parent)["verifier"]
    try:
        yield
    finally:
        for name in _loaded():
            del sys.modules[name]
        sys.modules.update(saved)
        vars(parent)["verifier"] = attribute
