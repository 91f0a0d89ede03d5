"""Plumbing of the API that settings name: imports no view.

``rest_framework.views`` reads these names while it is itself being imported, so it is used here
by its module name and only when called.
"""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from rest_framework import exceptions, views
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from exports.errors import DomainError
from exports.logs import current_request_id
from exports.wording import explain

PROBLEM = "application/problem+json"


class NobodyUnlessOpened(BasePermission):
    """Deny by default: a view that opens says so."""

    def has_permission(self, request: HttpRequest, view: "views.APIView") -> bool:
        """Open nothing."""
        return False


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into RFC 9457 problem details, in the reader's language."""
    if isinstance(exc, DomainError):
        return as_problem(code=exc.code, title=explain(exc), status=exc.status)
    response = views.exception_handler(exc, context)
    if response is None:
        return None
    headers = {name: response[name] for name in ("Retry-After", "Allow") if name in response}
    if isinstance(exc, exceptions.ValidationError):
        return as_problem(
            code="invalid",
            title=_("Some values cannot be accepted."),
            status=response.status_code,
            errors=flattened(exc.get_full_details()),
        )
    code = "not-found" if isinstance(exc, Http404) else getattr(exc, "default_code", "refused")
    title = _("Not found.") if isinstance(exc, Http404) else str(getattr(exc, "detail", exc))
    answer = as_problem(code=str(code).replace("_", "-"), title=title, status=response.status_code)
    for name, value in headers.items():
        answer[name] = value
    return answer


def as_problem(
    *, code: str, title: str, status: int, errors: list[dict[str, str]] | None = None
) -> Response:
    """Return a problem document; ``errors`` point at single values."""
    body = problem_body(code=code, title=title, status=status)
    if errors:
        body["errors"] = errors
    return Response(body, status=status, content_type=PROBLEM)


def problem_body(*, code: str, title: str, status: int) -> dict[str, Any]:
    """Return what every problem document says."""
    return {
        "type": f"urn:chuguan:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "request_id": current_request_id.get(),
    }


def flattened(details: Any, *, pointer: str = "") -> list[dict[str, str]]:
    """Return DRF's nested error details as a flat list with JSON Pointers (RFC 6901)."""
    if is_fault(details):
        return [
            {"pointer": pointer, "code": str(details["code"]), "detail": str(details["message"])}
        ]
    if isinstance(details, dict):
        pairs = [(f"{pointer}/{escaped(name)}", value) for name, value in details.items()]
    else:
        pairs = [
            (pointer if is_fault(value) else f"{pointer}/{place}", value)
            for place, value in enumerate(details)
        ]
    return [row for place, value in pairs for row in flattened(value, pointer=place)]


def is_fault(details: Any) -> bool:
    """Tell whether *details* is one fault and no collection of them."""
    return isinstance(details, dict) and "message" in details and "code" in details


def escaped(name: object) -> str:
    """Return *name* as one step of a JSON Pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")
