"""Portal pages of a manufacturer's directory: outlets, closed countries, seals."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import serving
from documents.desk import inbox, outlets, proposing
from documents.desk.forms import CloseCountryForm, DirectoryForm, SealForm
from documents.desk.pages import maker_of
from documents.models import (
    CountryRestriction,
    ListedOutlet,
    Specimen,
    SpecimenProposal,
    TrustedCertificate,
)
from exports.answering import answer, refusals_on
from exports.doors import for_manufacturers
from exports.errors import DomainError, UploadRefused
from exports.http import SignedInRequest
from exports.models import Destination
from exports.rules import legal_day
from exports.wording import explain

MOST = 200


def sent(request: SignedInRequest) -> tuple[Any, Any]:
    """Return what a form with a file was sent with, nothing when the page is only opened."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def content_of(file: Any) -> bytes | None:
    """Return the bytes of an uploaded file, ``None`` without one.

    Raises:
        UploadRefused: it is larger than may be.

    """
    if not file:
        return None
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(reason=_("it is too large."))
    content: bytes = file.read()
    return content


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def maker_outlets(request: SignedInRequest) -> HttpResponse:
    """Show the directory by country, and take one more outlet."""
    maker = maker_of(request)
    form = DirectoryForm(*sent(request), initial={"checked_on": legal_day(timezone.now())})
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        file = facts.pop("file")
        with refusals_on(form):
            outlets.list_outlet(
                maker, content=content_of(file), by=request.user, at=timezone.now(), **facts
            )
            messages.success(request, _("“%(name)s” is listed.") % {"name": facts["name"]})
            return redirect("portal:maker_outlets")
    context = {"outlets": inbox.outlets_of(maker)[:MOST]}
    return answer(request, "documents/desk/outlets.html", form=form, context=context)


@for_manufacturers
@require_POST
def maker_outlet(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that an outlet was checked today, or retire it, by the button that was pressed."""
    found = get_object_or_404(ListedOutlet.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    try:
        if "retire" in request.POST:
            outlets.retire_outlet(found, by=request.user, at=now)
            messages.success(request, _("“%(name)s” is retired.") % {"name": found})
        else:
            outlets.check_again(found, on=legal_day(now), by=request.user, at=now)
            messages.success(request, _("“%(name)s” counts as checked today.") % {"name": found})
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect("portal:maker_outlets")


@for_manufacturers
@require_safe
def outlet_evidence(request: SignedInRequest, pk: int) -> FileResponse:
    """Send the picture that proves an outlet."""
    rows = ListedOutlet.objects.visible_to(request.user).exclude(image="")
    return serving.sent(get_object_or_404(rows, pk=pk).image)


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def maker_countries(request: SignedInRequest) -> HttpResponse:
    """Show the countries the manufacturer confirms nothing for, and close one more."""
    maker = maker_of(request)
    form = CloseCountryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            outlets.close_country(maker, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Closed. Who asks for this country reads why."))
            return redirect("portal:maker_countries")
    rows = CountryRestriction.objects.filter(manufacturer=maker).select_related("country")
    context = {"closed": rows.order_by("country")}
    return answer(request, "documents/desk/countries.html", form=form, context=context)


@for_manufacturers
@require_POST
def maker_country_open(request: SignedInRequest, code: str) -> HttpResponse:
    """Confirm for a country again."""
    country = get_object_or_404(Destination, pk=code[:2])
    try:
        outlets.open_country(maker_of(request), country, by=request.user, at=timezone.now())
        messages.success(request, _("%(country)s is open again.") % {"country": country})
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect("portal:maker_countries")


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def maker_seals(request: SignedInRequest) -> HttpResponse:
    """Show the seals and certificates on record, and take a seal for the ministry to decide on."""
    maker = maker_of(request)
    form = SealForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            content = content_of(form.cleaned_data["picture"]) or b""
            kind = form.cleaned_data["kind"]
            proposing.propose_specimen(
                maker, content, kind=kind, by=request.user, at=timezone.now()
            )
            messages.success(request, _("Sent. The ministry decides whether it counts."))
            return redirect("portal:maker_seals")
    context = {
        "specimens": Specimen.objects.filter(manufacturer=maker).order_by("-id")[:MOST],
        "proposals": SpecimenProposal.objects.filter(manufacturer=maker).order_by("-id")[:MOST],
        "certificates": TrustedCertificate.objects.filter(manufacturer=maker)
        .defer("pem")
        .order_by("-id")[:MOST],
        "now": timezone.now(),
    }
    return answer(request, "documents/desk/seals.html", form=form, context=context)


@for_manufacturers
@require_safe
def specimen_picture(request: SignedInRequest, pk: int) -> FileResponse:
    """Send the picture of one of the manufacturer's own specimens."""
    return serving.picture(get_object_or_404(Specimen, pk=pk, manufacturer=maker_of(request)))


@for_manufacturers
@require_safe
def proposal_picture(request: SignedInRequest, pk: int) -> FileResponse:
    """Send the picture of a seal the manufacturer sent in."""
    rows = SpecimenProposal.objects.filter(manufacturer=maker_of(request))
    return serving.picture(get_object_or_404(rows, pk=pk))
