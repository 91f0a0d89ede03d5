"""Who signs in, found together with what every page asks about them."""

from django.contrib.auth.backends import ModelBackend

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

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, ``None`` for one who may not sign in any more."""
        person = User.objects.select_related(*ALONG).filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None
