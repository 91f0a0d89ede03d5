"""People of an office prove who they are twice, where the installation asks for it."""

from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from exports.http import GetResponse
from exports.models import User

# What stays open to who has yet to set up a second step.
OPEN: Final = ("/account/", "/sign-in/", "/sign-out/", "/language/", "/static/", "/healthz")


class SecondFactorMiddleware:
    """Lead people of an office without a second step to the page that sets one up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer *request*, unless its person owes the second step."""
        if settings.REQUIRE_MFA and not request.path.startswith(OPEN) and owes(request):
            messages.warning(request, _("People of an office need a second step. Set one up."))
            return redirect("mfa_index")
        return self.get_response(request)


def owes(request: HttpRequest) -> bool:
    """Tell whether the person works for an office and has no second step.

    A session opened with one asks the database nothing.
    """
    person = request.user
    if not isinstance(person, User) or not person.is_staff:
        return False
    if any(row.get("method") == "mfa" for row in get_authentication_records(request, person)):
        return False
    return not is_mfa_enabled(person)
