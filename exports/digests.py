"""One mail a day for what a person wants to hear of together."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from exports.models import Notice
from exports.notice_times import summary_of

MOST_PEOPLE: Final = 1000
MOST_LINES: Final = 50
TEMPLATE: Final = "exports/digest"


def people_waiting(at: datetime) -> list[int]:
    """Return the ids of those whose daily summary is due at *at* and not made yet.

    Computed from what waits, never from when this last ran: a missed night changes nothing.
    """
    rows = Notice.objects.filter(state=Notice.State.GATHERED, queued_at__lt=summary_of(at))
    return list(rows.order_by("to").values_list("to", flat=True).distinct()[:MOST_PEOPLE])


def summarise(person_id: int, *, at: datetime) -> Notice | None:
    """Queue the summary of what waits for a person; ``None`` if there is nothing to say.

    What was read in the inbox meanwhile is left out. The effect key is unique: two workers at
    once make one mail, and what one gathers no other does.
    """
    due = summary_of(at)
    waiting = Notice.objects.filter(to=person_id, state=Notice.State.GATHERED, queued_at__lt=due)
    waiting.filter(read_at__isnull=False).update(state=Notice.State.KEPT)
    try:
        with transaction.atomic():
            return gather(person_id, list(waiting.order_by("pk")[:500]), due=due, at=at)
    except IntegrityError:  # another worker made today's; what is left waits for tomorrow's
        return None


def gather(person_id: int, rows: list[Notice], *, due: datetime, at: datetime) -> Notice | None:
    """Make one notice of *rows* and mark them; inside one transaction."""
    if not rows:
        return None
    day = timezone.localtime(due).date().isoformat()
    lines = [
        {"template": row.template, "facts": row.facts, "path": row.path, "pk": row.pk}
        for row in rows[:MOST_LINES]
    ]
    summary = Notice.objects.create(
        to_id=person_id,
        template=TEMPLATE,
        facts={"day": day, "count": len(rows), "lines": lines},
        path="",
        effect_key=f"digest:{day}:{person_id}",
        queued_at=at,
        next_at=at,
        read_at=at,
    )
    taken = [row.pk for row in rows]
    Notice.objects.filter(pk__in=taken, state=Notice.State.GATHERED).update(
        state=Notice.State.SUMMED
    )
    return summary
