"""What waits for the reader of a workbench page, as its head and the queue's tools say it."""

from typing import Any, Final

from django import template
from django.core.cache import cache
from django.db.models import QuerySet

from exports.models import Notice, User
from exports.together import together
from reviews.models import Opinion, Replacement

register = template.Library()
MOST_COUNTED: Final = 99
SECONDS_KEPT: Final = 15


@register.simple_tag
def waiting_for(user: User) -> dict[str, str]:
    """Return how many ``opinions`` are open and ``notices`` unread, ``99+`` from there on.

    Up to fifteen seconds old: one query a person in that time.
    """
    key = f"waiting:{user.pk}"
    counts: dict[str, str] | None = cache.get(key)
    if counts is None:
        asked = {
            "opinions": Opinion.objects.visible_to(user).open(),
            "notices": Notice.objects.filter(to=user, read_at__isnull=True),
        }
        found = together(*(capped(rows) for rows in asked.values()))
        counts = {name: said(len(rows)) for name, rows in zip(asked, found, strict=True)}
        cache.set(key, counts, SECONDS_KEPT)
    return counts


@register.simple_tag
def waiting_replacements(user: User) -> str:
    """Return how many exporters wait for an answer to their request for another licence.

    As many and as old as :func:`waiting_for`.
    """
    key = f"replacements:{user.pk}"
    count: int | None = cache.get(key)
    if count is None:
        count = capped(Replacement.objects.within(user).waiting()).count()
        cache.set(key, count, SECONDS_KEPT)
    return said(count)


def capped(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return *rows*, as many as are counted and one more, by their keys alone."""
    return rows.order_by().only("pk")[: MOST_COUNTED + 1]


def said(count: int) -> str:
    """Return *count* as the head shows it."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
