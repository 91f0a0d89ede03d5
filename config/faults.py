"""What a request gets that cannot be served: a page for people, problem details for programs."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from config.rest import PROBLEM, problem_body

API: Final = "/api/"
TITLES: Final[dict[HTTPStatus, Promise]] = {
    HTTPStatus.BAD_REQUEST: _("This request cannot be read."),
    HTTPStatus.FORBIDDEN: _("You may not do this."),
    HTTPStatus.NOT_FOUND: _("Not found."),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something went wrong, and it has been recorded."),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    if is_program(request):
        return as_problem(HTTPStatus.BAD_REQUEST)
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    if is_program(request):
        return as_problem(HTTPStatus.FORBIDDEN)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    if is_program(request):
        return as_problem(HTTPStatus.NOT_FOUND)
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    if is_program(request):
        return as_problem(HTTPStatus.INTERNAL_SERVER_ERROR)
    return defaults.server_error(request)


def is_program(request: HttpRequest) -> bool:
    """Tell whether a program asked, by the address."""
    return request.path.startswith(API)


def as_problem(status: HTTPStatus) -> HttpResponse:
    """Return the problem document of *status*."""
    code = status.phrase.lower().replace(" ", "-")
    body = problem_body(code=code, title=str(TITLES[status]), status=status)
    return JsonResponse(body, status=status, content_type=PROBLEM)
