"""Many chosen vehicles into drafts: new ones by HS code and manufacturer, or one that is there."""

from collections.abc import Iterable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from exports import batching
from exports.answering import exporter_of, may_write
from exports.doors import for_writers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import Application, Vehicle
from exports.wording import explain
from reviews.fleet_pages.chosen import chosen_in
from reviews.fleet_pages.forms import NewDraftsForm
from reviews.fleet_pages.many_shown import draft_choices

NAMED: Final = 10


@require_http_methods(["GET", "POST"])
@for_writers
def vehicles_draft(request: SignedInRequest) -> HttpResponse:
    """Show what drafts the chosen vehicles make or fit into, and make or fill them."""
    try:
        vehicles = chosen_in(request)
        if not vehicles:
            messages.warning(request, _("Tick the vehicles first."))
            return redirect("portal:vehicles")
        if request.POST.get("into"):
            return joined(request, vehicles)
        form = NewDraftsForm(request.POST if "step" in request.POST else None)
        if form.is_valid():
            return drafted(request, vehicles, form)
    except DomainError as refusal:
        messages.error(request, explain(refusal))
        return redirect("portal:vehicles")
    context = {
        "form": form,
        "vehicles": vehicles,
        "plan": batching.plan_for(vehicles),
        "drafts": draft_choices(exporter_of(request), vehicles),
        "may_write": may_write(request),
    }
    status = 422 if form.errors else 200
    return render(request, "exports/vehicles_draft.html", context, status=status)


def joined(request: SignedInRequest, vehicles: list[Vehicle]) -> HttpResponse:
    """Put what fits into the draft that was chosen, and show it."""
    mine = Application.objects.visible_to(request.user).select_related("exporter")
    draft = get_object_or_404(mine, reference=request.POST["into"][:20].replace("\x00", ""))
    added = batching.join_draft(draft, vehicles, by=request.user, at=timezone.now())
    tell(request, len(added), left_out(vehicles, [car.vin for car in added]))
    return redirect(draft)


def drafted(request: SignedInRequest, vehicles: list[Vehicle], form: NewDraftsForm) -> HttpResponse:
    """Make the drafts, and show the one or the list of them."""
    drafts = batching.draft_many(
        exporter_of(request), vehicles, by=request.user, at=timezone.now(), **form.terms
    )
    added = [vin for draft in drafts for vin in draft.lines.values_list("vin", flat=True)]
    tell(request, len(added), left_out(vehicles, added))
    if len(drafts) == 1:
        return redirect(drafts[0])
    return redirect(reverse("portal:applications") + "?state=draft")


def left_out(vehicles: Iterable[Vehicle], added: Iterable[str]) -> list[str]:
    """Return the VINs of *vehicles* that are not among the *added*."""
    there = set(added)
    return [vehicle.vin for vehicle in vehicles if vehicle.vin not in there]


def tell(request: SignedInRequest, count: int, missing: list[str]) -> None:
    """Say how many vehicles were put in, and name those that were not."""
    if count:
        text = ngettext("%(count)d vehicle was put in.", "%(count)d vehicles were put in.", count)
        messages.success(request, text % {"count": count})
    if missing:
        named = ", ".join(missing[:NAMED]) + (" …" if len(missing) > NAMED else "")
        text = ngettext(
            "%(count)d vehicle was left out, used already or not fitting: %(vins)s",
            "%(count)d vehicles were left out, used already or not fitting: %(vins)s",
            len(missing),
        )
        messages.warning(request, text % {"count": len(missing), "vins": named})
