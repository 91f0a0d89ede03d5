"""What lies on each desk of an office, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse

from exports.models import Office, User
from exports.rules import legal_day
from reviews.clocks import OFFICE_HOURS
from reviews.models import Absence, Case, DayOutcome
from reviews.models.cases import CaseQuerySet
from reviews.states import Status
from reviews.workload import shareable

OLDEST_SHOWN: Final = 20
AHEAD: Final = timedelta(days=60)


@dataclass(frozen=True)
class Desk:
    """One person's work: what is assigned for good, what is claimed for a while, what is due."""

    person: User
    assigned: int
    claimed: int
    due_today: int
    late: int
    decided: int
    away: Absence | None

    @property
    def url(self) -> str:
        """Return the list of what the person has to act on."""
        terms = {"view": "every", "who": self.person.name, "status": "office"}
        return f"{reverse('workbench:queue')}?{urlencode(terms)}"

    @property
    def load(self) -> int:
        """Return how many cases lie here."""
        return self.assigned + self.claimed


def desks_of(team: Sequence[User], *, user: User, at: datetime) -> list[Desk]:
    """Return the desk of each of *team* as *user* may see them: three queries."""
    ids = [person.pk for person in team]
    today = OFFICE_HOURS.closing(legal_day(at))
    cases = Case.objects.visible_to(user).filter(
        assignee__in=ids, status__in=[Status.CHECKING, Status.IN_REVIEW]
    )
    lying: Mapping[int | None, Any] = {
        row["assignee"]: row
        for row in cases.values("assignee").annotate(
            assigned=Count("pk", filter=Q(claimed_until__isnull=True)),
            claimed=Count("pk", filter=Q(claimed_until__isnull=False)),
            due_today=Count("pk", filter=Q(due_at__lte=today, due_at__gte=at)),
            late=Count("pk", filter=Q(due_at__lt=at)),
        )
    }
    nothing = {"assigned": 0, "claimed": 0, "due_today": 0, "late": 0}
    decided, away = decided_today(ids, at=at), away_today(ids, at=at)
    return [
        Desk(
            person,
            **{name: lying.get(person.pk, nothing)[name] for name in nothing},
            decided=decided.get(str(person.pk), 0),
            away=away.get(person.pk),
        )
        for person in team
    ]


def decided_today(ids: Sequence[int], *, at: datetime) -> Mapping[str, int]:
    """Return how many cases closed today each person decided, by the person's id as text."""
    rows = DayOutcome.objects.filter(
        day=legal_day(at), side=DayOutcome.Side.REVIEWER, key__in=[str(pk) for pk in ids]
    )
    sums = rows.values("key").annotate(done=Sum("issued") + Sum("refused")).order_by("key")
    return {row["key"]: row["done"] for row in sums}


def away_today(ids: Sequence[int], *, at: datetime) -> Mapping[int, Absence]:
    """Return the absence of each person who is away today."""
    rows = Absence.objects.on(legal_day(at)).filter(person__in=ids).select_related("stand_in")
    return {absence.person_id: absence for absence in rows}


def absences_of(office: Office, *, at: datetime) -> list[Absence]:
    """Return who of *office* is away now or soon, in order."""
    today = legal_day(at)
    rows = Absence.objects.filter(
        office=office, ended_at__isnull=True, until__gte=today, since__lte=today + AHEAD
    )
    return list(rows.select_related("person", "stand_in").order_by("since", "id")[:100])


def oldest_free(user: User, *, at: datetime) -> CaseQuerySet:
    """Return the cases due first that lie in nobody's hands."""
    free = shareable(user, at=at).filter(assignee__isnull=True)
    return free.select_related("exporter").order_by("due_at", "-risk", "id")[:OLDEST_SHOWN]
