"""Addresses whose pages show a whole application, a case or a licence."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse

from exports.http import SignedInRequest

public: list[URLPattern] = []
portal: list[URLPattern] = []
workbench: list[tuple[str, Callable[..., HttpResponse], str]] = []


def front_door(request: SignedInRequest) -> HttpResponse:
    """Send a person who signed in to the desk of their side."""
    return HttpResponseRedirect(reverse("portal:home"))
