"""How much of the machine a child process may use."""

from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds of one child process. Sizes in bytes, times in seconds.

    ``address_space`` binds what the child may ask for, ``memory`` what it may really hold.
    """

    memory: int = 512 * MEGABYTE
    address_space: int = 1024 * MEGABYTE
    cpu_seconds: int = 9
    wall_seconds: int = 20
    output_bytes: int = 40 * MEGABYTE
    open_files: int = 64
