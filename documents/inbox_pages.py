"""Portal pages of the papers inbox: drop many, see what each matches, put them away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import filing, inbox, showing
from documents.forms import DropForm
from documents.models import Document
from documents.portal import receive
from exports.answering import answer, exporter_of, page_url
from exports.doors import for_exporters, for_writers
from exports.errors import DomainError, UploadRefused
from exports.http import SignedInRequest
from exports.models import Application, Vehicle
from exports.paging import page_of
from exports.wording import explain

MOST_FILES = 20
MOST_TICKED = 400


@for_exporters
@require_http_methods(["GET", "HEAD", "POST"])
def papers_inbox(request: SignedInRequest) -> HttpResponse:
    """Show the papers that serve nothing yet, and take in up to twenty more."""
    about = draft_of(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DropForm(*sent)
    if request.method == "POST" and form.is_valid() and take_all(request, form):
        return redirect(here(about))
    rows = inbox.unused(exporter_of(request)).select_related("exporter")
    page = page_of(rows, before=request.GET.get("before", ""), size=inbox.PAGE)
    papers = inbox.papers_of(page.rows, exporter=exporter_of(request), about=about)
    context = {
        "page": page,
        "papers": papers,
        "about": about,
        "kinds": Document.Kind.choices,
        "scanning": showing.scanning_is_on(),
        "progress": progress_over(page.rows),
        "progress_url": reverse("portal:papers_progress"),
        "ready": sum(paper.is_ready for paper in papers),
    }
    return answer(request, "documents/inbox.html", form=form, context=context)


def draft_of(request: SignedInRequest) -> Application | None:
    """Return the draft named in the address, if it is one of the reader's."""
    reference = request.GET.get("application", "").replace("\x00", "")[:16]
    if not reference:
        return None
    mine = Application.objects.visible_to(request.user).drafts().select_related("destination")
    return mine.filter(reference=reference.encode("utf-8", "ignore").decode()).first()


def here(about: Application | None) -> str:
    """Return the address of the inbox, still about the draft the exporter came from."""
    named = about.reference if about else ""
    return reverse("portal:papers_inbox") + (page_url(application=named) if named else "")


def take_all(request: SignedInRequest, form: DropForm) -> bool:
    """Take in each file; what was refused is said on *form*, what was taken stays."""
    kind, papers = form.cleaned_data["kind"], form.cleaned_data["papers"]
    taken = 0
    for file in papers[:MOST_FILES]:
        name = filing.clean_name(file.name or "")
        try:
            receive(request, file, kind=kind or inbox.kind_named(name))
            taken += 1
        except UploadRefused as refusal:
            form.add_error("papers", f"{name}: {explain(refusal)}")
        except DomainError as refusal:
            form.add_error(None, explain(refusal))
            break
    for file in papers[MOST_FILES:]:
        text = _("%(name)s: not taken, 20 files at once are the most.")
        form.add_error("papers", text % {"name": filing.clean_name(file.name or "")})
    if taken:
        messages.success(request, _("%(count)d files received.") % {"count": taken})
    return form.is_valid()


def progress_over(documents: list[Document]) -> dict[str, Any]:
    """Return how many of *documents* are read, as the progress component takes it."""
    done = sum(not showing.is_waiting(each) for each in documents)
    return {
        "label": _("Reading the papers"),
        "done": done,
        "total": len(documents),
        "finished": done == len(documents),
    }


@for_exporters
@require_safe
def papers_progress(request: SignedInRequest) -> HttpResponse:
    """Say in a fragment how many of the newest papers are read."""
    rows = inbox.unused(exporter_of(request))
    page = page_of(rows, before=request.GET.get("before", ""), size=inbox.PAGE)
    context = {
        "progress": progress_over(page.rows),
        "progress_url": reverse("portal:papers_progress"),
    }
    return render(request, "documents/inbox_progress.html", context)


@for_writers
@require_POST
def papers_put(request: SignedInRequest) -> HttpResponse:
    """Enter the ticked letters as read and attach the ticked papers, each by itself."""
    letters = list(own_papers(request, request.POST.getlist("enter")).filter(kind=inbox.LETTER))
    places = places_ticked(request, request.POST.getlist("put"))
    if not letters and not places:
        messages.error(request, _("Tick what belongs where first."))
        return redirect(here(draft_of(request)))
    done = inbox.put_away(letters=letters, places=places, by=request.user, at=timezone.now())
    say_done(request, done)
    return redirect(here(draft_of(request)))


def say_done(request: SignedInRequest, done: inbox.Tidied) -> None:
    """Tell the reader what was done, and of each paper what was not and why."""
    if done.entered:
        text = ngettext("%(n)d letter entered.", "%(n)d letters entered.", done.entered)
        messages.success(request, text % {"n": done.entered})
    if done.attached:
        text = ngettext("%(n)d paper attached.", "%(n)d papers attached.", done.attached)
        messages.success(request, text % {"n": done.attached})
    for name, refusal in done.refused[:MOST_FILES]:
        messages.error(request, f"{name}: {refusal}")


def numbers_in(sent: str, *, count: int) -> tuple[int, ...] | None:
    """Return the *count* numbers of ``12.7.0``; ``None`` for anything else."""
    parts = sent.split(".")
    plain = all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts)
    return tuple(int(part) for part in parts) if plain and len(parts) == count else None


def own_papers(request: SignedInRequest, sent: list[str]) -> Any:
    """Return the reader's papers among the ids *sent*: one query."""
    ids = [found[0] for each in sent[:MOST_TICKED] if (found := numbers_in(each, count=1))]
    rows = Document.objects.visible_to(request.user).filter(pk__in=ids, withdrawn_at__isnull=True)
    return rows.select_related("exporter").order_by("pk")


def places_ticked(
    request: SignedInRequest, sent: list[str]
) -> list[tuple[Document, Application, Vehicle | None]]:
    """Return the ticked places whose paper, application and vehicle are the reader's: 3 queries.

    Each is sent as ids of paper, application and vehicle, ``12.7.0``, 0 for the whole batch.
    """
    wanted = [found for each in sent[:MOST_TICKED] if (found := numbers_in(each, count=3))]
    papers = {row.pk: row for row in own_papers(request, [str(ids[0]) for ids in wanted])}
    mine = Application.objects.visible_to(request.user).select_related("exporter")
    applications = mine.in_bulk([ids[1] for ids in wanted])
    fleet = Vehicle.objects.visible_to(request.user).in_bulk([ids[2] for ids in wanted])
    return [
        (papers[paper], applications[application], fleet.get(vehicle))
        for paper, application, vehicle in wanted
        if paper in papers and application in applications and (not vehicle or vehicle in fleet)
    ]


@for_writers
@require_POST
def document_kind(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Say what kind of paper it is; it is read anew."""
    found = get_object_or_404(Document.objects.visible_to(request.user), key=key)
    kind = request.POST.get(f"kind-{found.pk}", "")
    if kind not in Document.Kind.values:
        messages.error(request, _("Choose what kind of paper it is."))
        return redirect(here(draft_of(request)))
    try:
        filing.redeclare(found, kind, by=request.user, at=timezone.now())
        messages.success(request, _("“%(name)s” is read anew.") % {"name": found.name})
    except DomainError as refusal:
        messages.error(request, explain(refusal))
    return redirect(here(draft_of(request)))
