"""What a child process may be made to do by the file it opens. Run by ``run_job`` in tests."""

import mmap
import os
import time
from collections.abc import Mapping
from typing import Any

MEGABYTE = 1024 * 1024


def perform(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do the mischief *request* names."""
    return {"did": MISCHIEF[request["do"]](request)}


def nothing(request: Mapping[str, Any]) -> str:
    return str(request["say"])


def hold_memory(_request: Mapping[str, Any]) -> None:
    """Hold 300 MB, and every page of it."""
    held = mmap.mmap(-1, 300 * MEGABYTE)
    for place in range(0, len(held), mmap.PAGESIZE):
        held[place] = 1
    time.sleep(60)


def chatter(_request: Mapping[str, Any]) -> str:
    return "x" * 2 * MEGABYTE


def fill_the_disk(request: Mapping[str, Any]) -> None:
    with open(request["path"], "wb") as file:
        file.write(bytes(300 * MEGABYTE))


def leave_a_child(_request: Mapping[str, Any]) -> int:
    """Leave a process behind that outlives this one."""
    left = os.fork()
    if left:
        return left
    time.sleep(60)
    os._exit(0)


def environment(_request: Mapping[str, Any]) -> list[str]:
    """Tell the names of what the process was told by its environment."""
    return sorted(os.environ)


def crash(_request: Mapping[str, Any]) -> None:
    os.abort()


MISCHIEF = {
    "nothing": nothing,
    "hold memory": hold_memory,
    "chatter": chatter,
    "fill the disk": fill_the_disk,
    "leave a child": leave_a_child,
    "environment": environment,
    "crash": crash,
}
