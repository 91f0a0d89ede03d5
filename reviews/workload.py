"""Who has how much to do: give out the oldest cases, even the desks out, cover for who is away."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from exports import ledger
from exports.errors import DomainError, ImpossibleDays, Moved
from exports.models import Membership, Office, User
from exports.rules import legal_day
from reviews import claims
from reviews.models import Absence, Case
from reviews.models.cases import CaseQuerySet
from reviews.policies import DECIDERS
from reviews.states import Status
from reviews.workload_policies import (
    check_can_end_absence,
    check_can_note_absence,
    check_can_share_out,
)

MOST_AT_ONCE: Final = 100
MOST_PLANNED: Final = 500
MOST_PEOPLE: Final = 200

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """What came of one case: done, or the refusal that kept it where it was."""

    case: Case
    to: User
    refusal: DomainError | None = None


@dataclass(frozen=True)
class Proposal:
    """A case that would lie better on another desk."""

    case: Case
    to: User


@transaction.atomic
def note_absence(
    person: User,
    *,
    since: date,
    until: date,
    stand_in: User | None = None,
    why: str = "",
    by: User,
    at: datetime,
) -> Absence:
    """Note that *person* is away from *since* to *until*, both included.

    From the first day on their cases go to *stand_in*, or to the pool without one.

    Raises:
        RoleMissing, NotAllowed: neither *by*'s own absence nor that of a person of their office;
            or the stand-in decides no cases there.
        ImpossibleDays: it ends before it begins, or is over already.
    """
    check_can_note_absence(by, person, stand_in=stand_in)
    if until < since or until < legal_day(at):
        raise ImpossibleDays(since=since, until=until)
    assert person.office is not None  # who decides cases does so at an office
    absence = Absence.objects.create(
        person=person,
        office=person.office,
        since=since,
        until=until,
        stand_in=stand_in,
        why=why,
        noted_by=by,
        noted_at=at,
    )
    after = {"since": since, "until": until, "stand_in": stand_in.name if stand_in else ""}
    subject = ("person", person.email)
    ledger.record("person.absence_noted", subject, by=by, at=at, after=after, note=why)
    if since <= legal_day(at):
        cover(absence, at=at)
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: User, at: datetime) -> Absence:
    """Note that the person is back, or does not go; what was handed over stays where it is.

    Raises:
        RoleMissing, NotAllowed: as :func:`note_absence`.
        Moved: it was ended meanwhile.
    """
    check_can_end_absence(by, absence)
    if not Absence.objects.filter(pk=absence.pk, ended_at__isnull=True).update(ended_at=at):
        raise Moved(subject=absence)
    before = {"since": absence.since, "until": absence.until}
    subject = ("person", absence.person.email)
    ledger.record("person.absence_ended", subject, by=by, at=at, before=before)
    absence.refresh_from_db()
    return absence


def cover_absences(*, at: datetime) -> int:
    """Hand over what lies with people who are away today; return how many cases.

    Runs again and again: what an exporter answers meanwhile reaches the stand-in too.
    """
    away = Absence.objects.on(legal_day(at)).select_related("person", "stand_in", "noted_by")
    return sum(cover_or_log(absence, at=at) for absence in away)


def cover_or_log(absence: Absence, *, at: datetime) -> int:
    """Cover one absence; one that nobody may cover any more holds up no other."""
    try:
        return cover(absence, at=at)
    except DomainError as refusal:
        logger.warning("absence %s is not covered: %s", absence.pk, refusal)
        return 0


@transaction.atomic
def cover(absence: Absence, *, at: datetime) -> int:
    """Hand over what lies with the absent person, to the pool if the stand-in is away as well.

    Returns how many cases.
    """
    handed = claims.hand_over_all(
        absence.person, to=absence.stand_in, by=absence.noted_by, at=at, note=absence.why
    )
    first = Absence.objects.filter(pk=absence.pk, handed_over_at__isnull=True)
    first.update(handed_over_at=at)
    return handed


def assign_oldest(
    number: int, *, to: User, source: User | None, by: User, at: datetime
) -> list[Result]:
    """Give *to* the *number* of cases due first that lie with *source*, or with nobody.

    Each case stands for itself; at most :data:`MOST_AT_ONCE`.

    Raises:
        RoleMissing, NotAllowed: *by* does not share out work there.
    """
    check_can_share_out(by)
    waiting = shareable(by, at=at).filter(assignee=source).order_by("due_at", "-risk", "id")
    return [assign_one(case, to=to, by=by, at=at) for case in waiting[: min(number, MOST_AT_ONCE)]]


def assign_each(pairs: Iterable[tuple[Case, User]], *, by: User, at: datetime) -> list[Result]:
    """Carry out a plan as it was shown, case by case; at most :data:`MOST_AT_ONCE`."""
    check_can_share_out(by)
    return [assign_one(case, to=to, by=by, at=at) for case, to in list(pairs)[:MOST_AT_ONCE]]


def assign_one(case: Case, *, to: User, by: User, at: datetime) -> Result:
    """Assign one case; a refusal holds up no other."""
    try:
        claims.assign(case, to=to, by=by, at=at)
    except DomainError as refusal:
        return Result(case, to, refusal)
    return Result(case, to)


def shareable(user: User, *, at: datetime) -> CaseQuerySet:
    """Narrow to what *user* may share out: in review, awake, and nobody has it open just now."""
    awake = Q(hold_until__isnull=True) | Q(hold_until__lte=at)
    cases = Case.objects.visible_to(user).filter(
        awake, status=Status.IN_REVIEW, claimed_until__isnull=True, escalated_at__isnull=True
    )
    return cases.select_related("assignee", "office")


def proposals(people: Sequence[User], *, by: User, at: datetime) -> list[Proposal]:
    """Return which cases to move so that each day's due cases lie evenly with *people*.

    Looks at the cases due first, five hundred at most; whoever has no more than their share of
    a day keeps what they have.

    Raises:
        RoleMissing, NotAllowed: *by* does not share out work.
    """
    check_can_share_out(by)
    waiting = shareable(by, at=at).order_by("due_at", "-risk", "id")[:MOST_PLANNED]
    return spread(list(waiting), people)[:MOST_AT_ONCE]


def spread(cases: Sequence[Case], people: Sequence[User]) -> list[Proposal]:
    """Return the moves that give each of *people* an even share of every due day's *cases*."""
    load: Counter[int] = Counter()
    moves = []
    for day in by_due_day(cases).values():
        kept = kept_of(day, people, share=-(-len(day) // max(len(people), 1)))
        given = Counter(kept.values())
        load.update(given)
        for case in day:
            if case.pk in kept or not people:
                continue
            to = min(people, key=lambda person: (given[person.pk], load[person.pk], person.pk))
            given[to.pk] += 1
            load[to.pk] += 1
            moves.append(Proposal(case, to))
    return moves


def by_due_day(cases: Iterable[Case]) -> Mapping[date, list[Case]]:
    """Return *cases* by the day they are due, in the order given."""
    days: dict[date, list[Case]] = defaultdict(list)
    for case in cases:
        days[legal_day(case.due_at)].append(case)
    return days


def kept_of(cases: Iterable[Case], people: Iterable[User], *, share: int) -> dict[int, int]:
    """Return which of a day's *cases* stay with whom: each of *people* keeps up to their *share*.

    Cases and people by their ids.
    """
    present = {person.pk for person in people}
    held: Counter[int] = Counter()
    kept: dict[int, int] = {}
    for case in cases:
        holder = case.assignee_id
        if holder in present and held[holder] < share:
            held[holder] += 1
            kept[case.pk] = holder
    return kept


def team_of(office: Office) -> list[User]:
    """Return who decides cases at *office*, by name, with what they act as: one query."""
    members = Membership.objects.at(office).filter(role__in=DECIDERS)
    return [
        member.user
        for member in members.select_related("user", "office").order_by("user__name")[:MOST_PEOPLE]
    ]


def present_of(people: Iterable[User], *, on: date) -> list[User]:
    """Return who of *people* is not away: one query."""
    everybody = list(people)
    away = Absence.objects.people_away(on, [person.pk for person in everybody])
    return [person for person in everybody if person.pk not in away]
