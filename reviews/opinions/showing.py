"""What the pages about opinions show: facts by their names, pages as pictures, rows of a list."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from documents.models import Document
from documents.showing import PageView
from exports.models import Destination
from exports.wording import say
from reviews.models import Case, Opinion, OpinionCode
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


@dataclass(frozen=True)
class View:
    """One opinion as the page of its case shows it: the answer, and all that was shown."""

    row: Row
    facts: list[Fact]
    papers: list[tuple[str, str]]


EMPTY: Final[Mapping[str, str]] = {}
SIGNS: Final = frozenset({"vin", "hs_code"})
TONES: Final = {
    OpinionCode.Weight.FOR: "good",
    OpinionCode.Weight.AGAINST: "bad",
    OpinionCode.Weight.NEUTRAL: "warn",
}


def facts_of(opinion: Opinion, *, countries: Mapping[str, str] = EMPTY) -> list[Fact]:
    """Return the facts *opinion* shows, in the order of their names."""
    shown = [(name, opinion.shown[name]) for name in LABELS if name in opinion.shown]
    return [
        Fact(say(LABELS[name]), countries.get(value, value), plain=name not in SIGNS)
        for name, value in shown
    ]


def countries_in(opinion: Opinion) -> dict[str, str]:
    """Return the country *opinion* names, by its code, as people read it: at most one query."""
    code = opinion.shown.get("destination", "")
    found = Destination.objects.filter(pk=code) if code else ()
    return {country.pk: f"{country.pk} {country}" for country in found}


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


def views_of(case: Case, *, at: datetime) -> list[View]:
    """Return every question about *case*, the newest first; no query where they are loaded."""
    return [
        View(row_of(opinion, at=at), facts_of(opinion), list(papers_in(opinion, case)))
        for opinion in sorted(case.opinions.all(), key=lambda each: -each.pk)
    ]


def papers_in(opinion: Opinion, case: Case) -> Iterator[tuple[str, str]]:
    """Yield name and address, in its case, of each paper *opinion* shows."""
    for paper in opinion.papers:
        pages = ", ".join(str(number) for number in paper["pages"])
        name = f"{Document.Kind(paper['kind']).label} · {_('page')} {pages}"
        yield (
            name,
            reverse("workbench:case", args=[case.reference], query={"document": paper["key"]}),
        )
