"""Name a file's type from its first bytes. Cheap enough for the web process; parses nothing."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from documents.inspection.limits import Limits
from documents.inspection.verdicts import Refused

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
TIFF: Final = "image/tiff"
HEIC: Final = "image/heic"
HEAD_BYTES: Final = 4096
BLANKS: Final = b"\r\n\t "
BLANK_BYTES: Final = 64

EXTENSIONS: Final[Mapping[str, frozenset[str]]] = {
    PDF: frozenset({"pdf"}),
    JPEG: frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    PNG: frozenset({"png"}),
    TIFF: frozenset({"tif", "tiff"}),
    HEIC: frozenset({"heic", "heif", "hif"}),
}
DECLARATIONS: Final[Mapping[str, frozenset[str]]] = {
    PDF: frozenset({PDF, "application/x-pdf"}),
    JPEG: frozenset({JPEG, "image/jpg", "image/pjpeg"}),
    PNG: frozenset({PNG, "image/x-png"}),
    TIFF: frozenset({TIFF, "image/tiff-fx"}),
    HEIC: frozenset({HEIC, "image/heif"}),
}
HEIC_BRANDS: Final = frozenset({b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"})
UNDECLARED: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_EXTENSION: Final = re.compile(r"\.[a-z][a-z0-9]{1,4}")


def recognise(head: bytes) -> str | None:
    """Return the allowed type *head* opens, or None.

    The signature must stand at the very first byte: readers that search for ``%PDF`` further on
    are what makes a web page pass as a PDF. Only blanks may precede a PDF's, as careless servers
    send them.
    """
    if head[:BLANK_BYTES].lstrip(BLANKS).startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    return HEIC if head[4:12] in HEIC_BRANDS else None


def screen(
    head: bytes, *, size: int, name: str, declared_type: str, limits: Limits
) -> str | Refused:
    """Return the content type, or the refusal, of a file that begins with *head*.

    *head* is the first ``HEAD_BYTES`` of the file, or all of a shorter one.
    """
    if size == 0:
        return Refused("empty_file", {})
    if size > limits.max_bytes:
        return Refused("too_large", {"size": size, "limit": limits.max_bytes})
    found = recognise(head)
    if found is None:
        return Refused("unsupported_type", {"found": _foreign(head, name=name)})
    if not _agree(found, name=name, declared_type=declared_type):
        return Refused("type_mismatch", {"found": found})
    return found


def _agree(found: str, *, name: str, declared_type: str) -> bool:
    extension = PurePath(name).suffix.lower()
    if _EXTENSION.fullmatch(extension) and extension[1:] not in EXTENSIONS[found]:
        return False
    declared = declared_type.partition(";")[0].strip().lower()
    return declared in UNDECLARED or declared in DECLARATIONS[found]


def _foreign(head: bytes, *, name: str) -> str:
    """Name the forbidden types people send in good faith, to tell them what to do."""
    extension = PurePath(name).suffix.lower()
    if extension == ".ofd" or (head.startswith(b"PK") and b"OFD.xml" in head):
        return "ofd"
    return "unknown"
