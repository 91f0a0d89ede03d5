"""Leave a vehicle out of a returned application, so that the others go on without it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from documents import filing
from exports import drafting, ledger
from exports.errors import Incomplete, LastVehicle, Moved
from exports.models import Application, Line, User
from reviews import intake
from reviews.models import Case, Request, RequestItem
from reviews.policies import check_can_leave_out
from reviews.states import Status


@transaction.atomic
def leave_out(request: Request, line: Line, *, by: User, at: datetime) -> Application:
    """Take one vehicle the office asks about out of the batch, into a draft of its own.

    That answers what is asked about it. Was it all that is asked, the batch is filed anew, as
    after any answer. The vehicle itself is free, and counts from the day its draft is filed.

    Raises:
        NotAllowed, RoleMissing, TransitionRefused: it is not *by*'s to answer, or nothing is asked.
        LastVehicle: the batch has no other; withdraw it instead.
        Incomplete: nothing is asked about this vehicle.
        Moved: somebody answered or changed it meanwhile.
    """
    case = Case.objects.select_for_update().get(pk=request.case_id)
    check_can_leave_out(by, case)
    still_open = Request.objects.filter(
        pk=request.pk, case=case, answered_at__isnull=True, closed_at__isnull=True
    )
    if not still_open.exists():
        raise Moved(subject=case)
    asked = RequestItem.objects.filter(request=request, state=RequestItem.State.OPEN)
    if line.application_id != case.application_id or not asked.filter(line=line).exists():
        raise Incomplete(missing=str(Line._meta.get_field("vin").verbose_name))
    draft = draft_beside(case.application, line, by=by, at=at)
    shrink(case)
    said = f"已移出本申请，另见草稿{draft.reference} / left out, see draft {draft.reference}"
    asked.filter(line=line).update(state=RequestItem.State.ANSWERED, answer=said)
    after = {"vin": line.vin, "reference": draft.reference}
    ledger.record("application.vehicle_left_out", case.application, by=by, at=at, after=after)
    if not asked.exists():
        still_open.update(answered_at=at)
        intake.check_anew(case, by=by, at=at)
    return draft


def draft_beside(origin: Application, line: Line, *, by: User, at: datetime) -> Application:
    """Open a draft with the terms of *origin* and let the line and its papers go over.

    Raises:
        Moved: the vehicle is not in that application any more.
    """
    if origin.lines.count() < 2:
        raise LastVehicle(subject=origin)
    terms = {name: getattr(origin, name) for name in drafting.TERMS}
    draft = drafting.open_application(origin.exporter, by=by, at=at, **terms)
    here = Line.objects.filter(pk=line.pk, application=origin)
    if not here.update(application=draft, position=1, live=False):
        raise Moved(subject=line)
    Application.objects.filter(pk=draft.pk).update(hs_code=origin.hs_code)
    draft.refresh_from_db()
    filing.follow(line.vehicle, origin=origin, to=draft)
    return draft


def shrink(case: Case) -> None:
    """Count the vehicle out by compare-and-set.

    Raises:
        Moved: the case was answered, lapsed or closed meanwhile.
    """
    lines = Line.objects.filter(application=case.application_id).order_by("position")
    as_seen = Case.objects.filter(pk=case.pk, version=case.version, status=Status.RETURNED)
    if not as_seen.update(
        version=F("version") + 1,
        vehicle_count=F("vehicle_count") - 1,
        first_vin=lines.values_list("vin", flat=True)[:1],
    ):
        raise Moved(subject=case)
    case.refresh_from_db()
