"""The queue: which cases a desk shows, in what order, and how many wait, without counting all.

Paging goes by key: the row after which the next page begins. The condition is written as
``due >= x AND NOT (due = x AND …)`` because the textbook ``OR`` keeps the database from starting
its index scan at the key.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.models import User
from exports.rules import SHANGHAI, legal_day
from reviews import timing
from reviews.models import Case
from reviews.models.cases import CaseQuerySet
from reviews.states import FINAL, Status

PAGE: Final = 50
MOST_COUNTED: Final = 1000
SECONDS_KEPT: Final = 10
DAYS_AHEAD: Final = 2
FIRST_VIEW: Final = "today"
BY_DUE: Final = ("due_at", "-risk", "id")
ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "due": BY_DUE,
    "risk": ("-risk", "due_at", "id"),
}
NEWEST_FIRST: Final = ("-due_at", "risk", "-id")
COLUMNS: Final = (
    "id",
    "reference",
    "status",
    "due_at",
    "risk",
    "risk_reason",
    "destination_code",
    "first_vin",
    "maker_name",
    "vehicle_count",
    "youngest_days",
    "passed",
    "attention",
    "failed",
    "assignee_id",
    "assignee__name",
    "exporter__name_zh",
    "exporter__name_en",
)
Narrow = Callable[[CaseQuerySet, User, datetime], CaseQuerySet]


def awake(at: datetime) -> Q:
    """Match the cases nobody has put off beyond *at*."""
    return Q(hold_until__isnull=True) | Q(hold_until__lte=at)


def ready(cases: CaseQuerySet, at: datetime) -> CaseQuerySet:
    """Narrow to the cases a reviewer can work on."""
    return cases.filter(awake(at), status=Status.IN_REVIEW)


def midnight(at: datetime) -> datetime:
    """Return when the legal day of *at* ends."""
    return datetime.combine(legal_day(at) + timedelta(days=1), time(), SHANGHAI)


def today(cases: CaseQuerySet, _user: User, at: datetime) -> CaseQuerySet:
    """Narrow to what is due before the day ends, late or not."""
    return ready(cases, at).filter(due_at__lt=midnight(at))


def mine(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """Narrow to what is in the person's hands and waits for them or for the checks."""
    return cases.filter(
        awake(at), assignee=user, status__in=[Status.CHECKING, Status.IN_REVIEW]
    )


def under_way(cases: CaseQuerySet, _user: User, at: datetime) -> CaseQuerySet:
    """Narrow to what is open and neither awaits a signature nor is put off."""
    on_the_desk = [Status.CHECKING, Status.IN_REVIEW, Status.RETURNED]
    return cases.filter(awake(at), status__in=on_the_desk)


@dataclass(frozen=True)
class View:
    """One tab of the queue; ``ahead`` where only what is due soon shows unless asked."""

    label: Promise
    narrow: Narrow
    ahead: bool = False
    order: tuple[str, ...] = BY_DUE
    counted: bool = True


VIEWS: Final[Mapping[str, View]] = {
    "today": View(_("Due today"), today),
    "mine": View(_("Mine"), mine),
    "mismatches": View(
        _("Mismatches"), lambda cases, _user, at: ready(cases, at).filter(failed__gt=0), ahead=True
    ),
    "signature": View(
        _("Second signature"), lambda cases, _user, _at: cases.filter(status=Status.HELD)
    ),
    "answered": View(
        _("Answered"),
        lambda cases, _user, at: ready(cases, at).filter(answered_at__isnull=False),
    ),
    "clean": View(
        _("Clean"),
        lambda cases, _user, at: ready(cases, at).filter(failed=0, attention=0),
        ahead=True,
    ),
    "escalated": View(
        _("Escalated"),
        lambda cases, _user, at: ready(cases, at).filter(escalated_at__isnull=False),
    ),
    "later": View(
        _("Put off"),
        lambda cases, _user, at: cases.filter(status=Status.IN_REVIEW, hold_until__gt=at),
    ),
    "all": View(_("All open"), under_way, ahead=True),
    "decided": View(
        _("Decided"),
        lambda cases, _user, _at: cases.filter(status__in=sorted(FINAL)),
        order=NEWEST_FIRST,
        counted=False,
    ),
}


def horizon(at: datetime, *, days: int = DAYS_AHEAD) -> datetime:
    """Return closing time of the last of *days* working days after *at*, up to a minute old."""
    key = f"horizon:{days}"
    found: datetime | None = cache.get(key)
    if found is None:
        found = timing.working_days_later(at, days)
        cache.set(key, found, 60)
    return found


def soon(cases: CaseQuerySet, until: datetime) -> CaseQuerySet:
    """Narrow to what is due by *until*; while the exporter has the ball nothing comes due."""
    return cases.filter(due_at__lte=until).exclude(status=Status.RETURNED)


def not_soon(cases: CaseQuerySet, until: datetime) -> CaseQuerySet:
    """Narrow to what :func:`soon` leaves out."""
    return cases.filter(Q(due_at__gt=until) | Q(status=Status.RETURNED))


@dataclass(frozen=True)
class Key:
    """The place of a row in the order: its due time, its risk and its id."""

    due_at: datetime
    risk: int
    id: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Return the key an address carries, ``None`` for anything else."""
        moment, *numbers = text.split("_")
        if len(numbers) != 2 or not all(is_number(each) for each in numbers):
            return None
        try:
            due_at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(due_at, int(numbers[0]), int(numbers[1])) if due_at.tzinfo else None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Key":
        """Return the key of a row of the queue."""
        return cls(row["due_at"], row["risk"], row["id"])

    def __str__(self) -> str:
        return f"{self.due_at.isoformat()}_{self.risk}_{self.id}"

    def beyond(self, order: tuple[str, ...]) -> Q:
        """Match the rows after this one in *order*."""
        first, second, third = (self.step(field) for field in order)
        not_yet = second.further | (second.same & (third.further | third.same).copy())
        return (first.further | first.same) & ~(first.same & ~not_yet_beyond(second, third)) if False else self.written(order, not_yet)  # noqa: E501
