"""What is due: reminders that are sent once, and requests nobody answered."""

from datetime import datetime, timedelta

from django.db import transaction

from exports import drafting
from exports.errors import Moved, TransitionRefused
from exports.rules import legal_day
from reviews.lifecycle import advance
from reviews.models import Case, Opinion, Request
from reviews.states import Status
from reviews.telling import (
    tell_asker,
    tell_assignee,
    tell_exporter,
    tell_ministry,
    tell_seniors,
)

SOON = timedelta(days=1)
LATE = timedelta(days=3)
MOST = 500


def remind(*, at: datetime) -> int:
    """Remind holders and seniors of what is due within a day, exporters of open requests.

    Each reminder is sent once per kind, case and due day: running ten times reminds once, and a
    due day that moved reminds anew.
    Returns how many cases were looked at.
    """
    due = Case.objects.filter(
        status__in=[Status.IN_REVIEW, Status.HELD], due_at__lte=at + SOON
    ).order_by("due_at")[:MOST]
    asked = (
        Request.objects.filter(
            answered_at__isnull=True,
            closed_at__isnull=True,
            sent_at__isnull=False,
            answer_by__lte=at + LATE,
        )
        .select_related("case__exporter")
        .order_by("answer_by")[:MOST]
    )
    looked_at = 0
    for case in due.select_related("assignee", "office"):
        remind_office(case, at=at)
        looked_at += 1
    for request in asked:
        remind_exporter(request, at=at)
        looked_at += 1
    return looked_at + remind_ministries(at=at)


def remind_ministries(*, at: datetime) -> int:
    """Remind ministries on the eve of an opinion's due time, and its asker once it is late.

    Returns how many opinions were looked at.
    """
    due = Opinion.objects.open().filter(due_at__lte=at + SOON).order_by("due_at")
    opinions = due.select_related("ministry", "asked_by", "case__assignee")[:MOST]
    for opinion in opinions:
        with transaction.atomic():
            if opinion.is_late(at):
                tell_asker(opinion, opinion.case, "opinion_late", at=at)
            else:
                tell_ministry(opinion, "opinion_due", at=at)
    return len(opinions)


@transaction.atomic
def remind_office(case: Case, *, at: datetime) -> None:
    """Tell who must act on *case*; once it is late, its seniors too."""
    late = case.due_at < at
    kind, due = "late" if late else "due", legal_day(case.due_at)
    if case.status == Status.HELD or late:
        tell_seniors(case, kind, at=at, once_per=due, due=due)
    tell_assignee(case, kind, at=at, once_per=due, due=due)


@transaction.atomic
def remind_exporter(request: Request, *, at: datetime) -> None:
    """Tell the exporter that an answer is due."""
    day = legal_day(request.answer_by)
    tell_exporter(request.case, "answer_due", at=at, once_per=day, answer_by=day)


def lapse(*, at: datetime) -> int:
    """Close the cases whose request was not answered in time; return how many."""
    over = Request.objects.filter(
        answered_at__isnull=True,
        closed_at__isnull=True,
        answer_by__lt=at,
        case__status=Status.RETURNED,
    ).select_related("case__application", "case__exporter")[:MOST]
    return sum(lapse_one(request, at=at) for request in over)


def lapse_one(request: Request, *, at: datetime) -> int:
    """Close one; 0 if it was answered at the last moment."""
    try:
        with transaction.atomic():
            case = advance(request.case, Status.LAPSED, by=None, at=at, note="CL02")
            Request.objects.filter(pk=request.pk).update(closed_at=at)
            drafting.release(case.application)
            tell_exporter(case, "lapsed", at=at)
    except (Moved, TransitionRefused):
        return 0
    return 1
