"""A sheet as its page shows it, from what its tiles keep; nothing is looked up anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.showing.pages import FULL
from exports.models import User
from reviews import sampling
from reviews.lane.choosing import clean
from reviews.lane.crops import ATTESTED, SIGNATURE, Why
from reviews.lane.policies import answers_for_lane
from reviews.lane.signing import least_ms
from reviews.models import Case, LaneClosure, LanePolicy, LaneSample, LaneSheet, LaneTile
from reviews.states import Status

MOST_COUNTED: Final = 100
MOST_LISTED: Final = 20
LABELS: Final[Mapping[str, Promise]] = {
    Why.VIN: gettext_lazy("VIN"),
    Why.DESTINATION: gettext_lazy("Destination"),
    Why.OUTLET: gettext_lazy("Service outlet"),
    Why.SEAL: gettext_lazy("Seal"),
    SIGNATURE: gettext_lazy("Electronic signature"),
    ATTESTED: gettext_lazy("Attested at the manufacturer’s desk"),
}
WHY_OUT: Final[Mapping[str, Promise]] = {
    Why.NO_LETTER: gettext_lazy("no letter that was opened names every vehicle"),
    Why.SEVERAL_LETTERS: gettext_lazy("more than one letter names its vehicles"),
    Why.VIN: gettext_lazy("a VIN could not be read on the letter as it was declared"),
    Why.DESTINATION: gettext_lazy("the destination could not be read on the letter as declared"),
    Why.OUTLET: gettext_lazy("no service outlet could be read on the letter"),
    Why.SEAL: gettext_lazy("neither an official seal nor a valid signature was found"),
}
TONES: Final[Mapping[str, str]] = {
    LaneTile.State.SIGNED: "good",
    LaneTile.State.SKIPPED: "bad",
    LaneTile.State.PULLED: "warn",
}


@dataclass(frozen=True)
class CropView:
    """One piece of a letter: what it is, what is read, what was declared, and where it is cut."""

    kind: str
    label: str
    read: str
    declared: str
    src: str
    view_box: str
    size: list[int]
    specimen: str

    @property
    def alternative(self) -> str:
        """Return what the picture says, for those who do not see it."""
        return _("%(what)s on the letter: %(read)s") % {
            "what": self.label,
            "read": self.read or _("not legible"),
        }


@dataclass(frozen=True)
class TileView:
    """One case on the sheet."""

    tile: LaneTile
    case: Case
    country: str
    letter: str
    crops: list[CropView]
    least_ms: int


def tiles_of(tiles: Iterable[LaneTile], *, rules: LanePolicy) -> list[TileView]:
    """Return *tiles* as the sheet shows them; asks nothing of the database."""
    return [
        TileView(
            tile=tile,
            case=tile.case,
            country=country_of(tile.case),
            letter=tile.shown["letter"],
            crops=[crop_view(tile, crop) for crop in tile.shown["crops"]],
            least_ms=least_ms(tile, rules),
        )
        for tile in tiles
    ]


def country_of(case: Case) -> str:
    """Return the destination in words."""
    return str(case.application.destination or case.destination_code)


def crop_view(tile: LaneTile, crop: Mapping[str, Any]) -> CropView:
    """Return one piece with the address of the page it is cut from."""
    case, kind = tile.case, crop["kind"]
    place = [case.reference, tile.shown["document"], crop["page"]]
    country = country_of(case) if kind == Why.DESTINATION else ""
    return CropView(
        kind=kind,
        label=str(LABELS[kind]),
        # An attested confirmation keeps the country by its code, a letter as it is printed.
        read=country if country and not crop["box"] else crop["read"],
        declared=country or crop["declared"],
        src=f"{reverse('workbench:document_page', args=place)}?{FULL}" if crop["box"] else "",
        view_box=" ".join(map(str, crop["box"])),
        size=crop["size"],
        specimen=specimen_at(case, crop["specimen"]),
    )


def specimen_at(case: Case, pk: int | None) -> str:
    """Return the address of the specimen a seal was compared with, if it was."""
    return reverse("workbench:specimen", args=[case.reference, pk]) if pk else ""


def left_out(sheet: LaneSheet) -> list[tuple[str, str]]:
    """Return the clean cases that stay off *sheet*, each with the reason."""
    return [(row["case"], str(WHY_OUT[row["why"]])) for row in sheet.left_out]


def may_undo(sheet: LaneSheet, *, user: User) -> bool:
    """Tell whether something of *sheet* has not taken effect yet: one query."""
    waiting = sheet.tiles.filter(state=LaneTile.State.SIGNED, case__status=Status.SETTLING)
    return sheet.by_id == user.pk and settings.UNDO_SECONDS > 0 and waiting.exists()


def ended_of(sheet: LaneSheet) -> list[LaneTile]:
    """Return what is off *sheet*, in order: one query."""
    rows = sheet.tiles.exclude(state=LaneTile.State.SHOWN).select_related("case")
    return list(rows.order_by("position"))


def waiting_count(user: User, *, rules: LanePolicy, at: datetime) -> int:
    """Count the clean cases that wait, up to a hundred: one query."""
    return clean(user, rules=rules, at=at).order_by()[:MOST_COUNTED].count()


@dataclass(frozen=True)
class Quality:
    """What the blind reviews said of the lane, for those who answer for it."""

    samples: int
    disagreements: int
    rules: LanePolicy
    latest: Sequence[LaneSample]
    closures: Sequence[LaneClosure]
    sheets: Sequence[LaneSheet]

    @property
    def percent(self) -> float:
        """Return the share that disagreed."""
        return 100 * self.disagreements / self.samples if self.samples else 0.0


def quality_for(user: User, *, rules: LanePolicy) -> Quality | None:
    """Return the decided samples, closures and sheets *user* answers for: five queries."""
    if not answers_for_lane(user):
        return None
    samples, disagreements = sampling.tally(rules)
    seen = Case.objects.visible_to(user)
    latest = LaneSample.objects.filter(verdict__in=sampling.JUDGED, case__in=seen)
    sheets = LaneSheet.objects.visible_to(user).select_related("by")
    return Quality(
        samples=samples,
        disagreements=disagreements,
        rules=rules,
        latest=list(latest.select_related("case").order_by("-judged_at", "-id")[:MOST_LISTED]),
        closures=list(LaneClosure.objects.select_related("reopened_by")[:MOST_LISTED]),
        sheets=list(sheets.annotate(last=Max("tiles__signed_at")).order_by("-id")[:MOST_LISTED]),
    )
