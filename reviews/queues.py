"""The queue: which cases a desk shows, in what order, and how many wait, without counting all.

Paging goes by key: the row after which the next page begins. The condition is written as
``due >= x AND NOT (due = x AND id <= y)`` because the textbook ``OR`` keeps the database from
starting its index scan at the key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.models import Confirmation
from exports.identifiers import USCC_LENGTH, VIN_LENGTH, canonical_vin
from exports.models import Line, User, Vehicle
from reviews.models import Case, Licence
from reviews.models.cases import CaseQuerySet
from reviews.states import Status

PAGE: Final = 50
MOST_COUNTED: Final = 100
SECONDS_KEPT: Final = 10
MOST_FOUND: Final = 50
TAIL: Final = 6
COLUMNS: Final = (
    "id",
    "reference",
    "status",
    "due_at",
    "destination_code",
    "first_vin",
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


@dataclass(frozen=True)
class View:
    """One tab of the queue; ``newest_first`` where the past would come before the present."""

    label: Promise
    narrow: Callable[[CaseQuerySet, User], CaseQuerySet]
    newest_first: bool = False
    counted: bool = True


VIEWS: Final[Mapping[str, View]] = {
    "open": View(_("Open"), lambda cases, user: cases.open()),
    "mine": View(_("Mine"), lambda cases, user: cases.open().filter(assignee=user)),
    "mismatches": View(_("Mismatches"), lambda cases, user: cases.open().filter(failed__gt=0)),
    "signature": View(_("Second signature"), lambda cases, user: cases.filter(status=Status.HELD)),
    "returned": View(_("Returned"), lambda cases, user: cases.filter(status=Status.RETURNED)),
    "checking": View(_("Checking"), lambda cases, user: cases.filter(status=Status.CHECKING)),
    "all": View(_("All"), lambda cases, user: cases, newest_first=True, counted=False),
}


@dataclass(frozen=True)
class Key:
    """The place of a row in the order: its due time and its id."""

    due_at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Return the key an address carries, ``None`` for anything else."""
        moment, _sign, number = text.rpartition("_")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        try:
            due_at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(due_at, int(number)) if due_at.tzinfo else None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Key":
        """Return the key of a row of the queue."""
        return cls(row["due_at"], row["id"])

    def __str__(self) -> str:
        return f"{self.due_at.isoformat()}_{self.pk}"

    @property
    def later(self) -> Q:
        """Match the rows after this one in order of due time."""
        return Q(due_at__gte=self.due_at) & ~Q(due_at=self.due_at, id__lte=self.pk)

    @property
    def earlier(self) -> Q:
        """Match the rows before this one in order of due time."""
        return Q(due_at__lte=self.due_at) & ~Q(due_at=self.due_at, id__gte=self.pk)


@dataclass(frozen=True)
class Page:
    """Some rows of the queue and the keys that lead on from them, where there is more."""

    rows: list[dict[str, Any]]
    before: Key | None
    after: Key | None


def page(cases: CaseQuerySet, *, newest_first: bool, after: Key | None, before: Key | None) -> Page:
    """Return the rows *after* one key or *before* another, or the first ones: one query."""
    backwards = before is not None
    key = before or after
    ascending = newest_first == backwards
    if key is not None:
        cases = cases.filter(key.later if ascending else key.earlier)
    order = ("due_at", "id") if ascending else ("-due_at", "-id")
    found: list[dict[str, Any]] = list(cases.order_by(*order).values(*COLUMNS)[: PAGE + 1])
    rows, more = found[:PAGE], len(found) > PAGE
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (key is not None, more)
    return Page(
        rows,
        before=Key.of(rows[0]) if rows and has_before else None,
        after=Key.of(rows[-1]) if rows and has_after else None,
    )


def tallies(user: User) -> dict[str, int]:
    """Return how many cases each counted tab holds, up to a hundred and up to ten seconds old."""
    key = f"tallies:{user.pk}"
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        found = count_tabs(user)
        cache.set(key, found, SECONDS_KEPT)
    return found


def forget_tallies(user: User) -> None:
    """Let whoever has just acted see the counts as they are now."""
    cache.delete(f"tallies:{user.pk}")


def count_tabs(user: User) -> dict[str, int]:
    """Count each tab up to a hundred: one query for all tabs."""
    cases = Case.objects.visible_to(user)
    counted = [name for name, view in VIEWS.items() if view.counted]
    parts: list[str] = []
    values: list[Any] = []
    try:
        for name in counted:
            narrowed = VIEWS[name].narrow(cases, user).order_by().values("id")[:MOST_COUNTED]
            sql, params = narrowed.query.sql_with_params()
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS {name})")  # noqa: S608 - our names, bound values
            values += params
    except EmptyResultSet:  # a person without an office sees none
        return dict.fromkeys(counted, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(counted, cursor.fetchone(), strict=True))


def search(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """Narrow *cases* to those *text* names exactly: a VIN, its last six, a code or a number."""
    sign = canonical_vin(text)
    if len(sign) == VIN_LENGTH and sign.isalnum():
        return cases.filter(application__in=applications_with(Q(vin=sign)))
    if len(sign) == TAIL and sign.isalnum():
        return cases.filter(application__in=applications_with(Q(tail=sign)))
    if len(sign) == USCC_LENGTH and sign.isalnum():
        return cases.filter(exporter__uscc=sign)
    printable = "".join(sign for sign in text if sign.isprintable())
    return cases.filter(pk__in=numbered(printable.strip()))


def applications_with(vehicle: Q) -> Any:
    """Return the applications whose lines hold a vehicle that matches."""
    vehicles = Vehicle.objects.annotate(tail=Right("vin", TAIL)).filter(vehicle)
    return Line.objects.filter(vehicle__in=vehicles.values("pk")).values("application")


def numbered(text: str) -> list[int]:
    """Return the ids of the cases a reference, licence number or letter number belongs to.

    One query where the text is a reference, three at most.
    """
    found = list(Case.objects.filter(reference=text.upper()).values_list("pk", flat=True))
    found = found or list(Licence.objects.filter(number=text).values_list("case", flat=True))
    if found or not text:
        return found
    letters = Confirmation.objects.filter(number=text)
    vins = list(letters.values_list("vehicles__vin", flat=True)[:1000])
    owners = list(letters.values_list("exporter", flat=True))
    lines = Line.objects.filter(vehicle__vin__in=vins, application__exporter__in=owners)
    return list(lines.values_list("application__case", flat=True)[:MOST_FOUND])
