"""Facts set in many vehicles at once: previewed, told apart afterwards, taken back in one go."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from exports import fleet, fleet_many
from exports.answering import exporter_of, may_write
from exports.doors import for_exporters, for_writers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import Event
from exports.rules import legal_day
from exports.wording import explain
from reviews.fleet_pages import many_shown
from reviews.fleet_pages.chosen import JOINT, chosen_in, seen_in
from reviews.fleet_pages.forms import SharedForm
from reviews.fleet_pages.offers import suggestions


@require_http_methods(["GET", "POST"])
@for_writers
def vehicles_edit(request: SignedInRequest) -> HttpResponse:
    """Ask what to set in the chosen vehicles, show what that changes, and do it."""
    try:
        vehicles = chosen_in(request)
    except DomainError as refusal:
        messages.error(request, explain(refusal))
        return redirect("portal:vehicles")
    if not vehicles:
        messages.warning(request, _("Tick the vehicles first."))
        return redirect("portal:vehicles")
    step = request.POST.get("step", "")
    form = SharedForm(request.POST if step else None)
    today = legal_day(timezone.now())
    context = {"form": form, "vehicles": vehicles, "may_write": may_write(request)}
    if step not in ("preview", "apply") or not form.is_valid():
        status = 422 if form.errors else 200
        shown = context | suggestions(today)
        return render(request, "exports/vehicles_edit.html", shown, status=status)
    if step == "apply":
        return amended(request, form)
    foreseen = fleet_many.foresee(vehicles, form.facts, today=today)
    context |= {
        "preview": many_shown.preview_of(foreseen),
        "facts": many_shown.facts_shown(form.facts),
        "seen": " ".join(f"{car.vin}{JOINT}{fleet.fingerprint(car)}" for car in vehicles),
    }
    return render(request, "exports/vehicles_preview.html", context)


def amended(request: SignedInRequest, form: SharedForm) -> HttpResponse:
    """Change the vehicles as previewed and lead to what came of it."""
    try:
        event = fleet_many.amend_many(
            exporter_of(request),
            seen_in(request),
            form.facts,
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, explain(refusal))
        return redirect("portal:vehicles")
    return redirect("portal:vehicles_changed", seq=event.seq)


@require_safe
@for_exporters
def vehicles_changed(request: SignedInRequest, seq: int) -> HttpResponse:
    """Say what a change of many vehicles did to each, with the way back."""
    event = event_or_404(request, seq)
    context = {
        "event": event,
        "restored": event.action == fleet_many.RESTORED,
        "facts": many_shown.facts_shown(event.after.get("set", {})),
        "left": event.after["of"] - event.after["changed"],
        "refused": many_shown.refusals_shown(event.after["refused"]),
        "refused_count": len(event.after["refused"]),
        "may_write": may_write(request),
    }
    return render(request, "exports/vehicles_changed.html", context)


@require_http_methods(["POST"])
@for_writers
def vehicles_restore(request: SignedInRequest, seq: int) -> HttpResponse:
    """Take a change of many vehicles back, where it still stands."""
    event = event_or_404(request, seq)
    try:
        back = fleet_many.restore_many(
            event, exporter_of(request), by=request.user, at=timezone.now()
        )
    except DomainError:
        messages.error(request, _("Nothing of this change stands any more."))
        return redirect("portal:vehicles_changed", seq=seq)
    count = back.after["changed"]
    text = ngettext(
        "%(count)d vehicle is as it was before.",
        "%(count)d vehicles are as they were before.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("portal:vehicles_changed", seq=back.seq)


def event_or_404(request: SignedInRequest, seq: int) -> Event:
    """Return the change of many vehicles; a stranger's does not exist."""
    event = fleet_many.event_of(exporter_of(request), seq)
    if event is None:
        raise Http404
    return event
