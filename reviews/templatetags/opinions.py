"""What the head of every workbench page says about questions to other ministries."""

from typing import Final

from django import template
from django.core.cache import cache

from exports.models import User
from reviews.models import Opinion

register = template.Library()
MOST_COUNTED: Final = 99
SECONDS_KEPT: Final = 15


@register.simple_tag
def open_opinions(user: User) -> str:
    """Return how many questions to other ministries are open, ``99+`` from there on.

    Up to fifteen seconds old: one query a person in that time.
    """
    key = f"opinions:{user.pk}"
    count: int | None = cache.get(key)
    if count is None:
        count = Opinion.objects.visible_to(user).open()[: MOST_COUNTED + 1].count()
        cache.set(key, count, SECONDS_KEPT)
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
