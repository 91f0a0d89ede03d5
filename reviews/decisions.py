"""The office's side of a case: ask, recommend, issue, sign, send back.

What decides or asks takes effect a minute later: see :mod:`reviews.settling`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from exports import drafting, ledger
from exports.errors import Incomplete, Moved, ReasonNeeded
from exports.kicks import kick_after_commit, kick_later_after_commit
from exports.models import Line, User
from reviews import claims, licensing, settling, timing
from reviews.assessment import check_current
from reviews.lifecycle import advance
from reviews.models import Case, CheckRun, Decision, Reason, Request, RequestItem, Settlement
from reviews.policies import (
    check_can_issue,
    check_can_sign,
    check_can_take_back,
    check_can_work,
)
from reviews.states import Status
from reviews.tasks import draw_licence, settle_case
from reviews.telling import tell_assignee, tell_seniors


@dataclass(frozen=True)
class Question:
    """One point to ask: a reason, and the field, the kind of paper or the words it is about."""

    reason: Reason
    line: Line | None = None
    field: str = ""
    document_kind: str = ""
    check_id: str = ""
    text: str = ""


@transaction.atomic
def ask(
    case: Case, *, questions: Sequence[Question], by: User, at: datetime, note: str = ""
) -> Request:
    """Return *case* to the exporter with *questions*; the clock stands until the answer.

    The exporter sees them when the minute for taking them back is over.

    Raises:
        RoleMissing, NotAllowed, ClaimedByAnother, Escalated, TransitionRefused: see the policy.
        Incomplete: no question is asked.
        Moved: somebody moved the case meanwhile.
    """
    check_can_work(by, case)
    if not questions:
        raise Incomplete(missing=str(RequestItem._meta.verbose_name))
    claims.take_if_free(case, by=by, at=at)
    advance(case, Status.SETTLING, by=by, at=at, note=note)
    check_still_held(case, by=by)
    request = Request.objects.create(
        case=case, asked_by=by, asked_at=at, answer_by=timing.answer_due(at)
    )
    RequestItem.objects.bulk_create(
        RequestItem(
            request=request,
            reason=question.reason,
            words=question.reason.words,
            line=question.line,
            field=question.field,
            document_kind=question.document_kind,
            check_id=question.check_id,
            question=question.text,
        )
        for question in questions
    )
    follow(settling.begin(case, Settlement.Kind.ASK, request=request, by=by, at=at), at=at)
    return request


@transaction.atomic
def recommend(
    case: Case,
    outcome: str,
    *,
    reasons: Iterable[Reason] = (),
    by: User,
    at: datetime,
    note: str = "",
) -> Decision:
    """Recommend *outcome* (``issue`` or ``refuse``); another person is to sign it.

    Raises:
        RoleMissing, NotAllowed, ClaimedByAnother, Escalated, TransitionRefused: see the policy.
        ReasonNeeded: a refusal without coded reasons, or an issue over a failed check without
            an override reason and words.
        FactsChanged: the checks would answer otherwise now; run them again.
        Moved: somebody moved the case meanwhile.
        ValueError: *outcome* is neither of the two.
    """
    check_can_work(by, case)
    outcome, coded = Decision.Outcome(outcome), list(reasons)
    check_reasons(case, outcome, coded, note=note)
    decision = hold(case, outcome, reasons=coded, by=by, at=at, note=note)
    tell_seniors(case, "signature", at=at, outcome=outcome, by=by.name)
    return decision


@transaction.atomic
def issue(case: Case, *, by: User, at: datetime, note: str = "") -> Decision:
    """Issue alone: no check failed, so one person decides.

    Raises:
        as :func:`recommend`, and SecondSignatureDue over a failed check; Incomplete if a vehicle
        lacks what its licence must print.
    """
    check_can_issue(by, case)
    licensing.check_printable(case)
    decision = hold(case, Decision.Outcome.ISSUE, alone=True, by=by, at=at, note=note)
    kind = Settlement.Kind.ISSUE
    follow(settling.begin(case, kind, decision=decision, by=by, at=at), at=at)
    decision.refresh_from_db(fields=["state"])
    return decision


@transaction.atomic
def sign(decision: Decision, *, by: User, at: datetime, note: str = "") -> Decision:
    """Give the second signature: the licence is issued, or the application refused.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: see the policy.
        SamePerson: *by* recommended it.
        FactsChanged: the checks would answer otherwise now; send it back.
        Moved: it was signed or sent back meanwhile.
    """
    case = decision.case
    check_can_sign(by, case)
    check_current(case, decision.run)
    if decision.outcome == Decision.Outcome.ISSUE:
        licensing.check_printable(case)
    signed = Decision.objects.filter(pk=decision.pk, state=Decision.State.HELD).update(
        state=Decision.State.SETTLING, signed_by=by, signed_at=at
    )
    if not signed:
        raise Moved(subject=case)
    advance(case, Status.SETTLING, by=by, at=at, note=note)
    follow(settling.begin(case, Settlement.Kind.SIGN, decision=decision, by=by, at=at), at=at)
    decision.refresh_from_db()
    decision.case = case
    return decision


@transaction.atomic
def take_back(case: Case, *, by: User, at: datetime, note: str = "") -> Case:
    """Take one's own recommendation back before anybody signs it.

    Raises:
        RoleMissing, NotAllowed, NotYours, TransitionRefused: see the policy.
        Moved: it was signed or sent back meanwhile.
    """
    check_can_take_back(by, case)
    waiting = Decision.objects.filter(case=case, state=Decision.State.HELD)
    if not waiting.update(state=Decision.State.UNDONE):
        raise Moved(subject=case)
    return advance(case, Status.IN_REVIEW, by=by, at=at, note=note)


def follow(settlement: Settlement, *, at: datetime) -> None:
    """Let *settlement* take effect when its minute is over; at once where none is granted."""
    if settings.UNDO_SECONDS:
        seconds = settings.UNDO_SECONDS
        kick_later_after_commit(settle_case, seconds=seconds, settlement_id=settlement.pk)
        return
    licence = settling.settle(settlement.pk, at=at)
    settlement.case.refresh_from_db()
    if licence is not None:
        kick_after_commit(draw_licence, licence_id=licence.pk)


@transaction.atomic
def send_back(decision: Decision, *, by: User, at: datetime, note: str) -> Case:
    """Decline to sign: the case goes back to the reviewer with words why.

    Raises:
        as :func:`sign`, and ReasonNeeded without *note*.
    """
    check_can_sign(by, decision.case)
    if not note.strip():
        raise ReasonNeeded(what=str(Decision._meta.get_field("note").verbose_name))
    moved = Decision.objects.filter(pk=decision.pk, state=Decision.State.HELD).update(
        state=Decision.State.SENT_BACK, sent_back_because=note
    )
    if not moved:
        raise Moved(subject=decision.case)
    case = advance(decision.case, Status.IN_REVIEW, by=by, at=at, note=note)
    tell_assignee(case, "sent_back", at=at, by=by.name, note=note)
    return case


def check_reasons(case: Case, outcome: str, reasons: Sequence[Reason], *, note: str) -> None:
    """Refuse a recommendation that does not say why.

    Raises:
        ReasonNeeded: see :func:`recommend`.
    """
    uses = {reason.use for reason in reasons}
    if outcome == Decision.Outcome.REFUSE and uses != {Reason.Use.REFUSAL}:
        raise ReasonNeeded(what=str(Reason.Use.REFUSAL.label))
    over_failure = outcome == Decision.Outcome.ISSUE and case.failed > 0
    if over_failure and (uses != {Reason.Use.OVERRIDE} or not note.strip()):
        raise ReasonNeeded(what=str(Reason.Use.OVERRIDE.label))


def check_still_held(case: Case, *, by: User) -> None:
    """Refuse whose case was taken over since they opened it; the move has locked its row.

    Raises:
        Moved: it is in other hands now.
    """
    if case.assignee_id != by.pk:
        raise Moved(subject=case)


def hold(
    case: Case,
    outcome: str,
    *,
    reasons: Sequence[Reason] = (),
    alone: bool = False,
    by: User,
    at: datetime,
    note: str,
) -> Decision:
    """Write the decision with a snapshot of what it rests on; *alone* signs it at once."""
    run = latest_run(case)
    check_current(case, run)
    snapshot = snapshot_of(case, run)
    body = json.dumps(snapshot, sort_keys=True, ensure_ascii=False).encode()
    signed = {"state": Decision.State.SETTLING, "signed_by": by, "signed_at": at} if alone else {}
    claims.take_if_free(case, by=by, at=at)
    advance(case, Status.SETTLING if alone else Status.HELD, by=by, at=at, note=note)
    check_still_held(case, by=by)
    try:
        decision = Decision.objects.create(
            case=case,
            run=run,
            outcome=outcome,
            words=[reason.words for reason in reasons],
            failed_checks=case.failed,
            note=note,
            recommended_by=by,
            recommended_at=at,
            needs_second=not alone,
            **signed,
            snapshot=snapshot,
            snapshot_sha256=hashlib.sha256(body).hexdigest(),
        )
    except IntegrityError as raced:
        raise Moved(subject=case) from raced
    decision.reasons.set(reasons)
    codes = [reason.code for reason in reasons]
    after = {"outcome": outcome, "reasons": codes, "snapshot": decision.snapshot_sha256}
    ledger.record("decision.recommended", case, by=by, at=at, after=after, note=note)
    return decision


def latest_run(case: Case) -> CheckRun:
    """Return the newest run of the checks; a case in review always has one."""
    return case.runs.order_by("-id")[0]


def snapshot_of(case: Case, run: CheckRun) -> dict[str, object]:
    """Return what a decision rests on: terms, vehicles, findings, policy."""
    application = case.application
    lines = application.lines.select_related("vehicle").order_by("position")
    facts = {
        "application": drafting.terms_of(application),
        "filed_on": application.filed_on,
        "policy": run.policy.code if run.policy else "",
        "code_version": run.code_version,
        "vehicles": [vehicle_of(line) for line in lines],
        "findings": list(
            run.findings.order_by("id").values_list("line__vin", "check_id", "outcome")
        ),
    }
    return ledger.as_json(facts)


def vehicle_of(line: Line) -> dict[str, object]:
    """Return the facts the licence annex will print of one vehicle."""
    vehicle = line.vehicle
    return {
        "vin": line.vin,
        "brand": vehicle.brand,
        "model": vehicle.model,
        "registered_on": vehicle.registered_on,
        "transferred_on": vehicle.transferred_on,
    }
