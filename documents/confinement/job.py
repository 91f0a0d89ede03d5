"""Run one job in a child process that may die without harm.

The child gets no environment, no standard input and knows only its request; whatever it does,
this process reads at most ``report_bytes`` of JSON, and kills it when it takes too long or holds
too much memory.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from documents.confinement.bounds import MEGABYTE, Bounds
from documents.confinement.memory import resident

REPORT_BYTES: Final = 32 * MEGABYTE
ROOT: Final = Path(__file__).resolve().parents[2]
LOOK_EVERY: Final = 0.05
# -I keeps the environment and the user's site out, and with them the path to this package.
BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from documents.confinement import child; child.main(sys.argv[2])"
)


def run_job(
    job: str,
    request: Mapping[str, Any],
    *,
    bounds: Bounds,
    report_bytes: int = REPORT_BYTES,
) -> bytes | None:
    """Have module *job* perform *request* (plain JSON); ``None`` if its child died or was killed.

    The report is the child's own word, and the child may be the file speaking: the caller reads
    it as carefully as the file itself.
    """
    order = json.dumps({"job": job, "request": request, "bounds": asdict(bounds)})
    command = [sys.executable, "-I", "-X", "utf8", "-c", BOOT, str(ROOT), order]
    with tempfile.TemporaryFile() as report:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, JSON as argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=report,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        try:
            ended_well = _watch(child, bounds=bounds)
        finally:
            _kill(child)
        report.seek(0)
        answer = report.read(report_bytes + 1)
    return answer if ended_well and 0 < len(answer) <= report_bytes else None


def _watch(child: "subprocess.Popen[bytes]", *, bounds: Bounds) -> bool:
    """Wait for *child* within its bounds; tell whether it ended by itself and well."""
    until = time.monotonic() + bounds.wall_seconds
    while time.monotonic() < until and resident(child.pid) <= bounds.memory:
        try:
            return child.wait(timeout=LOOK_EVERY) == 0
        except subprocess.TimeoutExpired:
            continue
    return False


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End the child and whatever it started; a child that ended may have left others behind."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
