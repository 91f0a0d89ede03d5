"""How much of the machine one uploaded file may use."""

from dataclasses import dataclass

from documents.confinement.bounds import MEGABYTE, Bounds

__all__ = ["MEGABYTE", "Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for one file. Sizes in bytes, times in seconds.

    Memory, ``cpu_seconds`` and ``wall_seconds`` bind one child process. It draws
    ``pages_at_once``, so that a long paper may take longer than a single bad page; after
    ``drawing_seconds`` no further child is started.
    """

    max_bytes: int = 20 * MEGABYTE
    max_pages: int = 50
    max_pixels: int = 50_000_000
    max_decoded: int = 100 * MEGABYTE
    max_page_text: int = 200_000
    memory: int = 512 * MEGABYTE
    cpu_seconds: int = 9
    wall_seconds: int = 20
    pages_at_once: int = 5
    drawing_seconds: int = 120

    @property
    def bounds(self) -> Bounds:
        """Return what a child process that opens the file may use of the machine."""
        return Bounds(
            memory=self.memory,
            address_space=self.memory,
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.wall_seconds,
        )
