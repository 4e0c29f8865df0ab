"""Numba's files of machine code with a seal, so that a damaged one is not taken for good.

Numba neither waits until its files are on the disk nor checks them: a crash or a full disk may leave any
bytes. This leans on inner parts of Numba; `tests/code_cache/test_checked.py` notices if they change.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numba.core.config
from numba.core import caching

_config: Any = numba.core.config
_File: Any = caching.IndexDataCacheFile
_Cache: Any = caching.FunctionCache
_Rebuilding: Any = caching.CompileResultCacheImpl
_Locator: Any = caching.UserProvidedCacheLocator

#: Endings of the files, and the size of the seal at their ends (bytes).
_ENDINGS, _SEAL = ("*.nbi", "*.nbc"), 16


class DamagedError(Exception):
    """A file of machine code is not as it was written."""


def seal(data: bytes) -> bytes:
    """Return what stands behind the data of a file."""
    return hashlib.blake2b(data, digest_size=_SEAL).digest()


def is_intact(path: Path) -> bool:
    """Tell whether a file can be read and has its seal."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return len(content) > _SEAL and content[-_SEAL:] == seal(content[:-_SEAL])


def damaged_files(folder: Path) -> list[Path]:
    """Return the damaged files in a folder of machine code."""
    return [path for ending in _ENDINGS for path in folder.rglob(ending) if not is_intact(path)]


class _CheckedFile(_File):  # type: ignore[misc]
    """The index and the data of one function, with seals. Unpickling stops before them."""

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[BytesIO]:
        buffer = BytesIO()
        yield buffer
        data = buffer.getvalue()
        with super()._open_for_write(filepath) as file:
            file.write(data + seal(data))

    def _load_index(self) -> Any:
        if os.path.exists(self._index_path):
            _require_intact(self._index_path)
        return super()._load_index()

    def _load_data(self, name: str) -> Any:
        if os.path.exists(self._data_path(name)):
            _require_intact(self._data_path(name))
        return super()._load_data(name)

    def discard(self) -> None:
        """Remove the files."""
        base = self._index_name.removesuffix(".nbi")
        for path in (Path(self._index_path), *Path(self._cache_path).glob(f"{base}.*.nbc")):
            with suppress(OSError):
                path.unlink()


def _require_intact(path: str) -> None:
    if not is_intact(Path(path)):
        raise DamagedError(path)


class FolderCache(_Cache):  # type: ignore[misc]
    """Numba's cache of one function, in a folder that need not be writable."""

    def __init__(self, function: Callable[..., Any], folder: Path) -> None:
        self._impl_class = _rebuilding(folder)
        before = getattr(_config, "CACHE_LOCATOR_CLASSES", "")
        _config.CACHE_LOCATOR_CLASSES = ""  # the folder is given here
        try:
            super().__init__(function)
        finally:
            _config.CACHE_LOCATOR_CLASSES = before
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = _CheckedFile(self._cache_path, self._impl.filename_base, stamp)

    def discard(self) -> None:
        """Remove what is kept of the function."""
        self._cache_file.discard()


@cache
def _rebuilding(folder: Path) -> type:
    """Return the class by which Numba finds the folder of a function, and its code in a file."""

    class Locator(_Locator):  # type: ignore[misc]
        def __init__(self, function: Callable[..., Any], file: str) -> None:
            self._py_file, self._lineno = file, function.__code__.co_firstlineno
            self._cache_path = str(folder / self.get_suitable_cache_subpath(file))

        def ensure_cache_path(self) -> None:
            with suppress(FileExistsError):
                os.mkdir(self._cache_path)

        @classmethod
        def from_function(cls, function: Callable[..., Any], file: str) -> Locator:
            return cls(function, file)

    class Rebuilding(_Rebuilding):  # type: ignore[misc]
        _locator_classes = (Locator,)

    return Rebuilding
