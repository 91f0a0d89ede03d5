"""What was seen of a seal, as evidence to be looked at: nothing here proves one genuine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from documents.models import Seal
from documents.models.seals import SealKind
from documents.showing.pages import PageView, Placed
from documents.vision.likeness import SAME_DIE

SpecimenAt = Callable[[int], str]
# A crop shows a little of the paper around the seal.
MARGIN: Final = 0.12
SURELY: Final = 0.85
PERHAPS: Final = 0.6
SCORES: Final[tuple[tuple[float, Promise], ...]] = (
    (SURELY, _("clearly a seal")),
    (PERHAPS, _("probably a seal")),
    (0, _("perhaps a seal")),
)
NAMES: Final[tuple[tuple[float, Promise], ...]] = (
    (1, _("the same words")),
    (0.8, _("almost the same words")),
    (0, _("other words")),
)
SPECIMENS: Final[tuple[tuple[float, Promise], ...]] = (
    (SAME_DIE, _("looks like the same seal")),
    (PERHAPS, _("resembles it")),
    (0, _("looks different")),
)


@dataclass(frozen=True, slots=True)
class Degree:
    """A likeness from 0 to 1 as a word and a number of percent."""

    word: str
    percent: int


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a page's picture, in pixels of the whole."""

    src: str
    page_width: int
    page_height: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SpecimenView:
    """The seal on record that a found one was compared with."""

    src: str
    words: str
    likeness: Degree


@dataclass(frozen=True)
class SealView(Placed):
    """One seal with its place and what it resembles."""

    kind: str
    colour: str
    official: bool
    ring: str
    millimetres: float | None
    score: Degree
    issuer: Degree | None
    specimen: SpecimenView | None
    crop: Crop | None

    @property
    def look(self) -> str:
        """Return the outcome word the box is drawn with."""
        return "seal" if self.official else "attention"

    @property
    def title(self) -> str:
        """Return what the box is called."""
        return f"{self.kind} {self.ring}".strip()


def seals_of(
    seals: Iterable[Seal], *, pages: Iterable[PageView], specimen_at: SpecimenAt | None
) -> list[SealView]:
    """Return *seals* as people see them, cut out of *pages*; asks nothing of the database.

    Specimens are shown only where *specimen_at* says at which address: to nobody but staff.
    """
    numbered = {page.number: page for page in pages}
    return [view_of(seal, page=numbered.get(seal.page), specimen_at=specimen_at) for seal in seals]


def view_of(seal: Seal, *, page: PageView | None, specimen_at: SpecimenAt | None) -> SealView:
    """Return one seal."""
    official = seal.kind == SealKind.OFFICIAL and seal.colour == Seal.Colour.RED
    return SealView(
        name=f"seal-{seal.pk}",
        page=seal.page,
        box=seal.box,
        kind=capfirst(seal.get_kind_display()),
        colour=seal.get_colour_display(),
        official=official,
        ring=seal.ring_text,
        millimetres=seal.diameter_mm,
        score=degree(seal.score, SCORES),
        issuer=known(seal.name_likeness, NAMES),
        specimen=specimen_of(seal, specimen_at) if specimen_at else None,
        crop=crop_of(seal, page) if page and seal.box else None,
    )


def specimen_of(seal: Seal, specimen_at: SpecimenAt) -> SpecimenView | None:
    """Return the specimen *seal* was compared with."""
    if seal.specimen is None:
        return None
    return SpecimenView(
        src=specimen_at(seal.specimen.pk),
        words=" ".join(filter(None, [seal.specimen.get_kind_display(), seal.specimen.ring_text])),
        likeness=degree(seal.specimen_likeness or 0, SPECIMENS),
    )


def crop_of(seal: Seal, page: PageView) -> Crop:
    """Return the seal with a little of the paper around it."""
    left, top, width, height = seal.box
    around = MARGIN * max(width * page.width, height * page.height)
    x, y = max(left * page.width - around, 0), max(top * page.height - around, 0)
    right = min((left + width) * page.width + around, page.width)
    bottom = min((top + height) * page.height + around, page.height)
    return Crop(
        src=page.src,
        page_width=page.width,
        page_height=page.height,
        x=round(x),
        y=round(y),
        width=round(right - x),
        height=round(bottom - y),
    )


def known(likeness: float | None, words: tuple[tuple[float, Promise], ...]) -> Degree | None:
    """Return *likeness* in words, or nothing where nothing was compared."""
    return None if likeness is None else degree(likeness, words)


def degree(likeness: float, words: tuple[tuple[float, Promise], ...]) -> Degree:
    """Return the word of the highest step that *likeness* reaches, and its percentage."""
    word = next(word for least, word in words if likeness >= least or not least)
    return Degree(str(word), round(likeness * 100))
