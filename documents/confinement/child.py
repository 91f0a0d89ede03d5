"""The process that touches hostile files. Started by ``job``; writes one JSON object and ends.

Limits are set here, before any parser is imported, and not between fork and exec, where a
threaded parent could deadlock.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from importlib import import_module

from documents.confinement.bounds import Bounds

NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000


def main(order: str) -> None:
    """Do the job *order* (JSON: job, request, bounds) asks for and report on standard output."""
    asked = json.loads(order)
    confine(Bounds(**asked["bounds"]))
    report = import_module(asked["job"]).perform(asked["request"])
    sys.stdout.buffer.write(json.dumps(report, ensure_ascii=False).encode("utf-8", "replace"))
    sys.stdout.flush()
    # Native libraries that survived a hostile file may still crash while they tidy up.
    os._exit(0)


def confine(bounds: Bounds) -> None:
    """Give up memory, time, files and network beyond *bounds*. Cannot be undone."""
    confine_lasting(bounds)
    _bound(resource.RLIMIT_CPU, bounds.cpu_seconds)
    # Ends the child even where its parent was killed and cannot.
    signal.alarm(bounds.wall_seconds + 1)


def confine_lasting(bounds: Bounds) -> None:
    """Give up all but time: for a child that answers many questions."""
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_FSIZE, bounds.output_bytes)
    _bound(resource.RLIMIT_NOFILE, bounds.open_files)
    _bound(resource.RLIMIT_AS, bounds.address_space)
    _leave_network()


def _leave_network() -> None:
    """Move to a network namespace without interfaces, where the system lets a user do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(NEW_USER_AND_NETWORK)


def _bound(kind: int, value: int) -> None:
    """Set a limit where the system has it: macOS refuses RLIMIT_AS."""
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        return
