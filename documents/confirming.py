"""Confirmations: entered from a letter, amended, revoked."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from documents import changes, memory
from documents.corrections import note_corrections
from documents.models import (
    Confirmation,
    ConfirmedVehicle,
    Document,
    Echo,
    LetterChange,
    Outlet,
)
from documents.telling import tell_holder
from exports import ledger
from exports.errors import Frozen, Incomplete, Moved, NotAllowed
from exports.models import Destination, Exporter, ManufacturerName, Role, User
from exports.policies import check_can_write_for

FACTS = ("issuer_name", "number", "issued_on", "valid_until")


@transaction.atomic
def enter_confirmation(
    exporter: Exporter,
    *,
    document: Document,
    destinations: Iterable[Destination],
    vins: Iterable[str],
    outlets: Iterable[Mapping[str, Any]],
    by: User,
    at: datetime,
    **facts: Any,
) -> Confirmation:
    """Enter what the letter *document* says: issuer, destinations, every VIN, the outlets.

    *vins* are canonical; *outlets* carry country, name, address, provider, phone.

    Raises:
        NotAllowed: *by* does not act for the exporter, or the letter is another's.
        Incomplete: the letter names no VIN.
        Moved: a colleague entered the same letter meanwhile.

    """
    check_can_write_for(by, exporter)
    if document.exporter_id != exporter.pk:
        raise NotAllowed()
    confirmation = create(document, entered_by=by, entered_at=at, **facts)
    fill(confirmation, destinations=destinations, vins=vins, outlets=outlets)
    note_corrections(confirmation, by=by, at=at)
    if confirmation.document:
        memory.listen(confirmation.document, at=at, kinds=Echo.PROMISES)
    ledger.record(
        "confirmation.entered",
        ("confirmation", str(confirmation.pk)),
        by=by,
        at=at,
        after=facts_of(confirmation),
    )
    return confirmation


def create(document: Document, **facts: Any) -> Confirmation:
    """Write the one confirmation a letter has.

    Raises:
        Moved: a colleague entered the same letter meanwhile.

    """
    try:
        with transaction.atomic():
            return Confirmation.objects.create(
                exporter=document.exporter,
                document=document,
                manufacturer_id=manufacturer_named(facts["issuer_name"], on=facts.get("issued_on")),
                **facts,
            )
    except IntegrityError as taken:
        raise Moved(subject=document) from taken


@transaction.atomic
def amend_confirmation(
    confirmation: Confirmation,
    *,
    destinations: Iterable[Destination],
    vins: Iterable[str],
    outlets: Iterable[Mapping[str, Any]],
    by: User,
    at: datetime,
    **facts: Any,
) -> Confirmation:
    """Correct what was entered from the letter.

    Raises:
        NotAllowed: *by* does not act for the exporter, or the manufacturer attested it here.
        Frozen: it is revoked.
        Incomplete: no VIN is left.

    """
    check_can_write_for(by, confirmation.exporter)
    if confirmation.is_attested:
        raise NotAllowed()
    if confirmation.revoked_at:
        raise Frozen(subject=confirmation)
    before = facts_of(confirmation)
    for name, value in facts.items():
        setattr(confirmation, name, value)
    confirmation.manufacturer_id = manufacturer_named(
        confirmation.issuer_name, on=confirmation.issued_on
    )
    confirmation.save()
    confirmation.vehicles.all().delete()
    confirmation.outlets.all().delete()
    fill(confirmation, destinations=destinations, vins=vins, outlets=outlets)
    note_corrections(confirmation, by=by, at=at)
    if confirmation.document:
        memory.listen(confirmation.document, at=at, kinds=Echo.PROMISES)
    ledger.record(
        "confirmation.amended",
        ("confirmation", str(confirmation.pk)),
        by=by,
        at=at,
        before=before,
        after=facts_of(confirmation),
    )
    return confirmation


def fill(
    confirmation: Confirmation,
    *,
    destinations: Iterable[Destination],
    vins: Iterable[str],
    outlets: Iterable[Mapping[str, Any]],
) -> None:
    """Write the lists of a confirmation: four statements, however long they are.

    Raises:
        Incomplete: *vins* is empty.

    """
    named = list(dict.fromkeys(vins))
    if not named:
        raise Incomplete(missing=str(ConfirmedVehicle._meta.get_field("vin").verbose_name))
    confirmation.destinations.set(destinations)
    ConfirmedVehicle.objects.bulk_create(
        ConfirmedVehicle(confirmation=confirmation, vin=vin) for vin in named
    )
    Outlet.objects.bulk_create(Outlet(confirmation=confirmation, **outlet) for outlet in outlets)


def manufacturer_named(issuer_name: str, *, on: date | None) -> int | None:
    """Return the id of the unit announced or known under exactly *issuer_name*, best on *on*."""
    found = ManufacturerName.objects.of_unit_named(issuer_name, on=on)
    return found.manufacturer_id if found else None


@transaction.atomic
def revoke_confirmation(
    confirmation: Confirmation, *, by: User, at: datetime, note: str
) -> Confirmation:
    """Take the promise back, in the maker's name or by a supervisor who heard from the maker.

    Whoever relies on it is judged anew at once, and the exporter is told.

    Raises:
        NotAllowed: *by* is neither the maker's officer nor a supervisor.
        Moved: it is revoked already.

    """
    by_maker = by.manufacturer is not None and by.manufacturer == confirmation.manufacturer
    if not by_maker and by.role not in (Role.SUPERVISOR, Role.SENIOR):
        raise NotAllowed()
    standing = Confirmation.objects.filter(pk=confirmation.pk, revoked_at__isnull=True)
    if not standing.update(revoked_at=at, revoked_by=by, revoked_because=note):
        raise Moved(subject=confirmation)
    ledger.record(
        "confirmation.revoked", ("confirmation", str(confirmation.pk)), by=by, at=at, note=note
    )
    vins = confirmation.vehicles.values_list("vin", flat=True)
    changes.note_change(confirmation, LetterChange.Kind.REVOKED, vins=vins, at=at)
    tell_holder(confirmation, "letter_revoked", at=at, note=note)
    confirmation.refresh_from_db()
    return confirmation


def facts_of(confirmation: Confirmation) -> dict[str, Any]:
    """Return the confirmation's facts as the ledger keeps them."""
    return {
        **{name: getattr(confirmation, name) for name in FACTS},
        "destinations": sorted(confirmation.destinations.values_list("pk", flat=True)),
        "vins": list(confirmation.vehicles.values_list("vin", flat=True)),
        "outlets": list(confirmation.outlets.values_list("country_id", "name")),
    }
