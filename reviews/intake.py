"""The exporter's side of a case: file, answer, withdraw."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from documents import filing
from documents.models import Document
from exports import drafting, fleet, ledger
from exports.errors import Frozen, Incomplete, Moved
from exports.kicks import kick_after_commit
from exports.models import Application, Destination, Port, User
from exports.policies import check_can_write_for
from exports.rules import legal_day
from reviews import timing
from reviews.lifecycle import advance
from reviews.models import Case, Interval, Request, RequestItem
from reviews.policies import check_can_answer, check_can_withdraw
from reviews.states import Status
from reviews.tasks import assess_case
from reviews.telling import tell_assignee, tell_exporter

VEHICLE_FIELDS = frozenset(fleet.FACTS)
TERM_FIELDS = frozenset(drafting.TERMS)


@dataclass(frozen=True)
class ItemAnswer:
    """What the exporter gives for one item: a new value, papers, or words."""

    item: RequestItem
    value: Any = None
    documents: tuple[Document, ...] = field(default=())
    text: str = ""


@transaction.atomic
def file(application: Application, *, by: User, at: datetime) -> Case:
    """File a draft: from now on its Shanghai date counts and its VINs are taken.

    Raises:
        NotAllowed, RoleMissing: *by* does not act for the exporter.
        Frozen: it is filed or discarded already.
        Incomplete: destination, port, contract or vehicles are missing.
        VinInUse: another live application holds one of the VINs.
        Moved: somebody filed or changed it meanwhile.
    """
    check_can_write_for(by, application.exporter)
    if not application.is_draft:
        raise Frozen(subject=application)
    drafting.check_can_be_filed(application)
    day = legal_day(at)
    filed = Application.objects.filter(
        pk=application.pk, version=application.version, filed_on__isnull=True
    ).update(filed_on=day, first_filed_on=day, filed_by=by, version=F("version") + 1)
    if not filed:
        raise Moved(subject=application)
    drafting.occupy(application)
    application.refresh_from_db()
    case = open_case(application, at=at)
    ledger.record("application.filed", application, by=by, at=at, after={"filed_on": day})
    tell_exporter(case, "filed", at=at, due=legal_day(case.due_at))
    kick_after_commit(assess_case, case_id=case.pk)
    return case


def open_case(application: Application, *, at: datetime) -> Case:
    """Create the file and start its clock."""
    lines = list(application.lines.select_related("vehicle").order_by("position"))
    case = Case.objects.create(
        application=application,
        reference=application.reference,
        status=Status.CHECKING,
        status_since=at,
        filed_at=at,
        due_at=timing.first_due(at),
        exporter=application.exporter,
        office=application.office,
        destination_code=application.destination_id or "",
        first_vin=lines[0].vin,
        maker_name=lines[0].vehicle.maker_name,
        vehicle_count=len(lines),
    )
    timing.begin(case, Interval.Kind.RUNNING, at=at, why="filed")
    return case


@transaction.atomic
def answer(request: Request, *, answers: Iterable[ItemAnswer], by: User, at: datetime) -> Case:
    """Answer every item of *request* and file anew: the new day counts, every check runs again.

    A bare acknowledgement answers nothing. The case's row is locked first, so that nobody moves
    it meanwhile.

    Raises:
        NotAllowed, RoleMissing, TransitionRefused: it is not *by*'s to answer, or not open.
        Incomplete: an item got neither value, paper nor words.
        VehicleKnown, VinInUse: a corrected VIN is another vehicle's, or taken.
        Moved: somebody answered meanwhile.
    """
    case = Case.objects.select_for_update().get(pk=request.case_id)
    check_can_answer(by, case)
    open_still = Request.objects.filter(
        pk=request.pk, answered_at__isnull=True, closed_at__isnull=True
    )
    if not open_still.update(answered_at=at):
        raise Moved(subject=case)
    for reply in replies(request, answers, language=by.language):
        apply(reply, case=case, by=by, at=at)
    return check_anew(case, by=by, at=at)


def check_anew(case: Case, *, by: User, at: datetime) -> Case:
    """File *case* anew and let every check run again; called inside the answer's transaction."""
    refile(case, by=by, at=at)
    advance(case, Status.CHECKING, by=by, at=at)
    tell_assignee(case, "answered", at=at)
    kick_after_commit(assess_case, case_id=case.pk)
    return case


def replies(request: Request, answers: Iterable[ItemAnswer], *, language: str) -> list[ItemAnswer]:
    """Return the answer to each open item of *request*; answers to other items are no part.

    Raises:
        Incomplete: naming, in *language*, every item left without an answer.
    """
    given = {reply.item.pk: reply for reply in answers}
    items = list(request.items.filter(state=RequestItem.State.OPEN).select_related("reason"))
    missing = [
        item.given.text.in_language(language)
        for item in items
        if not is_answered(given.get(item.pk))
    ]
    if missing:
        raise Incomplete(missing=", ".join(missing))
    return [given[item.pk] for item in items]


def is_answered(reply: ItemAnswer | None) -> bool:
    """Tell whether *reply* says anything."""
    return bool(reply and (reply.value not in (None, "") or reply.documents or reply.text.strip()))


def apply(reply: ItemAnswer, *, case: Case, by: User, at: datetime) -> None:
    """Write one answer: the value to its field, the papers to the application."""
    item, application = reply.item, case.application
    if reply.value not in (None, "") and item.field in VEHICLE_FIELDS and item.line:
        facts = {item.field: reply.value}
        fleet.write_facts(item.line.vehicle, action="vehicle.corrected", by=by, at=at, facts=facts)
    elif reply.value not in (None, "") and item.field in TERM_FIELDS:
        correct_term(application, field=item.field, value=reply.value, by=by, at=at)
    for document in reply.documents:
        vehicle = item.line.vehicle if item.line else None
        filing.attach(document, application, by=by, at=at, vehicle=vehicle)
    RequestItem.objects.filter(pk=item.pk).update(
        state=RequestItem.State.ANSWERED, answer=reply.text or str(reply.value or "")
    )


def correct_term(
    application: Application,
    *,
    field: str,
    value: str | bool | Destination | Port,
    by: User,
    at: datetime,
) -> None:
    """Correct one term of a filed application, as the office asked."""
    before = drafting.terms_of(application)[field]
    setattr(application, field, value)
    application.save(update_fields=[field])
    after = drafting.terms_of(application)[field]
    if field == "destination":
        Case.objects.filter(application=application).update(destination_code=after or "")
    ledger.record(
        "application.corrected",
        application,
        by=by,
        at=at,
        before={field: before},
        after={field: after},
    )


def refile(case: Case, *, by: User, at: datetime) -> None:
    """Count the application from the day of *at*; the first filing's day is kept beside it."""
    Application.objects.filter(pk=case.application_id).update(
        filed_on=legal_day(at), filed_by=by, version=F("version") + 1
    )
    case.application.refresh_from_db()
    first = case.application.lines.select_related("vehicle").order_by("position")[0]
    Case.objects.filter(pk=case.pk).update(
        first_vin=first.vin, maker_name=first.vehicle.maker_name, answered_at=at
    )


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, note: str = "") -> Case:
    """Take the application back; its VINs are free again.

    Raises:
        NotAllowed, RoleMissing: *by* does not act for the exporter.
        TransitionRefused: it is being signed or decided.
        Moved: somebody moved it meanwhile.
    """
    check_can_withdraw(by, case)
    advance(case, Status.WITHDRAWN, by=by, at=at, note=note)
    close_requests(case, at=at)
    drafting.release(case.application)
    tell_assignee(case, "withdrawn", at=at)
    return case


def close_requests(case: Case, *, at: datetime) -> None:
    """Close what was asked and never answered."""
    case.requests.filter(answered_at__isnull=True, closed_at__isnull=True).update(closed_at=at)
