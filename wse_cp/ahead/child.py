"""The process that compiles: reads names of parts from stdin, compiles them, writes the names back."""

from __future__ import annotations

import gc
import pickle

from wse_cp.ahead.parts import compile_part
from wse_cp.machine.memory import release
from wse_cp.processes.pipes import take_pipes


def main() -> None:
    """Serve the parent until it closes the pipe or is gone.

    Garbage is collected between parts only: looking for it all the time is a fifth of the work of compiling.
    """
    sender, requests = take_pipes()
    gc.disable()
    while True:
        try:
            name = pickle.load(requests)
        except EOFError:
            return
        compile_part(name)
        sender.send(name)
        release()
        gc.freeze()
