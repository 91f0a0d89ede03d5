"""The exporter's home page: what needs action first, then what goes on without them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.models import Confirmation, Document
from documents.showing import refusal_of
from exports.models import Application, Exporter, Vehicle
from exports.rules import Terms, legal_day
from exports.showing import terms_on
from reviews.models import Case, Licence, Request
from reviews.standing import moment
from reviews.states import OPEN, Status

MOST: Final = 20
MOST_REMINDED: Final = 5
SOON: Final = timedelta(days=30)
EXEMPT_WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing only the exporter can do: what, about what, by when, and where.

    A colleague who only reads is led to the page *to_read*, not to the form.
    """

    text: str
    about: str
    by: str
    url: str
    to_read: str
    action: str


@dataclass(frozen=True, slots=True)
class Exempt:
    """A vehicle that soon needs no letter, and from when."""

    vehicle: Vehicle
    free_from: date


def overview_of(exporter: Exporter, *, at: datetime) -> dict[str, Any]:
    """Return everything the home page shows: a dozen queries, however large the company."""
    day = legal_day(at)
    drafts = drafts_of(exporter)
    licences = Licence.objects.filter(exporter=exporter, state=Licence.State.LIVE)
    return {
        "needs": [*asked(exporter), *fileable(drafts), *refused(exporter)],
        "running": running(exporter),
        "drafts": drafts,
        "licences": licences.filter(valid_until__gte=day).order_by("-id")[:5],
        "ending": ending(exporter, on=day),
        "exempt": exempt_soon(exporter, on=day, terms=terms_on(day)),
        "today": day,
        "now": at,
    }


def asked(exporter: Exporter) -> list[Need]:
    """Return the open requests, the earliest deadline first."""
    rows = (
        Request.objects.filter(
            case__exporter=exporter,
            case__status=Status.RETURNED,
            answered_at__isnull=True,
            closed_at__isnull=True,
        )
        .select_related("case")
        .annotate(item_count=Count("items"))
        .order_by("answer_by")[:MOST]
    )
    return [
        Need(
            text=ngettext(
                "The office asks %(count)d question", "The office asks %(count)d questions", n
            )
            % {"count": n},
            about=row.case.reference,
            by=moment(row.answer_by),
            url=reverse("portal:application_answer", args=[row.case.reference]),
            to_read=reverse("portal:application", args=[row.case.reference]),
            action=_("Answer"),
        )
        for row, n in ((row, row.item_count) for row in rows)
    ]


def drafts_of(exporter: Exporter) -> list[Application]:
    """Return the newest drafts, each with the number of its vehicles."""
    rows = Application.objects.drafts().filter(exporter=exporter).select_related("destination")
    return list(rows.annotate(vehicle_count=Count("lines")).order_by("-id")[:MOST])


def fileable(drafts: list[Application]) -> list[Need]:
    """Return the newest few drafts that lack nothing a filing needs; the list has all."""
    return [
        Need(
            text=_("This draft is complete and not filed"),
            about=draft.reference,
            by="",
            url=(page := reverse("portal:application", args=[draft.reference])),
            to_read=page,
            action=_("Check and file"),
        )
        for draft in list(filter(is_fileable, drafts))[:MOST_REMINDED]
    ]


def is_fileable(draft: Application) -> bool:
    """Tell whether :func:`exports.drafting.check_can_be_filed` would let a listed *draft* pass."""
    terms = (draft.destination_id, draft.port_id, draft.contract_number)
    return all(terms) and bool(getattr(draft, "vehicle_count", 0))


def refused(exporter: Exporter) -> list[Need]:
    """Return the files that could not be accepted, with the reason."""
    rows = Document.objects.filter(
        exporter=exporter, state__in=Document.REJECTED, withdrawn_at__isnull=True
    )
    return [
        Need(
            text=refusal_of(row),
            about=row.name,
            by="",
            url=(page := reverse("portal:document", args=[row.key])),
            to_read=page,
            action=_("See the file"),
        )
        for row in rows.order_by("-id")[:MOST]
    ]


def running(exporter: Exporter) -> dict[str, Any]:
    """Return what others work on: counts in the exporter's words, and the next to be decided."""
    cases = Case.objects.filter(exporter=exporter, status__in=sorted(OPEN))
    counts = cases.aggregate(
        checking=Count("pk", filter=Q(status=Status.CHECKING)),
        in_review=Count(
            "pk", filter=Q(status__in=[Status.IN_REVIEW, Status.HELD, Status.SETTLING])
        ),
    )
    # The system's and the office's cases only; what is returned stands under "needs action".
    waiting = cases.exclude(status=Status.RETURNED).select_related(
        "application__destination", "application__exporter"
    )
    return {**counts, "next": list(waiting.order_by("due_at")[:10])}


def ending(exporter: Exporter, *, on: date) -> list[Confirmation]:
    """Return the letters that run out within a month."""
    rows = Confirmation.objects.filter(
        exporter=exporter,
        revoked_at__isnull=True,
        document__isnull=False,
        valid_until__range=(on, on + SOON),
    )
    return list(rows.select_related("document").order_by("valid_until")[:MOST])


def exempt_soon(exporter: Exporter, *, on: date, terms: Terms | None) -> list[Exempt]:
    """Return the vehicles in no live application that need no letter within two weeks from *on*.

    Waiting may be cheaper than a letter.
    """
    if terms is None:
        return []
    span = timedelta(days=terms.last_day_number - terms.first_day_number + 1)
    rows = Vehicle.objects.filter(
        exporter=exporter,
        registered_on__gt=on - span,
        registered_on__lte=on - span + EXEMPT_WITHIN,
    ).exclude(lines__live=True)
    found = rows.order_by("registered_on")[:MOST]
    return [Exempt(row, row.registered_on + span) for row in found if row.registered_on]
