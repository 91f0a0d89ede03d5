"""Narrowing by what has happened to a case: when it came, was asked, closed, and how it ended."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q

from exports.models import User
from exports.rules import SHANGHAI
from reviews.models import Decision, Request

MOMENT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}))?")
SPAN: Final = re.compile(rf"({MOMENT.pattern})\.\.({MOMENT.pattern})")
SIGNED: Final = Decision.objects.filter(case=OuterRef("pk"), state=Decision.State.SIGNED)
HAPPENED: Final[Mapping[str, Callable[[], Q]]] = {
    "asked": lambda: Q(Exists(sent_requests())),
    "late": lambda: Q(Exists(SIGNED.filter(signed_at__gt=OuterRef("due_at")))),
    "overridden": lambda: Q(
        Exists(SIGNED.filter(outcome=Decision.Outcome.ISSUE, failed_checks__gt=0))
    ),
    "second": lambda: Q(Exists(SIGNED.exclude(signed_by=F("recommended_by")))),
    "sent-back": lambda: Q(Exists(decisions_in(Decision.State.SENT_BACK))),
}


def sent_requests() -> Any:
    """Return the requests that reached the exporter of the case at hand."""
    return Request.objects.filter(case=OuterRef("pk"), sent_at__isnull=False)


def decisions_in(state: str) -> Any:
    """Return the decisions in *state* on the case at hand."""
    return Decision.objects.filter(case=OuterRef("pk"), state=state)


def stretch_of(value: str) -> tuple[datetime, datetime] | None:
    """Return the stretch of time *value* names; both ends belong to it whole.

    ``2026-11-24``, an hour of it ``2026-11-24T09``, or two of either with ``..`` between.
    """
    if span := SPAN.fullmatch(value):
        first, last = moments(span[2], span[3]), moments(span[5], span[6])
    else:
        single = MOMENT.fullmatch(value)
        first = last = moments(single[1], single[2]) if single else None
    return (first[0], last[1]) if first and last else None


def moments(day: str, hour: str | None) -> tuple[datetime, datetime] | None:
    """Return when a day or an hour begins and ends, ``None`` for what is none."""
    try:
        begins = datetime.combine(date.fromisoformat(day), time(int(hour or 0)), SHANGHAI)
    except ValueError:
        return None
    return begins, begins + (timedelta(hours=1) if hour else timedelta(days=1))


def by_moment(column: str) -> Callable[[str, object], Q | None]:
    """Return how the moment in *column* is narrowed to a stretch."""

    def narrow(value: str, _asking: object) -> Q | None:
        stretch = stretch_of(value)
        if stretch is None:
            return None
        return Q(**{f"{column}__gte": stretch[0], f"{column}__lt": stretch[1]})

    return narrow


def by_request(column: str) -> Callable[[str, object], Q | None]:
    """Return how cases are narrowed to those with a request whose *column* lies in a stretch."""
    within = by_moment(column)

    def narrow(value: str, asking: object) -> Q | None:
        wanted = within(value, asking)
        return None if wanted is None else Q(Exists(sent_requests().filter(wanted)))

    return narrow


def by_either(column: str, request_column: str) -> Callable[[str, object], Q | None]:
    """Return how cases are narrowed to those moved in a stretch by themselves or by a request."""
    itself, asked = by_moment(column), by_request(request_column)

    def narrow(value: str, asking: object) -> Q | None:
        by_itself, by_asking = itself(value, asking), asked(value, asking)
        return by_itself | by_asking if by_itself and by_asking else None

    return narrow


def by_past(value: str, _asking: object) -> Q | None:
    """Match what once happened to the case."""
    happened = HAPPENED.get(value)
    return happened() if happened else None


def by_recommender(state: str) -> Callable[[str, object], Q | None]:
    """Return how cases are narrowed to those with a decision in *state* that a person drafted."""

    def narrow(value: str, _asking: object) -> Q | None:
        people = list(User.objects.filter(name=value).values_list("pk", flat=True)[:50])
        drafted = decisions_in(state).filter(recommended_by__in=people)
        return Q(Exists(drafted)) if people else None

    return narrow
