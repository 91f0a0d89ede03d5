"""What the page of a letter shows: the form, the doubts, and what the letter is used for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, QuerySet

from documents import proposals
from documents.corrections import plain
from documents.doubts import Entered, doubts, entered_of
from documents.forms import LetterEntry, initial_of_saved, outlets_of_saved
from documents.models import Confirmation, ConfirmedVehicle, Document, Reading
from documents.showing import PageView, ReadView, Record, Seen, Sorted, seen_on, sorted_out
from exports.models import Application, Line, Vehicle

MOST_LEFT: Final = 200
ASKED: Final = ("issuer", "number", "issued_on", "valid_until", "destination", "vin", "outlet")


def confirmation_of(document: Document) -> Confirmation | None:
    """Return what was entered from the letter *document*, with its lists; four queries."""
    return (
        Confirmation.objects.filter(document=document)
        .select_related("manufacturer", "exporter")
        .prefetch_related("vehicles", "destinations", "outlets__country")
        .first()
    )


def entry_of(
    document: Document,
    *,
    data: Mapping[str, Any] | None,
    confirmation: Confirmation | None,
    readings: Sequence[Reading],
) -> LetterEntry:
    """Return the form: as sent, as saved, or as it was read."""
    initial: dict[str, Any] | None = None
    outlets: list[dict[str, Any]] | None = None
    if confirmation:
        initial, outlets = initial_of_saved(confirmation), outlets_of_saved(confirmation)
    elif readings:
        initial, outlets = proposals.initial_of(readings), proposals.outlets_of(readings)
    return LetterEntry(
        document, confirmation=confirmation, data=data, initial=initial, outlets=outlets
    )


def seen_of(
    document: Document,
    *,
    pages: Sequence[PageView],
    confirmation: Confirmation | None,
    readings: Sequence[Reading],
    countries: Mapping[str, str],
) -> Seen:
    """Return what was seen on the letter, beside what is on record of it: one query."""
    record = Record(
        entered=on_record(confirmation) if confirmation else None,
        countries=countries,
    )
    return seen_on(document.pk, pages=pages, record=record, readings=readings)


def on_record(confirmation: Confirmation) -> dict[str, list[str]]:
    """Return what was entered, by the field it is read as."""
    field = Reading.Field
    return {
        field.ISSUER: [confirmation.issuer_name],
        field.NUMBER: [confirmation.number],
        field.ISSUED_ON: [plain(confirmation.issued_on)],
        field.VALID_UNTIL: [plain(confirmation.valid_until)],
        field.DESTINATION: [country.pk for country in confirmation.destinations.all()],
        field.VIN: [vehicle.vin for vehicle in confirmation.vehicles.all()],
    }


def by_field(seen: Seen) -> dict[str, Sorted]:
    """Return what was read by field, with all the form asks no question about as ``beside``."""
    heaps: dict[str, list[ReadView]] = {}
    for view in seen.readings:
        heaps.setdefault(view.field if view.field in ASKED else "beside", []).append(view)
    return {name: sorted_out(heap) for name, heap in heaps.items()}


def doubts_about(
    document: Document,
    *,
    confirmation: Confirmation | None,
    readings: Sequence[Reading],
    on: date,
) -> list[str]:
    """Return what looks wrong about what is saved, or else about what is proposed."""
    printed = proposals.values(readings, Reading.Field.VIN)
    if confirmation:
        entered = entered_of(confirmation)
    elif readings:
        entered = proposed(readings)
    else:
        return []
    return doubts(entered, exporter=document.exporter, on=on, printed_vins=printed)


def proposed(readings: Sequence[Reading]) -> Entered:
    """Return the facts that were read from a letter."""
    values = proposals.initial_of(readings)
    return Entered(
        issuer_name=values["issuer_name"],
        vins=tuple(values["vins"].split()),
        destinations=frozenset(values["destinations"]),
        outlet_countries=frozenset(row["country"] for row in proposals.outlets_of(readings)),
        issued_on=values["issued_on"],
        valid_until=values["valid_until"],
    )


def use_of(confirmation: Confirmation) -> dict[str, Any]:
    """Return the vehicles of the fleet the letter names and the applications that have them."""
    vins = [vehicle.vin for vehicle in confirmation.vehicles.all()]
    fleet = Vehicle.objects.filter(exporter=confirmation.exporter_id, vin__in=vins)
    lines = Line.objects.filter(
        vin__in=vins,
        application__exporter=confirmation.exporter_id,
        application__discarded_at__isnull=True,
    ).select_related("application")
    used: dict[str, list[Application]] = {}
    for line in lines.order_by("-application_id"):
        used.setdefault(line.vin, []).append(line.application)
    vehicles = [(vehicle, used.get(vehicle.vin, [])) for vehicle in fleet.order_by("vin")[:200]]
    applications = {a.pk: a for batch in used.values() for a in batch}
    return {
        "vehicles": vehicles,
        "applications": list(applications.values()),
        "named": len(vins),
        "left_over": list(unfiled([confirmation.pk]).values_list("vin", flat=True)[:MOST_LEFT]),
    }


def unfiled(confirmations: Collection[int]) -> QuerySet[ConfirmedVehicle]:
    """Return the VINs of *confirmations* that no filed application of the exporter has used."""
    filed = Line.objects.filter(
        vehicle__exporter=OuterRef("confirmation__exporter"),
        vehicle__vin=OuterRef("vin"),
        application__filed_on__isnull=False,
    )
    rows = ConfirmedVehicle.objects.filter(confirmation__in=confirmations)
    return rows.exclude(Exists(filed)).order_by("id")


def left_over(confirmations: Collection[int]) -> dict[int, int]:
    """Return by confirmation how many of its VINs are left over: one query."""
    rows = unfiled(confirmations).order_by().values_list("confirmation")
    return dict(rows.annotate(number=Count("pk")))
