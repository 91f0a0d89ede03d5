"""Count the working days and months the law gives an office, and explain the count.

Pure: the holiday table and the office hours come in as arguments. Dates are calendar days
in Shanghai, moments are aware.

Source: Announcement 6 of 2024 (filing 15 working days, licence 3 working days from complete
papers; the day of receipt does not count; licence 6 months, never past 31 December).
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from exports.rules import SHANGHAI, Sentence, en_day, legal_day, zh_day

ONE_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days: Monday to Friday, save what ``days`` says otherwise.

    ``days`` maps a public holiday to ``False`` and a make-up weekend day to ``True``.
    """

    days: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on *day*."""
        return self.days.get(day, day.weekday() < SATURDAY)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the counter opens and closes, Shanghai time."""

    opens: time = time(8, 30)
    closes: time = time(17, 30)

    def opening(self, day: date) -> datetime:
        """Return the moment the office opens on *day*."""
        return datetime.combine(day, self.opens, tzinfo=SHANGHAI)

    def closing(self, day: date) -> datetime:
        """Return the moment the office closes on *day*."""
        return datetime.combine(day, self.closes, tzinfo=SHANGHAI)


OFFICE_HOURS: Final = OfficeHours()


class Kind(StrEnum):
    """Whether the office's time runs or stands still."""

    RUNNING = "running"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of the clock, ``since`` included; ``until=None`` lasts still."""

    kind: Kind
    since: datetime
    until: datetime | None = None


class Mark(StrEnum):
    """Why a day after receipt was or was not counted; ordinary weekends carry no mark."""

    COUNTED = "counted"
    PAUSED = "paused"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a due moment came about, day by day; ``due`` is ``None`` while the clock stands."""

    received_on: date
    length: int
    marks: tuple[tuple[date, Mark], ...]
    due: datetime | None

    def sentences(self) -> tuple[Sentence, ...]:
        """Explain the count in the order in which a person would check it."""
        start, count = self.received_on, self.length
        opening = Sentence(
            zh=f"自{zh_day(start)}的次日起计{count}个工作日。",
            en=f"{count} working days, counted from the day after {en_day(start)}.",
        )
        return (opening, *self._exceptions(), self._end())

    def _exceptions(self) -> Iterator[Sentence]:
        """Name what the bare number of days does not tell."""
        make_up = [(day, day) for day, mark in self.marks if _is_weekend(day)]
        if stretches := self._stretches(Mark.PAUSED):
            yield _about(stretches, zh="计时暂停，不计入", en="Clock paused, not counted")
        if stretches := self._stretches(Mark.HOLIDAY):
            yield _about(stretches, zh="法定节假日，不计入", en="Public holiday, not counted")
        if make_up:
            yield _about(make_up, zh="调休工作日，按工作日计", en="Make-up working day")

    def _stretches(self, wanted: Mark) -> list[tuple[date, date]]:
        """Return first and last day of each unbroken row of days marked *wanted*."""
        rows = [(mark, list(days)) for mark, days in groupby(self.marks, key=lambda pair: pair[1])]
        return [(days[0][0], days[-1][0]) for mark, days in rows if mark is wanted]

    def _end(self) -> Sentence:
        """Say when the time is up, or that it stands still."""
        if self.due is None:
            return Sentence(
                zh="计时已停止，恢复计时后再计算办理期限。",
                en="The clock is stopped; the due time is set when it runs again.",
            )
        day = legal_day(self.due)
        return Sentence(
            zh=f"办理期限：{zh_day(day)}{self.due:%H:%M}。",
            en=f"Due {en_day(day)}, {self.due:%H:%M}.",
        )


def add_working_days(start: date, count: int, *, calendar: Calendar) -> date:
    """Return the *count*-th working day after *start*; 0 means *start* or the next working day."""
    day = start
    if count == 0:
        while not calendar.is_working(day):
            day += ONE_DAY
    while count > 0:
        day += ONE_DAY
        count -= calendar.is_working(day)
    return day


def derive(
    spans: Sequence[Span],
    length: int,
    *,
    calendar: Calendar,
    office_hours: OfficeHours = OFFICE_HOURS,
) -> Derivation:
    """Work out when *length* working days of running time are over, and keep the reckoning.

    What arrives after closing time or on a day off is received on the next working day, and
    the day of receipt never counts. A later day counts only if the clock ran through all of
    its office hours.

    Raises:
        ValueError: no span ever ran, or a moment has no time zone.

    """
    running = sorted((s for s in spans if s.kind is Kind.RUNNING), key=lambda span: span.since)
    if not running:
        raise ValueError("the clock never ran")
    received_on = _received_on(running[0].since, calendar=calendar, office_hours=office_hours)
    marks: list[tuple[date, Mark]] = []
    last, left = received_on, length
    for day in _days_after(received_on, running=running):
        if left == 0:
            break
        mark = _mark(day, running=running, calendar=calendar, office_hours=office_hours)
        if mark is not None:
            marks.append((day, mark))
        if mark is Mark.COUNTED:
            last, left = day, left - 1
    due = office_hours.closing(last) if left == 0 else None
    return Derivation(received_on, length, tuple(marks), due)


def due_at(
    spans: Sequence[Span],
    length: int,
    *,
    calendar: Calendar,
    office_hours: OfficeHours = OFFICE_HOURS,
) -> datetime | None:
    """Return closing time of the last of *length* working days, ``None`` while the clock stands.

    Raises:
        ValueError: as :func:`derive`.

    """
    return derive(spans, length, calendar=calendar, office_hours=office_hours).due


def add_months(day: date, months: int) -> date:
    """Move *day* by calendar months; where the day does not exist, the month's last one stands."""
    turns, month = divmod(day.month - 1 + months, 12)
    year = day.year + turns
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def licence_validity(issued_on: date, *, starts_on: date | None = None) -> tuple[date, date]:
    """Return the first and last day of a licence: six months, cut at 31 December.

    *starts_on* is 1 January for a licence issued early for next year; its months run from then.

    Raises:
        ValueError: the licence would start before it is issued.

    """
    start = starts_on or issued_on
    if start < issued_on:
        raise ValueError("a licence cannot start before it is issued")
    return start, min(add_months(start, 6), date(start.year, 12, 31))


def _received_on(moment: datetime, *, calendar: Calendar, office_hours: OfficeHours) -> date:
    """Return the working day on which something sent at *moment* counts as received."""
    day = legal_day(moment)
    too_late = moment > office_hours.closing(day)
    return add_working_days(day + ONE_DAY if too_late else day, 0, calendar=calendar)


def _days_after(start: date, *, running: Sequence[Span]) -> Iterator[date]:
    """Yield the days after *start*, for ever if the clock still runs, else to its last stop."""
    stops = [span.until for span in running]
    last = max((legal_day(stop) for stop in stops if stop is not None), default=start)
    day = start
    while None in stops or day < last:
        day += ONE_DAY
        yield day


def _mark(
    day: date, *, running: Iterable[Span], calendar: Calendar, office_hours: OfficeHours
) -> Mark | None:
    """Tell how *day* counts; an ordinary weekend needs no word."""
    if not calendar.is_working(day):
        return None if _is_weekend(day) else Mark.HOLIDAY
    reached = office_hours.opening(day)
    for span in running:
        if span.since <= reached:
            reached = max(reached, span.until or office_hours.closing(day))
    return Mark.COUNTED if reached >= office_hours.closing(day) else Mark.PAUSED


def _is_weekend(day: date) -> bool:
    """Tell whether *day* is a Saturday or Sunday, worked or not."""
    return day.weekday() >= SATURDAY


def _about(stretches: Iterable[tuple[date, date]], *, zh: str, en: str) -> Sentence:
    """Say what holds on some stretches of days."""
    pairs = list(stretches)
    zh_days = [zh_day(a) if a == b else f"{zh_day(a)}至{zh_day(b)}" for a, b in pairs]
    en_days = [en_day(a) if a == b else f"{en_day(a)} to {en_day(b)}" for a, b in pairs]
    return Sentence(zh=f"{zh}：{'、'.join(zh_days)}。", en=f"{en}: {', '.join(en_days)}.")
