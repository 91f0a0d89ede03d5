"""An exporter's standing: noted by its office with evidence, and answered by the exporter.

Source: Announcement 6 of 2024, dynamic management of enterprises and their exit.
"""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exports import ledger, notices
from exports.errors import Moved, ReasonNeeded
from exports.kicks import kick_each_after_commit
from exports.models import Exporter, Membership, Role, StandingEvent, User
from exports.policies import check_can_write_for, check_may_supervise
from exports.tasks import deliver_notice


@transaction.atomic
def record_standing(
    exporter: Exporter,
    *,
    standing: str,
    text: str,
    evidence: str,
    review_on: date | None,
    by: User,
    at: datetime,
) -> StandingEvent:
    """Set an exporter's *standing* and keep what happened and what proves it; owners are told.

    Nothing ends it by itself: on *review_on* an officer looks again and records anew.

    Raises:
        RoleMissing, NotAllowed: see :func:`exports.policies.check_may_supervise`.
        ReasonNeeded: without what happened or without evidence.
    """
    check_may_supervise(by, exporter.office)
    for what, words in ((_("what happened"), text), (_("evidence"), evidence)):
        if not words.strip():
            raise ReasonNeeded(what=what)
    before = Exporter.objects.select_for_update().get(pk=exporter.pk).standing
    Exporter.objects.filter(pk=exporter.pk).update(standing=standing)
    event = StandingEvent.objects.create(
        exporter=exporter,
        standing=standing,
        text=text,
        evidence=evidence,
        review_on=review_on,
        recorded_by=by,
        recorded_at=at,
    )
    ledger.record(
        "exporter.standing",
        ("exporter", exporter.uscc),
        by=by,
        at=at,
        before={"standing": before},
        after={"standing": standing, "evidence": evidence},
        note=text,
    )
    tell_owners(event, at=at)
    return event


def tell_owners(event: StandingEvent, *, at: datetime) -> None:
    """Tell the exporter's owners what was noted, and that they may answer."""
    owners = Membership.objects.at(event.exporter).filter(role=Role.OWNER).select_related("user")
    queued = notices.queue(
        "exports/standing",
        to=[row.user for row in owners],
        facts={"text": event.text},
        path=reverse("portal:standing"),
        effect_key=f"standing:{event.pk}",
        at=at,
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)


@transaction.atomic
def answer_standing(event: StandingEvent, *, text: str, by: User, at: datetime) -> None:
    """Keep the exporter's one answer to what was noted.

    Raises:
        NotAllowed, RoleMissing: see :func:`exports.policies.check_can_write_for`.
        ReasonNeeded: an empty answer.
        Moved: it was answered already.
    """
    check_can_write_for(by, event.exporter)
    if not text.strip():
        raise ReasonNeeded(what=_("answer"))
    unanswered = StandingEvent.objects.filter(pk=event.pk, answered_at__isnull=True)
    if not unanswered.update(answer=text, answered_by=by, answered_at=at):
        raise Moved(subject=event)
    subject = ("exporter", event.exporter.uscc)
    ledger.record("exporter.answered_standing", subject, by=by, at=at, note=text)
