"""The ministry's side: answer, once. The answer is evidence, so the checks run again with it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from exports import ledger
from exports.errors import Moved, ReasonNeeded
from exports.models import User
from reviews.assessment import judge_again
from reviews.models import Case, Opinion, OpinionCode
from reviews.opinions.policies import check_can_answer
from reviews.states import Status
from reviews.telling import tell_asker


@transaction.atomic
def answer(
    opinion: Opinion, code: OpinionCode | None, *, by: User, at: datetime, note: str = ""
) -> Opinion:
    """Answer *opinion* with a *code* and, unless it speaks for the case, with grounds.

    Whoever has the case open is told when they save: it counts as a move of the case.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: see the policy.
        ReasonNeeded: no code of this point is given, or an answer that needs grounds has none.
        Moved: a colleague answered, or the office withdrew it, at the same moment.
    """
    check_can_answer(by, opinion)
    check_reasoned(opinion, code, note=note)
    case = lock(opinion)
    given = Opinion.objects.open().filter(pk=opinion.pk)
    if not given.update(
        state=Opinion.State.ANSWERED, code=code, text=note.strip(), answered_by=by, answered_at=at
    ):
        raise Moved(subject=opinion)
    opinion.refresh_from_db()
    after = {
        "number": opinion.number,
        "point": opinion.point,
        "vin": opinion.vin,
        "code": opinion.code_id,
    }
    ledger.record("case.opinion_answered", case, by=by, at=at, after=after, note=note.strip())
    if case.state == Status.IN_REVIEW:
        Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
        judge_again(case, by=None, at=at)
    tell_asker(opinion, case, "opinion_answered", at=at)
    return opinion


def check_reasoned(opinion: Opinion, code: OpinionCode | None, *, note: str) -> None:
    """Refuse an answer that does not say enough.

    Raises:
        ReasonNeeded: see :func:`answer`.
    """
    if code is None or code.point != opinion.point or not code.active:
        raise ReasonNeeded(what=str(Opinion._meta.get_field("code").verbose_name))
    if code.weight != OpinionCode.Weight.FOR and not note.strip():
        raise ReasonNeeded(what=str(Opinion._meta.get_field("text").verbose_name))


def lock(opinion: Opinion) -> Case:
    """Return the case of *opinion* with its row locked, before the opinion's own."""
    rows = Case.objects.select_for_update(of=("self",))
    return rows.select_related("application", "exporter", "office", "assignee").get(
        pk=opinion.case_id
    )
