"""Whose hands a case is in: claimed for a while, assigned for good, put off, escalated."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from exports import ledger
from exports.errors import DomainError, Moved, ReasonNeeded
from exports.models import Office, User
from exports.policies import check_role
from exports.rules import legal_day
from reviews.models import Case, Decision
from reviews.models.cases import CaseQuerySet
from reviews.policies import (
    DECIDERS,
    SIGNERS,
    check_can_assign,
    check_can_claim,
    check_can_escalate,
    check_can_hand_over,
    check_can_put_off,
    check_can_release,
    check_can_return_to_pool,
    check_can_wake,
    check_takes,
    on_sheet_of,
)
from reviews.states import Status
from reviews.telling import tell_assignee, tell_person, tell_seniors
from reviews.thresholds import threshold
from reviews.workload_policies import check_is_here

BY_DUE: Final = ("due_at", "-risk", "id")
CANDIDATES: Final = 20
MOST: Final = 500


@transaction.atomic
def claim(case: Case, *, by: User, at: datetime) -> Case:
    """Take *case* into one's hands until its lease ends; a supervisor may take it over.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused, ClaimedByAnother, Escalated, TooManyClaims:
            see the policy.
        Moved: somebody claimed it at the same moment.
    """
    check_can_claim(by, case)
    until = lease_from(at) if case.state == Status.IN_REVIEW else None
    return pass_to(by, case, action="case.claimed", until=until, by=by, at=at)


@transaction.atomic
def take_if_free(case: Case, *, by: User, at: datetime) -> Case:
    """Take *case* to act on it at once, where nobody holds it.

    Raises:
        Moved: somebody claimed it at the same moment.
    """
    if case.assignee_id is None:
        return pass_to(by, case, action="case.claimed", until=lease_from(at), by=by, at=at)
    return case


def renew(case: Case, *, by: User, at: datetime) -> datetime | None:
    """Prolong *by*'s claim on *case* while its page is open; return its new end, if it has one."""
    held = Case.objects.filter(pk=case.pk, assignee=by, claimed_until__isnull=False)
    until = lease_from(at)
    return until if held.update(claimed_until=until) else None


def lease_from(at: datetime) -> datetime:
    """Return when a claim made or renewed at *at* ends."""
    return at + timedelta(minutes=threshold("claims.lease"))


@transaction.atomic
def release(case: Case, *, by: User, at: datetime) -> Case:
    """Put *case* back for anybody to claim.

    Raises:
        NotClaimed, RoleMissing, NotAllowed: it is not in *by*'s hands.
        Moved: it changed meanwhile.
    """
    check_can_release(by, case)
    return pass_to(None, case, action="case.released", until=None, by=by, at=at)


def lapse(*, at: datetime) -> int:
    """Free the cases whose claim ran out; return how many."""
    over = Case.objects.filter(claimed_until__lt=at).select_related("assignee")[:MOST]
    return sum(lapse_one(case, at=at) for case in over)


@transaction.atomic
def lapse_one(case: Case, *, at: datetime) -> int:
    """Free one; 0 if its page came back to life at the last moment."""
    over = Case.objects.filter(pk=case.pk, claimed_until=case.claimed_until)
    if not over.update(assignee=None, claimed_until=None):
        return 0
    before = {"assignee": case.assignee.name if case.assignee else ""}
    ledger.record("case.lease_ended", case, by=None, at=at, before=before)
    return 1


def start_next(
    *, by: User, at: datetime, after: str = "", among: CaseQuerySet | None = None
) -> Case | None:
    """Give *by* the case to work on next, claimed; ``None`` when nothing waits for them.

    What is in their hands already comes first, then what is free: by due time, then by risk,
    within their jurisdiction. *after* is the reference of the case they come from, which is not
    offered again. With a list, only cases *among* it are given, and what is in their hands
    elsewhere waits.

    Raises:
        RoleMissing: *by* does not decide cases.
    """
    check_takes(by)
    ready = startable(by, at=at, among=among).exclude(reference=after)
    mine = ready.filter(assignee=by).order_by(*BY_DUE).first()
    if mine is not None:
        return mine
    free = ready.filter(assignee__isnull=True).order_by(*BY_DUE)
    for case in free.select_related("assignee", "office")[:CANDIDATES]:
        try:
            return claim(case, by=by, at=at)
        except DomainError:
            continue
    return None


def next_to_sign(
    *, by: User, at: datetime, after: str = "", among: CaseQuerySet | None = None
) -> Case | None:
    """Return the next case that waits for a signature *by* may give, the earliest due first.

    With a list, only one *among* it.

    Raises:
        RoleMissing: *by* signs nothing.
    """
    check_role(by, *SIGNERS)
    waiting = seen_by(by, among).filter(status=Status.HELD).exclude(reference=after)
    return waiting.exclude(pk__in=recommended_by(by)).order_by("due_at", "id").first()


def next_of(among: CaseQuerySet, *, by: User, at: datetime, after: str = "") -> Case | None:
    """Give *by* the next case of the list *among*: to sign or, claimed, to work on.

    Whichever is due first; ``None`` when nothing of it waits for them.

    Raises:
        RoleMissing: *by* does not decide cases.
    """
    check_takes(by)
    held = next_to_sign(by=by, at=at, after=after, among=among) if signs(by) else None
    if held is not None and not any_before(held, by=by, at=at, after=after, among=among):
        return held
    return start_next(by=by, at=at, after=after, among=among) or held


def any_before(held: Case, *, by: User, at: datetime, after: str, among: CaseQuerySet) -> bool:
    """Tell whether *by* could work on something of the list that is due before *held*."""
    mine_or_free = Q(assignee=by) | Q(assignee__isnull=True)
    earlier = startable(by, at=at, among=among).filter(mine_or_free, due_at__lt=held.due_at)
    return earlier.exclude(reference=after).exists()


def in_hand(user: User, *, at: datetime) -> str:
    """Return the reference of the case *user* is to go on with, empty if they hold none."""
    mine = startable(user, at=at).filter(assignee=user).order_by(*BY_DUE)
    return mine.values_list("reference", flat=True).first() or ""


def signs(user: User) -> bool:
    """Tell whether *user* gives second signatures."""
    return user.role in SIGNERS


def recommended_by(user: User) -> QuerySet[Decision, int]:
    """Return the ids of the cases that wait for somebody else's signature under *user*'s."""
    own = Decision.objects.filter(state=Decision.State.HELD, recommended_by=user)
    return own.values_list("case", flat=True)


def seen_by(user: User, among: CaseQuerySet | None) -> CaseQuerySet:
    """Narrow to what *user* sees, of the list *among* where there is one."""
    cases = Case.objects.visible_to(user)
    return cases if among is None else cases & among


def startable(user: User, *, at: datetime, among: CaseQuerySet | None = None) -> CaseQuerySet:
    """Narrow to what *user* could be handed: in review, awake, escalated only to seniors.

    What is on their sheet of the clean lane is looked at there.
    """
    awake = Q(hold_until__isnull=True) | Q(hold_until__lte=at)
    cases = seen_by(user, among).filter(awake, status=Status.IN_REVIEW)
    cases = cases.exclude(pk__in=on_sheet_of(user))
    return cases if user.role in SIGNERS else cases.filter(escalated_at__isnull=True)


@transaction.atomic
def assign(case: Case, *, to: User, by: User, at: datetime, note: str = "") -> Case:
    """Put *case* into the hands of *to*, for good; they are told.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: *by* may not, or *to* could not work on it.
        PersonAway: *to* is on leave.
        Moved: it changed hands meanwhile.
    """
    check_can_assign(by, case)
    check_takes(to, case)
    check_is_here(to, on=legal_day(at))
    passed = pass_to(to, case, action="case.assigned", until=None, by=by, at=at, note=note)
    if to != by:
        tell_person(passed, to, "assigned", at=at, by=by.name, note=note)
    return passed


def hand_over_all(holder: User, *, to: User | None, by: User, at: datetime, note: str = "") -> int:
    """Hand over every case *holder* has, to *to* or back to the pool; return how many.

    For leave: a reviewer hands over their own, a supervisor anybody's of the office. A case
    *to* could not work on goes to the pool.

    Raises:
        NotAllowed, RoleMissing: it is not *by*'s to hand over.
    """
    check_can_hand_over(by, holder)
    cases = Case.objects.visible_to(by).open().filter(assignee=holder)
    rows = cases.exclude(status__in=[Status.HELD, Status.SETTLING])
    handed = 0
    for case in rows.select_related("assignee", "office")[:MOST]:
        handed += hand_over(case, to=to, by=by, at=at, note=note)
    return handed


@transaction.atomic
def hand_over(case: Case, *, to: User | None, by: User, at: datetime, note: str) -> int:
    """Hand over one; 0 if it changed hands meanwhile."""
    try:
        if to is not None:
            check_takes(to, case)
            check_is_here(to, on=legal_day(at))
    except DomainError:
        to = None
    action = "case.assigned" if to else "case.released"
    try:
        passed = pass_to(to, case, action=action, until=None, by=by, at=at, note=note)
    except Moved:
        return 0
    if to is not None:
        tell_person(passed, to, "assigned", at=at, by=by.name, note=note)
    return 1


@transaction.atomic
def escalate(case: Case, *, by: User, at: datetime, note: str) -> Case:
    """Give *case* up to the seniors, with words why.

    Raises:
        as :func:`reviews.policies.check_can_escalate`, and ReasonNeeded without *note*.
        Moved: it changed meanwhile.
    """
    check_can_escalate(by, case)
    check_words(note)
    change(case, assignee=None, claimed_until=None, escalated_at=at, escalated_because=note)
    ledger.record("case.escalated", case, by=by, at=at, note=note)
    tell_seniors(case, "escalated", at=at, once_per=at.isoformat(), by=by.name, note=note)
    return case


@transaction.atomic
def return_to_pool(case: Case, *, by: User, at: datetime, note: str = "") -> Case:
    """Take an escalation back: any reviewer may work on *case* again.

    Raises:
        as :func:`reviews.policies.check_can_return_to_pool`.
        Moved: it changed meanwhile.
    """
    check_can_return_to_pool(by, case)
    change(case, assignee=None, claimed_until=None, escalated_at=None, escalated_because="")
    ledger.record("case.deescalated", case, by=by, at=at, note=note)
    return case


@transaction.atomic
def put_off(case: Case, *, until: datetime, by: User, at: datetime, note: str) -> Case:
    """Lay *case* aside until a day; its clock runs on, and it comes back to the same hands.

    Raises:
        as :func:`reviews.policies.check_can_put_off`, and ReasonNeeded without *note*.
        Moved: it changed meanwhile.
    """
    check_can_put_off(by, case)
    check_words(note)
    take_if_free(case, by=by, at=at)
    change(case, claimed_until=None, hold_until=until, hold_because=note)
    ledger.record("case.put_off", case, by=by, at=at, after={"until": until}, note=note)
    return case


@transaction.atomic
def wake(case: Case, *, by: User, at: datetime) -> Case:
    """Take up again what was put off.

    Raises:
        as :func:`reviews.policies.check_can_wake`.
        Moved: it changed meanwhile.
    """
    check_can_wake(by, case)
    change(case, hold_until=None, hold_because="")
    ledger.record("case.woken", case, by=by, at=at)
    return case


def wake_due(*, at: datetime) -> int:
    """Take up what was put off until now, and tell its holders; return how many."""
    due = Case.objects.filter(hold_until__lte=at).select_related("assignee", "office")[:MOST]
    return sum(wake_one(case, at=at) for case in due)


@transaction.atomic
def wake_one(case: Case, *, at: datetime) -> int:
    """Take up one; 0 if somebody did meanwhile."""
    note, until = case.hold_because, case.hold_until
    row = Case.objects.filter(pk=case.pk, hold_until=until)
    if not row.update(hold_until=None, hold_because=""):
        return 0
    ledger.record("case.woken", case, by=None, at=at)
    if case.state == Status.IN_REVIEW:
        tell_assignee(case, "woken", at=at, once_per=until, note=note)
    return 1


def check_words(note: str) -> None:
    """Refuse an act that needs words and has none.

    Raises:
        ReasonNeeded: *note* is empty.
    """
    if not note.strip():
        raise ReasonNeeded(what=str(Case._meta.get_field("escalated_because").verbose_name))


def change(case: Case, **values: object) -> None:
    """Write *values* if *case* still is in the hands and state the caller saw.

    Raises:
        Moved: it is not.
    """
    as_seen = Case.objects.filter(
        pk=case.pk, assignee=case.assignee_id, status=case.status, version=case.version
    )
    if not as_seen.update(**values):
        raise Moved(subject=case)
    case.refresh_from_db()


def pass_to(
    to: User | None,
    case: Case,
    *,
    action: str,
    until: datetime | None,
    by: User,
    at: datetime,
    note: str = "",
) -> Case:
    """Change the hands *case* is in by compare-and-set."""
    before = {"assignee": case.assignee.name if case.assignee else ""}
    change(case, assignee=to, claimed_at=at if to else None, claimed_until=until)
    after = {"assignee": to.name if to else ""}
    ledger.record(action, case, by=by, at=at, before=before, after=after, note=note)
    return case


def deciders_at(office: Office) -> QuerySet[User]:
    """Return who decides cases at *office*, by name."""
    people = User.objects.filter(
        membership__office=office, membership__role__in=DECIDERS, is_active=True
    )
    return people.order_by("name")
