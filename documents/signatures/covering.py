"""Say which bytes of a file a signature speaks for. Pure."""

from collections.abc import Sequence
from typing import Any, Final

WHOLE: Final = "whole"
BEGINNING: Final = "beginning"
MISPLACED: Final = "misplaced"
OVERLONG: Final = "overlong"
SENSELESS: Final = "senseless"


def cover_of(byte_range: Sequence[Any], contents: bytes, *, data: bytes) -> str:
    """Return how the signature with *contents* covers the file *data*.

    ``whole``: every byte but the signature itself. ``beginning``: the same, up to bytes that came
    later. ``misplaced``: the gap it leaves is not the signature, because the file was rewritten
    or the gap was widened to hide something. ``overlong``: it speaks for more than there is.
    ``senseless``: no such range can be meant.

    The gap must be the signature in hexadecimal and nothing else: a shorter spelling of the same
    signature would leave room that is neither signed nor noticed.
    """
    if not _can_be_meant(byte_range):
        return SENSELESS
    start, end, rest = byte_range[1], byte_range[2], byte_range[3]
    if _hexadecimal(data[start:end]) != contents:
        return MISPLACED
    if end + rest > len(data):
        return OVERLONG
    return WHOLE if end + rest == len(data) else BEGINNING


def _can_be_meant(byte_range: Sequence[Any]) -> bool:
    if len(byte_range) != 4 or not all(isinstance(number, int) for number in byte_range):
        return False
    first, start, end, rest = byte_range
    return bool(first == 0 < start < end and rest > 0)


def _hexadecimal(gap: bytes) -> bytes | None:
    """Return the bytes that ``<…>`` spells; ``None`` for anything else."""
    if not (gap.startswith(b"<") and gap.endswith(b">")):
        return None
    try:
        return bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return None
