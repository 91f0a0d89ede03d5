"""How often a stranger may ask: a page answered too often says when to come back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import SimpleRateThrottle

View = Callable[..., HttpResponse]


class PageRate(SimpleRateThrottle):
    """Counts the requests of one network address to one page, in this process's cache."""

    def __init__(self, *, scope: str, rate: str) -> None:
        """Allow *rate*, such as ``10/min``, under a *scope* of its own."""
        self.scope, self.rate = scope, rate
        super().__init__()

    def get_cache_key(self, request: Any, view: object) -> str:
        """Return the key of the caller's address."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def admits(self, request: HttpRequest) -> bool:
        """Count *request*, and tell whether it may be answered."""
        return self.allow_request(request, None)  # type: ignore[arg-type] # reads META only


def at_most(
    rate: str, *, scope: str, counts: Callable[[HttpRequest], bool]
) -> Callable[[View], View]:
    """Answer at most *rate* of the requests that *counts* names, then 429 with ``Retry-After``."""

    def guard(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            limit = PageRate(scope=scope, rate=rate)
            if not counts(request) or limit.admits(request):
                return view(request, *args, **kwargs)
            response = render(request, "429.html", status=429)
            response["Retry-After"] = str(int(limit.wait() or 0) + 1)
            response["Cache-Control"] = "no-store"
            return response

        return limited

    return guard
