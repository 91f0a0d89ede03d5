"""The exporter's drafts: terms, vehicles, discarding. Filing is a matter of :mod:`reviews`."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exports import drafting
from exports.answering import answer, exporter_of, page_url, posted, refusals_on
from exports.doors import for_writers
from exports.errors import Frozen
from exports.filters import VehicleFilter
from exports.forms import BatchForm, DiscardForm, TermsForm
from exports.http import SignedInRequest
from exports.identifiers import canonical_vin
from exports.models import MOST_VEHICLES, Application, Vehicle
from exports.paging import page_of
from exports.rules import legal_day
from exports.showing import rows_of
from exports.wording import explain


@require_http_methods(["GET", "POST"])
@for_writers
def application_new(request: SignedInRequest) -> HttpResponse:
    """Open a draft; ``?vehicle=VIN`` opens it for that vehicle and goes on to filing."""
    exporter, vehicle = exporter_of(request), vehicle_named(request)
    initial = drafting.usual_terms(exporter)
    form = TermsForm(posted(request), exporter=exporter, initial=initial)
    if form.is_valid():
        now = timezone.now()
        with refusals_on(form):
            if vehicle is not None:
                opened = drafting.open_for(vehicle, by=request.user, at=now, **form.terms)
                return redirect("portal:application_file", reference=opened.reference)
            opened = drafting.open_application(exporter, by=request.user, at=now, **form.terms)
            messages.success(request, _("Draft %(draft)s is open.") % {"draft": opened})
            return redirect(opened)
    context = {"vehicle": vehicle}
    return answer(request, "exports/application_new.html", form=form, context=context)


def vehicle_named(request: SignedInRequest) -> Vehicle | None:
    """Return the person's own vehicle that the address names; a stranger's does not exist."""
    vin = canonical_vin(request.GET.get("vehicle", ""))
    mine = Vehicle.objects.visible_to(request.user).select_related("exporter")
    return get_object_or_404(mine, vin=vin) if vin else None


@require_http_methods(["GET", "POST"])
@for_writers
def application_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change the terms of a draft."""
    draft = application_of(request, reference)
    if not draft.is_draft:
        return no_draft(request, draft)
    initial = drafting.terms_of(draft) | {"version": draft.version}
    form = TermsForm(posted(request), exporter=draft.exporter, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            seen = as_seen(draft, form)
            drafting.amend_application(seen, by=request.user, at=timezone.now(), **form.terms)
            messages.success(request, _("The terms of %(draft)s are saved.") % {"draft": draft})
            return redirect(draft)
    context = {"application": draft}
    return answer(request, "exports/application_edit.html", form=form, context=context)


@require_http_methods(["GET", "POST"])
@for_writers
def application_vehicles(request: SignedInRequest, reference: str) -> HttpResponse:
    """Choose the vehicles of a draft from the fleet."""
    draft = application_of(request, reference)
    if not draft.is_draft:
        return no_draft(request, draft)
    form = BatchForm(posted(request), application=draft, initial={"version": draft.version})
    if form.is_valid():
        ticked = {name: list(form.cleaned_data[name]) for name in ("add", "remove")}
        with refusals_on(form):
            seen = as_seen(draft, form)
            drafting.change_batch(seen, by=request.user, at=timezone.now(), **ticked)
            messages.success(request, _("The vehicles of %(draft)s are saved.") % {"draft": draft})
            return redirect(draft)
    context = choice(request, draft) | {"ticked": form.ticked}
    return answer(request, "exports/application_vehicles.html", form=form, context=context)


@require_http_methods(["GET", "POST"])
@for_writers
def application_discard(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask, then throw a draft away."""
    draft = application_of(request, reference)
    if not draft.is_draft:
        return no_draft(request, draft)
    form = DiscardForm(posted(request), initial={"version": draft.version})
    if form.is_valid():
        with refusals_on(form):
            seen = as_seen(draft, form)
            drafting.discard_application(seen, by=request.user, at=timezone.now())
            messages.success(request, _("Draft %(draft)s is discarded.") % {"draft": draft})
            return redirect("portal:applications")
    context = {"application": draft, "vehicle_count": draft.lines.count()}
    return answer(request, "exports/application_discard.html", form=form, context=context)


def application_of(request: SignedInRequest, reference: str) -> Application:
    """Return the person's own application; a stranger's does not exist."""
    mine = Application.objects.visible_to(request.user).select_related("exporter")
    return get_object_or_404(mine, reference=reference)


def no_draft(request: SignedInRequest, application: Application) -> HttpResponse:
    """Say that it can no longer be changed, and show it."""
    messages.error(request, explain(Frozen(subject=application)))
    return redirect(application)


def as_seen(draft: Application, form: forms.BaseForm) -> Application:
    """Return *draft* at the version its page was opened with, so that the service can compare."""
    if form.cleaned_data["version"] is not None:
        draft.version = form.cleaned_data["version"]
    return draft


def choice(request: SignedInRequest, draft: Application) -> dict[str, Any]:
    """Return the vehicles in *draft* and those of the same goods that may join it."""
    today = legal_day(timezone.now())
    lines = draft.lines.select_related("vehicle").order_by("position")
    batch = [line.vehicle for line in lines]
    others = Vehicle.objects.visible_to(request.user).exclude(lines__application=draft)
    if batch:
        others = others.filter(hs_code=batch[0].hs_code)
    found = VehicleFilter(request.GET, queryset=others)
    page = page_of(found.qs, before=request.GET.get("before", ""))
    rows = rows_of([*batch, *page.rows], on=today)
    query = request.GET.get("q", "")
    return {
        "application": draft,
        "found": found,
        "query": query,
        "batch": rows[: len(batch)],
        "offered": rows[len(batch) :],
        "most": MOST_VEHICLES,
        "hs_code": batch[0].hs_code if batch else "",
        "today": today,
        "newest_url": "" if page.first else page_url(q=query),
        "older_url": page_url(q=query, before=page.older) if page.older else "",
    }
