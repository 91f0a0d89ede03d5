"""What the pages of the desk read: requests, confirmations, the directory."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet

from documents.models import (
    Confirmation,
    ConfirmationRequest,
    ConfirmedVehicle,
    CountryRestriction,
    ListedOutlet,
    RequestedVehicle,
)
from exports.identifiers import canonical_vin
from exports.models import Exporter, Manufacturer, Membership, Role, User
from exports.rules import legal_day

SHOWN: Final = 10
MOST_ATTESTED: Final = 50
MOST_COUNTED: Final = 1000
ENDING: Final = timedelta(days=30)
WAITING = Count("vehicles", filter=Q(vehicles__state=RequestedVehicle.State.OPEN))


@dataclass(frozen=True)
class Waiting:
    """A request with its age in days."""

    request: ConfirmationRequest
    days: int


@dataclass(frozen=True)
class Desk:
    """The first page of an officer: what waits, what runs out, how much there is."""

    waiting: list[Waiting]
    unseen: list[Confirmation]
    ending: list[Confirmation]
    closed: list[CountryRestriction]
    asked: int
    unsaid: int
    outlets: int


def desk_of(manufacturer: Manufacturer, *, at: datetime) -> Desk:
    """Return what the officer's first page shows: seven queries, counts stop at a thousand."""
    day = legal_day(at)
    own = Confirmation.objects.filter(manufacturer=manufacturer).select_related("exporter")
    standing = own.filter(revoked_at__isnull=True).annotate(vin_count=Count("vehicles"))
    unsaid = standing.filter(source=Confirmation.Source.PAPER, word="")
    ending = standing.filter(valid_until__gte=day, valid_until__lte=day + ENDING)
    asked = ConfirmationRequest.objects.open().filter(manufacturer=manufacturer)
    outlets = ListedOutlet.objects.in_use().filter(manufacturer=manufacturer)
    restrictions = CountryRestriction.objects.filter(manufacturer=manufacturer)
    return Desk(
        waiting=by_age(asked, at=at),
        unseen=list(unsaid.order_by("-id")[:SHOWN]),
        ending=list(ending.order_by("valid_until", "id")[:SHOWN]),
        closed=list(restrictions.select_related("country").order_by("country")),
        asked=asked[:MOST_COUNTED].count(),
        unsaid=unsaid[:MOST_COUNTED].count(),
        outlets=outlets[:MOST_COUNTED].count(),
    )


def by_age(rows: "QuerySet[ConfirmationRequest]", *, at: datetime) -> list[Waiting]:
    """Return the oldest of *rows* first, each with the vehicles that wait: one query."""
    listed = rows.select_related("exporter", "destination").annotate(vin_count=WAITING)
    return [
        Waiting(request, (legal_day(at) - legal_day(request.asked_at)).days)
        for request in listed.order_by("asked_at", "id")[:SHOWN]
    ]


def letters_of(manufacturer: Manufacturer, *, text: str, kind: str) -> "QuerySet[Confirmation]":
    """Return the confirmations that name *manufacturer*, narrowed by number or VIN and by kind."""
    rows = Confirmation.objects.filter(manufacturer=manufacturer).select_related("exporter")
    if kind in Confirmation.Source.values:
        rows = rows.filter(source=kind)
    if text:
        naming = ConfirmedVehicle.objects.filter(vin=canonical_vin(text))
        rows = rows.filter(Q(number=text) | Q(pk__in=naming.values("confirmation")))
    return rows.annotate(vin_count=Count("vehicles"))


def attested_for(user: User) -> "QuerySet[Confirmation]":
    """Return the newest confirmations attested here that *user* may see."""
    rows = Confirmation.objects.visible_to(user).filter(source=Confirmation.Source.ATTESTED)
    return rows.order_by("-id")[:MOST_ATTESTED]


def outlets_of(manufacturer: Manufacturer) -> "QuerySet[ListedOutlet]":
    """Return the outlets in use, by country."""
    rows = ListedOutlet.objects.in_use().filter(manufacturer=manufacturer)
    return rows.select_related("country").order_by("country", "name")


def makers_to_ask() -> "QuerySet[Manufacturer]":
    """Return the announced units that have an officer here."""
    here = Membership.objects.filter(role=Role.OFFICER, user__is_active=True)
    rows = Manufacturer.objects.filter(
        pk__in=here.values("manufacturer"), kind__in=Manufacturer.ANNOUNCED
    )
    return rows.prefetch_related("names").order_by("pk")


def unmet(exporter: Exporter, vins: list[str], *, country: str, on: date) -> list[str]:
    """Return those of *vins* that no standing confirmation names for *country*: one query."""
    ended = Q(confirmation__valid_until__isnull=False, confirmation__valid_until__lt=on)
    met = ConfirmedVehicle.objects.filter(
        vin__in=vins,
        confirmation__exporter=exporter,
        confirmation__destinations=country,
        confirmation__revoked_at__isnull=True,
    ).exclude(ended)
    named = set(met.values_list("vin", flat=True))
    return [vin for vin in vins if vin not in named]
