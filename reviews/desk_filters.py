"""What the queue can be narrowed by: one table for the address, the search box and the form.

A term has one name everywhere: ``risk>60`` in the search box is ``?risk=>60`` in the address. A
value keeps its sign; what cannot be understood is refused with a sentence that says what can.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.errors import FilterUnknown
from exports.models import Destination, Exporter, Office, User
from exports.rules import SHANGHAI, legal_day
from reviews import checks
from reviews.models import STATUS_LABELS
from reviews.past_filters import by_either, by_moment, by_past, by_recommender, by_request
from reviews.states import COUNTED_OPEN, ON_DESK, WITH_OFFICE, Status

NUMBER: Final = re.compile(r"([<>]=?)?([0-9]{1,4})")
RANGE: Final = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")
DAY: Final = re.compile(r"([<>]=?)?([0-9]{4}-[0-9]{2}-[0-9]{2})")
LOOKUPS: Final = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", None: "exact"}
ONE_DAY: Final = timedelta(days=1)
SUMS: Final[Mapping[str, Q]] = {
    "failed": Q(failed__gt=0),
    "attention": Q(attention__gt=0, failed=0),
    "clean": Q(attention=0, failed=0),
}


@dataclass(frozen=True)
class Asking:
    """Who asks, and when."""

    user: User
    at: datetime


@dataclass(frozen=True)
class Term:
    """One thing to narrow by; ``hint`` says how a value looks.

    ``narrow`` returns what a value asks for and raises :class:`FilterUnknown` for what is none.
    """

    label: Promise
    hint: Promise
    narrow: Callable[[str, Asking], Q | None]


def by_number(column: str) -> Callable[[str, Asking], Q | None]:
    """Return how *column* is compared with ``60``, ``>60``, ``<=60`` or ``30-60``."""

    def narrow(value: str, _asking: Asking) -> Q | None:
        if between := RANGE.fullmatch(value):
            return Q(**{f"{column}__gte": int(between[1]), f"{column}__lte": int(between[2])})
        compared = NUMBER.fullmatch(value)
        if compared is None:
            return None
        return Q(**{f"{column}__{LOOKUPS[compared[1]]}": int(compared[2])})

    return narrow


def by_due(value: str, asking: Asking) -> Q | None:
    """Match what is due on, before or after a day, or late by now."""
    today = legal_day(asking.at)
    if value == "late":
        return Q(due_at__lt=asking.at) & ~Q(status=Status.RETURNED)
    if value in ("today", "tomorrow"):
        return within(today if value == "today" else today + ONE_DAY)
    compared = DAY.fullmatch(value)
    try:
        day = date.fromisoformat(compared[2]) if compared else None
    except ValueError:
        return None
    if compared is None or day is None:
        return None
    return compared_with(compared[1], day)


def compared_with(sign: str | None, day: date) -> Q:
    """Match what is due before, after or on *day*, by its *sign*."""
    if sign is None:
        return within(day)
    whole_day_counts = sign in ("<=", ">")
    edge = starting(day + ONE_DAY if whole_day_counts else day)
    return Q(due_at__lt=edge) if sign[0] == "<" else Q(due_at__gte=edge)


def within(day: date) -> Q:
    """Match what is due on *day*."""
    return Q(due_at__gte=starting(day), due_at__lt=starting(day + ONE_DAY))


def starting(day: date) -> datetime:
    """Return when *day* begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def by_check(value: str, _asking: Asking) -> Q | None:
    """Match the cases in which one check failed, or by what all checks came to."""
    if value.lower() in SUMS:
        return SUMS[value.lower()]
    return Q(flags__check_id=value.upper()) if value.upper() in checks.CHECKS else None


def by_maker(value: str, _asking: Asking) -> Q | None:
    """Match the beginning of the manufacturer's name as the certificate prints it."""
    return Q(maker_name__startswith=value)


def by_exporter(value: str, _asking: Asking) -> Q | None:
    """Match the exporter by credit code, or by a part of its name in either language."""
    named = Q(uscc=value.upper()) | Q(name_zh__icontains=value) | Q(name_en__icontains=value)
    return Q(exporter__in=Exporter.objects.filter(named).values("pk"))


def by_destination(value: str, _asking: Asking) -> Q | None:
    """Match the country by its two letters, or by its name in either language."""
    if re.fullmatch("[A-Za-z]{2}", value):
        return Q(destination_code=value.upper())
    named = Destination.objects.filter(Q(name_zh=value) | Q(name_en__iexact=value))
    codes = list(named.values_list("pk", flat=True))
    return Q(destination_code__in=codes) if codes else None


def by_office(value: str, _asking: Asking) -> Q | None:
    """Match an office with its districts, by its code or its name in either language."""
    named = Q(code=value.lower()) | Q(name_zh=value) | Q(name_en__iexact=value)
    chosen = list(Office.objects.filter(named).values_list("pk", flat=True))
    within = Q(pk__in=chosen) | Q(parent__in=chosen)
    offices = list(Office.objects.filter(within).values_list("pk", flat=True)) if chosen else []
    return Q(office__in=offices) if offices else None


def by_holder(value: str, asking: Asking) -> Q | None:
    """Match whose hands the case is in: mine, nobody's, others', anybody's, or a person's."""
    mine, nobody = Q(assignee=asking.user), Q(assignee__isnull=True)
    plain = {"me": mine, "nobody": nobody, "others": ~mine & ~nobody, "somebody": ~nobody}
    if value in plain:
        return plain[value]
    people = list(User.objects.filter(name=value).values_list("pk", flat=True)[:50])
    return Q(assignee__in=people) if people else None


def by_status(value: str, _asking: Asking) -> Q | None:
    """Match the status by code or word, ``open`` ones, or those with the ``office``."""
    if value in STANDINGS:
        return Q(status__in=STANDINGS[value])
    words = {str(label): status for status, label in STATUS_LABELS.items()}
    known = words.get(value, value)
    shown = known in set(Status) and known != Status.SETTLING
    return Q(status=known) if shown else None


STRETCH: Final = gettext_lazy(
    "a day as 2026-12-01, an hour of it as 2026-12-01T09, or from one to another with .. between"
)
STANDINGS: Final[Mapping[str, list[Status]]] = {
    "open": sorted(COUNTED_OPEN),
    "office": sorted(WITH_OFFICE),
    "desk": sorted(ON_DESK),
}
TERMS: Final[Mapping[str, Term]] = {
    "due": Term(
        gettext_lazy("Due"),
        gettext_lazy("due:late, due:today, due:tomorrow, due:2026-12-01, due<2026-12-01"),
        by_due,
    ),
    "risk": Term(
        gettext_lazy("Risk"), gettext_lazy("risk>60, risk<40, risk:40-60"), by_number("risk")
    ),
    "check": Term(
        gettext_lazy("Failed check"),
        gettext_lazy("check:CNF-06, check:failed, check:attention, check:clean"),
        by_check,
    ),
    "maker": Term(
        gettext_lazy("Manufacturer"), gettext_lazy("maker: and how its name begins"), by_maker
    ),
    "dest": Term(
        gettext_lazy("Destination"),
        gettext_lazy("dest:KZ or the name of the country"),
        by_destination,
    ),
    "exporter": Term(
        gettext_lazy("Exporter"),
        gettext_lazy("exporter: and its credit code or a part of its name"),
        by_exporter,
    ),
    "office": Term(gettext_lazy("Office"), gettext_lazy("office: and its code or name"), by_office),
    "days": Term(
        gettext_lazy("Days since registration"),
        gettext_lazy("days<30, days>=180, days:30-90"),
        by_number("youngest_days"),
    ),
    "who": Term(
        gettext_lazy("Who"),
        gettext_lazy("who:me, who:nobody, who:others, or a person's full name"),
        by_holder,
    ),
    "status": Term(
        gettext_lazy("Status"),
        gettext_lazy(
            "status:checking, in_review, returned, held, issued, refused, withdrawn, lapsed"
        ),
        by_status,
    ),
    "vehicles": Term(
        gettext_lazy("Vehicles"),
        gettext_lazy("vehicles>1, vehicles:20"),
        by_number("vehicle_count"),
    ),
    "filed": Term(gettext_lazy("Filed"), STRETCH, by_moment("filed_at")),
    "answered": Term(gettext_lazy("Answered"), STRETCH, by_request("answered_at")),
    "asked": Term(gettext_lazy("Asked"), STRETCH, by_request("sent_at")),
    "closed": Term(gettext_lazy("Closed"), STRETCH, by_moment("closed_at")),
    "came": Term(gettext_lazy("Came in"), STRETCH, by_either("filed_at", "answered_at")),
    "went": Term(gettext_lazy("Went out"), STRETCH, by_either("closed_at", "sent_at")),
    "past": Term(
        gettext_lazy("What happened"),
        gettext_lazy("past:asked, past:late, past:overridden, past:second, past:sent-back"),
        by_past,
    ),
    "by": Term(
        gettext_lazy("Decided by"),
        gettext_lazy("by: and a reviewer's full name"),
        by_recommender("signed"),
    ),
    "disputed": Term(
        gettext_lazy("Sent back to"),
        gettext_lazy("disputed: and a reviewer's full name"),
        by_recommender("sent_back"),
    ),
}


def narrowed(name: str, value: str, asking: Asking) -> Q:
    """Return what ``name:value`` asks for.

    Raises:
        FilterUnknown: the value cannot be understood; it says what is possible.
    """
    term = TERMS[name]
    wanted = term.narrow(value.strip(), asking) if value.strip() else None
    if wanted is None:
        raise FilterUnknown(value=value or "–", name=name, possible=str(term.hint))
    return wanted


def worded(name: str, value: str) -> str:
    """Return the value of a term as a chip says it."""
    words = {
        "late": _("late"),
        "today": _("today"),
        "tomorrow": _("tomorrow"),
        "me": _("in my hands"),
        "nobody": _("in nobody's hands"),
        "others": _("others'"),
        "somebody": _("in somebody's hands"),
        "open": _("open"),
        "office": _("with the office"),
        "desk": _("on the desk"),
        "asked": _("asked before"),
        "overridden": _("issued over a failed check"),
        "second": _("signed by a second person"),
        "sent-back": _("sent back"),
        "failed": _("with a failed check"),
        "attention": _("with something to look at"),
        "clean": _("all checks agree"),
    }
    if name == "status" and value in set(Status):
        return str(STATUS_LABELS[Status(value)])
    return words.get(value, value)
