"""One vehicle of the fleet: added, shown, changed while nothing rests on it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exports import fleet
from exports.answering import answer, exporter_of, page_url, posted, refusals_on
from exports.doors import for_exporters, for_writers
from exports.fleet import FACTS
from exports.forms import VehicleForm
from exports.http import SignedInRequest
from exports.identifiers import canonical_vin
from exports.models import Vehicle
from exports.rules import legal_day
from exports.showing import facts_shown, rows_of
from reviews.fleet_pages.offers import said_by, suggestions
from reviews.fleet_pages.registry_shown import answer_shown, values_of

COMMON_FACTS = ("brand", "model", "maker_name", "kind", "fuel", "origin", "use", "hs_code")


@require_http_methods(["GET", "POST"])
@for_writers
def vehicle_add(request: SignedInRequest) -> HttpResponse:
    """Add a vehicle; ``?like=VIN`` starts from another one of the same make.

    A press on "What the VIN says" saves nothing: what was typed stays, the maker is filled in.
    """
    now = timezone.now()
    exporter = exporter_of(request)
    if "look" in request.POST:
        return looked_up(request)
    form = VehicleForm(posted(request), today=legal_day(now), initial=first_facts(request))
    if form.is_valid():
        with refusals_on(form):
            added = fleet.add_vehicle(exporter, by=request.user, at=now, **form.facts)
            messages.success(request, _("Vehicle %(vin)s is in your fleet.") % {"vin": added.vin})
            return redirect(after_adding(request, added))
    context = suggestions(legal_day(now))
    return answer(request, "exports/vehicle_add.html", form=form, context=context)


def looked_up(request: SignedInRequest) -> HttpResponse:
    """Show the form as it was typed, with what its VIN says; a maker that it names is put in."""
    today = legal_day(timezone.now())
    typed = {name: request.POST.get(name, "") for name in FACTS}
    says = said_by(typed["vin"], today=today)
    if says and not typed["maker_name"] and len(says.makers) == 1 and not says.doubtful:
        typed["maker_name"] = says.makers[0]
    form = VehicleForm(today=today, initial=typed)
    context = suggestions(today) | {"says": says, "looked": True}
    return answer(request, "exports/vehicle_add.html", form=form, context=context)


@require_http_methods(["GET", "POST"])
@for_exporters
def vehicle(request: SignedInRequest, vin: str) -> HttpResponse:
    """Show a vehicle and let its facts be changed while no live application relies on them."""
    found = get_object_or_404(Vehicle.objects.visible_to(request.user), vin=vin)
    now = timezone.now()
    [row] = rows_of([found], on=legal_day(now))
    shown = fleet.facts_of(found) | {"seen": fleet.fingerprint(found)}
    form = VehicleForm(posted(request), today=legal_day(now), initial=shown)
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        with refusals_on(form):
            fleet.amend_vehicle(found, by=request.user, at=now, seen=seen, **form.facts)
            messages.success(request, _("Vehicle %(vin)s is saved.") % {"vin": found.vin})
            return redirect("portal:vehicle", vin=found.vin)
    registry = answer_shown(found, reader=exporter_of(request))
    context = suggestions(legal_day(now)) | {
        "row": row,
        "says": said_by(found.vin, today=legal_day(now)),
        "registry": registry,
        "registry_values": values_of(registry, found) if registry else [],
        "facts": facts_shown(found),
        "vin": vin,
        "today": legal_day(now),
    }
    return answer(request, "exports/vehicle.html", form=form, context=context)


def first_facts(request: SignedInRequest) -> dict[str, Any]:
    """Return what an empty form starts with: the exporter owns, the rest is like another car."""
    exporter = exporter_of(request)
    facts: dict[str, Any] = {"owner_name": exporter.name_zh, "owner_uscc": exporter.uscc}
    mine = Vehicle.objects.visible_to(request.user)
    like = mine.filter(vin=canonical_vin(request.GET.get("like", ""))).values(*COMMON_FACTS).first()
    return facts | dict(like or {})


def after_adding(request: SignedInRequest, added: Vehicle) -> str:
    """Return where to go next: to the vehicle, its application, or to another one like it."""
    if "apply" in request.POST:
        return reverse("portal:application_new") + page_url(vehicle=added.vin)
    if "another" in request.POST:
        return reverse("portal:vehicle_add") + page_url(like=added.vin)
    return reverse("portal:vehicle", args=[added.vin])
