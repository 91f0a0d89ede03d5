"""Drafts made from what is there: a copy, a vehicle of its own."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from documents import filing
from exports import drafting, ledger
from exports.errors import LastVehicle
from exports.models import Application, Line, User
from exports.policies import check_can_amend, check_can_write_for


@transaction.atomic
def copy(application: Application, *, by: User, at: datetime) -> tuple[Application, list[str]]:
    """Open a draft with the terms of *application* and those of its vehicles that are free.

    Free is what no live application holds and no other draft has. Returned with the VINs left
    out. Papers stay where they are: they were given for that application.

    Raises:
        NotAllowed, RoleMissing: *by* does not act for the exporter.
    """
    check_can_write_for(by, application.exporter)
    lines = list(application.lines.select_related("vehicle__exporter").order_by("position"))
    draft = drafting.open_application(
        application.exporter, by=by, at=at, **terms_to_copy(application)
    )
    taken = taken_among(lines)
    for line in lines:
        if line.vin not in taken:
            drafting.add_to_application(draft, line.vehicle, by=by, at=at)
    ledger.record("application.copied", draft, by=by, at=at, after={"from": application.reference})
    return draft, [line.vin for line in lines if line.vin in taken]


def terms_to_copy(application: Application) -> dict[str, Any]:
    """Return the terms of *application*, the declaration left to be made anew."""
    return {
        name: getattr(application, name) for name in drafting.TERMS if name != "market_declaration"
    }


def taken_among(lines: list[Line]) -> set[str]:
    """Return which VINs of *lines* are not free: one query."""
    drafted = Q(application__filed_on__isnull=True, application__discarded_at__isnull=True)
    of_exporter = Q(vehicle__in=[line.vehicle_id for line in lines])
    others = Line.objects.filter(vin__in=[line.vin for line in lines])
    held = others.filter(Q(live=True) | (drafted & of_exporter))
    return set(held.values_list("vin", flat=True))


@transaction.atomic
def set_apart(application: Application, line: Line, *, by: User, at: datetime) -> Application:
    """Move one vehicle of a draft into a draft of its own: same terms, its papers go along.

    Raises:
        NotAllowed, RoleMissing, Frozen: it is not *by*'s to change, or filed; of a filed
            application the office takes vehicles out.
        LastVehicle: the draft has no other vehicle.
        Moved: the draft changed meanwhile, or the vehicle is not in it any more.
    """
    check_can_amend(by, application)
    # Locked before the counter and the ledger, in the order every other act takes them.
    Application.objects.select_for_update().get(pk=application.pk)
    if application.lines.count() < 2:
        raise LastVehicle(subject=application)
    line.application = application
    vehicle = line.vehicle
    terms = {name: getattr(application, name) for name in drafting.TERMS}
    draft = drafting.open_application(application.exporter, by=by, at=at, **terms)
    drafting.remove_from_application(line, by=by, at=at)
    drafting.add_to_application(draft, vehicle, by=by, at=at)
    filing.follow(vehicle, origin=application, to=draft)
    after = {"vin": vehicle.vin, "reference": draft.reference}
    ledger.record("application.vehicle_set_apart", application, by=by, at=at, after=after)
    return draft
