"""Know which characters the embedded fonts can print, and replace the rest by 〓.

A missing character would otherwise be an empty box, and PDF/A forbids those. 〓 is what Chinese
and Japanese typesetters have always put where a type is missing: it is seen, and asked about.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from pylopdf_fonts_zh_cn import sans_path, serif_path

FONT_FILES: Final[tuple[Path, ...]] = (serif_path(), sans_path())
MISSING: Final = "〓"
WINDOWS_FULL_UNICODE: Final = (3, 10)


def printable(text: str) -> str:
    """Return *text* as it can be printed: breaks become spaces, the unprintable becomes 〓.

    Control and format characters count as unprintable: one that turns the reading direction
    could make a licence say something else than its record.
    """
    return "".join(map(_printable_character, text))


def _printable_character(character: str) -> str:
    if character in "\t\n\r\x0b\x0c\x85\u2028\u2029":
        return " "
    if unicodedata.category(character) in {"Cc", "Cf"} or ord(character) not in _repertoire():
        return MISSING
    return character


@cache
def _repertoire() -> frozenset[int]:
    return frozenset(
        code for file in FONT_FILES for first, last in _ranges(file) for code in range(first, last)
    )


def _ranges(file: Path) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges of code points in an OpenType file.

    Source: OpenType specification, "cmap", segmented coverage (format 12).
    """
    font = file.read_bytes()
    table = _table_offset(font, tag=b"cmap")
    start = table + _full_unicode_offset(font[table:])
    groups = struct.unpack_from(">L", font, start + 12)[0]
    for group in range(groups):
        first, last, _glyph = struct.unpack_from(">LLL", font, start + 16 + 12 * group)
        yield first, last + 1


def _table_offset(font: bytes, *, tag: bytes) -> int:
    count = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * index) for index in range(count))
    return int(next(offset for name, _checksum, offset, _length in records if name == tag))


def _full_unicode_offset(cmap: bytes) -> int:
    count = struct.unpack_from(">H", cmap, 2)[0]
    records = (struct.unpack_from(">HHL", cmap, 4 + 8 * index) for index in range(count))
    return int(next(offset for *kind, offset in records if tuple(kind) == WINDOWS_FULL_UNICODE))
