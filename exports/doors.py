"""Who may open a page of the portal. Opening is the explicit act; everything else is closed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from exports.models import User
from exports.policies import WRITERS

View = Callable[..., HttpResponseBase]


def for_exporters(view: View) -> View:
    """Open *view* to people of an exporter."""
    return guarded(view, lambda user: user.exporter is not None)


def for_writers(view: View) -> View:
    """Open *view* to people who write for an exporter; who only reads stays outside."""
    return guarded(view, lambda user: user.exporter is not None and user.role in WRITERS)


def for_manufacturers(view: View) -> View:
    """Open *view* to people of a manufacturer."""
    return guarded(view, lambda user: user.manufacturer is not None)


def for_portal(view: View) -> View:
    """Open *view* to people of an exporter or a manufacturer."""
    return guarded(view, lambda user: bool(user.exporter or user.manufacturer))


def guarded(view: View, admits: Callable[[User], bool]) -> View:
    """Return *view* behind a door that *admits* some."""

    @wraps(view)
    def behind_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (isinstance(request.user, User) and admits(request.user)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return behind_door
