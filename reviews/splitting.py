"""Take one vehicle out of a batch, so that the others need not wait for it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from documents import filing
from exports import drafting, ledger
from exports.errors import Incomplete, Moved, ReasonNeeded
from exports.kicks import kick_after_commit
from exports.models import Application, Line, User
from reviews.assessment import recheck
from reviews.claims import take_if_free
from reviews.models import Case, Interval, Opinion, Reason
from reviews.policies import check_can_take_out
from reviews.states import Status
from reviews.tasks import assess_case
from reviews.telling import tell_exporter


@transaction.atomic
def take_out(
    case: Case, line: Line, *, reason: Reason, by: User, at: datetime, note: str = ""
) -> Case:
    """Give one vehicle of *case* an application and a case of its own, and return that case.

    It goes on with the dates, terms, papers and clock of the batch it was filed in; a letter
    covers it as before, for letters name VINs, and what another ministry is asked about it comes
    along. Its checks run anew, and so do those of the batch.
    There is no way back: two applications are not made one again.

    Raises:
        RoleMissing, NotAllowed, NotClaimed, ClaimedByAnother, TransitionRefused: see the policy.
        LastVehicle: the batch has no other.
        Incomplete: the vehicle is not of this batch.
        ReasonNeeded: *reason* is none of those for a correction.
        Moved: the case changed meanwhile.
    """
    check_can_take_out(by, case)
    if line.application_id != case.application_id:
        raise Incomplete(missing=str(Line._meta.get_field("vin").verbose_name))
    if reason.use != Reason.Use.CORRECTION:
        raise ReasonNeeded(what=str(Reason.Use.CORRECTION.label))
    shrink(case, line)
    application = drafting.set_apart(line, at=at)
    filing.follow(line.vehicle, origin=case.application, to=application)
    split = open_beside(case, application, vin=line.vin, at=at)
    # Only now, for it writes to the ledger, and the new reference's counter is locked before that.
    take_if_free(case, by=by, at=at)
    Opinion.objects.open().filter(case=case, vin=line.vin, letter="").update(case=split)
    facts = {"vin": line.vin, "reason": reason.code}
    there, back = {"reference": split.reference}, {"reference": case.reference}
    ledger.record("case.taken_out", case, by=by, at=at, after=facts | there, note=note)
    ledger.record("case.split_off", split, by=by, at=at, after=facts | back, note=note)
    recheck(case, by=by, at=at)
    tell_exporter(
        case,
        "taken_out",
        at=at,
        vin=line.vin,
        other=split.reference,
        reason=reason.text_zh,
        reason_en=reason.text_en,
    )
    kick_after_commit(assess_case, case_id=split.pk)
    return split


def line_of(case: Case, vin: str) -> Line:
    """Return the vehicle of *case* with this VIN.

    Raises:
        Incomplete: the batch has none.
    """
    line = case.application.lines.select_related("vehicle").filter(vin=vin).first()
    if line is None:
        raise Incomplete(missing=str(Line._meta.get_field("vin").verbose_name))
    return line


def shrink(case: Case, line: Line) -> None:
    """Count the vehicle out by compare-and-set; whoever looks at the case as it was is told.

    Raises:
        Moved: it is not as the caller saw it, or in other hands.
    """
    rest = Line.objects.filter(application=case.application_id).exclude(pk=line.pk)
    first = rest.order_by("position").values_list("vin", flat=True)[:1]
    as_seen = Case.objects.filter(
        pk=case.pk, version=case.version, status=Status.IN_REVIEW, assignee=case.assignee_id
    )
    if not as_seen.update(
        version=F("version") + 1, vehicle_count=F("vehicle_count") - 1, first_vin=first
    ):
        raise Moved(subject=case)
    case.refresh_from_db()


def open_beside(case: Case, application: Application, *, vin: str, at: datetime) -> Case:
    """Open the file of the vehicle taken out: filed when *case* was, its clock as far along."""
    split = Case.objects.create(
        application=application,
        reference=application.reference,
        status=Status.CHECKING,
        status_since=at,
        filed_at=case.filed_at,
        due_at=case.due_at,
        exporter=case.exporter,
        office=case.office,
        destination_code=case.destination_code,
        first_vin=vin,
        vehicle_count=1,
        split_from=case,
        escalated_at=case.escalated_at,
        escalated_because=case.escalated_because,
    )
    Interval.objects.bulk_create(
        Interval(case=split, kind=each.kind, since=each.since, until=each.until, why=each.why)
        for each in case.intervals.order_by("since", "id")
    )
    return split
