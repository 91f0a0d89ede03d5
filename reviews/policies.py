"""Who may do what to a case now: nothing, or a refusal. One registry for every face."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from exports.errors import (
    ClaimedByAnother,
    DomainError,
    Moved,
    NotAllowed,
    NotClaimed,
    SamePerson,
    SecondSignatureDue,
    TransitionRefused,
)
from exports.models import Role, User
from exports.policies import check_can_write_for, check_role
from exports.wording import explain
from reviews.models import STATUS_LABELS, Case, Decision, Licence
from reviews.states import Status

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
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        ClaimedByAnother: somebody holds it, *user* included; only a supervisor may take it over.
    """
    check_role(user, *DECIDERS)
    check_sees(user, case)
    check_status(case, Status.IN_REVIEW, Status.CHECKING, Status.RETURNED)
    takes_over = user.role == Role.SUPERVISOR and case.assignee_id != user.pk
    if case.assignee_id is not None and not takes_over:
        raise ClaimedByAnother(subject=case, person=case.assignee)


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
    """Refuse unless *user* holds *case* and it is in review.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: role, jurisdiction, state.
        NotClaimed, ClaimedByAnother: it is not in their hands.
    """
    check_role(user, *DECIDERS)
    check_sees(user, case)
    check_status(case, Status.IN_REVIEW)
    if case.assignee_id is None:
        raise NotClaimed(subject=case)
    if case.assignee_id != user.pk:
        raise ClaimedByAnother(subject=case, person=case.assignee)


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
    "recommend": check_can_work,
    "request": check_can_work,
    "recheck": check_can_work,
    "registry": check_can_work,
    "retry": check_can_retry,
    "sign": check_can_sign,
    "send_back": check_can_sign,
    "revoke": check_can_revoke,
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
