"""Whose numbers a person sees, of which offices and which days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.http import QueryDict

from exports.errors import RoleMissing
from exports.models import Office, User
from exports.rules import legal_day
from reviews.models.cases import SEES_ALL
from reviews.workload_policies import check_can_compare_people

PERIODS: Final = (7, 30)
MOST_OFFICES: Final = 200


@dataclass(frozen=True)
class Scope:
    """What a board is about: ``offices`` narrows rows by their ``office``."""

    user: User
    at: datetime
    days: int
    offices: Q
    choices: tuple[Office, ...] = ()
    office: Office | None = None
    with_people: bool = False

    @property
    def today(self) -> date:
        """Return the day the board is looked at."""
        return legal_day(self.at)

    @property
    def since(self) -> date:
        """Return the first day of the period."""
        return self.today - timedelta(days=self.days - 1)


def scope_of(user: User, asked: QueryDict, *, at: datetime) -> Scope:
    """Return what *user* asked to see, within what they may see: one query.

    An office or a period nobody offers counts as none chosen.
    """
    choices = tuple(Office.objects.filter(within(user)).order_by("code")[:MOST_OFFICES])
    chosen = next((each for each in choices if each.code == asked.get("office")), None)
    days = next((each for each in PERIODS if str(each) == asked.get("days")), PERIODS[0])
    return Scope(
        user=user,
        at=at,
        days=days,
        offices=of_office(chosen) if chosen else reach(user),
        choices=choices if len(choices) > 1 else (),
        office=chosen,
        with_people=sees_people(user),
    )


def within(user: User) -> Q:
    """Match the offices *user* may choose; of the whole country only the provinces."""
    if sees_all(user):
        return ~Q(level=Office.Level.CITY)
    return Q(pk=user.office.pk) | Q(parent=user.office.pk) if user.office else Q(pk=None)


def reach(user: User) -> Q:
    """Match the rows of every office whose cases *user* sees."""
    if sees_all(user):
        return Q()
    return of_office(user.office) if user.office else Q(pk=None)


def of_office(office: Office) -> Q:
    """Match the rows of *office* and its districts."""
    return Q(office=office) | Q(office__parent=office)


def sees_all(user: User) -> bool:
    """Tell whether *user* sees the cases of the whole country."""
    office = user.office
    return office is not None and (office.level == Office.Level.NATIONAL or user.role in SEES_ALL)


def sees_people(user: User) -> bool:
    """Tell whether *user* sees figures by reviewer."""
    try:
        check_can_compare_people(user)
    except RoleMissing:
        return False
    return True
