"""Inspect a file in a child process that may die without harm.

The child gets no environment, no standard input and a working directory of its own choosing
only through its request; whatever it does, this process reads at most ``REPORT_BYTES`` of JSON.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

from documents.inspection.limits import Limits
from documents.inspection.protocol import page_path
from documents.inspection.sniff import HEAD_BYTES, screen
from documents.inspection.verdicts import FLAGS, SENTENCES, Inspected, PageImage, Refused

# What reading JSON of any shape, size or depth may raise.
SENSELESS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
REPORT_BYTES: Final = 32 * 1024 * 1024
ROOT: Final = Path(__file__).resolve().parents[2]
# -I keeps the environment and the user's site out, and with them the path to this package.
BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from documents.inspection import child; child.main(sys.argv[2])"
)


def inspect(
    path: Path, *, name: str, declared_type: str, out_dir: Path, limits: Limits | None = None
) -> Inspected | Refused:
    """Look at the file at *path*, uploaded as *name*, and draw its pages into *out_dir*.

    Never raises for anything the file contains. Takes at most ``limits.wall_seconds``.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    with path.open("rb") as file:
        found = screen(
            file.read(HEAD_BYTES), size=size, name=name, declared_type=declared_type, limits=limits
        )
        if isinstance(found, Refused):
            return found
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    report = _ask_child(path, content_type=found, out_dir=out_dir, limits=limits)
    return read_report(report, content_type=found, out_dir=out_dir, sha256=sha256, size=size)


def _ask_child(path: Path, *, content_type: str, out_dir: Path, limits: Limits) -> bytes:
    request = {
        "path": str(path.resolve()),
        "content_type": content_type,
        "out_dir": str(out_dir.resolve()),
        "limits": asdict(limits),
    }
    command = [sys.executable, "-I", "-X", "utf8", "-c", BOOT, str(ROOT), json.dumps(request)]
    with tempfile.TemporaryFile() as report:
        _run(command, report=report, seconds=limits.wall_seconds)
        report.seek(0)
        return report.read(REPORT_BYTES + 1)


def _run(command: list[str], *, report: IO[bytes], seconds: int) -> None:
    child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, JSON as argument
        command,
        stdin=subprocess.DEVNULL,
        stdout=report,
        stderr=subprocess.DEVNULL,
        env={},
        start_new_session=True,
    )
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def read_report(
    report: bytes, *, content_type: str, out_dir: Path, sha256: str, size: int
) -> Inspected | Refused:
    """Read the child's *report* as carefully as the file itself: it may be the file speaking.

    An empty or senseless report is that of a child that died.
    """
    try:
        answer = _parsed(report)
        if "refused" in answer:
            return _refusal(answer)
        pages = tuple(
            _page(page, number=number, out_dir=out_dir)
            for number, page in enumerate(answer["pages"], start=1)
        )
        flags = tuple(sorted(flag for flag in FLAGS if flag in answer["flags"]))
    except SENSELESS:
        return Refused("file_unreadable", {})
    if not pages:
        return Refused("file_unreadable", {})
    return Inspected(content_type, pages=pages, flags=flags, sha256=sha256, size=size)


def _parsed(report: bytes) -> dict[str, Any]:
    if len(report) > REPORT_BYTES:
        raise ValueError("report too long")
    answer: dict[str, Any] = json.loads(report)
    return answer


def _refusal(answer: Mapping[str, Any]) -> Refused:
    facts = {str(key): value for key, value in answer["facts"].items() if type(value) in (int, str)}
    code = str(answer["refused"])
    return Refused(code if code in SENTENCES else "file_unreadable", facts)


def _page(page: Mapping[str, Any], *, number: int, out_dir: Path) -> PageImage:
    path = page_path(out_dir, number=number)
    if path.is_symlink() or not path.is_file():
        raise ValueError("no picture")
    return PageImage(number, int(page["width"]), int(page["height"]), path, str(page["text"]))
