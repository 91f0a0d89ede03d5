"""Inspect a file in a child process that may die without harm: look first, draw after."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from documents.confinement.job import run_job
from documents.inspection.limits import Limits
from documents.inspection.protocol import page_path
from documents.inspection.sniff import HEAD_BYTES, screen
from documents.inspection.verdicts import FLAGS, SENTENCES, Drawn, Opened, PageImage, Refused

# What reading JSON of any shape, size or depth may raise.
SENSELESS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
JOB: Final = "documents.inspection.jobs"


def open_file(
    path: Path, *, name: str, declared_type: str, limits: Limits | None = None
) -> Opened | Refused:
    """Look at the file at *path*, uploaded as *name*: may its pages be drawn?

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
    report = _ask({"path": str(path.resolve()), "content_type": found}, limits=limits)
    return read_opening(report, content_type=found, sha256=sha256, size=size)


def draw_pages(
    path: Path, *, content_type: str, out_dir: Path, limits: Limits | None = None
) -> Drawn | Refused:
    """Draw the pages of the file at *path*, which was looked at before, into *out_dir*.

    Never raises for anything the file contains. Each child draws ``limits.pages_at_once``; takes
    at most ``limits.drawing_seconds`` and the ``wall_seconds`` of the last child.
    """
    limits = limits or Limits()
    request = {
        "path": str(path.resolve()),
        "content_type": content_type,
        "out_dir": str(out_dir.resolve()),
    }
    drawn = Drawn((), flags=(), of=1)
    until = time.monotonic() + limits.drawing_seconds
    while len(drawn.pages) < drawn.of:
        first = len(drawn.pages) + 1
        if time.monotonic() > until:
            return Refused("file_unreadable", {"page": first})
        report = _ask({**request, "first": first}, limits=limits)
        part = read_drawing(report, out_dir=out_dir, first=first)
        if isinstance(part, Refused):
            return part
        if part.of > limits.max_pages:
            return Refused("too_many_pages", {"pages": part.of, "limit": limits.max_pages})
        drawn = _with(drawn, part)
    return drawn


def _with(drawn: Drawn, part: Drawn) -> Drawn:
    flags = tuple(sorted({*drawn.flags, *part.flags}))
    return Drawn(drawn.pages + part.pages, flags=flags, of=part.of)


def _ask(request: Mapping[str, str | int], *, limits: Limits) -> bytes:
    """Return the child's report; of a child that died, nothing."""
    asked = {**request, "limits": asdict(limits)}
    return run_job(JOB, asked, bounds=limits.bounds) or b""


def read_opening(report: bytes, *, content_type: str, sha256: str, size: int) -> Opened | Refused:
    """Read the child's *report* as carefully as the file itself: it may be the file speaking.

    An empty or senseless report is that of a child that died.
    """
    try:
        answer = json.loads(report)
        if "refused" in answer:
            return _refusal(answer)
        pages, flags = int(answer["pages"]), _flags(answer)
    except SENSELESS:
        return Refused("file_unreadable", {})
    if pages < 1:
        return Refused("file_unreadable", {})
    return Opened(content_type, pages=pages, flags=flags, sha256=sha256, size=size)


def read_drawing(report: bytes, *, out_dir: Path, first: int = 1) -> Drawn | Refused:
    """Read the report of a child that drew pages into *out_dir*, with the same care.

    It starts with page *first*; the file may have more.
    """
    try:
        answer = json.loads(report)
        if "refused" in answer:
            return _refusal(answer)
        pages = tuple(
            _page(page, number=number, out_dir=out_dir)
            for number, page in enumerate(answer["pages"], start=first)
        )
        flags, of = _flags(answer), int(answer["of"])
    except SENSELESS:
        return Refused("file_unreadable", {})
    return Drawn(pages, flags=flags, of=of) if pages else Refused("file_unreadable", {})


def _flags(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(flag for flag in FLAGS if flag in answer["flags"]))


def _refusal(answer: Mapping[str, Any]) -> Refused:
    facts = {str(key): value for key, value in answer["facts"].items() if type(value) in (int, str)}
    code = str(answer["refused"])
    return Refused(code if code in SENTENCES else "file_unreadable", facts)


def _page(page: Mapping[str, Any], *, number: int, out_dir: Path) -> PageImage:
    path = page_path(out_dir, number=number)
    if path.is_symlink() or not path.is_file():
        raise ValueError("no picture")
    side = page["long_side_mm"]
    return PageImage(
        number,
        int(page["width"]),
        int(page["height"]),
        path,
        text=str(page["text"]),
        lines=tuple(_line(line) for line in page["lines"]),
        trustworthy=page["trustworthy"] is True,
        long_side_mm=None if side is None else float(side),
    )


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    left, top, width, height = (float(part) for part in line["box"])
    return {"text": str(line["text"]), "box": [left, top, width, height], "confidence": 1.0}
