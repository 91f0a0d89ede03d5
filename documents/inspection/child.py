"""The process that opens hostile files. Started by ``runner``; writes one JSON object and ends.

Limits are set here, before any parser is imported, and not between fork and exec, where a
threaded parent could deadlock.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from documents.inspection.limits import MEGABYTE, Limits
from documents.inspection.protocol import Unacceptable

PARSERS: Final[Mapping[str, str]] = {
    "application/pdf": "documents.inspection.pdf",
    "image/jpeg": "documents.inspection.picture",
    "image/png": "documents.inspection.picture",
}
OUTPUT_BYTES: Final = 40 * MEGABYTE
OPEN_FILES: Final = 64
NEW_USER_AND_NETWORK: Final = 0x10000000 | 0x40000000

Report = dict[str, object]
Parser = Callable[[Path, Path, Limits], Report]


def main(request: str) -> None:
    """Inspect what *request* (JSON) asks for and report on standard output."""
    asked = json.loads(request)
    limits = Limits(**asked["limits"])
    confine(limits)
    report = _report(asked, limits=limits)
    sys.stdout.buffer.write(json.dumps(report, ensure_ascii=False).encode("utf-8", "replace"))
    sys.stdout.flush()
    # Native libraries that survived a hostile file may still crash while they tidy up.
    os._exit(0)


def confine(limits: Limits) -> None:
    """Give up memory, time, files and network beyond *limits*. Cannot be undone."""
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_CPU, limits.cpu_seconds)
    _bound(resource.RLIMIT_FSIZE, OUTPUT_BYTES)
    _bound(resource.RLIMIT_NOFILE, OPEN_FILES)
    _bound(resource.RLIMIT_AS, limits.memory)
    # Ends the child even where its parent was killed and cannot.
    signal.alarm(limits.wall_seconds + 1)
    _leave_network()


def _bound(kind: int, value: int) -> None:
    """Set a limit where the system has it: macOS refuses RLIMIT_AS."""
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        return


def _leave_network() -> None:
    """Move to a network namespace without interfaces, where the system lets a user do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(NEW_USER_AND_NETWORK)


def _report(asked: Mapping[str, Any], *, limits: Limits) -> Report:
    try:
        parse: Parser = import_module(PARSERS[asked["content_type"]]).parse
        return parse(Path(asked["path"]), Path(asked["out_dir"]), limits)
    except Unacceptable as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}
    except MemoryError:
        return {"refused": "too_large_decompressed", "facts": {}}
    except Exception:
        # Parsers raise anything at all on a broken file.
        return {"refused": "file_unreadable", "facts": {}}
