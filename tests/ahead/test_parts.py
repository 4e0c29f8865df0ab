"""Compiling ahead leaves nothing to be compiled later."""

from __future__ import annotations

import sys

import pytest
from numba.core.registry import CPUDispatcher

from wse_cp.ahead.parts import ALL, SEARCH, compile_part, first_parts
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.strategy.columns import LARGE


def test_every_compiled_function_is_run_by_some_part() -> None:
    for name in ALL:
        compile_part(name)
    modules = [module for name, module in sys.modules.items() if name.startswith("wse_cp.")]
    compiled = {
        f"{value.py_func.__module__}.{value.py_func.__name__}": bool(value.signatures)
        for module in modules
        for value in vars(module).values()
        if isinstance(value, CPUDispatcher)
    }
    assert len(compiled) > 20
    assert [name for name, done in compiled.items() if not done] == []


@pytest.mark.parametrize("kernels", [2, LARGE])
def test_what_is_needed_first_is_part_of_the_search(kernels: int) -> None:
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, 1)) for i in range(kernels))
    assert set(first_parts(Instance(Settings(99, 99), nodes, ()))) < set(SEARCH) < set(ALL)
