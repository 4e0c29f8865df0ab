"""A child process that does what it is asked, started as the package's own ones are."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time

from tests.processes.orders import Abort, ClosePipe, Echo, Exit, Half, Hang, ImportPath, Say, Spawn
from wse_cp.processes.pipes import Sender, take_pipes


def obey(request: object, sender: Sender) -> None:
    """Do what is asked."""
    match request:
        case Echo(value):
            sender.send(value)
        case Say(line):
            print(line)
            os.write(1, b"and past Python\n")
            sender.send(None)
        case Exit(code, line):
            print(line, file=sys.stderr, flush=True)
            os._exit(code)
        case ImportPath():
            sender.send(sys.path)
        case Spawn():
            sender.send(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid)
        case Abort():
            os.abort()
        case Hang():
            time.sleep(600)
        case ClosePipe():
            sender._pipe.close()
            time.sleep(600)
        case Half():
            sender._pipe.write(pickle.dumps("a report")[:5])
            sender._pipe.flush()
            os._exit(0)
        case _:
            raise TypeError(request)


def main() -> None:
    """Serve the parent until it closes the pipe."""
    sender, requests = take_pipes()
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        obey(request, sender)
