"""What lies on each desk of an office, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from exports.models import Office, User
from exports.rules import legal_day
from reviews import desk_day, queues
from reviews.models import Absence, Case
from reviews.models.cases import CaseQuerySet
from reviews.states import ON_DESK
from reviews.workload import shareable

OLDEST_SHOWN: Final = 20
AHEAD: Final = timedelta(days=60)


@dataclass(frozen=True)
class Desk:
    """One person's work: what is assigned for good, what is claimed for a while, what is due.

    What is late is also due today; ``done`` counts as the head of the person's own queue.
    """

    person: User
    assigned: int
    claimed: int
    due_today: int
    late: int
    done: int
    away: Absence | None

    @property
    def url(self) -> str:
        """Return the list of what the person has to act on."""
        terms = {"view": "every", "who": self.person.name, "status": "desk"}
        return f"{reverse('workbench:queue')}?{urlencode(terms)}"

    @property
    def load(self) -> int:
        """Return how many cases lie here."""
        return self.assigned + self.claimed


def desks_of(team: Sequence[User], *, user: User, at: datetime) -> list[Desk]:
    """Return the desk of each of *team* as *user* may see them: three queries."""
    ids = [person.pk for person in team]
    cases = Case.objects.visible_to(user).filter(assignee__in=ids, status__in=sorted(ON_DESK))
    lying: Mapping[int | None, Any] = {
        row["assignee"]: row
        for row in cases.values("assignee").annotate(
            assigned=Count("pk", filter=Q(claimed_until__isnull=True)),
            claimed=Count("pk", filter=Q(claimed_until__isnull=False)),
            due_today=Count("pk", filter=Q(due_at__lt=queues.midnight(at))),
            late=Count("pk", filter=Q(due_at__lt=at)),
        )
    }
    nothing = {"assigned": 0, "claimed": 0, "due_today": 0, "late": 0}
    done, away = desk_day.done_by(ids, at=at), away_today(ids, at=at)
    return [
        Desk(
            person,
            **{name: lying.get(person.pk, nothing)[name] for name in nothing},
            done=done[person.pk],
            away=away.get(person.pk),
        )
        for person in team
    ]


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
