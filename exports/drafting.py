"""Drafts: opened, filled and amended by their exporter until they are filed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from exports import ledger
from exports.errors import BatchFull, Incomplete, MixedGoods, Moved, VinInUse
from exports.models import MOST_VEHICLES, Application, Exporter, Line, User, Vehicle
from exports.policies import check_can_amend, check_can_write_for
from exports.references import application_reference
from exports.rules import legal_day

NEEDED = ("destination", "port", "contract_number")
TERMS = (
    "destination",
    "port",
    "contract_number",
    "contract_destination",
    "consignor_name",
    "consignor_uscc",
    "market_declaration",
)


@transaction.atomic
def open_application(exporter: Exporter, *, by: User, at: datetime, **terms: Any) -> Application:
    """Open a draft for *exporter* at its own office, the exporter itself as consignor.

    Raises:
        NotAllowed: *by* does not act for the exporter.
    """
    check_can_write_for(by, exporter)
    terms.setdefault("consignor_name", exporter.name_zh)
    terms.setdefault("consignor_uscc", exporter.uscc)
    application = Application.objects.create(
        reference=application_reference(legal_day(at).year),
        exporter=exporter,
        office=exporter.office,
        opened_by=by,
        opened_at=at,
        **terms,
    )
    ledger.record("application.opened", application, by=by, at=at, after=terms_of(application))
    return application


@transaction.atomic
def open_for(vehicle: Vehicle, *, by: User, at: datetime, **terms: Any) -> Application:
    """Open a draft for *vehicle* alone, with its terms: both or neither.

    Raises:
        NotAllowed: *by* does not act for the exporter.
    """
    application = open_application(vehicle.exporter, by=by, at=at, **terms)
    add_to_application(application, vehicle, by=by, at=at)
    return application


@transaction.atomic
def amend_application(
    application: Application, *, by: User, at: datetime, **terms: Any
) -> Application:
    """Change the terms of a draft.

    Raises:
        NotAllowed, Frozen: it is not *by*'s to change, or filed.
        Moved: somebody else changed it since it was read.
    """
    check_can_amend(by, application)
    before = terms_of(application)
    for name, value in terms.items():
        setattr(application, name, value)
    touch(application)
    application.save(update_fields=sorted(terms))
    after = terms_of(application)
    ledger.record("application.amended", application, by=by, at=at, before=before, after=after)
    return application


@transaction.atomic
def add_to_application(
    application: Application, vehicle: Vehicle, *, by: User, at: datetime
) -> Line:
    """Put *vehicle* into the draft; the first one sets the HS code of the batch.

    Raises:
        NotAllowed, Frozen, Moved: as for :func:`amend_application`.
        BatchFull: twenty vehicles are the most.
        MixedGoods: the vehicle has another HS code.
    """
    check_can_amend(by, application)
    check_can_write_for(by, vehicle.exporter)
    lines = application.lines.all()
    if lines.count() >= MOST_VEHICLES:
        raise BatchFull(most=MOST_VEHICLES)
    if application.hs_code and application.hs_code != vehicle.hs_code and lines:
        raise MixedGoods(expected=application.hs_code, found=vehicle.hs_code, vin=vehicle.vin)
    touch(application)
    application.hs_code = vehicle.hs_code
    application.save(update_fields=["hs_code"])
    free = min(set(range(1, MOST_VEHICLES + 1)) - {line.position for line in lines})
    line, new = Line.objects.get_or_create(
        application=application,
        vehicle=vehicle,
        defaults={"vin": vehicle.vin, "position": free},
    )
    if new:
        ledger.record("line.added", application, by=by, at=at, after={"vin": vehicle.vin})
    return line


@transaction.atomic
def remove_from_application(line: Line, *, by: User, at: datetime) -> None:
    """Take a vehicle out of the draft again.

    Raises:
        NotAllowed, Frozen, Moved: as for :func:`amend_application`.
    """
    application = line.application
    check_can_amend(by, application)
    touch(application)
    line.delete()
    if not application.lines.exists():
        application.hs_code = ""
        application.save(update_fields=["hs_code"])
    ledger.record("line.removed", application, by=by, at=at, before={"vin": line.vin})


@transaction.atomic
def change_batch(
    application: Application,
    *,
    add: Iterable[Vehicle],
    remove: Iterable[Line],
    by: User,
    at: datetime,
) -> None:
    """Take vehicles out and put others in, all of it or nothing.

    Raises:
        NotAllowed, Frozen, Moved, BatchFull, MixedGoods: as for :func:`add_to_application`.
    """
    for line in remove:
        line.application = application
        remove_from_application(line, by=by, at=at)
    for vehicle in add:
        add_to_application(application, vehicle, by=by, at=at)


@transaction.atomic
def discard_application(application: Application, *, by: User, at: datetime) -> None:
    """Throw a draft away; its vehicles stay in the fleet.

    Raises:
        NotAllowed, Frozen, Moved: as for :func:`amend_application`.
    """
    check_can_amend(by, application)
    touch(application)
    application.discarded_at = at
    application.save(update_fields=["discarded_at"])
    ledger.record("application.discarded", application, by=by, at=at)


def touch(application: Application) -> None:
    """Move the draft's version on by compare-and-set: of two people at once, one is told.

    Raises:
        Moved: it changed since *application* was read.
    """
    moved = Application.objects.filter(
        pk=application.pk, version=application.version, filed_on=application.filed_on
    ).update(version=F("version") + 1)
    if not moved:
        raise Moved(subject=application)
    application.version += 1


def occupy(application: Application) -> None:
    """Make the lines live: from now on no other application may hold these VINs.

    The vehicles' rows are locked first, so that nobody amends one while it is being filed.

    Raises:
        VinInUse: another live application holds one.
    """
    held = application.lines.values("vehicle")
    list(Vehicle.objects.select_for_update().filter(pk__in=held).order_by("pk"))
    # In the order of the VINs: two batches that share some can then not wait for each other.
    for line in application.lines.filter(live=False).order_by("vin"):
        try:
            with transaction.atomic():
                Line.objects.filter(pk=line.pk).update(live=True)
        except IntegrityError as taken:
            raise VinInUse(vin=line.vin) from taken


def release(application: Application) -> None:
    """Free the VINs for another application."""
    application.lines.filter(live=True).update(live=False)


def set_apart(line: Line, *, at: datetime) -> Application:
    """Give the vehicle of *line* a filed application of its own: same terms, same filing days.

    The line itself goes over, so its VIN is taken at every moment. Called inside the transaction
    of the office's act, which says so on the ledger.

    Raises:
        Moved: the vehicle is not in that application any more.
    """
    application = Application.objects.get(pk=line.application_id)
    # A row saved under no key is a new row, with every term of the one it was read from.
    application.pk = None
    application._state.adding = True
    application.reference = application_reference(legal_day(at).year)
    application.version = 0
    application.save(force_insert=True)
    here = Line.objects.filter(pk=line.pk, application=line.application_id)
    if not here.update(application=application, position=1):
        raise Moved(subject=line)
    Application.objects.filter(pk=line.application_id).update(version=F("version") + 1)
    return application


def check_can_be_filed(application: Application) -> None:
    """Refuse while the draft lacks what every filing needs.

    Raises:
        Incomplete: naming everything missing at once.
        MixedGoods: the vehicles have different HS codes.
    """
    missing = [
        str(field.verbose_name)
        for field in Application._meta.fields
        if field.name in NEEDED and not getattr(application, field.name)
    ]
    if not application.lines.exists():
        missing.append(str(Vehicle._meta.verbose_name))
    if missing:
        raise Incomplete(missing=", ".join(missing))
    check_one_hs_code(application)


def check_one_hs_code(application: Application) -> None:
    """Refuse a batch whose vehicles were amended to different HS codes.

    Raises:
        MixedGoods: naming the first vehicle that differs.
    """
    lines = list(application.lines.select_related("vehicle").order_by("position"))
    expected = lines[0].vehicle.hs_code
    for line in lines:
        if line.vehicle.hs_code != expected:
            raise MixedGoods(expected=expected, found=line.vehicle.hs_code, vin=line.vin)


def usual_terms(exporter: Exporter) -> dict[str, Any]:
    """Return what a new draft of *exporter* starts with: itself, and the way of its last one.

    A contract is another each time, and what is declared is declared each time. One query.
    """
    terms: dict[str, Any] = {"consignor_name": exporter.name_zh, "consignor_uscc": exporter.uscc}
    used = Application.objects.filter(exporter=exporter, destination__isnull=False)
    last = used.order_by("-pk").values("destination", "port").first()
    return terms | dict(last or {})


def terms_of(application: Application) -> dict[str, Any]:
    """Return the draft's terms as the ledger keeps them."""
    facts = {name: getattr(application, name) for name in TERMS}
    return {name: getattr(value, "pk", value) for name, value in facts.items()}
