"""The exporter's home page: what needs action first, then what goes on without them."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Min, QuerySet, Sum

from exports.models import Exporter, Vehicle
from exports.rules import Terms, legal_day
from exports.showing import terms_on
from exports.together import together
from reviews import chores, free_days, needs
from reviews.models import Case, Licence
from reviews.states import OPEN, Status

MOST_SHOWN: Final = 10
IN_REVIEW: Final = (Status.IN_REVIEW, Status.HELD, Status.SETTLING)


def overview_of(exporter: Exporter, *, at: datetime) -> dict[str, Any]:
    """Return everything the home page shows: three queries, however large the company."""
    day = legal_day(at)
    terms = terms_on(day)
    questions = questions_of(exporter, day=day, at=at, terms=terms)
    found = dict(zip(questions, together(*questions.values()), strict=True))
    letter_days = free_days.days_for_a_letter(found["taken"])
    return {
        "needs": needs_in(found, exporter=exporter, day=day),
        "running": running(found["cases"]) | {"next": found["next"]},
        "drafts": found["drafts"],
        "issued": next(iter(found["issued"]), None),
        "refused_count": sum(row["n"] for row in found["refusals"]),
        "licences": found["licences"],
        "letters": found["letters"],
        "calendar": free_days.calendar_of(
            found["free"], on=day, terms=terms, letter_days=letter_days
        ),
        "letter_days": letter_days,
        "is_new": not any(found[name] for name in ("any", "drafts", "cases", "issued")),
        "month": day.strftime("%Y-%m"),
        "today": day,
        "now": at,
    }


def questions_of(
    exporter: Exporter, *, day: date, at: datetime, terms: Terms | None
) -> dict[str, "QuerySet[Any, Any]"]:
    """Return what the home page asks, by name."""
    month = day.replace(day=1)
    licences = Licence.objects.filter(exporter=exporter, state=Licence.State.LIVE)
    return {
        "asked": needs.asking(exporter),
        "drafts": needs.drafts_of(exporter),
        "papers": needs.refused_papers(exporter),
        "refused": needs.refused_lately(exporter, at=at),
        "letters": needs.letters_ending(exporter, on=day),
        "ending": needs.licences_ending(exporter, on=day),
        "undated": needs.undated(exporter),
        "sheets": chores.sheets_left(exporter),
        "cases": standings(exporter),
        "next": with_others(exporter),
        "issued": issued_since(exporter, month),
        "refusals": refused_since(exporter, month),
        "licences": licences.filter(valid_until__gte=day).order_by("-id")[:5],
        "free": free_days.becoming_free(exporter, on=day, terms=terms),
        "taken": free_days.letters_taken(exporter),
        "any": Vehicle.objects.filter(exporter=exporter).order_by("-pk").values("pk")[:1],
    }


def needs_in(found: dict[str, list[Any]], *, exporter: Exporter, day: date) -> list[needs.Need]:
    """Return everything that waits for the exporter, the nearest deadline first."""
    return needs.in_order(
        [
            *needs.asked(found["asked"]),
            *needs.letters_to_use(found["letters"], on=day),
            *needs.licences_to_use(found["ending"], on=day),
            *chores.filing_to_renew(exporter, on=day),
            *needs.fileable(found["drafts"]),
            *chores.sheets_to_finish(found["sheets"]),
            *needs.papers_to_replace(found["papers"]),
            *needs.refused(found["refused"]),
            *needs.dates_to_fill(found["undated"]),
        ]
    )


def standings(exporter: Exporter) -> "QuerySet[Any, Any]":
    """Return how many open cases stand where, and when the next of them is due."""
    cases = Case.objects.filter(exporter=exporter, status__in=sorted(OPEN)).order_by()
    return cases.values("status").annotate(n=Count("pk"), due=Min("due_at"))


def with_others(exporter: Exporter) -> QuerySet[Case]:
    """Return the next to be decided of the system's and the office's cases."""
    cases = Case.objects.filter(exporter=exporter, status__in=[Status.CHECKING, *IN_REVIEW])
    waiting = cases.select_related("application__destination", "application__exporter")
    return waiting.order_by("due_at", "pk")[:MOST_SHOWN]


def running(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what others work on, in the exporter's words: counts, and when the next is due."""
    reviewed = [row for row in rows if row["status"] in IN_REVIEW]
    return {
        "checking": sum(row["n"] for row in rows if row["status"] == Status.CHECKING),
        "in_review": sum(row["n"] for row in reviewed),
        "due": min((row["due"] for row in reviewed), default=None),
    }


def issued_since(exporter: Exporter, day: date) -> "QuerySet[Any, Any]":
    """Return, as one row, how many licences for how many vehicles were issued since *day*."""
    rows = Licence.objects.filter(exporter=exporter, issued_on__gte=day).order_by()
    return rows.values("exporter").annotate(n=Count("pk"), cars=Sum("case__vehicle_count"))


def refused_since(exporter: Exporter, day: date) -> "QuerySet[Any, Any]":
    """Return, as one row, how many applications were refused since *day* began in Shanghai."""
    since = needs.end_of(day - timedelta(days=1))
    rows = Case.objects.filter(exporter=exporter, status=Status.REFUSED, closed_at__gt=since)
    return rows.order_by().values("exporter").annotate(n=Count("pk"))
