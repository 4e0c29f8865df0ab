"""A child's program with a fault: ``python -P faulty.py MODULE PARENT`` in place of the package's own.

The environment says which: `FAULT` is one of `FAULTS`, `FAULTY` has the modules that have it, `AFTER` the
seconds that they work before, counted from when they are loaded; 0 is at once. In `STARTED` each start
leaves a line, and so does each fault.
"""

from __future__ import annotations

import os
import resource
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

_KIB = 1024
START = Path(__file__).parents[2] / "wse_cp/processes/start.py"


def leave() -> None:
    """End with a status, and nothing else."""
    os._exit(3)


def crash() -> None:
    """Die as after a wrong access to memory."""
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def die() -> None:
    """Die as by the kernel's hand."""
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    """Do nothing more: no thread of this process goes on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def close_pipe() -> None:
    """Say nothing more, but go on."""
    for descriptor in range(1, 64):
        try:
            if os.path.sameopenfile(descriptor, 1) or "pipe" in os.readlink(f"/proc/self/fd/{descriptor}"):
                os.close(descriptor)
        except OSError:
            continue
    time.sleep(600)


def exhaust() -> None:
    """Get no more memory from now on."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + 512 * _KIB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


FAULTS: dict[str, Callable[[], None]] = {
    "leave": leave,
    "crash": crash,
    "die": die,
    "hang": hang,
    "close": close_pipe,
    "exhaust": exhaust,
}


def note(text: str) -> None:
    """Leave a line."""
    with open(os.environ["STARTED"], "a") as file:
        file.write(f"{text}\n")


def fail_later(seconds: float) -> None:
    """Wait until the module takes requests, and some seconds more; then comes the fault."""
    while signal.getsignal(signal.SIGINT) != signal.SIG_IGN:  # what each of them does first
        time.sleep(0.01)
    time.sleep(seconds)
    note(f"fault {sys.argv[1]}")
    FAULTS[os.environ["FAULT"]]()


def main() -> None:
    """Run a module as the package's own program does, until the fault."""
    note(sys.argv[1])
    if sys.argv[1] in os.environ["FAULTY"].split(","):
        after = float(os.environ["AFTER"])
        if after:
            threading.Thread(target=fail_later, args=(after,), daemon=True).start()
        else:
            FAULTS[os.environ["FAULT"]]()
    sys.argv[0] = str(START)
    runpy.run_path(str(START), run_name="__main__")


if __name__ == "__main__":
    main()
