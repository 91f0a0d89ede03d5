"""The office's side: ask another ministry about one point, take the question back."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from documents.models import Confirmation
from exports import ledger
from exports.errors import AlreadyAsked, Incomplete, Moved
from exports.models import Line, User
from exports.references import next_number
from exports.rules import legal_day
from reviews import claims, facts, opinion_facts, timing
from reviews.assessment import judge_again
from reviews.checks import Facts
from reviews.models import Case, Opinion, OpinionTerm, Point
from reviews.opinions.papers import papers_for
from reviews.opinions.policies import check_can_withdraw
from reviews.policies import check_can_work
from reviews.states import Status
from reviews.telling import tell_ministry


@transaction.atomic
def ask(case: Case, point: str, *, vin: str, by: User, at: datetime, note: str = "") -> Opinion:
    """Ask the ministry in charge about *point* of the vehicle *vin*; the case goes on meanwhile.

    What the point needs is frozen as it stands now. A free case is claimed by asking.

    Raises:
        RoleMissing, NotAllowed, ClaimedByAnother, Escalated, TransitionRefused: see the policy.
        Incomplete: the vehicle is not in the batch, no letter names it where one is asked about,
            or nobody is in charge of the point.
        AlreadyAsked: the same question waits for its answer.
        Moved: somebody moved the case meanwhile.
    """
    check_can_work(by, case)
    term, line = term_of(point), line_of(case, vin)
    claims.take_if_free(case, by=by, at=at)
    locked = lock(case, by=by)
    known = facts_of(locked, line)
    letter = letter_for(point, known)
    opinion = keep(
        locked,
        term=term,
        line=line,
        letter=letter,
        question=note.strip(),
        shown=opinion_facts.shown(point, known, line=line, letter=letter),
        by=by,
        at=at,
    )
    ledger.record("case.opinion_asked", case, by=by, at=at, after=told(opinion), note=note)
    judge_again(locked, by=by, at=at)
    tell_ministry(opinion, "opinion_asked", at=at)
    return opinion


@transaction.atomic
def withdraw(opinion: Opinion, *, by: User, at: datetime, note: str = "") -> Opinion:
    """Take a question back that nobody has answered.

    Raises:
        RoleMissing, NotAllowed, ClaimedByAnother, NothingAsked: see the policy.
        TransitionRefused: it was answered or withdrawn.
        Moved: it was answered at the same moment.
    """
    case = Case.objects.select_for_update().get(pk=opinion.case_id)
    check_can_withdraw(by, case, opinion)
    taken = Opinion.objects.open().filter(pk=opinion.pk)
    if not taken.update(
        state=Opinion.State.WITHDRAWN, withdrawn_by=by, withdrawn_at=at, withdrawn_because=note
    ):
        raise Moved(subject=opinion)
    ledger.record("case.opinion_withdrawn", case, by=by, at=at, after=told(opinion), note=note)
    if case.state == Status.IN_REVIEW:
        judge_again(case, by=by, at=at)
    opinion.refresh_from_db()
    return opinion


def term_of(point: str) -> OpinionTerm:
    """Return who answers *point*, and how fast.

    Raises:
        Incomplete: nobody is in charge of it.
    """
    term = OpinionTerm.objects.select_related("ministry").filter(pk=point).first()
    if term is None:
        raise Incomplete(missing=str(OpinionTerm._meta.get_field("ministry").verbose_name))
    return term


def line_of(case: Case, vin: str) -> Line:
    """Return the line of the vehicle *vin*.

    Raises:
        Incomplete: it is not in the batch.
    """
    line = case.application.lines.select_related("vehicle").filter(vin=vin).first()
    if line is None:
        raise Incomplete(missing=str(Line._meta.get_field("vin").verbose_name))
    return line


def lock(case: Case, *, by: User) -> Case:
    """Return *case* with its row locked, as the caller saw it.

    Raises:
        Moved: somebody moved it meanwhile, or took it over.
    """
    as_seen = Case.objects.select_for_update().filter(version=case.version, assignee=by)
    locked = as_seen.filter(pk=case.pk).first()
    if locked is None:
        raise Moved(subject=case)
    return locked


def facts_of(case: Case, line: Line) -> Facts:
    """Return what is known about one vehicle of the filed *case*."""
    filed_on = case.application.filed_on
    assert filed_on is not None  # a case exists only for a filed application
    return facts.of_application(case.application, applied_on=filed_on)[line.pk]


def letter_for(point: str, known: Facts) -> str:
    """Return the key of the letter a question of listing is about, empty for other points.

    Raises:
        Incomplete: no letter came in.
    """
    if point != Point.LISTING:
        return ""
    letter = opinion_facts.letter_asked_about(known)
    if letter is None:
        raise Incomplete(missing=str(Confirmation._meta.verbose_name))
    return letter.key


def keep(
    case: Case,
    *,
    term: OpinionTerm,
    line: Line,
    letter: str,
    shown: dict[str, str],
    question: str,
    by: User,
    at: datetime,
) -> Opinion:
    """Store the question with what it shows.

    Raises:
        AlreadyAsked: the same question waits for its answer.
    """
    year = legal_day(at).year
    number = f"Y{year}-{next_number(f'opinion-{year}'):06d}"
    try:
        with transaction.atomic():
            return Opinion.objects.create(
                number=number,
                case=case,
                point=term.point,
                ministry=term.ministry,
                vin=line.vin,
                letter=letter,
                question=question,
                shown=shown,
                papers=papers_for(case, term.point, line=line, letter=letter),
                asked_by=by,
                asked_at=at,
                due_at=timing.working_days_later(at, term.days),
            )
    except IntegrityError as raced:
        raise AlreadyAsked(ministry=term.ministry) from raced


def told(opinion: Opinion) -> dict[str, Any]:
    """Return what the ledger keeps of a question; the digest proves what was shown."""
    body = json.dumps([opinion.shown, opinion.papers], sort_keys=True, ensure_ascii=False)
    return {
        "number": opinion.number,
        "point": opinion.point,
        "ministry": opinion.ministry.code,
        "vin": opinion.vin,
        "shown_sha256": hashlib.sha256(body.encode()).hexdigest(),
    }
