"""When things happen in the demonstration: in office hours, counted back from today."""

from datetime import date, datetime, timedelta
from random import Random

from exports.rules import legal_day
from reviews.clocks import OFFICE_HOURS, ONE_DAY, Calendar


class Diary:
    """Finds moments at which people are at their desks."""

    def __init__(self, *, now: datetime, calendar: Calendar, chance: Random) -> None:
        """Count back from *now*; draw the hour from *chance*."""
        self.now = now
        self.calendar = calendar
        self.chance = chance

    def working_day(self, ago: int) -> date:
        """Return the working day *ago* working days back from the one under way or next to come.

        So what was filed three days back is due at the next closing time, whatever the hour.
        """
        day = legal_day(self.now)
        while not (self.calendar.is_working(day) and self.now < OFFICE_HOURS.closing(day)):
            day += ONE_DAY
        while ago:
            day -= ONE_DAY
            ago -= self.calendar.is_working(day)
        return day

    def back(self, ago: int) -> datetime:
        """Return a moment *ago* working days back, never later than now."""
        return min(self.on(self.working_day(ago)), self.minutes_ago(self.chance.randint(5, 50)))

    def on(self, day: date) -> datetime:
        """Return a moment in the office hours of *day*."""
        return OFFICE_HOURS.opening(day) + timedelta(seconds=self.chance.randint(600, 30_000))

    def minutes_ago(self, minutes: int) -> datetime:
        """Return the moment *minutes* before now."""
        return self.now - timedelta(minutes=minutes)

    def later(self, moment: datetime, *, minutes: int) -> datetime:
        """Return the moment after *minutes* of office hours have passed since *moment*."""
        left = timedelta(minutes=minutes)
        while True:
            day = legal_day(moment)
            start = max(moment, OFFICE_HOURS.opening(day))
            closing = OFFICE_HOURS.closing(day)
            if self.calendar.is_working(day) and start < closing:
                if start + left < closing:
                    return start + left
                left -= closing - start
            moment = OFFICE_HOURS.opening(day + ONE_DAY)
