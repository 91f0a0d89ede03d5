"""The office's side of a case: claim, ask, recommend, sign, send back."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from exports import drafting, ledger
from exports.errors import Incomplete, Moved, ReasonNeeded
from exports.kicks import kick_after_commit
from exports.models import Line, User
from exports.rules import legal_day
from reviews import licensing, timing
from reviews.assessment import check_current
from reviews.lifecycle import advance
from reviews.models import Case, CheckRun, Decision, Reason, Request, RequestItem
from reviews.policies import (
    check_can_claim,
    check_can_issue,
    check_can_release,
    check_can_sign,
    check_can_work,
)
from reviews.states import Status
from reviews.tasks import draw_licence
from reviews.telling import tell_assignee, tell_exporter, tell_seniors


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
def claim(case: Case, *, by: User, at: datetime) -> Case:
    """Take *case* into one's hands; a supervisor may take it over.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused, ClaimedByAnother: see the policy.
        Moved: somebody claimed it at the same moment.
    """
    check_can_claim(by, case)
    return hand_over(case, to=by, action="case.claimed", by=by, at=at)


@transaction.atomic
def release(case: Case, *, by: User, at: datetime) -> Case:
    """Put *case* back for anybody to claim.

    Raises:
        NotClaimed, RoleMissing, NotAllowed: it is not in *by*'s hands.
        Moved: it changed meanwhile.
    """
    check_can_release(by, case)
    return hand_over(case, to=None, action="case.released", by=by, at=at)


def hand_over(case: Case, *, to: User | None, action: str, by: User, at: datetime) -> Case:
    """Change the assignee by compare-and-set."""
    taken = Case.objects.filter(pk=case.pk, assignee=case.assignee_id, status=case.status)
    if not taken.update(assignee=to):
        raise Moved(subject=case)
    before = {"assignee": case.assignee.name if case.assignee else ""}
    after = {"assignee": to.name if to else ""}
    ledger.record(action, case, by=by, at=at, before=before, after=after)
    case.refresh_from_db()
    return case


@transaction.atomic
def ask(
    case: Case, *, questions: Sequence[Question], by: User, at: datetime, note: str = ""
) -> Request:
    """Return *case* to the exporter with *questions*; the clock stands until the answer.

    Raises:
        RoleMissing, NotAllowed, NotClaimed, ClaimedByAnother, TransitionRefused: see the policy.
        Incomplete: no question is asked.
        Moved: somebody moved the case meanwhile.
    """
    check_can_work(by, case)
    if not questions:
        raise Incomplete(missing=str(RequestItem._meta.verbose_name))
    advance(case, Status.RETURNED, by=by, at=at, note=note)
    check_still_held(case, by=by)
    request = Request.objects.create(
        case=case, asked_by=by, asked_at=at, answer_by=timing.answer_due(at)
    )
    RequestItem.objects.bulk_create(
        RequestItem(
            request=request,
            reason=question.reason,
            line=question.line,
            field=question.field,
            document_kind=question.document_kind,
            check_id=question.check_id,
            question=question.text,
        )
        for question in questions
    )
    tell_exporter(
        case, "returned", at=at, items=len(questions), answer_by=legal_day(request.answer_by)
    )
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
        RoleMissing, NotAllowed, NotClaimed, ClaimedByAnother, TransitionRefused: see the policy.
        ReasonNeeded: a refusal without coded reasons, or an issue over a failed check without
            an override reason and words.
        FactsChanged: the checks would answer otherwise now; run them again.
        Moved: somebody moved the case meanwhile.
        ValueError: *outcome* is neither of the two.
    """
    check_can_work(by, case)
    outcome, coded = Decision.Outcome(outcome), list(reasons)
    check_reasons(case, outcome, coded, note=note)
    decision = hold(case, outcome, reasons=coded, needs_second=True, by=by, at=at, note=note)
    tell_seniors(case, "signature", at=at, outcome=outcome, by=by.name)
    return decision


@transaction.atomic
def issue(case: Case, *, by: User, at: datetime, note: str = "") -> Decision:
    """Issue at once: no check failed, so one person decides.

    Raises:
        as :func:`recommend`, and SecondSignatureDue over a failed check.
    """
    check_can_issue(by, case)
    decision = hold(case, "issue", reasons=[], needs_second=False, by=by, at=at, note=note)
    return conclude(decision, by=by, at=at)


@transaction.atomic
def sign(decision: Decision, *, by: User, at: datetime, note: str = "") -> Decision:
    """Give the second signature: the licence is issued, or the application refused.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: see the policy.
        SamePerson: *by* recommended it.
        FactsChanged: the checks would answer otherwise now; send it back.
        Moved: it was signed or sent back meanwhile.
    """
    check_can_sign(by, decision.case)
    check_current(decision.case, decision.run)
    return conclude(decision, by=by, at=at, note=note)


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
    reasons: Sequence[Reason],
    needs_second: bool,
    by: User,
    at: datetime,
    note: str,
) -> Decision:
    """Write the recommendation with a snapshot of what it rests on, and hold the case."""
    run = latest_run(case)
    check_current(case, run)
    snapshot = snapshot_of(case, run)
    body = json.dumps(snapshot, sort_keys=True, ensure_ascii=False).encode()
    advance(case, Status.HELD, by=by, at=at, note=note)
    check_still_held(case, by=by)
    try:
        decision = Decision.objects.create(
            case=case,
            run=run,
            outcome=outcome,
            failed_checks=case.failed,
            note=note,
            recommended_by=by,
            recommended_at=at,
            needs_second=needs_second,
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


def conclude(decision: Decision, *, by: User, at: datetime, note: str = "") -> Decision:
    """Sign a held decision and let its effect follow."""
    case = decision.case
    signed = Decision.objects.filter(pk=decision.pk, state=Decision.State.HELD).update(
        state=Decision.State.SIGNED, signed_by=by, signed_at=at
    )
    if not signed:
        raise Moved(subject=case)
    decision.refresh_from_db()
    decision.case = case
    RequestItem.objects.filter(request__case=case, state=RequestItem.State.ANSWERED).update(
        state=RequestItem.State.ACCEPTED
    )
    if decision.outcome == Decision.Outcome.ISSUE:
        advance(case, Status.ISSUED, by=by, at=at, note=note)
        licence = licensing.issue(decision, at=at)
        kick_after_commit(draw_licence, licence_id=licence.pk)
    else:
        advance(case, Status.REFUSED, by=by, at=at, note=note)
        drafting.release(case.application)
        tell_exporter(case, "refused", at=at)
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
