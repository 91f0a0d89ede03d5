"""How a page of the portal answers: refusals stand on its form, and nothing typed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from exports.errors import DomainError, VehicleKnown, VinInUse
from exports.http import SignedInRequest
from exports.models import Exporter
from exports.policies import WRITERS
from exports.wording import explain


def posted(request: SignedInRequest) -> QueryDict | None:
    """Return what was sent, ``None`` when the page is only opened."""
    return request.POST if request.method == "POST" else None


@contextmanager
def refusals_on(form: forms.BaseForm) -> Iterator[None]:
    """Catch a refusal of the block and say it on *form*, beside the VIN if it is about one."""
    try:
        yield
    except DomainError as refusal:
        about_vin = isinstance(refusal, VehicleKnown | VinInUse) and "vin" in form.fields
        form.add_error("vin" if about_vin else None, explain(refusal))


def answer(
    request: SignedInRequest,
    template: str,
    *,
    form: forms.BaseForm,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show *form* on its page; 422 if it came back with errors."""
    status = 422 if form.errors else 200
    shown = {"form": form, "may_write": may_write(request)} | (context or {})
    return render(request, template, shown, status=status)


def may_write(request: SignedInRequest) -> bool:
    """Tell whether to offer what changes something; the services decide anyway."""
    return request.user.role in WRITERS


def exporter_of(request: SignedInRequest) -> Exporter:
    """Return the exporter the person acts for; the door has let nobody else in."""
    exporter = request.user.exporter
    assert exporter is not None  # the door guarantees it
    return exporter


def page_url(**query: object) -> str:
    """Return the query part of a list's address, without what is empty."""
    return "?" + urlencode({name: value for name, value in query.items() if value})
