"""Where the text layer of a page says something else than its picture shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.text import capfirst

from documents.models import Reading
from documents.showing.pages import PageView, Placed

LABELS: Final = dict(Reading.Field.choices)


@dataclass(frozen=True)
class DifferenceView(Placed):
    """One value in two versions, and its place."""

    label: str
    layer: str
    picture: str

    @property
    def look(self) -> str:
        """Return the outcome word the box is drawn with."""
        return "fail"

    @property
    def title(self) -> str:
        """Return what the box is called."""
        return f"{self.layer} ≠ {self.picture}"


def differences_of(pages: Iterable[PageView]) -> Iterator[DifferenceView]:
    """Yield the disagreements stored with *pages*."""
    for page in pages:
        for position, part in enumerate(page.disagreements):
            yield DifferenceView(
                name=f"difference-{page.number}-{position}",
                page=page.number,
                label=capfirst(str(LABELS.get(part.get("field", ""), ""))),
                layer=part["layer"],
                picture=part["picture"],
                box=part["box"],
            )
