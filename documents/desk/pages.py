"""Portal pages of a manufacturer's officer: what is confirmed in the company's name."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from documents import confirming, serving
from documents.desk import attesting, disowning, inbox
from documents.desk.forms import AmendForm, AttestForm, WordForm
from documents.forms import RevokeForm
from documents.models import Confirmation, Document
from exports.answering import answer, posted, refusals_on
from exports.doors import for_manufacturers
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import Exporter, Manufacturer
from exports.paging import page_of
from exports.rules import legal_day
from exports.wording import explain


def maker_of(request: SignedInRequest) -> Manufacturer:
    """Return the manufacturer the person acts for; the door has let nobody else in."""
    manufacturer = request.user.manufacturer
    assert manufacturer is not None  # the door guarantees it
    return manufacturer


def may_attest(manufacturer: Manufacturer) -> bool:
    """Tell whether to offer what only a listed manufacturer may do; the services decide anyway."""
    listed = manufacturer.name_on(legal_day(timezone.now()))
    return manufacturer.kind in Manufacturer.ANNOUNCED and bool(listed)


def searched(request: SignedInRequest) -> str:
    """Return what was typed into the search, fit to be asked of the database."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]


@for_manufacturers
@require_safe
def maker_home(request: SignedInRequest) -> HttpResponse:
    """Show what waits for the officer, then what runs out and how much there is."""
    maker = maker_of(request)
    now = timezone.now()
    context = {
        "maker": maker,
        "desk": inbox.desk_of(maker, at=now),
        "today": legal_day(now),
        "may_attest": may_attest(maker),
    }
    return render(request, "documents/desk/home.html", context)


@for_manufacturers
@require_safe
def maker_letters(request: SignedInRequest) -> HttpResponse:
    """List the confirmations that name the reader's company, newest first."""
    text, kind = searched(request), request.GET.get("kind", "")
    rows = inbox.letters_of(maker_of(request), text=text, kind=kind)
    context = {
        "page": page_of(rows, before=request.GET.get("before", "")),
        "q": text,
        "kind": kind,
        "today": legal_day(timezone.now()),
        "may_attest": may_attest(maker_of(request)),
    }
    return render(request, "documents/desk/letters.html", context)


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def maker_attest(request: SignedInRequest) -> HttpResponse:
    """Issue a confirmation in the manufacturer's name."""
    maker = maker_of(request)
    outlets = inbox.outlets_of(maker)
    form = AttestForm(posted(request), outlets=outlets)
    made = attested(request, form) if request.method == "POST" and form.is_valid() else None
    if made:
        messages.success(request, _("Confirmation %(number)s is in force.") % {"number": made})
        return redirect("portal:confirmation", pk=made.pk)
    context = {"outlets": outlets, "may_attest": may_attest(maker)}
    return answer(request, "documents/desk/attest.html", form=form, context=context)


def attested(request: SignedInRequest, form: AttestForm) -> Confirmation | None:
    """Issue what *form* says; ``None`` if it was refused, and the form says why."""
    facts = dict(form.cleaned_data)
    exporter = exporter_with(facts.pop("exporter_uscc"))
    if exporter is None:
        form.add_error("exporter_uscc", _("No exporter with this code is registered here."))
        return None
    try:
        return attesting.attest(
            maker_of(request), exporter=exporter, by=request.user, at=timezone.now(), **facts
        )
    except DomainError as refusal:
        form.add_error(None, explain(refusal))
        return None


def exporter_with(uscc: str) -> Exporter | None:
    """Return the exporter of this code, however it was typed."""
    code = "".join(uscc.replace("\x00", "").upper().split())
    return Exporter.objects.filter(uscc=code).first()


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the maker one confirmation in its name, and let it take the promise back."""
    found = find(request, pk)
    form = RevokeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        with refusals_on(form):
            confirming.revoke_confirmation(found, by=request.user, at=timezone.now(), note=note)
            messages.success(request, _("The confirmation is revoked from this moment."))
            return redirect("portal:confirmation", pk=pk)
    return shown(request, found, form=form, word=WordForm())


@for_manufacturers
@require_http_methods(["POST"])
def confirmation_word(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the manufacturer's word on a letter: its own, or forged."""
    found = find(request, pk)
    form = WordForm(request.POST)
    if form.is_valid():
        act = disowning.report_forged if "forged" in request.POST else disowning.recognise
        with refusals_on(form):
            act(found, by=request.user, at=timezone.now(), note=form.cleaned_data["note"])
            messages.success(request, _("Kept. The office sees what you said from this moment."))
            return redirect("portal:confirmation", pk=pk)
    return shown(request, found, form=form, word=form)


def shown(
    request: SignedInRequest, found: Confirmation, *, form: Any, word: WordForm
) -> HttpResponse:
    """Show one confirmation with its earlier versions and the pages of its letter."""
    context = {
        "confirmation": found,
        "word": word,
        "revoke": form if isinstance(form, RevokeForm) else RevokeForm(),
        "versions": found.versions.select_related("replaced_by") if found.is_attested else (),
        "pages": page_numbers(found),
        "may_attest": may_attest(maker_of(request)),
    }
    return answer(request, "documents/desk/confirmation.html", form=form, context=context)


def find(request: SignedInRequest, pk: int) -> Confirmation:
    """Return a confirmation that names the reader's company.

    Raises:
        Http404: there is none.

    """
    rows = Confirmation.objects.visible_to(request.user).select_related(
        "exporter", "revoked_by", "entered_by", "document", "manufacturer", "word_by"
    )
    return get_object_or_404(rows, pk=pk)


def page_numbers(found: Confirmation) -> Sequence[int]:
    """Return the pages of the letter that can be shown."""
    paper = found.document
    if paper is None or paper.state != Document.State.READY or paper.withdrawn_at:
        return ()
    return list(paper.pages.values_list("number", flat=True)[:20])


@for_manufacturers
@require_safe
def confirmation_page(request: SignedInRequest, pk: int, number: int) -> FileResponse:
    """Send the picture of one page of a letter in the manufacturer's name."""
    found = find(request, pk)
    if found.document is None or number not in page_numbers(found):
        raise Http404
    return serving.page(found.document, number)


@for_manufacturers
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation_amend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Replace what an attested confirmation says; the old version stays readable."""
    found = find(request, pk)
    if not found.is_attested:
        raise Http404
    outlets = inbox.outlets_of(maker_of(request))
    form = AmendForm(posted(request), outlets=outlets, initial=initial_of(found, outlets))
    if request.method == "POST" and form.is_valid():
        try:
            attesting.amend_attested(found, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Amended. Whoever relies on it is judged anew."))
            return redirect("portal:confirmation", pk=pk)
        except DomainError as refusal:
            form.add_error(None, explain(refusal))
    context = {"confirmation": found, "outlets": outlets}
    return answer(request, "documents/desk/amend.html", form=form, context=context)


def initial_of(found: Confirmation, outlets: Any) -> dict[str, Any]:
    """Return what the confirmation says now, by the form's field names."""
    named = set(found.outlets.values_list("country", "name"))
    return {
        "version": found.version,
        "destinations": list(found.destinations.values_list("pk", flat=True)),
        "vins": "\n".join(found.vehicles.values_list("vin", flat=True)),
        "outlets": [o.pk for o in outlets if (o.country_id, o.name) in named],
        "valid_until": found.valid_until,
    }
