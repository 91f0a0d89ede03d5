"""Who signs in, found together with what every page asks about them."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from exports.models import User

# Organisation and choices of the person come along: they decide what every page shows.
ALONG = (
    "membership__exporter",
    "membership__manufacturer",
    "membership__office",
    "membership__ministry",
    "preferences",
)


class PeopleBackend(ModelBackend):
    """Passwords as Django checks them; a request's person takes one query."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # type: ignore[override] # a backend names what it takes
        """Return who signs in with an e-mail and its password; unknown ones take as long."""
        email = credentials.get("username") or credentials.get("email")
        found = super().authenticate(request, email, credentials.get("password"))
        return found if isinstance(found, User) else None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, ``None`` for one who may not sign in any more."""
        person = User.objects.select_related(*ALONG).filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None
