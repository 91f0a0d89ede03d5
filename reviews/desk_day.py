"""What one person did today: how many cases, how fast, how many on time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final, NamedTuple

from django.core.cache import cache
from django.db.models import Count, DateTimeField, F, QuerySet, Value

from exports.models import User
from reviews import queues
from reviews.models import Decision

MOST: Final = 1000
SECONDS_KEPT: Final = 10


@dataclass(frozen=True)
class Day:
    """A day's work; ``seconds`` is the median from taking a case to deciding it."""

    count: int = 0
    seconds: int | None = None
    on_time: int | None = None

    @property
    def minutes(self) -> int:
        """Return the whole minutes of the median, for times no one counts in seconds."""
        return (self.seconds or 0) // 60


class Act(NamedTuple):
    """One case decided: when it was taken, when decided, when due."""

    taken: datetime | None
    done: datetime
    due: datetime


def day_of(user: User, *, at: datetime) -> Day:
    """Return what *user* recommended, decided or signed on the legal day of *at*.

    One query, up to ten seconds old; what was taken back does not count.
    """
    key = queues.day_key(user)
    found: Day | None = cache.get(key)
    if found is None:
        found = summed(acts_of(user, at=at))
        cache.set(key, found, SECONDS_KEPT)
    return found


def acts_of(user: User, *, at: datetime) -> list[Act]:
    """Return when each case was taken, decided and due; of a signature only the latter two."""
    recommended, signed = done_today(at)
    own, signed = recommended.filter(recommended_by=user), signed.filter(signed_by=user)
    due = "case__due_at"
    never = Value(None, output_field=DateTimeField())
    rows = own.values_list("pk", F("case__claimed_at"), F("recommended_at"), F(due)).union(
        signed.values_list("pk", never, F("signed_at"), F(due))
    )
    return [Act(taken, done, due) for _pk, taken, done, due in rows[:MOST]]


def done_today(at: datetime) -> tuple[QuerySet[Decision], QuerySet[Decision]]:
    """Return what was recommended or decided on the legal day of *at*, and signed for another.

    What was taken back is in neither.
    """
    begins = queues.midnight(at) - queues.ONE_DAY
    lasting = Decision.objects.exclude(state=Decision.State.UNDONE).order_by()
    signed = lasting.filter(signed_at__gte=begins).exclude(recommended_by=F("signed_by"))
    return lasting.filter(recommended_at__gte=begins), signed


def done_by(ids: Iterable[int], *, at: datetime) -> Counter[int]:
    """Return how many cases each person did on the legal day of *at*, by id: one query.

    Counted as :func:`day_of` counts them.
    """
    people, number = list(ids), Count("pk")
    recommended, signed = done_today(at)
    own = recommended.filter(recommended_by__in=people).values_list("recommended_by")
    second = signed.filter(signed_by__in=people).values_list("signed_by")
    done: Counter[int] = Counter()
    for person, cases in own.annotate(n=number).union(second.annotate(n=number), all=True):
        done[person] += cases
    return done


def summed(acts: list[Act]) -> Day:
    """Sum *acts* up."""
    if not acts:
        return Day()
    spent = [act.done - act.taken for act in acts if act.taken and act.taken <= act.done]
    seconds = round(median(each.total_seconds() for each in spent)) if spent else None
    on_time = sum(act.done <= act.due for act in acts)
    return Day(len(acts), seconds, round(100 * on_time / len(acts)))
