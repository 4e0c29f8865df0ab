"""The program of a child process: ``python -P start.py MODULE`` runs the `main` of a module of this package.

With -P Python looks for no module in the current directory. Neither does it here in the directory that the
package stands in, which may be the same: the package is loaded by its own path.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def main(module: str) -> None:
    """Run the `main` of a module."""
    package = Path(__file__).resolve().parents[1]
    spec = spec_from_file_location(package.name, package / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[package.name] = loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    import_module(module).main()


if __name__ == "__main__":
    main(sys.argv[1])
