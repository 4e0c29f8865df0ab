"""How Numba puts a compiled function together with those it calls: machine code is made once, of the whole.

By itself Numba optimises each function with all that it calls, and makes machine code of it, before its
callers swallow it and do the same again: with calls ten deep most of that work is done ten times. Here the
callees of a function are handed over as they are, and what they became together is optimised.

This leans on inner parts of Numba; `tests/test_linked.py` notices if they change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import codegen, compiler

_Library: Any = codegen.JITCodeLibrary
_Compiler: Any = compiler.Compiler


class PartLibrary(_Library):  # type: ignore[misc]
    """The code of a function that others swallow: not optimised as a whole, no machine code made of it."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return 0: there is no machine code."""
        self._ensure_finalized()
        return 0

    @classmethod
    def _unserialize(cls, generator: Any, state: Any) -> Any:
        """Return code that was kept: machine code already, so no part."""
        generator._library_class = _Library
        try:
            return _Library._unserialize(generator, state)
        finally:
            generator._library_class = cls

    @property
    def codegen(self) -> object:
        """The code generator, for a function that has no environment yet."""
        return _WithoutEnvironments(self._codegen)


class _WithoutEnvironments:
    """A code generator that leaves environments alone: they are set where the function was swallowed."""

    def __init__(self, generator: object) -> None:
        self._generator = generator

    def set_env(self, name: str, environment: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)


class WholeCompiler(_Compiler):  # type: ignore[misc]
    """Compiles a function for calls from Python; all it calls that is not compiled yet becomes a part of it.

    Numba compiles under a lock, so that no other thread sees the exchanged class.
    """

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        """Return the compiled function as Numba knows it."""
        generator = self.state.targetctx.codegen()
        before = generator._library_class
        self.state.library = _Library(generator, function.__qualname__)
        self.state.library.enable_object_caching()
        generator._library_class = PartLibrary
        try:
            result = super().compile_extra(function)
        finally:
            generator._library_class = before
        for environment in result._find_referenced_environments():
            generator.set_env(environment.env_name, environment)
        return result
