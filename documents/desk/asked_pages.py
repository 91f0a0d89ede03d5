"""Portal pages of requests: the exporter asks, the manufacturer answers, both see how it stands."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.desk import asking, inbox
from documents.desk.forms import AnswerForm, AskForm
from documents.desk.pages import maker_of, may_attest
from documents.models import Confirmation, ConfirmationRequest, RequestedVehicle
from exports.answering import answer, exporter_of, may_write, posted, refusals_on
from exports.doors import for_exporters, for_manufacturers, for_writers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import Application
from exports.paging import page_of
from exports.rules import legal_day
from exports.wording import explain


@for_manufacturers
@require_safe
def maker_requests(request: SignedInRequest) -> HttpResponse:
    """List what exporters ask: what waits, or everything."""
    rows = ConfirmationRequest.objects.visible_to(request.user)
    everything = request.GET.get("all") == "1"
    if not everything:
        rows = rows.open()
    rows = rows.select_related("exporter", "destination").annotate(vin_count=inbox.WAITING)
    context = {
        "page": page_of(rows, before=request.GET.get("before", "")),
        "everything": everything,
    }
    return render(request, "documents/desk/requests.html", context)


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def maker_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one request, and take the answer by VIN."""
    rows = ConfirmationRequest.objects.visible_to(request.user).select_related(
        "exporter", "destination", "manufacturer"
    )
    asked = get_object_or_404(rows, pk=pk)
    asking.note_opened(asked, at=timezone.now())
    vehicles = list(asked.vehicles.select_related("confirmation").order_by("id"))
    waiting = [row.vin for row in vehicles if row.state == RequestedVehicle.State.OPEN]
    outlets = inbox.outlets_of(maker_of(request)).filter(country=asked.destination)
    form = AnswerForm(posted(request), vins=waiting, outlets=outlets)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answered(request, asked, form.cleaned_data)
            return redirect("portal:maker_request", pk=pk)
    context = {
        "asked": asked,
        "vehicles": vehicles,
        "waiting": waiting,
        "outlets": outlets,
        "open": asked.state == ConfirmationRequest.State.OPEN,
        "may_attest": may_attest(maker_of(request)),
    }
    return answer(request, "documents/desk/request.html", form=form, context=context)


def answered(request: SignedInRequest, asked: ConfirmationRequest, facts: dict[str, Any]) -> None:
    """Confirm or decline what was chosen, by the button that was pressed.

    Raises:
        DomainError: see :mod:`documents.desk.asking`.

    """
    by, at = request.user, timezone.now()
    if "decline" in request.POST:
        asking.decline(
            asked, vins=facts["vins"], reason=facts["reason"], words=facts["words"], by=by, at=at
        )
        messages.success(request, _("Declined. The exporter reads why."))
        return
    made = asking.confirm(
        asked,
        vins=facts["vins"],
        outlets=list(facts["outlets"]),
        valid_until=facts["valid_until"],
        by=by,
        at=at,
    )
    messages.success(request, _("Confirmation %(number)s is in force.") % {"number": made})


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest) -> HttpResponse:
    """Let an exporter ask a manufacturer; an application fills the form."""
    application = application_of(request)
    makers = inbox.makers_to_ask()
    initial = initial_of(application, makers) if application else {}
    form = AskForm(posted(request), makers=makers, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            asked = asking.ask_for_confirmation(
                exporter_of(request),
                application=application,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("Asked. You are told when the manufacturer answers."))
            return redirect("portal:asked", pk=asked.pk)
    context = {
        "application": application,
        "absent": initial.get("absent", ""),
        "nobody": not makers,
    }
    return answer(request, "documents/desk/ask.html", form=form, context=context)


def application_of(request: SignedInRequest) -> Application | None:
    """Return the reader's application the page was opened from, if any."""
    reference = request.GET.get("application", "").replace("\x00", "")[:20]
    rows = Application.objects.visible_to(request.user).filter(discarded_at__isnull=True)
    return rows.filter(reference=reference).select_related("exporter").first()


def initial_of(application: Application, makers: Any) -> dict[str, Any]:
    """Return what the application says of the letter it lacks: two queries.

    ``absent`` is the manufacturer's name where it has nobody here.
    """
    lines = list(application.lines.select_related("vehicle").order_by("position"))
    country = application.destination_id or ""
    vins = [line.vin for line in lines]
    day = legal_day(timezone.now())
    open_vins = inbox.unmet(application.exporter, vins, country=country, on=day)
    name = next((line.vehicle.maker_name for line in lines if line.vin in open_vins), "")
    known = next((m for m in makers if any(n.name == name for n in m.names.all())), None)
    return {
        "manufacturer": known.pk if known else None,
        "destination": country,
        "vins": "\n".join(
            line.vin for line in lines if line.vin in open_vins and line.vehicle.maker_name == name
        ),
        "absent": "" if known else name,
    }


@for_exporters
@require_safe
def asked_list(request: SignedInRequest) -> HttpResponse:
    """List what the reader's company asked of manufacturers, and what they attested."""
    rows = ConfirmationRequest.objects.visible_to(request.user)
    rows = rows.select_related("manufacturer", "destination").prefetch_related(
        "manufacturer__names"
    )
    context = {
        "page": page_of(
            rows.annotate(vin_count=inbox.WAITING), before=request.GET.get("before", "")
        ),
        "attested": inbox.attested_for(request.user),
        "today": legal_day(timezone.now()),
        "may_write": may_write(request),
    }
    return render(request, "documents/desk/asked_list.html", context)


@for_exporters
@require_safe
def asked(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the exporter how its request stands, vehicle by vehicle."""
    rows = ConfirmationRequest.objects.visible_to(request.user)
    found = get_object_or_404(rows.select_related("manufacturer", "destination"), pk=pk)
    context = {
        "asked": found,
        "vehicles": found.vehicles.select_related("confirmation").order_by("id"),
        "may_take_back": may_write(request) and found.state == ConfirmationRequest.State.OPEN,
    }
    return render(request, "documents/desk/asked.html", context)


@for_writers
@require_POST
def asked_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    found = get_object_or_404(ConfirmationRequest.objects.visible_to(request.user), pk=pk)
    try:
        asking.take_back(found, by=request.user, at=timezone.now())
        messages.success(request, _("The request is taken back."))
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect("portal:asked", pk=pk)


@for_exporters
@require_safe
def attested(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the exporter a confirmation that was attested for it."""
    rows = Confirmation.objects.visible_to(request.user).filter(source=Confirmation.Source.ATTESTED)
    found = get_object_or_404(rows.select_related("entered_by", "revoked_by"), pk=pk)
    context = {"confirmation": found, "versions": found.versions.select_related("replaced_by")}
    return render(request, "documents/desk/attested.html", context)
