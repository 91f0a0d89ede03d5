"""What only the exporter can do, as the home page lists it: by deadline, one button each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.models import Confirmation, ConfirmedVehicle, Document
from documents.showing import refusal_of
from exports.models import Application, Exporter, Line, Vehicle
from exports.rules import SHANGHAI
from reviews.models import Case, Licence, LicenceLine, Request
from reviews.standing import moment
from reviews.states import Status

MOST: Final = 20
SOON: Final = timedelta(days=30)
REFUSED_LATELY: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing only the exporter can do: what, about what, by when, and where.

    ``due`` sorts, ``by`` is what is read of it; what has no deadline comes last. A colleague who
    only reads is led to the page *to_read*, not to the form.
    """

    text: str
    about: str
    url: str
    to_read: str
    action: str
    vehicles: str = ""
    by: str = ""
    due: datetime | None = None


def in_order(needs: Iterable[Need]) -> list[Need]:
    """Return *needs* by deadline, the earliest first; those without keep their order after them."""
    never = datetime.max.replace(tzinfo=SHANGHAI)
    return sorted(needs, key=lambda need: need.due or never)


def end_of(day: date) -> datetime:
    """Return the last minute of *day* in Shanghai."""
    return datetime.combine(day, time(23, 59), tzinfo=SHANGHAI)


def cars(count: int) -> str:
    """Return a number of vehicles in words."""
    return ngettext("%(count)s vehicle", "%(count)s vehicles", count) % {"count": count}


def asking(exporter: Exporter) -> QuerySet[Request]:
    """Return the office's open requests, the earliest deadline first."""
    return (
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


def asked(rows: Iterable[Any]) -> list[Need]:
    """Return a need for each open request."""
    return [
        Need(
            text=ngettext(
                "The office asks %(count)d question", "The office asks %(count)d questions", n
            )
            % {"count": n},
            about=row.case.reference,
            vehicles=cars(row.case.vehicle_count),
            by=moment(row.answer_by),
            due=row.answer_by,
            url=reverse("portal:application_answer", args=[row.case.reference]),
            to_read=reverse("portal:application", args=[row.case.reference]),
            action=_("Answer"),
        )
        for row, n in ((row, row.item_count) for row in rows)
    ]


def drafts_of(exporter: Exporter) -> QuerySet[Application]:
    """Return the newest drafts, each with the number of its vehicles."""
    rows = Application.objects.drafts().filter(exporter=exporter).select_related("destination")
    return rows.annotate(vehicle_count=Count("lines")).order_by("-id")[:MOST]


def fileable(drafts: Iterable[Application]) -> list[Need]:
    """Return one need for all the newest drafts that lack nothing a filing needs."""
    ready = [draft for draft in drafts if is_fileable(draft)]
    if not ready:
        return []
    one = reverse("portal:application", args=[ready[0].reference])
    url = one if len(ready) == 1 else reverse("portal:applications_file")
    count = len(ready)
    return [
        Need(
            text=ngettext(
                "A draft is complete and not filed",
                "%(count)d drafts are complete and not filed",
                count,
            )
            % {"count": count},
            about=", ".join(draft.reference for draft in ready[:3]) + (" …" if count > 3 else ""),
            vehicles=cars(sum(getattr(draft, "vehicle_count", 0) for draft in ready)),
            url=url,
            to_read=one if count == 1 else reverse("portal:applications") + "?state=draft",
            action=_("Check and file"),
        )
    ]


def is_fileable(draft: Application) -> bool:
    """Tell whether :func:`exports.drafting.check_can_be_filed` would let a listed *draft* pass."""
    terms = (draft.destination_id, draft.port_id, draft.contract_number)
    return all(terms) and bool(getattr(draft, "vehicle_count", 0))


def refused_papers(exporter: Exporter) -> QuerySet[Document]:
    """Return the files that could not be accepted."""
    rows = Document.objects.filter(
        exporter=exporter, state__in=Document.REJECTED, withdrawn_at__isnull=True
    )
    return rows.order_by("-id")[:MOST]


def papers_to_replace(rows: Iterable[Document]) -> list[Need]:
    """Return a need for each file that could not be accepted, with the reason."""
    return [
        Need(
            text=refusal_of(row),
            about=row.name,
            url=(page := reverse("portal:document", args=[row.key])),
            to_read=page,
            action=_("See the file"),
        )
        for row in rows
    ]


def refused_lately(exporter: Exporter, *, at: datetime) -> QuerySet[Case]:
    """Return what was refused in the last two weeks and whose first vehicle is not applied for."""
    again = Line.objects.filter(vin=OuterRef("first_vin"), live=True)
    rows = Case.objects.filter(
        ~Exists(again),
        exporter=exporter,
        status=Status.REFUSED,
        closed_at__gte=at - REFUSED_LATELY,
    )
    return rows.order_by("-closed_at")[:MOST]


def refused(rows: Iterable[Case]) -> list[Need]:
    """Return a need for each application that was refused."""
    return [
        Need(
            text=_("Refused: read the reasons and what would mend them"),
            about=case.reference,
            vehicles=cars(case.vehicle_count),
            url=(page := reverse("portal:application", args=[case.reference])),
            to_read=page,
            action=_("See the reasons"),
        )
        for case in rows
    ]


def letters_ending(exporter: Exporter, *, on: date) -> QuerySet[Confirmation]:
    """Return the letters that run out within 30 days, each with how many vehicles wait for it.

    A vehicle is used while an application or licence holds it, and once it has left the country.
    """
    held = Line.objects.filter(vin=OuterRef("vin"), live=True)
    gone = LicenceLine.objects.filter(
        vin=OuterRef("vin"), exported=True, licence__exporter=exporter
    )
    named = ConfirmedVehicle.objects.filter(~Exists(held), ~Exists(gone))
    unused = named.filter(confirmation=OuterRef("pk")).order_by().values("confirmation")
    rows = Confirmation.objects.filter(
        exporter=exporter, revoked_at__isnull=True, valid_until__range=(on, on + SOON)
    )
    counted = Subquery(unused.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rows = rows.select_related("document").annotate(unused=Coalesce(counted, 0))
    return rows.order_by("valid_until", "pk")[:MOST]


def letters_to_use(rows: Iterable[Any], *, on: date) -> list[Need]:
    """Return a need for each letter that runs out while vehicles it names are not applied for."""
    return [
        Need(
            text=days_left(_("Letter %(number)s") % {"number": letter}, letter.valid_until - on),
            about=letter.issuer_name,
            vehicles=ngettext(
                "%(count)s vehicle not yet used", "%(count)s vehicles not yet used", letter.unused
            )
            % {"count": letter.unused},
            by=letter.valid_until.isoformat(),
            due=end_of(letter.valid_until),
            url=(page := page_of_letter(letter)),
            to_read=page,
            action=_("Use now"),
        )
        for letter in rows
        if letter.unused
    ]


def page_of_letter(letter: Confirmation) -> str:
    """Return the page of *letter*; one attested here has no file, so the library shows it."""
    if letter.document is None:
        return reverse("portal:letters")
    return reverse("portal:letter", args=[letter.document.key])


def licences_ending(exporter: Exporter, *, on: date) -> QuerySet[Licence]:
    """Return the unused licences that end within 30 days."""
    rows = Licence.objects.filter(
        exporter=exporter, state=Licence.State.LIVE, valid_until__range=(on, on + SOON)
    )
    return rows.select_related("case").order_by("valid_until", "pk")[:MOST]


def licences_to_use(rows: Iterable[Licence], *, on: date) -> list[Need]:
    """Return a need for each licence that ends soon and whose use is not reported."""
    return [
        Need(
            text=days_left(_("Licence %(number)s") % {"number": licence}, licence.valid_until - on),
            about=licence.case.reference,
            vehicles=cars(licence.case.vehicle_count),
            by=licence.valid_until.isoformat(),
            due=end_of(licence.valid_until),
            url=(page := reverse("portal:licence", args=[licence.number])),
            to_read=page,
            action=_("Use or report"),
        )
        for licence in rows
    ]


def days_left(what: str, left: timedelta) -> str:
    """Say in how many days *what* ends."""
    facts = {"what": what, "count": left.days}
    if not left.days:
        return _("%(what)s ends today") % facts
    return (
        ngettext("%(what)s ends in %(count)d day", "%(what)s ends in %(count)d days", left.days)
        % facts
    )


def undated(exporter: Exporter) -> "QuerySet[Any, Any]":
    """Return, as one row, how many free vehicles have no registration date; none for none."""
    held = Line.objects.filter(vehicle=OuterRef("pk"), live=True)
    rows = Vehicle.objects.filter(~Exists(held), exporter=exporter, registered_on__isnull=True)
    return rows.order_by().values("exporter").annotate(n=Count("pk"))


def dates_to_fill(rows: Iterable[dict[str, Any]]) -> list[Need]:
    """Return one need for the vehicles of which nobody can tell whether they need a letter."""
    return [
        Need(
            text=_("Without a registration date nobody can tell whether a letter is needed"),
            about="",
            vehicles=cars(row["n"]),
            url=(page := reverse("portal:vehicles") + "?missing=registered_on"),
            to_read=page,
            action=_("Fill in"),
        )
        for row in rows
    ]
