"""How much of the machine one uploaded file may use."""

from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for one file. Sizes in bytes, times in seconds."""

    max_bytes: int = 20 * MEGABYTE
    max_pages: int = 50
    max_pixels: int = 50_000_000
    max_decoded: int = 100 * MEGABYTE
    max_page_text: int = 200_000
    memory: int = 512 * MEGABYTE
    cpu_seconds: int = 9
    wall_seconds: int = 20
