"""Portal pages about evidence: letters, papers, originals."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Prefetch, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import filing, proposals, serving, showing
from documents.desk import inbox
from documents.forms import LetterUploadForm, PapersForm
from documents.letters import (
    by_field,
    confirmation_of,
    doubts_about,
    entry_of,
    left_over,
    seen_of,
    use_of,
)
from documents.models import Attachment, Document, Page
from exports.answering import answer, exporter_of, may_write, posted
from exports.doors import for_exporters, for_writers
from exports.errors import DomainError, UploadRefused
from exports.http import SignedInRequest
from exports.models import Application, ManufacturerName
from exports.paging import page_of
from exports.rules import legal_day
from exports.wording import explain

LETTER = Document.Kind.CONFIRMATION
PAGES = Prefetch("pages", queryset=Page.objects.defer("lines"))


@for_exporters
@require_safe
def letters(request: SignedInRequest) -> HttpResponse:
    """List the letters, newest first, with what each covers."""
    rows = (
        Document.objects.visible_to(request.user)
        .filter(kind=LETTER, withdrawn_at__isnull=True)
        .select_related("confirmation")
        .annotate(vin_count=Count("confirmation__vehicles"))
    )
    page = page_of(rows, before=request.GET.get("before", ""))
    left = left_over([each.confirmation.pk for each in page.rows if hasattr(each, "confirmation")])
    listed = zip(page.rows, showing.standings_of(page.rows), strict=True)
    context = {
        "page": page,
        "rows": [(row, standing, left_in(row, left)) for row, standing in listed],
        "attested": () if request.GET.get("before") else inbox.attested_for(request.user),
        "today": today(),
        "may_write": may_write(request),
    }
    return render(request, "documents/letters.html", context)


def left_in(row: Document, left: dict[int, int]) -> int:
    """Return how many VINs of the letter *row* no filed application has used."""
    return left.get(row.confirmation.pk, 0) if hasattr(row, "confirmation") else 0


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def letter_add(request: SignedInRequest) -> HttpResponse:
    """Take in one letter; its page then shows how the opening goes."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = LetterUploadForm(*sent)
    if request.method == "POST" and form.is_valid():
        try:
            document = receive(request, form.cleaned_data["file"], kind=LETTER)
            return redirect("portal:letter", key=document.key)
        except DomainError as refusal:
            form.add_error("file", explain(refusal))
    context = {"scanning": showing.scanning_is_on()}
    return answer(request, "documents/letter_add.html", form=form, context=context)


@for_exporters
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show a letter's pages beside what was read from it, and take what a person enters."""
    document = get_object_or_404(letter_rows(request), key=key)
    if document.state != Document.State.READY or document.withdrawn_at:
        return render(request, "documents/letter_closed.html", closed_letter(request, document))
    confirmation = confirmation_of(document)
    readings = proposals.readings_of(document)
    entry = entry_of(document, data=posted(request), confirmation=confirmation, readings=readings)
    sent = request.method == "POST" and entry.is_valid()
    if sent and entry.save(by=request.user, at=timezone.now()):
        messages.success(request, _("Saved. Compare it once more with the letter."))
        return redirect("portal:letter", key=key)
    facts = shown(document)
    seen = seen_of(
        document,
        pages=facts["pages"],
        confirmation=confirmation,
        readings=readings,
        countries=entry.countries,
    )
    context = {
        **facts,
        "pages": seen.pages,
        "seen": seen,
        "reads": by_field(seen),
        "confirmation": confirmation,
        "entry": entry,
        "read": bool(readings) and confirmation is None,
        "doubts": doubts_about(document, confirmation=confirmation, readings=readings, on=today()),
        "makers": ManufacturerName.objects.listed_on(today()).values_list("name", flat=True),
        "use": use_of(confirmation) if confirmation else None,
    }
    return answer(request, "documents/letter.html", form=entry.form, context=context)


def letter_rows(request: SignedInRequest) -> QuerySet[Document]:
    """Return the letters the reader may see, with their pages."""
    rows = Document.objects.visible_to(request.user).filter(kind=LETTER)
    return rows.select_related("exporter").prefetch_related(PAGES)


@for_exporters
@require_safe
def document(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show a paper's pages, its state and where it is used; a letter has a page of its own."""
    rows = Document.objects.visible_to(request.user).prefetch_related(PAGES)
    found = get_object_or_404(rows, key=key)
    if found.kind == LETTER:
        return redirect("portal:letter", key=key)
    uses = found.attachments.select_related("application", "vehicle").order_by("-id")[:50]
    facts = shown(found)
    seen = showing.seen_on(found.pk, pages=facts["pages"], record=showing.Record())
    context = {
        **facts,
        "pages": seen.pages,
        "seen": seen,
        "uses": uses,
        "may_write": may_write(request),
    }
    return render(request, "documents/document.html", context)


@for_exporters
@require_safe
def document_progress(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Say in a fragment how far the document is; in a list a short one, ``?row``."""
    found = get_object_or_404(Document.objects.visible_to(request.user), key=key)
    if "row" in request.GET:
        context = {"document": found, "standing": showing.standing_of(found)}
        return render(request, "documents/document_state.html", context)
    context = {
        "document": found,
        "waiting": showing.is_waiting(found),
        "progress": showing.progress_of(found),
    }
    return render(request, "documents/document_progress.html", context)


@for_exporters
@require_safe
def document_page(request: SignedInRequest, key: UUID, number: int) -> FileResponse:
    """Send the picture of one page."""
    found = get_object_or_404(Document.objects.visible_to(request.user), key=key)
    return serving.page(found, number, full="full" in request.GET)


@for_exporters
@require_safe
def document_original(request: SignedInRequest, key: UUID) -> FileResponse:
    """Send the file as it was uploaded, once it was opened safely; the ledger notes it."""
    rows = Document.objects.visible_to(request.user).filter(state=Document.State.READY)
    found = get_object_or_404(rows, key=key)
    filing.note_download(found, by=request.user, at=timezone.now())
    return serving.original(found)


@for_writers
@require_http_methods(["GET", "HEAD", "POST"])
def document_withdraw(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Ask, then take back a document that no filed application uses."""
    rows = Document.objects.visible_to(request.user).filter(withdrawn_at__isnull=True)
    found = get_object_or_404(rows, key=key)
    refused = ""
    if request.method == "POST":
        try:
            filing.withdraw(found, by=request.user, at=timezone.now())
            messages.success(request, _("“%(name)s” is withdrawn.") % {"name": found.name})
            return redirect("portal:letters" if found.kind == LETTER else "portal:home")
        except DomainError as refusal:
            refused = explain(refusal)
    context = {"document": found, "refused": refused}
    status = 422 if refused else 200
    return render(request, "documents/document_withdraw.html", context, status=status)


@for_exporters
@require_http_methods(["GET", "HEAD", "POST"])
def application_attach(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show the papers of an application; while it is a draft, take in more."""
    rows = Application.objects.visible_to(request.user).filter(discarded_at__isnull=True)
    application = get_object_or_404(rows, reference=reference)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PapersForm(*sent, application=application)
    if request.method == "POST" and form.is_valid() and take_papers(request, application, form):
        return redirect("portal:application_attach", reference=reference)
    papers = application.attachments.select_related("document", "vehicle").order_by("-id")
    context = {
        "application": application,
        "papers": list(
            zip(papers, showing.standings_of(paper.document for paper in papers), strict=True)
        ),
        "scanning": showing.scanning_is_on(),
        "may_add": may_write(request) and application.is_draft,
    }
    return answer(request, "documents/papers.html", form=form, context=context)


def take_papers(request: SignedInRequest, application: Application, form: PapersForm) -> bool:
    """Take in each file; what was refused is said on *form*, what was taken stays."""
    taken = 0
    for file in form.cleaned_data["papers"]:
        try:
            take_paper(request, application, file=file, form=form)
            taken += 1
        except UploadRefused as refusal:
            form.add_error("papers", f"{filing.clean_name(file.name or '')}: {explain(refusal)}")
        except DomainError as refusal:
            form.add_error(None, explain(refusal))
            break
    if taken:
        messages.success(request, _("%(count)d files received.") % {"count": taken})
    return form.is_valid()


def take_paper(
    request: SignedInRequest,
    application: Application,
    *,
    file: "UploadedFile[Any]",
    form: PapersForm,
) -> None:
    """Take in one file and attach it."""
    given = form.cleaned_data
    document = receive(request, file, kind=given["kind"])
    filing.attach_to_draft(
        document, application, vehicle=given["vehicle"], by=request.user, at=timezone.now()
    )


@for_writers
@require_POST
def application_detach(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Take a paper out of a draft; the file itself stays."""
    rows = Attachment.objects.select_related("application", "document").filter(
        application__in=Application.objects.visible_to(request.user),
        application__reference=reference,
    )
    attachment = get_object_or_404(rows, pk=pk)
    try:
        filing.detach(attachment, by=request.user, at=timezone.now())
        messages.success(request, _("“%(name)s” is taken out.") % {"name": attachment.document})
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect("portal:application_attach", reference=reference)


def receive(request: SignedInRequest, file: "UploadedFile[Any]", *, kind: str) -> Document:
    """Take in *file* for the reader's company.

    Raises:
        as :func:`documents.filing.receive`.

    """
    by, at = request.user, timezone.now()
    return filing.receive(file, exporter=exporter_of(request), kind=kind, by=by, at=at)


def shown(document: Document) -> dict[str, Any]:
    """Return what every page about a document shows of it."""
    word, tone = showing.state_of(document)
    return {
        "document": document,
        "state": word,
        "tone": tone,
        "refusal": showing.refusal_of(document),
        "flags": showing.flags_of(document),
        "pages": showing.pages_of(document, route="portal:document_page"),
        "waiting": showing.is_waiting(document),
        "progress": showing.progress_of(document),
    }


def closed_letter(request: SignedInRequest, document: Document) -> dict[str, Any]:
    """Return what a page says about a letter whose pages cannot be shown."""
    return {
        **shown(document),
        "may_write": may_write(request),
        "again": reverse("portal:letter_add"),
    }


def today() -> date:
    """Return the day in Shanghai."""
    return legal_day(timezone.now())
