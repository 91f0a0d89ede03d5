"""Asking that a licence be replaced, and the office's answer."""

from datetime import datetime

from django.db import IntegrityError, transaction

from exports import ledger
from exports.errors import Moved, ReasonNeeded
from exports.models import User
from reviews import licensing
from reviews.licences.errors import ReplacementAsked
from reviews.licences.policies import check_can_answer_replacement, check_can_report, check_is_live
from reviews.models import Licence, Replacement
from reviews.telling import tell_exporter, tell_seniors


@transaction.atomic
def ask_replacement(
    licence: Licence, *, by: User, at: datetime, reason: str, text: str
) -> Replacement:
    """Ask the office to take *licence* back so that another can take its place.

    Raises:
        NotAllowed, RoleMissing, LicenceOver: see the policy.
        ReasonNeeded: without words why.
        ReplacementAsked: the office has a request already.
    """
    check_can_report(by, licence)
    if not text.strip():
        raise ReasonNeeded(what=str(Replacement._meta.get_field("text").verbose_name))
    try:
        with transaction.atomic():
            asked = Replacement.objects.create(
                licence=licence, reason=reason, text=text, asked_by=by, asked_at=at
            )
    except IntegrityError as known:
        raise ReplacementAsked() from known
    after = {"reason": reason}
    ledger.record("replacement.asked", licence.case, by=by, at=at, after=after, note=text)
    once = f"replacement-{asked.pk}"
    tell_seniors(
        licence.case, "replacement_asked", at=at, once_per=once, number=licence.number, note=text
    )
    return asked


@transaction.atomic
def approve_replacement(replacement: Replacement, *, by: User, at: datetime, note: str) -> None:
    """Revoke the licence; its vehicles are free for the exporter's next application.

    Raises:
        RoleMissing, NotAllowed: see the policy.
        LicenceOver: it is used, revoked or expired meanwhile.
        ReasonNeeded: without words why.
        Moved: it is answered already.
    """
    check_can_answer_replacement(by, replacement)
    check_is_live(replacement.licence)
    settle(replacement, Replacement.State.APPROVED, by=by, at=at, note=note)
    licensing.revoke(replacement.licence, by=by, at=at, note=note)


@transaction.atomic
def decline_replacement(replacement: Replacement, *, by: User, at: datetime, note: str) -> None:
    """Leave the licence as it is and say why.

    Raises:
        RoleMissing, NotAllowed: see the policy.
        ReasonNeeded: without words why.
        Moved: it is answered already.
    """
    check_can_answer_replacement(by, replacement)
    settle(replacement, Replacement.State.DECLINED, by=by, at=at, note=note)
    licence = replacement.licence
    once = f"replacement-{replacement.pk}"
    tell_exporter(
        licence.case,
        "replacement_declined",
        at=at,
        once_per=once,
        number=licence.number,
        note=note,
    )


def settle(replacement: Replacement, state: str, *, by: User, at: datetime, note: str) -> None:
    """Write the office's answer by compare-and-set and record it."""
    if not note.strip():
        raise ReasonNeeded(what=str(Replacement._meta.get_field("answer").verbose_name))
    waiting = Replacement.objects.filter(pk=replacement.pk, state=Replacement.State.ASKED)
    if not waiting.update(state=state, answered_by=by, answered_at=at, answer=note):
        raise Moved(subject=replacement)
    case = replacement.licence.case
    ledger.record(f"replacement.{state}", case, by=by, at=at, note=note)
