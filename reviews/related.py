"""Other cases that have something in common with one: a VIN, a letter, the exporter, a seal.

The office may know that a VIN stands in another office's case, and how that case stands; which
one it is, it learns only within its own jurisdiction.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from documents import evidence
from documents.models import Attachment, ConfirmedVehicle, Echo, Seal
from exports.models import Line, User
from reviews.casefile import TONES
from reviews.exhibits import documents_of
from reviews.models import Case

MOST: Final = 20
LATEST: Final = 10
MOST_VINS: Final = 1000
Why = dict[int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One related case; without address, reference and exporter where it is another office's."""

    url: str
    reference: str
    exporter: str
    destination: str
    status: str
    tone: str
    filed_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """The cases one thing in common leads to, newest first."""

    title: str
    empty: str
    rows: list[Row]


def of(case: Case, *, user: User) -> list[Group]:
    """Return what is related to *case* as far as *user* may know it: at most eleven queries."""
    vins = list(case.application.lines.values_list("vin", flat=True))
    papers = list(documents_of(case, vins=vins).order_by().values_list("pk", flat=True).distinct())
    copied, shared = by_echoes(papers)
    found: list[tuple[str, str, Why]] = [
        (_("Same VIN"), _("The VINs stand in no other case."), by_vin(case, vins)),
        (_("Same letter"), _("The letter serves no other case."), by_letter(case, vins)),
        (_("Same seal"), _("No other paper bears these seals."), {**by_specimen(papers), **copied}),
        (_("Same paper"), _("No other case shares a paper."), shared),
        (_("Same exporter"), _("This is its only case."), by_exporter(case)),
    ]
    cases = cases_of({pk for _title, _empty, why in found for pk in why} - {case.application_id})
    return [Group(title, empty, rows_of(why, cases, user=user)) for title, empty, why in found]


def by_vin(case: Case, vins: Collection[str]) -> Why:
    """Return the applications of any office in which one of *vins* stands, each with the VINs."""
    lines = Line.objects.filter(vehicle__vin__in=vins, application__filed_on__isnull=False)
    others = lines.exclude(application=case.application_id).order_by("-id")
    return gathered(others.values_list("application", "vin")[: MOST * MOST])


def by_letter(case: Case, vins: Collection[str]) -> Why:
    """Return the exporter's applications that hold another VIN of a letter that names *vins*."""
    named = ConfirmedVehicle.objects.filter(
        confirmation__in=ConfirmedVehicle.objects.filter(
            vin__in=vins, confirmation__exporter=case.exporter_id
        ).values("confirmation")
    )
    letters = dict(named.values_list("vin", "confirmation__number").order_by("-id")[:MOST_VINS])
    lines = Line.objects.filter(
        vehicle__exporter=case.exporter_id,
        vehicle__vin__in=letters.keys() - set(vins),
        application__filed_on__isnull=False,
    )
    others = lines.exclude(application=case.application_id).order_by("-id")
    pairs = others.values_list("application", "vin")[: MOST * MOST]
    return gathered((pk, " ".join(filter(None, [letters[vin], vin]))) for pk, vin in pairs)


def by_exporter(case: Case) -> Why:
    """Return the exporter's latest applications."""
    rows = Case.objects.filter(exporter=case.exporter_id).exclude(pk=case.pk).order_by("-id")
    return dict.fromkeys(rows.values_list("application", flat=True)[:LATEST], "")


def by_echoes(papers: Collection[int]) -> tuple[Why, Why]:
    """Return the applications whose papers share seal pixels with *papers*, and anything else."""
    copied: list[tuple[int, str]] = []
    shared: list[tuple[int, str]] = []
    for echoes in evidence.echoes_about(papers).values():
        for echo, other in echoes:
            into = copied if echo.kind == Echo.Kind.SEAL_COPIED else shared
            what = f"{echo.get_kind_display()} · {other.name}"
            into += [(used.application_id, what) for used in other.attachments.all()]
    return gathered(copied), gathered(shared)


def by_specimen(papers: Collection[int]) -> Why:
    """Return the applications whose seals were compared with the same specimens, the newest.

    How like the specimen each is stands beside it: a series of copies keeps one distance.
    """
    here = Seal.objects.filter(document__in=papers, specimen__isnull=False)
    specimens = set(here.values_list("specimen", flat=True))
    if not specimens:
        return {}
    alike = Seal.objects.filter(specimen__in=specimens).exclude(document__in=papers).order_by("-id")
    likeness = dict(alike.values_list("document", "specimen_likeness")[:MOST])
    used = Attachment.objects.filter(document__in=likeness, application__filed_on__isnull=False)
    pairs = used.order_by("-id").values_list("application", "document")[:MOST]
    return gathered((pk, like(likeness[document])) for pk, document in pairs)


def like(likeness: float | None) -> str:
    """Say how like its specimen a seal is."""
    if likeness is None:
        return _("not compared with the specimen")
    return _("%(likeness)d %% like the specimen") % {"likeness": round(likeness * 100)}


def gathered(pairs: Iterable[tuple[int, str]]) -> Why:
    """Return the first applications of *pairs*, each with all that leads to it."""
    found: dict[int, list[str]] = {}
    for pk, why in pairs:
        if pk in found or len(found) < MOST:
            found.setdefault(pk, [])
            found[pk] += [why] if why not in found[pk] else []
    return {pk: ", ".join(filter(None, reasons[:3])) for pk, reasons in found.items()}


def cases_of(applications: Iterable[int]) -> dict[int, Case]:
    """Return the cases of *applications* by application: one query."""
    rows = Case.objects.filter(application__in=list(applications))
    return {case.application_id: case for case in rows.select_related("exporter", "office")}


def rows_of(why: Why, cases: Mapping[int, Case], *, user: User) -> list[Row]:
    """Return one group as *user* may read it, newest first."""
    found = [cases[pk] for pk in why if pk in cases]
    newest = sorted(found, key=lambda case: case.pk, reverse=True)
    return [row_of(case, why[case.application_id], user=user) for case in newest]


def row_of(case: Case, why: str, *, user: User) -> Row:
    """Return one case as *user* may read it."""
    within = case.is_visible_to(user)
    return Row(
        url=case.get_absolute_url() if within else "",
        reference=case.reference if within else "",
        exporter=str(case.exporter) if within else "",
        destination=case.destination_code if within else "",
        status=str(case.get_status_display()),
        tone=TONES[case.state],
        filed_at=case.filed_at,
        why=why,
    )
