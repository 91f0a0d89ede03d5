"""The pages of a reviewer's desk: the queue, a case, what is done to it, its papers."""

import contextlib
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import filing, serving
from documents.models import Document, Specimen
from documents.showing import scanning_is_on
from exports.errors import DomainError
from exports.http import SignedInRequest
from exports.wording import explain
from reviews import (
    acts,
    casefile,
    claims,
    exhibits,
    licensing,
    news,
    queues,
    settling,
    timing,
    worked_list,
)
from reviews.desk_forms import ActForm
from reviews.models import Case, Licence, Preferences
from reviews.preferences import preferences_of
from reviews.queue_address import Address
from reviews.states import Status

CONFLICT: Final = 409
FLOW: Final = "X-Flow"
SIGNING: Final = ("sign", "send-back")
REFUSED: Final = 422


@require_safe
def case(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a case: documents on the left, what was declared, judged and decided on the right."""
    return case_page(request, read(request, reference))


def read(request: SignedInRequest, reference: str) -> casefile.CaseFile:
    """Return the file of a case, open where the address says; a stranger finds nothing."""
    try:
        here = casefile.find(request.user, reference)
    except Case.DoesNotExist as unknown:
        raise Http404 from unknown
    return casefile.read(
        here,
        user=request.user,
        vin=request.GET.get("vin", ""),
        document=request.GET.get("document", ""),
    )


def case_page(
    request: SignedInRequest,
    file: casefile.CaseFile,
    *,
    refused: ActForm | None = None,
    status: int = 200,
    seen: int | None = None,
) -> HttpResponse:
    """Render *file*; a *refused* form comes back with all that was typed.

    Where the case moved on under it, what happened after the event last *seen* stands beside it.
    """
    whose, sentence = casefile.ball_of(file, user=request.user)
    context = {
        "beside": news.beside(file, user=request.user, at=timezone.now()),
        "conflict": seen is not None and news.since_page(file, seq=seen, user=request.user),
        "moved": seen is not None,
        "file": file,
        "case": file.case,
        "application": file.case.application,
        "licence": getattr(file.case, "licence", None),
        "offers": acts.offers_of(file, refused=refused),
        "flows": preferences_of(request.user).after_decision == Preferences.AfterDecision.NEXT,
        "undoable": settling.undoable(request.user, at=timezone.now()),
        "form": refused,
        "late": timing.is_overdue(file.case, at=timezone.now()),
        "zh": (get_language() or "zh").startswith("zh"),
        "whose": whose,
        "ball": sentence,
        "tone": casefile.TONES[file.case.state],
        "verify_url": acts.verify_url_of(file.case),
        "scanning": scanning_is_on(),
    }
    return render(request, "workbench/case.html", context, status=status)


@require_POST
def act(request: SignedInRequest, reference: str, action: str) -> HttpResponse:
    """Carry out one act; a refusal comes back on the form, with nothing lost."""
    file = read(request, reference)
    if action not in acts.ACTS:
        raise Http404
    form = acts.ACTS[action].form(request.POST, file=file, action=action)
    try:
        acts.check_fresh(form)
        if not form.is_valid():
            return case_page(request, file, refused=form, status=REFUSED)
        acts.carry_out(action, form, by=request.user, at=timezone.now())
    except DomainError as refusal:
        status = CONFLICT if refusal.status == CONFLICT else REFUSED
        fresh = read(request, reference)
        again = form.renewed(fresh)
        again.refuse(refusal)
        seen = form.seen_before if status == CONFLICT else None
        return case_page(request, fresh, refused=again, status=status, seen=seen)
    queues.forget_tallies(request.user)
    if request.headers.get(FLOW):
        return JsonResponse({"done": said(file.case, action), "undo": undo_bar(request)})
    messages.success(request, said(file.case, action))
    return redirect(way_on(request, file, action))


def said(case: Case, action: str) -> str:
    """Say what was done, to which case."""
    return f"{case.reference}: {acts.ACTS[action].done}"


def undo_bar(request: SignedInRequest) -> str:
    """Return the bar that takes the last decision back, empty where none waits."""
    undoable = settling.undoable(request.user, at=timezone.now())
    return render_to_string("workbench/undo.html", {"undoable": undoable}, request=request)


def way_on(request: SignedInRequest, file: casefile.CaseFile, action: str) -> str:
    """Return where to go after an act: the next case, unless the person chose otherwise."""
    choice = preferences_of(request.user).after_decision
    if not acts.ACTS[action].leaves or choice == Preferences.AfterDecision.STAY:
        return exhibits.page_of(file.case, vin=file.line.vin)
    if choice == Preferences.AfterDecision.QUEUE:
        return reverse("workbench:queue")
    return next_page(request, after=file.case.reference, signing=action in SIGNING)


def next_page(request: SignedInRequest, *, after: str, signing: bool) -> str:
    """Claim the next case for the person and return its page; the queue's when nothing waits."""
    here = worked_list.worked_off(request)
    found = worked_list.next_case(request, after=after, signing=signing)
    if found is not None:
        return found.get_absolute_url()
    query = f"?{here.query()}" if here else ""
    return f"{reverse('workbench:queue')}{query}"


@require_POST
def start_next(request: SignedInRequest) -> HttpResponse:
    """Open the case to work on next, of the list the form names; with nothing left, say so."""
    after = request.POST.get("after", "")
    if not after:
        worked_list.take_along(request)
    here = worked_list.worked_off(request)
    try:
        page = next_page(request, after=after, signing=request.POST.get("kind") == "sign")
    except DomainError as refusal:
        messages.error(request, explain(refusal))
        return redirect("workbench:queue")
    if page.startswith(reverse("workbench:queue")) and not request.headers.get(FLOW):
        messages.info(request, nothing_left(here))
    return redirect(page)


def nothing_left(here: Address | None) -> str:
    """Say that nothing waits for the person, in the list they worked off or at all."""
    if here is None:
        return _("Nothing waits for you now.")
    return _("Nothing more waits for you in “%(list)s”.") % {"list": here.name}


@require_POST
def open_case(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open a case from the queue: whoever may work on it and finds it free has it by that."""
    here = get_object_or_404(
        Case.objects.visible_to(request.user).select_related("office", "assignee"),
        reference=reference,
    )
    worked_list.take_along(request)
    if here.assignee_id is None and here.state is Status.IN_REVIEW:
        with contextlib.suppress(DomainError):
            claims.claim(here, by=request.user, at=timezone.now())
    return redirect(here.get_absolute_url())


@require_safe
def document_page(request: SignedInRequest, reference: str, key: UUID, number: int) -> FileResponse:
    """Send the picture of one page of a document of the case."""
    found = document_in(request, reference, key)
    return serving.page(found, number, full="full" in request.GET)


@require_safe
def specimen(request: SignedInRequest, reference: str, pk: int) -> FileResponse:
    """Send the picture of a specimen that a seal on a paper of the case was compared with."""
    papers = documents_of(request, reference)
    compared = Specimen.objects.filter(seal__document__in=papers.values("pk"))
    return serving.picture(get_object_or_404(compared.distinct(), pk=pk))


@require_safe
def document_original(request: SignedInRequest, reference: str, key: UUID) -> FileResponse:
    """Send the file as the exporter sent it; the ledger remembers who took it."""
    document = document_in(request, reference, key)
    response = serving.original(document)
    filing.note_download(document, by=request.user, at=timezone.now())
    return response


def document_in(request: SignedInRequest, reference: str, key: UUID) -> Document:
    """Return a document of a case that the person may see, else 404."""
    return get_object_or_404(documents_of(request, reference), key=key)


def documents_of(request: SignedInRequest, reference: str) -> QuerySet[Document]:
    """Return the documents of a case that the person may see, else 404."""
    here = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    vins = list(here.application.lines.values_list("vin", flat=True))
    return exhibits.documents_of(here, vins=vins).order_by().distinct()


@require_safe
def licence_paper(request: SignedInRequest, reference: str) -> FileResponse:
    """Send the licence's PDF; the ledger remembers who took it."""
    here = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    licence = get_object_or_404(Licence, case=here, paper_state=Licence.Paper.READY)
    response = serving.paper(licence.paper, filename=f"{licence.number}.pdf")
    licensing.note_download(licence, by=request.user, at=timezone.now())
    return response
