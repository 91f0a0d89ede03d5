"""Who may do what to a case now: nothing, or a refusal. One registry for every face."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from exports.errors import (
    ClaimedByAnother,
    DomainError,
    Escalated,
    LastVehicle,
    Moved,
    NotAllowed,
    NotClaimed,
    NotClean,
    NothingAsked,
    NotYours,
    SamePerson,
    SecondSignatureDue,
    TooManyClaims,
    TransitionRefused,
)
from exports.models import Role, User
from exports.policies import check_can_write_for, check_role
from exports.wording import explain
from reviews.models import STATUS_LABELS, Case, Decision, LaneTile, Licence, Opinion, Settlement
from reviews.states import Status
from reviews.thresholds import threshold

DECIDERS = (Role.REVIEWER, Role.SENIOR, Role.SUPERVISOR)
SIGNERS = (Role.SENIOR, Role.SUPERVISOR)


def check_sees(user: User, case: Case) -> None:
    """Refuse unless *case* is within *user*'s jurisdiction.

    Raises:
        NotAllowed: it is another office's.
    """
    if not case.is_visible_to(user):
        raise NotAllowed()


def check_seen(case: Case, version: int) -> None:
    """Refuse unless *case* still is as the caller saw it at *version*.

    Raises:
        Moved: somebody moved it meanwhile.
    """
    if case.version != version:
        raise Moved(subject=case)


def check_status(case: Case, *open_in: Status) -> None:
    """Refuse unless *case* is in one of *open_in*.

    Raises:
        TransitionRefused: it is not.
    """
    if case.state not in open_in:
        raise TransitionRefused(subject=case, origin=STATUS_LABELS[case.state])


def check_can_claim(user: User, case: Case) -> None:
    """Refuse unless *user* may take *case* into their hands.

    Raises:
        as :func:`check_may_claim`.
        TooManyClaims: *user* holds as many as one may.
    """
    check_may_claim(user, case)
    if claims_of(user) >= threshold("claims.most"):
        raise TooManyClaims(most=threshold("claims.most"))


def check_may_claim(user: User, case: Case) -> None:
    """Refuse unless *case* is one for *user* to claim, however many they hold.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        ClaimedByAnother: somebody holds it, *user* included; only a supervisor may take it over.
        Escalated: it waits for a senior.
    """
    check_takes(user, case)
    check_status(case, Status.IN_REVIEW, Status.CHECKING, Status.RETURNED)
    takes_over = user.role == Role.SUPERVISOR and case.assignee_id != user.pk
    if case.assignee_id is not None and not takes_over:
        raise ClaimedByAnother(subject=case, person=case.assignee)
    check_escalated(user, case)


def check_takes(user: User, case: Case | None = None) -> None:
    """Refuse unless *user* decides cases and, where one is named, sees *case*.

    Raises:
        RoleMissing, NotAllowed: role, jurisdiction.
    """
    check_role(user, *DECIDERS)
    if case is not None:
        check_sees(user, case)


def check_escalated(user: User, case: Case) -> None:
    """Refuse whoever is no senior where *case* was escalated.

    Raises:
        Escalated: it waits for a senior.
    """
    if case.escalated_at is not None and user.role not in SIGNERS:
        raise Escalated(subject=case)


def claims_of(user: User) -> int:
    """Count the cases *user* has claimed and not worked off.

    What is assigned does not count, nor does what is on a sheet of the clean lane.
    """
    claimed = Case.objects.filter(
        assignee=user, claimed_until__isnull=False, status=Status.IN_REVIEW
    )
    return claimed.exclude(pk__in=on_sheet_of(user)).count()


def on_sheet_of(user: User) -> QuerySet[LaneTile, int]:
    """Return the ids of the cases on *user*'s sheet of the clean lane."""
    tiles = LaneTile.objects.filter(sheet__by=user, state=LaneTile.State.SHOWN)
    return tiles.values_list("case", flat=True)


def check_can_release(user: User, case: Case) -> None:
    """Refuse unless *user* holds *case* and nobody signs or has signed it.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        NotClaimed: they do not.
    """
    check_role(user, *DECIDERS)
    check_sees(user, case)
    check_status(case, Status.IN_REVIEW, Status.CHECKING, Status.RETURNED)
    if case.assignee_id != user.pk:
        raise NotClaimed(subject=case)


def check_can_work(user: User, case: Case) -> None:
    """Refuse unless *case* is in review and in *user*'s hands, or in nobody's.

    Whoever acts on a free case takes it by that.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        ClaimedByAnother: it is in other hands.
        Escalated: it waits for a senior.
    """
    check_takes(user, case)
    check_status(case, Status.IN_REVIEW)
    if case.assignee_id not in (None, user.pk):
        raise ClaimedByAnother(subject=case, person=case.assignee)
    check_escalated(user, case)


def check_can_take_out(user: User, case: Case) -> None:
    """Refuse unless *user* may work on *case* and it has a vehicle to spare.

    Raises:
        as :func:`check_can_work`.
        LastVehicle: a batch never becomes empty.
    """
    check_can_work(user, case)
    if case.vehicle_count < 2:
        raise LastVehicle(subject=case)


def check_can_retry(user: User, case: Case) -> None:
    """Refuse unless the checks of *case* gave up and *user* decides cases.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
    """
    check_role(user, *DECIDERS)
    check_sees(user, case)
    check_status(case, Status.CHECKING)
    if case.attempts < settings.MAX_ATTEMPTS:
        raise TransitionRefused(subject=case, origin=STATUS_LABELS[case.state])


def check_can_issue(user: User, case: Case) -> None:
    """Refuse unless *user* may issue alone: their case, and no check failed.

    Raises:
        as :func:`check_can_work`.
        SecondSignatureDue: a failed check takes four eyes.
    """
    check_can_work(user, case)
    if case.failed:
        raise SecondSignatureDue(count=case.failed)


def check_can_sign_lane(user: User, case: Case) -> None:
    """Refuse unless *user* may issue alone and every check of *case* passes; nothing holds it up.

    Raises:
        as :func:`check_can_issue`.
        NotClean: a check asks for attention, or it was put off or escalated.
    """
    check_can_issue(user, case)
    held_up = case.hold_until is not None or case.escalated_at is not None
    if case.attention or not case.passed or held_up:
        raise NotClean(subject=case)


def check_can_sign(user: User, case: Case) -> None:
    """Refuse unless *user* may give the second signature.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        SamePerson: they recommended it.
    """
    check_role(user, *SIGNERS)
    check_sees(user, case)
    check_status(case, Status.HELD)
    held = held_decision(case)
    if held is not None and held.recommended_by_id == user.pk:
        raise SamePerson()


def check_can_take_back(user: User, case: Case) -> None:
    """Refuse unless *user* recommended what waits for its second signature.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        NotYours: somebody else recommended it.
    """
    check_takes(user, case)
    check_status(case, Status.HELD)
    held = held_decision(case)
    if held is not None and held.recommended_by_id != user.pk:
        raise NotYours(person=held.recommended_by)


def check_can_undo(user: User, case: Case) -> None:
    """Refuse unless *user* has just done what has not yet taken effect.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        NotYours: somebody else did it.
    """
    check_takes(user, case)
    check_status(case, Status.SETTLING)
    settlement = waiting_settlement(case)
    if settlement is not None and settlement.by_id != user.pk:
        raise NotYours(person=settlement.by)


def waiting_settlement(case: Case) -> Settlement | None:
    """Return what is about to take effect on *case*."""
    rows = Settlement.objects.filter(case=case, state=Settlement.State.WAITING)
    return rows.select_related("by", "decision", "request").first()


def check_can_escalate(user: User, case: Case) -> None:
    """Refuse unless *user* may give *case* up to the seniors.

    Raises:
        as :func:`check_can_work`.
        Escalated: it was escalated already.
    """
    check_can_work(user, case)
    if case.escalated_at is not None:
        raise Escalated(subject=case)


def check_can_return_to_pool(user: User, case: Case) -> None:
    """Refuse unless *user* may take the escalation of *case* back.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        NotAllowed: nobody escalated it.
    """
    check_role(user, *SIGNERS)
    check_sees(user, case)
    check_status(case, Status.IN_REVIEW)
    if case.escalated_at is None:
        raise NotAllowed()


def check_can_put_off(user: User, case: Case) -> None:
    """Refuse unless *user* may lay *case* aside until a day.

    Raises:
        as :func:`check_can_work`.
    """
    check_can_work(user, case)


def check_can_wake(user: User, case: Case) -> None:
    """Refuse unless *user* may take up *case*, which was put off.

    Raises:
        as :func:`check_can_work`.
        NotAllowed: it was not put off.
    """
    check_can_work(user, case)
    if case.hold_until is None:
        raise NotAllowed()


def check_can_assign(user: User, case: Case) -> None:
    """Refuse unless *user* may put *case* into somebody's hands.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
    """
    check_role(user, Role.SUPERVISOR)
    check_sees(user, case)
    check_status(case, Status.IN_REVIEW, Status.CHECKING, Status.RETURNED)


def check_can_hand_over(user: User, holder: User) -> None:
    """Refuse unless *user* may hand over what *holder* has: their own, or as a supervisor.

    Raises:
        RoleMissing: neither.
        NotAllowed: *holder* is of another office.
    """
    if user.pk == holder.pk:
        check_role(user, *DECIDERS)
        return
    check_role(user, Role.SUPERVISOR)
    if holder.office is None or holder.office != user.office:
        raise NotAllowed()


def held_decision(case: Case) -> Decision | None:
    """Return the decision that waits for its signature; no query where decisions are loaded."""
    waiting = (each for each in case.decisions.all() if each.state == Decision.State.HELD)
    return next(waiting, None)


def check_can_withdraw(user: User, case: Case) -> None:
    """Refuse unless the exporter may still take its application back.

    Raises:
        NotAllowed, RoleMissing: not their company's, or a role that only reads.
        TransitionRefused: a decision is being signed or was taken.
    """
    check_can_write_for(user, case.exporter)
    check_status(case, Status.CHECKING, Status.IN_REVIEW, Status.RETURNED)


def check_can_answer(user: User, case: Case) -> None:
    """Refuse unless the exporter has an open request to answer.

    Raises:
        NotAllowed, RoleMissing: not their company's, or a role that only reads.
        TransitionRefused: nothing is asked.
    """
    check_can_write_for(user, case.exporter)
    check_status(case, Status.RETURNED)


def check_can_leave_out(user: User, case: Case) -> None:
    """Refuse unless the exporter may answer by leaving a vehicle out, and the batch has another.

    Raises:
        as :func:`check_can_answer`.
        LastVehicle: a batch never becomes empty.
    """
    check_can_answer(user, case)
    if case.vehicle_count < 2:
        raise LastVehicle(subject=case)


def check_can_note(user: User, case: Case) -> None:
    """Refuse unless *user* may write a note on *case*, whatever its state and whoever holds it.

    Raises:
        RoleMissing, NotAllowed: role, jurisdiction; auditors and policy administrators read.
    """
    check_role(user, *DECIDERS)
    check_sees(user, case)


def check_can_revoke(user: User, case: Case) -> None:
    """Refuse unless *user* may revoke the licence of *case* and it is not over anyway.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state of case or licence.
    """
    check_role(user, *SIGNERS)
    check_sees(user, case)
    check_status(case, Status.ISSUED)
    licence = case.licence
    if licence.state != Licence.State.LIVE:
        raise TransitionRefused(subject=licence, origin=licence.get_state_display())


def check_can_withdraw_opinion(user: User, case: Case) -> None:
    """Refuse unless *user* may take back what another ministry is asked about *case*.

    Raises:
        RoleMissing, NotAllowed: role, jurisdiction.
        ClaimedByAnother: it is in other hands, and *user* is no supervisor.
        NothingAsked: no question is open.
    """
    check_takes(user, case)
    if case.assignee_id not in (None, user.pk) and user.role != Role.SUPERVISOR:
        raise ClaimedByAnother(subject=case, person=case.assignee)
    if not open_opinions(case):
        raise NothingAsked(subject=case)


def check_can_answer_opinion(user: User, case: Case) -> None:
    """Refuse unless *user*'s ministry is asked about *case* and has not answered.

    Raises:
        RoleMissing: *user* is no officer of another ministry.
        NotAllowed: nothing is asked of theirs.
    """
    check_role(user, Role.OPINION)
    if not any(opinion.ministry_id == user_ministry(user) for opinion in open_opinions(case)):
        raise NotAllowed()


def user_ministry(user: User) -> int | None:
    """Return the id of the ministry *user* answers for."""
    return user.ministry.pk if user.ministry else None


def open_opinions(case: Case) -> list[Opinion]:
    """Return what waits for another ministry; no query where opinions are loaded."""
    return [opinion for opinion in case.opinions.all() if opinion.is_open]


@dataclass(frozen=True)
class Action:
    """What a person could do with a case, and why not if not."""

    name: str
    allowed: bool
    why_not: str = ""


CHECKS: Mapping[str, Callable[[User, Case], None]] = {
    "claim": check_can_claim,
    "release": check_can_release,
    "issue": check_can_issue,
    "sign_lane": check_can_sign_lane,
    "recommend": check_can_work,
    "request": check_can_work,
    "recheck": check_can_work,
    "registry": check_can_work,
    "take_out": check_can_take_out,
    "retry": check_can_retry,
    "sign": check_can_sign,
    "take_back": check_can_take_back,
    "undo": check_can_undo,
    "escalate": check_can_escalate,
    "return_to_pool": check_can_return_to_pool,
    "put_off": check_can_put_off,
    "wake": check_can_wake,
    "assign": check_can_assign,
    "send_back": check_can_sign,
    "revoke": check_can_revoke,
    "note": check_can_note,
    "ask_opinion": check_can_work,
    "withdraw_opinion": check_can_withdraw_opinion,
    "answer_opinion": check_can_answer_opinion,
    "answer": check_can_answer,
    "withdraw": check_can_withdraw,
}


def available_actions(case: Case, user: User) -> list[Action]:
    """Return every action with allowed, or the reason why not, in the active language."""
    return [judged(name, case, user) for name in CHECKS]


def judged(name: str, case: Case, user: User) -> Action:
    """Return one action of :data:`CHECKS`, asked of *user* and *case*."""
    try:
        CHECKS[name](user, case)
    except DomainError as refusal:
        return Action(name, allowed=False, why_not=explain(refusal))
    return Action(name, allowed=True)
