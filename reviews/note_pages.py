"""Pages of the office's notes: those on one case, exporter or maker, and one's own mentions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.models import Exporter
from exports.paging import page_of
from exports.wording import explain
from reviews import notes
from reviews.evidence_forms import NoteForm
from reviews.evidence_pages import case_of, makers_of
from reviews.exhibits import page_of as case_page
from reviews.models import Case
from reviews.reach import Subject, check_can_write_on, exporters_within

REFUSED = 422


@require_http_methods(["GET", "POST"])
def case_notes(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show the notes of a case and take a new one."""
    return notes_of(request, case_of(request, reference))


@require_http_methods(["GET", "POST"])
def exporter_notes(request: SignedInRequest, uscc: str) -> HttpResponse:
    """Show what is pinned on an exporter and take a new note."""
    return notes_of(request, get_object_or_404(exporters_within(request.user), uscc=uscc))


@require_http_methods(["GET", "POST"])
def maker_notes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what is pinned on a maker and take a new note."""
    return notes_of(request, get_object_or_404(makers_of(request), pk=pk))


def notes_of(request: SignedInRequest, subject: Subject) -> HttpResponse:
    """Show the notes on *subject*, or keep one; what was typed stays whatever is refused."""
    if request.method != "POST":
        return blank(request, subject)
    if "look" in request.POST:
        return looked_up(request, subject)
    form = NoteForm(request.POST, subject=subject)
    if not form.is_valid():
        return shown(request, subject, form, status=REFUSED)
    told, given = list(form.cleaned_data["tell"]), form.cleaned_data
    try:
        kept = notes.write(
            subject,
            by=request.user,
            at=timezone.now(),
            note=given["text"],
            tell=told,
            corrects=given["corrects"],
        )
    except DomainError as refusal:
        form.add_error(None, explain(refusal))
        return shown(request, subject, form, status=refusal.status)
    messages.success(request, said(kept.mentions.count()))
    return redirect(back_to(subject, vin=request.GET.get("vin", "")))


def said(count: int) -> str:
    """Say what became of a note."""
    if not count:
        return _("The note is kept.")
    return _("The note is kept, and mentioned to %(count)d.") % {"count": count}


def blank(request: SignedInRequest, subject: Subject) -> HttpResponse:
    """Show the notes with an empty form, or with the words of one's own note to correct."""
    asked = request.GET.get("corrects", "")
    older = next((note for note in notes.about(subject) if str(note.pk) == asked), None)
    initial = {"text": older.text, "corrects": older.pk} if older else None
    return shown(request, subject, NoteForm(subject=subject, initial=initial))


def looked_up(request: SignedInRequest, subject: Subject) -> HttpResponse:
    """Show the colleagues a search finds, with all that was typed and ticked before."""
    sent = request.POST
    ticked = [int(pk) for pk in sent.getlist("tell") if pk.isascii() and pk.isdigit()][:50]
    initial = {name: sent.get(name, "") for name in ("text", "find", "corrects")}
    form = NoteForm(subject=subject, initial={**initial, "tell": ticked})
    form.offer(request.user, find=initial["find"].strip()[:40], ticked=ticked)
    return shown(request, subject, form)


def shown(
    request: SignedInRequest, subject: Subject, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    """Render the notes on *subject* with *form*; without it where the person only reads."""
    try:
        check_can_write_on(request.user, subject)
    except DomainError as refusal:
        may, why_not = False, explain(refusal)
    else:
        may, why_not = True, ""
    if may and not form.fields["tell"].widget.choices:
        ticked = (
            [person.pk for person in form.cleaned_data.get("tell", [])] if form.is_bound else []
        )
        form.offer(request.user, ticked=ticked)
    context = {
        "subject": subject,
        "notes": notes.about(subject),
        "form": form if may else None,
        "why_not": why_not,
        "back": back_to(subject, vin=request.GET.get("vin", "")),
    }
    return render(request, "workbench/notes.html", context, status=status)


def back_to(subject: Subject, *, vin: str) -> str:
    """Return the page one came from to write on *subject*."""
    if isinstance(subject, Case):
        choice = {"vin": vin} if vin else {}
        return f"{case_page(subject, **choice)}#notes"
    if isinstance(subject, Exporter):
        return reverse("workbench:exporter_file", args=[subject.uscc])
    return reverse("workbench:maker_file", args=[subject.pk])


@require_GET
def mentions(request: SignedInRequest) -> HttpResponse:
    """Show what the person was named in, newest first."""
    page = page_of(notes.mentions_of(request.user), before=request.GET.get("before", ""))
    return render(request, "workbench/mentions.html", {"page": page})


@require_POST
def read_mentions(request: SignedInRequest) -> HttpResponse:
    """Mark the mentions up to the newest one the page showed as read."""
    upto = request.POST.get("upto", "")
    if upto.isascii() and upto.isdigit() and len(upto) < 19:
        notes.mark_read(request.user, upto=int(upto), at=timezone.now())
    return redirect("workbench:mentions")
