"""What the judgement ships with: reasons, calendar, thresholds, keys; then the office's to edit."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import chinese_calendar
from django.db import transaction

from exports import reference as claim
from exports.models import Ministry
from reviews import keys, thresholds
from reviews.models import (
    Holiday,
    LanePolicy,
    OpinionCode,
    OpinionTerm,
    Reason,
    ReasonVersion,
    Shortcut,
)

DATA: Final = Path(__file__).parent / "data"


@transaction.atomic
def load(*, at: datetime) -> None:
    """Create what is missing, the claim's tables included; edited rows stay as they are."""
    claim.load(at=at)
    load_reasons(at=at)
    load_holidays()
    load_opinions()
    thresholds.load()
    load_shortcuts()
    LanePolicy.objects.get_or_create(pk=1)


def load_reasons(*, at: datetime) -> None:
    """Create the missing reasons from the shipped table, each with its first wording."""
    with (DATA / "reasons.csv").open(encoding="utf-8", newline="") as file:
        rows = [{**row, "checks": row["checks"].split()} for row in csv.DictReader(file)]
    Reason.objects.bulk_create((Reason(**row) for row in rows), ignore_conflicts=True)
    ReasonVersion.objects.bulk_create(
        ReasonVersion(reason=reason, number=reason.version, words=reason.words, since=at)
        for reason in Reason.objects.filter(versions=None)
    )


def load_shortcuts() -> None:
    """Create the missing keys as they ship."""
    rows = (Shortcut(action=action, key=key) for action, key in keys.as_shipped().items())
    Shortcut.objects.bulk_create(rows, ignore_conflicts=True)


def load_opinions() -> None:
    """Create the missing coded opinions and who gives them within how many working days.

    Two working days are a practice of the house: no published term was found.
    """
    ministries = {ministry.code: ministry for ministry in Ministry.objects.all()}
    OpinionTerm.objects.bulk_create(
        (
            OpinionTerm(**{**row, "ministry": ministries[row["ministry"]]})
            for row in rows("opinion_terms.csv")
        ),
        ignore_conflicts=True,
    )
    OpinionCode.objects.bulk_create(
        (OpinionCode(**row) for row in rows("opinion_codes.csv")), ignore_conflicts=True
    )


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a shipped table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_holidays() -> None:
    """Create the days whose working state differs from their weekday, as far as they are known."""
    first = date(2025, 1, 1)
    last = date(max(chinese_calendar.holidays).year, 12, 31)
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    Holiday.objects.bulk_create(
        (
            Holiday(
                day=day,
                is_workday=chinese_calendar.is_workday(day),
                name=name_of(day),
            )
            for day in days
            if chinese_calendar.is_workday(day) != (day.weekday() < 5)
        ),
        ignore_conflicts=True,
    )


def name_of(day: date) -> str:
    """Return the holiday *day* belongs to or makes up for."""
    _is_holiday, name = chinese_calendar.get_holiday_detail(day)
    return str(name or "")
