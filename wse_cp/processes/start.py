"""The program of a child process: ``python -P start.py MODULE PARENT``, which runs the `main` of a module.

It ends, with its own children, when the process PARENT is gone: whatever it is at, also while it loads.

With -P Python looks for no module in the current directory. Neither does it here in the directory that the
package stands in, which may be the same: the package is loaded by its own path.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

#: Seconds between looks at the parent.
WATCH_PERIOD = 1.0


def main(module: str, parent: int) -> None:
    """Run the `main` of a module for a parent (number of its process)."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    package = Path(__file__).resolve().parents[1]
    spec = spec_from_file_location(package.name, package / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[package.name] = loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    import_module(module).main()


def _watch(parent: int) -> None:
    """End everything here when the parent is gone, even if someone else still holds its pipes open."""
    above = os.getppid()  # another process than the parent where a launcher stands between the two
    while os.getppid() == above and (above == parent or _exists(parent)):
        time.sleep(WATCH_PERIOD)
    if os.name == "posix" and os.getpgid(0) == os.getpid():  # a group of its own, as the parent made it
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _exists(process: int) -> bool:
    """Tell whether there is a process of this number; only where asking does it no harm."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
