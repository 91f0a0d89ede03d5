"""What the eyes report of a page. Plain data; imports nothing that looks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class FoundSeal:
    """A seal on a page. Scores and fractions run from 0 to 1; see ``documents.models.Seal``."""

    box: Box
    colour: str
    kind: str
    score: float
    roundness: float
    star: float
    diameter_mm: float | None
    ring_text: str
    mark: str
    pixels: str

    def facts(self) -> dict[str, Any]:
        """Return the fields as the model takes them."""
        return {**asdict(self), "box": list(self.box)}


@dataclass(frozen=True, slots=True)
class SeenText:
    """A line of words, its box in fractions of the upright page, and the surest lower bound."""

    text: str
    box: Box
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return the line as pages store it."""
        return {"text": self.text, "box": list(self.box), "confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class PageSeen:
    """The words of a page, by how many degrees it was turned, and whether it was drawn anew."""

    lines: tuple[SeenText, ...]
    turned: int
    redrawn: bool


@dataclass(frozen=True, slots=True)
class PageExamined:
    """The seals of a page and the mark by which near twins of it are found."""

    seals: tuple[FoundSeal, ...]
    mark: str


def page_seen(answer: Mapping[str, Any]) -> PageSeen:
    """Read the child's answer about words."""
    lines = tuple(
        SeenText(str(line["text"]), box_of(line["box"]), float(line["confidence"]))
        for line in answer["lines"]
    )
    return PageSeen(lines, int(answer["turned"]), answer["redrawn"] is True)


def page_examined(answer: Mapping[str, Any]) -> PageExamined:
    """Read the child's answer about seals."""
    seals = tuple(FoundSeal(**{**seal, "box": box_of(seal["box"])}) for seal in answer["seals"])
    return PageExamined(seals, str(answer["mark"]))


def box_of(numbers: Any) -> Box:
    """Return four numbers as a box."""
    left, top, width, height = (round(float(number), 5) for number in numbers)
    return left, top, width, height
