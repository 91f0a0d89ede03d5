"""What the head of every portal page says about the reader's inbox."""

from django import template

from exports.models import Notice, User

register = template.Library()
MOST_COUNTED = 99


@register.simple_tag
def unread_notices(user: User) -> str:
    """Return how many notices *user* has not opened, ``99+`` from there on: one query."""
    unread = Notice.objects.filter(to=user, read_at__isnull=True)[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if unread > MOST_COUNTED else str(unread or "")
