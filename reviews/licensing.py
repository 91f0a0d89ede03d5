"""Licences: issued with the decision, drawn by a task, revoked, expired."""

import secrets
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from documents import storage
from exports import drafting, ledger
from exports.errors import Incomplete, Moved, ReasonNeeded
from exports.models import User, Vehicle
from exports.policies import check_can_operate
from exports.references import next_number
from exports.rules import legal_day
from reviews.clocks import licence_validity
from reviews.models import Case, Decision, Licence, LicenceLine
from reviews.paper import LicenceSheet, VehicleRow, draw_licence
from reviews.policies import check_can_revoke
from reviews.telling import tell_exporter


def issue(decision: Decision, *, at: datetime) -> Licence:
    """Create the licence of a signed decision, its annex frozen; the PDF waits to be drawn.

    Raises:
        Incomplete: a vehicle has no registration date, which the annex must print.
    """
    case = decision.case
    day = legal_day(at)
    valid_from, valid_until = licence_validity(day)
    number = f"CG-{day.year}-{next_number(f'licence-{day.year}'):06d}"
    licence = Licence.objects.create(
        case=case,
        decision=decision,
        exporter=case.exporter,
        number=number,
        token=secrets.token_urlsafe(24),
        issued_on=day,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    write_annex(licence)
    after = {"number": number, "valid_until": valid_until}
    ledger.record("licence.issued", case, by=decision.signed_by, at=at, after=after)
    return licence


def check_printable(case: Case) -> None:
    """Refuse to issue while a vehicle lacks what the annex must print.

    Raises:
        Incomplete: it has no registration date.
    """
    if case.application.lines.filter(vehicle__registered_on__isnull=True).exists():
        raise Incomplete(missing=str(Vehicle._meta.get_field("registered_on").verbose_name))


def write_annex(licence: Licence) -> None:
    """Freeze the vehicles as the annex prints them."""
    lines = licence.case.application.lines.select_related("vehicle").order_by("position")
    rows = []
    for line in lines:
        vehicle = line.vehicle
        if vehicle.registered_on is None:
            raise Incomplete(missing=str(Vehicle._meta.get_field("registered_on").verbose_name))
        rows.append(
            LicenceLine(
                licence=licence,
                position=line.position,
                vin=line.vin,
                brand=vehicle.brand,
                model=vehicle.model,
                maker_name=vehicle.maker_name,
                fuel=vehicle.fuel,
                use=vehicle.use,
                odometer_km=vehicle.odometer_km,
                owner_name=vehicle.owner_name,
                registered_on=vehicle.registered_on,
                transferred_on=vehicle.transferred_on,
            )
        )
    LicenceLine.objects.bulk_create(rows)


def waiting(at: datetime) -> list[int]:
    """Return the ids of the licences to be drawn, oldest first, at most a thousand."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Licence.objects.without_paper().filter(free)
    return list(rows.order_by("id").values_list("pk", flat=True)[:1000])


def claim(licence_id: int, *, at: datetime) -> Licence | None:
    """Take the lease on a licence without PDF; ``None`` if taken or drawn.

    After too many attempts the paper is ``dead``, for staff to see.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    row = Licence.objects.without_paper().filter(free, pk=licence_id)
    if row.filter(attempts__gte=settings.MAX_ATTEMPTS).update(paper_state=Licence.Paper.DEAD):
        return None
    lease = at + timedelta(seconds=settings.LEASE_SECONDS)
    if not row.update(lease_until=lease, attempts=F("attempts") + 1):
        return None
    return Licence.objects.select_related(
        "exporter", "case__office", "case__application__destination", "case__application__port"
    ).get(pk=licence_id)


def draw(licence: Licence, *, at: datetime) -> None:
    """Draw the PDF and tell the exporter. Running twice keeps one paper and tells once."""
    # The date inside a PDF has whole seconds and a fixed offset.
    dated = at.astimezone(UTC).replace(microsecond=0)
    content = draw_licence(sheet_of(licence), drawn_at=dated)
    name, sha256 = storage.keep_bytes(content, suffix=".pdf")
    with transaction.atomic():
        drawn = Licence.objects.filter(pk=licence.pk, paper_state=Licence.Paper.WAITING).update(
            paper_state=Licence.Paper.READY, paper=name, paper_sha256=sha256, lease_until=None
        )
        if drawn:
            ledger.record("licence.drawn", licence, by=None, at=at, after={"sha256": sha256})
            tell_exporter(
                licence.case,
                "issued",
                at=at,
                number=licence.number,
                valid_until=licence.valid_until,
            )


@transaction.atomic
def redraw(licence: Licence, *, by: User, at: datetime) -> None:
    """Let a paper that could not be drawn be tried anew; the sweep takes it.

    Raises:
        RoleMissing: see the policy.
        Moved: it is not given up any more.
    """
    check_can_operate(by)
    dead = Licence.objects.filter(pk=licence.pk, paper_state=Licence.Paper.DEAD)
    if not dead.update(paper_state=Licence.Paper.WAITING, attempts=0, lease_until=None):
        raise Moved(subject=licence)
    ledger.record("licence.retried", licence, by=by, at=at)


def sheet_of(licence: Licence) -> LicenceSheet:
    """Return what the paper says; law speaks Chinese, so labels come in Chinese."""
    application = licence.case.application
    destination, port = application.destination, application.port
    assert destination is not None  # no filing without
    assert port is not None  # no filing without
    return LicenceSheet(
        number=licence.number,
        exporter_name=licence.exporter.name_zh,
        exporter_uscc=licence.exporter.uscc,
        consignor_name=application.consignor_name,
        issuing_office=licence.case.office.name_zh,
        destination_zh=destination.name_zh,
        destination_en=destination.name_en,
        port_zh=port.name_zh,
        port_en=port.name_en,
        contract_number=application.contract_number,
        hs_code=application.hs_code,
        goods_name="二手车",
        goods_status="旧",
        unit="辆",
        issued_on=licence.issued_on,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        remark="",
        verify_url=verify_url(licence),
        vehicles=tuple(row_of(line) for line in licence.lines.all()),
        early_note="",
    )


FUELS_ZH = {
    "petrol": "汽油",
    "diesel": "柴油",
    "hybrid": "混合动力",
    "plugin": "插电式混合动力",
    "electric": "纯电动",
    "other": "其他",
}
USES_ZH = {"private": "非营运", "commercial": "营运"}


def row_of(line: LicenceLine) -> VehicleRow:
    """Return one row of the annex."""
    return VehicleRow(
        position=line.position,
        vin=line.vin,
        brand=line.brand,
        model=line.model,
        maker=line.maker_name,
        fuel=FUELS_ZH.get(line.fuel, line.fuel),
        odometer_km=line.odometer_km,
        use=USES_ZH.get(line.use, line.use),
        registered_on=line.registered_on,
        transferred_on=line.transferred_on,
        owner=line.owner_name,
    )


def verify_url(licence: Licence) -> str:
    """Return the address the QR code carries."""
    return f"{settings.SITE_URL}/verify/{licence.token}/"


@transaction.atomic
def revoke(licence: Licence, *, by: User, at: datetime, note: str) -> Licence:
    """Revoke a live licence: the public page says so from this moment; its VINs are free.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: see the policy.
        ReasonNeeded: without words why.
        Moved: it is revoked or expired already.
    """
    check_can_revoke(by, licence.case)
    if not note.strip():
        raise ReasonNeeded(what=str(Licence._meta.get_field("revoked_because").verbose_name))
    live = Licence.objects.filter(pk=licence.pk, state=Licence.State.LIVE)
    if not live.update(
        state=Licence.State.REVOKED, revoked_at=at, revoked_by=by, revoked_because=note
    ):
        raise Moved(subject=licence)
    drafting.release(licence.case.application)
    ledger.record("licence.revoked", licence.case, by=by, at=at, note=note)
    tell_exporter(licence.case, "revoked", at=at, number=licence.number, note=note)
    licence.refresh_from_db()
    return licence


def expire(*, at: datetime) -> int:
    """Mark the licences whose term is over and free their VINs; return how many."""
    ended = Licence.objects.filter(
        state=Licence.State.LIVE, valid_until__lt=legal_day(at)
    ).select_related("case__application")[:1000]
    return sum(expire_one(licence, at=at) for licence in ended)


@transaction.atomic
def expire_one(licence: Licence, *, at: datetime) -> int:
    """Expire one licence; 0 if it changed meanwhile."""
    live = Licence.objects.filter(pk=licence.pk, state=Licence.State.LIVE)
    if not live.update(state=Licence.State.EXPIRED):
        return 0
    drafting.release(licence.case.application)
    ledger.record("licence.expired", licence.case, by=None, at=at)
    return 1


@transaction.atomic
def note_download(licence: Licence, *, by: User, at: datetime) -> None:
    """Put a download of the paper on the ledger."""
    ledger.record("licence.downloaded", licence, by=by, at=at)
