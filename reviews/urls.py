"""Addresses whose pages show a whole application, a case or a licence."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from exports.http import SignedInRequest
from reviews.public import verify, verify_form

public: list[URLPattern] = [
    path("verify/", verify_form, name="verify_form"),
    path("verify/<str:token>/", verify, name="verify"),
]
portal: list[URLPattern] = []
workbench: list[tuple[str, Callable[..., HttpResponse], str]] = []


def front_door(request: SignedInRequest) -> HttpResponse:
    """Send a person who signed in to the desk of their side."""
    return HttpResponseRedirect(reverse("portal:home"))
