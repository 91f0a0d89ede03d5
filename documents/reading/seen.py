"""What was seen on a page, as the reading of fields takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of words and its box (left, top, width, height) in fractions of the upright page."""

    text: str
    box: Box
    confidence: float

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "SeenLine":
        """Return a line as pages store it."""
        left, top, width, height = stored["box"]
        return cls(stored["text"], (left, top, width, height), stored["confidence"])

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.box[0] + self.box[2]

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.box[1] + self.box[3]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """The lines of page *number*; *source* is "layer" for a file's own text, else "picture"."""

    number: int
    lines: tuple[SeenLine, ...]
    source: str


def around(boxes: Sequence[Box]) -> Box:
    """Return the box around *boxes*, which are at least one."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
