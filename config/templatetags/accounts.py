"""What mails about an account ask for."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django import template
from django.conf import settings
from django.urls import reverse

from exports.models import User

register = template.Library()


@register.simple_tag
def reset_link(person: User) -> str:
    """Return the address under which *person* may choose a new password, once.

    It is made while the mail is written and holds until it is used, the person signs in, or
    ``PASSWORD_RESET_TIMEOUT`` is over.
    """
    key = default_token_generator.make_token(person)
    address = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": key},
    )
    return f"{settings.SITE_URL}{address}"
