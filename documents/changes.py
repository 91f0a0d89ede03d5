"""Changes of confirmations, handed to whoever judges by them.

The row of :class:`~documents.models.LetterChange` is the queue. The judgement lies above and is
not imported here; it enters its task with :func:`followed_by`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from celery import Task
from django.conf import settings
from django.db.models import Q

from documents.models import Confirmation, LetterChange
from exports.kicks import kick_after_commit

MOST = 1000
FOLLOWERS: "list[Task[..., object]]" = []
T = TypeVar("T", bound="Task[..., Any]")


def followed_by(task: T) -> T:
    """Let *task* hear of every change, as ``change_id``; returns it, so it serves as decorator."""
    FOLLOWERS.append(task)
    return task


def note_change(
    confirmation: Confirmation, kind: str, *, vins: Iterable[str], at: datetime
) -> LetterChange:
    """Write that *confirmation* changed for *vins*, and kick who follows after the commit.

    Call it inside the transaction of the act.
    """
    change = LetterChange.objects.create(
        confirmation=confirmation, kind=kind, vins=sorted(set(vins)), at=at
    )
    for task in FOLLOWERS:
        kick_after_commit(task, change_id=change.pk)
    return change


def waiting(at: datetime) -> list[int]:
    """Return the ids of the changes nobody has followed yet, oldest first, at most a thousand."""
    rows = LetterChange.objects.filter(free(at), followed_at__isnull=True)
    return list(rows.order_by("id").values_list("pk", flat=True)[:MOST])


def claim(change_id: int, *, at: datetime) -> LetterChange | None:
    """Take the lease on a change; ``None`` if it is taken or followed."""
    row = LetterChange.objects.filter(free(at), pk=change_id, followed_at__isnull=True)
    if not row.update(lease_until=at + timedelta(seconds=settings.LEASE_SECONDS)):
        return None
    return LetterChange.objects.select_related("confirmation__exporter").get(pk=change_id)


def close(change: LetterChange, *, at: datetime) -> None:
    """Note that *change* is followed; doing so twice changes nothing."""
    LetterChange.objects.filter(pk=change.pk, followed_at__isnull=True).update(
        followed_at=at, lease_until=None
    )


def free(at: datetime) -> Q:
    """Match what no worker holds at *at*."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=at)
