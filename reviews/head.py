"""What the head of every page of the workbench tells its reader."""

from django.http import HttpRequest

from exports.models import User
from reviews import notes


def site(request: HttpRequest) -> dict[str, object]:
    """Give templates the person's unread mentions; counted only where a template shows them."""
    person = getattr(request, "user", None)
    if not isinstance(person, User):
        return {}
    return {"unread_mentions": lambda: told(notes.unread(person))}


def told(count: int) -> str:
    """Return a tally nobody took to its end, empty where there is nothing to tell."""
    return "99+" if count >= notes.MOST_COUNTED else str(count or "")
