"""What the pages about opinions show: facts by their names, pages as pictures, rows of a list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from documents.showing import PageView
from exports.models import Destination
from exports.wording import say
from reviews.models import Opinion, OpinionCode
from reviews.opinion_facts import LABELS
from reviews.opinions.papers import shown_pages


@dataclass(frozen=True)
class Fact:
    """One fact that was shown."""

    label: str
    value: str
    plain: bool


@dataclass(frozen=True)
class Row:
    """One opinion of a list, and whether its answer is late."""

    opinion: Opinion
    late: bool
    answer: str
    tone: str


TONES: Final = {
    OpinionCode.Weight.FOR: "good",
    OpinionCode.Weight.AGAINST: "bad",
    OpinionCode.Weight.NEUTRAL: "warn",
}


def facts_of(opinion: Opinion) -> list[Fact]:
    """Return the facts *opinion* shows, in the order of their names."""
    shown = [(name, opinion.shown[name]) for name in LABELS if name in opinion.shown]
    return [
        Fact(say(LABELS[name]), named(name, value), plain=name not in ("vin", "hs_code"))
        for name, value in shown
    ]


def named(name: str, value: str) -> str:
    """Return a fact as people read it: a country with its name."""
    if name == "destination" and value:
        country = Destination.objects.filter(pk=value).first()
        return f"{value} {country}" if country else value
    return value


def pages_of(opinion: Opinion, *, address: Callable[[str, int], str]) -> list[PageView]:
    """Return the pages *opinion* shows, numbered through; *address* gives the picture's place."""
    return [
        PageView(
            number=place,
            src=address(key, page.number),
            width=page.width,
            height=page.height,
            text=page.text,
            disagreements=[],
        )
        for place, (key, _kind, page) in enumerate(shown_pages(opinion), start=1)
    ]


def row_of(opinion: Opinion, *, at: datetime) -> Row:
    """Return one opinion as a list shows it."""
    code = opinion.code
    return Row(
        opinion,
        late=opinion.is_late(at),
        answer=say(code.text) if code else "",
        tone=TONES[OpinionCode.Weight(code.weight)] if code else "",
    )
