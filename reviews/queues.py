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
from django.utils.translation import pgettext_lazy

from exports.models import User
from exports.rules import SHANGHAI, legal_day
from reviews import claims, timing
from reviews.models import Case
from reviews.models.cases import CaseQuerySet
from reviews.states import COUNTED_OPEN, FINAL, Status
from reviews.thresholds import queue_of

PAGE: Final = 50
MOST_COUNTED: Final = 1000
SECONDS_KEPT: Final = 10
ONE_DAY: Final = timedelta(days=1)
FIRST_VIEW: Final = "today"
BY_DUE: Final = ("due_at", "-risk", "id")
ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "due": BY_DUE,
    "risk": ("-risk", "due_at", "id"),
}
NEWEST_FIRST: Final = ("-due_at", "risk", "-id")
LAST_DECIDED: Final = ("-closed_at", "risk", "-id")
COLUMNS: Final = (
    "id",
    "reference",
    "status",
    "due_at",
    "closed_at",
    "hold_until",
    "escalated_at",
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
# What the figures count, here and on the board, in words.
OPEN_MEANS: Final = _(
    "Filed and not closed: with the office or the exporter, put off or awaiting a signature."
)
DUE_MEANS: Final = _("Due by the end of today, what is late included.")
DONE_MEANS: Final = _("Recommended, decided or signed today; what was taken back does not count.")
Narrow = Callable[[CaseQuerySet, User, datetime], CaseQuerySet]


def awake(at: datetime) -> Q:
    """Match the cases nobody has put off beyond *at*."""
    return Q(hold_until__isnull=True) | Q(hold_until__lte=at)


def ready(cases: CaseQuerySet, at: datetime) -> CaseQuerySet:
    """Narrow to the cases a reviewer can work on."""
    return cases.filter(awake(at), status=Status.IN_REVIEW)


def midnight(at: datetime) -> datetime:
    """Return when the legal day of *at* ends."""
    return datetime.combine(legal_day(at) + ONE_DAY, time(), SHANGHAI)


def today(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """Narrow to what *user* can work on or sign and is due before the day ends, late or not."""
    due = cases.filter(due_at__lt=midnight(at))
    if not claims.signs(user):
        return ready(due, at)
    own = claims.recommended_by(user)
    return due.filter(awake(at), status__in=[Status.IN_REVIEW, Status.HELD]).exclude(pk__in=own)


def mine(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """Narrow to what is in the person's hands and waits for them or for the checks."""
    return cases.filter(awake(at), assignee=user, status__in=[Status.CHECKING, Status.IN_REVIEW])


def under_way(cases: CaseQuerySet, _user: User, _at: datetime) -> CaseQuerySet:
    """Narrow to what is open, as the board counts it: whoever has the ball, put off or not."""
    return cases.filter(status__in=sorted(COUNTED_OPEN))


@dataclass(frozen=True)
class View:
    """One tab of the queue; ``ahead`` where only what is due soon shows unless asked."""

    label: Promise
    narrow: Narrow
    ahead: bool = False
    order: tuple[str, ...] = BY_DUE
    counted: bool = True
    means: Promise | str = ""


VIEWS: Final[Mapping[str, View]] = {
    "today": View(_("Due today"), today, means=DUE_MEANS),
    "mine": View(_("Mine"), mine),
    "mismatches": View(
        _("Mismatches"), lambda cases, _user, at: ready(cases, at).filter(failed__gt=0), ahead=True
    ),
    "signature": View(
        _("Second signature"), lambda cases, _user, _at: cases.filter(status=Status.HELD)
    ),
    "answered": View(
        pgettext_lazy("queue", "Answered"),
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
    "all": View(_("All open"), under_way, ahead=True, means=OPEN_MEANS),
    "decided": View(
        _("Decided"),
        lambda cases, _user, _at: cases.filter(status__in=sorted(FINAL)),
        order=LAST_DECIDED,
        counted=False,
    ),
}
# The tabs, and what only a link leads to: every case there is, but for what is taking effect.
LISTS: Final[Mapping[str, View]] = {
    **VIEWS,
    "every": View(
        _("All cases"),
        lambda cases, _user, _at: cases.exclude(status=Status.SETTLING),
        order=NEWEST_FIRST,
        counted=False,
    ),
}


def first_view(user: User) -> str:
    """Return the view the queue of *user*'s office opens with."""
    chosen = queue_of(user.office).view
    return chosen if chosen in VIEWS else FIRST_VIEW


def horizon(at: datetime, *, user: User) -> datetime:
    """Return how far ahead the office of *user* looks: the end of a working day."""
    days = queue_of(user.office).horizon
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
    """The place of a row in the order: when it is due or was closed, its risk and its id."""

    moment: datetime
    risk: int
    pk: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Return the key an address carries, ``None`` for anything else."""
        stamp, *numbers = text.split("_")
        if len(numbers) != 2 or not all(is_number(number) for number in numbers):
            return None
        try:
            moment = datetime.fromisoformat(stamp)
        except ValueError:
            return None
        risk, pk = (int(number) for number in numbers)
        return cls(moment, risk, pk) if moment.tzinfo else None

    @classmethod
    def of(cls, row: Mapping[str, Any], *, order: tuple[str, ...]) -> "Key":
        """Return the key of a row of the queue in *order*."""
        moment = row["closed_at" if order == LAST_DECIDED else "due_at"]
        return cls(moment, row["risk"], row["id"])

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.risk}_{self.pk}"

    def beyond(self, order: tuple[str, ...], *, backwards: bool = False) -> Q:
        """Match the rows after this one in *order*, or before it."""
        first, second, third = order
        same, equal = self.compare(first, "exact", "exact"), self.compare(second, "exact", "exact")
        at_or_after = self.compare(first, "gte", "lte", backwards=backwards)
        passed = self.compare(second, "lt", "gt", backwards=backwards)
        not_past = self.compare(third, "lte", "gte", backwards=backwards)
        return at_or_after & ~(same & (passed | (equal & not_past)))

    def compare(self, field: str, rising: str, falling: str, *, backwards: bool = False) -> Q:
        """Match rows by their *field* and this key's, as the order rises or falls there."""
        name = field.removeprefix("-")
        here = {"risk": self.risk, "id": self.pk}.get(name, self.moment)
        lookup = rising if field.startswith("-") == backwards else falling
        return Q(**{f"{name}__{lookup}": here})


def is_number(text: str) -> bool:
    """Tell whether *text* is a number a database column could hold."""
    return text.isascii() and text.isdigit() and len(text) < 19


@dataclass(frozen=True)
class Page:
    """Some rows of the queue and the keys that lead on from them, where there is more."""

    rows: list[dict[str, Any]]
    before: Key | None = None
    after: Key | None = None


def page(
    cases: CaseQuerySet,
    *,
    order: tuple[str, ...] = BY_DUE,
    after: Key | None = None,
    before: Key | None = None,
) -> Page:
    """Return the rows *after* one key or *before* another, or the first ones: one query."""
    backwards = before is not None
    key = before or after
    if key is not None:
        cases = cases.filter(key.beyond(order, backwards=backwards))
    along = [turned(field) for field in order] if backwards else order
    found: list[dict[str, Any]] = list(cases.order_by(*along).values(*COLUMNS)[: PAGE + 1])
    rows, more = found[:PAGE], len(found) > PAGE
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (key is not None, more)
    return Page(
        rows,
        before=Key.of(rows[0], order=order) if rows and has_before else None,
        after=Key.of(rows[-1], order=order) if rows and has_after else None,
    )


def turned(field: str) -> str:
    """Return *field* of an order the other way round."""
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def tallies(user: User, *, at: datetime) -> dict[str, int]:
    """Return how many cases each counted tab holds, and how many more are not due yet.

    Up to a thousand and up to ten seconds old. ``today`` is the tab, ``+today`` what it leaves
    for later.
    """
    key = f"tallies:{user.pk}"
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        found = count_tabs(user, at=at)
        cache.set(key, found, SECONDS_KEPT)
    return found


def forget_tallies(user: User) -> None:
    """Let *user* see the counts, and their own day, as they are now."""
    cache.delete_many([f"tallies:{user.pk}", day_key(user)])


def day_key(user: User) -> str:
    """Return where :mod:`reviews.desk_day` keeps the person's day."""
    return f"day:{user.pk}"


def count_tabs(user: User, *, at: datetime) -> dict[str, int]:
    """Count each tab up to a thousand: one query for all tabs."""
    parts: list[str] = []
    values: list[Any] = []
    names = []
    try:
        for name, cases in counted(Case.objects.visible_to(user), user, at):
            sql, params = cases.order_by().values("id")[:MOST_COUNTED].query.sql_with_params()
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS part)")  # noqa: S608 - bound values
            values += params
            names.append(name)
    except EmptyResultSet:  # a person without an office sees none
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(names, cursor.fetchone(), strict=True))


def counted(cases: CaseQuerySet, user: User, at: datetime) -> Iterator[tuple[str, CaseQuerySet]]:
    """Yield what is counted: each tab as it opens, and what it leaves for later."""
    until = horizon(at, user=user)
    for name, view in VIEWS.items():
        whole = view.narrow(cases, user, at)
        if view.ahead:
            yield f"+{name}", not_soon(whole, until)
            yield name, soon(whole, until)
        elif view.counted:
            yield name, whole
    yield f"+{FIRST_VIEW}", later_than_today(cases, at)


def later_than_today(cases: CaseQuerySet, at: datetime) -> CaseQuerySet:
    """Narrow to the work that is on schedule: due after the day ends."""
    return ready(cases, at).filter(due_at__gte=midnight(at))


def next_due(user: User, *, at: datetime) -> datetime | None:
    """Return when the first case after today comes due, if one does."""
    waiting = later_than_today(Case.objects.visible_to(user), at).order_by(*BY_DUE)
    return waiting.values_list("due_at", flat=True).first()
