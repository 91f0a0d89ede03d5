"""Requests for a confirmation: an exporter asks, the manufacturer confirms or declines by VIN."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from documents.desk.attesting import attest, check_open_for
from documents.desk.policies import check_desk_open, check_is_officer
from documents.models import (
    Confirmation,
    ConfirmationRequest,
    Declined,
    ListedOutlet,
    RequestedVehicle,
)
from documents.telling import officers_of, tell_asker, tell_maker
from exports import ledger
from exports.errors import (
    AlreadyAsked,
    Incomplete,
    Moved,
    NobodyToAsk,
    NotAsked,
    ReasonNeeded,
)
from exports.models import Application, Destination, Exporter, Manufacturer, User
from exports.policies import check_can_write_for
from exports.rules import legal_day

State = RequestedVehicle.State
MOST_VINS = 500
NAMED = 5


@transaction.atomic
def ask_for_confirmation(
    exporter: Exporter,
    *,
    manufacturer: Manufacturer,
    destination: Destination,
    vins: Iterable[str],
    by: User,
    at: datetime,
    note: str = "",
    application: Application | None = None,
) -> ConfirmationRequest:
    """Ask *manufacturer* to confirm *vins* for *destination*; what it is asked already is left out.

    *vins* are canonical, at most 500 of them.

    Raises:
        NotAllowed, RoleMissing: *by* does not write for the exporter.
        DeskClosed, NobodyToAsk, CountryClosed: the manufacturer cannot be asked, or will not.
        Incomplete: no VIN. AlreadyAsked: every VIN waits for its answer already.

    """
    check_can_write_for(by, exporter)
    check_can_be_asked(manufacturer, destination, on=legal_day(at))
    wanted = list(dict.fromkeys(vins))[:MOST_VINS]
    if not wanted:
        raise Incomplete(missing=str(RequestedVehicle._meta.get_field("vin").verbose_name))
    waiting = set(vins_waiting(exporter, manufacturer, destination))
    fresh = [vin for vin in wanted if vin not in waiting]
    if not fresh:
        raise AlreadyAsked(ministry=manufacturer)
    request = ConfirmationRequest.objects.create(
        exporter=exporter,
        manufacturer=manufacturer,
        destination=destination,
        application=application,
        note=note,
        asked_by=by,
        asked_at=at,
    )
    RequestedVehicle.objects.bulk_create(
        RequestedVehicle(request=request, vin=vin) for vin in fresh
    )
    after = {"manufacturer": str(manufacturer), "destination": destination.pk, "vins": fresh}
    ledger.record("confirmation_request.asked", subject_of(request), by=by, at=at, after=after)
    tell_maker(request, "asked", at=at)
    return request


def subject_of(request: ConfirmationRequest) -> tuple[str, str]:
    """Name *request* as the ledger does."""
    return "confirmation_request", str(request.pk)


def check_can_be_asked(manufacturer: Manufacturer, destination: Destination, *, on: date) -> None:
    """Refuse to ask a unit that cannot or will not answer: at most four queries.

    Raises:
        DeskClosed: it is no listed manufacturer. NobodyToAsk: nobody of it works here.
        CountryClosed: it confirms nothing for the country, and said so.

    """
    check_desk_open(manufacturer, on=on)
    if not officers_of(manufacturer):
        raise NobodyToAsk(manufacturer=manufacturer)
    check_open_for(manufacturer, [destination])


def vins_waiting(
    exporter: Exporter, manufacturer: Manufacturer, destination: Destination
) -> list[str]:
    """Return the VINs the manufacturer is asked about by *exporter* and has not answered."""
    rows = RequestedVehicle.objects.filter(
        request__exporter=exporter,
        request__manufacturer=manufacturer,
        request__destination=destination,
        request__state=ConfirmationRequest.State.OPEN,
        state=State.OPEN,
    )
    return list(rows.values_list("vin", flat=True))


@transaction.atomic
def confirm(
    request: ConfirmationRequest,
    *,
    vins: Iterable[str],
    outlets: Sequence[ListedOutlet],
    valid_until: date | None,
    by: User,
    at: datetime,
) -> Confirmation:
    """Confirm *vins* of *request*: one confirmation for all of them; the others stay open.

    Raises:
        as :func:`documents.desk.attesting.attest`, and
        NotAsked: a VIN is not open in this request.

    """
    check_is_officer(by, request.manufacturer)
    rows = claim(request, vins)
    confirmation = attest(
        request.manufacturer,
        exporter=request.exporter,
        destinations=[request.destination],
        vins=[row.vin for row in rows],
        outlets=outlets,
        valid_until=valid_until,
        by=by,
        at=at,
    )
    answer(rows, state=State.CONFIRMED, by=by, at=at, confirmation=confirmation)
    after = {"confirmation": str(confirmation), "vins": [row.vin for row in rows]}
    ledger.record("confirmation_request.confirmed", subject_of(request), by=by, at=at, after=after)
    close_if_answered(request, at=at)
    return confirmation


@transaction.atomic
def decline(
    request: ConfirmationRequest,
    *,
    vins: Iterable[str],
    reason: str,
    words: str,
    by: User,
    at: datetime,
) -> None:
    """Decline *vins* of *request* with a coded reason and words; the exporter reads both.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        ReasonNeeded: an unknown reason, or none.
        NotAsked: a VIN is not open in this request.

    """
    check_is_officer(by, request.manufacturer)
    if reason not in Declined.values or (reason == Declined.OTHER and not words.strip()):
        raise ReasonNeeded(what=RequestedVehicle._meta.get_field("reason").verbose_name)
    rows = claim(request, vins)
    answer(rows, state=State.DECLINED, by=by, at=at, reason=reason, words=words)
    after = {"reason": reason, "vins": [row.vin for row in rows]}
    subject = subject_of(request)
    ledger.record("confirmation_request.declined", subject, by=by, at=at, after=after, note=words)
    tell_asker(request, "asked_declined", at=at, count=len(rows))
    close_if_answered(request, at=at)


def claim(request: ConfirmationRequest, vins: Iterable[str]) -> list[RequestedVehicle]:
    """Lock the open vehicles *vins* of *request*.

    Raises:
        Incomplete: none is chosen. NotAsked: one is not open here, any more or at all.

    """
    wanted = set(vins)
    if not wanted:
        raise Incomplete(missing=str(RequestedVehicle._meta.get_field("vin").verbose_name))
    open_rows = RequestedVehicle.objects.select_for_update().filter(
        request=request, request__state=ConfirmationRequest.State.OPEN, state=State.OPEN
    )
    rows = [row for row in open_rows.order_by("id") if row.vin in wanted]
    strangers = sorted(wanted - {row.vin for row in rows})
    if strangers:
        raise NotAsked(vins=", ".join(strangers[:NAMED]))
    return rows


def answer(
    rows: Sequence[RequestedVehicle], *, state: str, by: User, at: datetime, **facts: object
) -> None:
    """Write one answer to all *rows*, by compare-and-set.

    Raises:
        Moved: a colleague answered one of them meanwhile.

    """
    row_ids = [row.pk for row in rows]
    unanswered = RequestedVehicle.objects.filter(pk__in=row_ids, state=State.OPEN)
    if unanswered.update(state=state, answered_by=by, answered_at=at, **facts) < len(rows):
        raise Moved(subject=rows[0].request)


def close_if_answered(request: ConfirmationRequest, *, at: datetime) -> None:
    """Close *request* once no vehicle of it waits."""
    if not request.vehicles.filter(state=State.OPEN).exists():
        close(request, ConfirmationRequest.State.ANSWERED, at=at)


def close(request: ConfirmationRequest, state: str, *, at: datetime) -> None:
    """Close an open request.

    Raises:
        Moved: it is closed already.

    """
    standing = ConfirmationRequest.objects.open().filter(pk=request.pk)
    if not standing.update(state=state, closed_at=at):
        raise Moved(subject=request)
    request.refresh_from_db()


@transaction.atomic
def take_back(request: ConfirmationRequest, *, by: User, at: datetime) -> None:
    """Take back what the manufacturer has not answered yet.

    Raises:
        NotAllowed, RoleMissing: *by* does not write for the exporter.
        Moved: it is closed already.

    """
    check_can_write_for(by, request.exporter)
    close(request, ConfirmationRequest.State.WITHDRAWN, at=at)
    ledger.record("confirmation_request.withdrawn", subject_of(request), by=by, at=at)


def note_opened(request: ConfirmationRequest, *, at: datetime) -> None:
    """Note when the manufacturer first opened *request*; opening it again changes nothing."""
    unseen = ConfirmationRequest.objects.filter(pk=request.pk, seen_at__isnull=True)
    unseen.update(seen_at=at)
