"""What every request passes: its id, the reader's language, pages that stay private."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from exports.errors import RoleMissing
from exports.logs import current_request_id
from exports.models import Notice, Role, User
from exports.policies import check_can_read_ledger

GetResponse = Callable[[HttpRequest], HttpResponse]


class SignedInRequest(HttpRequest):
    """A request behind ``LoginRequiredMiddleware``."""

    user: User


class RequestIdMiddleware:
    """Give each request an id that logs, ledger and error answers share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer *request* under a fresh id, or under the caller's if it is well-formed."""
        given = request.headers.get("X-Request-Id", "")
        request_id = given if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", given) else secrets.token_hex(10)
        token = current_request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-Id"] = request_id
        return response


class LanguageMiddleware:
    """Choose the language: ``?lang=``, then the person's, then the cookie, then the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language and say so."""
        language = chosen_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            response.headers.setdefault("Content-Language", language)
        return response


def chosen_language(request: HttpRequest) -> str:
    """Return the code of the language *request* is to be answered in."""
    person = getattr(request, "user", None)
    candidates = [
        request.GET.get("lang", ""),
        person.language if isinstance(person, User) else "",
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
    ]
    known = dict(settings.LANGUAGES)
    for code in candidates:
        if code in known:
            return code
    return translation.get_language_from_request(request)


class PrivatePagesMiddleware:
    """Keep what a signed-in person sees out of every cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer *request*; a signed-in person's page is marked ``no-store``."""
        response = self.get_response(request)
        if isinstance(getattr(request, "user", None), User):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class CompressPagesMiddleware(GZipMiddleware):
    """Send pages compressed. Pictures and papers are so already, and files are streamed.

    Django's padding of random length and masked form tokens keep a page's secrets from being
    guessed by its length (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """Compress *response* if it is a page."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


def site(request: HttpRequest) -> dict[str, object]:
    """Give templates the facts of installation and person; asked only where a template does."""
    person = getattr(request, "user", None)
    if not isinstance(person, User):
        return {"SITE_URL": settings.SITE_URL, "DEMO": settings.DEMO}
    return {
        "SITE_URL": settings.SITE_URL,
        "DEMO": settings.DEMO,
        "organisation_name": lambda: organisation_of(person),
        "role_name": lambda: Role(person.role).label if person.role else "",
        "may_read_ledger": lambda: may_read_ledger(person),
        "unread_notices": lambda: Notice.objects.unread(person),
    }


def may_read_ledger(person: User) -> bool:
    """Tell whether the ledger's page opens for *person*."""
    try:
        check_can_read_ledger(person)
    except RoleMissing:
        return False
    return True


def organisation_of(person: User) -> str:
    """Return the name of the organisation *person* acts for."""
    return str(person.acting_as.organisation) if person.acting_as else ""
